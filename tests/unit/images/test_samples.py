"""Samples count as they are stored: all channels, the full depth, and what is transparent."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin
from tests.unit.images.making import HOLDING, encoded, lossless, noise, picture, png, told

from sokkuri.images import exact_digest


def test_colours_below_full_transparency_count() -> None:
    values = noise(9, 8, 4)
    values[..., 3] = 0
    other = values.copy()
    other[4, 4, 1] ^= 1
    for form in HOLDING["RGBA"]:
        a, b = (told(lossless(Image.fromarray(each), form)) for each in (values, other))
        assert a == told(values)
        assert a != b


@pytest.mark.parametrize(
    ("mode", "clear"), [("L", 7), ("RGB", (7, 8, 9)), ("P", 2), ("P", bytes(range(9)))]
)
def test_one_value_that_is_transparent_is_alpha(mode: str, clear: Any) -> None:
    image = picture(mode, 5)
    if mode != "P":
        image.putpixel((3, 2), clear)
    data = encoded(image, "PNG", transparency=clear)
    with Image.open(io.BytesIO(data)) as opened:
        alpha = opened.convert("RGBA")
    assert told(data) == told(alpha)
    assert told(data) != told(image)


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_transparent_gray_of_few_bits(bits: int) -> None:
    step = 255 // ((1 << bits) - 1)
    values = (np.arange(96) % (1 << bits)).astype(np.uint8).reshape(8, 12)
    data = _gray_png(values, bits, clear=1)
    alpha = np.where(values == 1, 0, 255).astype(np.uint8)
    assert told(data) == told(np.dstack([values * step] * 3 + [alpha]))
    assert told(_gray_png(values, bits)) == told(values * step)


def _gray_png(values: NDArray[np.uint8], bits: int, clear: int | None = None) -> bytes:
    """Write what Pillow does not: gray of a few bits, with a transparent value."""
    height, width = values.shape
    unpacked = np.unpackbits(values[..., np.newaxis], axis=2)[..., 8 - bits :].reshape(height, -1)
    rows = b"".join(b"\0" + row.tobytes() for row in np.packbits(unpacked, axis=1))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0))]
    if clear is not None:
        chunks.append((b"tRNS", struct.pack(">H", clear)))
    return png([*chunks, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")])


@pytest.mark.parametrize("form", ["PNG", "TIFF", "JPEG2000"])
def test_the_low_byte_of_deep_gray_counts(form: str) -> None:
    values = np.random.default_rng(1).integers(0, 1 << 16, (9, 8), np.uint16)
    image = Image.fromarray(values)
    assert told(encoded(image, form)) == told(image) == told(values)
    other = values.copy()
    other[3, 3] ^= 1
    assert told(encoded(Image.fromarray(other), form)) != told(image)
    assert told(encoded(image, form)) != told(Image.fromarray((values >> 8).astype(np.uint8)))


def test_deep_gray_of_a_pnm() -> None:
    values = np.random.default_rng(1).integers(0, 1 << 16, (9, 8), np.uint16)
    data = b"P5 8 9 65535\n" + values.astype(">u2").tobytes()
    plain = b"P2 8 9 65535\n" + " ".join(map(str, values.reshape(-1).tolist())).encode()
    assert told(data) == told(plain) == told(values)
    # Of a depth between the usual ones the decoder makes another: nothing is said.
    few = values >> 4
    assert exact_digest(b"P5 8 9 4095\n" + few.astype(">u2").tobytes()) is None
    plain = b"P2 8 9 4095\n" + " ".join(map(str, few.reshape(-1).tolist())).encode()
    assert exact_digest(plain) is None


def test_signed_gray_is_another_than_gray() -> None:
    values = np.random.default_rng(1).integers(0, 1 << 15, (9, 8), np.uint16)
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[339] = 2  # the sample format: signed whole numbers
    data = encoded(Image.fromarray(values), "TIFF", tiffinfo=info)
    assert told(data) not in (told(values), told(encoded(Image.fromarray(values), "TIFF")))


def test_which_deep_gray_is_transparent_counts() -> None:
    image = Image.fromarray(np.arange(72, dtype=np.uint16).reshape(9, 8) * np.uint16(900))
    a, b = (told(encoded(image, "PNG", transparency=value)) for value in (900, 1800))
    assert len({a, b, told(image)}) == 3


def test_floats_count_to_their_last_bit() -> None:
    values = np.random.default_rng(1).random((9, 8)).astype(np.float32)
    image = Image.fromarray(values)
    for form in ("TIFF", "PPM"):
        assert told(encoded(image, form)) == told(values)
        other = values.copy()
        other[2, 2] = np.nextafter(other[2, 2], np.float32(2))
        assert told(encoded(Image.fromarray(other), form)) != told(values)
    assert told(values.astype(np.float64)) != told(values)


def test_numbers_of_32_bits_count() -> None:
    values = np.random.default_rng(1).integers(-(1 << 30), 1 << 30, (9, 8)).astype(np.int32)
    data = encoded(Image.fromarray(values), "TIFF")
    values[0, 0] ^= 1
    assert told(data) != told(encoded(Image.fromarray(values), "TIFF"))


def _deep_png(values: NDArray[np.uint16]) -> bytes:
    """Write what Pillow does not: colours of 16 bits."""
    height, width, channels = values.shape
    kind = {2: 4, 3: 2, 4: 6}[channels]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0)
    return png([(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")])


@pytest.mark.parametrize("channels", [2, 3, 4])
def test_of_deep_colours_nothing_is_said(channels: int) -> None:
    values = np.random.default_rng(1).integers(0, 1 << 16, (9, 8, channels), np.uint16)
    assert exact_digest(_deep_png(values)) is None
    if channels > 2:
        assert exact_digest(b"P6 8 9 65535\n" + values[..., :3].astype(">u2").tobytes()) is None


def test_cmyk_stays_cmyk() -> None:
    image = picture("CMYK", 3)
    data = encoded(image, "TIFF")
    assert told(data) == told(image)
    assert told(data) != told(image.convert("RGB"))
    assert told(encoded(picture("CMYK", 4), "TIFF")) != told(data)


@pytest.mark.parametrize("mode", ["LAB", "HSV", "YCbCr", "RGBX", "RGBa", "La"])
def test_modes_without_a_meaning_have_no_digest(mode: str) -> None:
    assert exact_digest(Image.new(mode, (4, 4))) is None
