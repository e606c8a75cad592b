"""The evaluation on one page: what is found, what is survived, and how well the two sides part."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from sokkuri.evaluation.results import RANKS
from sokkuri.show.chart import DistanceHistogram, ShareTable, draw_chart
from sokkuri.show.text import display_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sokkuri.evaluation.results import Evaluation

_MOST_CLASSES: Final = 40
"""More rows than this make a page that nobody reads; the table has them all."""


def draw_figure(evaluation: Evaluation) -> Figure:
    """Draw an evaluation: a table for the classes, one for the edits, and the distances."""
    tables, distances = [], []
    counts = [f"{evaluation.photos:,} photos"]
    if evaluation.rankings:
        tables.append(_retrieval_table(evaluation))
        counts.append(f"{len(evaluation.rankings[0].classes):,} classes")
    if evaluation.robustness:
        tables.append(_recall_table(evaluation))
        copies = evaluation.sampled * len(evaluation.robustness[0].edits)
        counts += [f"{copies:,} edited copies", f"{evaluation.pairs:,} unrelated pairs"]
        distances = [
            DistanceHistogram(item.spec.name, item.unrelated, item.genuine, item.threshold)
            for item in evaluation.robustness
        ]
    name = display_name(os.path.abspath(evaluation.where))
    title = f"How well do hashes find photos in {name}?"
    return draw_chart(title, " · ".join(counts), tables, distances)


def _retrieval_table(evaluation: Evaluation) -> ShareTable:
    overall = [ranking.overall for ranking in evaluation.rankings]
    rows = [(f"P@{k}", [part.precision[at] for part in overall]) for at, k in enumerate(RANKS)]
    rows.append(("colour", [part.colour for part in overall]))
    rows.append(("both", [part.both for part in overall]))
    classes = [
        (
            f"{display_name(part.name)} ({part.photos:,})",
            [ranking.classes[number].precision[-1] for ranking in evaluation.rankings],
        )
        for number, part in enumerate(evaluation.rankings[0].classes[:_MOST_CLASSES])
    ]
    return ShareTable(
        title="Same class among the nearest",
        note="percent of the nearest k (P@k); of the nearest 10: colour, both, each class",
        columns=tuple(ranking.hash for ranking in evaluation.rankings),
        groups=(tuple(rows), tuple(classes)),
    )


def _recall_table(evaluation: Evaluation) -> ShareTable:
    measured = evaluation.robustness
    rows = [
        (edit.edit, [item.edits[number].recall for item in measured])
        for number, edit in enumerate(measured[0].edits)
    ]
    return ShareTable(
        title="Edited copies that are recognised",
        note="percent · where 1 in 100,000 unrelated pairs may pass",
        columns=tuple(item.spec.name for item in measured),
        groups=(tuple(rows), (("mean", [item.mean_recall for item in measured]),)),
    )
