from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.unit.copies.scenes import finder_of, scene

from sokkuri.copies.finder import LEAST_SCORE, CopyQuery
from sokkuri.copies.views import described_views, find_in_views
from sokkuri.evaluation import EDITS, HARDER_EDITS, Evaluation, evaluate
from sokkuri.evaluation.edited import EditSet, row_beside
from sokkuri.evaluation.edits import Edit
from sokkuri.evaluation.false_finds import (
    MOST_LISTED,
    FalseRate,
    Scores,
    false_pairs,
    finder_recall,
)
from sokkuri.evaluation.photos import PhotoSet
from sokkuri.hashers.copies import CopiesHash
from sokkuri.pipeline import hash_source

FINDER = CopiesHash(150)
VIEWS = FINDER, CopiesHash(150, mirrored=True)


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of five scenes; the sixth photo is the first one, a little brighter."""
    folder = tmp_path_factory.mktemp("scenes")
    for number in range(5):
        scene(number).save(folder / f"{number}.png")
    scene(0).point(lambda value: min(255, value + 6)).save(folder / "again.png")
    return folder


@pytest.fixture(scope="module")
def measured(scenes: Path) -> Evaluation:
    """Return the scenes measured with a hash and two finders."""
    return evaluate(scenes, ["copies-100", "phash-8", "copies-150"], harder=True)


def test_a_near_copy_is_a_false_find_to_look_at(measured: Evaluation) -> None:
    assert [spec.name for spec in measured.specs] == ["phash-8", "copies-100", "copies-150"]
    _, found = measured.finders
    assert found.spec.name == "copies-150"
    assert (found.plain.number, found.plain.pairs) == (1, 6 * 5 // 2)
    first, second = found.false_finds[:2]
    names = [
        {os.path.basename(find.query), os.path.basename(find.photo)} for find in (first, second)
    ]
    assert names == [{"0.png", "again.png"}] * 2
    assert first.query == second.photo
    assert first.edits[0] == "identity"
    assert first.score > 2.5
    # All but the plain ones; in a picture of two photos the other one is no false find.
    assert found.edited.number == sum(
        len(find.edits) - ("identity" in find.edits) for find in found.false_finds
    )
    assert found.edited.per_million == 1e6 * found.edited.number / found.edited.pairs


def test_the_finder_finds_what_hashes_lose(measured: Evaluation) -> None:
    found = measured.finders[1]
    assert [edit.edit for edit in found.edits] == [edit.name for edit in EDITS]
    assert [edit.edit for edit in found.harder] == [edit.name for edit in HARDER_EDITS]
    recall = {edit.edit: edit.recall for edit in (*found.edits, *found.harder)}
    for name in ("identity", "rotate-90", "mirror", "crop-30", "border-10", "rotate-30", "collage"):
        assert recall[name] == 1, name
    assert found.mean_recall > measured.robustness[0].mean_recall
    assert {edit.median_distance for edit in found.edits} == {None}


def test_recall_equals_asking_the_finder(scenes: Path, measured: Evaluation) -> None:
    paths = sorted(str(path) for path in scenes.iterdir())
    images = [Image.open(path).convert("RGB") for path in paths]
    finder = finder_of(*images)
    for edit, found in zip(EDITS[1:], measured.finders[1].edits[1:], strict=True):
        hits = 0
        for row, image in enumerate(images):
            data = edit.copy(image)
            plain, mirrored = hash_source(VIEWS, data).hashes
            parts = partial(described_views, data, finder.room)
            claims = find_in_views(finder, CopyQuery(plain, mirrored), parts, least=LEAST_SCORE)
            hits += row in {claim.row for claim in claims}
        assert found.recall == hits / len(paths), edit.name


def _photo_set(pixels: str) -> PhotoSet:
    paths = [f"{number}.jpg" for number in range(len(pixels))]
    digests = [letter.encode() for letter in pixels]
    return PhotoSet([], [], paths, [], [], np.zeros((len(pixels), 3)), digests, [])


def _unchanged(image: Image.Image, _: Image.Image | None = None) -> Image.Image:
    return image


PLAIN, GRAY, COLLAGE = Edit("identity"), Edit("gray", _unchanged), Edit("both", paste=_unchanged)


def test_pairs_and_false_finds_equal_counting() -> None:
    # Photos 2 and 5 show the same pixels; photos 0 and 3 stand beside each other in a collage.
    photos = _photo_set("abcdecg")
    found: list[list[Scores | None]] = [
        [{0: 3000, 2: 1200}, {0: 2900, 4: 1500, 2: 1300}, {3: 2500, 1: 1400}],
        [{2: 3000, 5: 3000, 0: 1250}, None, {5: 1700, 6: 1600}],
    ]
    edits = EditSet((PLAIN, GRAY), (COLLAGE,))
    answer = finder_recall(FINDER.spec, photos, [0, 2], edits, found)
    assert [(edit.edit, edit.recall) for edit in answer.edits] == [("identity", 1), ("gray", 0.5)]
    assert [(edit.edit, edit.recall) for edit in answer.harder] == [("both", 0)]
    # Each pair once: 0 and 2 were found both ways; 2 and 5 are one picture.
    assert answer.plain == FalseRate(1, 6 + 5 - 1)
    # Gray: six others of photo 0.  Both: five of photo 0 and, without 5 and 5 again, five of 2.
    assert row_beside(2, 7) == 5
    assert answer.edited == FalseRate(4, 6 + 5 + 5)
    assert answer.edited.per_million == 250_000
    assert [(find.query, find.photo, find.score, find.edits) for find in answer.false_finds] == [
        ("2.jpg", "6.jpg", 1.6, ("both",)),
        ("0.jpg", "4.jpg", 1.5, ("gray",)),
        ("0.jpg", "1.jpg", 1.4, ("both",)),
        ("0.jpg", "2.jpg", 1.3, ("identity", "gray")),
        ("2.jpg", "0.jpg", 1.25, ("identity",)),
    ]


def test_the_list_is_bounded_and_the_count_is_not() -> None:
    photos = _photo_set("".join(map(chr, range(48, 48 + 2 * MOST_LISTED))))
    scores: Scores = {row: 1200 + row for row in range(2 * MOST_LISTED - 40)}
    answer = finder_recall(FINDER.spec, photos, [0], EditSet((PLAIN, GRAY)), [[scores, scores]])
    assert answer.plain.number == answer.edited.number == 2 * MOST_LISTED - 41
    assert len(answer.false_finds) == MOST_LISTED
    scored = [find.score for find in answer.false_finds]
    assert scored == sorted(scored, reverse=True)


def test_two_runs_and_any_number_of_workers_agree(scenes: Path, measured: Evaluation) -> None:
    hashes = ["copies-150", "copies-100", "phash-8"]
    alone = evaluate(scenes, hashes[:1], harder=True, workers=1)
    assert alone.finders == measured.finders[1:]
    assert alone.robustness == ()
    assert (alone.pairs, alone.same_pixels) == (measured.pairs, measured.same_pixels) == (15, 0)


def test_the_table_and_the_json_hold_everything(measured: Evaluation) -> None:
    columns, rows = measured.rows()
    assert columns == ["phash-8", "copies-100", "copies-150"]
    found = {(row.measure, row.of): row.values for row in rows}
    _, finder = measured.finders
    assert found["recall", "mean"][2] == finder.mean_recall
    assert found["threshold", "bits"][1:] == (None, None)
    assert found["least score", "score"] == (None, 1.15, 1.15)
    assert found["false positives", "pairs"][2] == finder.plain.number
    assert found["unrelated", "pairs"] == (15, 15, 15)
    assert found["false positives", "edited pairs"][::2] == (None, finder.edited.number)
    assert found["unrelated", "edited pairs"][2] == finder.edited.pairs
    document = json.loads(measured.to_json())
    assert [item["hash"] for item in document["edits"]] == ["phash-8"]
    fields = document["copies"][1]
    assert (fields["hash"], fields["least_score"]) == ("copies-150", 1.15)
    assert fields["recall"] == {edit.edit: edit.recall for edit in finder.edits}
    assert fields["harder"]["recall"] == {edit.edit: edit.recall for edit in finder.harder}
    assert fields["plain"] == {
        "false_finds": 1, "pairs": 15, "per_million": pytest.approx(1e6 / 15),
    }  # fmt: skip
    assert fields["edited"]["false_finds"] == finder.edited.number
    first = fields["false_finds"][0]
    assert first["query"] == finder.false_finds[0].query
    assert first["photo"] == finder.false_finds[0].photo
    assert first["score"] == finder.false_finds[0].score
    assert first["edits"] == list(finder.false_finds[0].edits)


def test_finders_stand_between_hashes_and_chance(scenes: Path, tmp_path: Path) -> None:
    for number, path in enumerate(sorted(scenes.iterdir())):
        (tmp_path / f"class {number % 2}").mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / f"class {number % 2}")
    evaluation = evaluate(tmp_path, ["copies-100", "phash-8"], sample=1)
    columns, rows = evaluation.rows()
    assert columns == ["phash-8", "copies-100", "random"]
    found = {(row.measure, row.of): row.values for row in rows}
    assert found["P@5", "all"][0] == evaluation.rankings[0].overall.precision[1]
    assert found["P@5", "all"][1] is None
    assert found["P@5", "all"][2] == evaluation.rankings[1].overall.precision[1]
    assert found["recall", "mean"][2] is None
    # Without edits there is nothing to find.
    plain = evaluate(tmp_path, ["copies-100", "phash-8"], edits=False)
    assert [spec.name for spec in plain.specs] == ["phash-8"]
    assert plain.rows()[0] == ["phash-8", "random"]
    with pytest.raises(ValueError, match="a copy finder ranks nothing"):
        evaluate(tmp_path, ["copies-100"], edits=False)
    with pytest.raises(ValueError, match="a copy finder ranks nothing"):
        evaluate(tmp_path, ["copies-100"], classes=True)


def test_the_figure_draws_false_finds_as_pairs(measured: Evaluation) -> None:
    figure = measured.figure()
    axes = figure.axes[0]
    texts = {text.get_gid() or "": text.get_text() for text in axes.texts}
    shown = {image.get_gid() for image in axes.images}
    finds = false_pairs(measured.finders)
    every = [find for finder in measured.finders for find in finder.false_finds]
    told = [{find.query, find.photo} for find in finds]
    assert all(told.count(pair) == 1 for pair in told)
    assert {frozenset(pair) for pair in told} == {frozenset((f.query, f.photo)) for f in every}
    assert finds[0].score == max(find.score for find in every)
    for number, find in enumerate(finds, start=1):
        assert {f"query-{number}", f"photo-{number}"} <= shown
        assert texts[f"pair-score-{number}"] == f"{find.score:.2f}"
        assert texts[f"query-name-{number}"] in find.query
    for text in axes.texts:
        box = text.get_window_extent()
        assert figure.bbox.x0 <= box.x0 <= box.x1 <= figure.bbox.x1, text.get_text()
        assert figure.bbox.y0 <= box.y0 <= box.y1 <= figure.bbox.y1, text.get_text()
    # A photo that is gone by now is said to be.
    lost = replace(finds[0], photo=finds[0].photo + " gone")
    gone = replace(measured, finders=(replace(measured.finders[0], false_finds=(lost,)),))
    words = {text.get_text() for text in gone.figure().axes[0].texts}
    assert "cannot be read" in words
