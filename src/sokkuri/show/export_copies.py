"""Copies as data, in JSON, CSV and TSV."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sokkuri.show.export import (
    SCHEMA,
    path_fields,
    ranked_lines,
    rejected_fields,
    spreadsheet_safe,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sokkuri.copies.copy import Copy
    from sokkuri.copies.outcome import CopyOutcome


def copies_document(outcome: CopyOutcome) -> dict[str, Any]:
    """Return one answer as a JSON object; names are written as those of a search are."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        **path_fields(outcome.query, "query"),
        "hash": outcome.spec.name,
        "searched": outcome.searched,
        "too_little": outcome.too_little,
        "rejected": [rejected_fields(rejected) for rejected in outcome.rejected],
        "other_files": len(outcome.other_files),
        "copies": [copy_fields(copy) for copy in outcome.copies],
        "same_scene": [copy_fields(copy) for copy in outcome.same_scene],
    }
    if outcome.unused_exclude:
        document["unused_exclude"] = list(outcome.unused_exclude)
    if outcome.error is not None:
        document["error"] = outcome.error
    return document


def copy_lines(outcome: CopyOutcome) -> Iterable[dict[str, Any]]:
    """Yield one object a copy, each with its query."""
    query = path_fields(outcome.query, "query")
    return ({**query, **copy_fields(copy)} for copy in outcome.copies)


def copy_fields(copy: Copy) -> dict[str, Any]:
    """Return what is told of one copy."""
    return {
        **path_fields(copy.path),
        "score": copy.score,
        "sure": copy.sure,
        "points": copy.points,
        "same": copy.same,
        "edits": asdict(copy.edits),
        "outline": {
            name: [[round(x, 4) + 0.0, round(y, 4) + 0.0] for x, y in corners]
            for name, corners in copy.outline._asdict().items()
        },
    }


def score_lines(outcomes: Sequence[CopyOutcome]) -> str:
    """Return ``score<TAB>path`` a line, for pipes; several queries put the query in front."""
    return ranked_lines(
        (outcome.query, [(copy.score, copy.path) for copy in outcome.copies])
        for outcome in outcomes
    )


def separated_copies(outcomes: Sequence[CopyOutcome], delimiter: str) -> str:
    """Return the copies as a table with a header, quoted as RFC 4180 has it.

    Parameters
    ----------
    outcomes : sequence of CopyOutcome
    delimiter : str
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    edits = ("mirrored", "turned", "squeezed", "cropped_to", "fills", "bordered", "covered")
    writer.writerow(["query", "rank", "path", "score", "sure", "points", "same", *edits])
    for outcome in outcomes:
        for rank, copy in enumerate(outcome.copies, start=1):
            query, path = map(spreadsheet_safe, (outcome.query, copy.path))
            told = asdict(copy.edits)
            values = ["" if told[name] is None else told[name] for name in edits]
            writer.writerow(
                [query, rank, path, copy.score, copy.sure, copy.points, copy.same or "", *values]
            )
    return text.getvalue()
