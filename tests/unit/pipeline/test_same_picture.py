from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sokkuri.pipeline import same_as

Waves = Callable[[int, int, int], NDArray[np.uint8]]

posix = pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")


@pytest.fixture
def trio(tmp_path: Path, waves: Waves) -> list[str]:
    """Write a PNG, its copy, the same pixels as WebP, and another picture of the same size."""
    image = Image.fromarray(waves(30, 20, 1))
    image.save(tmp_path / "a.png")
    (tmp_path / "copy.png").write_bytes((tmp_path / "a.png").read_bytes())
    image.save(tmp_path / "same.webp", lossless=True)
    Image.fromarray(waves(30, 20, 2)).save(tmp_path / "other.png")
    return [str(tmp_path / name) for name in ("a.png", "copy.png", "same.webp", "other.png")]


def test_bytes_pixels_or_nothing(trio: list[str]) -> None:
    found = same_as(trio[0], [*trio, "gone.png"])
    assert found == ["bytes", "bytes", "pixels", None, None]


def test_sources_that_are_no_files(trio: list[str]) -> None:
    data = Path(trio[0]).read_bytes()
    assert same_as(data, trio) == ["bytes", "bytes", "pixels", None]
    assert same_as(data, [bytearray(data), data + b"!"]) == ["bytes", "pixels"]
    with Image.open(io.BytesIO(data)) as image:
        assert same_as(image, trio) == ["pixels", "pixels", "pixels", None]
        assert same_as(image, [image]) == ["pixels"]


def test_white_on_nothing_is_told_by_its_alpha(tmp_path: Path) -> None:
    paths = []
    for name, box in (("wide", (2, 8, 22, 16)), ("tall", (8, 2, 16, 22))):
        image = Image.new("RGBA", (24, 24), (255, 255, 255, 0))
        image.paste((255, 255, 255, 255), box)
        image.save(tmp_path / f"{name}.png")
        image.save(tmp_path / f"{name}.webp", lossless=True, exact=True)
        paths += [str(tmp_path / f"{name}.png"), str(tmp_path / f"{name}.webp")]
    assert same_as(paths[0], paths) == ["bytes", "pixels", None, None]


def test_a_later_frame_tells_animations_apart(tmp_path: Path, waves: Waves) -> None:
    first, *seconds = (Image.fromarray(waves(30, 20, seed)) for seed in range(3))
    paths = []
    for number, second in enumerate(seconds):
        for form in ("png", "webp"):
            path = tmp_path / f"{number}.{form}"
            options: dict[str, Any] = {"lossless": True} if form == "webp" else {}
            first.save(path, save_all=True, append_images=[second], duration=90, **options)
            paths.append(str(path))
    assert same_as(paths[0], paths) == ["bytes", "pixels", None, None]
    first.save(tmp_path / "still.png")
    assert same_as(tmp_path / "still.png", paths) == [None] * 4


def test_a_picture_of_which_nothing_can_be_said(tmp_path: Path, waves: Waves) -> None:
    image = Image.fromarray(waves(30, 20, 1))
    a, b = tmp_path / "a.avif", tmp_path / "b.avif"
    image.save(a)
    exif = Image.Exif()
    exif[0x010F] = "another camera"
    image.save(b, exif=exif)
    assert same_as(a, [a, b]) == ["bytes", None]


def test_nothing_is_decoded_for_equal_files(
    trio: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sokkuri.pipeline import same_picture

    asked: list[object] = []
    monkeypatch.setattr(same_picture, "exact_digest", asked.append)
    assert same_as(trio[0], trio[:2]) == ["bytes", "bytes"]
    assert asked == []
    same_as(trio[0], trio[2:])
    assert asked == [trio[0]]  # the query once; without its digest nobody else's is asked for


@posix
def test_links_are_told_from_copies(trio: list[str], tmp_path: Path) -> None:
    symbolic, hard = str(tmp_path / "symbolic.png"), str(tmp_path / "hard.png")
    os.symlink(trio[0], symbolic)
    os.link(trio[0], hard)
    paths = [trio[0], symbolic, hard, trio[1]]
    assert same_as(trio[0], paths) == ["bytes", "link", "link", "bytes"]
    assert same_as(symbolic, paths) == ["link", "bytes", "link", "bytes"]
    # Bytes have no name, so that they are a copy of any.
    assert same_as(Path(trio[0]).read_bytes(), paths) == ["bytes"] * 4


@posix
def test_one_name_written_in_two_ways_is_no_link(
    trio: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ways = ["a.png", "./a.png", "../" + tmp_path.name + "/a.png", trio[0]]
    assert same_as("a.png", ways) == ["bytes"] * 4
    os.symlink(tmp_path, tmp_path / "folder")
    assert same_as("a.png", ["folder/a.png"]) == ["link"]
