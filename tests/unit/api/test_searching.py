from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import sokkuri

Waves = Callable[[int, int, int], NDArray[np.uint8]]


@pytest.mark.parametrize("rgb", [False, True])
@pytest.mark.parametrize("size", [8, 64])
def test_equals_the_tutorial(photos: Path, tutorial: Any, size: int, *, rgb: bool) -> None:
    mode = "rgb" if rgb else "gray"
    query = str(photos / "photo-2.jpg")
    for rate in (0.0, 0.5, 2.0, 100.0):
        expected = tutorial.find(query, str(photos), size, mode, rate)
        expected.sort(key=lambda pair: (pair[0], os.fsencode(pair[1])))
        found = sokkuri.search(query, photos, hash=f"ahash-{mode}-{size}", rate=rate)
        assert found.pairs() == expected
        assert [[match.rate, match.path] for match in found] == expected
        assert found[:] == tuple(found) == found.matches
        assert len(found) == len(expected)


def test_the_twenty_nearest_without_a_threshold(tmp_path: Path, waves: Waves) -> None:
    for seed in range(25):
        Image.fromarray(waves(20, 20, seed)).save(tmp_path / f"{seed}.png")
    found = sokkuri.search(tmp_path / "3.png", tmp_path)
    assert len(found.matches) == 20
    assert (found.matched, found.searched, found.seen) == (25, 25, 25)
    distances = [match.distance for match in found.matches]
    assert distances == sorted(distances)
    assert found.matches[0] == sokkuri.Match(str(tmp_path / "3.png"), 0, "bytes")


@pytest.mark.parametrize("searcher", [None, "flat", "pruned"])
@pytest.mark.parametrize("name", ["look-2", "ahash-gray-64"])
def test_what_is_nearer_can_be_left_out(photos: Path, name: str, searcher: Any) -> None:
    query = photos / "photo-2.jpg"
    how = {"hash": name, "searcher": searcher}
    everything = sokkuri.search(query, photos, max_distance=9999, **how).matches
    assert [match.distance for match in everything][:3] == [0, 0, 0]
    middle = everything[6].distance
    for least, most, k in ((1, None, 4), (middle, None, 20), (middle, 9999, None), (1, middle, 2)):
        found = sokkuri.search(query, photos, min_distance=least, max_distance=most, k=k, **how)
        within = [m for m in everything if least <= m.distance <= (9999 if most is None else most)]
        assert list(found.matches) == within[:k]
        assert found.matched == len(within)
        assert found.searched == len(everything)
        assert found.nearest == within[0]
    none = sokkuri.search(query, photos, min_distance=9999, **how)
    assert not none.matches
    assert none.nearest == everything[0]
    with pytest.raises(ValueError, match="min_distance"):
        sokkuri.search(query, photos, min_distance=-1)


def test_ties_are_in_path_order(tmp_path: Path) -> None:
    for name in ("b.png", "a.png", "猫.png", "B.png", "c/a.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (9, 9), "white").save(tmp_path / name)
    found = sokkuri.search(tmp_path / "b.png", tmp_path, k=4)
    names = [os.path.relpath(match.path, tmp_path) for match in found.matches]
    assert names == ["B.png", "a.png", "b.png", os.path.join("c", "a.png")]
    assert found.matched == 5


def test_identity_beyond_the_hash(photos: Path) -> None:
    found = sokkuri.search(photos / "photo-2.jpg", photos, max_distance=0)
    same = {os.path.basename(match.path): match.same for match in found.matches}
    assert same == {
        "photo-2.jpg": "bytes", "copy of 2.jpg": "bytes", "same pixels as 2.png": "pixels"
    }  # fmt: skip


def test_the_query_can_be_left_out(photos: Path) -> None:
    query = photos / "photo-2.jpg"
    kept = sokkuri.search(query, photos)
    left = sokkuri.search(photos / ".." / "photos" / "photo-2.jpg", photos, exclude_query=True)
    assert left.searched == kept.searched - 1
    assert (left.excluded, left.seen) == (1, kept.seen)
    names = [os.path.basename(match.path) for match in left.matches]
    # Its copies are other files and stay.
    assert names[:2] == ["copy of 2.jpg", "same pixels as 2.png"]


def test_every_kind_of_query_finds_the_same(photos: Path) -> None:
    path = photos / "photo-2.jpg"
    data = path.read_bytes()
    with Image.open(path) as image:
        queries: list[Any] = [str(path), path, data, io.BytesIO(data), image, np.asarray(image)]
        answers = sokkuri.search_many(queries, photos, rgb=True)
    assert {tuple(match.path for match in answer.matches) for answer in answers} == {
        tuple(match.path for match in answers[0].matches)
    }
    assert [answer.matches[0].same for answer in answers] == ["bytes"] * 4 + ["pixels"] * 2
    assert [answer.query for answer in answers][2:] == [
        "<bytes>", "<bytes>", str(path), "<array>"
    ]  # fmt: skip


def test_one_bad_query_does_not_stop_the_others(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_text("no photo")
    bad, good = sokkuri.search_many([tmp_path / "bad.jpg", photos / "photo-2.jpg"], photos)
    assert bad.error == "not an image: the content is text"
    assert not bad.matches
    assert good.error is None
    assert good.matches


def test_bad_files_are_counted_with_reasons(photos: Path) -> None:
    (photos / "text.jpg").write_text("no photo")
    (photos / "empty.png").write_bytes(b"")
    found = sokkuri.search(photos / "photo-2.jpg", photos)
    assert found.seen == 14 == found.searched + len(found.rejected)
    assert [(os.path.basename(item.path), item.reason) for item in found.rejected] == [
        ("empty.png", "empty: the file has no bytes"),
        ("text.jpg", "not an image: the content is text"),
    ]


def test_nothing_found_names_the_nearest(photos: Path, waves: Waves) -> None:
    found = sokkuri.search(waves(50, 50, 99), photos, max_distance=0)
    assert len(found) == 0
    assert found.nearest is not None
    again = sokkuri.search(waves(50, 50, 99), photos, max_distance=found.nearest.distance)
    assert again.matches[0] == found.nearest


def test_errors(photos: Path, tmp_path: Path) -> None:
    query = photos / "photo-2.jpg"
    (tmp_path / "empty").mkdir()
    with pytest.raises(sokkuri.ImageError, match=r"gone\.jpg: missing: no such file"):
        sokkuri.search(tmp_path / "gone.jpg", photos)
    with pytest.raises(sokkuri.NothingToSearch, match="no such folder"):
        sokkuri.search(query, tmp_path / "gone")
    with pytest.raises(sokkuri.NothingToSearch, match="no files in there"):
        sokkuri.search(query, tmp_path / "empty")
    with pytest.raises(sokkuri.UnknownHash):
        sokkuri.search(query, photos, hash="nope")
    with pytest.raises(ValueError, match="not both"):
        sokkuri.search(query, photos, rate=1, max_distance=1)
    with pytest.raises(ValueError, match="`rgb` means"):
        sokkuri.search(query, photos, rgb=True, hash="ahash-gray-8")
    for wrong in ({"k": 0}, {"max_distance": -1}, {"rate": -1.0}):
        with pytest.raises(ValueError, match=r"not -?[01]"):
            sokkuri.search(query, photos, **wrong)


def test_several_folders_and_single_files(photos: Path) -> None:
    found = sokkuri.search(
        photos / "photo-2.jpg", [photos / "内側", photos / "photo-2.jpg"], max_distance=0
    )
    assert [match.path for match in found.matches] == [str(photos / "photo-2.jpg")]


def test_progress_can_stop_the_work(photos: Path) -> None:
    calls: list[tuple[int, int | None]] = []

    def stop(done: int, total: int | None) -> None:
        calls.append((done, total))
        if done == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        sokkuri.search(photos / "photo-2.jpg", photos, progress=stop)
    assert calls == [(1, 12), (2, 12), (3, 12)]


def test_results_do_not_depend_on_workers(photos: Path) -> None:
    answers = [
        sokkuri.search(photos / "photo-2.jpg", photos, workers=workers) for workers in (1, 2, 7)
    ]
    assert answers[0] == answers[1] == answers[2]


def test_json_is_the_documented_object(photos: Path) -> None:
    (photos / "text.jpg").write_text("no photo")
    found = sokkuri.search(photos / "photo-2.jpg", photos, rgb=True, k=1)
    assert json.loads(found.to_json()) == {
        "schema": 2,
        "query": str(photos / "photo-2.jpg"),
        "hash": "ahash-rgb-64",
        "bits": 12288,
        "searched": 12,
        "rejected": [
            {"path": str(photos / "text.jpg"), "reason": "not an image: the content is text"}
        ],
        "other_files": 0,
        "matches": [
            {"path": str(photos / "copy of 2.jpg"), "distance": 0, "rate": 0.0, "same": "bytes"}
        ],
    }


def test_photos_are_left_as_they_were(photos: Path) -> None:
    def state() -> dict[str, tuple[int, int, bytes]]:
        files = [path for path in photos.rglob("*") if path.is_file()]
        return {
            str(file): (file.stat().st_mtime_ns, file.stat().st_mode, file.read_bytes())
            for file in files
        }

    before = state()
    sokkuri.search(photos / "photo-2.jpg", photos)
    assert state() == before
