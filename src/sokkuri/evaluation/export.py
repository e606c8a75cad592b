"""An evaluation as data: one JSON object, or rows for tables."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sokkuri.evaluation.results import FALSE_POSITIVE_RATE, RANDOM, RANKS
from sokkuri.lab import AGREEING_DELTA_E
from sokkuri.names import escape
from sokkuri.show.export import path_fields

if TYPE_CHECKING:
    from sokkuri.evaluation.results import Evaluation, Ranking, Retrieval, Robustness
    from sokkuri.images import Rejected

__all__ = ["SCHEMA", "Row", "json_document", "rows_of", "separated"]

SCHEMA: Final = 1
"""Version of the JSON document; raised when a field changes its meaning or goes away."""


class Row(NamedTuple):
    """One line of the table: what was measured, of what, and a value for each column.

    Shares are floats and counts are whole numbers; None where a column has no such value.
    """

    measure: str
    of: str
    values: tuple[float | int | None, ...]


def rows_of(evaluation: Evaluation) -> tuple[list[str], list[Row]]:
    """Return the columns (the hashes, then "random" with classes) and all rows of the table."""
    columns = [spec.name for spec in evaluation.specs]
    rows: list[Row] = []
    if evaluation.rankings:
        columns.append(RANDOM)
        rows += _retrieval_rows(evaluation.rankings)
    if evaluation.robustness:
        blank = (None,) * (len(columns) - len(evaluation.specs))
        rows += [
            Row(measure, of, values + blank)
            for measure, of, values in _robustness_rows(evaluation.robustness)
        ]
    return columns, rows


def separated(evaluation: Evaluation) -> str:
    """Return the table with tabs between the columns; shares have six decimals."""
    columns, rows = rows_of(evaluation)
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(["measure", "of", *columns])
    for row in rows:
        # Class names come from folders and may hold anything, a newline for instance.
        writer.writerow([row.measure, escape(row.of), *map(_cell, row.values)])
    return text.getvalue()


def json_document(evaluation: Evaluation) -> dict[str, Any]:
    """Return the evaluation as a JSON object; shares run from 0 to 1."""
    return {
        "schema": SCHEMA,
        **path_fields(evaluation.where, "where"),
        "hashes": [
            {"name": spec.name, "bits": spec.bits, "version": spec.version}
            for spec in evaluation.specs
        ],
        "parameters": _parameter_fields(evaluation),
        "counts": _count_fields(evaluation),
        **(
            {"unused_exclude": list(evaluation.unused_exclude)} if evaluation.unused_exclude else {}
        ),
        "rejected": [_rejected_fields(item) for item in evaluation.rejected],
        "failed": [_rejected_fields(item) for item in evaluation.failed],
        "retrieval": [_ranking_fields(ranking) for ranking in evaluation.rankings],
        "edits": [_robustness_fields(item) for item in evaluation.robustness],
    }


def _retrieval_rows(rankings: tuple[Ranking, ...]) -> list[Row]:
    groups = [
        ("all", [ranking.overall for ranking in rankings]),
        *(
            (part.name, [ranking.classes[number] for ranking in rankings])
            for number, part in enumerate(rankings[0].classes)
        ),
    ]
    rows = []
    for of, parts in groups:
        for number, k in enumerate(RANKS):
            rows.append(Row(f"P@{k}", of, tuple(part.precision[number] for part in parts)))
        rows.append(Row("colour", of, tuple(part.colour for part in parts)))
        rows.append(Row("both", of, tuple(part.both for part in parts)))
    return rows


def _robustness_rows(measured: tuple[Robustness, ...]) -> list[Row]:
    rows = [
        Row("recall", edit.edit, tuple(item.edits[number].recall for item in measured))
        for number, edit in enumerate(measured[0].edits)
    ]
    return [
        *rows,
        Row("recall", "mean", tuple(item.mean_recall for item in measured)),
        Row("threshold", "bits", tuple(item.threshold for item in measured)),
        Row("false positives", "pairs", tuple(item.false_positives for item in measured)),
        Row("unrelated", "pairs", tuple(item.pairs for item in measured)),
    ]


def _cell(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.6f}" if isinstance(value, float) else str(value)


def _parameter_fields(evaluation: Evaluation) -> dict[str, Any]:
    asked = evaluation.parameters
    return {
        "sample": asked.sample,
        "seed": asked.seed,
        "classes": asked.classes,
        "edits": asked.edits,
        "ranks": list(RANKS),
        "delta_e": AGREEING_DELTA_E,
        "false_positive_rate": FALSE_POSITIVE_RATE,
    }


def _count_fields(evaluation: Evaluation) -> dict[str, int]:
    rankings = evaluation.rankings
    return {
        "seen": evaluation.photos + len(evaluation.rejected) + len(evaluation.companions),
        "photos": evaluation.photos,
        "rejected": len(evaluation.rejected),
        "companions": len(evaluation.companions),
        "ranked": evaluation.ranked,
        "classes": len(rankings[0].classes) if rankings else 0,
        "sampled": evaluation.sampled,
        "unrelated_pairs": evaluation.pairs,
        "same_pixels": evaluation.same_pixels,
        "failed": len(evaluation.failed),
    }


def _ranking_fields(ranking: Ranking) -> dict[str, Any]:
    return {
        "hash": ranking.hash,
        "overall": _retrieval_fields(ranking.overall),
        "classes": [
            {**path_fields(part.name, "name"), **_retrieval_fields(part)}
            for part in ranking.classes
        ],
    }


def _retrieval_fields(part: Retrieval) -> dict[str, Any]:
    precision = {f"p@{k}": value for k, value in zip(RANKS, part.precision, strict=True)}
    return {"photos": part.photos, **precision, "colour": part.colour, "both": part.both}


def _robustness_fields(item: Robustness) -> dict[str, Any]:
    return {
        "hash": item.spec.name,
        "threshold": item.threshold,
        "false_positives": item.false_positives,
        "mean_recall": item.mean_recall,
        "recall": {edit.edit: edit.recall for edit in item.edits},
        "median_distance": {edit.edit: edit.median_distance for edit in item.edits},
        "closest_unrelated": [
            {**path_fields(pair.a, "a"), **path_fields(pair.b, "b"), "distance": pair.distance}
            for pair in item.closest
        ],
    }


def _rejected_fields(rejected: Rejected) -> dict[str, str]:
    return {**path_fields(rejected.path), "reason": rejected.reason}
