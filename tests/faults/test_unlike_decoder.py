"""A simplejpeg with other pixels than Pillow, or one that fails: Pillow decodes, a note says so."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

Waves = Callable[[int, int, int], NDArray[np.uint8]]

# By Pillow, so that the test needs no simplejpeg; only BROKEN is wrong about it.
STAND_IN = """
import io
import numpy as np
from PIL import Image

__version__ = "9.9"

def decode_jpeg_header(data):
    with Image.open(io.BytesIO(data)) as image:
        return image.height, image.width, "Gray" if image.mode == "L" else "YCbCr", ""

def decode_jpeg(data, layout, min_width=None, min_height=None):
    with Image.open(io.BytesIO(data)) as image:
        if min_width:
            fraction = round(image.width / min_width)
            image.draft(None, (image.width // fraction, image.height // fraction))
        image = image.convert("L" if layout == "GRAY" else "RGBX")
    pixels = np.array(image).reshape(image.height, image.width, -1)
    BROKEN
    return pixels
"""

NOTE = "{} gives other pixels than Pillow here, so Pillow decodes all photos"


def _run(*words: object, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sokkuri", *map(str, words)], capture_output=True, check=True,
        encoding="utf-8", timeout=120, cwd=path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(path), *sys.path])},
    )  # fmt: skip


def _stand_in(folder: Path, broken: str) -> Path:
    folder.mkdir(exist_ok=True)
    text = STAND_IN.replace("BROKEN", broken)
    (folder / "simplejpeg.py").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def hashing(tmp_path_factory: pytest.TempPathFactory, waves: Waves) -> tuple[list[object], str]:
    """Return a command that takes worker processes, and what it prints where all is well."""
    folder = tmp_path_factory.mktemp("photos")
    for number in range(10):
        picture = Image.fromarray(waves(300 + number, 260, number))
        picture.save(folder / f"{number}.jpg", subsampling=number % 3)
        for copy in range(30):
            shutil.copyfile(folder / f"{number}.jpg", folder / f"{number}-{copy}.jpg")
    words = ["hash", folder, "--hash", "ahash-rgb-8", "--hash", "look-2"]
    done = _run(*words, path=_stand_in(tmp_path_factory.mktemp("sound"), "pass"))
    assert "Pillow" not in done.stderr
    assert len(done.stdout.splitlines()) == 2 * 310
    return words, done.stdout


@pytest.mark.parametrize(
    ("broken", "package"),
    [
        ("pixels[::7, ::5, 0] ^= 1", "simplejpeg 9.9"),
        ("raise RuntimeError('no decoder')", "simplejpeg 9.9"),
        ("pass\n\nraise OSError('no library')", "simplejpeg"),
    ],
)
def test_hashes_stay_and_one_note_tells(
    hashing: tuple[list[object], str], tmp_path: Path, broken: str, package: str
) -> None:
    words, expected = hashing
    path = _stand_in(tmp_path, broken)
    done = _run(*words, path=path)
    assert done.stdout == expected
    notes = [line for line in done.stderr.splitlines() if "Pillow" in line]
    assert len(notes) == 1
    assert notes[0].startswith(NOTE.format(package))
    # Whoever wants to hear nothing does not, and the doctor tells everyone.
    assert _run(words[0], next(Path(str(words[1])).iterdir()), "-q", path=path).stderr == ""
    doctor = json.loads(_run("doctor", "--json", path=path).stdout)
    assert doctor["versions"]["plain JPEGs"] == f"pillow; {package} gives other pixels"
    assert doctor["healthy"]
