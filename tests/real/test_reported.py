"""Small inputs that people have reported of comparable tools, each with the right answer."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sokkuri
from sokkuri.images import RejectKind


def _code(path: Path, name: str = "look-2") -> sokkuri.ImageHash:
    code = sokkuri.hash_image(path, hash=name)
    assert isinstance(code, sokkuri.ImageHash)
    return code


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("white-ring.png", "white-cross.png", None),
        ("hello-a.webp", "hello-b.webp", None),
        ("deep-a.png", "deep-b.png", None),
        ("opaque.png", "opaque.webp", "pixels"),
    ],
)
@pytest.mark.parametrize("name", ["look-2", "ahash-rgb-64"])
def test_what_is_said_to_be_the_same(
    reported: Path, a: str, b: str, same: str | None, name: str
) -> None:
    folder = reported / "same-pixels"
    assert sokkuri.compare(folder / a, folder / b, hash=name).same == same


@pytest.mark.parametrize("saturation", [60, 90])
def test_colours_by_their_profile(reported: Path, saturation: int) -> None:
    folder = reported / "colour-profile"
    found = sokkuri.search(folder / f"s{saturation}-p3.png", folder / "shirts", k=1, library=None)
    (nearest,) = found.matches
    assert Path(nearest.path).stem == f"s{saturation}"
    assert nearest.distance <= 5


def test_pixels_behind_odd_metadata(reported: Path) -> None:
    files = sorted((reported / "metadata").glob("*.png"))
    assert len(files) == 4
    for name in ("look-2", "ahash-rgb-64"):
        assert len({_code(file, name).code for file in files}) == 1


def test_a_jpeg_without_its_end_mark(reported: Path) -> None:
    folder = reported / "no-end-mark"
    for name in ("look-2", "ahash-gray-64"):
        assert _code(folder / "plain.jpg", name) == _code(folder / "no-eoi.jpg", name)


@pytest.mark.parametrize(
    ("a", "b", "most"),
    [
        ("white-is-zero/black.tif", "white-is-zero/white.tif", 0),
        ("outlier/scan.png", "outlier/scan-dot.png", 4),
    ],
)
def test_deep_scans(reported: Path, a: str, b: str, most: int) -> None:
    for name in ("look-2", "ahash-gray-64"):
        assert _code(reported / a, name).distance(_code(reported / b, name)) <= most


def test_a_raw_photo_is_named(reported: Path) -> None:
    rejected = sokkuri.load(reported / "raw-names/photo.CR3")
    assert isinstance(rejected, sokkuri.Rejected)
    assert rejected.kind == RejectKind.UNSUPPORTED
    assert "Canon" in rejected.detail


# What is young when it is indexed is read again by the next run, whatever its numbers are.
@pytest.mark.usefixtures("settled")
def test_other_inode_numbers_cost_no_reading(
    reported: Path, clothing: Path, tmp_path: Path
) -> None:
    for photo in sorted(clothing.rglob("*.jpg"))[:12]:
        shutil.copy(photo, tmp_path)
    script = reported / "new-inodes/remount.py"
    command = [sys.executable, str(script), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "after the remount: unchanged 12 read again 0" in done.stdout
