"""The answer of an evaluation: values, a table, one JSON object, a figure."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sokkuri.brief import brief_repr
from sokkuri.evaluation.chart import ShareTable, draw_chart
from sokkuri.evaluation.retrieval import RANDOM, RANKS
from sokkuri.evaluation.robustness import FALSE_POSITIVE_RATE, mean_recall
from sokkuri.lab import AGREEING_DELTA_E
from sokkuri.language import say
from sokkuri.names import escape
from sokkuri.show import export
from sokkuri.show.captions import display_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from matplotlib.figure import Figure

    from sokkuri._typing import PathLike
    from sokkuri.evaluation.retrieval import HashRetrieval, Retrieval
    from sokkuri.evaluation.robustness import EditRecall, Robustness
    from sokkuri.hashes import HashSpec
    from sokkuri.images import Rejected

SCHEMA: Final = 2
"""Version of the JSON document; raised when a field changes its meaning or goes away."""

MEANS: Final = (("recall", "mean"), ("recall", "mean of the harder"))
"""The measure and the subject of the rows that sum the edits up, and the harder ones."""


def measure_words(name: str) -> str:
    """Return the name of a measure, or of the column of chance, in the reader's language."""
    words = {
        "colour": say("colour"), "both": say("both"), "mean": say("mean"), RANDOM: say("random"),
        "mean of the harder": say("mean of the harder"),
    }  # fmt: skip
    return words.get(name, name)


class Row(NamedTuple):
    """One line of the table: the measure, its subject, and a value for each column.

    Shares are floats and counts are whole numbers; None where a column has no such value.
    ``overall`` tells the retrieval of all photos from a class that happens to be called "all".
    """

    measure: str
    of: str
    values: tuple[float | int | None, ...]
    overall: bool = False


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
        The recipes, in the order of the request.
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
    robustness : tuple of Robustness
        One for each hash; empty if edits were not measured.
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
    other_files: tuple[str, ...] = ()
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
        if self.robustness:
            rows += _robustness_rows(self.robustness, (None,) * bool(self.rankings))
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
        columns, rows = self.rows()
        heads = [measure_words(name) for name in columns]
        tables, counts = [], [say("{photos:,} photos", photos=self.photos)]
        if self.rankings:
            classes = self.rankings[0].classes
            names = [f"{display_name(part.name)} ({part.photos:,})" for part in classes]
            overall = ((measure_words(row.measure), row) for row in rows if row.overall)
            last = (row for row in rows if row.measure == f"P@{RANKS[-1]}" and not row.overall)
            # More than 40 rows make a page that nobody reads; the table has them all.
            groups = _lines(overall), _lines(zip(names, last, strict=True))[:40]
            title = say("Same class among the nearest")
            note = say(
                "percent of the nearest k (P@k); of the nearest 10: colour, both, each class"
            )
            tables.append(ShareTable(title, note, heads, groups))
            counts.append(say("{classes:,} classes", classes=len(classes)))
        if self.robustness:
            title = say("Edited copies that are recognised")
            note = say("percent · where 1 in 100,000 unrelated pairs may pass")
            edits = _edit_groups(rows)
            tables.append(ShareTable(title, note, heads[: len(self.specs)], edits))
            counts += [
                say("{copies:,} edited copies", copies=self.sampled * sum(map(len, edits[::2]))),
                say("{pairs:,} unrelated pairs", pairs=self.pairs),
            ]
        name = display_name(os.path.abspath(self.where))
        title = say("How well do hashes find photos in {name}?", name=name)
        return draw_chart(title, " · ".join(counts), tables, self.robustness)

    def save_figure(self, path: PathLike) -> None:
        """Draw the evaluation as .png, .pdf or .svg; an existing file is replaced whole."""
        export.check_figure_path(path)
        export.write_figure(self.figure(), path)


def _retrieval_rows(rankings: tuple[HashRetrieval, ...]) -> Iterator[Row]:
    for number, name in enumerate(["all", *(part.name for part in rankings[0].classes)]):
        parts = [(ranking.overall, *ranking.classes)[number] for ranking in rankings]
        for at, k in enumerate(RANKS):
            yield Row(f"P@{k}", name, tuple(part.precision[at] for part in parts), number == 0)
        yield Row("colour", name, tuple(part.colour for part in parts), number == 0)
        yield Row("both", name, tuple(part.both for part in parts), number == 0)


def _robustness_rows(measured: tuple[Robustness, ...], blank: tuple[None, ...]) -> Iterator[Row]:
    kinds = [(item.edits, item.harder) for item in measured]
    for mean, columns in zip(MEANS, zip(*kinds, strict=True), strict=True):
        for recalls in zip(*columns, strict=True):
            yield Row("recall", recalls[0].edit, (*(each.recall for each in recalls), *blank))
        if columns[0]:
            yield Row(*mean, (*(mean_recall(edits) for edits in columns), *blank))
    yield Row("threshold", "bits", (*(item.threshold for item in measured), *blank))
    yield Row("false positives", "pairs", (*(item.false_positives for item in measured), *blank))
    yield Row("unrelated", "pairs", (*(item.pairs for item in measured), *blank))


def _edit_groups(rows: Iterable[Row]) -> list[tuple[tuple[str, list[float]], ...]]:
    """Return the edits, their mean, then the harder ones and theirs, each group by itself."""
    groups: list[list[tuple[str, Row]]] = [[]]
    for row in (row for row in rows if row.measure == "recall"):
        line = measure_words(row.of), row
        if (row.measure, row.of) in MEANS:
            groups += [[line], []]
        else:
            groups[-1].append(line)
    return [_lines(group) for group in groups if group]


def _lines(rows: Iterable[tuple[str, Row]]) -> tuple[tuple[str, list[float]], ...]:
    return tuple((name, [each for each in row.values if each is not None]) for name, row in rows)


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
    }


def _retrieval_fields(part: Retrieval) -> dict[str, Any]:
    precision = {f"p@{k}": value for k, value in zip(RANKS, part.precision, strict=True)}
    return {"photos": part.photos, **precision, "colour": part.colour, "both": part.both}


def _harder_fields(edits: Sequence[EditRecall]) -> dict[str, Any]:
    return {
        "mean_recall": mean_recall(edits),
        "recall": {edit.edit: edit.recall for edit in edits},
        "median_distance": {edit.edit: edit.median_distance for edit in edits},
    }


def _robustness_fields(item: Robustness) -> dict[str, Any]:
    return {
        "hash": item.spec.name,
        "threshold": item.threshold,
        "false_positives": item.false_positives,
        "mean_recall": item.mean_recall,
        "recall": {edit.edit: edit.recall for edit in item.edits},
        "median_distance": {edit.edit: edit.median_distance for edit in item.edits},
        **({"harder": _harder_fields(item.harder)} if item.harder else {}),
        "closest_unrelated": [
            {
                **export.path_fields(pair.a, "a"),
                **export.path_fields(pair.b, "b"),
                "distance": pair.distance,
            }
            for pair in item.closest
        ],
    }
