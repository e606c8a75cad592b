from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from tests.unit.images import icc

from sokkuri import Picture, load
from sokkuri.images.profiles import named_profile

COLOUR = (200, 100, 50)
P3_NUMBERS = (31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
SRGB_NUMBERS = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)


def _png(*chunks: tuple[bytes, bytes], colour: tuple[int, int, int] = COLOUR) -> Picture:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(stream, "PNG")
    data = stream.getvalue()
    more = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    picture = load(data[:33] + more + data[33:])
    assert isinstance(picture, Picture), picture
    return picture


def _numbers(values: tuple[int, ...]) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def _shown(picture: Picture) -> list[int]:
    values: list[int] = picture.srgb.pixels()[0, 0].tolist()
    return values


def test_chromaticities_and_gamma_of_a_png() -> None:
    picture = _png((b"gAMA", _numbers((45455,))), (b"cHRM", _numbers(P3_NUMBERS)))
    # 45455 stands for sRGB's own curve.
    assert _shown(picture) == pytest.approx(icc.to_srgb(COLOUR, icc.P3, 0), abs=1.5)
    linear = _png((b"gAMA", _numbers((100_000,))))
    assert _shown(linear) == pytest.approx(icc.to_srgb(COLOUR, icc.SRGB, 1.0), abs=1.5)
    assert _shown(_png((b"cHRM", _numbers(P3_NUMBERS)))) == _shown(picture)


def test_code_points_of_a_png() -> None:
    shown = _shown(_png((b"cICP", bytes([12, 13, 0, 1]))))
    assert shown == pytest.approx(icc.to_srgb(COLOUR, icc.P3, 0), abs=1.5)


def test_what_says_srgb_changes_nothing() -> None:
    srgb = (b"gAMA", _numbers((45455,))), (b"cHRM", _numbers(SRGB_NUMBERS))
    for chunks in (
        (),
        srgb,
        ((b"sRGB", b"\0"), (b"gAMA", _numbers((100_000,)))),
        ((b"cICP", bytes([1, 13, 0, 1])),),
        ((b"cICP", bytes([9, 16, 0, 1])),),  # for screens brighter than sRGB knows
    ):
        assert _png(*chunks).profile is None


@pytest.mark.parametrize(
    "chunks",
    [
        [(b"gAMA", _numbers((0,)))],
        [(b"gAMA", _numbers((1,)))],
        [(b"gAMA", _numbers((2**32 - 1,)))],
        [(b"cHRM", _numbers((0,) * 8))],
        [(b"cHRM", _numbers((30000,) * 8))],
        [(b"cHRM", _numbers((2**32 - 1,) * 8))],
        [(b"cICP", bytes([255, 255, 255, 255]))],
    ],
)
def test_numbers_that_are_no_colours_change_nothing(chunks: list[tuple[bytes, bytes]]) -> None:
    picture = _png(*chunks)
    assert _shown(picture) == list(COLOUR)


def test_primaries_of_an_avif() -> None:
    box = b"colrnclx" + struct.pack(">HHHB", 12, 13, 6, 0x80)
    profile = named_profile(b"before" + box + b"after", "AVIF", {})
    assert profile is not None
    assert named_profile(b"before" + box[:10], "AVIF", {}) is None
    assert named_profile(b"before" + box + b"after", "JPEG", {}) is None


@given(st.binary(max_size=64), st.sampled_from(["PNG", "AVIF", "TIFF"]))
def test_no_bytes_raise(data: bytes, name: str) -> None:
    for whole in (data, data + b"cICP" + data, data + b"colrnclx" + data, b"cICP" + data + b"IDAT"):
        named_profile(whole, name, {"gamma": float("nan"), "chromaticity": (0.1, 0.2)})


def test_an_embedded_profile_goes_before_numbers() -> None:
    info = PngImagePlugin.PngInfo()
    info.add(b"gAMA", _numbers((100_000,)))
    stream = io.BytesIO()
    profile = icc.rgb_profile(icc.ADOBE)
    Image.new("RGB", (8, 8), COLOUR).save(stream, "PNG", pnginfo=info, icc_profile=profile)
    picture = load(stream.getvalue())
    assert isinstance(picture, Picture)
    assert picture.profile == profile
    assert np.asarray(picture.srgb.image).any()
