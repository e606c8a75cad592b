"""The answer of an evaluation: values, a table, one JSON object, a figure."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sokkuri.brief import brief_repr
from sokkuri.evaluation.retrieval import RANDOM, RANKS
from sokkuri.evaluation.robustness import FALSE_POSITIVE_RATE
from sokkuri.lab import AGREEING_DELTA_E
from sokkuri.names import escape
from sokkuri.show.chart import DistanceHistogram, ShareTable, draw_chart
from sokkuri.show.export import (
    check_figure_path,
    dump_json,
    path_fields,
    rejected_fields,
    write_figure,
)
from sokkuri.show.text import display_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.figure import Figure

    from sokkuri._typing import PathLike
    from sokkuri.evaluation.retrieval import HashRetrieval, Retrieval
    from sokkuri.evaluation.robustness import Robustness
    from sokkuri.hashes import HashSpec
    from sokkuri.images import Rejected

SCHEMA: Final = 1
"""Version of the JSON document; raised when a field changes its meaning or goes away."""

_MOST_CLASSES: Final = 40
"""More rows than this make a page that nobody reads; the table has them all."""


class Row(NamedTuple):
    """One line of the table: the measure, its subject, and a value for each column.

    Shares are floats and counts are whole numbers; None where a column has no such value.
    """

    measure: str
    of: str
    values: tuple[float | int | None, ...]


@dataclass(frozen=True, slots=True)
class Parameters:
    """The request, beyond the folder and the hashes.

    Parameters
    ----------
    sample : int
        The largest number of photos to edit.
    seed : int
        Chooses which ones.
    classes : bool
        Whether retrieval by class was measured.
    edits : bool
        Whether the recall of edited copies was measured.
    """

    sample: int
    seed: int
    classes: bool
    edits: bool


@dataclass(frozen=True)
class Evaluation:
    """All that was measured on one folder.

    Parameters
    ----------
    where : str
        The folder as it was named.
    specs : tuple of HashSpec
        The recipes, in the order of the request.
    parameters : Parameters
    photos : int
        Photos that could be read.
    rejected : tuple of Rejected
        Files that could not, sorted by path.
    skipped : tuple of str
        Folders that were not entered.
    ranked : int
        Photos with a class, which took part in the retrieval.
    rankings : tuple of HashRetrieval
        One for each hash, then the random one; empty if classes were not measured.
    sampled : int
        Photos that were edited.
    same_pixels : int
        Pairs left out of the unrelated ones for showing the same pixels.
    failed : tuple of Rejected
        Edited copies that could not be made or read.
    robustness : tuple of Robustness
        One for each hash; empty if edits were not measured.
    companions : tuple of str
        Files that only go with photos.
    unused_exclude : tuple of str
        Patterns to leave out that were about nothing.
    """

    where: str
    specs: tuple[HashSpec, ...]
    parameters: Parameters
    photos: int
    rejected: tuple[Rejected, ...]
    skipped: tuple[str, ...]
    ranked: int = 0
    rankings: tuple[HashRetrieval, ...] = ()
    sampled: int = 0
    same_pixels: int = 0
    failed: tuple[Rejected, ...] = ()
    robustness: tuple[Robustness, ...] = ()
    companions: tuple[str, ...] = ()
    unused_exclude: tuple[str, ...] = ()

    __repr__ = brief_repr

    @property
    def pairs(self) -> int:
        """Number of unrelated pairs; the same for every hash."""
        return self.robustness[0].pairs if self.robustness else 0

    def rows(self) -> tuple[list[str], list[Row]]:
        """Return the columns (the hashes, then "random" with classes) and all rows of the table."""
        columns = [spec.name for spec in self.specs]
        rows: list[Row] = []
        if self.rankings:
            columns.append(RANDOM)
            rows += _retrieval_rows(self.rankings)
        blank = (None,) * (len(columns) - len(self.specs))
        if self.robustness:
            rows += [
                Row(measure, of, (*values, *blank))
                for measure, of, values in _robustness_rows(self.robustness)
            ]
        return columns, rows

    def to_tsv(self) -> str:
        """Return the table with tabs between the columns; shares have six decimals."""
        columns, rows = self.rows()
        text = io.StringIO()
        writer = csv.writer(text, delimiter="\t", lineterminator="\n")
        writer.writerow(["measure", "of", *columns])
        for row in rows:
            # Class names come from folders and may hold anything, a newline for instance.
            cells = (f"{each:.6f}" if isinstance(each, float) else each for each in row.values)
            writer.writerow([row.measure, escape(row.of), *cells])
        return text.getvalue()

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the evaluation as the JSON object that ``sokkuri evaluate --json`` prints."""
        return dump_json(_document(self), indent=indent)

    def figure(self) -> Figure:
        """Draw a table for the classes, one for the edits, and the distances; show nothing.

        Raises
        ------
        MissingExtra
            If matplotlib is not installed.
        """
        tables, distances = [], []
        counts = [f"{self.photos:,} photos"]
        if self.rankings:
            tables.append(_retrieval_table(self.rankings))
            counts.append(f"{len(self.rankings[0].classes):,} classes")
        if self.robustness:
            tables.append(_recall_table(self.robustness))
            copies = self.sampled * len(self.robustness[0].edits)
            counts += [f"{copies:,} edited copies", f"{self.pairs:,} unrelated pairs"]
            distances = [
                DistanceHistogram(item.spec.name, item.unrelated, item.genuine, item.threshold)
                for item in self.robustness
            ]
        name = display_name(os.path.abspath(self.where))
        title = f"How well do hashes find photos in {name}?"
        return draw_chart(title, " · ".join(counts), tables, distances)

    def save_figure(self, path: PathLike) -> None:
        """Draw the evaluation as .png, .pdf or .svg; an existing file is replaced whole."""
        check_figure_path(path)
        write_figure(self.figure(), path)


def _retrieval_rows(rankings: tuple[HashRetrieval, ...]) -> Iterator[Row]:
    for number, name in enumerate(["all", *(part.name for part in rankings[0].classes)]):
        parts = [(ranking.overall, *ranking.classes)[number] for ranking in rankings]
        for at, k in enumerate(RANKS):
            yield Row(f"P@{k}", name, tuple(part.precision[at] for part in parts))
        yield Row("colour", name, tuple(part.colour for part in parts))
        yield Row("both", name, tuple(part.both for part in parts))


def _robustness_rows(measured: tuple[Robustness, ...]) -> Iterator[Row]:
    for number, edit in enumerate(measured[0].edits):
        yield Row("recall", edit.edit, tuple(item.edits[number].recall for item in measured))
    yield Row("recall", "mean", tuple(item.mean_recall for item in measured))
    yield Row("threshold", "bits", tuple(item.threshold for item in measured))
    yield Row("false positives", "pairs", tuple(item.false_positives for item in measured))
    yield Row("unrelated", "pairs", tuple(item.pairs for item in measured))


def _document(found: Evaluation) -> dict[str, Any]:
    """Return the evaluation as a JSON object; shares run from 0 to 1."""
    unused = {"unused_exclude": list(found.unused_exclude)} if found.unused_exclude else {}
    return {
        "schema": SCHEMA,
        **path_fields(found.where, "where"),
        "hashes": [
            {"name": spec.name, "bits": spec.bits, "version": spec.version} for spec in found.specs
        ],
        "parameters": {
            **asdict(found.parameters),
            "ranks": list(RANKS),
            "delta_e": AGREEING_DELTA_E,
            "false_positive_rate": FALSE_POSITIVE_RATE,
        },
        "counts": {
            "seen": found.photos + len(found.rejected) + len(found.companions),
            "photos": found.photos,
            "rejected": len(found.rejected),
            "companions": len(found.companions),
            "ranked": found.ranked,
            "classes": len(found.rankings[0].classes) if found.rankings else 0,
            "sampled": found.sampled,
            "unrelated_pairs": found.pairs,
            "same_pixels": found.same_pixels,
            "failed": len(found.failed),
        },
        **unused,
        "rejected": [rejected_fields(item) for item in found.rejected],
        "failed": [rejected_fields(item) for item in found.failed],
        "retrieval": [_ranking_fields(ranking) for ranking in found.rankings],
        "edits": [_robustness_fields(item) for item in found.robustness],
    }


def _ranking_fields(ranking: HashRetrieval) -> dict[str, Any]:
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


def _retrieval_table(rankings: tuple[HashRetrieval, ...]) -> ShareTable:
    overall = [ranking.overall for ranking in rankings]
    rows = [(f"P@{k}", [part.precision[at] for part in overall]) for at, k in enumerate(RANKS)]
    rows.append(("colour", [part.colour for part in overall]))
    rows.append(("both", [part.both for part in overall]))
    classes = [
        (
            f"{display_name(part.name)} ({part.photos:,})",
            [ranking.classes[number].precision[-1] for ranking in rankings],
        )
        for number, part in enumerate(rankings[0].classes[:_MOST_CLASSES])
    ]
    return ShareTable(
        title="Same class among the nearest",
        note="percent of the nearest k (P@k); of the nearest 10: colour, both, each class",
        columns=tuple(ranking.hash for ranking in rankings),
        groups=(tuple(rows), tuple(classes)),
    )


def _recall_table(measured: tuple[Robustness, ...]) -> ShareTable:
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
