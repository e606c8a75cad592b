"""Several processes at one library: one writes, all read, and nobody sees half of anything."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import sokkuri
from sokkuri.library import location_of
from sokkuri.library.repair import verify

Waves = Callable[[int, int, int], NDArray[np.uint8]]

PHOTOS = 80
SEARCHES = int(os.environ.get("SOKKURI_TEST_SEARCHES", "300"))

WRITING = """
import sys
import sokkuri, sokkuri.library.writer as writer
writer._FILES = 4
library = sokkuri.Library.open(sys.argv[1])
for name in sys.argv[2:]:
    library.refresh(hash=["look-2", name], workers=1)
    library.compact()
print("done", flush=True)
"""

READING = """
import sys
import sokkuri
from sokkuri.errors import NothingToSearch
folder, count, query = sys.argv[1], int(sys.argv[2]), sokkuri.ImageHash.parse(sys.argv[3])
truth = dict(line.rsplit(" ", 1) for line in sys.stdin.read().splitlines())
answers = 0
while answers < count:
    # A fresh one each time, as another command would be.
    library = sokkuri.Library.open(folder)
    try:
        for match in library.search(query, k=1000).matches:
            assert truth[match.path] == str(match.distance), match
    except NothingToSearch:
        continue
    answers += 1
print(answers)
"""


def _photos(folder: Path, waves: Waves) -> None:
    folder.mkdir()
    for seed in range(PHOTOS):
        Image.fromarray(waves(48, 32, seed)).save(folder / f"{seed:03}.png")


def test_readers_see_whole_commits_while_one_writes(tmp_path: Path, waves: Waves) -> None:
    folder = tmp_path / "photos"
    _photos(folder, waves)
    query = sokkuri.hash_image(folder / "003.png")
    found = sokkuri.search(folder / "003.png", folder, k=1000, library=None)
    truth = "\n".join(f"{match.path} {match.distance}" for match in found.matches)
    names = ["ahash-gray-8", "ahash-gray-16", "dhash-8", "dhash-16", "phash-8"]
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITING, str(folder), *names], stdout=subprocess.PIPE
    )
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READING, str(folder), str(SEARCHES), str(query)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    for reader in readers:
        said, errors = reader.communicate(truth, timeout=120)
        assert (said.strip(), errors) == (str(SEARCHES), "")
    assert writer.communicate(timeout=120)[0] == b"done\n"
    assert verify(location_of(folder)).sound


def test_two_writers_take_turns_or_are_refused(tmp_path: Path, waves: Waves) -> None:
    folder = tmp_path / "photos"
    _photos(folder, waves)
    command = [sys.executable, "-m", "sokkuri", "index", str(folder), "--hash"]
    writers = [
        subprocess.Popen([*command, name], stderr=subprocess.PIPE, text=True)
        for name in ("ahash-gray-8", "look-2", "ahash-gray-8")
    ]
    for writer in writers:
        _, errors = writer.communicate(timeout=120)
        assert writer.returncode == 0 or "is writing to it" in errors, errors
    assert verify(location_of(folder)).sound
    assert sokkuri.Library.open(folder).refresh(hash=["look-2", "ahash-gray-8"]).seen == PHOTOS
    kept = {hash_.name: hash_.rows for hash_ in sokkuri.Library.open(folder).info().hashes}
    assert kept == {"look-2": PHOTOS, "ahash-gray-8": PHOTOS}


def test_a_writer_that_waits_too_long_is_refused_by_name(tmp_path: Path, waves: Waves) -> None:
    folder = tmp_path / "photos"
    _photos(folder, waves)
    sokkuri.Library.open(folder).refresh()

    with location_of(folder).directory.write_lock():
        done = subprocess.run(
            [sys.executable, "-m", "sokkuri", "index", str(folder), "--hash", "dhash-8"],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    assert done.returncode == 2
    assert f"process {os.getpid()} is writing to it" in done.stderr
    assert "wait until it is done" in done.stderr
