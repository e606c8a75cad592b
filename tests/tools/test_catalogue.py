"""The catalogue of words is what the code says, in every language."""

from __future__ import annotations

import re

import pytest
from babel.messages import pofile
from babel.messages.catalog import Catalog, Message

from sokkuri.language import LANGUAGES
from tools import catalogue

OTHERS = [lang for lang in LANGUAGES if lang != "en"]
PLACE = re.compile(r"\{(\w+)[^}]*\}")
COMMAND = re.compile(r"--[a-z][a-z-]+|`[^`]+`|SOKKURI_\w+")


def read(lang: str) -> Catalog:
    with catalogue.files_of(lang)[0].open("rb") as file:
        return pofile.read_po(file, lang)


def forms(message: Message) -> tuple[str, str, str]:
    """Return a message in English, its plural, and its translation."""
    ids = (message.id, message.id) if isinstance(message.id, str) else message.id
    texts = (message.string,) if isinstance(message.string, str) else message.string or ("",)
    return str(ids[0]), str(ids[1]), str(texts[0])


@pytest.mark.parametrize("lang", OTHERS)
def test_the_files_are_up_to_date(lang: str) -> None:
    for path, content in catalogue.updated(lang).items():
        assert path.read_bytes() == content, f"run: python -m tools.catalogue ({path.name})"


@pytest.mark.parametrize("lang", OTHERS)
def test_nothing_is_doubtful_or_left_over(lang: str) -> None:
    known = read(lang)
    assert [message.id for message in known if message.fuzzy and message.id] == []
    assert known.obsolete == {}


@pytest.mark.parametrize("lang", OTHERS)
def test_what_is_filled_in_has_its_place_in_every_language(lang: str) -> None:
    for message in read(lang):
        one, many, text = forms(message)
        if message.id and text:
            assert set(PLACE.findall(text)) == set(PLACE.findall(many)) | (
                set(PLACE.findall(text)) & set(PLACE.findall(one))
            ), text


@pytest.mark.parametrize("lang", OTHERS)
def test_options_and_commands_are_never_translated(lang: str) -> None:
    for message in read(lang):
        _, many, text = forms(message)
        if message.id and text:
            assert sorted(COMMAND.findall(text)) == sorted(COMMAND.findall(many)), text


def test_all_kinds_of_sentences_are_gathered() -> None:
    found = {text: key for _, text, key, _ in catalogue.gathered()}
    assert "{problem}; see: {command} --help" in found  # say
    assert "no such file" in found  # a reason
    assert "Find the photos under DIR that look like QUERY." in found  # help of a verb
    assert "Show this message and exit." in found  # click
    assert found["Skip to the content"] == "web: shell.skip"
    assert found["The same file"] == "explanation: headline.bytes"
    assert len(found) > 900


@pytest.mark.parametrize("lang", OTHERS)
def test_every_sentence_is_translated(lang: str) -> None:
    assert [message.id for message in read(lang) if message.id and not forms(message)[2]] == []
