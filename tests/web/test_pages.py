from __future__ import annotations

import re
from importlib import resources

import pytest

from sokkuri.language import LANGUAGES, Lang
from sokkuri.web.words import full_sentence, page_word, words_of

WEB = resources.files("sokkuri.web")
MODULES = {
    f"{folder.name}/{file.name}": file.read_text("utf-8")
    for folder in (WEB / "static").iterdir()
    if folder.is_dir()
    for file in folder.iterdir()
    if file.name.endswith(".js")
}
TEMPLATES = {file.name: file.read_text("utf-8") for file in (WEB / "templates").iterdir()}
PYTHON = {
    file.name: file.read_text("utf-8")
    for folder in (WEB, WEB / "routes", WEB / "safety")
    for file in folder.iterdir()
    if file.name.endswith(".py")
}
SOURCES = {**MODULES, **TEMPLATES, **PYTHON}

ENGLISH = words_of("en")
FIRST = "|".join(sorted({key.partition(".")[0] for key in ENGLISH}))
# A key as a string, and the start of one that is put together.
WHOLE = re.compile(rf"""["'`]((?:{FIRST})\.[a-z_]+(?:\.[a-z_]+)*)["'`]""")
BEGUN = rf"((?:{FIRST})\.[a-z_.]*)"
PUT_TOGETHER = re.compile(rf"""(?:`{BEGUN}\$\{{|'{BEGUN}' ~ |f"{BEGUN}\{{)""")
# A key where the words themselves are taken.
TAKEN = re.compile(rf"""\bt\(\s*["'`]((?:{FIRST})\.[a-z_.]+)["'`]\s*[,)]""")
PLACES = re.compile(r"\{(\w+)\}")


def starts(text: str) -> list[str]:
    """Return the starts of keys; a string that is no key is the start of some."""
    found = ["".join(places) for places in PUT_TOGETHER.findall(text)]
    return found + [f"{key}." for key in WHOLE.findall(text) if key not in ENGLISH]


def test_the_sources_are_found() -> None:
    assert {"search/page.js", "common/words.js"} <= set(MODULES)
    assert {"base.html", "search.html"} <= set(TEMPLATES)
    assert sum(len(TAKEN.findall(text)) for text in SOURCES.values()) > 100
    assert sum(len(starts(text)) for text in SOURCES.values()) > 5


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_every_word(lang: Lang) -> None:
    found = words_of(lang)
    assert found.keys() == ENGLISH.keys()
    assert [key for key, sentence in found.items() if not sentence.strip()] == []


def test_places_are_the_same_in_both_languages() -> None:
    japanese = words_of("ja")
    differing = [
        key
        for key, sentence in ENGLISH.items()
        if set(PLACES.findall(sentence)) != set(PLACES.findall(japanese[key]))
    ]
    assert differing == []


def test_forms_for_one_have_a_form_for_many() -> None:
    ones = [key for key in ENGLISH if key.endswith(".one")]
    assert ones
    for key in ones:
        assert "{count}" in ENGLISH[key.removesuffix(".one")], key


@pytest.mark.parametrize("name", SOURCES)
def test_every_word_that_is_used_exists(name: str) -> None:
    missing = [key for key in TAKEN.findall(SOURCES[name]) if key not in ENGLISH]
    assert missing == []


@pytest.mark.parametrize("name", SOURCES)
def test_keys_that_are_put_together_lead_somewhere(name: str) -> None:
    lost = [
        start
        for start in starts(SOURCES[name])
        if not any(key.startswith(start) for key in ENGLISH)
    ]
    assert lost == []


def test_every_word_is_used() -> None:
    used = {key for text in SOURCES.values() for key in WHOLE.findall(text)}
    begun = tuple(start for text in SOURCES.values() for start in starts(text))
    idle = [
        key for key in ENGLISH if key.removesuffix(".one") not in used and not key.startswith(begun)
    ]
    assert idle == []


def test_a_sentence_is_filled_and_numbers_are_written_out() -> None:
    assert page_word("en", "home.photos", count=1799) == "1,799 photos"
    assert page_word("en", "home.photos", count=1) == "1 photo"
    assert page_word("ja", "home.photos", count=1) == "1 枚"
    assert page_word("en", "home.search_from", name="服 {x}.jpg") == "Search from 服 {x}.jpg"


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        page_word("en", "no.such.key")


@pytest.mark.parametrize(
    ("lang", "said", "shown"),
    [
        ("en", "no such folder", "No such folder."),
        ("en", "it is gone; look again (or not)", "It is gone; look again (or not)."),
        ("en", "The request has a fault.", "The request has a fault."),
        ("en", "begin at the home page: /", "Begin at the home page: /"),
        ("ja", "フォルダーがありません", "フォルダーがありません。"),
        ("ja", "書き込めません（権限がありません）", "書き込めません（権限がありません）。"),
        ("ja", "もう一度送ってください。", "もう一度送ってください。"),
        ("en", "", ""),
    ],
)
def test_errors_are_shown_as_sentences(lang: Lang, said: str, shown: str) -> None:
    assert full_sentence(lang, said) == shown
