"""A library on a medium that cannot be written is used as it is, and is none of the photos."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import sokkuri
from sokkuri.errors import StoreError
from sokkuri.pipeline import hash_paths, list_files

Waves = Callable[[int, int, int], NDArray[np.uint8]]

NAME = "ahash-gray-8"


pytestmark = pytest.mark.usefixtures("settled")


def _write_protect(patch: pytest.MonkeyPatch) -> None:
    def refuse(*_words: object, **_options: object) -> None:
        raise OSError(30, "Read-only file system")

    # A lock is the first thing that is written, whoever runs this.
    patch.setattr("filelock.FileLock.acquire", refuse)


@pytest.fixture
def carried(photos: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a copy of a folder with its library, to which nothing can be written."""
    library = sokkuri.Library.open(photos, library=photos / ".sokkuri")
    library.refresh(hash=NAME)
    library.refresh(hash="dhash-8", exclude=["内側"])
    copy = photos.with_name("媒体") / "photos"
    shutil.copytree(photos, copy)
    shutil.rmtree(photos)
    _write_protect(monkeypatch)
    kept = [path for path in (copy / ".sokkuri").rglob("*") if path.is_file()]
    before = [path.read_bytes() for path in kept]
    yield copy
    assert [path.read_bytes() for path in kept] == before


def _search(folder: Path, **options: Any) -> Any:
    told: dict[str, Any] = {"hash": NAME, "library": folder / ".sokkuri", "k": 50, **options}
    return sokkuri.search(folder / "photo-2.jpg", folder, **told)


def _answer(found: Any) -> tuple[object, ...]:
    return found.matches, found.searched, found.rejected


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of files that were hashed for a search alone."""
    names: list[str] = []
    real = hash_paths

    def counted(makers: Any, paths: Any, **options: Any) -> Any:
        paths = list(paths)
        names.extend(os.path.basename(path) for path in paths)
        return real(makers, paths, **options)

    for module in ("engine.table", "library.photos"):
        monkeypatch.setattr(f"sokkuri.{module}.hash_paths", counted)
    return names


def test_all_that_it_knows_is_used(carried: Path, decoded: list[str]) -> None:
    found = _search(carried)
    assert (found.searched, found.notes, decoded) == (12, (), [])
    assert _answer(found) == _answer(_search(carried, library=None))
    done = sokkuri.Library.open(carried, library=carried / ".sokkuri").refresh(hash=NAME)
    assert (done.unchanged, done.unread) == (12, ())
    assert "Read-only" in done.unwritten


def test_only_what_it_does_not_know_is_read(
    carried: Path, decoded: list[str], waves: Waves
) -> None:
    Image.fromarray(waves(60, 50, 70)).save(carried / "新しい.png")
    Image.fromarray(waves(60, 50, 71)).save(carried / "photo-4.jpg")
    (carried / "text.jpg").write_text("no photo")
    (carried / "photo-8.jpg").unlink()
    found = _search(carried)
    assert sorted(decoded) == sorted(["新しい.png", "photo-4.jpg", "text.jpg"])
    why = f"{carried / '.sokkuri'}: nothing can be written there: Read-only file system"
    note = f"the library is not used for what is new ({why}); 3 files were read for this search"
    assert found.notes == (note,)
    assert _answer(found) == _answer(_search(carried, library=None))
    with pytest.raises(StoreError, match="nothing can be written"):
        sokkuri.Library.open(carried, library=carried / ".sokkuri").refresh(hash=NAME)


def test_another_hash_than_it_has_is_made_for_the_search(carried: Path, decoded: list[str]) -> None:
    found = _search(carried, hash="ahash-rgb-4")
    assert len(decoded) == 12
    plain = _search(carried, hash="ahash-rgb-4", library=None)
    assert _answer(found) == _answer(plain)


def test_a_hash_that_it_has_of_some_is_made_for_the_others(
    carried: Path, decoded: list[str]
) -> None:
    found = _search(carried, hash="dhash-8")
    assert len(decoded) == len(list((carried / "内側").iterdir()))
    plain = _search(carried, hash="dhash-8", library=None)
    assert _answer(found) == _answer(plain)


def test_the_same_on_the_medium_where_it_was_made(
    photos: Path, decoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    library = sokkuri.Library.open(photos, library=photos / ".sokkuri")
    library.refresh(hash="dhash-8", exclude=["photo-4.jpg"])
    library.refresh(hash=NAME)
    _write_protect(monkeypatch)
    found = _search(photos, hash="dhash-8")
    assert (found.searched, decoded) == (12, ["photo-4.jpg"])
    plain = _search(photos, hash="dhash-8", library=None)
    assert _answer(found) == _answer(plain)


def test_what_other_limits_rejected_is_read_for_the_search(
    photos: Path, decoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (photos / "a.xmp").write_text("<x:xmpmeta/>")
    with monkeypatch.context() as patch:
        patch.setenv("SOKKURI_MAX_PIXELS", "9")
        library = sokkuri.Library.open(photos, library=photos / ".sokkuri")
        assert library.refresh(hash=NAME).rejected == 12
    _write_protect(monkeypatch)
    found = _search(photos)
    assert (found.searched, len(decoded), len(found.other_files)) == (12, 13, 1)
    plain = _search(photos, library=None)
    assert _answer(found) == _answer(plain)


def test_what_cannot_be_forgotten_is_an_error(carried: Path) -> None:
    library = sokkuri.Library.open(carried, library=carried / ".sokkuri")
    (carried / "photo-8.jpg").unlink()
    assert library.refresh(hash=NAME).vanished == 1
    with pytest.raises(StoreError, match="nothing can be written"):
        library.refresh(hash=NAME, forget_missing=True)
    with pytest.raises(StoreError, match="nothing can be written"):
        library.refresh(hash=NAME, read_all=True)


@pytest.mark.skipif(os.name != "posix" or not hasattr(os, "geteuid"), reason="rights of POSIX")
def test_another_user_reads_it(photos: Path) -> None:
    sokkuri.Library.open(photos, library=photos / ".sokkuri").refresh(hash=NAME)
    copy = photos.with_name("copy")
    shutil.copytree(photos, copy)
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    for place in copy.parents:
        if place != Path("/") and place.stat().st_uid == os.geteuid():
            place.chmod(place.stat().st_mode | 0o755)
    # Everything that is imported late must be there before the rights are gone.
    code = (
        "import os, sys, sokkuri, filelock, sokkuri.library; here, query, kept = sys.argv[1:]; "
        "sokkuri.search(query, here, hash='ahash-gray-8', library=kept, refresh=False); "
        "os.geteuid() or (os.setgid(65534), os.setuid(65534)); "
        "found = sokkuri.search(query, here, hash='ahash-gray-8', library=kept); "
        "print(found.searched, found.notes, found.rejected)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, copy, copy / "photo-2.jpg", copy / ".sokkuri"],
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    for path in (copy, *(path for path in copy.rglob("*") if path.is_dir())):
        path.chmod(0o755)
    assert (done.stdout, done.stderr) == (b"12 () ()\n", b"")


def _names(*folders: Path) -> list[str]:
    return [os.path.relpath(path, folders[0]) for path in list_files(folders).files]


def test_no_file_of_a_library_is_a_photo(photos: Path) -> None:
    before = _names(photos)
    inner = photos / "内側"
    sokkuri.Library.open(inner, library=inner / ".sokkuri").refresh(hash=NAME)
    sokkuri.Library.open(photos, library=photos / "保管").refresh(hash=NAME)
    other = photos.with_name("others")
    shutil.copytree(inner, other)
    sokkuri.Library.open(other, library=photos / "theirs").refresh(hash=NAME)
    assert _names(photos) == before
    found = sokkuri.search(photos / "photo-2.jpg", photos, library=None, hash=NAME)
    assert (found.searched, found.rejected) == (12, ())
    assert sokkuri.Library.open(photos).refresh(hash=NAME).seen == 12
    # While another process writes, or died at it, there are more of them.
    for place in ("保管/.sokkuri-x.part", "保管/catalogue.sqlite-wal", "保管/codes/lost.codes"):
        (photos / place).touch()
    assert _names(photos) == before


@pytest.mark.parametrize("damage", ["cut", "lost", "newer"])
def test_a_damaged_library_is_still_one(photos: Path, damage: str) -> None:
    before = _names(photos)
    sokkuri.Library.open(photos, library=photos / ".sokkuri").refresh(hash=NAME)
    catalogue = photos / ".sokkuri/catalogue.sqlite"
    data = bytearray(catalogue.read_bytes())
    data[60:64] = b"\0\0\0\x63"
    if damage == "lost":
        catalogue.unlink()
    else:
        catalogue.write_bytes(data if damage == "newer" else b"")
    assert _names(photos) == before


def test_what_else_lies_in_a_library_is_listed(photos: Path) -> None:
    sokkuri.Library.open(photos, library=photos / ".sokkuri").refresh(hash=NAME)
    for name in ("mine.jpg", "codes/mine.jpg", "deeper/stamp"):
        (photos / ".sokkuri" / name).parent.mkdir(exist_ok=True)
        shutil.copy(photos / "photo-2.jpg", photos / ".sokkuri" / name)
    own = [name for name in _names(photos) if name.startswith(".sokkuri")]
    assert own == [".sokkuri/codes/mine.jpg", ".sokkuri/deeper/stamp", ".sokkuri/mine.jpg"]


def test_files_of_such_names_elsewhere_are_listed(photos: Path) -> None:
    for name in ("stamp", "writer", "catalogue.sqlite", "codes/a.codes", "内側/writer.lock"):
        (photos / name).parent.mkdir(exist_ok=True)
        shutil.copy(photos / "photo-2.jpg", photos / name)
    assert {"stamp", "writer", "catalogue.sqlite", "codes/a.codes"} <= set(_names(photos))
    assert "内側/writer.lock" in _names(photos)
    # A file that is named outright is looked at, whatever it is.
    sokkuri.Library.open(photos, library=photos / "kept").refresh(hash=NAME)
    stamp = photos / "kept/stamp"
    assert list_files([stamp]).files == (str(stamp),)


def test_what_was_young_when_it_was_indexed_is_read_and_not_decoded(
    photos: Path, decoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("SOKKURI_SETTLE_SECONDS", "1000000")
        sokkuri.Library.open(photos, library=photos / ".sokkuri").refresh(hash=NAME)
    _write_protect(monkeypatch)
    found = _search(photos)
    assert (found.searched, found.notes, decoded) == (12, (), [])
    assert _answer(found) == _answer(_search(photos, library=None))
    changed = photos / "photo-4.jpg"
    status = changed.stat()
    data = bytearray(changed.read_bytes())
    data[-3] ^= 0x10
    changed.write_bytes(data)
    os.utime(changed, ns=(status.st_atime_ns, status.st_mtime_ns))
    decoded.clear()
    found = _search(photos)
    assert decoded == ["photo-4.jpg"]
    assert _answer(found) == _answer(_search(photos, library=None))
