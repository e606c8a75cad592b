"""A search answers the same with a library and without."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import sokkuri
from sokkuri.api.results import Results
from sokkuri.errors import NothingToSearch
from sokkuri.library import location_of
from sokkuri.library.refresh import refresh

Waves = Callable[[int, int, int], NDArray[np.uint8]]

WAYS: list[dict[str, Any]] = [
    {"k": 3},
    {"k": 40, "hash": "ahash-gray-2"},
    {"max_distance": 700},
    {"max_distance": 1, "hash": "ahash-gray-2"},
    {"rate": 0.01, "hash": "ahash-rgb-4", "k": 5},
    {"emphasis": "shape", "mirror": False},
    {"exclude_query": True, "k": 4, "hash": "ahash-gray-2"},
    {"min_quality": 35},
    {"exclude": ["内側", "*.png"]},
]


@pytest.fixture
def mixed(photos: Path, waves: Waves) -> Path:
    """Return a folder with duplicates, ties, simple pictures, and files that are no pictures."""
    for seed in range(3):
        shutil.copy(photos / "photo-4.jpg", photos / f"aa {seed}.jpg")
        shutil.copy(photos / "photo-8.jpg", photos / "内側" / f"zz {seed}.jpg")
        Image.new("RGB", (40, 30), (seed, 0, 0)).save(photos / f"flat {seed}.png")
    Image.fromarray(waves(60, 60, 4)[:, ::-1]).save(photos / "mirrored.png")
    (photos / "text.jpg").write_text("no photo")
    (photos / "cut.jpg").write_bytes((photos / "photo-2.jpg").read_bytes()[:900])
    os.symlink("nowhere", photos / "link.jpg")
    (photos / ".git").mkdir()
    return photos


def _facts(found: Results) -> tuple[object, ...]:
    qualities = [match.quality for match in found.matches]
    counts = (found.searched, found.excluded, found.matched, found.seen, found.quality)
    return (
        found, found.rejected, found.skipped, found.nearest, qualities, counts, found.to_json(),
    )  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_answers_are_the_same(mixed: Path, way: dict[str, Any], tmp_path: Path) -> None:
    queries = [mixed / "photo-4.jpg", mixed / "flat 1.png", mixed / "text.jpg"]
    plain = sokkuri.search_many(queries, mixed, library=None, **way)
    first = sokkuri.search_many(queries, mixed, **way)
    again = sokkuri.search_many(queries, mixed, **way)
    placed = sokkuri.search_many(queries, mixed, library=tmp_path / "placed", **way)
    for found in (first, again, placed):
        assert [_facts(one) for one in found] == [_facts(one) for one in plain]
        assert not any(one.notes for one in found)
    # Without a look at the folder no folder is passed by; all else is the same.
    kept = sokkuri.search_many(queries, mixed, refresh=False, **way)
    assert [one.matches for one in kept] == [one.matches for one in plain]
    assert [one.rejected for one in kept] == [one.rejected for one in plain]


def test_changes_are_seen(mixed: Path, waves: Waves) -> None:
    query = mixed / "photo-4.jpg"
    sokkuri.search(query, mixed)
    os.rename(mixed / "aa 0.jpg", mixed / "zz.jpg")
    os.unlink(mixed / "aa 1.jpg")
    Image.fromarray(waves(50, 50, 99)).save(mixed / "aa 2.jpg")
    found = sokkuri.search(query, mixed, k=50)
    assert _facts(found) == _facts(sokkuri.search(query, mixed, k=50, library=None))


def test_paths_begin_as_the_folder_was_named(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sokkuri.search(photos / "photo-2.jpg", photos)
    monkeypatch.chdir(photos.parent)
    for name in ("photos", "photos/", "./photos", str(photos)):
        found = sokkuri.search("photos/photo-2.jpg", name)
        assert _facts(found) == _facts(sokkuri.search("photos/photo-2.jpg", name, library=None))
        assert found.matches[0].path.startswith(os.path.join(name, ""))


def test_several_places_have_no_library(photos: Path) -> None:
    query = photos / "photo-2.jpg"
    found = sokkuri.search(query, [photos, photos / "内側"])
    assert found.searched == 12
    assert not location_of(photos).directory.exists()
    with pytest.raises(ValueError, match="of one folder"):
        sokkuri.search(query, [photos, photos / "内側"], refresh=False)
    with pytest.raises(ValueError, match="leaves nothing"):
        sokkuri.search(query, photos, library=None, refresh=False)


def test_a_library_that_is_not_there_is_named(photos: Path) -> None:
    with pytest.raises(NothingToSearch, match="make one with: sokkuri index"):
        sokkuri.search(photos / "photo-2.jpg", photos, refresh=False)
    sokkuri.search(photos / "photo-2.jpg", photos)
    with pytest.raises(NothingToSearch, match=r"add it with: sokkuri index .* --hash pdq"):
        sokkuri.search(photos / "photo-2.jpg", photos, refresh=False, hash="pdq")


def test_a_library_in_use_is_searched_as_it_is(
    photos: Path, waves: Waves, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refresh.__kwdefaults__ is not None
    monkeypatch.setitem(refresh.__kwdefaults__, "wait", 0.1)
    query = photos / "photo-2.jpg"
    before = sokkuri.search(query, photos)
    Image.fromarray(waves(50, 50, 99)).save(photos / "new.jpg")
    with location_of(photos).directory.write_lock():
        during = sokkuri.search(query, photos)
    assert during.matches == before.matches
    assert f"process {os.getpid()} is writing to it" in during.notes[0]
    assert sokkuri.search(query, photos).searched == before.searched + 1


@pytest.mark.skipif(os.name != "posix" or not hasattr(os, "geteuid"), reason="rights of POSIX")
def test_a_place_that_cannot_be_written_is_said(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no directory")
    query = photos / "photo-2.jpg"
    found = sokkuri.search(query, photos, library=tmp_path / "file/kept")
    assert found.matches == sokkuri.search(query, photos, library=None).matches
    assert "the library is not used" in found.notes[0]


def test_a_library_that_cannot_be_written_is_read(photos: Path, tmp_path: Path) -> None:
    place = tmp_path / "small"
    place.mkdir()
    sokkuri.search(photos / "photo-2.jpg", photos, library=place / "kept")
    sokkuri.search(photos / "photo-2.jpg", photos, library=place / "kept")
    command = ["mount", "--bind", str(place), str(place)]
    again = ["mount", "-o", "remount,bind,ro", str(place)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(command, check=False).returncode:
        pytest.skip("NOT RUN: nothing can be mounted here")
    try:
        subprocess.run(again, check=True)
        assert not os.access(place, os.W_OK)
        found = sokkuri.search(
            photos / "photo-2.jpg", photos, library=place / "kept", refresh=False
        )
        assert found.searched == 12
        shutil.copy(photos / "photo-4.jpg", photos / "new.jpg")
        found = sokkuri.search(photos / "photo-2.jpg", photos, library=place / "kept")
        assert found.searched == 13
        assert "the library is not used" in found.notes[0]
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_an_open_library_sees_what_others_write(photos: Path, waves: Waves) -> None:
    library = sokkuri.Library.open(photos)
    with pytest.raises(NothingToSearch):
        library.search(photos / "photo-2.jpg")
    library.refresh(hash=["look-2", "ahash-gray-8"])
    query = sokkuri.hash_image(photos / "photo-2.jpg")
    first = library.search(query, k=50)
    assert first.matches == library.search(query, k=50).matches
    assert [m.path for m in first.matches] == [
        m.path for m in sokkuri.search(photos / "photo-2.jpg", photos, k=50).matches
    ]
    assert library.search(photos / "photo-2.jpg", hash="ahash-gray-8", k=1).matches[0].same
    Image.fromarray(waves(50, 50, 99)).save(photos / "new.jpg")
    sokkuri.Library.open(photos).refresh()
    assert library.search(query, k=50).searched == first.searched + 1
    assert library.info().files == 13
    library.remove()
    assert not library.exists
    assert stat.S_ISDIR(os.stat(photos).st_mode)
