"""The options and environment variables that set limits."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

Runner = Callable[..., "subprocess.CompletedProcess[bytes]"]
Waves = Callable[[int, int, int], NDArray[np.uint8]]

VERBS = (
    ("hash",), ("search",), ("index",), ("watch",), ("evaluate",), ("compare",), ("explain",),
    ("ui",), ("serve",), ("library", "repair"),
)  # fmt: skip
OPTIONS = ("--max-pixels", "--max-side", "--max-file-size", "--decode-seconds", "--worker-memory")


@pytest.fixture
def large(tmp_path: Path, waves: Waves) -> Path:
    path = tmp_path / "大きい.png"
    Image.fromarray(waves(200, 100, 1)).save(path)
    return path


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_every_verb_that_decodes_has_them(sokkuri: Runner, verb: tuple[str, ...]) -> None:
    text = sokkuri(*verb, "--help").stdout.decode()
    assert all(option in text for option in OPTIONS)


@pytest.mark.parametrize(
    ("option", "low", "enough"),
    [
        ("--max-pixels", "19k", "0.02M"),
        ("--max-side", "199", "200"),
        ("--max-file-size", "99", "1M"),
    ],
)
def test_a_refusal_names_the_option_that_lifts_it(
    sokkuri: Runner, large: Path, option: str, low: str, enough: str
) -> None:
    refused = sokkuri("hash", large, option, low)
    assert refused.returncode == 2
    variable = f"SOKKURI_{option[2:].upper().replace('-', '_')}"
    assert "too large: " in refused.stderr.decode()
    assert f"{option} or {variable} raises it" in refused.stderr.decode()
    assert sokkuri("hash", large, option, enough).returncode == 0
    # The option wins over the variable.
    by_variable = os.environ | {variable: low}
    assert sokkuri("hash", large, env=by_variable).returncode == 2
    assert sokkuri("hash", large, option, enough, env=by_variable).returncode == 0


@pytest.mark.parametrize("option", OPTIONS)
def test_what_is_no_limit_is_said_before_any_work(
    sokkuri: Runner, large: Path, option: str
) -> None:
    done = sokkuri("hash", large, option, "plenty")
    assert (done.returncode, done.stdout) == (2, b"")
    assert f"{option} is 'plenty'; give " in done.stderr.decode()
    variable = f"SOKKURI_{option[2:].upper().replace('-', '_')}"
    done = sokkuri("search", large, large.parent, env=os.environ | {variable: "plenty"})
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(f"sokkuri: {variable} is 'plenty'; give ")


def test_worker_processes_follow(sokkuri: Runner, large: Path) -> None:
    folder = large.parent / "many"
    folder.mkdir()
    for number in range(260):
        os.link(large, folder / f"{number}.png")
    done = sokkuri("hash", folder, "--hash", "ahash-gray-8", "--nl", "--max-pixels", "9k")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == 260
    assert all("over the limit of 9,000 pixels" in row["error"] for row in rows)
    Image.new("RGB", (4000, 3000)).save(folder / "larger.png", compress_level=1)
    done = sokkuri("hash", folder, "--hash", "ahash-gray-8", "--nl", "--worker-memory", "24M")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert sum("code" in row for row in rows) == 260
    (reason,) = (row["error"] for row in rows if "error" in row)
    assert reason.startswith("too large: not enough memory")
    assert "--worker-memory or SOKKURI_WORKER_MEMORY" in reason


def test_a_library_tries_again_when_limits_change(sokkuri: Runner, large: Path) -> None:
    def index(*words: str) -> tuple[int, int]:
        done = sokkuri("index", large.parent, "--json", "-q", *words)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        return found["rejected"], found["decodes"]

    assert index("--max-pixels", "9k")[0] == 1
    assert index("--max-pixels", "20k") == (0, 1)
    assert index() == (0, 0)
    assert index("--max-pixels", "9k") == (0, 0)  # what is known stays known
