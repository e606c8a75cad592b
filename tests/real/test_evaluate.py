"""The ruler gives the values that are known for the clothing photos."""

from __future__ import annotations

from pathlib import Path

import pytest

from sokkuri.evaluation import DEFAULT_HASHES, evaluate

# Percent: P@1 (where known), P@10, colour, both.  Measured once by other means than this package.
KNOWN: dict[str, tuple[float | None, float, float, float]] = {
    "ahash-gray-64": (47.9, 40.0, 41.4, 18.0),
    "ahash-rgb-64": (49.9, 38.3, 52.4, 21.5),
    "phash-16": (None, 33.1, 34.7, 13.4),
    "pdq": (38.6, 30.8, 31.3, 11.8),
    "random": (None, 13.9, 23.4, 3.3),
}


@pytest.mark.timeout(600)
def test_known_values(clothing: Path) -> None:
    hashes = [name for name in KNOWN if name in DEFAULT_HASHES]
    evaluation = evaluate(clothing, hashes, edits=False)
    assert evaluation.photos == evaluation.ranked == 1799
    assert len(evaluation.rankings[0].classes) == 10
    for ranking in evaluation.rankings:
        overall = ranking.overall
        found = (overall.precision[0], overall.precision[2], overall.colour, overall.both)
        for value, known in zip(found, KNOWN[ranking.hash], strict=True):
            assert known is None or 100 * value == pytest.approx(known, abs=1.0), ranking.hash
    assert [ranking.hash for ranking in evaluation.rankings] == [*hashes, "random"]


@pytest.mark.timeout(600)
def test_edited_copies(clothing: Path) -> None:
    evaluation = evaluate(clothing, ["ahash-gray-64"], sample=40, classes=False)
    (measured,) = evaluation.robustness
    assert measured.pairs == 40 * 1759 + 40 * 39 // 2
    recall = {edit.edit: edit.recall for edit in measured.edits}
    for survived in ("identity", "resize-50", "thumbnail-160", "jpeg-q20", "gray", "square"):
        assert recall[survived] == 1, survived
    for lost in ("crop-30", "rotate-90", "border-10"):
        assert recall[lost] < 0.1, lost


@pytest.mark.timeout(600)
def test_the_copy_finder(clothing: Path) -> None:
    evaluation = evaluate(clothing, ["copies-150"], sample=60, classes=False, harder=True)
    (found,) = evaluation.finders
    assert found.mean_recall >= 0.995
    assert min(edit.recall for edit in found.edits) >= 0.95
    harder = {edit.edit: edit.recall for edit in found.harder}
    assert harder.pop("in-picture-40") >= 0.4
    assert harder.pop("crop-50") > 0.8
    assert min(harder.values()) >= 0.95
    assert found.plain.pairs == 60 * 1739 + 60 * 59 // 2
    assert found.plain.per_million < 20
    # No other photo is shown but in two edits, and these leave that one out.
    assert found.edited.pairs == 60 * (28 * 1798 + 2 * 1797)
    assert found.edited.per_million < 10
