"""The table of an evaluation: a line for each measure, a column for each hash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sokkuri.evaluation.retrieval import RANDOM, RANKS
from sokkuri.evaluation.robustness import mean_recall
from sokkuri.language import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sokkuri.evaluation.false_finds import FinderRecall
    from sokkuri.evaluation.retrieval import HashRetrieval
    from sokkuri.evaluation.robustness import Robustness

MEANS: Final = (("recall", "mean"), ("recall", "mean of the harder"))
"""The measure and the subject of the rows that sum the edits up, and the harder ones."""

LEAST_SCORE: Final = "least score"
"""The measure of the row that says from which score on a finder calls a photo a copy."""


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


def retrieval_rows(rankings: Sequence[HashRetrieval], finders: int) -> Iterator[Row]:
    """Yield what was measured by class: for all photos, then for each class.

    Parameters
    ----------
    rankings : sequence of HashRetrieval
        The last one is that of chance.
    finders : int
        Columns before it that are left empty: finders rank nothing.
    """
    for number, name in enumerate(["all", *(part.name for part in rankings[0].classes)]):
        parts = [(ranking.overall, *ranking.classes)[number] for ranking in rankings]

        shares = [(f"P@{k}", [part.precision[at] for part in parts]) for at, k in enumerate(RANKS)]
        shares.append(("colour", [part.colour for part in parts]))
        shares.append(("both", [part.both for part in parts]))
        for measure, (*hashes, chance) in shares:
            yield Row(measure, name, (*hashes, *(None,) * finders, chance), overall=number == 0)


def recall_rows(
    hashes: Sequence[Robustness], finders: Sequence[FinderRecall], more: int
) -> Iterator[Row]:
    """Yield what was measured with edited copies.

    Parameters
    ----------
    hashes : sequence of Robustness
    finders : sequence of FinderRecall
    more : int
        Further columns, which are left empty.
    """
    measured: list[Robustness | FinderRecall] = [*hashes, *finders]
    kinds = [(item.edits, item.harder) for item in measured]
    blank = (None,) * more
    for mean, columns in zip(MEANS, zip(*kinds, strict=True), strict=True):
        for recalls in zip(*columns, strict=True):
            yield Row("recall", recalls[0].edit, (*(each.recall for each in recalls), *blank))
        if columns[0]:
            yield Row(*mean, (*(mean_recall(edits) for edits in columns), *blank))
    none = (None,) * len(finders)
    if hashes:
        yield Row("threshold", "bits", (*(item.threshold for item in hashes), *none, *blank))
    if finders:
        least = (item.least_score for item in finders)
        yield Row(LEAST_SCORE, "score", (*(None,) * len(hashes), *least, *blank))
    false = [item.false_positives for item in hashes] + [item.plain.number for item in finders]
    yield Row("false positives", "pairs", (*false, *blank))
    pairs = [item.pairs for item in hashes] + [item.plain.pairs for item in finders]
    yield Row("unrelated", "pairs", (*pairs, *blank))
    none = (None,) * len(hashes)
    for measure, of, counts in _finder_counts(finders):
        yield Row(measure, of, (*none, *counts, *blank))


def _finder_counts(
    finders: Sequence[FinderRecall],
) -> Iterator[tuple[str, str, list[float | int]]]:
    """Yield the counts that only finders have: a measure, its subject, and one value for each."""
    if not finders:
        return
    edited = [item.edited for item in finders]
    yield "false positives", "edited pairs", [rate.number for rate in edited]
    yield "unrelated", "edited pairs", [rate.pairs for rate in edited]
    plain = [item.plain for item in finders]
    for of, rates in (("pairs", plain), ("edited pairs", edited)):
        yield "told apart", of, [rate.told_apart for rate in rates]
        yield "score at 1 in 100,000", of, [rate.at_rate.score for rate in rates]
        yield "matches at 1 in 100,000", of, [rate.at_rate.number for rate in rates]
        yield "told apart at 1 in 100,000", of, [rate.at_rate.told_apart for rate in rates]
    for kind, of in enumerate(("edits", "harder edits")):
        if finders[0].kinds[kind]:
            yield "lost copies", of, [sum(item.lost_by_edit[kind].values()) for item in finders]


def edit_groups(rows: Iterable[Row]) -> list[tuple[tuple[str, list[float]], ...]]:
    """Return the edits, their mean, then the harder ones and theirs, each group by itself."""
    groups: list[list[tuple[str, Row]]] = [[]]
    for row in (row for row in rows if row.measure == "recall"):
        line = measure_words(row.of), row
        if (row.measure, row.of) in MEANS:
            groups += [[line], []]
        else:
            groups[-1].append(line)
    return [lines(group) for group in groups if group]


def lines(rows: Iterable[tuple[str, Row]]) -> tuple[tuple[str, list[float]], ...]:
    """Return named rows with the values that there are, for a drawn table."""
    return tuple((name, [each for each in row.values if each is not None]) for name, row in rows)
