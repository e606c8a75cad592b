"""Every verb on a terminal: the progress bar lives there, among lines of any length and script."""

from __future__ import annotations

import importlib.util
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.cli.terminal import Seen, run_in_terminal

pytestmark = pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")

Waves = Callable[[int, int, int], NDArray[np.uint8]]

LONG = "a name that is longer than a narrow window is wide and has words in it"
_PHOTOS = ("plain.jpg", "青い服.jpg", f"{LONG}.jpg", "[red]x.jpg", "\x1b[31mcolour\u202e.jpg")
BAR = "━"
ETA = b"ETA"
"""What stands in every bar; no line has it."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, waves: Waves) -> Path:
    """Return a folder with photos of all sorts of names, and files that are none."""
    folder = tmp_path_factory.mktemp("写真")
    for number, name in enumerate(_PHOTOS):
        Image.fromarray(waves(90, 60, number)).save(folder / name)
    (folder / "text.jpg").write_text("no photo")
    (folder / f"壊れた {LONG}.jpg").write_text("no photo")
    (folder / "escape \x1b[2J.jpg").write_text("no photo")
    (folder / "empty.jpg").write_bytes(b"")
    if sys.platform == "linux":  # others have no such names
        Path(os.fsdecode(os.fsencode(folder) + b"/latin \xe9.jpg")).write_text("no photo")
    return folder


def _check_rejected(folder: Path, lines: list[str], before: str) -> None:
    """Check that each bad file of the folder is told of in one line of its own."""
    names = [
        "empty.jpg", r"escape \x1b[2J.jpg", "text.jpg", f"壊れた {LONG}.jpg",
        *([r"latin \xe9.jpg"] if sys.platform == "linux" else []),
    ]  # fmt: skip
    told = [line for line in lines if line.startswith(before)]
    assert len(told) == len(names)
    for name in names:
        found = [line for line in told if line.startswith(f"{before}{folder}/{name}: ")]
        assert len(found) == 1, (name, told)
        assert found[0].count(str(folder)) == 1


def _check(seen: Seen, code: int) -> None:
    """Check what holds after every run."""
    text = "\n".join(seen.lines)
    assert "Traceback" not in text, text
    assert "fault of sokkuri" not in text, text
    assert seen.code == code, text
    assert seen.screen.cursor_shown
    assert BAR not in text, text
    assert "ETA" not in text, text


def _words(folder: Path, out: Path) -> dict[str, tuple[int, list[str | Path]]]:
    """Return the words of every verb, each with something bad, and the exit code it should have."""
    good, bad = folder / "plain.jpg", folder / "text.jpg"
    gray = ["--hash", "ahash-gray-8"]
    return {
        "search": (0, ["search", good, folder, "--no-library", "--errors", *gray]),
        "search by a bad query": (2, ["search", bad, folder, "--no-library", *gray]),
        "search strictly": (3, ["search", good, folder, "--no-library", "--strict", *gray]),
        "search for a figure": (
            0, ["search", good, folder, "--no-library", "--figure", out / "結果.png", *gray]
        ),
        "index": (0, ["index", folder, *gray]),
        "library list": (0, ["library", "list"]),
        "library info": (0, ["library", "info", folder]),
        "library verify": (0, ["library", "verify", folder]),
        "library repair": (0, ["library", "repair", folder]),
        "library compact": (0, ["library", "compact", folder]),
        "library remove": (0, ["library", "remove", folder]),
        "library info of none": (2, ["library", "info", folder]),
        "hash": (0, ["hash", folder, *gray]),
        "hash of a bad file": (2, ["hash", bad, good, *gray]),
        "hash of a missing file": (2, ["hash", folder / "無い.jpg", good, *gray]),
        "hash strictly": (3, ["hash", folder, "--strict", *gray]),
        "hash as lines of JSON": (0, ["hash", folder, "--nl", *gray]),
        "compare": (2, ["compare", good, bad]),
        "explain": (2, ["explain", bad, good]),
        "explain two photos": (0, ["explain", good, folder / "青い服.jpg", *gray]),
        "evaluate": (0, ["evaluate", folder, "--sample", "1", *gray]),
        "evaluate a bad file": (2, ["evaluate", bad, *gray]),
        "hashes": (0, ["hashes"]),
        "doctor": (0, ["doctor"]),
    }  # fmt: skip


@pytest.mark.parametrize("stdout_too", [True, False], ids=["both", "stderr alone"])
def test_every_verb_leaves_the_terminal_whole(
    folder: Path, tmp_path: Path, *, stdout_too: bool
) -> None:
    for name, (code, words) in _words(folder, tmp_path).items():
        seen = run_in_terminal(
            *words, columns=100, stdout_too=stdout_too,
            surroundings={"SOKKURI_LIBRARIES": str(tmp_path / "libraries")},
        )  # fmt: skip
        _check(seen, code)
        assert seen.lines or seen.piped, name


@pytest.mark.parametrize("columns", [12, 40, 80])
@pytest.mark.parametrize("stdout_too", [True, False], ids=["both", "stderr alone"])
def test_hash_tells_each_bad_file_in_a_line_of_its_own(
    folder: Path, columns: int, *, stdout_too: bool
) -> None:
    seen = run_in_terminal(
        "hash", "--hash", "ahash-gray-8", folder, columns=columns, stdout_too=stdout_too
    )
    _check(seen, 0)
    _check_rejected(folder, seen.lines, "sokkuri: ")
    rejected = len(os.listdir(folder)) - len(_PHOTOS)
    assert (
        seen.lines[-1]
        == f"seen {len(_PHOTOS) + rejected} = hashed {len(_PHOTOS)} + rejected {rejected}"
    )
    hashes = [line for line in seen.lines if re.match(r"ahash-gray-8:[0-9a-f]{16}  /", line)]
    piped = seen.piped.decode().splitlines()
    there, nowhere = len(_PHOTOS), 0
    expected = (there, nowhere) if stdout_too else (nowhere, there)
    assert (len(hashes), len(piped)) == expected
    assert len(seen.lines) == len(hashes) + rejected + 1


def test_the_bar_lives_while_hashes_go_elsewhere(folder: Path) -> None:
    words = ["hash", "--hash", "ahash-gray-8", folder]
    assert ETA in run_in_terminal(*words, stdout_too=False).raw
    assert ETA not in run_in_terminal(*words, stdout_too=True).raw
    assert ETA not in run_in_terminal(*words, "-q", stdout_too=False).raw


@pytest.mark.parametrize("verb", ["search", "index", "evaluate"])
@pytest.mark.parametrize("columns", [12, 40])
def test_rejected_files_stay_lines_in_a_narrow_window(
    folder: Path, tmp_path: Path, columns: int, verb: str
) -> None:
    rest = {
        "search": [folder / "plain.jpg", folder, "--no-library"],
        "index": [folder, "--library", tmp_path / "library"],
        "evaluate": [folder, "--sample", "1"],
    }[verb]
    words = [verb, *rest, "--errors", "--hash", "ahash-gray-8"]
    seen = run_in_terminal(*words, columns=columns, stdout_too=False)
    assert b"\x1b[?25l" in seen.raw  # a bar hides the cursor
    _check(seen, 0)
    _check_rejected(folder, seen.lines, "  rejected ")


@pytest.mark.parametrize(
    "surroundings",
    [
        {"TERM": "dumb"},
        {"NO_COLOR": "1"},
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "cp932"},
        {"PYTHONIOENCODING": "euc_jp"},
    ],
    ids=lambda names: " ".join(f"{name}={value}" for name, value in names.items()),
)
def test_any_terminal_and_any_encoding(folder: Path, surroundings: dict[str, str]) -> None:
    gray = ["--hash", "ahash-gray-8"]
    photo, other = folder / "plain.jpg", folder / "青い服.jpg"
    for code, stdout_too, words in (
        (0, False, ["hash", folder, *gray]),
        (0, True, ["search", photo, folder, "--no-library", *gray]),
        (0, True, ["explain", photo, other, *gray]),
        (0, True, ["hashes"]),
        (2, True, ["compare", other, folder / f"壊れた {LONG}.jpg"]),
    ):
        seen = run_in_terminal(*words, stdout_too=stdout_too, surroundings=surroundings)
        _check(seen, code)
        if surroundings.get("TERM") == "dumb":
            assert b"\x1b" not in seen.raw
    told = "\n".join(seen.lines)
    shown = "壊れた" in told or r"\u58ca\u308c\u305f" in told or r"\xe5\xa3\x8a" in told
    assert shown, told


def test_simpler_signs_stand_for_those_that_an_encoding_lacks(folder: Path) -> None:
    words = ["search", folder / "plain.jpg", folder, "--no-library", "--max-distance", "9"]
    for encoding, said in (
        ("ascii", " bits - distance <= 9 - "),
        ("utf-8", " bits · distance ≤ 9 · "),
    ):
        seen = run_in_terminal(*words, surroundings={"PYTHONIOENCODING": encoding})
        _check(seen, 0)
        assert any(said in line for line in seen.lines), seen.lines


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, waves: Waves) -> Path:
    """Return a folder that is not hashed before a signal arrives."""
    folder = tmp_path_factory.mktemp("many")
    Image.fromarray(waves(1600, 1200, 1)).save(folder / "0000.jpg", quality=90)
    for number in range(1, 1500):
        os.link(folder / "0000.jpg", folder / f"{number:04}.jpg")
    return folder


@pytest.mark.parametrize(
    ("verb", "stop_with", "code"),
    [
        ("hash", signal.SIGINT, 130),
        ("index", signal.SIGINT, 130),
        ("search", signal.SIGINT, 130),
        ("hash", signal.SIGTERM, 143),
        ("search", signal.SIGTERM, 143),
    ],
)
def test_an_interrupt_takes_the_bar_away(
    many: Path, tmp_path: Path, verb: str, stop_with: signal.Signals, code: int
) -> None:
    rest = {
        "search": [many / "0000.jpg", many, "--no-library"],
        "index": [many, "--library", tmp_path / "library"],
    }.get(verb, [many])
    seen = run_in_terminal(verb, *rest, stdout_too=False, stop_at=ETA, stop_with=stop_with)
    _check(seen, code)
    kept = [bool(re.match(r"stopped: [\d,]+ of 1,500 are kept; ", line)) for line in seen.lines]
    assert kept == [True] * (verb == "index")


@pytest.mark.parametrize(
    ("words", "until"),
    [
        (["watch"], b"rejected"),
        (["ui", "--no-browser", "--port", "0"], b"Ctrl-C"),
        (["serve", "--port", "0"], b"SOKKURI_TOKEN="),
    ],
    ids=["watch", "ui", "serve"],
)
def test_verbs_that_stay_end_with_ctrl_c(
    folder: Path, tmp_path: Path, words: list[str], until: bytes
) -> None:
    pytest.importorskip({"watch": "watchfiles"}.get(words[0], "uvicorn"))
    place = [folder, "--library", tmp_path / "library"]
    seen = run_in_terminal(*words, *place, columns=200, stop_at=until)
    _check(seen, 130)
    assert any(until.decode() in line for line in seen.lines)


def test_no_verb_that_walks_shows_a_question_mark(folder: Path, tmp_path: Path) -> None:
    """Words stand where no total is known yet."""
    gray, place = ["--hash", "ahash-gray-8"], ["--library", tmp_path / "library"]
    walks: list[tuple[bytes, list[object]]] = [
        (b"", ["search", folder / "plain.jpg", folder, *place, *gray]),
        (b"", ["hash", folder, *gray]),
        (b"", ["index", folder, *place]),
        (b"", ["library", "repair", folder, *place]),
        (b"", ["evaluate", folder, "--sample", "1", *gray]),
        (b"", ["demo", "--out", tmp_path / "demo", "--no-open"]),
    ]
    if importlib.util.find_spec("watchfiles"):
        walks.append((b"rejected", ["watch", folder, *place]))
    if importlib.util.find_spec("uvicorn"):
        walks.append((b"SOKKURI_TOKEN=", ["serve", folder, "--port", "0", *place]))
        walks.append((b"token", ["ui", folder, "--no-browser", "--port", "0", *place]))
    for until, words in walks:
        seen = run_in_terminal(*words, columns=100, stdout_too=False, stop_at=until)
        _check(seen, 130 if until else 0)
        shown = re.sub(rb"\x1b\[\?25[lh]|\?ticket=", b"", seen.raw)
        assert b"?" not in shown, (words, shown)


def test_demo(tmp_path: Path) -> None:
    seen = run_in_terminal("demo", "--out", tmp_path / "demo", "--no-open", columns=60)
    _check(seen, 0)
    assert ETA in seen.raw
    assert sum(line.startswith("  rejected ") for line in seen.lines) == 1
