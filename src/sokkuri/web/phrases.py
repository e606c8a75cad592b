"""The same search in the words of the command line, and of Python."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from sokkuri import settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sokkuri.web.asked import Asked
    from sokkuri.web.site import Site

__all__ = ["phrases_of"]


def phrases_of(site: Site, asked: Asked) -> dict[str, str]:
    """Return a search as a command line and as a line of Python.

    An upload is named by the name that its file had; where it lies only its sender knows.
    """
    query = site.find(asked.image)
    path = query.path if query.upload is None else query.name
    folders = [shelf.folder for shelf in site.shelves]
    # All folders of a server are shown with the same patterns.
    exclude = [pattern for shelf in site.shelves[:1] for pattern in shelf.exclude]
    words = [*_words(asked), *(word for pattern in exclude for word in ("--exclude", pattern))]
    # The command searches one folder; several are several commands.
    lines = [
        " ".join(map(_quoted, ["sokkuri", "search", _safe(path), _safe(folder), *words]))
        for folder in folders
    ]
    return {"command": " && ".join(lines), "python": _python(path, folders, asked, exclude)}


def _safe(path: str) -> str:
    """Return a path as a word of a command line that is never taken for an option."""
    return os.path.join(".", path) if path.startswith("-") else path


def _quoted(word: str) -> str:
    """Return a word as a shell reads it; what cannot be seen or pasted is spelt out."""
    if word.isprintable():
        return shlex.quote(word)
    return "$'" + "".join(map(_spelt, os.fsencode(word))) + "'"


def _spelt(byte: int) -> str:
    letter = chr(byte)
    plain = letter.isascii() and letter.isprintable() and letter not in "'\\"
    return letter if plain else f"\\x{byte:02x}"


def _words(asked: Asked) -> Iterable[str]:
    for name, value in _options(asked):
        word = {"mirror": "--no-mirror", "links": "--no-links", "k": "-k"}.get(
            name, f"--{name.replace('_', '-')}"
        )
        yield from (word,) if value is False else (word, str(value))


def _python(path: str, folders: list[str], asked: Asked, exclude: list[str]) -> str:
    where = repr(folders[0] if len(folders) == 1 else folders)
    options = "".join(f", {name}={value!r}" for name, value in _options(asked))
    options += f", exclude={exclude!r}" if exclude else ""
    return f"sokkuri.search({path!r}, {where}{options})"


def _options(asked: Asked) -> Iterable[tuple[str, object]]:
    """Return what differs from the defaults; both phrases take the same names."""
    if asked.hash != settings.DEFAULT_HASH:
        yield "hash", asked.hash
    if asked.emphasis not in (None, settings.DEFAULT_EMPHASIS):
        yield "emphasis", asked.emphasis
    if asked.mirror is False:
        yield "mirror", False
    if asked.min_distance:
        yield "min_distance", asked.min_distance
    for name in ("rate", "max_distance", "k"):
        value = getattr(asked, name)
        if value is not None:
            yield name, value
    if asked.wanted.min_quality:
        yield "min_quality", asked.wanted.min_quality
    if not asked.wanted.links:
        yield "links", False
