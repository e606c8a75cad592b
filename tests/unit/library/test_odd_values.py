"""Whatever a stat, a name or a reason holds, it fits a row, and an unchanged file stays that."""

from __future__ import annotations

import os
import stat as stat_module
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import sokkuri
from sokkuri.images import Rejected, RejectKind
from sokkuri.library import Location, Refreshed, location_of, open_state, table_of
from sokkuri.library.changes import reason_columns
from sokkuri.library.refresh import refresh
from sokkuri.library.repair import verify
from sokkuri.pipeline import FileRecord
from sokkuri.stores.schema import clamped

NAME = "ahash-gray-8"
MAKER = sokkuri.hasher(NAME)

# Whole numbers of any size, those at the ends of 32 and 64 bits among them.
_ENDS = [
    sign * (1 << bits) + step
    for sign in (1, -1)
    for bits in (31, 32, 63, 64)
    for step in (-1, 0, 1)
]
NUMBERS = st.one_of(st.integers(-(1 << 80), 1 << 80), st.sampled_from(_ENDS))
CHARACTERS = st.characters(exclude_categories=())  # lone surrogates and NUL among them


def _picture(folder: Path, name: str | bytes, seed: int) -> str:
    path = os.path.join(os.fsencode(folder), os.fsencode(name))
    pixels = np.random.default_rng(seed).integers(0, 256, (9, 8), np.uint8)
    with open(path, "wb") as file:
        Image.fromarray(pixels).save(file, "PNG")
    return os.fsdecode(path)


@contextmanager
def _told(folder: Path, values: dict[str, int]) -> Iterator[None]:
    """Have the system tell odd values of every file in a folder."""
    real = os.stat

    class Odd:
        def __init__(self, status: os.stat_result) -> None:
            self.status = status

        def __getattr__(self, name: str) -> Any:
            return values[name] if name in values else getattr(self.status, name)

    def stat(path: Any, *words: Any, **options: Any) -> Any:
        status = real(path, *words, **options)
        below = isinstance(path, str | bytes) and os.fsdecode(path).startswith(f"{folder}{os.sep}")
        return Odd(status) if below and not stat_module.S_ISDIR(status.st_mode) else status

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "stat", stat)
        yield


@contextmanager
def _folder() -> Iterator[tuple[Path, Location]]:
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOKKURI_SETTLE_SECONDS", "0.000000001")
        folder = Path(place, "写真")
        folder.mkdir()
        yield folder, location_of(folder, Path(place, "kept"))


def _refresh(home: Location) -> Refreshed:
    return refresh(home, [MAKER], workers=1)


@settings(max_examples=25)
@given(size=NUMBERS, mtime=NUMBERS, ctime=NUMBERS, inode=st.integers(0, 1 << 70))
def test_any_stat_fits_a_row(size: int, mtime: int, ctime: int, inode: int) -> None:
    values = {"st_size": size, "st_mtime_ns": mtime, "st_ctime_ns": ctime, "st_ino": inode}
    with _folder() as (folder, home):
        _picture(folder, "a.png", 1)
        _picture(folder, "b.png", 2)
        with _told(folder, values):
            assert _refresh(home).hashed == 2
            assert _refresh(home).unchanged == 2
            row = open_state(home).catalogue.files[b"a.png"]
            assert (row.size, row.mtime_ns) == (clamped(size), clamped(mtime))
            table = sokkuri.Library.open(folder, library=home.directory.path).table(NAME)
            assert table.facts.mtimes_ns.tolist() == [clamped(mtime)] * 2
        assert verify(home).sound


@settings(max_examples=25)
@given(
    names=st.sets(
        st.binary(min_size=1, max_size=200).filter(
            lambda name: not {0, ord("/")} & set(name) and name not in (b".", b"..")
        ),
        min_size=1,
        max_size=4,
    )
)
@pytest.mark.skipif(os.name != "posix", reason="names as POSIX has them")
def test_any_name_fits_a_row(names: set[bytes]) -> None:
    with _folder() as (folder, home):
        paths = {_picture(folder, name, seed) for seed, name in enumerate(sorted(names))}
        done = _refresh(home)
        assert done.rejected == 0
        assert set(table_of(done.state, MAKER.spec, done.scan).paths) == paths
        assert _refresh(home).unchanged == len(paths)


@pytest.mark.slow
@settings(max_examples=40)
@given(detail=st.text(CHARACTERS, max_size=40), times=st.sampled_from([1, 90, 70_000]))
def test_any_reason_fits_a_row(detail: str, times: int) -> None:
    words = detail * times
    rejected = Rejected("odd.png", RejectKind.DAMAGED, words)
    assert len(reason_columns(rejected)[1]) <= 12_000
    assert reason_columns(rejected) == reason_columns(rejected)
    with _folder() as (folder, home), pytest.MonkeyPatch.context() as patch:
        (folder / "odd.png").write_text("no photo")

        def refuse(_makers: object, paths: list[str], **_options: object) -> Iterator[FileRecord]:
            for path in paths:
                yield FileRecord(path, rejected=Rejected(path, RejectKind.DAMAGED, words))

        patch.setattr("sokkuri.library.refresh.hash_paths", refuse)
        assert _refresh(home).rejected == 1
        assert _refresh(home).rejected == 1
        (found,) = table_of(open_state(home), MAKER.spec).rejected
        assert found.kind == RejectKind.DAMAGED
        assert verify(home).sound


@pytest.mark.slow
@settings(max_examples=40)
@given(length=NUMBERS, width=NUMBERS, height=NUMBERS)
def test_any_measure_of_a_content_fits_a_row(length: int, width: int, height: int) -> None:
    with _folder() as (folder, home), pytest.MonkeyPatch.context() as patch:
        path = _picture(folder, "a.png", 3)
        with Image.open(path) as image:
            value = MAKER.hash(sokkuri.Picture(image))

        def catalogued(*_words: object, **_options: object) -> Iterator[FileRecord]:
            yield FileRecord(path, (value,), (width, height), digest=b"\1" * 32, length=length)

        patch.setattr("sokkuri.library.refresh.hash_paths", catalogued)
        assert _refresh(home).hashed == 1
        (row,) = open_state(home).catalogue.contents.values()
        assert row[1:4] == (clamped(length), clamped(width), clamped(height))
        assert verify(home).sound


def test_a_cause_of_a_later_version_is_still_a_cause(photos: Path) -> None:
    (photos / "text.jpg").write_text("no photo")
    home = location_of(photos)
    _refresh(home)
    state = open_state(home)
    (row,) = state.catalogue.rejections.values()
    later = row._replace(kind=b"too modern", detail=b"as it was said")
    state.catalogue.rejections[row.id] = later  # type: ignore[index]
    (found,) = table_of(state, MAKER.spec).rejected
    assert (found.kind, found.detail) == (RejectKind.UNREADABLE, "as it was said")


DATES = {
    "after 64 bits of nanoseconds": "2262-04-12",
    "the last of ext4": "2446-05-10",
    "before 1970": "1901-12-14",
    "FAT's last year": "2107-12-31",
}


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("date", DATES.values(), ids=list(DATES))
def test_a_photo_of_any_date_is_a_photo(
    photos: Path, date: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = int(np.datetime64(date, "s").astype(np.int64))
    odd = photos / "photo-2.jpg"
    os.utime(odd, ns=(seconds * 10**9,) * 2)
    if os.stat(odd).st_mtime_ns != seconds * 10**9:
        pytest.skip("NOT RUN: the file system here does not hold such a date")
    plain = sokkuri.search(photos / "photo-4.jpg", photos, library=None)
    assert sokkuri.search(photos / "photo-4.jpg", photos).matches == plain.matches
    library = sokkuri.Library.open(photos)
    assert library.refresh().unchanged == 12
    odd.write_bytes((photos / "photo-4.jpg").read_bytes())
    os.utime(odd, ns=(seconds * 10**9,) * 2)
    assert (done := library.refresh()).known == 1
    assert done.unchanged == 11


@pytest.mark.usefixtures("settled")
def test_times_that_no_row_can_hold_prove_nothing(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = location_of(photos)
    with _told(photos, {"st_mtime_ns": 11 * 10**18}):
        _refresh(home)
    with _told(photos, {"st_mtime_ns": 12 * 10**18}):
        assert _refresh(home).unchanged == 12  # nothing else differs
    with _told(photos, {"st_mtime_ns": 12 * 10**18, "st_ino": 7}):
        assert _refresh(home).known == 12


def test_a_change_time_that_somebody_set_is_no_reason_for_doubt(photos: Path) -> None:
    home = location_of(photos)
    with _told(photos, {"st_ctime_ns": 1 << 62, "st_mtime_ns": 1 << 62}):
        assert _refresh(home).seen == 12
        assert _refresh(home).unchanged == 12
