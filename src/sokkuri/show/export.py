"""Answers as data, in JSON, CSV, TSV, lines and the article's own list; figures as files."""

from __future__ import annotations

import base64
import csv
import errno
import importlib.util
import io
import json
import os
import re
from typing import TYPE_CHECKING, Any, Final

from sokkuri.atomic import write_atomically
from sokkuri.errors import MissingExtra
from sokkuri.names import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.figure import Figure

    from sokkuri._typing import PathLike
    from sokkuri.images import Rejected
    from sokkuri.matches import Match, Outcome

SCHEMA: Final = 2
"""Version of the JSON documents; raised when a field changes its meaning or goes away."""

DPI: Final = 160
"""Pixels per inch: makes the usual page, 10 inches wide, 1600 pixels wide."""

# Typed loosely, since matplotlib types the keys by version.
_SAVING: Final[Any] = {
    "pdf.fonttype": 42,
    "pdf.use14corefonts": False,
    "pdf.inheritcolor": False,
    "savefig.bbox": None,
    "svg.fonttype": "path",
    "svg.hashsalt": "sokkuri",
    "svg.id": None,
    "svg.image_inline": True,
    "text.usetex": False,
}
_METADATA: Final = {
    ".png": {"Software": None}, ".pdf": {"CreationDate": None}, ".svg": {"Date": None},
}  # fmt: skip

_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def json_document(outcome: Outcome) -> dict[str, Any]:
    """Return one answer as a JSON object.

    A name that is not UTF-8 stands in ``path`` with its odd bytes as escaped lone surrogates
    (what ``os.fsdecode`` gives, and what Python's ``json`` reads back), and again in ``path_b64``
    as the base64 of its bytes, for readers that refuse such escapes.
    """
    document: dict[str, Any] = {
        "schema": SCHEMA,
        **path_fields(outcome.query, "query"),
        "hash": outcome.spec.name,
        "bits": outcome.spec.bits,
        **({"min_distance": outcome.min_distance} if outcome.min_distance else {}),
        "searched": outcome.searched,
        **({} if outcome.links_left_out is None else {"links_left_out": outcome.links_left_out}),
        "rejected": [rejected_fields(rejected) for rejected in outcome.rejected],
        "other_files": len(outcome.other_files),
        "matches": [_match_fields(match) for match in outcome.matches],
    }
    if outcome.by_chance is not None:
        document["by_chance"] = round(outcome.by_chance, 3)
    if outcome.unused_exclude:
        document["unused_exclude"] = list(outcome.unused_exclude)
    if outcome.error is not None:
        document["error"] = outcome.error
    elif not outcome.matches and outcome.nearest is not None:
        document["nearest"] = _match_fields(outcome.nearest)
    elif outcome.nearest_other is not None:
        document["nearest_other"] = _match_fields(outcome.nearest_other)
    return document


def dump_json(value: object, *, indent: int | None = None, ascii_only: bool = False) -> str:
    """Return a value as JSON in real Unicode, which always encodes as UTF-8, or in ASCII only.

    Parameters
    ----------
    value : object
    indent : int, optional
        Spaces; None for one line.
    ascii_only : bool
    """
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent, allow_nan=False)
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def json_lines(outcome: Outcome) -> Iterable[dict[str, Any]]:
    """Yield one object a match, each with its query."""
    query = path_fields(outcome.query, "query")
    return ({**query, **_match_fields(match)} for match in outcome.matches)


def separated(outcomes: Sequence[Outcome], delimiter: str) -> str:
    """Return the matches as a table with a header, quoted as RFC 4180 has it.

    A relative path that a spreadsheet would take for a formula gets ``./`` in front, which names
    the same file.

    Parameters
    ----------
    outcomes : sequence of Outcome
    delimiter : str
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(["query", "rank", "path", "distance", "rate", "same"])
    for outcome in outcomes:
        for rank, match in enumerate(outcome.matches, start=1):
            query, path = map(spreadsheet_safe, (outcome.query, match.path))
            writer.writerow([query, rank, path, match.distance, match.rate, match.same or ""])
    return text.getvalue()


def rate_lines(outcomes: Sequence[Outcome]) -> str:
    """Return ``rate<TAB>path`` a line, for pipes; several queries put the query in front."""
    return ranked_lines(
        (outcome.query, [(match.rate, match.path) for match in outcome.matches])
        for outcome in outcomes
    )


def ranked_lines(answers: Iterable[tuple[str, Sequence[tuple[float, str]]]]) -> str:
    """Return ``value<TAB>path`` a line, with the query in front where there are several.

    Parameters
    ----------
    answers : iterable of (str, sequence of (float, str))
        Each query with what was found.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    several = list(answers)
    for query, found in several:
        front = [query] if len(several) > 1 else []
        writer.writerows([*front, value, path] for value, path in found)
    return text.getvalue()


def path_fields(path: str, key: str = "path") -> dict[str, str]:
    """Return a path under a key, and its bytes under ``key_b64`` where it is not UTF-8.

    Parameters
    ----------
    path : str
    key : str
    """
    if _LONE_SURROGATE.search(path) is None:
        return {key: path}
    return {key: path, f"{key}_b64": base64.b64encode(os.fsencode(path)).decode("ascii")}


def write_figure(figure: Figure, path: PathLike, *, dpi: int = DPI) -> None:
    """Write a figure into a file: whole or not at all, and the same bytes for the same figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    path : str or os.PathLike
        Ends in .png, .pdf or .svg, which decides the format.
    dpi : int
        Pixels per inch, of the photos too where the format is .pdf or .svg.

    Raises
    ------
    ValueError
        If the extension is another one.
    OSError
        If the file cannot be written.
    """
    data = figure_bytes(figure, figure_extension(path)[1:], dpi=dpi)
    with write_atomically(path) as file:
        file.write(data)


def figure_bytes(figure: Figure, format: str, *, dpi: int = DPI) -> bytes:
    """Return a figure as the bytes of a file.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    format : {"png", "pdf", "svg"}
    dpi : int
    """
    from matplotlib import rc_context

    file = io.BytesIO()
    with rc_context(_SAVING):
        figure.savefig(
            file, format=format, dpi=dpi, metadata=_METADATA[f".{format}"],
            facecolor="white", edgecolor="white", transparent=False,
        )  # fmt: skip
    return file.getvalue()


def require_matplotlib() -> None:
    """Look matplotlib up without importing it: plotting may be far away still.

    Raises
    ------
    MissingExtra
        If it is not installed.
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise MissingExtra("the figure", "plot")


def check_figure_path(path: PathLike) -> None:
    """Find out before the work whether a figure could be saved there after it.

    Raises
    ------
    MissingExtra
        If matplotlib is not installed.
    ValueError
        If the extension is none of .png, .pdf and .svg.
    FileNotFoundError, NotADirectoryError, PermissionError
        If the folder is not there or may not be written.
    """
    figure_extension(path)
    folder = os.path.dirname(os.fspath(path)) or "."
    if not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, "no such folder for the figure", folder)
    if not os.access(folder, os.W_OK):
        raise PermissionError(errno.EACCES, "this folder may not be written", folder)
    require_matplotlib()


def figure_extension(path: PathLike) -> str:
    """Return the extension that decides the format.

    Raises
    ------
    ValueError
        If it is none of .png, .pdf and .svg.
    """
    extension = os.path.splitext(os.fspath(path))[1].lower()
    if extension not in _METADATA:
        found = f"{escape(extension)!r}" if extension else "a name without extension"
        raise ValueError(f"a figure is saved as .png, .pdf or .svg, not as {found}")
    return extension


def spreadsheet_safe(path: str) -> str:
    """Return a path that no spreadsheet takes for a formula: ``./`` in front names the same."""
    return os.path.join(".", path) if path.startswith(("=", "+", "-", "@")) else path


def _match_fields(match: Match) -> dict[str, Any]:
    return {
        **path_fields(match.path),
        "distance": match.distance,
        "rate": match.rate,
        "same": match.same,
        **({"low_quality": match.quality} if match.too_simple else {}),
    }


def rejected_fields(rejected: Rejected) -> dict[str, str]:
    """Return a file that could not be read, and why."""
    return {**path_fields(rejected.path), "reason": rejected.reason}
