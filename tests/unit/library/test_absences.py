"""A drive that is away is out of reach, and kept; what was deleted is forgotten."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import sokkuri
from sokkuri.library import Refreshed

Waves = Callable[[int, int, int], NDArray[np.uint8]]

NAME = "ahash-gray-8"


@pytest.fixture
def disks(tmp_path: Path, waves: Waves, settled: None) -> Path:
    """Return a folder with a photo of its own, two drives and a drive further down."""
    root = tmp_path / "disks"
    for place, count in (("", 1), ("内蔵", 4), ("外付け", 5), ("older/drive", 3)):
        (root / place).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            picture = Image.fromarray(waves(40, 30, len(place) * 10 + number))
            picture.save(root / place / f"photo {number}.png")
    return root


def _refresh(root: Path, **options: object) -> Refreshed:
    return sokkuri.Library.open(root).refresh(hash=NAME, **options)  # type: ignore[arg-type]


def _counts(done: Refreshed) -> tuple[int, int, int]:
    return done.unchanged, done.vanished, done.kept


def _nothing(_folder: Path) -> None: ...


def _stray_folder(folder: Path) -> None:
    (folder / "lost+found").mkdir()
    (folder / "System Volume Information").mkdir()


def _stray_files(*names: str) -> Callable[[Path], None]:
    def put(folder: Path) -> None:
        for name in names:
            (folder / name).write_bytes(b"\0\0\0\1Bud1")

    return put


def _stray_photo(folder: Path) -> None:
    Image.new("RGB", (20, 30), "teal").save(folder / "screenshot.png")


STRAYS = {
    "nothing": _nothing,
    "a Mac's": _stray_files(".DS_Store", "._.Trashes"),
    "a PC's": _stray_files("Thumbs.db", "desktop.ini"),
    "an empty file system's": _stray_folder,
    "a note": _stray_files("NOT MOUNTED"),
    "a photo": _stray_photo,
}
strays = pytest.mark.parametrize("stray", STRAYS.values(), ids=list(STRAYS))


@pytest.mark.slow
@strays
@pytest.mark.parametrize("place", ["", "外付け", "older/drive"], ids=["all", "one", "below"])
def test_a_drive_that_is_away_is_kept(
    disks: Path, place: str, stray: Callable[[Path], None]
) -> None:
    assert _refresh(disks).hashed == 13
    drive, away = disks / place, disks.with_name("away")
    count = len(list(drive.rglob("*.png")))
    os.rename(drive, away)
    drive.mkdir()
    stray(drive)
    for _ in range(3):
        done = _refresh(disks)
        assert (done.kept, done.vanished) == (count, 0)
    library = sokkuri.Library.open(disks)
    compacted = library.compact()
    assert (compacted.contents, compacted.away) == (0, count)
    assert _refresh(disks).kept == count
    shutil.rmtree(drive)
    os.rename(away, drive)
    done = _refresh(disks)
    assert (done.unchanged, done.decodes, done.kept) == (13, 0, 0)
    assert (library.info().away, len(library.table(NAME))) == (0, 13)
    assert library.verify().sound


def test_what_is_out_of_reach_is_no_answer_and_is_said(disks: Path) -> None:
    query = disks / "内蔵/photo 1.png"
    assert sokkuri.search(query, disks, hash=NAME).searched == 13
    os.rename(disks / "外付け", disks.with_name("away"))
    (disks / "外付け").mkdir()
    for refresh in (True, False):
        found = sokkuri.search(query, disks, hash=NAME, refresh=refresh, k=50)
        assert found.searched == 8
        assert "外付け" not in "".join(match.path for match in found.matches)
        assert found.notes[0].startswith("5 files are out of reach, and kept")
        assert "--forget-missing" in found.notes[0]
    library = sokkuri.Library.open(disks)
    assert len(library.table(NAME)) == 8
    assert library.info().away == 5
    assert library.info().files == 13


def test_what_was_deleted_is_gone(disks: Path) -> None:
    _refresh(disks)
    (disks / "内蔵/photo 0.png").unlink()
    assert _counts(_refresh(disks)) == (12, 1, 0)
    shutil.rmtree(disks / "older")
    assert _counts(_refresh(disks)) == (9, 3, 0)
    for path in (disks / "外付け").iterdir():
        path.unlink()
    (disks / "外付け/.DS_Store").touch()  # the Finder has been there
    assert _counts(_refresh(disks)) == (4, 5, 0)
    assert sokkuri.Library.open(disks).compact().contents == 9


def test_what_is_out_of_reach_can_be_forgotten(disks: Path) -> None:
    _refresh(disks)
    os.rename(disks / "外付け", disks.with_name("away"))
    (disks / "外付け").mkdir()
    assert _counts(_refresh(disks)) == (8, 0, 5)
    assert _counts(_refresh(disks, forget_missing=True)) == (8, 5, 0)
    assert _counts(_refresh(disks)) == (8, 0, 0)
    assert sokkuri.Library.open(disks).compact().contents == 5


@pytest.mark.parametrize("inner", [False, True], ids=["renamed", "into a folder"])
def test_what_was_moved_is_not_away(disks: Path, inner: bool) -> None:
    _refresh(disks)
    target = disks / "整理済み"
    target.mkdir()
    for number, path in enumerate(sorted(disks.rglob("*.png"))):
        os.rename(path, target / path.name if inner and number > 90 else disks / f"{number}.png")
    done = _refresh(disks)
    assert (done.known, done.decodes, done.vanished, done.kept) == (13, 0, 13, 0)


def test_photos_that_replace_all_others_are_believed(disks: Path, waves: Waves) -> None:
    _refresh(disks)
    for path in list(disks.iterdir()):
        path.unlink() if path.is_file() else shutil.rmtree(path)
    (disks / "notes.txt").write_text("all gone")
    assert _counts(_refresh(disks)) == (0, 0, 13)
    Image.fromarray(waves(50, 40, 7)).save(disks / "new.png")
    done = _refresh(disks)
    assert (done.hashed, done.vanished, done.kept) == (1, 13, 0)


def test_what_was_deleted_meanwhile_is_gone_when_the_drive_is_back(disks: Path) -> None:
    _refresh(disks)
    drive, away = disks / "外付け", disks.with_name("away")
    os.rename(drive, away)
    drive.mkdir()
    _stray_photo(drive)
    assert _refresh(disks).kept == 5
    shutil.rmtree(drive)
    (away / "photo 3.png").unlink()
    os.rename(away, drive)
    # The photo of the bare mount point is gone too.
    assert _counts(_refresh(disks)) == (12, 2, 0)


def test_a_mount_point_may_go_later_than_its_drive(disks: Path) -> None:
    _refresh(disks)
    os.rename(disks / "外付け", disks.with_name("away"))
    (disks / "外付け").mkdir()
    assert _counts(_refresh(disks)) == (8, 0, 5)
    (disks / "外付け").rmdir()
    assert _counts(_refresh(disks)) == (8, 0, 5)
    os.rename(disks.with_name("away"), disks / "外付け")
    assert _counts(_refresh(disks)) == (13, 0, 0)


def test_a_link_to_a_drive_that_is_away(disks: Path) -> None:
    away = disks.with_name("away")
    os.rename(disks / "外付け", away)
    os.symlink(away, disks / "外付け", target_is_directory=True)
    assert _refresh(disks, follow=True).hashed == 13
    os.rename(away, disks.with_name("further"))
    assert _counts(_refresh(disks, follow=True)) == (8, 0, 5)
    os.rename(disks.with_name("further"), away)
    assert _counts(_refresh(disks, follow=True)) == (13, 1, 0)  # the link was a file meanwhile


def test_a_library_that_never_noted_folders_keeps_what_it_cannot_judge(
    disks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("sokkuri.library.writer.LibraryWriter.note_folders", lambda *_words: None)
        _refresh(disks)
    drive = disks / "外付け"
    os.rename(drive, disks.with_name("away"))
    drive.mkdir()
    assert _counts(_refresh(disks)) == (8, 0, 5)
    drive.rmdir()
    os.rename(disks.with_name("away"), drive)
    assert _counts(_refresh(disks)) == (13, 0, 0)


@pytest.fixture
def mounted(disks: Path) -> Iterator[Path]:
    """Return a drive that is mounted below the folder, and is a file system of its own."""
    place = disks / "usb"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "none", str(place)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(command, check=False).returncode:
        pytest.skip("NOT RUN: nothing can be mounted here")
    shutil.copytree(disks / "外付け", place / "more")
    Image.new("RGB", (40, 30), "olive").save(place / "top.png")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize("vanishes", [False, True], ids=["mount point stays", "mount point goes"])
def test_a_file_system_that_is_unmounted(disks: Path, mounted: Path, vanishes: bool) -> None:
    assert _refresh(disks).seen == 19
    subprocess.run(["umount", str(mounted)], check=True)
    if vanishes:
        mounted.rmdir()
    assert _counts(_refresh(disks)) == (13, 0, 6)
    assert sokkuri.Library.open(disks).compact().away == 6


def test_another_drive_at_the_same_place(disks: Path, mounted: Path, waves: Waves) -> None:
    assert _refresh(disks).seen == 19
    subprocess.run(["umount", str(mounted)], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "none", str(mounted)], check=True)
    Image.fromarray(waves(50, 40, 7)).save(mounted / "other.png")
    done = _refresh(disks)
    assert (done.hashed, done.vanished, done.kept) == (1, 0, 6)
    subprocess.run(["umount", str(mounted)], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "none", str(mounted)], check=True)
    shutil.copytree(disks / "外付け", mounted / "more")
    # The first one is back, without one of its photos; the second one is away now.
    done = _refresh(disks)
    assert (done.decodes, done.vanished, done.kept) == (0, 1, 1)
    away = [name for name, row in done.state.catalogue.files.items() if row.is_away]
    assert away == [b"usb/other.png"]
