"""Every verb in windows of two widths, with one bad file, looks as it did when it was looked at."""

from __future__ import annotations

import difflib
import os
import re
from itertools import product
from pathlib import Path

import click
import pytest
from tests.cli.screens.screens import GOES_ON, WIDTHS, golden_file, shown
from tests.cli.screens.sessions import LONG, SESSIONS

from sokkuri.cli import app
from sokkuri.language import LANGUAGES, Lang

pytestmark = pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")

SCREENS = list(product(SESSIONS, LANGUAGES, WIDTHS))
MAKE = "python -m tests.cli.screens.make"


@pytest.mark.parametrize(("verb", "language", "columns"), SCREENS)
def test_a_session_looks_as_it_did(verb: str, language: Lang, columns: int) -> None:
    file = golden_file(verb, language, columns)
    expected, found = file.read_text(encoding="utf-8"), shown(verb, language, columns)
    lines = difflib.unified_diff(
        expected.splitlines(), found.splitlines(), file.name, "now", lineterm=""
    )
    assert expected == found, "\n".join([*lines, f"if that is meant: {MAKE} {verb}"])


@pytest.mark.parametrize(("verb", "language", "columns"), SCREENS)
def test_a_screen_is_whole(verb: str, language: Lang, columns: int) -> None:
    text = golden_file(verb, language, columns).read_text(encoding="utf-8")
    for unwanted in ("Traceback", "fault of sokkuri", "━", "ETA"):
        assert unwanted not in text
    # A path is broken by the window alone, so that a click takes all of it.
    told = text.replace(f"{GOES_ON}\n", "")
    assert {told.count(part) for part in (LONG[:9], LONG[-12:])} == {told.count(LONG)}


def _verbs() -> list[str]:
    """Return every verb, and those inside of it, as they are typed."""
    context = click.Context(app)
    verbs = []
    for name in app.list_commands(context):
        command = app.get_command(context, name)
        inner = command.list_commands(context) if isinstance(command, click.Group) else []
        verbs += [name, *(f"{name} {each}" for each in inner)]
    return verbs


@pytest.mark.parametrize("verb", _verbs())
def test_every_verb_is_on_a_screen(verb: str) -> None:
    lines = [line.words for line in SESSIONS[verb.partition(" ")[0]]]
    assert f"sokkuri {verb} --help" in lines
    is_group = any(each.startswith(f"{verb} ") for each in _verbs())
    runs = [line for line in lines if re.match(rf"sokkuri {verb}( (?!--help)|$)", line)]
    assert runs or is_group


def test_no_screen_is_of_nothing() -> None:
    here = Path(__file__).parent
    expected = {golden_file(*screen) for screen in SCREENS}
    assert set(here.glob("*/*.txt")) == expected
