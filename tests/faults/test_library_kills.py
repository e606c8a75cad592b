"""A library whose writer is killed at any moment: nothing that was acknowledged is lost."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import sokkuri
from sokkuri.library import location_of, open_state, table_of
from sokkuri.library.refresh import refresh
from sokkuri.library.repair import verify

Waves = Callable[[int, int, int], NDArray[np.uint8]]
Truth = dict[str, dict[str, bytes]]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 is of POSIX")

NAMES = ["ahash-gray-8", "look-2", "copies-100"]
PHOTOS = 90
KILLS = int(os.environ.get("SOKKURI_TEST_KILLS", "20"))
COMPACTION_KILLS = int(os.environ.get("SOKKURI_TEST_COMPACTION_KILLS", "5"))

INDEXING = """
import sys
import sokkuri.library.writer as writer
from sokkuri import Library
commit = writer.LibraryWriter.commit
def told(self):
    commit(self)
    print(len(self._files), flush=True)
writer.LibraryWriter.commit, writer._FILES = told, 5
print("go", flush=True)
Library.open(sys.argv[1]).refresh(hash=sys.argv[2:], workers=1)
print("done", flush=True)
"""

COMPACTING = """
import sys
import sokkuri.library.admin
from sokkuri import Library
library = Library.open(sys.argv[1])
print("go", flush=True)
library.compact()
print("done", flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path, waves: Waves) -> Path:
    """Return a folder of small photos, a few of them with the same bytes, and a broken one."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed in range(PHOTOS):
        Image.fromarray(waves(48, 32, seed % (PHOTOS - 5))).save(folder / f"{seed:03}.png")
    (folder / "broken.jpg").write_text("no photo")
    return folder


def _truth(folder: Path) -> Truth:
    found: Truth = {name: {} for name in NAMES}
    for item in sokkuri.hash_files(folder, hash=NAMES):
        for value in item.hashes:
            found[value.spec.name][item.path] = value.code
    return found


def _kept(folder: Path) -> Truth:
    """Return what the library says now, and see that it says nothing twice."""
    state = open_state(location_of(folder))
    found: Truth = {}
    for spec, segment in state.segments.items():
        assert max(Counter(segment.owners.tolist()).values(), default=1) == 1
        album = table_of(state, spec)
        codes = [bytes(code) for code in album.codes]
        found[spec.name] = dict(zip(album.paths, codes, strict=True))
    return found


def _killed(code: str, folder: Path, after: float, *words: str) -> list[str]:
    """Run code, kill it some seconds after it says go, and return what it said besides."""
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(folder), *words], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "go\n"
    time.sleep(after)
    child.kill()
    said = child.stdout.read().split()
    child.stdout.close()
    child.wait()
    return said


def _check(folder: Path, truth: Truth, acknowledged: int) -> None:
    home = location_of(folder)
    if not home.directory.exists():
        assert not acknowledged
        return
    assert len(open_state(home).catalogue.files) >= acknowledged
    assert verify(home).sound
    for name, codes in _kept(folder).items():
        assert codes.items() <= truth[name].items()


def test_indexing_may_be_killed_at_any_moment(folder: Path) -> None:
    truth = _truth(folder)
    child = subprocess.Popen(
        [sys.executable, "-c", INDEXING, str(folder), *NAMES], stdout=subprocess.PIPE, text=True
    )
    with child, child.stdout or open(os.devnull) as lines:
        assert lines.readline() == "go\n"
        started = time.monotonic()
        assert lines.read().endswith("done\n")
    whole = time.monotonic() - started
    assert _kept(folder) == truth
    chance = random.Random(1)
    sokkuri.Library.open(folder).remove()
    acknowledged = 0
    for _ in range(KILLS):
        said = _killed(INDEXING, folder, chance.uniform(0, whole), *NAMES)
        acknowledged = max([acknowledged, *(int(word) for word in said if word != "done")])
        _check(folder, truth, acknowledged)
        if acknowledged == PHOTOS + 1:
            assert _kept(folder) == truth
            sokkuri.Library.open(folder).remove()
            acknowledged = 0
    refresh(location_of(folder), [sokkuri.hasher(name) for name in NAMES])
    assert _kept(folder) == truth
    directory = location_of(folder).directory
    assert len(directory.leftovers({})) == 3 * len(NAMES) + 1  # keys of points


def test_compaction_may_be_killed_at_any_moment(folder: Path) -> None:
    makers = [sokkuri.hasher(name) for name in NAMES]
    chance = random.Random(2)
    spare = {path: path.read_bytes() for path in sorted(folder.glob("*.png"))[::2]}
    for _ in range(COMPACTION_KILLS):
        for path, data in spare.items():
            path.write_bytes(data)
        refresh(location_of(folder), makers)
        for path in spare:
            path.unlink()
        refresh(location_of(folder), makers)
        truth = _truth(folder)
        _killed(COMPACTING, folder, chance.uniform(0, 0.05))
        assert _kept(folder) == truth
        assert verify(location_of(folder)).sound
    sokkuri.Library.open(folder).compact()
    assert _kept(folder) == truth
    state = open_state(location_of(folder))
    assert {len(segment) for segment in state.segments.values()} == {
        len({path.read_bytes() for path in folder.glob("*.png")})
    }
    assert len(location_of(folder).directory.leftovers({})) == 3 * len(NAMES) + 1  # keys of points
