"""Drives that are away, what is left out and other files, in one folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import sokkuri
from sokkuri.library import Refreshed, location_of
from sokkuri.library.refresh import refresh as bring_up_to_date

Waves = Callable[[int, int, int], NDArray[np.uint8]]

NAME = "ahash-gray-8"
OTHERS = {
    ".DS_Store": b"\0\0\0\1Bud1",
    "._a.jpg": b"\0\5\x16\7",
    "a.xmp": b"<x/>",
    "b.mov": b"",
}


@pytest.fixture
def disks(tmp_path: Path, waves: Waves, settled: None) -> Path:
    """Return a folder with two photos, and a drive in it with three and four other files."""
    root = tmp_path / "disks"
    for place, count in (("", 2), ("外付け", 3)):
        (root / place).mkdir(parents=True)
        for number in range(count):
            picture = Image.fromarray(waves(40, 30, len(place) * 10 + number))
            picture.save(root / place / f"photo {number}.png")
    _put(root / "外付け", *OTHERS)
    return root


def _put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_bytes(OTHERS[name])


def _unplug(drive: Path) -> Path:
    away = drive.parents[1] / "away"
    os.rename(drive, away)
    drive.mkdir()
    return away


def _refresh(root: Path, *exclude: str) -> Refreshed:
    done = sokkuri.Library.open(root).refresh(hash=NAME, exclude=exclude)
    told = done.unchanged + done.hashed + done.known + done.rejected + done.other_files
    assert done.seen == told == len(done.scan.listing.files) + len(done.scan.listing.rejected)
    return done


def _names(root: Path, *exclude: str) -> list[str]:
    """Return what a search that does not look at the folder compares."""
    table = sokkuri.Library.open(root, exclude=exclude).table(NAME)
    return [os.path.relpath(path, root) for path in table.paths]


@pytest.mark.parametrize("strays", [[], [".DS_Store"], ["._a.jpg", "b.mov"], list(OTHERS)])
@pytest.mark.parametrize("place", ["", "外付け"], ids=["all", "one"])
def test_other_files_at_a_mount_point_bear_no_witness(
    disks: Path, place: str, strays: list[str]
) -> None:
    first = _refresh(disks)
    assert (first.hashed, first.other_files, first.rejected) == (5, 4, 0)
    drive = disks / place
    files = [path for path in drive.rglob("*") if path.is_file()]
    away = _unplug(drive)
    _put(drive, *strays)
    # A file is met again only where it lies under the very name it had.
    met = [name for name in strays if drive / name in files]
    for _ in range(2):
        done = _refresh(disks)
        assert (done.kept, done.vanished) == (len(files) - len(met), 0)
        assert (done.other_files, done.rejected) == (len(strays), 0)
    assert sokkuri.Library.open(disks).compact().contents == 0
    shutil.rmtree(drive)
    os.rename(away, drive)
    done = _refresh(disks)
    assert (done.unchanged, done.other_files, done.kept, done.decodes) == (5, 4, 0, 0)
    assert len(_names(disks)) == 5


@pytest.mark.parametrize("pattern", ["外付け/", "/外付け", "外付け/*.png", "photo*"])
def test_what_is_left_out_and_away_is_in_no_answer_and_is_kept(disks: Path, pattern: str) -> None:
    _refresh(disks)
    drive = disks / "外付け"
    away = _unplug(drive)
    # The first time it is seen to be away under the pattern, the second time without it.
    for exclude in ([pattern], []):
        done = _refresh(disks, *exclude)
        assert (done.kept, done.vanished) == (7, 0)
        photos = [] if pattern == "photo*" and exclude else ["photo 0.png", "photo 1.png"]
        assert _names(disks, *exclude) == photos
        table = sokkuri.Library.open(disks, exclude=exclude).table(NAME)
        assert (table.other_files, table.rejected) == ((), ())
    drive.rmdir()
    os.rename(away, drive)
    # Where it is back, but left out, it is kept all the same.
    assert _refresh(disks, pattern).vanished == 0
    done = _refresh(disks)
    assert (done.unchanged, done.other_files, done.decodes, done.kept) == (5, 4, 0, 0)
    assert len(_names(disks)) == 5


def test_a_file_of_patterns_on_a_drive_that_is_away(disks: Path) -> None:
    drive = disks / "外付け"
    (drive / ".sokkuriignore").write_text("photo 0.png\n")
    assert _refresh(disks).hashed == 4
    away = _unplug(drive)
    done = _refresh(disks)
    assert (done.kept, done.vanished, done.unchanged) == (7, 0, 2)
    assert _names(disks) == ["photo 0.png", "photo 1.png"]
    drive.rmdir()
    os.rename(away, drive)
    assert _refresh(disks).unchanged == 4
    assert len(_names(disks)) == 4


def test_all_that_is_there_is_left_out_and_the_rest_is_away(disks: Path) -> None:
    query = _unplug_all(disks) / "photo 0.png"
    _put(disks, ".DS_Store")
    with pytest.raises(sokkuri.NothingToSearch, match="left out; 9 files are out of reach"):
        sokkuri.search(query, disks, hash=NAME, exclude=[".DS_Store"])
    found = sokkuri.search(query, disks, hash=NAME)
    assert (found.searched, len(found.other_files), found.rejected) == (0, 1, ())
    assert found.notes[0].startswith("9 files are out of reach")
    empty = disks.with_name("empty")
    empty.mkdir()
    _put(empty, ".DS_Store")
    with pytest.raises(sokkuri.NothingToSearch, match="is left out; change the patterns"):
        sokkuri.search(query, empty, hash=NAME, exclude=["*"])


def _unplug_all(disks: Path) -> Path:
    _refresh(disks)
    return _unplug(disks)


def test_other_files_count_where_nothing_can_be_written(
    disks: Path, waves: Waves, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_words: object, **_options: object) -> None:
        raise OSError(30, "Read-only file system")

    _refresh(disks)
    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    Image.fromarray(waves(60, 50, 70)).save(disks / "new.png")
    _put(disks, ".DS_Store", "b.mov")
    (disks / "lost.jpg").write_text("no photo")
    (disks / "外付け/photo 2.png").write_text("no photo any more")

    def answer(**options: Any) -> Any:
        return sokkuri.search(disks / "photo 0.png", disks, hash=NAME, k=50, **options)

    found, plain = answer(), answer(library=None)
    assert "5 files were read for this search" in found.notes[0]
    assert (found.searched, len(found.other_files), len(found.rejected)) == (5, 6, 2)
    for each in ("searched", "other_files", "rejected", "matches"):
        assert getattr(found, each) == getattr(plain, each)
    done = bring_up_to_date(location_of(disks), [sokkuri.hasher(NAME)], as_it_is=True)
    assert (done.unchanged, done.other_files, len(done.unread), done.seen) == (4, 4, 5, 13)
