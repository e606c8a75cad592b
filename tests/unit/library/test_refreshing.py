"""A library knows what its folder holds, and reads no more than it must to know it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import sokkuri
from sokkuri.cli import app
from sokkuri.errors import Locked, StoreError
from sokkuri.library import Location, Refreshed, location_of, open_state, table_of
from sokkuri.library.admin import compact
from sokkuri.library.refresh import refresh as bring_up_to_date
from sokkuri.library.repair import repair, verify
from sokkuri.stores.catalogue import Catalogue, read_catalogue

Waves = Callable[[int, int, int], NDArray[np.uint8]]


def _refresh(home: Location, *names: str, **options: object) -> Refreshed:
    makers = [sokkuri.hasher(name) for name in names or ("ahash-gray-8",)]
    done = bring_up_to_date(home, makers, **options)  # type: ignore[arg-type]
    assert done.seen == len(done.scan.files) + len(done.scan.listing.rejected)
    return done


def _counts(done: Refreshed) -> tuple[int, int, int, int, int]:
    return done.unchanged, done.hashed, done.known, done.rejected, done.decodes


def _truth(folder: Path, name: str) -> dict[str, tuple[bytes, int | None]]:
    items = sokkuri.hash_files(folder, hash=name)
    return {i.path: (i.hash.code, i.hash.quality) for i in items if i.hash is not None}


def _kept(done: Refreshed, name: str) -> dict[str, tuple[bytes, int | None]]:
    album = table_of(done.state, sokkuri.hasher(name).spec, done.scan)
    codes = [bytes(code) for code in album.codes]
    return dict(zip(album.paths, zip(codes, album.qualities, strict=True), strict=True))


@pytest.mark.usefixtures("settled")
def test_only_what_is_new_is_decoded(photos: Path, waves: Waves) -> None:
    home = location_of(photos)
    # Twelve photos, two of which have the same bytes.
    assert _counts(_refresh(home)) == (0, 11, 1, 0, 11)
    assert _counts(_refresh(home)) == (12, 0, 0, 0, 0)
    os.rename(photos / "photo-2.jpg", photos / "renamed.jpg")
    shutil.copy(photos / "photo-4.jpg", photos / "内側/copy.jpg")
    os.utime(photos / "photo-8.jpg", (2e9, 2e9))
    done = _refresh(home)
    assert (*_counts(done), done.vanished) == (10, 0, 3, 0, 0, 1)
    Image.fromarray(waves(90, 70, 50)).save(photos / "photo-4.jpg")
    assert _counts(_refresh(home)) == (12, 1, 0, 0, 1)
    assert _kept(_refresh(home), "ahash-gray-8") == _truth(photos, "ahash-gray-8")


@pytest.mark.usefixtures("settled")
def test_the_catalogue_is_read_twice_at_most(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = location_of(photos)
    reads: list[str] = []

    def counted(path: str) -> Catalogue:
        reads.append(path)
        return read_catalogue(path)

    for place in ("library.opened", "stores.catalogue"):
        monkeypatch.setattr(f"sokkuri.{place}.read_catalogue", counted)
    for expected in ((12, 2), (12, 1)):
        reads.clear()
        assert (_refresh(home).seen, len(reads)) == expected


@pytest.mark.usefixtures("settled")
def test_hashes_may_be_added(photos: Path) -> None:
    home = location_of(photos)
    _refresh(home, "ahash-gray-8")
    added = _refresh(home, "ahash-gray-8", "look-2", "ahash-rgb-4")
    assert added.decodes == 11
    assert _refresh(home, "look-2").decodes == 0
    for name in ("ahash-gray-8", "look-2", "ahash-rgb-4"):
        assert _kept(_refresh(home, name), name) == _truth(photos, name)


@pytest.mark.usefixtures("settled")
def test_rejected_files_keep_their_reason(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (photos / "text.jpg").write_text("no photo")
    (photos / "cut.jpg").write_bytes((photos / "photo-2.jpg").read_bytes()[:900])
    (photos / "empty.jpg").touch()
    os.symlink("nowhere", photos / "link.jpg")
    home = location_of(photos)
    first = _refresh(home)
    assert (first.rejected, first.decodes) == (4, 12)
    again = _refresh(home)
    assert (again.rejected, again.decodes) == (4, 0)
    album = table_of(again.state, sokkuri.hasher("ahash-gray-8").spec, again.scan)
    items = sokkuri.hash_files(photos, hash="ahash-gray-8")
    assert list(album.rejected) == [i.rejected for i in items if i.rejected is not None]
    # A decoder that knows more gives them another chance.
    monkeypatch.setattr("sokkuri.library.opened._RULES", 1_000_000)
    assert _refresh(home).decodes == 1
    assert _refresh(home).decodes == 0
    os.unlink(photos / "link.jpg")
    shutil.copy(photos / "photo-4.jpg", photos / "link.jpg")
    assert _refresh(home).rejected == 3


def test_young_files_are_read_once_more(photos: Path) -> None:
    home = location_of(photos)
    assert _refresh(home).decodes == 11
    again = _refresh(home)
    assert (again.known, again.decodes) == (12, 0)


@pytest.mark.usefixtures("settled")
def test_a_missing_folder_loses_nothing(photos: Path) -> None:
    home = location_of(photos)
    _refresh(home)
    os.rename(photos, photos.with_name("away"))
    assert len(open_state(home).catalogue.files) == 12
    os.mkdir(photos)
    done = _refresh(home)
    assert (done.kept, done.vanished, done.seen) == (12, 0, 0)
    os.rmdir(photos)
    os.rename(photos.with_name("away"), photos)
    assert _refresh(home).decodes == 0


@pytest.mark.usefixtures("settled")
def test_what_is_left_out_is_not_forgotten(photos: Path) -> None:
    home = location_of(photos)
    _refresh(home)
    done = _refresh(home, exclude=["内側"])
    assert (done.vanished, done.decodes) == (0, 0)
    assert done.seen == len([p for p in photos.iterdir() if p.is_file()])
    assert _counts(_refresh(home)) == (12, 0, 0, 0, 0)


@pytest.mark.usefixtures("settled")
def test_compaction_drops_what_is_gone(photos: Path) -> None:
    home = location_of(photos)
    _refresh(home, "ahash-gray-8", "look-2")
    os.unlink(photos / "photo-4.jpg")
    os.unlink(photos / "copy of 2.jpg")
    _refresh(home, "ahash-gray-8", "look-2")
    done = compact(home)
    assert (done.contents, done.rows) == (1, 2)
    assert compact(home).contents == 0
    assert verify(home).sound
    assert _kept(_refresh(home), "ahash-gray-8") == _truth(photos, "ahash-gray-8")
    assert len(home.directory.leftovers({})) == 6  # three files for each hash, and nothing else


@pytest.mark.usefixtures("settled")
def test_compaction_drops_a_hash_that_was_replaced(
    photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = location_of(photos)
    (photos / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    _refresh(home, "ahash-gray-8", "ahash-rgb-4")
    codes = 11
    monkeypatch.setattr("sokkuri.registry._REPLACED", {"ahash-rgb-4": "ahash-gray-8"})
    assert app.main(["library", "info", str(photos)], standalone_mode=False) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("hash")]
    assert "not made any more: ahash-gray-8 is" in next(line for line in lines if "rgb" in line)
    assert "not made" not in next(line for line in lines if "gray" in line)
    done = compact(home)
    assert (done.contents, done.rows) == (0, codes)
    assert verify(home).sound
    assert len(home.directory.leftovers({})) == 3
    assert _kept(_refresh(home), "ahash-gray-8") == _truth(photos, "ahash-gray-8")
    assert compact(home).rows == 0


@pytest.mark.usefixtures("settled")
def test_a_portable_library_travels(photos: Path, tmp_path: Path) -> None:
    home = location_of(photos, photos / ".kept")
    assert _refresh(home).seen == 12  # and the library's own files are none of the photos
    (tmp_path / "far/away").mkdir(parents=True)
    moved = tmp_path / "far/away/album"
    os.rename(photos, moved)
    there = location_of(moved, moved / ".kept")
    assert _counts(_refresh(there)) == (12, 0, 0, 0, 0)
    assert _kept(_refresh(there), "ahash-gray-8") == _truth_without(moved)
    # What it finds by the way it knows is another folder, so it does not take this one for its own.
    os.rename(moved / ".kept", tmp_path / "beside")
    with pytest.raises(StoreError, match="this is the library of"):
        _refresh(location_of(moved, tmp_path / "beside"))


def _truth_without(folder: Path) -> dict[str, tuple[bytes, int | None]]:
    return {
        path: code for path, code in _truth(folder, "ahash-gray-8").items() if ".kept" not in path
    }


@pytest.mark.usefixtures("settled")
def test_repair_hashes_only_what_is_damaged(tmp_path: Path, waves: Waves) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for seed in range(20):
        Image.fromarray(waves(40, 30, seed)).save(folder / f"{seed:02}.png")
        if seed == 9:
            home = location_of(folder)
            _refresh(home)
    before = _kept(_refresh(home), "ahash-gray-8")
    assert repair(home).damages == ()
    (row,) = open_state(home).catalogue.segments.values()
    with open(home.directory.stem(row.stem) + ".codes", "r+b") as file:
        file.seek(4096 + 8 * 12)
        file.write(b"broken")
    with pytest.raises(StoreError, match="repair it with: sokkuri library repair"):
        _refresh(home)
    found = verify(home)
    assert ["rows 10 to 19" in str(damage) for damage in found.damages] == [True]
    mended = repair(home)
    assert mended.refreshed is not None
    assert mended.refreshed.decodes == 10
    assert verify(home).sound
    assert _kept(_refresh(home), "ahash-gray-8") == before


@pytest.mark.usefixtures("settled")
def test_an_unreadable_catalogue_is_made_anew(photos: Path) -> None:
    home = location_of(photos)
    before = _kept(_refresh(home, "ahash-gray-8", "look-2"), "look-2")
    Path(home.directory.catalogue).write_bytes(b"no database at all" * 500)
    with pytest.raises(StoreError, match="repair it with"):
        _refresh(home)
    mended = repair(home)
    assert mended.rebuilt
    assert mended.refreshed is not None
    assert mended.refreshed.decodes == 11
    assert _kept(_refresh(home, "ahash-gray-8", "look-2"), "look-2") == before


@pytest.mark.usefixtures("settled")
def test_an_interrupted_run_keeps_what_is_complete(photos: Path) -> None:
    home = location_of(photos)

    def stop(done: int, _total: int | None) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _refresh(home, progress=stop, workers=1)
    assert len(open_state(home).catalogue.files) == 5
    assert _refresh(home).decodes == 6


def test_a_second_writer_is_refused_by_name(photos: Path) -> None:
    home = location_of(photos)
    _refresh(home)
    with home.directory.write_lock():
        with pytest.raises(Locked, match=f"process {os.getpid()} is writing") as refused:
            _refresh(home, "look-2", wait=0.1)
        assert refused.value.pid == os.getpid()
    assert _refresh(home, "look-2").decodes == 11


def test_nothing_is_written_beside_the_photos(photos: Path) -> None:
    before = {path: path.stat() for path in photos.rglob("*")}
    _refresh(location_of(photos))
    time.sleep(0.01)
    assert {path: path.stat().st_mtime_ns for path in photos.rglob("*")} == {
        path: status.st_mtime_ns for path, status in before.items()
    }


@pytest.mark.usefixtures("settled")
def test_what_a_killed_writer_left_is_removed(photos: Path) -> None:
    home = location_of(photos)
    _refresh(home)
    left = [Path(home.directory.path, ".sokkuri-x.part"), Path(home.directory.codes, "lost.codes")]
    for path in left:
        path.touch()
    with home.directory.write_lock():  # it may be at it still
        assert _refresh(home).unchanged == 12
        assert all(path.exists() for path in left)
    assert _refresh(home).unchanged == 12
    assert not any(path.exists() for path in left)


def test_apart_a_decoder_that_dies_takes_nobody_with_it(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Twelve files: few enough that they would be decoded here, where a fault is not acted out.
    monkeypatch.setenv("SOKKURI_FAULTS", '{"photo-4": "kill"}')
    done = _refresh(location_of(photos), apart=True)
    assert _counts(done) == (0, 10, 1, 1, 11)
    album = table_of(done.state, sokkuri.hasher("ahash-gray-8").spec, done.scan)
    assert ["crashed" in rejected.reason for rejected in album.rejected] == [True]


@pytest.mark.usefixtures("settled")
def test_limits_are_part_of_what_rejected_a_file(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = location_of(photos)
    monkeypatch.setenv("SOKKURI_MAX_PIXELS", "9")
    assert _refresh(home).rejected == 12
    again = _refresh(home)
    assert (again.rejected, again.decodes) == (12, 0)
    monkeypatch.delenv("SOKKURI_MAX_PIXELS")
    assert _refresh(home).hashed == 11
    (photos / "bad.jpg").write_text("no photo")
    assert _refresh(home).rejected == 1
    # By default nothing is tried twice, also where the default is spelt out.
    monkeypatch.setenv("SOKKURI_MAX_PIXELS", "120M")
    assert _counts(_refresh(home)) == (12, 0, 0, 1, 0)


def test_a_search_makes_no_library_for_a_folder_without_files(photos: Path, tmp_path: Path) -> None:
    empty, closed = tmp_path / "empty", tmp_path / "left out"
    empty.mkdir()
    closed.mkdir()
    (closed / "a.jpg").write_bytes((photos / "photo-2.jpg").read_bytes())
    for folder, patterns in ((empty, []), (closed, ["*.jpg"])):
        library = sokkuri.Library.open(folder)
        with pytest.raises(sokkuri.NothingToSearch):
            sokkuri.search(photos / "photo-2.jpg", folder, exclude=patterns)
        assert not library.exists
        assert library.refresh(exclude=patterns).seen == 0  # whoever asks for one gets it
        assert library.exists
