"""What was written once is read for ever."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import ModuleType

import pytest
from tests.scripts import load_script

import sokkuri
from sokkuri.index.index import Index
from sokkuri.library import location_of, open_state, table_of
from sokkuri.library.repair import verify
from sokkuri.stores.schema import samples_in

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def making() -> ModuleType:
    return load_script(HERE / "make_library.py")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    shutil.copytree(HERE / "library-1", tmp_path / "library-1")
    (tmp_path / "photos").mkdir()
    return tmp_path


def test_a_library_of_format_1_says_what_it_said(kept: Path, making: ModuleType) -> None:
    home = location_of(kept / "photos", kept / "library-1")
    assert verify(home).sound
    state = open_state(home)
    for name in making.NAMES:
        maker = sokkuri.hasher(name)
        album = table_of(state, maker.spec)
        found = dict(zip(album.paths, [bytes(code) for code in album.codes], strict=True))
        seeds = {f"写真 {seed}.png": seed for seed in range(5)} | {"copy of 2.png": 2}
        assert found == {
            str(kept / "photos" / path): maker.hash(sokkuri.Picture(making.picture(seed))).code
            for path, seed in seeds.items()
        }
        assert [item.kind.value for item in album.rejected] == ["not an image"]


def test_a_library_of_format_1_is_searched(kept: Path, making: ModuleType) -> None:
    query = sokkuri.hasher("ahash-rgb-4").hash(sokkuri.Picture(making.picture(2)))
    library = sokkuri.Library.open(kept / "photos", library=kept / "library-1")
    found = library.search(query, max_distance=0)
    assert [Path(match.path).name for match in found.matches] == ["copy of 2.png", "写真 2.png"]


def test_a_library_of_format_1_is_brought_up_to_date(kept: Path, making: ModuleType) -> None:
    for seed in range(6):
        making.picture(seed).save(kept / "photos" / f"写真 {seed}.png")
    library = sokkuri.Library.open(kept / "photos", library=kept / "library-1")
    done = library.refresh(hash=making.NAMES)
    assert (done.seen, done.rejected, done.vanished) == (6, 0, 2)
    assert library.verify().sound
    # What later versions note besides is there now.
    catalogue = done.state.catalogue
    assert set(samples_in(catalogue.samples.values())) == {
        row.content for row in catalogue.files.values()
    }
    assert set(catalogue.folders) == {b""}


def test_an_index_of_format_1_is_searched(making: ModuleType) -> None:
    index = Index.open(HERE / "codes-1.index")
    assert (index.codes == making.codes()).all()
    assert [index.key(number) for number in range(20)] == [f"鍵/{n}" for n in range(20)]
    assert index.search(making.codes()[7], k=1) == [("鍵/7", 7, 0)]


LOOKED = {
    "red.jpg": 0.0,
    "棚/copy of red.jpg": 0.0,
    "棚/青い服.jpg": 0.19140625,
    "blue.jpg": 0.20703125,
}


@pytest.fixture
def looked(tmp_path: Path) -> Path:
    """Return a library that also notes folders and samples, with the photos it is of."""
    shutil.copytree(HERE / "library-1-look", tmp_path / "home")
    for photo in (tmp_path / "home/photos").rglob("*.jpg"):
        os.utime(photo, (1_500_000_000, 1_500_000_000))
    return tmp_path / "home"


def test_a_library_of_looks_is_searched_as_it_is(looked: Path) -> None:
    home = location_of(looked / "photos", looked / "library")
    assert verify(home).sound
    catalogue = open_state(home).catalogue
    assert set(catalogue.folders) == {b"", "棚".encode()}
    assert set(samples_in(catalogue.samples.values())) == set(catalogue.contents)
    library = sokkuri.Library.open(looked / "photos", library=looked / "library")
    for name in ("look-2", "ahash-gray-8"):
        found = library.search(looked / "photos/red.jpg", hash=name, k=9).matches
        paths = [Path(match.path).relative_to(looked / "photos").as_posix() for match in found]
        assert sorted(paths) == sorted(LOOKED)
        if name == "look-2":
            assert dict(zip(paths, [match.rate for match in found], strict=True)) == LOOKED


@pytest.mark.parametrize("touched", [False, True])
def test_a_library_of_looks_is_brought_up_to_date_without_decoding(
    looked: Path, touched: bool
) -> None:
    if touched:
        for photo in (looked / "photos").rglob("*.jpg"):
            os.utime(photo, (1_600_000_000, 1_600_000_000))
    library = sokkuri.Library.open(looked / "photos", library=looked / "library")
    done = library.refresh(hash=["ahash-gray-8", "look-2"])
    assert (done.seen, done.rejected, done.vanished, done.decodes) == (5, 1, 0, 0)
    assert done.known == (4 if touched else 0)
    assert library.verify().sound
    assert library.refresh(hash=["ahash-gray-8", "look-2"]).decodes == 0
