"""One catalogue of words, and what is looked up in it."""

from __future__ import annotations

import re
import string

import pytest

from sokkuri import language
from sokkuri.language import LANGUAGES, Lang


@pytest.mark.parametrize(
    ("wishes", "lang"),
    [
        ((), "en"),
        ((None, None, ""), "en"),
        (("ja", "en", "en"), "ja"),
        (("", "ja", "en"), "ja"),
        (("xx", None, "fr-CH, ja;q=0.9, en;q=0.8"), "ja"),
        ((None, None, "de, fr"), "en"),
        ((None, None, "JA-JP"), "ja"),
    ],
)
def test_the_first_known_wish_counts(wishes: tuple[str | None, ...], lang: str) -> None:
    assert language.preferred(*wishes) == lang


@pytest.mark.parametrize(
    ("environ", "lang"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "ja_JP.UTF-8"}, "en"),
        ({"LC_MESSAGES": "ja_JP.eucJP", "LANG": "de_DE"}, "ja"),
        ({"LANGUAGE": "fr:ja:en", "LANG": "fr_FR"}, "ja"),
        ({"SOKKURI_LANG": "en", "LC_ALL": "ja_JP.UTF-8"}, "en"),
        ({"SOKKURI_LANG": "ja", "LANG": "C"}, "ja"),
        ({"SOKKURI_LANG": "", "LANG": "ja"}, "ja"),
    ],
)
def test_the_environment_is_asked_as_gettext_asks_it(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], lang: str
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert language.language_of_environment(environ) == lang


def test_english_is_spoken_until_somebody_asks() -> None:
    sentence = "{problem}; see: {command} --help"
    assert language.language() == "en"
    with language.speaking("ja"):
        assert language.language() == "ja"
        with language.speaking("en"):
            assert language.say(sentence, problem="x", command="y") == "x; see: y --help"
        assert language.say(sentence, problem="x", command="y") != "x; see: y --help"
    assert language.language() == "en"


def test_what_is_not_in_the_catalogue_stays_english() -> None:
    with language.speaking("ja"):
        assert language.say("no such {what}", what="sentence") == "no such sentence"
        assert language.translated("nobody; ever: said this") == "nobody; ever: said this"
        assert language.say_count("{count} elk", "{count} elks", 2) == "2 elks"
    assert language.say_count("{count} elk", "{count} elks", 1) == "1 elk"
    assert language.word_of("ja", "nowhere", "word") == "word"
    assert language.sentence("nobody ever said this") == "nobody ever said this"


def test_an_english_reader_gets_what_was_said() -> None:
    assert language.translated("no such file") == "no such file"


OTHERS: list[Lang] = [lang for lang in LANGUAGES if lang != "en"]


def filled(template: language._Template) -> tuple[str, str]:
    """Return a sentence with samples in its places, and its translation with the same ones."""
    samples = {name: f"<{name}>" for name in template.places}
    pieces = re.split(r"\(\?P(?:<(\w+)>.*?\+\?|=(\w+))\)", template.pattern)
    literals = [re.sub(r"(?s)\\(.)", r"\1", piece) for piece in pieces[::3]]
    names = [one or other for one, other in zip(pieces[1::3], pieces[2::3], strict=True)]
    english = literals[0] + "".join(
        samples[name] + literal for name, literal in zip(names, literals[1:], strict=True)
    )
    bare = re.sub(r"\{(\w+)[^{}]*\}", r"{\1}", template.text)  # forms belong to what was filled in
    return english, bare.format(**samples)


@pytest.mark.parametrize("lang", OTHERS)
def test_every_finished_sentence_is_found_again_as_itself(lang: Lang) -> None:
    for template in language._templates(lang):
        english, said = filled(template)
        assert language.translated(english, lang) == said
        # Behind a path that holds the marks between sentences.
        path = "a; b: c/写真.jpg"
        assert language.translated(f"{path}: {english}", lang) == f"{path}: {said}"


@pytest.mark.parametrize("lang", OTHERS)
def test_every_place_of_a_translation_is_one_of_the_sentence(lang: Lang) -> None:
    for template in language._templates(lang):
        names = {name for _, name, _, _ in string.Formatter().parse(template.text) if name}
        assert names <= template.places, template


@pytest.mark.parametrize("lang", OTHERS)
def test_a_short_sentence_swallows_no_other(lang: Lang) -> None:
    for text in (
        "x", "photo.jpg", "3 bytes", "/photos/a: b", "what; is: this", "", "photos", "my photos",
        "the same in 61 words, for tea", "distance of two", "5 of 7 bits",
    ):  # fmt: skip
        assert language.translated(text, lang) == text


@pytest.mark.parametrize(
    ("english", "japanese"),
    [
        ("no such file", "ファイルがありません"),
        ("p.jpg: missing: no such file", "p.jpg: 見つからない：ファイルがありません"),
        (
            "/写真/a; b.jpg: not an image: the content is text",
            "/写真/a; b.jpg: 画像でない：中身は「テキスト」です",
        ),
        # What another program says stays as it is.
        ("p.jpg: damaged: odd bits", "p.jpg: 破損（odd bits）"),
        ("damaged: OSError: odd; very odd", "破損（OSError: odd; very odd）"),
        # A sentence in a place of another, and two that follow one another.
        (
            "its answer made no sense; the other files went on",
            "返事が正しくありませんでした。ほかのファイルの処理は続けました",
        ),
        ("its decoder died 2 times (signal 11)",
         "デコードのプロセスが 2 回、異常終了しました（シグナル 11）"),
        ("/a: it is gone; name another place", "/a: なくなっています。別の場所を指定してください"),
        # As far as it is known.
        ("no such file; odd", "ファイルがありません; odd"),
        ("odd; no such file", "odd; ファイルがありません"),
        # Numbers keep their form.
        ("1,234 files are out of reach, and kept",
         "1,234 個のファイルに手が届きません（情報は残します）"),
    ],
)  # fmt: skip
def test_a_finished_sentence_keeps_what_was_filled_in(english: str, japanese: str) -> None:
    assert language.translated(english, "ja") == japanese
    assert language.translated(english, "en") == english


def test_a_file_that_is_called_as_a_kind_of_reason_keeps_its_name() -> None:
    said = language.translated("empty: missing: no such file", "ja")
    assert said == "empty: 見つからない：ファイルがありません"
