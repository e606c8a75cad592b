"""Names fit to be shown: escaped, measured, shortened."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri.names import escape
from sokkuri.show.captions import display_name, display_width, elide_middle

# Surrogates too: names that are not UTF-8 hold them.
ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain name.jpg", "plain name.jpg"),
        ("青い服.jpg", "青い服.jpg"),
        ("two\nlines\r\t", r"two\nlines\r\t"),
        ("\x1b[31mred\x7f", r"\x1b[31mred\x7f"),
        ("\x85", r"\u0085"),
        ("photo\u202egpj.exe", r"photo\u202egpj.exe"),
        ("a\u2066b\u2069\u200f\u2028\u2029", r"a\u2066b\u2069\u200f\u2028\u2029"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("\ufffe\U0010ffff", r"\ufffe\U0010ffff"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👨\u200d👩", "👨\u200d👩"),
        ("back\\slash", "back\\slash"),
    ],
)
def test_escape(text: str, shown: str) -> None:
    assert escape(text) == shown


def test_bytes_that_are_not_utf8_show_as_bytes() -> None:
    assert escape(b"caf\xe9.jpg".decode("utf-8", "surrogateescape")) == r"caf\xe9.jpg"


@given(ANY_TEXT)
def test_escaped_text_is_one_line_of_encodable_characters(text: str) -> None:
    shown = escape(text)
    shown.encode("utf-8")
    assert len(shown.splitlines()) <= 1
    hidden = {"Cc", "Cs", "Zl", "Zp"}
    assert not hidden & {unicodedata.category(character) for character in shown}
    assert escape(shown) == shown


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (os.path.join("shop", "hat", "a.jpg"), "a.jpg"),
        (os.path.join("shop", "hat", ""), "hat"),
        ("a.jpg", "a.jpg"),
        ("<array>", "<array>"),
        (os.sep, os.sep),
        ("", ""),
        (os.path.join("x", "a\nb.jpg"), r"a\nb.jpg"),
    ],
)
def test_display_name(path: str, name: str) -> None:
    assert display_name(path) == escape(name)


def test_escape_keeps_the_folders() -> None:
    assert escape("shop/a\nb.jpg") == r"shop/a\nb.jpg"


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("abc", 3),
        ("青い服", 6),
        ("ｱｲｳ", 3),
        ("ＡＢ", 4),
        ("e\u0301", 1),
        ("か\u3099", 2),
        ("한", 2),
        (unicodedata.normalize("NFD", "한"), 2),
        ("😀", 2),
        ("a\u200db", 2),
        ("…", 1),
    ],
)
def test_display_width(text: str, width: int) -> None:
    assert display_width(text) == width


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("short.jpg", 9, "short.jpg"),
        ("abcdefghij.jpg", 9, "abcd….jpg"),
        ("abcdefghij.jpg", 8, "abc….jpg"),
        ("abcdefghij.jpg", 1, "…"),
        ("abcdefghij.jpg", 0, ""),
        ("abcdefghij.jpg", -3, ""),
        ("青い服の写真.jpg", 9, "青い….jpg"),
        ("青い服の写真", 6, "青…真"),
        ("青い服の写真", 7, "青い…真"),
        ("青い服の写真", 8, "青…写真"),
    ],
)
def test_elide_middle(text: str, width: int, shown: str) -> None:
    assert elide_middle(text, width) == shown


def test_a_mark_stays_with_its_letter() -> None:
    assert elide_middle("e\u0301" * 9, 3) == "e\u0301…e\u0301"


@given(ANY_TEXT.map(escape), st.integers(-2, 40))
def test_elided_text_fits_and_keeps_both_ends(text: str, width: int) -> None:
    shown = elide_middle(text, width)
    assert display_width(shown) <= max(width, 0)
    if display_width(text) <= width:
        assert shown == text
    elif width >= 1:
        head, tail = _split(shown, text)
        assert text.startswith(head)
        assert text.endswith(tail)
        # Nothing that would have fitted is wasted: at most one wide character's half.
        assert display_width(shown) >= width - 1


def _split(shown: str, text: str) -> tuple[str, str]:
    cuts = [at for at, character in enumerate(shown) if character == "…"]
    pairs = [(shown[:at], shown[at + 1 :]) for at in cuts]
    return next(
        (pair for pair in pairs if text.startswith(pair[0]) and text.endswith(pair[1])), pairs[0]
    )


@given(st.text(), st.text())
def test_width_adds_up(left: str, right: str) -> None:
    assert display_width(left + right) == display_width(left) + display_width(right)
