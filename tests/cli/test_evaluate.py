from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from tests.unit.copies.scenes import scene

Runner = Callable[..., "subprocess.CompletedProcess[bytes]"]

HASHES = ("--hash", "ahash-gray-8", "--hash", "ahash-rgb-8")


@pytest.fixture
def classes(photos: Path) -> Path:
    """Return a folder with two classes and a file that is no photo."""
    (photos / "tops").mkdir()
    for path in sorted(photos.glob("*.jpg"))[:4]:
        path.rename(photos / "tops" / path.name)
    (photos / "notes.jpg").write_text("no photo")
    return photos


def test_json_is_reproducible_and_stdout_holds_nothing_else(sokkuri: Runner, classes: Path) -> None:
    words = ("evaluate", classes, *HASHES, "--sample", "3", "--json")
    first = sokkuri(*words, "--workers", "1")
    assert first.returncode == 0, first.stderr
    assert first.stdout == sokkuri(*words).stdout
    document = json.loads(first.stdout)
    assert [item["name"] for item in document["hashes"]] == ["ahash-gray-8", "ahash-rgb-8"]
    assert document["counts"]["photos"] == 12
    assert document["counts"]["sampled"] == 3
    assert len(document["retrieval"]) == 3
    notes = first.stderr.decode()
    assert "seen 13 = hashed 12 + rejected 1" in notes
    assert "notes.jpg: not an image" in notes
    assert "none passes" in notes
    assert "left out: " in notes


def test_a_pipe_gets_tabs_and_quiet_is_quiet(sokkuri: Runner, classes: Path) -> None:
    done = sokkuri("evaluate", classes, *HASHES, "--sample", "2", "-q")
    assert (done.returncode, done.stderr) == (0, b"")
    lines = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert lines[0] == ["measure", "of", "ahash-gray-8", "ahash-rgb-8", "random"]
    assert {line[0] for line in lines[1:]} >= {"P@1", "P@5", "P@10", "colour", "both", "recall"}


def test_each_part_can_be_left_out(sokkuri: Runner, classes: Path) -> None:
    words = ("evaluate", classes, "--hash", "ahash-gray-8", "--sample", "2", "-q", "--json")
    document = json.loads(sokkuri(*words, "--no-edits").stdout)
    assert (len(document["retrieval"]), document["edits"]) == (2, [])
    document = json.loads(sokkuri(*words, "--no-classes").stdout)
    assert (document["retrieval"], len(document["edits"])) == ([], 1)
    done = sokkuri(*words, "--no-classes", "--no-edits")
    assert done.returncode == 2
    assert b"nothing to measure" in done.stderr


def test_harder_edits_stand_below_the_others(sokkuri: Runner, classes: Path) -> None:
    words = ("evaluate", classes, "--hash", "phash-8", "--no-classes", "--sample", "2", "--harder")
    lines = sokkuri(*words, "-q").stdout.decode().splitlines()
    kinds = [line.split("\t")[1] for line in lines if line.startswith("recall\t")]
    assert len(kinds) == 18 + 1 + 13 + 1
    assert kinds[17:20] == ["square", "mean", "crop-30-off"]
    assert kinds[-1] == "mean of the harder"
    document = json.loads(sokkuri(*words, "--json").stdout)
    assert document["parameters"]["harder"] is True
    assert document["edits"][0]["harder"]["recall"]["messenger"] == 1
    done = sokkuri(*words[:4], "--harder", "--no-edits")
    assert (done.returncode, b"--harder goes with --edits" in done.stderr) == (2, True)


@pytest.mark.parametrize("name", ["result.png", "result.pdf", "結果.svg"])
def test_the_figure(sokkuri: Runner, classes: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    words = ("--hash", "ahash-gray-8", "--sample", "2", "--figure", target)
    done = sokkuri("evaluate", classes, *words)
    assert done.returncode == 0, done.stderr
    assert f"saved {target}" in done.stderr.decode()
    if name.endswith(".png"):
        with Image.open(target) as figure:
            assert figure.width > 900
    assert target.stat().st_size > 5000


def test_errors_are_one_line_and_exit_with_2(
    sokkuri: Runner, classes: Path, tmp_path: Path
) -> None:
    for words, message in (
        ([tmp_path / "nowhere"], b"no such folder"),
        ([classes, "--hash", "no-such-hash"], b"no hash is called 'no-such-hash'"),
        ([classes, "--figure", tmp_path / "a.gif"], b".png, .pdf or .svg"),
        ([classes, "--figure", tmp_path / "no folder/a.png"], b"no such folder for the figure"),
        ([classes / "tops", "--classes"], b"fewer than 2"),
        ([classes, "--sample", "0"], b"--sample"),
    ):
        done = sokkuri("evaluate", *words)
        assert done.returncode == 2, words
        assert message in done.stderr
        assert b"Traceback" not in done.stderr
        assert done.stdout == b""


def test_strict_tells_of_rejected_files(sokkuri: Runner, classes: Path) -> None:
    words = ("evaluate", classes, "--hash", "ahash-gray-8", "--no-edits", "-q", "--strict")
    assert sokkuri(*words).returncode == 3
    assert sokkuri(*words, "-E", "notes.jpg").returncode == 0


def _in_a_terminal(*words: str) -> str:
    import pty
    import sys

    command = [sys.executable, "-m", "sokkuri", "evaluate", *words]
    control, terminal = pty.openpty()
    environment = os.environ | {"COLUMNS": "100", "TERM": "xterm", "NO_COLOR": "1"}
    child = subprocess.Popen(command, stdout=terminal, stderr=terminal, env=environment)
    os.close(terminal)
    shown = b""
    try:
        while piece := os.read(control, 65536):
            shown += piece
    except OSError:
        pass  # Linux says so when the other side is closed
    finally:
        os.close(control)
    assert child.wait(timeout=120) == 0
    return re.sub(r"\x1b\[[0-9;]*m", "", shown.decode())


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_terminal_gets_tables_and_progress(classes: Path) -> None:
    text = _in_a_terminal(str(classes), *HASHES, "--sample", "2")
    assert "ETA" in text
    for words in ("same class, same colour", "P@10 by class", "edited copies recognised"):
        assert words in text
    assert "100.0 %" in text


@pytest.fixture
def scenes(tmp_path: Path) -> Path:
    """Return a folder of four scenes; one of them is there a second time, a little brighter."""
    folder = tmp_path / "scenes"
    folder.mkdir()
    for number in range(4):
        scene(number).save(folder / f"{number}.png")
    scene(0).point(lambda value: min(255, value + 6)).save(folder / "brighter.png")
    return folder


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_terminal_lists_what_the_finder_takes_for_copies(scenes: Path) -> None:
    words = ("--hash", "copies-100", "--hash", "phash-8", "--sample", "5", "--no-classes")
    shown = _in_a_terminal(str(scenes), *words, "-q")
    recall, counts, finds, apart, _ = shown.split("\r\n\r\n")
    lines = recall.splitlines()
    assert lines[0].split()[-2:] == ["phash-8", "copies-100"]
    assert lines[-2].split("  ")[0] == "threshold (bits)"
    assert lines[-1].split() == ["score,", "at", "least", "1.15"]
    head, plain, edited = counts.splitlines()
    assert head.startswith("other photos taken for copies by copies-100")
    assert plain.split()[-3:] == ["1", "10", "100,000.0"]
    assert int(edited.split()[-3]) > 10
    assert edited.split()[-2] == f"{5 * 4 * 17:,}"
    score, photo, taken, edit = finds.splitlines()[1].split(maxsplit=3)
    assert float(score) > 2
    assert {photo, taken} == {"0.png", "brighter.png"}
    assert re.fullmatch(r"identity \+ \d+", edit)
    head, *rows = apart.splitlines()
    assert head.split("  ")[0] == "told apart as the same scene by copies-100"
    cells = {
        name: rest.split() for name, rest in (re.split("  +", row, maxsplit=1) for row in rows)
    }
    assert cells["photos as they are"] == ["1.15", "0", "1"]
    assert cells["edited copies"][2] == edited.split()[-3]
    # Of ten pairs none may match at 10 in a million.
    least, *numbers = cells["photos as they are, 10 in a million"]
    assert (float(least) > 2, numbers) == (True, ["0", "0"])
    assert cells["copies lost, eighteen edits"] == ["1.15", "0", "90"]
    assert len(cells) == 5


def test_only_edits_can_measure_a_finder(sokkuri: Runner, scenes: Path) -> None:
    done = sokkuri("evaluate", scenes, "--hash", "copies-100", "--no-edits")
    assert (done.returncode, b"a copy finder ranks nothing" in done.stderr) == (2, True)
    done = sokkuri("evaluate", scenes, "--hash", "copies-100", "--sample", "1")
    assert done.returncode == 0
    assert b"1 photos edited (seed 0) \xc2\xb7 4 unrelated pairs\n" in done.stderr
    assert b"passes" not in done.stderr
    lines = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert lines[0] == ["measure", "of", "copies-100"]
    assert ["least score", "score", "1.150000"] in lines


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_class_called_all_is_a_class(classes: Path) -> None:
    (classes / "tops").rename(classes / "all")
    text = _in_a_terminal(str(classes), "--hash", "ahash-gray-8", "--no-edits", "-q")
    overall, by_class = text.split("P@10 by class")
    assert [line.split()[0] for line in overall.splitlines()[1:] if line.strip()] == [
        "P@1", "P@5", "P@10", "colour", "both",
    ]  # fmt: skip
    assert [line.split()[0] for line in by_class.splitlines()[1:] if line.strip()] == [
        "all", "内側",
    ]  # fmt: skip
