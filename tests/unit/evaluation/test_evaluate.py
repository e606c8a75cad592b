from __future__ import annotations

import importlib
import itertools
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imagehash
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sokkuri.api.hash import hash_image
from sokkuri.errors import NothingToSearch, UnknownHash
from sokkuri.evaluation import (
    DEFAULT_HASHES,
    EDITS,
    HARDER_EDITS,
    Evaluation,
    evaluate,
    threshold_at_rate,
)
from sokkuri.evaluation.edited import EditSet, HashedCopy, hash_copies, row_beside
from sokkuri.evaluation.photos import class_of, sample_rows, unrelated_pairs
from sokkuri.evaluation.robustness import Unrelated, count_unrelated, hash_robustness
from sokkuri.hashes import HashSpec, ImageHash
from sokkuri.images import Picture, Rejected, load
from sokkuri.metric import Metric
from sokkuri.protocols import Hasher
from sokkuri.registry import hasher

Waves = Callable[[int, int, int], NDArray[np.uint8]]
Bits = NDArray[np.bool_]


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    """Return three classes of photos so pale that rounding decides many bits, and some loose ones.

    The red, green and blue of a pixel differ, so the order of turning gray and shrinking shows.
    """
    folder = tmp_path / "classes"
    for label in range(3):
        base = np.random.default_rng(label).uniform(0, 1.2, (16, 16, 3))
        (folder / f"class {label}").mkdir(parents=True)
        for number in range(4 + label):
            noise = np.random.default_rng(100 * label + number)
            pattern = np.kron(base + noise.uniform(0, 0.8, base.shape), np.ones((3, 3, 1)))
            pixels = 126 + pattern + noise.uniform(0, 1.6, pattern.shape)
            Image.fromarray(pixels.astype(np.uint8)).save(folder / f"class {label}/{number}.png")
    Image.fromarray(np.zeros((20, 20, 3), np.uint8)).save(folder / "loose.png")
    (folder / "class 1/notes.jpg").write_text("no photo")
    return folder


@dataclass(frozen=True)
class _Mutated:
    """The average hash with one step done wrongly."""

    turned_gray_late: bool = False
    wrong_filter: bool = False
    last_bit_lost: bool = False

    spec = HashSpec("mutated", 64)
    working_side = 8
    fast = False

    def hash(self, picture: Picture) -> ImageHash:
        image = picture.rgb() if self.turned_gray_late else picture.luma()
        filters = Image.Resampling
        kernel = filters.BICUBIC if self.wrong_filter else filters.LANCZOS
        values = np.asarray(image.resize((8, 8), kernel).convert("L"))
        bits = values > values.mean()
        if self.last_bit_lost:
            bits.flat[32:] = False
        return ImageHash(self.spec, np.packbits(bits).tobytes())


def _oracle(folder: Path, names: list[str]) -> list[float]:
    """Compute P@1, P@5 and P@10 in plain Python, with the hash of another library."""
    paths = sorted(path for name in names for path in (folder / name).glob("*.png"))
    bits: list[Bits] = []
    for path in paths:
        with Image.open(path) as image:
            bits.append(imagehash.average_hash(image, 8).hash)
    shares: list[list[float]] = [[], [], []]
    for row, path in enumerate(paths):
        others = sorted(
            (int((bits[row] != bits[other]).sum()), other)
            for other in range(len(paths))
            if other != row
        )
        same = [paths[other].parent == path.parent for _, other in others]
        for values, k in zip(shares, (1, 5, 10), strict=True):
            values.append(sum(same[:k]) / k)
    return [sum(values) / len(values) for values in shares]


def _precisions(folder: Path, maker: str | Hasher) -> list[float]:
    evaluation = evaluate(folder, [maker], edits=False, workers=1)
    return list(evaluation.rankings[0].overall.precision)


def test_retrieval_equals_an_oracle_and_mutants_do_not(classes: Path) -> None:
    expected = pytest.approx(_oracle(classes, ["class 0", "class 1", "class 2"]))
    assert _precisions(classes, "ahash-gray-8") == expected
    assert _precisions(classes, _Mutated()) == expected
    assert _precisions(classes, _Mutated(turned_gray_late=True)) != expected
    assert _precisions(classes, _Mutated(wrong_filter=True)) != expected
    assert _precisions(classes, _Mutated(last_bit_lost=True)) != expected


def test_photos_without_a_class_take_no_part_in_the_retrieval(classes: Path) -> None:
    evaluation = evaluate(classes, ["ahash-gray-8"], edits=False)
    assert (evaluation.photos, evaluation.ranked) == (16, 15)
    assert [item.kind for item in evaluation.rejected] == ["not an image"]
    (ranking, chance) = evaluation.rankings
    assert [(part.name, part.photos) for part in ranking.classes] == [
        ("class 0", 4), ("class 1", 5), ("class 2", 6),
    ]  # fmt: skip
    assert chance.hash == "random"
    assert chance.overall.precision[0] == pytest.approx((4 * 3 + 5 * 4 + 6 * 5) / 15 / 14)
    assert chance.classes[2].precision == pytest.approx((5 / 14,) * 3)
    assert ranking.overall.colour == chance.overall.colour == 1
    assert ranking.overall.both == ranking.overall.precision[2]


def test_the_class_is_the_first_folder(tmp_path: Path) -> None:
    where = str(tmp_path)
    assert class_of(os.path.join(where, "hats", "red", "1.jpg"), where) == "hats"
    assert class_of(os.path.join(where, "hats", "1.jpg"), where + os.sep) == "hats"
    assert class_of(os.path.join(where, "1.jpg"), where) is None


def _distance(a: bytes, b: bytes) -> int:
    return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).bit_count()


@pytest.mark.parametrize("rows", [[0, 3, 4, 7], list(range(9)), [8]])
def test_unrelated_pairs_equal_counting(rows: list[int]) -> None:
    codes = np.random.default_rng(3).integers(0, 256, (9, 2), np.uint8)
    pixels = [bytes([number]) for number in (0, 1, 2, 3, 3, 3, 6, 7, 8)]
    expected = sorted(
        (_distance(codes[a].tobytes(), codes[b].tobytes()), a, b)
        for a, b in itertools.combinations(range(9), 2)
        if (a in rows or b in rows) and pixels[a] != pixels[b]
    )
    found = count_unrelated(Metric(HashSpec("any", 16)), codes, pixels, rows, workers=2)
    distances = [distance for distance, _, _ in expected]
    assert found.counts.tolist() == np.bincount(distances, minlength=17).tolist()
    assert found.closest == expected[:5]
    twins = [(a, b) for a, b in itertools.combinations((3, 4, 5), 2) if a in rows or b in rows]
    assert unrelated_pairs(pixels, rows) == (len(expected), len(twins))


def test_a_copy_at_the_threshold_is_found() -> None:
    counts = np.bincount([6, 9, 9], minlength=17)
    unrelated = Unrelated(counts, [(6, 0, 2)])
    # The nearest strangers are 6 bits apart, so 5 bits is the threshold; -1 is a missing copy.
    genuine = np.array([[5, 6, 0, -1]] * len(EDITS), np.int64)
    found = hash_robustness(
        HashSpec("any", 16), EditSet(EDITS), genuine, unrelated, ["a", "b", "c"]
    )
    assert len(found.edits) == 18
    assert (found.threshold, found.false_positives, found.pairs) == (5, 0, 3)
    assert {edit.recall for edit in found.edits} == {2 / 4}
    assert {edit.median_distance for edit in found.edits} == {5}
    assert (found.closest[0].a, found.closest[0].b) == ("a", "c")


def test_robustness_of_a_folder(photos: Path) -> None:
    evaluation = evaluate(photos, ["ahash-gray-16"], sample=100)
    assert (evaluation.photos, evaluation.sampled, evaluation.rankings) == (12, 12, ())
    (measured,) = evaluation.robustness
    # One photo is there three times: as itself, byte for byte, and with the same pixels.
    assert evaluation.same_pixels == 3
    assert evaluation.pairs == 12 * 11 // 2 - 3
    assert sum(measured.genuine) == 12 * 18
    assert measured.unrelated[: measured.threshold + 1] == (0,) * (measured.threshold + 1)
    assert measured.unrelated[measured.threshold + 1] > 0
    assert measured.closest[0].distance == measured.threshold + 1
    assert [edit.edit for edit in measured.edits] == [edit.name for edit in EDITS]
    recall = {edit.edit: edit.recall for edit in measured.edits}
    assert recall["identity"] == recall["jpeg-q20"] == recall["resize-50"] == 1
    assert recall["rotate-90"] < 1
    assert measured.mean_recall == pytest.approx(sum(recall.values()) / 18)
    genuine = [bits for bits, count in enumerate(measured.genuine) for _ in range(count)]
    assert threshold_at_rate(measured.unrelated, 1e-5) == measured.threshold
    pooled = sum(bits <= measured.threshold for bits in genuine) / len(genuine)
    assert pooled == pytest.approx(measured.mean_recall)


def test_harder_edits_are_measured_besides_and_summed_up_apart(photos: Path) -> None:
    hashes = ["ahash-gray-8", "phash-8"]
    usual = evaluate(photos, hashes, sample=3).robustness
    harder = evaluate(photos, hashes, sample=3, harder=True)
    assert harder.parameters.harder
    for before, after in zip(usual, harder.robustness, strict=True):
        assert before.harder == ()
        assert after.edits == before.edits
        assert (after.threshold, after.mean_recall) == (before.threshold, before.mean_recall)
        assert [edit.edit for edit in after.harder] == [edit.name for edit in HARDER_EDITS]
        assert sum(after.genuine) == 3 * 31
    document = json.loads(harder.to_json())
    fields = document["edits"][1]["harder"]
    recall = [edit.recall for edit in harder.robustness[1].harder]
    assert list(fields["recall"].values()) == recall
    assert fields["mean_recall"] == pytest.approx(sum(recall) / 13)
    _, rows = harder.rows()
    kinds = [row.of for row in rows if row.measure == "recall"]
    names = [[edit.name for edit in edits] for edits in (EDITS, HARDER_EDITS)]
    assert kinds == [*names[0], "mean", *names[1], "mean of the harder"]
    assert rows[kinds.index("mean of the harder")].values[1] == fields["mean_recall"]


def test_a_photo_is_put_together_with_another_one(photos: Path) -> None:
    paths = _listed(photos)
    assert {row_beside(row, 12) for row in range(12)} == set(range(12))
    assert all(row_beside(row, rows) != row for rows in (2, 3, 12) for row in range(rows))
    (number,) = (number for number, edit in enumerate(HARDER_EDITS) if edit.name == "collage")
    maker = hasher("ahash-gray-8")
    edits = EditSet((), HARDER_EDITS)
    found = dict(hash_copies([maker], paths, edits, 2))[number]
    pictures = [load(paths[row]) for row in (2, row_beside(2, len(paths)))]
    copy = HARDER_EDITS[number].copy(*(each.rgb() for each in pictures))  # type: ignore
    assert isinstance(found, HashedCopy)
    assert (found.source, found.hashes) == (copy, (hash_image(copy, hash="ahash-gray-8"),))
    # Without the other photo only what needs it is missing.
    Path(paths[row_beside(2, len(paths))]).unlink()
    lost = dict(hash_copies([maker], paths, edits, 2))
    missing = [edits.all[row].name for row, item in lost.items() if isinstance(item, Rejected)]
    assert missing == ["in-picture-40", "collage"]


def test_distances_of_copies_equal_hashing_them(photos: Path) -> None:
    evaluation = evaluate(photos, ["ahash-rgb-8"], sample=1)
    (measured,) = evaluation.robustness
    rows = sample_rows(_listed(photos), str(photos), 1, 0)
    path = _listed(photos)[rows[0]]
    original = load(path)
    assert isinstance(original, Picture)
    for edit, found in zip(EDITS[1:], measured.edits[1:], strict=True):
        copy = hash_image(edit.copy(original.rgb()), hash="ahash-rgb-8")
        assert found.median_distance == copy.distance(hash_image(path, hash="ahash-rgb-8"))


def _listed(folder: Path) -> list[str]:
    return sorted((str(path) for path in folder.rglob("*.*")), key=os.fsencode)


def test_the_sample_depends_on_seed_and_names_alone(tmp_path: Path) -> None:
    paths = [f"/a/b/{number}.jpg" for number in range(500)]
    chosen = sample_rows(paths, "/a", 50, 7)
    assert chosen == sorted(set(chosen))
    assert len(chosen) == 50
    assert sample_rows(paths, "/a", 50, 8) != chosen
    elsewhere = [path.replace("/a/", "/other/place/") for path in paths]
    assert sample_rows(elsewhere, "/other/place", 50, 7) == chosen
    names = {paths[row] for row in chosen}
    more = [*paths, "/a/b/new.jpg"]
    assert len(names - {more[row] for row in sample_rows(more, "/a", 50, 7)}) <= 1
    assert sample_rows(paths[:3], "/a", 50, 7) == [0, 1, 2]


def test_two_runs_and_any_number_of_workers_agree(classes: Path) -> None:
    def run(workers: int, seed: int = 1) -> Evaluation:
        hashes = ["ahash-gray-8", "ahash-rgb-4"]
        return evaluate(classes, hashes, sample=4, seed=seed, workers=workers)

    first = run(1)
    assert first.to_json() == run(1).to_json() == run(4).to_json()
    assert first.to_json() != run(1, seed=2).to_json()


def test_hashes_side_by_side_equal_hashes_alone(classes: Path) -> None:
    both = evaluate(classes, ["ahash-gray-8", "ahash-rgb-4"], sample=3)
    for number, name in enumerate(("ahash-gray-8", "ahash-rgb-4")):
        alone = evaluate(classes, [name], sample=3)
        assert alone.rankings == (both.rankings[number], both.rankings[-1])
        assert alone.robustness == (both.robustness[number],)


def test_the_json_holds_everything(classes: Path) -> None:
    document = json.loads(evaluate(classes, sample=2, seed=5).to_json())
    assert document["schema"] == 2
    names = [item["name"] for item in document["hashes"]]
    assert names == ["look-2@balanced", *DEFAULT_HASHES[1:]]
    assert document["parameters"] == {
        "sample": 2, "seed": 5, "classes": True, "edits": True, "harder": False,
        "ranks": [1, 5, 10], "delta_e": 20.0, "false_positive_rate": 1e-5,
    }  # fmt: skip
    counts = document["counts"]
    assert counts["seen"] == counts["photos"] + counts["rejected"] == 17
    assert counts["unrelated_pairs"] == 2 * 14 + 1
    assert (counts["ranked"], counts["classes"], counts["sampled"]) == (15, 3, 2)
    assert document["rejected"][0]["reason"].startswith("not an image")
    assert names.pop() == "copies-150" == document["copies"][0]["hash"]
    assert [item["hash"] for item in document["retrieval"]] == [*names, "random"]
    assert set(document["retrieval"][0]["overall"]) == {
        "photos", "p@1", "p@5", "p@10", "colour", "both",
    }  # fmt: skip
    assert [item["hash"] for item in document["edits"]] == names
    assert list(document["edits"][0]["recall"]) == [edit.name for edit in EDITS]
    assert "harder" not in document["edits"][0]


@pytest.mark.parametrize(
    "asked", [{}, {"classes": False}, {"edits": False}, {"harder": True}], ids=str
)
def test_progress_runs_once_through_all_that_is_measured(
    classes: Path, asked: dict[str, Any]
) -> None:
    calls: list[tuple[int, int | None]] = []
    hashes = ["ahash-gray-8", "ahash-rgb-4"]
    evaluate(classes, hashes, sample=3, progress=lambda *call: calls.append(call), **asked)
    made = 18 * asked.get("edits", True) + 13 * asked.get("harder", False)
    files, editing = 17, 3 * made
    total = files + 2 * files * asked.get("classes", True) + editing
    assert {each for _, each in calls} == {total}
    done = [each for each, _ in calls]
    assert done == sorted(done)
    assert done[:files] == list(range(1, files + 1))
    # Of the last ranking two files are missing that have no class or are no photo.
    assert done[-1] == (total if editing else total - 2)


def test_a_copy_that_cannot_be_made_is_a_miss_with_a_reason(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(image: Image.Image) -> Image.Image:
        raise OSError("encoder error")

    broken = (*EDITS[:3], type(EDITS[3])(EDITS[3].name, fail))
    monkeypatch.setattr(importlib.import_module("sokkuri.evaluation.evaluate"), "EDITS", broken)
    evaluation = evaluate(photos, ["ahash-gray-8"], sample=2)
    assert [edit.recall for edit in evaluation.robustness[0].edits] == [1, 1, 1, 0]
    assert evaluation.robustness[0].edits[3].median_distance is None
    assert len(evaluation.failed) == 2
    assert "jpeg-q20: encoder error" in evaluation.failed[0].reason


def test_too_little_is_refused_in_words(tmp_path: Path, classes: Path) -> None:
    with pytest.raises(NothingToSearch, match="no such folder"):
        evaluate(tmp_path / "nowhere")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(NothingToSearch, match="no files"):
        evaluate(empty)
    (empty / "notes.txt").write_text("no photo")
    with pytest.raises(NothingToSearch, match=r"0 photos.*notes\.txt: not an image"):
        evaluate(empty)
    for name in ("a.png", "b.png"):
        shutil.copy(classes / "loose.png", empty / name)
    with pytest.raises(NothingToSearch, match="the same picture"):
        evaluate(empty, ["ahash-gray-8"])
    with pytest.raises(NothingToSearch, match="fewer than 2"):
        evaluate(empty, ["ahash-gray-8"], classes=True)
    with pytest.raises(NothingToSearch, match="fewer than 2"):
        evaluate(empty, ["ahash-gray-8"], edits=False)


def test_wrong_arguments_are_refused(classes: Path) -> None:
    with pytest.raises(ValueError, match="nothing to measure"):
        evaluate(classes, classes=False, edits=False)
    with pytest.raises(ValueError, match="edits are not measured"):
        evaluate(classes, edits=False, harder=True)
    with pytest.raises(ValueError, match="sample"):
        evaluate(classes, sample=0)
    with pytest.raises(ValueError, match="no hash"):
        evaluate(classes, [])
    with pytest.raises(UnknownHash):
        evaluate(classes, ["no-such-hash"])


def test_worker_processes_and_threads_read_the_same(
    classes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sokkuri.evaluation.photos import read_photos
    from sokkuri.pipeline import ordered

    hashes = [(maker, Metric.of(maker)) for maker in map(hasher, ("ahash-gray-8", "phash-8-fast"))]
    paths = sorted(str(path) for path in classes.rglob("*.*"))
    here = read_photos(hashes, [], paths)
    monkeypatch.setattr(ordered, "_MANY_FILES", 1)
    there = read_photos(hashes, [], paths)
    assert there.paths == here.paths
    assert there.rejected == here.rejected
    assert there.pixels == here.pixels
    assert np.array_equal(there.colours, here.colours)
    assert all(map(np.array_equal, there.codes, here.codes))
