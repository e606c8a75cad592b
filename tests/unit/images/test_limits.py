"""How large a file and a picture may be, by what is really decoded."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sokkuri import Picture, Rejected, hash_image, load
from sokkuri.images import RejectKind, jpeg
from sokkuri.images.limits import Limits


@pytest.fixture(params=["simplejpeg", "pillow"], autouse=True)
def _decoder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    jpeg._chosen.cache_clear()
    if request.param == "pillow":
        import sys

        monkeypatch.setitem(sys.modules, "simplejpeg", None)
    yield
    jpeg._chosen.cache_clear()


def _encoded(image: Image.Image, name: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, name, **options)
    return file.getvalue()


def _reason(data: bytes, limits: Limits, side: int | None = None) -> str:
    found = load(data, limits=limits, least_side=side)
    assert isinstance(found, Rejected), found
    assert found.kind is RejectKind.TOO_LARGE
    return found.detail


LARGE = Image.new("RGB", (640, 480), (200, 90, 10))


def test_a_scaled_decode_counts_what_it_decodes() -> None:
    data = _encoded(LARGE)
    limits = Limits(pixels=640 * 480 // 8)
    found = load(data, limits=limits, least_side=60)
    assert isinstance(found, Picture)
    assert (found.size, found.full_size) == ((80, 60), (640, 480))
    assert "--max-pixels or SOKKURI_MAX_PIXELS" in _reason(data, limits)
    # Half of it is too much, and so is 64 times as much to read.
    assert "320 x 240" in _reason(data, limits, 240)
    assert "decoded smaller" in _reason(data, Limits(pixels=80 * 60), 60)


def test_the_side_counts_after_scaling() -> None:
    data = _encoded(Image.new("L", (2000, 160)))
    assert isinstance(load(data, limits=Limits(side=250), least_side=20), Picture)
    assert "--max-side or SOKKURI_MAX_SIDE" in _reason(data, Limits(side=249), 20)


@pytest.mark.parametrize("options", [{"progressive": True}])
def test_what_is_held_whole_counts_whole(options: dict[str, Any]) -> None:
    data = _encoded(LARGE, **options)
    assert "held whole" in _reason(data, Limits(pixels=640 * 480 - 1), 60)
    for image in (LARGE, LARGE.convert("L")):
        in_one_scan = load(_encoded(image), limits=Limits(pixels=640 * 480 - 1), least_side=60)
        assert isinstance(in_one_scan, Picture)
    assert isinstance(load(data, limits=Limits(pixels=640 * 480), least_side=60), Picture)


def test_other_formats_are_decoded_in_full() -> None:
    for name in ("PNG", "WEBP", "BMP", "TIFF", "GIF"):
        reason = _reason(_encoded(LARGE, name), Limits(pixels=640 * 480 - 1), 60)
        assert reason.startswith("640 x 480 pixels, over the limit of 307,199 pixels")


def test_a_large_file_names_its_way_out() -> None:
    assert "--max-file-size or SOKKURI_MAX_FILE_SIZE" in _reason(
        _encoded(LARGE), Limits(file_bytes=9)
    )


@pytest.mark.parametrize("size", [(1, 65_537), (70_000, 2), (3, 100_000)])
@pytest.mark.parametrize("name", ["look-2", "ahash-gray-8", "ahash-rgb-64"])
def test_a_long_side_is_no_reason(size: tuple[int, int], name: str) -> None:
    values = np.arange(size[0] * size[1], dtype=np.uint32).reshape(size[1], size[0])
    data = _encoded(Image.fromarray((values >> 8).astype(np.uint8)), "PNG")
    assert len(hash_image(data, hash=name).code) > 0
    assert "a side; --max-side" in _reason(data, Limits(side=max(size) - 1))


def test_more_than_pillow_allows_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    for name in ("JPEG", "PNG", "BMP"):
        assert isinstance(load(_encoded(LARGE, name)), Picture)
    assert Image.MAX_IMAGE_PIXELS == 1000
