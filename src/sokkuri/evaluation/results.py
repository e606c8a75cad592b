"""The answer of an evaluation: values, a table, one JSON object, a figure."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from sokkuri.brief import brief_repr
from sokkuri.evaluation.chart import ShareTable, draw_chart
from sokkuri.evaluation.retrieval import RANDOM, RANKS
from sokkuri.evaluation.robustness import FALSE_POSITIVE_RATE, mean_recall
from sokkuri.evaluation.rows import (
    Row,
    edit_groups,
    lines,
    measure_words,
    recall_rows,
    retrieval_rows,
)  # fmt: skip
from sokkuri.lab import AGREEING_DELTA_E
from sokkuri.language import say
from sokkuri.names import escape
from sokkuri.show import export
from sokkuri.show.captions import display_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from sokkuri._typing import PathLike
    from sokkuri.evaluation.false_finds import FalseFind, FalseRate, FinderRecall
    from sokkuri.evaluation.retrieval import HashRetrieval, Retrieval
    from sokkuri.evaluation.robustness import EditRecall, Robustness
    from sokkuri.hashes import HashSpec
    from sokkuri.images import Rejected

SCHEMA: Final = 2
"""Version of the JSON document; raised when a field changes its meaning or goes away."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The request beyond the folder and the hashes; ``seed`` chooses at most ``sample`` photos."""

    sample: int
    seed: int
    classes: bool
    edits: bool
    harder: bool


@dataclass(frozen=True)
class Evaluation:
    """All that was measured on one folder.

    Parameters
    ----------
    where : str
        The folder as it was named.
    specs : tuple of HashSpec
        The recipes, in the order of the request; those of copy finders after the others.
    parameters : Parameters
    photos, ranked, sampled : int
        Photos that could be read, that have a class and were ranked, that were edited.
    rejected, failed : tuple of Rejected
        Files that could not be read, sorted by path; edited copies that could not be made.
    skipped, other_files : tuple of str
        Folders that were not entered; files that are no pictures and claim to be none.
    rankings : tuple of HashRetrieval
        One for each hash, then the random one; empty if classes were not measured.
    same_pixels : int
        Pairs left out of the unrelated ones for showing the same pixels.
    pairs : int
        Unrelated pairs: the same for every hash.
    robustness : tuple of Robustness
        One for each hash; empty if edits were not measured.
    finders : tuple of FinderRecall
        One for each copy finder; empty if edits were not measured.
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
    pairs: int = 0
    same_pixels: int = 0
    failed: tuple[Rejected, ...] = ()
    robustness: tuple[Robustness, ...] = ()
    finders: tuple[FinderRecall, ...] = ()
    other_files: tuple[str, ...] = ()
    unused_exclude: tuple[str, ...] = ()

    __repr__ = brief_repr

    def rows(self) -> tuple[list[str], list[Row]]:
        """Return the columns (the hashes, then "random" with classes) and all rows of the table."""
        columns = [spec.name for spec in self.specs]
        rows: list[Row] = []
        if self.rankings:
            columns.append(RANDOM)
            rows += retrieval_rows(self.rankings, len(self.finders))
        if self.robustness or self.finders:
            rows += recall_rows(self.robustness, self.finders, bool(self.rankings))
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
        return export.dump_json(_document(self), indent=indent)

    def figure(self) -> Figure:
        """Draw a table for the classes, one for the edits, and the distances; show nothing.

        Raises
        ------
        MissingExtra
            If matplotlib is not installed.
        """
        counts = [say("{photos:,} photos", photos=self.photos)]
        tables = []
        if self.rankings:
            number = len(self.rankings[0].classes)
            tables.append(self._class_table())
            counts.append(say("{classes:,} classes", classes=number))
        if self.robustness or self.finders:
            tables.append(table := self._edit_table())
            copies = self.sampled * sum(map(len, table.groups[::2]))
            counts += [
                say("{copies:,} edited copies", copies=copies),
                say("{pairs:,} unrelated pairs", pairs=self.pairs),
            ]
        name = display_name(os.path.abspath(self.where))
        title = say("How well do hashes find photos in {name}?", name=name)
        return draw_chart(title, " · ".join(counts), tables, self.robustness, self.finders)

    def _class_table(self) -> ShareTable:
        _, rows = self.rows()
        classes = self.rankings[0].classes
        names = [f"{display_name(part.name)} ({part.photos:,})" for part in classes]
        overall = ((measure_words(row.measure), row) for row in rows if row.overall)
        last = (row for row in rows if row.measure == f"P@{RANKS[-1]}" and not row.overall)
        # More than 40 rows make a page that nobody reads; the table has them all.
        groups = lines(overall), lines(zip(names, last, strict=True))[:40]
        title = say("Same class among the nearest")
        note = say("percent of the nearest k (P@k); of the nearest 10: colour, both, each class")
        heads = [measure_words(ranking.hash) for ranking in self.rankings]
        return ShareTable(title, note, heads, groups)

    def _edit_table(self) -> ShareTable:
        _, rows = self.rows()
        note = say("percent")
        if self.robustness:
            note = say("percent · where 1 in 100,000 unrelated pairs may pass")
        title, heads = say("Edited copies that are recognised"), [spec.name for spec in self.specs]
        return ShareTable(title, note, heads, edit_groups(rows))

    def save_figure(self, path: PathLike) -> None:
        """Draw the evaluation as .png, .pdf or .svg; an existing file is replaced whole."""
        export.check_figure_path(path)
        export.write_figure(self.figure(), path)


def _document(found: Evaluation) -> dict[str, Any]:
    """Return the evaluation as a JSON object; shares run from 0 to 1."""
    return {
        "schema": SCHEMA,
        **export.path_fields(found.where, "where"),
        "hashes": [asdict(spec) for spec in found.specs],
        "parameters": {
            **asdict(found.parameters),
            "ranks": list(RANKS),
            "delta_e": AGREEING_DELTA_E,
            "false_positive_rate": FALSE_POSITIVE_RATE,
        },
        "counts": {
            "seen": found.photos + len(found.rejected) + len(found.other_files),
            "photos": found.photos,
            "rejected": len(found.rejected),
            "other_files": len(found.other_files),
            "ranked": found.ranked,
            "classes": len(found.rankings[0].classes) if found.rankings else 0,
            "sampled": found.sampled,
            "unrelated_pairs": found.pairs,
            "same_pixels": found.same_pixels,
            "failed": len(found.failed),
        },
        **({"unused_exclude": list(found.unused_exclude)} if found.unused_exclude else {}),
        "rejected": [export.rejected_fields(item) for item in found.rejected],
        "failed": [export.rejected_fields(item) for item in found.failed],
        "retrieval": [
            {
                "hash": ranking.hash,
                "overall": _retrieval_fields(ranking.overall),
                "classes": [
                    {**export.path_fields(part.name, "name"), **_retrieval_fields(part)}
                    for part in ranking.classes
                ],
            }
            for ranking in found.rankings
        ],
        "edits": [_robustness_fields(item) for item in found.robustness],
        "copies": [_finder_fields(item) for item in found.finders],
    }


def _retrieval_fields(part: Retrieval) -> dict[str, Any]:
    precision = {f"p@{k}": value for k, value in zip(RANKS, part.precision, strict=True)}
    return {"photos": part.photos, **precision, "colour": part.colour, "both": part.both}


def _robustness_fields(item: Robustness) -> dict[str, Any]:
    return {
        "hash": item.spec.name,
        "threshold": item.threshold,
        "false_positives": item.false_positives,
        **_recall_fields(item.edits),
        **({"harder": _recall_fields(item.harder)} if item.harder else {}),
        "closest_unrelated": [
            {
                **export.path_fields(pair.a, "a"),
                **export.path_fields(pair.b, "b"),
                "distance": pair.distance,
            }
            for pair in item.closest
        ],
    }


def _recall_fields(edits: Sequence[EditRecall], *, distances: bool = True) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "mean_recall": mean_recall(edits),
        "recall": {edit.edit: edit.recall for edit in edits},
    }
    if distances:
        fields["median_distance"] = {edit.edit: edit.median_distance for edit in edits}
    return fields


def _finder_fields(item: FinderRecall) -> dict[str, Any]:
    return {
        "hash": item.spec.name,
        "least_score": item.least_score,
        **_recall_fields(item.edits, distances=False),
        **({"harder": _recall_fields(item.harder, distances=False)} if item.harder else {}),
        "plain": _rate_fields(item.plain),
        "edited": _rate_fields(item.edited),
        "false_finds": _find_fields(item.false_finds),
        "same_scene": _find_fields(item.same_scene),
        "lost": [
            {**export.path_fields(each.photo, "photo"), "edit": each.edit, "score": each.score}
            for each in item.lost
        ],
    }


def _find_fields(finds: Sequence[FalseFind]) -> list[dict[str, Any]]:
    return [
        {
            **export.path_fields(find.query, "query"),
            **export.path_fields(find.photo, "photo"),
            "score": find.score,
            "edits": list(find.edits),
        }
        for find in finds
    ]


def _rate_fields(rate: FalseRate) -> dict[str, Any]:
    return {
        "false_finds": rate.number,
        "pairs": rate.pairs,
        "per_million": rate.per_million,
        "told_apart": rate.told_apart,
        "at_rate": {
            "score": rate.at_rate.score,
            "matches": rate.at_rate.number,
            "told_apart": rate.at_rate.told_apart,
        },
    }
