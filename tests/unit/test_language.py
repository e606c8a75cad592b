"""One catalogue of words, and what is looked up in it."""

from __future__ import annotations

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


def test_an_english_reader_gets_what_was_said() -> None:
    assert language.translated("no such file") == "no such file"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_finished_sentence_is_found_again(lang: Lang) -> None:
    # Sentences differ enough that a filled-in one is taken for itself and no other.
    if lang == "en":
        return
    for template in language._templates(lang):
        names = [name for _, name, _, _ in string.Formatter().parse(template.text) if name]
        assert set(names) <= set(template.places), template


def test_a_sentence_keeps_what_was_filled_in() -> None:
    said = language.translated("/写真/a b.jpg: no such file", "ja")
    assert said.startswith("/写真/a b.jpg: ")
