"""Deep scans: white-is-zero, fewer bits than the file has room for, and pixels far off."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from sokkuri import Picture, hash_image, load
from sokkuri.images.pixels import _EIGHT_BITS, _SIXTEEN_BITS, _ends_of

Waves = Callable[[int, int, int], NDArray[np.uint8]]

HASHES = ("look-2", "ahash-gray-64", "dhash-8")


def _png(values: NDArray[Any]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(values).save(file, "PNG")
    return file.getvalue()


def _tiff(
    values: NDArray[Any], *, white: bool = False, order: Any = "<", packed: bool = False
) -> bytes:
    """Return a gray TIFF, written here: no writer has all of these."""
    height, width = values.shape
    data = values.astype(values.dtype.newbyteorder(order)).tobytes()
    data = zlib.compress(data) if packed else data
    data += bytes(len(data) % 2)
    kind = {"u": 1, "i": 2, "f": 3}[values.dtype.kind]
    tags = [
        (256, 4, width), (257, 4, height), (258, 3, values.dtype.itemsize * 8),
        (259, 3, 8 if packed else 1), (262, 3, 0 if white else 1), (273, 4, 8), (277, 3, 1),
        (278, 4, height), (279, 4, len(data)), (339, 3, kind),
    ]  # fmt: skip
    out = b"II*\0" if order == "<" else b"MM\0*"
    out += struct.pack(order + "I", 8 + len(data)) + data + struct.pack(order + "H", len(tags))
    for tag, size, value in tags:
        held = struct.pack(order + ("HH" if size == 3 else "I"), *([value, 0][: 5 - size]))
        out += struct.pack(order + "HHI", tag, size, 1) + held
    return out + bytes(4)


def _gray(source: Any) -> NDArray[np.int64]:
    found = load(source)
    assert isinstance(found, Picture), found
    return np.asarray(found.luma()).astype(np.int64)


def _distances(a: Any, b: Any) -> list[float]:
    pairs = [(hash_image(a, hash=name), hash_image(b, hash=name)) for name in HASHES]
    return [one.distance(other) / one.spec.bits for one, other in pairs]


@pytest.fixture
def scene(waves: Waves) -> NDArray[np.uint8]:
    """Return a gray picture that uses all of eight bits."""
    gray = waves(160, 120, 3)[..., 0].astype(np.float64)
    low, high = gray.min(), gray.max()
    return np.asarray((gray - low) * 255 / (high - low) + 0.5).astype(np.uint8)


# -- white is zero


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    "kind",
    [
        "u1", "u2", "10 bits in u2", "i2", "u4", "16 bits in u4", "8 bits in u4", "i4", "f4",
        "f4 beyond one",
    ],
)  # fmt: skip
def test_white_is_zero(scene: NDArray[np.uint8], kind: str, order: str, packed: bool) -> None:
    wide = scene.astype(np.int64)
    black, white = {
        "u1": (wide, 255 - wide), "u2": (wide * 257, 65_535 - wide * 257),
        "10 bits in u2": (wide * 4, 65_535 - wide * 4), "i2": (wide * 8 - 900, 899 - wide * 8),
        "u4": (wide * 16_843_009, 0xFFFF_FFFF - wide * 16_843_009),
        "16 bits in u4": (wide * 257, 65_535 - wide * 257), "8 bits in u4": (wide, 255 - wide),
        "i4": (wide * 257, -1 - wide * 257), "f4": (wide / 255, 1 - wide / 255),
        "f4 beyond one": (wide * 11.0, 4000 - wide * 11.0),
    }[kind]  # fmt: skip
    dtype = np.dtype(kind.rsplit(" in ", maxsplit=1)[-1].split(maxsplit=1)[0])
    options: dict[str, Any] = {"order": order, "packed": packed}
    there = _gray(_tiff(black.astype(dtype), **options))
    turned = _gray(_tiff(white.astype(dtype), white=True, **options))
    assert np.abs(there - turned).max() <= 1
    assert np.abs(there - wide).max() <= 1


def test_white_is_zero_in_an_image_that_pillow_opened(scene: NDArray[np.uint8]) -> None:
    values = 65_535 - scene.astype(np.uint16) * 257
    with Image.open(io.BytesIO(_tiff(values, white=True))) as image:
        assert image.mode == "I;16"
        assert np.array_equal(_gray(image), scene)


# -- fewer bits


@pytest.mark.parametrize("bits", [8, 9, 10, 11, 12, 13, 14, 16])
def test_a_picture_is_the_same_at_every_depth(scene: NDArray[np.uint8], bits: int) -> None:
    full = (1 << bits) - 1
    values = (scene.astype(np.uint32) * full // 255).astype(np.uint16)
    for source in (_png(values), _tiff(values, order=">"), values, np.stack([values] * 3, axis=2)):
        assert np.abs(_gray(source) - scene).max() <= 1
        assert max(_distances(source, _png(scene))) <= 0.02


def test_sixteen_full_bits_are_left_as_they_are() -> None:
    values = np.arange(65_536, dtype=np.uint16).reshape(256, 256)
    expected = np.floor(values * (255 / 65_535) + 0.5)
    assert np.array_equal(_gray(_png(values)), expected)
    assert np.array_equal(_gray(values), expected)


def test_alpha_has_the_depth_of_the_colours(scene: NDArray[np.uint8]) -> None:
    colours = np.stack([scene.astype(np.uint16) * 4] * 4, axis=2)
    colours[..., 3] = 1020
    colours[:9, :9, 3] = 0
    found = _gray(colours)
    assert found[:9, :9].min() == 255
    assert np.abs(found[20:] - scene[20:]).max() <= 1


# -- pixels far off


@pytest.mark.parametrize("value", [0, 65_535, 40_000])
@pytest.mark.parametrize("bits", [8, 9, 10, 12, 14, 16])
@pytest.mark.parametrize("count", [1, 5, 19])
def test_hot_pixels(scene: NDArray[np.uint8], bits: int, value: int, count: int) -> None:
    values = (scene.astype(np.uint32) * ((1 << bits) - 1) // 255).astype(np.uint16)
    dotted, small = values.copy(), scene.copy()
    places = np.random.default_rng(count).permutation(scene.size)[:count]
    dotted.flat[places] = value
    small.flat[places] = 0 if value == 0 else 255 if bits < 16 else value * 255 // 65_535
    for source in (_png(dotted), dotted):
        assert np.abs(_gray(source) - small).max() <= 1


@pytest.mark.parametrize("bits", [9, 10, 12, 14])
def test_a_burnt_in_label(scene: NDArray[np.uint8], bits: int) -> None:
    values = (scene.astype(np.uint32) * ((1 << bits) - 1) // 255).astype(np.uint16)
    labelled, small = values.copy(), scene.copy()
    labelled[4:12, 6:60:2], small[4:12, 6:60:2] = 65_535, 255
    labelled[4:12, 7:12], small[4:12, 7:12] = 50_000, 255  # blurred edges
    assert np.abs(_gray(_png(labelled)) - small).max() <= 1


@pytest.mark.parametrize("share", [0.0, 0.01, 0.4])
@pytest.mark.parametrize("value", [-9999.0, -3.4e38, 3e38, np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("scale", [1.0, 3000.0])
def test_no_data(scene: NDArray[np.uint8], scale: float, value: float, share: float) -> None:
    values = (scene / 255 * scale).astype(np.float32)
    marked = values.copy()
    rows = int(len(values) * share)
    marked[:rows] = value
    marked[-1, -1] = value
    there, found = _gray(_tiff(values)), _gray(_tiff(marked))
    rest = slice(rows, -1)
    least, most = values[rest].min(), values[rest].max()
    expected = there[rest] if scale == 1 else (values[rest] - least) * 255 / (most - least)
    assert np.abs(found[rest] - expected).max() <= 8
    assert set(np.unique(found[:rows])) <= {0, 255}


def test_signed_values_with_a_mark() -> None:
    values = np.add.outer(np.arange(60), np.arange(80)).astype(np.int16) * 10 - 700
    marked = values.copy()
    marked[:20] = -32_768
    there, found = _gray(_tiff(values)), _gray(_tiff(marked))
    assert found[20:].max() == there.max() == 255
    assert np.ptp(found[20:]) > 240
    assert np.array_equal(_gray(marked), found)


# -- the rule itself


def test_few_tones_are_no_picture_with_a_label() -> None:
    two = np.zeros((40, 40), np.uint16)
    two[10:14, 10:14] = 65_535
    assert set(np.unique(_gray(_png(two)))) == {0, 255}
    silhouette = np.full((60, 60), 65_535, np.uint16)
    silhouette[20:40, 20:40] = np.arange(400).reshape(20, 20)
    assert _gray(_png(silhouette))[20:40, 20:40].max() <= 2


def test_highlights_that_are_reached_step_by_step_count() -> None:
    night = np.geomspace(100, 65_535, 6400).astype(np.uint16).reshape(80, 80)
    assert _ends_of(np.sort(night.astype(np.float64), axis=None), (_SIXTEEN_BITS,)).full == 65_535


def test_flat_and_empty_pictures() -> None:
    assert _ends_of(np.array([]), (1.0,)).high == 0
    assert np.unique(_gray(np.full((9, 9), 300, np.uint16))).size == 1
    assert set(np.unique(_gray(_tiff(np.full((9, 9), np.nan, np.float32))))) == {0}


@given(st.lists(st.integers(-(2**31), 2**31), min_size=1, max_size=300))
def test_ends_are_in_order_whatever_the_values(values: list[int]) -> None:
    found = _ends_of(np.sort(np.array(values, np.float64)), (_EIGHT_BITS, _SIXTEEN_BITS))
    assert found.low <= found.high
    assert np.isfinite([found.low, found.high, found.full]).all()


@given(st.integers(8, 14), st.integers(0, 999))
def test_one_pixel_never_moves_the_others(bits: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    values = random.integers(0, 1 << bits, (30, 30)).astype(np.uint16)
    values[0, :4] = (1 << bits) - 1
    moved = values.copy()
    moved[20, 20] = random.integers(0, 65_536)
    there, found = _gray(values), _gray(moved)
    there[20, 20] = found[20, 20]
    assert np.array_equal(there, found)
