"""The same search as a command line, and as Python."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from sokkuri import settings
from sokkuri.names import shown_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sokkuri.engine.options import Filters
    from sokkuri.web.models import Phrases
    from sokkuri.web.shelf import Shelf
    from sokkuri.web.site import Site


def phrases_of(
    site: Site, image: str, asked: Filters, *, verb: str = "search", call: str = "search"
) -> Phrases:
    """Return a search as a command line and as a line of Python; nothing of it is left out.

    An upload is named by the name that its file had; where it lies only its sender knows.

    Parameters
    ----------
    site : Site
    image : str
        The id of the query.
    asked : SearchOptions or CopyOptions
    verb, call : str
        What the command and the function are called.
    """
    query = site.find(image)
    path = query.path if query.upload is None else query.name
    usual = {"hash": settings.DEFAULT_HASH, "emphasis": settings.DEFAULT_EMPHASIS}
    # What differs from the defaults; both phrases take the same names.
    options = {name: value for name, value in asked.given().items() if value != usual.get(name)}
    searched = [
        (shelf, {**options, "folder": folder} if folder else options)
        for shelf, folder in _searched(site, str(options.pop("folder", "")))
    ]
    return {
        # The command searches one folder; several are several commands.
        "command": " && ".join(_command(verb, path, *each) for each in searched),
        "python": _python(call, path, [shelf for shelf, _ in searched], searched[0][1]),
    }


def _searched(site: Site, wanted: str) -> list[tuple[Shelf, str]]:
    """Return the folders that hold what is wanted, each with the part of it that lies in there."""
    if not wanted or len(site.shelves) == 1:
        return [(shelf, wanted) for shelf in site.shelves]
    found = []
    for shelf in site.shelves:
        label = shown_name(shelf.name)
        if f"{wanted}/".startswith(f"{label}/"):
            found.append((shelf, wanted[len(label) + 1 :]))
    return found or [(shelf, wanted) for shelf in site.shelves]


def _command(verb: str, path: str, shelf: Shelf, options: Mapping[str, object]) -> str:
    words = ["sokkuri", verb, _safe(path), _safe(shelf.folder)]
    for name, value in options.items():
        word = {"mirror": "--no-mirror", "links": "--no-links", "k": "-k"}.get(
            name, f"--{name.replace('_', '-')}"
        )
        words += [word] if isinstance(value, bool) else [word, str(value)]
    words += [word for pattern in shelf.exclude for word in ("--exclude", pattern)]
    return " ".join(map(_quoted, words))


def _python(call: str, path: str, shelves: Sequence[Shelf], options: Mapping[str, object]) -> str:
    folders = [shelf.folder for shelf in shelves]
    words = "".join(f", {name}={value!r}" for name, value in options.items())
    # All folders of a server are shown with the same patterns.
    words += f", exclude={list(shelves[0].exclude)!r}" if shelves[0].exclude else ""
    where = folders[0] if len(folders) == 1 else folders
    return f"sokkuri.{call}({path!r}, {where!r}{words})"


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
