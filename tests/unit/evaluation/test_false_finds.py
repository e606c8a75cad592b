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
    AtRate,
    FalseRate,
    FinderRecall,
    LostCopy,
    finder_recall,
    photo_pairs,
)
from sokkuri.evaluation.matches import LEAST_ASKED, MatchScore, Scores
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
    digests = [letter.encode("utf-8", "surrogatepass") for letter in pixels]
    return PhotoSet([], [], paths, [], [], np.zeros((len(pixels), 3)), digests, [])


def _unchanged(image: Image.Image, _: Image.Image | None = None) -> Image.Image:
    return image


PLAIN, GRAY, COLLAGE = Edit("identity"), Edit("gray", _unchanged), Edit("both", paste=_unchanged)


def _copies(**scores: int) -> Scores:
    return {int(row[1:]): MatchScore(score) for row, score in scores.items()}


@pytest.fixture
def counted() -> FinderRecall:
    """Return what was found for photos 0 and 2 of seven.

    Photos 2 and 5 show the same pixels; photos 0 and 3 stand beside each other in a collage.
    """
    found: list[list[Scores | None]] = [
        [
            _copies(_0=3000, _2=1200) | {6: MatchScore(1100, 1400)},
            _copies(_4=1500, _2=1300) | {0: MatchScore(1149, 1900)},
            _copies(_3=2500, _1=1400, _6=1149) | {0: MatchScore(0, 1150), 4: MatchScore(0, 1050)},
        ],
        [
            _copies(_2=3000, _5=3000, _0=1250),
            None,
            _copies(_5=1700, _6=1600) | {4: MatchScore(0, 1350), 1: MatchScore(1500, 1600)},
        ],
    ]
    edits = EditSet((PLAIN, GRAY), (COLLAGE,))
    return finder_recall(FINDER.spec, _photo_set("abcdecg"), [0, 2], edits, found)


def test_pairs_and_false_finds_equal_counting(counted: FinderRecall) -> None:
    assert [(edit.edit, edit.recall) for edit in counted.edits] == [("identity", 1), ("gray", 0)]
    assert [(edit.edit, edit.recall) for edit in counted.harder] == [("both", 0)]
    # Each pair once: 0 and 2 were found both ways; 2 and 5 are one picture.  None may pass at the
    # rate, and the nearest is the pair that was told apart.
    assert counted.plain == FalseRate(1, 6 + 5 - 1, 1, AtRate(1.401, 0, 0))
    # Gray: six others of photo 0.  Both: five of photo 0 and, without 5 and 5 again, five of 2.
    assert row_beside(2, 7) == 5
    assert counted.edited == FalseRate(5, 6 + 5 + 5, 1, AtRate(1.601, 0, 0))
    assert counted.edited.per_million == 312_500
    assert [(find.query, find.photo, find.score, find.edits) for find in counted.false_finds] == [
        ("2.jpg", "6.jpg", 1.6, ("both",)),
        ("0.jpg", "4.jpg", 1.5, ("gray",)),
        ("2.jpg", "1.jpg", 1.5, ("both",)),
        ("0.jpg", "1.jpg", 1.4, ("both",)),
        ("0.jpg", "2.jpg", 1.3, ("identity", "gray")),
        ("2.jpg", "0.jpg", 1.25, ("identity",)),
    ]


def test_what_is_told_apart_is_no_false_find_and_a_copy_of_it_is_lost(
    counted: FinderRecall,
) -> None:
    # A photo that is found as a copy, too, is none of them, nor is one that scores too little.
    assert [(find.query, find.photo, find.score, find.edits) for find in counted.same_scene] == [
        ("0.jpg", "6.jpg", 1.4, ("identity",)),
        ("2.jpg", "4.jpg", 1.35, ("both",)),
    ]
    assert counted.lost == (LostCopy("0.jpg", "gray", 1.9), LostCopy("0.jpg", "both", 1.15))
    assert counted.lost_by_edit == ({"identity": 0, "gray": 1}, {"both": 1})


def test_what_matches_at_one_in_100_000_is_told_apart_in_part() -> None:
    # Of 300,000 pairs three may match: the scenes at 1,500 and 1,100, and the copy at 1,400; the
    # fourth, at 1,099, must not.
    photos = _photo_set("".join(map(chr, range(1, 300_002))))
    scores: Scores = {
        1: MatchScore(0, 1500),
        2: MatchScore(1400),
        3: MatchScore(1050, 1100),
        4: MatchScore(1099),
    }
    edits = EditSet((PLAIN, GRAY))
    found = [[{0: MatchScore(3000)}, scores]]
    answer = finder_recall(FINDER.spec, photos, [0], edits, found)
    assert answer.edited == FalseRate(1, 300_000, 1, AtRate(1.1, 3, 2))
    assert answer.plain == FalseRate(0, 300_000, 0, AtRate(LEAST_ASKED / 1000, 0, 0))


def test_the_list_is_bounded_and_the_count_is_not() -> None:
    photos = _photo_set("".join(map(chr, range(48, 48 + 4 * MOST_LISTED))))
    number = 2 * MOST_LISTED - 40
    scores: Scores = {row: MatchScore(1200 + row) for row in range(number)}
    scores |= {row + number: MatchScore(0, 1200 + row) for row in range(number)}
    answer = finder_recall(FINDER.spec, photos, [0], EditSet((PLAIN, GRAY)), [[scores, scores]])
    assert answer.plain.number == answer.edited.number == number - 1
    assert answer.plain.told_apart == answer.edited.told_apart == number
    for finds in (answer.false_finds, answer.same_scene):
        assert len(finds) == MOST_LISTED
        scored = [find.score for find in finds]
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
    assert found["told apart", "pairs"][2] == finder.plain.told_apart
    assert found["told apart", "edited pairs"][2] == finder.edited.told_apart
    for number, words in enumerate(("score", "matches", "told apart")):
        row = found[f"{words} at 1 in 100,000", "edited pairs"]
        assert row == (None, *(item.edited.at_rate[number] for item in measured.finders))
    assert found["lost copies", "edits"] == found["lost copies", "harder edits"] == (None, 0, 0)
    document = json.loads(measured.to_json())
    assert [item["hash"] for item in document["edits"]] == ["phash-8"]
    fields = document["copies"][1]
    assert (fields["hash"], fields["least_score"]) == ("copies-150", 1.15)
    assert fields["recall"] == {edit.edit: edit.recall for edit in finder.edits}
    assert fields["harder"]["recall"] == {edit.edit: edit.recall for edit in finder.harder}
    assert fields["plain"] == {
        "false_finds": 1, "pairs": 15, "per_million": pytest.approx(1e6 / 15), "told_apart": 0,
        "at_rate": {"score": finder.plain.at_rate.score, "matches": 0, "told_apart": 0},
    }  # fmt: skip
    assert fields["edited"]["false_finds"] == finder.edited.number
    first = fields["false_finds"][0]
    assert first["query"] == finder.false_finds[0].query
    assert first["photo"] == finder.false_finds[0].photo
    assert first["score"] == finder.false_finds[0].score
    assert first["edits"] == list(finder.false_finds[0].edits)
    assert [each["score"] for each in fields["same_scene"]] == [
        find.score for find in finder.same_scene
    ]
    assert fields["lost"] == []


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
    # Another pair of photos, told apart, stands below.
    finder = measured.finders[0]
    every = [find for finder in measured.finders for find in finder.false_finds]
    scene = replace(every[0], photo=every[0].photo.replace("again.png", "3.png"), score=1.23)
    copy = LostCopy(scene.query, "gray", 1.2)
    some = replace(finder, same_scene=(scene,), lost=(copy,))
    figure = replace(measured, finders=(some, *measured.finders[1:])).figure()
    axes = figure.axes[0]
    texts = {text.get_gid() or "": text.get_text() for text in axes.texts}
    shown = {image.get_gid() for image in axes.images}
    finds = photo_pairs(every)
    told = [{find.query, find.photo} for find in finds]
    assert all(told.count(pair) == 1 for pair in told)
    assert {frozenset(pair) for pair in told} == {frozenset((f.query, f.photo)) for f in every}
    assert finds[0].score == max(find.score for find in every)
    for name, pairs in (("pair", finds), ("scene", [scene])):
        for number, find in enumerate(pairs, start=1):
            assert {f"{name}-{number}-query", f"{name}-{number}-photo"} <= shown
            assert texts[f"{name}-{number}-score"] == f"{find.score:.2f}"
            assert texts[f"{name}-{number}-query-name"] in find.query
    assert texts["scenes"] == "Told apart as the same scene"
    assert texts["scenes-0"].startswith("copies-100: ")
    assert texts["scenes-1"] == "copies lost to it: 1 of the eighteen edits, 0 of the harder ones"
    for text in axes.texts:
        box = text.get_window_extent()
        assert figure.bbox.x0 <= box.x0 <= box.x1 <= figure.bbox.x1, text.get_text()
        assert figure.bbox.y0 <= box.y0 <= box.y1 <= figure.bbox.y1, text.get_text()
    # A photo that is gone by now is said to be.
    lost = replace(finds[0], photo=finds[0].photo + " gone")
    gone = replace(measured, finders=(replace(finder, false_finds=(lost,)),))
    words = {text.get_text() for text in gone.figure().axes[0].texts}
    assert "cannot be read" in words
