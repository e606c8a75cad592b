"""The words of a search: which of them are queries, and which are places."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sokkuri._typing import ImageLike

_URL: Final = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_WILDCARDS: Final = re.compile(r"[*?\[]")

STDIN: Final = "-"


def parted_words(words: Sequence[str]) -> tuple[list[ImageLike], list[str]]:
    """Part the words of a command line into queries and, after them, folders.

    ``-`` is a picture on stdin.  Without a folder the current one is searched.

    Parameters
    ----------
    words : sequence of str

    Raises
    ------
    click.UsageError
        If there is no query, or a word is neither a picture nor in its place.
    """
    count = next((n for n, word in enumerate(words) if os.path.isdir(word)), None)
    if count is None and len(words) > 1:
        count = len(words) - 1  # a folder that is missing, or a single file
    queries, places = words[:count], list(words[count:]) if count is not None else ["."]
    if not queries:
        raise click.UsageError("give a QUERY before the DIR to search")
    for place in places[1:]:
        if not os.path.isdir(place):
            raise click.UsageError(f"{place} follows a folder and is none; queries come first")
    for word in (*queries, *places):
        _check(word)
    return [_stdin() if word == STDIN else word for word in queries], places


def _check(word: str) -> None:
    """Refuse what looks like something that is not a file; a file of that name is one."""
    if os.path.lexists(word):
        return
    if _URL.match(word):
        raise click.UsageError(
            f"{word}: nothing is fetched from the network; download it first, or: "
            "curl -s URL | sokkuri search - DIR"
        )
    if _WILDCARDS.search(word):
        raise click.UsageError(
            f"{word}: no file is called that; without quotes the shell finds those that match"
        )


def _stdin() -> ImageLike:
    if sys.stdin.isatty():
        raise click.UsageError(f"{STDIN} reads a picture from stdin; give one with: < FILE")
    return sys.stdin.buffer
