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


def _start(folder: Path, figure: Path) -> subprocess.Popen[bytes]:
    words = ["search", str(folder / "000.jpg"), str(folder), "--figure", str(figure), "-k", "64"]
    return subprocess.Popen(
        [sys.executable, "-m", "sokkuri", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@pytest.mark.parametrize("number", range(14))
def test_ctrl_c_is_quiet_at_any_moment(many_photos: Path, tmp_path: Path, number: int) -> None:
    # The first moments are imports, the last ones drawing.
    wait = random.Random(number).uniform(0.06, 0.5 if number % 2 else 4.0)
    process = _start(many_photos, tmp_path / "out.png")
    time.sleep(wait)
    process.send_signal(signal.SIGINT)
    asked = time.monotonic()
    _, errors = process.communicate(timeout=60)
    assert time.monotonic() - asked < 5
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
    process = _start(many_photos, tmp_path / "out.png")
    time.sleep(0.6)
    process.terminate()
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (143, b"")
    assert os.listdir(tmp_path) == []


def test_a_closed_pipe_is_quiet(many_photos: Path) -> None:
    command = f"'{sys.executable}' -m sokkuri hash --hash ahash-gray-8 -q '{many_photos}' | head -1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, check=False, timeout=60
    )
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""
    assert done.returncode == 141
