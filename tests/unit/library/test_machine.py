"""A library beside a dict of what lies in the folder, whatever is done to it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
)
from PIL import Image

import sokkuri
from sokkuri.library import location_of, open_state, table_of
from sokkuri.library.admin import compact
from sokkuri.library.refresh import refresh
from sokkuri.library.repair import verify

NAME = "ahash-gray-8"
MAKER = sokkuri.hasher(NAME)


def _picture(seed: int) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (12, 10), np.uint8)
    return Image.fromarray(pixels)


class LibraryMachine(RuleBasedStateMachine):
    """Files come, go, move and change; the library is to say what a fresh look says."""

    files = Bundle("files")

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setenv("SOKKURI_SETTLE_SECONDS", "0.000000001")
        self.place = Path(tempfile.mkdtemp())
        self.folder = self.place / "photos"
        self.folder.mkdir()
        self.home = location_of(self.folder, self.place / "kept")
        self.seeds: dict[Path, int] = {}
        self.known: set[int] = set()
        self.fresh = False
        self.number = 0

    def teardown(self) -> None:
        self.patch.undo()
        shutil.rmtree(self.place)

    def _name(self) -> Path:
        self.number += 1
        return self.folder / f"写真 {self.number}.png"

    @initialize()
    def begin(self) -> None:
        self._refresh()

    @rule(target=files, seed=st.integers(0, 12))
    def add(self, seed: int) -> Path:
        path = self._name()
        _picture(seed).save(path)
        self.seeds[path], self.fresh = seed, False
        return path

    @rule(path=files, seed=st.integers(0, 12))
    def change(self, path: Path, seed: int) -> None:
        _picture(seed).save(path)
        self.seeds[path], self.fresh = seed, False

    @rule(target=files, path=files)
    def copy(self, path: Path) -> Path:
        other = self._name()
        shutil.copy2(path, other)
        self.seeds[other], self.fresh = self.seeds[path], False
        return other

    @rule(target=files, path=consumes(files))
    def move(self, path: Path) -> Path:
        other = self._name()
        os.rename(path, other)
        self.seeds[other], self.fresh = self.seeds.pop(path), False
        return other

    @rule(path=files)
    def touch(self, path: Path) -> None:
        os.utime(path, (1e9 + self.number, 1e9))
        self.fresh = False

    @rule(path=consumes(files))
    def remove(self, path: Path) -> None:
        path.unlink()
        self.seeds.pop(path)
        self.fresh = False

    @rule()
    def refresh(self) -> None:
        self._refresh()

    def _refresh(self) -> None:
        done = refresh(self.home, [MAKER])
        new = set(self.seeds.values()) - self.known
        # Where all files are gone at once, everything is kept.
        if self.seeds or not done.kept:
            assert done.decodes == len(new)
            assert done.seen == len(self.seeds)
            self.known |= new
            self.fresh = True

    @rule()
    def compact(self) -> None:
        if self.fresh:
            compact(self.home)
            self.known = set(self.seeds.values())

    @rule(seed=st.integers(0, 12), k=st.integers(1, 5))
    def search(self, seed: int, k: int) -> None:
        if not self.fresh or not self.seeds:
            return
        query = MAKER.hash(sokkuri.Picture(_picture(seed)))
        library = sokkuri.Library.open(self.folder, library=self.place / "kept")
        found = library.search(query, k=k).matches
        codes = {path: MAKER.hash(sokkuri.Picture(_picture(s))) for path, s in self.seeds.items()}
        expected = sorted((query.distance(code), os.fsencode(path)) for path, code in codes.items())
        assert [(each.distance, os.fsencode(each.path)) for each in found] == expected[:k]

    @invariant()
    def says_what_a_fresh_look_says(self) -> None:
        if not self.fresh:
            return
        album = table_of(open_state(self.home), MAKER.spec)
        codes = {
            path: sokkuri.ImageHash(MAKER.spec, bytes(code))
            for path, code in zip(album.paths, album.codes, strict=True)
        }
        expected = {
            str(path): MAKER.hash(sokkuri.Picture(_picture(seed)))
            for path, seed in self.seeds.items()
        }
        assert codes == expected
        assert verify(self.home).sound


LibraryMachine.TestCase.settings = settings(
    max_examples=int(os.environ.get("SOKKURI_TEST_EXAMPLES", "15")),
    stateful_step_count=15,
    deadline=None,
)
TestLibrary = pytest.mark.slow(LibraryMachine.TestCase)
