"""Other inode numbers and coarser times cost a sample of the bytes; other bytes are noticed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import sokkuri
from sokkuri.library import Refreshed
from sokkuri.library.admin import compact
from sokkuri.pipeline.same_picture import sample_data, sample_file
from sokkuri.stores.catalogue import CatalogueWriter, read_catalogue
from sokkuri.stores.schema import packed_samples, samples_in

Waves = Callable[[int, int, int], NDArray[np.uint8]]

NAME = "ahash-gray-8"
REFRESH = "sokkuri.library.refresh"
NOON = 1_700_000_000_123_456_789
LARGE = "large.bmp"


class Reads:
    """Which files were read whole."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.paths: list[str] = []
        self._count(patch, "digest_file", lambda path: [path])
        self._count(patch, "hash_paths", lambda _, paths: paths)

    def _count(self, patch: pytest.MonkeyPatch, name: str, paths: Callable[..., list[str]]) -> None:
        real = getattr(import_module(REFRESH), name)

        def read(*words: Any, **options: Any) -> Any:
            self.paths.extend(paths(*words))
            return real(*words, **options)

        patch.setattr(f"{REFRESH}.{name}", read)

    def of(self, action: Callable[[], Refreshed]) -> tuple[Refreshed, list[str]]:
        self.paths.clear()
        done = action()
        return done, sorted(os.path.basename(path) for path in self.paths)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch, settled: None) -> Reads:
    return Reads(monkeypatch)


@pytest.fixture
def folder(photos: Path, waves: Waves) -> Path:
    """Return a folder with photos small and large, of one time."""
    Image.fromarray(waves(400, 300, 77)).save(photos / LARGE)  # 360,054 bytes
    (photos / "cut.jpg").write_bytes((photos / "photo-2.jpg").read_bytes()[:900])
    for path in photos.rglob("*"):
        if path.is_file():
            os.utime(path, ns=(NOON, NOON))
    return photos


def _library(folder: Path) -> sokkuri.Library:
    return sokkuri.Library.open(folder, library=folder.with_name("kept"))


def _refresh(folder: Path, **options: Any) -> Refreshed:
    return _library(folder).refresh(hash=NAME, workers=2, **options)


def _replace(path: Path, data: bytes, *, rename: bool) -> None:
    """Put other bytes in a file's place, with its time."""
    before = path.stat()
    target = path.with_name("new") if rename else path
    target.write_bytes(data)
    os.utime(target, ns=(before.st_atime_ns, before.st_mtime_ns))
    os.replace(target, path)
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def test_a_copy_with_its_times_is_known(folder: Path, reads: Reads) -> None:
    assert _refresh(folder).seen == 14
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy)
    shutil.rmtree(folder)
    os.rename(copy, folder)
    done, read = reads.of(lambda: _refresh(folder))
    assert (done.unchanged, done.rejected, read) == (13, 1, [])
    # It is noted: the next time not even a sample is needed.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{REFRESH}.sample_file", None)
        assert _refresh(folder).unchanged == 13


def test_numbers_of_a_remount_are_known(folder: Path, reads: Reads) -> None:
    _refresh(folder)
    real = os.stat

    class Other:
        def __init__(self, status: os.stat_result) -> None:
            self.status, self.st_ino = status, status.st_ino + 1000

        def __getattr__(self, name: str) -> Any:
            return getattr(self.status, name)

    def stat(path: Any, *words: Any, **options: Any) -> Any:
        status = real(path, *words, **options)
        below = isinstance(path, str) and path.startswith(f"{folder}{os.sep}")
        return Other(status) if below else status

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "stat", stat)
        done, read = reads.of(lambda: _refresh(folder))
        assert (done.unchanged, done.known, done.decodes, read) == (13, 0, 0, [])


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_other_rights_cost_no_reading(folder: Path, reads: Reads) -> None:
    _refresh(folder)
    for path in folder.rglob("*.jpg"):
        path.chmod(0o600)
    done, read = reads.of(lambda: _refresh(folder))
    assert (done.unchanged, read) == (13, [])


GRAINS = {"NTFS": 100, "a microsecond": 1000, "an archive": 10**9, "FAT": 2 * 10**9}


@pytest.mark.parametrize("grain", GRAINS.values(), ids=list(GRAINS))
@pytest.mark.parametrize("up", [False, True], ids=["down", "up"])
def test_times_kept_less_finely_are_known(folder: Path, reads: Reads, grain: int, up: bool) -> None:
    _refresh(folder)
    coarse = NOON // grain * grain + grain * up
    for path in folder.rglob("*.jpg"):
        os.utime(path, ns=(coarse, coarse))
    done, read = reads.of(lambda: _refresh(folder))
    assert (done.unchanged, read) == (13, [])
    # And back again, from the coarse times to the fine ones.
    for path in folder.rglob("*.jpg"):
        os.utime(path, ns=(NOON, NOON))
    done, read = reads.of(lambda: _refresh(folder))
    assert (done.unchanged, read) == (13, [])


def test_another_time_is_read(folder: Path, reads: Reads) -> None:
    _refresh(folder)
    for step, path in enumerate(sorted(folder.glob("*.jpg")), start=1):
        whole = NOON // 10**9 * 10**9  # as coarse as can be, and seconds away
        os.utime(path, ns=(NOON, whole + step * 3 * 10**9))
    done, read = reads.of(lambda: _refresh(folder))
    assert len(read) == len(list(folder.glob("*.jpg")))
    assert done.decodes == 0


@pytest.mark.parametrize("rename", [False, True], ids=["in place", "replaced"])
@pytest.mark.parametrize("at", [60, 200_000, 360_000], ids=["first", "middle", "last"])
def test_other_bytes_of_the_same_size_and_time_are_noticed(
    folder: Path, reads: Reads, at: int, rename: bool
) -> None:
    _refresh(folder)
    path = folder / LARGE
    data = bytearray(path.read_bytes())
    # A picture drawn over: what differs is longer than the gap between two blocks of the sample.
    data[at : at + 150_000] = bytes(255 - value for value in data[at : at + 150_000])
    _replace(path, bytes(data), rename=rename)
    done, read = reads.of(lambda: _refresh(folder))
    assert (done.hashed, done.decodes, set(read)) == (1, 1, {LARGE})


def test_one_byte_of_a_small_file_is_noticed(folder: Path, reads: Reads) -> None:
    _refresh(folder)
    path = folder / "photo-4.jpg"
    data = bytearray(path.read_bytes())
    assert len(data) < 65536
    data[len(data) // 3] ^= 1
    _replace(path, bytes(data), rename=False)
    done, _ = reads.of(lambda: _refresh(folder))
    assert done.decodes == 1


def test_reading_all_notices_what_no_sample_shows(folder: Path, reads: Reads) -> None:
    _refresh(folder)
    path = folder / LARGE
    data = bytearray(path.read_bytes())
    data[50_000] ^= 255
    _replace(path, bytes(data), rename=False)
    assert _refresh(folder).unchanged == 13
    done, read = reads.of(lambda: _refresh(folder, read_all=True))
    assert (done.decodes, done.hashed) == (1, 1)
    assert len(set(read)) == 14
    assert _library(folder).verify().sound


def test_without_a_sample_a_file_is_read_once(folder: Path, reads: Reads) -> None:
    home = _refresh(folder).state.home
    catalogue = read_catalogue(home.directory.catalogue)
    with closing(CatalogueWriter(home.directory, catalogue)) as writer:
        writer.commit(catalogue.samples.values(), [])  # as an earlier version left it
    for mode, expected in ((0o600, 14), (0o640, 0)):
        for path in (path for path in folder.rglob("*") if path.is_file()):
            path.chmod(mode)
        done, read = reads.of(lambda: _refresh(folder))
        assert (done.decodes, len(read)) == (0, expected)
    assert _library(folder).verify().sound


def test_samples_go_with_their_contents(folder: Path, reads: Reads) -> None:
    done = _refresh(folder)
    before = set(samples_in(done.state.catalogue.samples.values()))
    assert before == set(done.state.catalogue.contents)
    shutil.rmtree(folder / "内側")
    _refresh(folder)
    compact(done.state.home)
    after = _refresh(folder).state.catalogue
    assert set(samples_in(after.samples.values())) == set(after.contents) < before
    assert set(after.folders) == {b""}


@pytest.mark.parametrize("length", [0, 1, 65_535, 65_536, 65_537, 80_000, 400_000])
def test_a_file_has_the_sample_of_its_bytes(tmp_path: Path, length: int) -> None:
    data = np.random.default_rng(length).bytes(length)
    (tmp_path / "a").write_bytes(data)
    assert sample_file(str(tmp_path / "a")) == sample_data(data)
    assert sample_data(data) != sample_data(data + b"\0")
    for at in {0, length // 2, length - 1} if length else ():
        other = bytearray(data)
        other[at] ^= 1
        assert sample_data(bytes(other)) != sample_data(data)


@pytest.mark.skipif(os.name != "posix", reason="pipes as POSIX has them")
def test_what_is_no_file_has_no_sample(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "missing", "."):
        assert sample_file(str(tmp_path / name)) is None
    assert sample_file(f"{tmp_path}/nul\0") is None


def test_many_samples_are_packed_into_few_rows() -> None:
    samples = {number * 3 + 1: number.to_bytes(16, "little") for number in range(9000)}
    rows = list(packed_samples(samples, samples))
    assert [row.id for row in rows] == [1, 2, 3]
    assert samples_in(rows) == samples
    assert list(packed_samples({}, {1, 2})) == []
