from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from sokkuri import Picture, hasher
from sokkuri.hashers import quality
from sokkuri.hashers.pdq import _steps
from sokkuri.hashers.quality import _counts, _gradient_score, colour_quality, gray_quality
from sokkuri.registry import families
from sokkuri.settings import LOW_QUALITY

Waves = Callable[[int, int, int], NDArray[np.uint8]]

SOLID = ["black", "white", "red", "lime", "blue", "gray"]


@pytest.mark.parametrize("colour", SOLID)
@pytest.mark.parametrize("family", families(), ids=lambda family: family.prefix)
def test_six_solid_colours_never_look_informative(family, colour: str) -> None:  # type: ignore[no-untyped-def]
    picture = Picture(Image.new("RGB", (90, 70), colour))
    assert hasher(family.example).hash(picture).quality == 0
    assert colour_quality(picture) == 0


@pytest.mark.parametrize("family", families(), ids=lambda family: family.prefix)
def test_every_hash_says_its_quality(family, waves: Waves) -> None:  # type: ignore[no-untyped-def]
    quality = hasher(family.example).hash(Picture(Image.fromarray(waves(90, 70, 2)))).quality
    assert quality is not None
    assert LOW_QUALITY < quality <= 100


def _drawn(kind: str) -> Image.Image:
    image = Image.new("L", (600, 800), 255)
    draw = ImageDraw.Draw(image)
    if kind == "text":
        for y in range(40, 760, 24):
            draw.text((40, y), "The quick brown fox jumps over the lazy dog, again.", fill=0)
    elif kind == "word":
        draw.text((40, 300), "Hello", fill=0)
    elif kind == "rectangle":
        draw.rectangle((100, 100, 400, 500), fill=0)
    elif kind == "disc":
        draw.ellipse((100, 100, 400, 500), fill=30)
    elif kind == "stripes":
        for x in range(0, 600, 60):
            draw.rectangle((x, 0, x + 30, 800), fill=90)
    return image


@pytest.mark.parametrize("kind", ["text", "word", "rectangle", "disc", "stripes", "paper"])
def test_two_tones_and_nearly_empty_pictures_are_low(kind: str) -> None:
    assert colour_quality(Picture(_drawn(kind))) < LOW_QUALITY


@pytest.mark.parametrize("cell", [2, 7, 10, 31, 75, 100])
def test_a_checkerboard_is_two_tones_at_every_size(cell: int) -> None:
    rows, columns = np.mgrid[0:600, 0:600]
    board = ((rows // cell + columns // cell) % 2 * 255).astype(np.uint8)
    assert colour_quality(Picture(Image.fromarray(board))) == 0


def test_noise_of_a_sensor_on_a_plain_wall_is_low() -> None:
    wall = np.random.default_rng(0).integers(125, 130, (300, 400), np.uint8)
    assert colour_quality(Picture(Image.fromarray(wall))) < LOW_QUALITY


def test_full_noise_is_high() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 400), np.uint8)
    assert colour_quality(Picture(Image.fromarray(noise))) == 100
    assert colour_quality(Picture(Image.fromarray(noise[:64, :64]))) == 100


@pytest.mark.parametrize("side", [64, 128, 512])
def test_a_ramp_is_in_the_middle_at_every_side(side: int) -> None:
    # 255 levels over 64 pixels are 1.6 percent a step, counted as 1: 64 * 63 / 90 is 44.
    ramp = np.tile(np.linspace(0, 255, side).astype(np.uint8), (side, 1))
    assert gray_quality(Picture(Image.fromarray(ramp))) == pytest.approx(44, abs=4)


@pytest.mark.parametrize("levels", [3, 20, 40, 256])
def test_gradients_of_64_pixels_are_those_of_pdq(levels: int) -> None:
    values = np.random.default_rng(levels).integers(0, levels, (64, 64), np.uint8)
    assert _gradient_score(_counts(values)) == _steps(values.astype(np.float32)) // 90


def test_colours_of_one_luma_are_judged_by_their_best_channel() -> None:
    red = np.tile(np.arange(0, 256, 2, dtype=np.float64), (128, 1))
    green = (76 - 0.299 * red) / 0.587
    pixels = np.stack([red, green, np.zeros_like(red)], axis=2).round().clip(0, 255)
    image = Image.fromarray(pixels.astype(np.uint8))
    assert colour_quality(Picture(image.convert("L"))) < LOW_QUALITY
    assert colour_quality(Picture(image)) > LOW_QUALITY


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (300, 1), (1, 1, 3), (2, 500, 3)])
def test_odd_shapes(shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    assert 0 <= colour_quality(Picture(Image.fromarray(values))) <= 100


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("size", [(1, 1), (3, 200), (63, 64), (64, 64), (65, 129), (267, 200)])
def test_the_kernel_picks_and_counts_what_its_twin_does(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], mode: str
) -> None:
    random = np.random.default_rng(size[0])
    image = Image.fromarray(random.integers(0, 256, (*size, 3), np.uint8)).convert(mode)
    by_kernel = gray_quality(Picture(image))
    monkeypatch.setattr(quality, "NATIVE", False)
    assert gray_quality(Picture(image)) == by_kernel


def test_positions_are_those_of_pillows_nearest_resize() -> None:
    for side in [*range(1, 700), 1023, 2047, 4032, 5999, 65535]:
        numbers = np.arange(side, dtype=np.int32)[None]
        row = np.asarray(Image.fromarray(numbers).resize((64, 1), Image.Resampling.NEAREST))
        assert np.array_equal(quality._positions(side), row[0])
