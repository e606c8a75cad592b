from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from tests.unit.copies.scenes import scene

Runner = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Return a folder of a picture, a part of it, a smooth one, and one that is broken."""
    folder = tmp_path / "photos"
    folder.mkdir()
    scene(1).save(folder / "a.png")
    scene(1).crop((48, 36, 456, 342)).save(folder / "part.png")
    Image.linear_gradient("L").resize((90, 60)).save(folder / "smooth.png")
    (folder / "broken.jpg").write_text("no picture")
    return folder


@pytest.mark.parametrize("verb", ["search", "copies"])
@pytest.mark.parametrize("words", [(), ("--paths",), ("--nl",)])
def test_an_unreadable_query_leaves_nothing_in_a_pipe(
    sokkuri: Runner, photos: Path, verb: str, words: tuple[str, ...]
) -> None:
    done = sokkuri(verb, photos / "broken.jpg", photos, *words)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"cannot read the query" in done.stderr


@pytest.mark.parametrize("verb", ["search", "copies"])
def test_a_table_that_was_asked_for_has_its_head(sokkuri: Runner, photos: Path, verb: str) -> None:
    done = sokkuri(verb, photos / "broken.jpg", photos, "--tsv")
    assert done.returncode == 2
    assert done.stdout.startswith(b"query\trank\tpath\t")
    assert done.stdout.count(b"\n") == 1


def test_a_pipe_gets_the_score_and_the_path(sokkuri: Runner, photos: Path) -> None:
    done = sokkuri("copies", photos / "a.png", photos)
    assert done.returncode == 0, done.stderr
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert [path for _, path in rows] == [str(photos / "a.png"), str(photos / "part.png")]
    assert all(float(score) >= 1.15 for score, _ in rows)
    several = sokkuri("copies", photos / "a.png", photos / "broken.jpg", photos)
    assert several.returncode == 2
    lines = several.stdout.decode().splitlines()
    assert lines == [f"{photos / 'a.png'}\t{score}\t{path}" for score, path in rows]


def test_too_little_is_told_in_words_and_in_json(sokkuri: Runner, photos: Path) -> None:
    done = sokkuri("copies", photos / "smooth.png", photos, "--json")
    assert done.returncode == 0
    assert b"too little to tell: " in done.stderr
    document = json.loads(done.stdout)
    assert document["too_little"]
    assert [copy["same"] for copy in document["copies"]] == ["bytes"]
    plain = sokkuri("copies", photos / "a.png", photos, "--json")
    assert b"too little" not in plain.stderr
    assert not json.loads(plain.stdout)["too_little"]
