from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sokkuri.pipeline import same_as


@pytest.fixture
def trio(tmp_path: Path, waves: Callable[[int, int, int], NDArray[np.uint8]]) -> list[str]:
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


@pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")
def test_a_link_to_the_query_is_the_query(trio: list[str], tmp_path: Path) -> None:
    link = str(tmp_path / "link.png")
    os.symlink(trio[0], link)
    assert same_as(trio[0], [link]) == ["bytes"]
