"""Keys of points are made when codes are saved, and no answer depends on what was kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.copies.scenes import scene

import sokkuri
from sokkuri.copies import candidates
from sokkuri.copies.point_keys import PointKeys, source_and_photos
from sokkuri.library import Location, location_of
from sokkuri.library.admin import compact
from sokkuri.library.repair import repair, verify

Answer = list[tuple[str, float]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed in range(5):
        scene(seed).save(folder / f"{9 - seed}.png")
    scene(2).crop((60, 40, 420, 330)).save(folder / "part.png")
    return folder


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[int]]:
    """Note for how many photos keys are made to be searched."""
    made: list[int] = []

    class _Noted(PointKeys):
        @classmethod
        def of(cls, codes, room, workers=None):  # type: ignore[no-untyped-def]
            made.append(len(codes))
            return PointKeys.of(codes, room, workers)

    monkeypatch.setattr(candidates, "PointKeys", _Noted)
    return lambda: [made.pop() for _ in range(len(made))]


def _copies(folder: Path) -> Answer:
    with sokkuri.Library.open(folder) as library:
        library.refresh(hash="copies-150")
        found = library.find_copies(folder / "part.png")
    return [(os.path.basename(copy.path), copy.score) for copy in found.copies]


def _index(folder: Path) -> Path:
    with sokkuri.Library.open(folder) as library:
        library.refresh(hash="copies-150")
    return _keys(folder)


def _home(folder: Path) -> Location:
    return location_of(folder)


def _keys(folder: Path) -> Path:
    (path,) = Path(_home(folder).directory.codes).glob("copies-150-*.keys")
    return path


def test_keys_are_made_when_codes_are_saved(folder: Path, tables: Callable[[], list[int]]) -> None:
    (expected,) = sokkuri.find_copies([folder / "part.png"], folder, library=None)
    assert tables() == [6]
    keys = _index(folder)
    assert source_and_photos(keys)[1] == 6
    assert _copies(folder) == [(os.path.basename(c.path), c.score) for c in expected.copies]
    assert tables() == []
    assert [name for name, _ in _copies(folder)] == ["part.png", "7.png"]
    assert verify(_home(folder)).sound


def test_photos_that_came_later_are_found_too(
    folder: Path, tables: Callable[[], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sokkuri.library import point_keys

    monkeypatch.setattr(point_keys, "_FEW", 3)
    keys = _index(folder)
    before = keys.read_bytes()
    shutil.move(folder / "7.png", folder / "seven.png")
    scene(2).rotate(4).save(folder / "0 turned.png")
    names = [name for name, _ in _copies(folder)]
    assert sorted(names) == ["0 turned.png", "part.png", "seven.png"]
    assert tables() == [1]
    assert keys.read_bytes() == before
    for seed in range(20, 24):
        scene(seed).save(folder / f"{seed}.png")
    assert [name for name, _ in _copies(folder)] == names
    assert tables() == []
    assert source_and_photos(keys)[1] == 11


@pytest.mark.parametrize("how", ["lost", "flipped", "cut", "older"])
def test_damaged_keys_change_no_answer_and_are_made_anew(folder: Path, how: str) -> None:
    keys = _index(folder)
    expected, data = _copies(folder), keys.read_bytes()
    if how == "lost":
        keys.unlink()
    elif how == "flipped":
        keys.write_bytes(data[:-9] + bytes([data[-9] ^ 16]) + data[-8:])
    elif how == "cut":
        keys.write_bytes(data[:5000])
    else:
        other = folder.parent / "other"
        other.mkdir()
        scene(77).save(other / "one.png")
        keys.write_bytes(_index(other).read_bytes())
    damages = verify(_home(folder)).damages
    assert [os.path.basename(each.path) for each in damages] == (
        [keys.name] if how in ("flipped", "cut") else []
    )
    assert _copies(folder) == expected
    repair(_home(folder))
    with sokkuri.Library.open(folder) as library:
        library.refresh(hash="copies-150")
    assert verify(_home(folder)).sound
    assert source_and_photos(keys)[1] == 6
    assert _copies(folder) == expected


def test_keys_of_rows_that_were_taken_back_are_not_used(folder: Path) -> None:
    keys = _index(folder)
    data = keys.read_bytes()
    home = _home(folder)
    shutil.rmtree(home.directory.path)
    for seed in range(5):
        scene(30 + seed).save(folder / f"{9 - seed}.png")
    scene(32).rotate(3).save(folder / "part.png")
    again = _index(folder)
    expected = _copies(folder)
    again.write_bytes(data)  # as many rows, of a segment that is no more
    assert _copies(folder) == expected
    assert again.read_bytes() != data


def test_compaction_leaves_no_keys_of_what_is_gone(folder: Path) -> None:
    keys = _index(folder)
    (folder / "5.png").unlink()
    expected = _copies(folder)
    assert compact(_home(folder)).contents == 1
    assert not keys.exists()
    assert source_and_photos(_keys(folder))[1] == 5
    assert _copies(folder) == expected


def test_a_disk_without_room_for_keys_costs_no_photo(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(PointKeys, "save", full)
    with sokkuri.Library.open(folder) as library:
        library.refresh(hash="copies-150")
    assert not list(Path(_home(folder).directory.codes).glob("*.keys"))
    assert [name for name, _ in _copies(folder)] == ["part.png", "7.png"]
