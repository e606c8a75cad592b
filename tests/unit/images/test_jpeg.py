"""The quick road for JPEGs gives what Pillow gives, or leaves the picture to Pillow."""

import io
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sokkuri.images import Picture, Rejected, jpeg, load
from sokkuri.images.limits import Limits, Unusable
from sokkuri.images.parts import jpeg_segments

simplejpeg = pytest.importorskip("simplejpeg")


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run as if simplejpeg were not installed."""
    jpeg._chosen.cache_clear()
    monkeypatch.setitem(sys.modules, "simplejpeg", None)
    yield
    jpeg._chosen.cache_clear()


def _encoded(width: int, height: int, mode: str = "RGB", **options: Any) -> bytes:
    random = np.random.default_rng(width * 1000 + height)
    coarse = Image.fromarray(random.integers(0, 256, (5, 4, 3), np.uint8))
    image = coarse.resize((width, height), Image.Resampling.BICUBIC).convert(mode)
    file = io.BytesIO()
    image.save(file, "JPEG", **options)
    return file.getvalue()


def _by_pillow(data: bytes, least_side: int | None) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        if least_side is not None:
            image.draft(None, (least_side, least_side))
        return image.copy()


def test_it_is_in_use_here() -> None:
    assert jpeg.jpeg_decoder() == "simplejpeg"
    assert jpeg.unlike_decoder() is None


def test_without_the_package_pillow_decodes(without: None) -> None:
    assert jpeg.jpeg_decoder() == "pillow"
    assert jpeg.unlike_decoder() is None
    assert jpeg.plain_jpeg(_encoded(30, 20), Limits(), None) is None
    assert isinstance(load(_encoded(30, 20)), Picture)


def _is_sampled(data: bytes, sampling: int) -> bool:
    """Tell whether the first component of a JPEG has these factors."""
    return any(
        marker in jpeg._FRAMES and data[start + 7] == sampling
        for marker, start, _ in jpeg_segments(data)
    )


_FAULTS: dict[str, Callable[[bytes, str, dict[str, int]], bool]] = {
    "always": lambda data, layout, sides: True,
    "of gray ones": lambda data, layout, sides: layout == "GRAY",
    "of scaled ones": lambda data, layout, sides: bool(sides),
    "at an eighth": lambda data, layout, sides: sides.get("min_width") == 9,
    "with as many colours as lights": lambda data, layout, sides: _is_sampled(data, 0x11),
    "with half as many colours": lambda data, layout, sides: _is_sampled(data, 0x21),
    "of progressive ones": lambda data, layout, sides: b"\xff\xc2" in data,
}


@pytest.fixture
def tried_anew() -> Iterator[None]:
    """Forget which decoder was chosen, before the test and behind it."""
    jpeg._chosen.cache_clear()
    yield
    jpeg._chosen.cache_clear()


@pytest.mark.parametrize("fault", _FAULTS)
def test_a_decoder_with_one_other_bit_steps_aside(
    tried_anew: None, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    real = simplejpeg.decode_jpeg
    hits = []

    def decode(data: bytes, layout: str, **sides: int) -> Any:
        pixels = real(data, layout, **sides)
        if _FAULTS[fault](data, layout, sides):
            hits.append(1)
            pixels[3, 5, 0] ^= 1
        return pixels

    monkeypatch.setattr(simplejpeg, "decode_jpeg", decode)
    assert jpeg.jpeg_decoder() == "pillow"
    assert jpeg.unlike_decoder() == f"simplejpeg {simplejpeg.__version__}"
    assert hits == [1]


@pytest.mark.parametrize("error", [RuntimeError, AttributeError, ValueError, MemoryError])
def test_a_decoder_that_fails_steps_aside(
    tried_anew: None, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(simplejpeg, "decode_jpeg_header", fail)
    assert jpeg.jpeg_decoder() == "pillow"
    assert jpeg.unlike_decoder() is not None


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("side", [None, 2, 30, 128])
@pytest.mark.parametrize(
    "size", [(1, 1), (3, 5), (7, 7), (9, 2), (61, 47), (260, 300), (257, 1030), (1200, 256)]
)
def test_pixels_and_sizes_are_pillows(size: tuple[int, int], side: int | None, mode: str) -> None:
    data = _encoded(*size, mode)
    expected = _by_pillow(data, side)
    picture = jpeg.plain_jpeg(data, Limits(), side)
    if picture is None:  # too small to be scaled safely
        assert side is not None
        assert max(expected.size) < 128
        return
    assert picture.size == expected.size
    assert picture.image.mode == mode
    assert picture.image.tobytes() == expected.tobytes()
    assert picture.full_size == size


@pytest.mark.parametrize("options", [{"progressive": True}, {"subsampling": 0}, {"quality": 5}])
def test_kinds_of_encoding(options: dict[str, Any]) -> None:
    data = _encoded(90, 70, **options)
    picture = jpeg.plain_jpeg(data, Limits(), None)
    assert picture is not None
    assert picture.image.tobytes() == _by_pillow(data, None).tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_tags_are_followed(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = _encoded(300, 260, exif=exif)
    picture = jpeg.plain_jpeg(data, Limits(), 64)
    assert picture is not None
    assert picture.upright == (orientation == 1)
    assert picture.full_size == ((260, 300) if orientation >= 5 else (300, 260))
    expected = Picture(_by_pillow(data, 64))
    if orientation == 6:
        expected = expected.transposed(Image.Transpose.ROTATE_270)
        assert picture.same_pixels(expected)


@pytest.mark.parametrize("mode", ["CMYK", "RGB"])
def test_other_colours_are_left_to_pillow(mode: str) -> None:
    options = {"keep_rgb": True} if mode == "RGB" else {}
    assert jpeg.plain_jpeg(_encoded(40, 30, mode, **options), Limits(), None) is None


@pytest.mark.parametrize("cut", [3, 30, 300, -1])
def test_damage_is_left_to_pillow(cut: int) -> None:
    data = _encoded(60, 50)
    assert jpeg.plain_jpeg(data[:cut], Limits(), None) is None


def test_reasons_do_not_depend_on_the_decoder(without: None) -> None:
    damaged = _encoded(60, 50)[:400]
    there = load(damaged)
    jpeg._chosen.cache_clear()
    sys.modules["simplejpeg"] = simplejpeg
    here = load(damaged)
    assert isinstance(there, Rejected)
    assert here == there


def test_limits_are_checked_on_the_header() -> None:
    with pytest.raises(Unusable, match="over the limit"):
        jpeg.plain_jpeg(_encoded(60, 50), Limits(pixels=2999), None)


def test_large_pictures_are_left_to_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jpeg, "_MOST_PIXELS", 100)
    assert jpeg.plain_jpeg(_encoded(60, 50), Limits(), None) is None


def test_pixels_are_not_searched_for_tags() -> None:
    data = _encoded(60, 50)
    start = jpeg._scan_start(data)
    assert data[start : start + 2] == b"\xff\xda"
    assert b"\xff\xda" not in data[:start]
    for odd in (b"", b"\xff\xd8", b"\xff\xd8\x00\x00\x00\x00", data[: start - 5]):
        assert jpeg._scan_start(odd) == len(odd)


@pytest.mark.parametrize("size", [10, 3000, 65_519, 65_520, 200_000])
def test_profiles_are_put_together_as_pillow_does(size: int) -> None:
    profile = np.random.default_rng(size).bytes(size)
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(stream, "JPEG", icc_profile=profile)
    data = stream.getvalue()
    header = data[: jpeg._scan_start(data)]
    assert jpeg._profile_in(header) == profile
    # With a part that is lost, or numbers that do not fit, there is none.
    for place in (header.rindex(jpeg._PROFILE), header.rindex(jpeg._PROFILE) + 13):
        broken = bytearray(data)
        broken[place] ^= 0x55
        with Image.open(io.BytesIO(bytes(broken))) as image:
            wanted = image.info.get("icc_profile")
        assert jpeg._profile_in(bytes(broken[: len(header)])) == wanted
