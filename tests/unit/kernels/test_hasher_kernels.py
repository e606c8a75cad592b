"""Every variant of the kernels of the hash families gives the bits of its NumPy twin."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from tests.unit.kernels.twin import Twin

from sokkuri.hashers import pdq
from sokkuri.hashers.colour import _colour_counts, _counts
from sokkuri.hashers.frequency import _low_frequencies
from sokkuri.hashers.spatial import _block_sums
from sokkuri.hashers.values import luma_raster
from sokkuri.images import Picture
from sokkuri.kernels import NATIVE

if NATIVE:
    from sokkuri.kernels import _native

Bytes = NDArray[np.uint8]

# Around the steps of the kernels, long and thin, and large.
sides = st.one_of(st.integers(1, 70), st.sampled_from([127, 128, 129, 255, 256, 257, 2100]))
kinds = st.sampled_from(["noise", "flat", "two tones", "dark", "rows", "columns", "few colours"])


def _pixels(kind: str, width: int, height: int, seed: int) -> Bytes:
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (height, width, 4), np.uint8)
    if kind == "flat":
        pixels[:] = pixels[0, 0]
    elif kind == "two tones":
        pixels = np.where(pixels > 127, np.uint8(255), np.uint8(0))
    elif kind == "dark":
        pixels //= 64
    elif kind == "rows":
        pixels[:] = pixels[:, :1]
    elif kind == "columns":
        pixels[:] = pixels[:1]
    elif kind == "few colours":
        pixels = pixels // 85 * 85
    return pixels


def _image(pixels: Bytes) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(pixels[..., :3]))


def _luma(pixels: Bytes) -> Bytes:
    raster = luma_raster(Picture(pixels))
    assert raster is not None
    return np.frombuffer(raster.source, np.uint8).reshape(pixels.shape[:2])


def _tried(check: Callable[..., None], *strategies: st.SearchStrategy[Any]) -> None:
    """Run a check inside a test whose fixture must stay for all examples."""
    settings(max_examples=50, deadline=None)(given(*strategies)(check))()


def test_luma_is_that_of_pillow(loops: str) -> None:
    def check(kind: str, width: int, height: int, seed: int) -> None:
        pixels = _pixels(kind, width, height, seed)
        theirs = np.asarray(_image(pixels).convert("L"))
        assert np.array_equal(_luma(pixels), theirs)

    _tried(check, kinds, sides, sides, st.integers(0, 99))


def test_luma_of_every_colour_is_that_of_pillow(loops: str) -> None:
    for red in range(256):
        pixels = _every_colour(red)
        theirs = np.asarray(_image(pixels).convert("L"))
        assert np.array_equal(_luma(pixels), theirs)


def test_colour_counts(loops: str) -> None:
    def check(kind: str, width: int, height: int, seed: int) -> None:
        pixels = _pixels(kind, width, height, seed)
        counts = _counts(Picture(pixels))
        assert counts.tolist() == _colour_counts(_image(pixels)).tolist()

    _tried(check, kinds, sides, sides, st.integers(0, 99))


def test_every_colour_counts_as_what_pillow_makes_of_it(loops: str) -> None:
    for red in range(256):
        pixels = _every_colour(red)
        counts = _counts(Picture(pixels))
        assert tuple(counts.tolist()) == _expected_counts(red)


def _every_colour(red: int) -> Bytes:
    pixels = np.zeros((256, 256, 4), np.uint8)
    pixels[..., 0] = red
    pixels[..., 1] = np.arange(256)[:, None]
    pixels[..., 2] = np.arange(256)
    return pixels


@lru_cache(maxsize=256)
def _expected_counts(red: int) -> tuple[int, ...]:
    return tuple(_colour_counts(_image(_every_colour(red))).tolist())


def test_block_sums(loops: str) -> None:
    def check(kind: str, width: int, height: int, blocks: int, seed: int) -> None:
        luma = _pixels(kind, width, height, seed)[..., 0].copy()
        sums = np.frombuffer(_native.block_sums(luma, width, height, blocks), np.int64)
        assert np.array_equal(sums.reshape(blocks, blocks), _block_sums(luma, blocks))

    _tried(check, kinds, sides, sides, st.integers(1, 40), st.integers(0, 99))


def test_haar_averages(loops: str) -> None:
    def check(kind: str, side: int, size: int, seed: int) -> None:
        side, size = max(1 << side, 1 << size), 1 << size
        values = _pixels(kind, side, side, seed)[..., 0].copy()
        averages = _native.haar_averages(values, side, size)
        assert averages == _low_frequencies(values, size).tobytes()

    _tried(check, kinds, st.integers(0, 9), st.integers(1, 6), st.integers(0, 99))


@pytest.mark.slow
@pytest.mark.parametrize("size", [2, 64])
def test_haar_averages_of_a_large_square(loops: str, size: int) -> None:
    values = _pixels("noise", 2048, 2048, 1)[..., 0].copy()
    averages = _native.haar_averages(values, 2048, size)
    assert averages == _low_frequencies(values, size).tobytes()


@pytest.mark.slow
def test_pdq_frequencies(loops: str) -> None:
    def check(kind: str, width: int, height: int, colour: bool, seed: int) -> None:
        _compare_pdq(_pixels(kind, width, height, seed), colour)

    _tried(check, kinds, sides, sides, st.booleans(), st.integers(0, 99))


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize(
    "size", [(64, 64), (5, 5), (5, 700), (1, 1), (700, 5), (400, 533), (3000, 17), (17, 3000)]
)
def test_pdq_frequencies_at_the_turning_points(
    loops: str, size: tuple[int, int], colour: bool
) -> None:
    _compare_pdq(_pixels("noise", *size, 2), colour)


def _compare_pdq(pixels: Bytes, colour: bool) -> None:
    image = _image(pixels) if colour else Image.fromarray(pixels[..., 0].copy())
    source = pixels if colour else pixels[..., 0].copy()
    frequencies, steps = pdq._frequencies(Picture(source))
    expected, expected_steps = Twin(pdq)._frequencies(Picture(image))
    assert frequencies.tobytes() == expected.tobytes()
    assert steps == expected_steps


def test_one_rounding_of_luma_is_enough_for_pdq() -> None:
    # What the kernel computes, against what the published program does, for every colour.
    green, blue = np.meshgrid(np.arange(256), np.arange(256), indexing="ij")
    for red in range(256):
        published = (red * 0.299 + green * 0.587 + blue * 0.114).astype(np.float32)
        sums = red * 299 + green * 587 + blue * 114
        assert np.array_equal((sums * 0.001).astype(np.float32), published)


def test_pixels_that_do_not_fit_are_refused(native: None) -> None:
    colour, luma = bytes(4 * 12), bytes(12)
    _, memory = Image.new("L", (4, 3)).__arrow_c_array__()
    short: list[tuple[Callable[..., object], tuple[object, ...]]] = [
        (_native.luma, (colour, 4, 4)),
        (_native.luma, (luma, 4, 3)),
        (_native.luma, (memory, 4, 3)),
        (_native.luma, (colour, 0, 3)),
        (_native.luma, (colour, -4, -3)),
        (_native.luma, (colour, 1 << 40, 1 << 40)),
        (_native.colour_counts, (colour, luma, 4, 4)),
        (_native.colour_counts, (colour, luma[:-1], 4, 3)),
        (_native.colour_counts, (luma, luma, 4, 3)),
        (_native.block_sums, (luma, 4, 4, 2)),
        (_native.block_sums, (luma, 4, 3, 0)),
        (_native.block_sums, (luma, 4, 3, 257)),
        (_native.block_sums, (luma, 4, 1 << 25, 2)),
        (_native.haar_averages, (luma, 4, 2)),
        (_native.haar_averages, (luma, 3, 1)),
        (_native.haar_averages, (luma, 2, 4)),
        (_native.haar_averages, (luma, 0, 0)),
        (_native.haar_averages, (luma, -4, -4)),
        (_native.haar_averages, (luma, 1 << 16, 1)),
    ]
    for function, arguments in short:
        with pytest.raises(ValueError, match=r"bounds|fit"):
            function(*arguments)
    for function, arguments in ((_native.luma, (4, 3)), (_native.haar_averages, (4, 2))):
        with pytest.raises((TypeError, BufferError)):
            function("no pixels", *arguments)


@pytest.mark.parametrize(
    "change",
    [
        {"source": bytes(11)}, {"channels": 4}, {"channels": 3}, {"across": 0}, {"across": 5},
        {"down": 0}, {"down": 4}, {"waves": bytes(4095)}, {"columns": b""}, {"rows": bytes(255)},
        {"columns": np.full(64, 4, np.int32)}, {"rows": np.full(64, -1, np.int32)},
        {"columns": np.arange(64, dtype=np.int32)[::-1].copy() // 20},
    ],
)  # fmt: skip
def test_pdq_plans_that_do_not_fit_are_refused(native: None, change: dict[str, Any]) -> None:
    good: dict[str, Any] = {
        "source": bytes(12), "width": 4, "height": 3, "channels": 1, "columns": bytes(256),
        "rows": bytes(256), "across": 1, "down": 1, "waves": bytes(4096),
    }  # fmt: skip
    _native.pdq_frequencies(*good.values())
    with pytest.raises(ValueError, match=r"bounds|fit"):
        _native.pdq_frequencies(*(good | change).values())


def test_an_unknown_variant_is_refused(native: None) -> None:
    for name in ("", "sse9", b"avx2", None):
        with pytest.raises(ValueError, match="no loops of this name"):
            _native.limit_isa(name)  # type: ignore[arg-type]
