"""Patterns mean what Git takes them for; nobody's pattern makes a run wait."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import string
import subprocess
import unicodedata
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri.pipeline.gitignore import Patterns, pattern_lines

git = pytest.mark.skipif(shutil.which("git") is None, reason="Git is the oracle")

NAMES = ["a", "b", "ab", "a.b", "x-y", "[a]", "b!", "#c", "A", "a b", "]", "-"]
ATOMS = [
    "a", "b", "*", "?", "[ab]", "[!a]", "[a-c]", "[]a]", "[^b-]", "[[:alpha:]]", "[[:upper:]b]",
    "[[:a]", "[[:x:]]", "[c-a]", "[--a]", "[a\\]]", "\\", "\\ ", "/", ".", "-", "]", "[", "!", "#",
    "A", " ", "x", "y",
]  # fmt: skip


def _left_out(text: str, path: str, *, is_folder: bool = False, fold: bool = False) -> bool:
    """Tell what a .gitignore with such lines leaves out."""
    patterns = Patterns(pattern_lines(text), fold=fold)
    parts = path.split("/")
    return any(
        patterns.decide("/".join(parts[:depth]), is_folder=is_folder or depth < len(parts)) or False
        for depth in range(1, len(parts) + 1)
    )


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*.tmp", "a.tmp", True),
        ("*.tmp", "deep/er/a.tmp", True),
        ("2024/", "2024/in.jpg", True),
        ("2024/", "old/2024/in.jpg", True),
        ("2024/", "2024", False),
        ("2024/in.jpg", "2024/in.jpg", True),
        ("2024/in.jpg", "old/2024/in.jpg", False),
        ("/in.jpg", "in.jpg", True),
        ("/in.jpg", "2024/in.jpg", False),
        ("./in.jpg", "2024/in.jpg", False),
        ("./in.jpg", "in.jpg", True),
        ("./2024/", "2024/in.jpg", True),
        ("**/raw", "a/b/raw/x.jpg", True),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**", "a/x", True),
        ("a/**", "a", False),
        ("a/*", "a/x/y", True),
        ("a*b", "a/b", False),
        ("写真*/", "写真 2024/a.jpg", True),
        ("?.jpg", "猫.jpg", True),
        ("[あ-ん].jpg", "か.jpg", True),
        ("[あ-ん].jpg", "猫.jpg", False),
        ("[c-a].jpg", "c.jpg", True),
        ("[c-a].jpg", "b.jpg", False),
        ("\\!a", "!a", True),
        ("\\#a", "#a", True),
        ("# a", "# a", False),
        ("", "a", False),
        ("/", "a", False),
        ("a\\", "a", False),
        ("[a", "[a", False),
    ],
)  # fmt: skip
def test_patterns_mean_what_they_say(pattern: str, path: str, expected: bool) -> None:
    assert _left_out(pattern, path) == expected


def test_later_patterns_win() -> None:
    lines = "*.jpg\n!keep.jpg\nkeep.jpg/\n"
    assert _left_out(lines, "a.jpg")
    assert not _left_out(lines, "keep.jpg")
    assert _left_out(lines, "keep.jpg", is_folder=True)
    # What lies in a folder that is left out cannot be had back.
    assert _left_out("build\n!build/keep.jpg\n", "build/keep.jpg")
    assert not _left_out("build/*\n!build/keep.jpg\n", "build/keep.jpg")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("a\r\n", "a"), ("a  \r\n", "a"), ("a\\ \n", "a "), ("a\\  \n", "a "), ("a\\\\  \n", "a\\"),
        ("\ufeffa", "a"), ("\n\n#x\na", "a"), ("a\t\n", "a\t"),
    ],
)  # fmt: skip
def test_lines_end_as_git_ends_them(line: str, name: str) -> None:
    assert _left_out(line, name)
    assert not _left_out(line, f"{name}x")


@pytest.mark.parametrize("name", ["ガ", "é", "한"])
def test_the_other_unicode_form_is_the_same(name: str) -> None:
    forms = [unicodedata.normalize(form, name) for form in ("NFC", "NFD")]
    for pattern, path in itertools.product(forms, forms):
        assert _left_out(f"{pattern}.jpg", f"x/{path}.jpg")
        assert _left_out(f"[{pattern}].jpg", f"{path}.jpg")
        assert _left_out(f"/{pattern}/", f"{path}/a.jpg")
        assert _left_out(f"x/**/{pattern}*", f"x/y/{path}.jpg")


def test_names_that_are_not_utf_8() -> None:
    odd = os.fsdecode(b"not \xff utf-8.jpg")
    assert _left_out("not*", odd)
    assert _left_out(os.fsdecode(b"*\xff*"), odd)
    assert not _left_out(os.fsdecode(b"*\xfe*"), odd)


def test_case_counts_where_it_is_told_apart() -> None:
    for pattern in ("IMG.JPG", "img.*", "[a-j]mg.jpg", "[[:upper:]]mg.jpg", "Img.jp[G]"):
        assert _left_out(pattern, "IMG.jpg", fold=True), pattern
    assert not _left_out("img.jpg", "IMG.jpg")
    assert _left_out("ÄRMEL/", "ärmel/a.jpg", fold=True)
    assert not _left_out("ÄRMEL/", "ärmel/a.jpg")


def test_patterns_that_were_about_nothing_are_known() -> None:
    patterns = Patterns(["*.png", "a.jpg", "*.jpg", "x/", "!b.jpg", "", "2024/a"])
    for name in ("a.jpg", "b.jpg"):
        patterns.decide(name, is_folder=False)
    # Also the second, which the third overrules, is about a file.
    assert patterns.unused == {0, 3, 5, 6}
    patterns.decide("x", is_folder=False)
    assert 3 in patterns.unused
    patterns.decide("x", is_folder=True)
    patterns.decide("2024/a", is_folder=False)
    assert patterns.unused == {0, 5}


def test_no_pattern_takes_long() -> None:
    # With an ordinary regular expression each of these would outlast the universe.
    name = "a" * 255
    assert not _left_out("*a" * 100 + "*b", name)
    assert not _left_out("[a-b]*" * 60 + "c", name)
    assert not _left_out("**/a/" * 60 + "b", "/".join("a" * 500))
    assert _left_out("*a" * 100 + "*", name)


def test_thousands_of_names_are_looked_up() -> None:
    lines = "\n".join(f"photo-{number}.jpg" for number in range(50_000))
    patterns = Patterns(pattern_lines(lines))
    found = [patterns.decide(f"photo-{number}.jpg", is_folder=False) for number in range(50_000)]
    assert all(found)
    assert not patterns.unused


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with files and folders of all names, three levels deep."""
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "--quiet", folder], check=True, capture_output=True)
    random = Random(0)
    for _ in range(400):
        path = folder.joinpath(*random.choices(NAMES, k=random.randint(1, 4)))
        with contextlib.suppress(OSError):  # a file stands where a folder was to be
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    return folder


def _paths(folder: Path) -> list[tuple[str, bool]]:
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not name.startswith(".git"):
            found.append((name, path.is_dir()))
    return found


def _parts() -> st.SearchStrategy[str]:
    # Two stars that no slash bounds are one star by Git's documentation; its code thinks otherwise
    # after a prefix without wildcards.
    part = st.lists(st.sampled_from(ATOMS), min_size=1, max_size=6).map("".join)
    return part.filter(lambda text: "**" not in text and text != "." and not text.startswith("./"))


@pytest.mark.slow
@git
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "", "!"]), st.sampled_from(["", "", "**/", "/**/"]), _parts(),
            st.sampled_from(["", "", "/**", "/**/a", "/"]),
        ).map("".join),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_git_agrees(repository: Path, patterns: list[str]) -> None:
    (repository / ".gitignore").write_text("\n".join([*patterns, ""]))
    paths = _paths(repository)
    done = subprocess.run(  # noqa: PLW1510 - it ends with 1 where nothing is ignored
        ["git", "-C", repository, "check-ignore", "--no-index", "--stdin", "-z"],
        input="\0".join(name for name, _ in paths).encode(), capture_output=True,
    )  # fmt: skip
    ignored = set(done.stdout.decode().split("\0")) - {""}
    text = "\n".join(patterns)
    ours = {name for name, is_folder in paths if _left_out(text, name, is_folder=is_folder)}
    assert ours == ignored


@given(st.text(st.characters() | st.sampled_from("*?[]\\!/-^:"), max_size=40), st.booleans())
def test_any_text_is_a_pattern(text: str, fold: bool) -> None:
    patterns = Patterns([text], fold=fold)
    for path in ("a", "a/b", "/".join(string.punctuation.replace("/", ""))):
        patterns.decide(path, is_folder=True)
