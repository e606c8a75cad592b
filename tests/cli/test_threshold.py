"""``sokkuri threshold``."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

Runner = Callable[..., "subprocess.CompletedProcess[bytes]"]
Waves = Callable[[int, int, int], NDArray[np.uint8]]


@pytest.fixture
def many(tmp_path: Path, waves: Waves) -> Path:
    """Return a folder of just enough photos, of which two are nearly equal."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(230):
        Image.fromarray(waves(40, 30, number)).save(folder / f"{number:03}.png")
    Image.fromarray(waves(40, 30, 7)).resize((80, 60)).save(folder / "larger.png")
    (folder / "notes.jpg").write_text("no photo")
    return folder


def test_a_pipe_gets_the_number_and_a_person_the_reason(sokkuri: Runner, many: Path) -> None:
    done = sokkuri("threshold", many, "--hash", "phash-16", "--no-library")
    assert done.returncode == 0, done.stderr
    limit = int(done.stdout)
    assert 0 < limit < 100
    notes = done.stderr.decode()
    assert f"phash-16 · 256 bits · at {limit} bits: " in notes
    assert "by chance" in notes
    assert "seen 232 = hashed 231 + rejected 1" in notes


def test_json_has_every_distance(sokkuri: Runner, many: Path) -> None:
    words = ("threshold", many, "--hash", "phash-16", "--no-library", "--json", "-q")
    done = sokkuri(*words)
    assert (done.returncode, done.stderr) == (0, b"")
    document = json.loads(done.stdout)
    assert document["basis"] == "chance"
    assert document["photos"] + document["low_quality"] == 231
    assert document["sampled"] <= document["photos"]
    distances = document["distances"]
    assert [row["distance"] for row in distances] == list(range(len(distances)))
    chosen = distances[document["max_distance"]]
    assert chosen["by_chance"] <= max(1, chosen["pairs"] / 100)
    assert sokkuri(*words, "--workers", "1").stdout == done.stdout


def test_a_figure_is_drawn(sokkuri: Runner, many: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    target = tmp_path / "chance.svg"
    done = sokkuri("threshold", many, "--rgb", "--no-library", "-o", target)
    assert done.returncode == 0, done.stderr
    assert f"saved {target}".encode() in done.stderr
    assert b"<svg" in target.read_bytes()


def test_what_cannot_be_is_said(sokkuri: Runner, many: Path, tmp_path: Path) -> None:
    done = sokkuri("threshold", many, "--no-library", "--strict", "-q")
    assert done.returncode == 3
    done = sokkuri("threshold", many, "-o", tmp_path / "chance.txt")
    assert done.returncode == 2
    done = sokkuri("threshold", many, "--hash", "copies-150")
    assert (done.returncode, b"has no distance" in done.stderr) == (2, True)
    done = sokkuri("threshold", tmp_path / "nowhere")
    assert done.returncode == 2


def test_a_search_says_how_many_are_there_by_chance(sokkuri: Runner, many: Path) -> None:
    words = ("search", many / "007.png", many, "--hash", "phash-16", "--no-library")
    done = sokkuri(*words, "--max-distance", "110", "--json", "-q")
    document = json.loads(done.stdout)
    assert 1 < document["by_chance"] < 231
    number, matched = round(document["by_chance"]), len(document["matches"])
    notes = sokkuri(*words, "--max-distance", "110").stderr.decode()
    told = f"about {number} of {matched} by chance"
    assert told in notes or f"a usual photo has about {number} there by chance" in notes
    assert "by chance" not in sokkuri(*words, "--max-distance", "110", "-l").stderr.decode()
    assert "by_chance" not in json.loads(sokkuri(*words, "-k", "3", "--json", "-q").stdout)
    narrow = sokkuri(*words, "--max-distance", "20").stderr.decode()
    assert "1 of" in narrow or "2 of" in narrow
    assert "by chance" not in narrow
