"""Ctrl-C and SIGTERM at any moment: quiet, the right exit code, nothing half-written."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.patience import PATIENCE

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")


@pytest.fixture(scope="module")
def many_photos(
    tmp_path_factory: pytest.TempPathFactory, waves: Callable[[int, int, int], NDArray[np.uint8]]
) -> Path:
    """Return a folder that takes about two seconds to search."""
    folder = tmp_path_factory.mktemp("many")
    Image.fromarray(waves(1200, 900, 1)).save(folder / "000.jpg", quality=90)
    for number in range(1, 150):
        os.link(folder / "000.jpg", folder / f"{number:03}.jpg")
    return folder


def _start(folder: Path, figure: Path, *more: str) -> subprocess.Popen[bytes]:
    words = ["search", str(folder / "000.jpg"), str(folder), "--figure", str(figure), "-k", "64"]
    return subprocess.Popen(
        [sys.executable, "-m", "sokkuri", *words, *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _wait_for_handlers(process: subprocess.Popen[bytes]) -> None:
    """Wait until a signal is the command's to answer; before that it is Python's own."""
    if sys.platform != "linux":  # where nothing tells, time has to do
        time.sleep(1.0)
        return
    status = Path(f"/proc/{process.pid}/status")
    caught = 0
    while not caught >> (signal.SIGTERM - 1) & 1:  # which Python itself leaves alone
        assert process.poll() is None
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("SigCgt"))
        caught = int(line.split()[1], 16)


@pytest.mark.parametrize("number", range(14))
def test_ctrl_c_is_quiet_at_any_moment(many_photos: Path, tmp_path: Path, number: int) -> None:
    # The first moments are imports, the last ones drawing.
    wait = random.Random(number).uniform(0, 0.5 if number % 2 else 4.0)
    process = _start(many_photos, tmp_path / "out.png")
    _wait_for_handlers(process)
    time.sleep(wait)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE)
    assert b"Traceback" not in errors
    assert b"fault" not in errors
    if process.returncode == 0:  # it was done before the signal came
        assert os.listdir(tmp_path) == ["out.png"]
    else:
        assert process.returncode == 130, (wait, errors)
        assert errors == b"" or errors.startswith(b"saved")
        assert os.listdir(tmp_path) in ([], ["out.png"])
    if os.path.exists(tmp_path / "out.png"):
        with Image.open(tmp_path / "out.png") as image:
            image.load()


def test_sigterm_leaves_nothing(many_photos: Path, tmp_path: Path) -> None:
    process = _start(many_photos, tmp_path / "out.png", "--library", str(tmp_path / "library"))
    while not os.listdir(tmp_path):  # until it is at work
        assert process.poll() is None
    process.terminate()
    _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (143, b"")
    assert os.listdir(tmp_path) == ["library"]


def test_a_closed_pipe_is_quiet(many_photos: Path) -> None:
    command = f"'{sys.executable}' -m sokkuri hash --hash ahash-gray-8 -q '{many_photos}' | head -1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, check=False, timeout=60
    )
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""
    assert done.returncode == 141
