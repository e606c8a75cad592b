"""Rotten bits, cut and foreign files, full disks: said, mended, and never searched."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import random
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import sokkuri
from sokkuri.errors import FormatError, NewerFormat, StoreError
from sokkuri.library import Location, location_of, open_state, table_of
from sokkuri.library.refresh import refresh
from sokkuri.library.repair import repair, verify
from sokkuri.stores.catalogue import read_catalogue

Waves = Callable[[int, int, int], NDArray[np.uint8]]
Kept = dict[str, tuple[bytes, int | None]]

NAME = "ahash-gray-16"
PHOTOS = 60
FLIPS = int(os.environ.get("SOKKURI_TEST_FLIPS", "100"))
LEVELS = 20


@dataclass(frozen=True)
class Library:
    """A sound library, a copy of its directory, and what it says."""

    home: Location
    copy: Path
    says: Kept

    def restore(self) -> None:
        shutil.rmtree(self.home.directory.path)
        shutil.copytree(self.copy, self.home.directory.path)

    def files(self) -> list[str]:
        return [path for path in self.home.directory.everything() if os.path.getsize(path)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, waves: Waves) -> Library:
    folder = tmp_path_factory.mktemp("damage") / "photos"
    folder.mkdir()
    for seed in range(PHOTOS):
        Image.fromarray(waves(40, 30, seed)).save(folder / f"{seed:03}.png")
    (folder / "broken.png").write_bytes((folder / "000.png").read_bytes()[:99])
    home = location_of(folder)
    refresh(home, [sokkuri.hasher(NAME)])
    says = _says(home)  # before the copy, so that it has the files of a reader, too
    shutil.copytree(home.directory.path, folder.parent / "copy")
    return Library(home, folder.parent / "copy", says)


@pytest.fixture
def library(made: Library) -> Iterator[Library]:
    yield made
    made.restore()


def _says(home: Location) -> Kept:
    """Return what a search without a look at the folder would compare."""
    album = table_of(open_state(home), sokkuri.hasher(NAME).spec)
    codes = [bytes(code) for code in album.codes]
    return dict(zip(album.paths, zip(codes, album.qualities, strict=True), strict=True))


def _flip(path: str, dice: random.Random) -> int:
    data = bytearray(Path(path).read_bytes())
    place = dice.randrange(len(data))
    data[place] ^= 1 << dice.randrange(8)
    # A file of its own, so that what earlier mappings show stays what it was.
    os.unlink(path)
    Path(path).write_bytes(data)
    return place


def test_no_flipped_bit_makes_a_wrong_answer(library: Library) -> None:
    dice = random.Random(7)
    sizes = {path: os.path.getsize(path) for path in library.files()}
    told: list[tuple[bool, str]] = []
    for number in range(FLIPS):
        # By turns any file, however small, and any byte, wherever it lies.
        weights = None if number % 2 else list(sizes.values())
        (path,) = dice.choices(list(sizes), weights)
        place = _flip(path, dice)
        found = verify(library.home)
        try:
            assert _says(library.home) == library.says, (path, place)
        except StoreError as error:
            told.append((isinstance(error, NewerFormat), str(error)))
        else:
            library.restore()
            continue
        assert not found.sound, (path, place)
        library.restore()
    assert len(told) > FLIPS // 5
    assert all(newer or "sokkuri library repair" in words for newer, words in told)


def test_repair_mends_flipped_bits(library: Library) -> None:
    dice = random.Random(8)
    for _ in range(12):
        path = dice.choice([path for path in library.files() if not path.endswith(".sqlite-shm")])
        _flip(path, dice)
        try:
            mended = repair(library.home)
        except NewerFormat:  # the one bit that says so; nothing is touched then
            library.restore()
            continue
        assert mended.refreshed is None or mended.refreshed.decodes <= PHOTOS + 1
        assert verify(library.home).sound
        assert _says(library.home) == library.says
        library.restore()


def test_a_search_of_a_damaged_library_names_the_command(library: Library) -> None:
    (row,) = open_state(library.home).catalogue.segments.values()
    with open(library.home.directory.stem(row.stem) + ".codes", "r+b") as file:
        file.seek(5000)
        file.write(b"\xff\x00" * 9)
    query = Path(library.home.root) / "001.png"
    for options in ({}, {"refresh": False}):
        with pytest.raises(FormatError, match="repair it with: sokkuri library repair"):
            sokkuri.search(query, library.home.root, hash=NAME, **options)  # type: ignore[arg-type]
    assert sokkuri.search(query, library.home.root, hash=NAME, library=None).matches
    sokkuri.Library.open(library.home.root).repair()
    assert sokkuri.search(query, library.home.root, hash=NAME).matches


@pytest.mark.parametrize("part", ["catalogue.sqlite", ".codes", ".rows", ".sums", "stamp"])
def test_cut_files_are_refused(library: Library, part: str) -> None:
    (path,) = [path for path in library.files() if path.endswith(part)]
    whole = Path(path).read_bytes()
    cuts = {len(whole) * share // 16 for share in range(16)} | {1, 100, 4095}
    for cut in sorted(cut for cut in cuts if cut < len(whole) - 1):
        os.unlink(path)
        Path(path).write_bytes(whole[:cut])
        with pytest.raises(StoreError):
            _says(library.home)
        assert not verify(library.home).sound


@pytest.mark.parametrize("part", ["catalogue.sqlite", ".codes", ".rows", ".sums"])
def test_lost_files_are_named(library: Library, part: str) -> None:
    (path,) = [path for path in library.files() if path.endswith(part)]
    os.unlink(path)
    if part == "catalogue.sqlite":
        with pytest.raises(FileNotFoundError):
            open_state(library.home)
        return
    with pytest.raises(FormatError, match="it is gone"):
        _says(library.home)
    assert not verify(library.home).sound


class _Executed:
    def __reduce__(self) -> tuple[Callable[[int], None], tuple[int]]:
        return os._exit, (99,)


@pytest.mark.parametrize("part", ["catalogue.sqlite", ".codes", ".rows", ".sums", "stamp"])
def test_foreign_files_are_refused(library: Library, part: str, tmp_path: Path) -> None:
    (path,) = [path for path in library.files() if path.endswith(part)]
    zipped, saved = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a", "b" * 5000)
    np.save(saved, np.array([_Executed()], object), allow_pickle=True)
    with sqlite3.connect(tmp_path / "other.sqlite") as other:
        other.execute("CREATE TABLE files (id INTEGER PRIMARY KEY, path TEXT)")
    other.close()
    foreign = [
        b"",
        bytes(9000),
        random.Random(9).randbytes(9000),
        pickle.dumps(_Executed()),
        zipped.getvalue(),
        saved.getvalue(),
        (tmp_path / "other.sqlite").read_bytes(),
    ]
    for data in foreign:
        os.unlink(path)
        Path(path).write_bytes(data)
        with pytest.raises(FormatError):
            _says(library.home)
        assert not verify(library.home).sound
        assert Path(path).read_bytes() == data


def test_a_newer_version_is_left_alone(library: Library) -> None:
    path = library.home.directory.catalogue
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA user_version=2")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    before = Path(path).read_bytes()
    query = Path(library.home.root) / "001.png"
    with pytest.raises(NewerFormat, match="install a newer sokkuri"):
        sokkuri.search(query, library.home.root, hash=NAME)
    with pytest.raises(NewerFormat):
        repair(library.home)
    assert Path(path).read_bytes() == before


def test_a_lost_commit_is_said(library: Library, waves: Waves) -> None:
    earlier = Path(library.home.directory.catalogue).read_bytes()
    photo = Path(library.home.root) / "late.png"
    Image.fromarray(waves(40, 30, 777)).save(photo)
    refresh(library.home, [sokkuri.hasher(NAME)])
    for ending in ("", "-wal", "-shm"):
        Path(library.home.directory.catalogue + ending).unlink(missing_ok=True)
    Path(library.home.directory.catalogue).write_bytes(earlier)
    with pytest.raises(FormatError, match="the last 1 commits are lost"):
        _says(library.home)
    repair(library.home)
    assert len(_says(library.home)) == PHOTOS + 1
    photo.unlink()


FILLING = """
import resource, sys
import sokkuri
import sokkuri.library.writer as writer
writer._FILES = 7
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
from sokkuri.cli.output import report_failure
try:
    sokkuri.Library.open(sys.argv[1]).refresh(hash=sys.argv[3], workers=1)
except Exception as error:
    sys.exit(report_failure(error))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_FSIZE as Linux has it")
def test_a_full_disk_loses_nothing(tmp_path: Path, waves: Waves) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed in range(PHOTOS):
        Image.fromarray(waves(40, 30, seed)).save(folder / f"{seed:03}.png")
    home = location_of(folder)
    name = "ahash-rgb-64"  # 1,536 bytes each, so that the codes outgrow the limit
    makers = [sokkuri.hasher(name)]
    refused = 0
    largest = 4096 + PHOTOS * 1536 + 500_000
    for level in range(LEVELS):
        limit = largest * level // (LEVELS - 1)
        done = subprocess.run(
            [sys.executable, "-c", FILLING, str(folder), str(limit), name],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        if done.returncode:
            refused += 1
            assert done.returncode == 2
            assert "Traceback" not in done.stderr
            assert str(home.directory.path) in done.stderr or "library" in done.stderr
        if home.directory.exists():
            before = len(open_state(home).catalogue.files)
            assert verify(home).sound
            refresh(home, makers)
            assert before <= PHOTOS
            assert len(open_state(home).catalogue.files) == PHOTOS
            truth = {i.path: i.hash.code for i in sokkuri.hash_files(folder, hash=name) if i.hash}
            album = table_of(open_state(home), makers[0].spec)
            assert {p: bytes(c) for p, c in zip(album.paths, album.codes, strict=True)} == truth
            sokkuri.Library.open(folder).remove()
    assert 3 < refused < LEVELS


def test_a_full_file_system(tmp_path: Path, waves: Waves) -> None:
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(place)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("NOT RUN: no small file system can be mounted here")
    try:
        _fill_up(place, tmp_path / "photos", waves)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def _fill_up(place: Path, folder: Path, waves: Waves) -> None:
    folder.mkdir()
    for seed in range(PHOTOS):
        Image.fromarray(waves(40, 30, seed)).save(folder / f"{seed:03}.png")
    query = folder / "003.png"
    truth = sokkuri.search(query, folder, hash=NAME, library=None)
    name = "ahash-rgb-64"
    for level in range(LEVELS):
        ballast = place / "ballast"
        ballast.write_bytes(bytes((LEVELS - 1 - level) * 240_000 // LEVELS))
        library = sokkuri.Library.open(folder, library=place / "kept")
        with contextlib.suppress(StoreError):
            library.refresh(hash=[NAME, name])
        found = sokkuri.search(query, folder, hash=NAME, library=place / "kept")
        assert found.matches == truth.matches
        ballast.unlink()
        if library.exists and level % 4 == 3:
            library.refresh(hash=NAME)
            assert library.verify().sound
            library.remove()


def test_the_rows_of_a_catalogue_are_all_counted(library: Library) -> None:
    connection = sqlite3.connect(library.home.directory.catalogue, isolation_level=None)
    connection.execute("DELETE FROM files WHERE id = 7")
    connection.close()
    with pytest.raises(FormatError, match="61 were written"):
        read_catalogue(library.home.directory.catalogue)
