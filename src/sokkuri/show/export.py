"""Answers as data: JSON, CSV, TSV, lines, and the tutorial's own list."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sokkuri.images import Rejected
    from sokkuri.matches import Match, Outcome

__all__ = [
    "SCHEMA",
    "dump_json",
    "json_document",
    "json_lines",
    "json_text",
    "pairs",
    "path_fields",
    "rate_lines",
    "separated",
]

SCHEMA: Final = 1
"""Version of the JSON documents; raised when a field changes its meaning or goes away."""

_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_FORMULA_STARTS: Final = ("=", "+", "-", "@")


def pairs(outcome: Outcome) -> list[list[float | str]]:
    """Return the tutorial's list: ``[[rate, path], ...]``, nearest first."""
    return [[match.rate, match.path] for match in outcome.matches]


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
        **_left_out_fields(outcome),
        "rejected": [_rejected_fields(rejected) for rejected in outcome.rejected],
        "companions": len(outcome.companions),
        "matches": [_match_fields(match) for match in outcome.matches],
    }
    if outcome.unused_exclude:
        document["unused_exclude"] = list(outcome.unused_exclude)
    if outcome.error is not None:
        document["error"] = outcome.error
    elif not outcome.matches and outcome.nearest is not None:
        document["nearest"] = _match_fields(outcome.nearest)
    return document


def json_text(outcome: Outcome, *, indent: int | None = None) -> str:
    """Return one answer as the text of its JSON object."""
    return dump_json(json_document(outcome), indent=indent)


def dump_json(value: object, *, indent: int | None = None, ascii_only: bool = False) -> str:
    """Return ``value`` as JSON in real Unicode, which always encodes as UTF-8."""
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
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(["query", "rank", "path", "distance", "rate", "same"])
    for outcome in outcomes:
        for rank, match in enumerate(outcome.matches, start=1):
            writer.writerow(
                [
                    _no_formula(outcome.query),
                    rank,
                    _no_formula(match.path),
                    match.distance,
                    match.rate,
                    match.same or "",
                ]
            )
    return text.getvalue()


def rate_lines(outcomes: Sequence[Outcome]) -> str:
    """Return ``rate<TAB>path`` a line, for pipes; several queries put the query in front."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    for outcome in outcomes:
        front = [outcome.query] if len(outcomes) > 1 else []
        writer.writerows([*front, match.rate, match.path] for match in outcome.matches)
    return text.getvalue()


def path_fields(path: str, key: str = "path") -> dict[str, str]:
    """Return a path under ``key``, and its bytes under ``key_b64`` where it is not UTF-8."""
    if _LONE_SURROGATE.search(path) is None:
        return {key: path}
    return {key: path, f"{key}_b64": base64.b64encode(os.fsencode(path)).decode("ascii")}


def _left_out_fields(outcome: Outcome) -> dict[str, int]:
    if outcome.links_left_out is None:
        return {}
    return {"links_left_out": outcome.links_left_out}


def _match_fields(match: Match) -> dict[str, Any]:
    fields = {
        **path_fields(match.path),
        "distance": match.distance,
        "rate": match.rate,
        "same": match.same,
    }
    if match.too_simple:
        fields["low_quality"] = match.quality
    return fields


def _rejected_fields(rejected: Rejected) -> dict[str, str]:
    return {**path_fields(rejected.path), "reason": rejected.reason}


def _no_formula(path: str) -> str:
    return os.path.join(".", path) if path.startswith(_FORMULA_STARTS) else path
