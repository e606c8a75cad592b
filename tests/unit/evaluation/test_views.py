from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sokkuri.evaluation import EDITS, Evaluation, evaluate
from sokkuri.evaluation.chart import _binned, _share_words

Waves = Callable[[int, int, int], NDArray[np.uint8]]


@pytest.fixture
def evaluation(photos: Path, waves: Waves) -> Evaluation:
    """Return an evaluation with two classes, one of them with a Japanese name."""
    (photos / "tops").mkdir()
    for seed in (20, 21):
        Image.fromarray(waves(50, 60, seed)).save(photos / f"tops/{seed}.png")
    return evaluate(photos, ["ahash-gray-8", "ahash-rgb-8"], sample=3)


def test_the_rows_hold_what_was_measured(evaluation: Evaluation) -> None:
    columns, rows = evaluation.rows()
    assert columns == ["ahash-gray-8", "ahash-rgb-8", "random"]
    found = {(row.measure, row.of): row.values for row in rows}
    assert len(found) == len(rows) == 5 * 3 + 18 + 4
    overall = [ranking.overall for ranking in evaluation.rankings]
    assert found["P@10", "all"] == tuple(part.precision[2] for part in overall)
    assert found["both", "内側"][2] == evaluation.rankings[2].classes[1].both
    assert found["recall", "mirror"][:2] == tuple(
        item.edits[9].recall for item in evaluation.robustness
    )
    assert found["recall", "mirror"][2] is None
    assert found["unrelated", "pairs"][0] == evaluation.pairs


def test_tabs_part_the_table(evaluation: Evaluation) -> None:
    first = evaluation.rankings[0]
    odd = replace(first.classes[0], name="tab\there\nand \udcff there")
    renamed = replace(
        evaluation,
        rankings=(replace(first, classes=(odd, *first.classes[1:])), *evaluation.rankings[1:]),
    )
    table = list(csv.reader(io.StringIO(renamed.to_tsv()), delimiter="\t"))
    assert {len(row) for row in table} == {5}
    assert r"tab\there\nand \xff there" in {row[1] for row in table}
    assert renamed.to_tsv().isprintable() is False
    renamed.to_tsv().encode("utf-8")
    (mirror,) = [row for row in table if row[1] == "mirror"]
    assert float(mirror[2]) == pytest.approx(evaluation.robustness[0].edits[9].recall, abs=1e-6)
    assert mirror[4] == ""


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0"), (0.0001, "0.1"), (0.005, "0.5"), (0.4996, "50.0"), (0.99999, "99.9"), (1, "100")],
)
def test_only_all_is_called_a_hundred(share: float, words: str) -> None:
    assert _share_words(share) == words


def test_bins_hold_equally_many_distances_and_lose_none() -> None:
    counts = [number % 7 for number in range(257)]
    shares = _binned(counts)
    assert len(shares) == 65
    assert shares.sum() == pytest.approx(1)
    assert shares[3] == pytest.approx(sum(counts[12:16]) / sum(counts))
    # Even distances only, as from hashes with as many ones as zeros: no comb.
    even = _binned([int(number % 2 == 0) for number in range(257)])[:-1]
    assert even.min() == even.max()
    assert _binned([0] * 65).sum() == 0


def _texts(evaluation: Evaluation) -> dict[str, str]:
    figure = evaluation.figure()
    return {text.get_gid() or "": text.get_text() for text in figure.axes[0].texts}


def test_the_figure_writes_every_value(evaluation: Evaluation) -> None:
    texts = _texts(evaluation)
    panel = "Edited copies that are recognised"
    for item_number, item in enumerate(evaluation.robustness):
        for edit in item.edits:
            assert texts[f"{panel}-{edit.edit}-{item_number}-value"] == _share_words(edit.recall)
    panel = "Same class among the nearest"
    for number, ranking in enumerate(evaluation.rankings):
        assert texts[f"{panel}-P@5-{number}-value"] == _share_words(ranking.overall.precision[1])
        assert texts[f"{panel}-column-{number}"] == ranking.hash
    assert "内側 (4)" in texts.values()
    assert {edit.name for edit in EDITS} <= set(texts.values())


def test_nothing_leaves_the_page(evaluation: Evaluation) -> None:
    for part in (
        evaluation,
        replace(evaluation, rankings=()),
        replace(evaluation, robustness=()),
        replace(evaluation, robustness=evaluation.robustness[:1], rankings=()),
    ):
        figure = part.figure()
        page = figure.bbox
        for text in figure.axes[0].texts:
            box = text.get_window_extent()
            assert box.x0 >= page.x0, text.get_text()
            assert box.x1 <= page.x1, text.get_text()
            assert box.y0 >= page.y0, text.get_text()
            assert box.y1 <= page.y1, text.get_text()


@pytest.mark.slow
@pytest.mark.parametrize("extension", ["png", "pdf", "svg"])
def test_the_same_evaluation_makes_the_same_file(
    evaluation: Evaluation, tmp_path: Path, extension: str
) -> None:
    files = [tmp_path / f"{name}.{extension}" for name in ("one", "two")]
    for file in files:
        evaluation.save_figure(file)
    assert files[0].read_bytes() == files[1].read_bytes()
    with pytest.raises(ValueError, match="png"):
        evaluation.save_figure(tmp_path / "one.gif")
