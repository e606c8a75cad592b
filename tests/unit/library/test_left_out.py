"""What is left out of a folder stays in its library, and in no answer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import sokkuri
from sokkuri.library import Location, Refreshed, location_of, open_state, table_of
from sokkuri.library.admin import compact
from sokkuri.library.refresh import refresh as bring_up_to_date

NAME = "ahash-gray-8"


pytestmark = pytest.mark.usefixtures("settled")


def _refresh(home: Location, *exclude: str) -> Refreshed:
    done = bring_up_to_date(home, [sokkuri.hasher(NAME)], exclude=exclude, workers=1)
    assert done.seen == len(done.scan.files) + len(done.scan.listing.rejected)
    return done


def _known(home: Location, *exclude: str) -> list[str]:
    """Return what an album shows without a walk, which is what one with a walk shows."""
    spec = sokkuri.hasher(NAME).spec
    state = open_state(home, [spec])
    album = table_of(state, spec, exclude=exclude)
    done = _refresh(home, *exclude)
    walked = table_of(done.state, spec, done.scan)
    assert (album.paths, album.other_files) == (walked.paths, walked.other_files)
    assert list(album.paths) == [
        item.path for item in sokkuri.hash_files(home.root, hash=NAME, exclude=exclude) if item.hash
    ]
    return [os.path.relpath(path, home.root) for path in album.paths]


@pytest.mark.parametrize("pattern", ["内側/", "/内側", "内側/*.jpg", "**/内側/**"])
def test_rows_of_what_is_left_out_stay(photos: Path, pattern: str) -> None:
    home = location_of(photos)
    assert _refresh(home).hashed == 11
    again = _refresh(home, pattern)
    assert (again.seen, again.unchanged, again.vanished, again.decodes) == (8, 8, 0, 0)
    assert len(_known(home, pattern)) == 8
    compact(home)
    assert len(_known(home)) == 12
    assert _refresh(home).decodes == 0


@pytest.mark.parametrize("lines", ["内側/\n", "/内側/*\n", "# none\n*\n!/*.jpg\n!/*.png\n"])
def test_files_of_patterns_count_without_a_walk(photos: Path, lines: str) -> None:
    home = location_of(photos)
    _refresh(home)
    (photos / ".sokkuriignore").write_text(lines)
    done = _refresh(home)
    assert (done.seen, done.unchanged, done.other_files, done.rejected) == (9, 8, 1, 0)
    assert done.vanished == 0
    assert len(_known(home)) == 8
    # What was changed counts at once, and what is wanted again is there at once.
    (photos / ".sokkuriignore").write_text("*.png\n")
    assert len(_known(home)) == 11
    (photos / ".sokkuriignore").unlink()
    done = _refresh(home)
    assert (done.unchanged, done.vanished, done.decodes) == (12, 1, 0)
    assert len(_known(home)) == 12


def test_a_change_of_patterns_is_a_commit(photos: Path) -> None:
    # Whoever keeps answers until the library changes would go on with the old patterns.
    library = sokkuri.Library.open(photos)
    library.refresh(hash=NAME)
    assert len(library.table(NAME)) == 12
    for lines, photos_left in (("内側/\n", 8), ("内側/\n*.png\n", 7), ("\n", 12)):
        (photos / ".sokkuriignore").write_text(lines)
        library.refresh(hash=NAME)
        assert len(library.table(NAME)) == photos_left
        assert library.search(photos / "photo-2.jpg", hash=NAME).searched == photos_left


def test_an_open_library_leaves_out_what_it_was_told(photos: Path) -> None:
    sokkuri.Library.open(photos).refresh(hash=NAME)
    library = sokkuri.Library.open(photos, exclude=["内側/", "gone"])
    assert len(library.table(NAME)) == 8
    found = library.search(photos / "photo-2.jpg", hash=NAME)
    assert (found.searched, found.unused_exclude) == (8, ("gone",))
    assert library.refresh(hash=NAME).unused_exclude == ("gone",)
    assert library.refresh(hash=NAME, exclude=()).seen == 12


def test_other_files_are_counted_each_time(photos: Path) -> None:
    (photos / "a.xmp").write_text("<x:xmpmeta/>")
    (photos / "._a.jpg").write_bytes(b"\x00\x05\x16\x07")
    (photos / "内側/.nomedia").touch()
    (photos / "LICENSE").write_text("Permission is hereby granted")
    (photos / "内側/labels.csv").write_text("BMI,age\n22,31\n")
    (photos / "lost.jpg").write_text("no photo")
    home = location_of(photos)
    for hashed in (11, 0, 0):
        done = _refresh(home)
        assert (done.hashed, done.other_files, done.rejected) == (hashed, 5, 1)
    library = sokkuri.Library.open(photos)
    assert [each.path for each in library.rejected(done, NAME)] == [str(photos / "lost.jpg")]
    info = library.info()
    assert (info.files, info.rejected, info.other_files) == (18, 1, 5)
    table = library.table(NAME)
    assert (len(table.rejected), len(table.other_files)) == (1, 5)
    # One that becomes a picture is a photo.
    (photos / "._a.jpg").write_bytes((photos / "photo-2.jpg").read_bytes())
    done = _refresh(home)
    assert (done.known, done.other_files) == (1, 4)
