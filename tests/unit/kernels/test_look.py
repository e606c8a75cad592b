"""The look kernel equals its NumPy twin bit for bit, and the twin does what it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from sokkuri.kernels import NATIVE
from sokkuri.kernels.look.frame import frame_around
from sokkuri.kernels.look.reference import (
    LINEAR,
    ROOTS,
    SIDE,
    barrier,
    lab_quarters,
    look_reference,
    object_box,
    object_mask,
)
from sokkuri.lab import lab_of_rgb

if NATIVE:
    from sokkuri.kernels import _native

needs_native = pytest.mark.skipif(not NATIVE, reason="the C kernels were not built")


def _picture(seed: int, kind: str) -> np.ndarray[Any, Any]:
    random = np.random.default_rng(seed)
    if kind == "noise":
        return random.integers(0, 256, (SIDE, SIDE, 4), np.uint8)
    pixels = np.full((SIDE, SIDE, 4), random.integers(0, 256, 4), np.uint8)
    if kind == "boxes":
        for _ in range(4):
            y, x, h, w = random.integers(0, SIDE, 4)
            pixels[y : y + h, x : x + w] = random.integers(0, 256, 4)
    return pixels


@pytest.mark.slow
@needs_native
@settings(max_examples=60)
@given(
    st.integers(0, 1 << 30), st.sampled_from(["noise", "flat", "boxes"]),
    st.tuples(st.integers(1, 1 << 24), st.integers(1, 1 << 24)) | st.just((200, 267)),
)  # fmt: skip
def test_kernel_equals_twin(seed: int, kind: str, size: tuple[int, int]) -> None:
    rgbx = _picture(seed, kind)
    expected = np.packbits(look_reference(rgbx[..., :3], size)).tobytes()
    for level in ("portable", "avx2", "avx512"):
        _native.limit_isa(level)
        try:
            assert _native.look(rgbx, *size, LINEAR, ROOTS) == expected, level
        finally:
            _native.limit_isa("avx512")


@needs_native
@given(
    st.integers(0, 1 << 30), st.integers(1, 40), st.integers(1, 40), st.integers(0, 9),
    st.sampled_from([1, 4]),
)  # fmt: skip
def test_frames_are_measured_alike(seed: int, h: int, w: int, frame: int, channels: int) -> None:
    random = np.random.default_rng(seed)
    inner = random.integers(60, 256, (h, w, channels), np.uint8)
    pixels = np.pad(inner, ((frame, frame), (frame // 2, frame // 2), (0, 0)))
    source = np.ascontiguousarray(pixels)
    size = (pixels.shape[1], pixels.shape[0])
    rgb = pixels if channels == 4 else np.repeat(pixels, 3, axis=2)
    assert _native.look_frame(source, *size, channels) == frame_around(rgb)


def test_a_frame_is_found_and_an_object_on_a_plain_ground_is_none() -> None:
    random = np.random.default_rng(1)
    photo = random.integers(60, 256, (100, 80, 3), np.uint8)
    framed = np.pad(photo, ((9, 9), (7, 7), (0, 0)))
    # One row more than plain: there a real frame blends into the photo.
    assert frame_around(framed) == (10, 10, 8, 8)
    alone = np.full((100, 80, 3), 255, np.uint8)
    alone[30:70, 20:60] = 10
    assert frame_around(alone) == (0, 0, 0, 0)
    assert frame_around(photo) == (0, 0, 0, 0)


def _between_bars(
    photo: NDArray[np.uint8], share: float, fill: str, *, across: bool = False
) -> NDArray[np.uint8]:
    """Put a photo between two bars that take a share of the side each."""
    image = Image.fromarray(photo)
    width, height = image.size
    sides = [round(width / (1 - 2 * share)), height] if across else [
        width, round(height / (1 - 2 * share))
    ]  # fmt: skip
    if fill == "blurred":
        zoom = max(sides[0] / width, sides[1] / height)
        large = image.resize((round(width * zoom) + 1, round(height * zoom) + 1))
        left, top = (large.width - sides[0]) // 2, (large.height - sides[1]) // 2
        canvas = large.crop((left, top, left + sides[0], top + sides[1]))
        canvas = canvas.filter(ImageFilter.GaussianBlur(max(sides) * 0.03))
        canvas = canvas.point([value * 7 // 10 for value in range(256)] * 3)
    elif fill == "two colours":
        canvas = Image.new("RGB", (sides[0], sides[1]), "navy")
        left, top = (sides[0] // 2, 0) if across else (0, sides[1] // 2)
        canvas.paste("orange", (left, top, sides[0], sides[1]))
    else:
        canvas = Image.new("RGB", (sides[0], sides[1]), fill)
    canvas.paste(image, ((sides[0] - width) // 2, (sides[1] - height) // 2))
    return np.asarray(canvas)


def _textured(seed: int, width: int = 160, height: int = 120) -> NDArray[np.uint8]:
    """Return a picture that has detail all over, as a photo of a street has."""
    random = np.random.default_rng(seed)
    coarse = Image.fromarray(random.integers(0, 256, (9, 12, 3), np.uint8))
    values = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC)).astype(np.int64)
    return (values + random.integers(-30, 31, values.shape)).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("fill", ["black", "white", "two colours", "blurred"])
@pytest.mark.parametrize("share", [0.1, 0.24, 0.29, 0.36, 0.45])
@pytest.mark.parametrize("across", [False, True])
def test_bars_of_up_to_45_percent_are_found(fill: str, share: float, across: bool) -> None:
    photo = _textured(3)
    pixels = _between_bars(photo, share, fill, across=across)
    found = frame_around(pixels)
    near, far = found[2:] if across else found[:2]
    before = (pixels.shape[1] - photo.shape[1] if across else pixels.shape[0] - photo.shape[0]) // 2
    assert before <= near <= before + 2
    assert before <= far <= before + 3
    assert not any(found[:2] if across else found[2:])


def test_what_are_no_bars_of_blur_is_left_alone() -> None:
    photo = _textured(4)
    # Blurred on one side only; blurred, but without a line where that ends; an object with
    # straight sides that does not reach from edge to edge.
    one_side = _between_bars(photo, 0.3, "blurred")[:200]
    assert frame_around(one_side) == (0, 0, 0, 0)
    whole = Image.fromarray(photo).filter(ImageFilter.GaussianBlur(9))
    assert frame_around(np.asarray(whole)) == (0, 0, 0, 0)
    whole.paste(Image.fromarray(photo).crop((30, 0, 100, 60)), (40, 30))
    assert frame_around(np.asarray(whole)) == (0, 0, 0, 0)


@needs_native
@given(
    st.integers(0, 1 << 30), st.floats(0.02, 0.48), st.sampled_from(["black", "blurred"]),
    st.booleans(), st.sampled_from([1, 4]), st.integers(8, 90), st.integers(8, 90),
)  # fmt: skip
def test_bars_are_measured_alike(
    seed: int, share: float, fill: str, across: bool, channels: int, width: int, height: int
) -> None:
    rgb = _between_bars(_textured(seed, width, height), share, fill, across=across)
    if channels == 1:
        rgb = np.repeat(rgb[..., :1], 3, axis=2)
        source = np.ascontiguousarray(rgb[..., 0])
    else:
        source = np.dstack([rgb, np.zeros(rgb.shape[:2], np.uint8)])
    size = (rgb.shape[1], rgb.shape[0])
    assert _native.look_frame(source, *size, channels) == frame_around(rgb)


def test_lab_is_right_to_a_unit() -> None:
    random = np.random.default_rng(0)
    rgb = np.concatenate(
        [random.integers(0, 256, (5000, 3)), np.eye(3) * 255, [[0] * 3, [255] * 3]]
    )
    rgb = rgb.astype(np.uint8)
    assert np.abs(lab_quarters(rgb) / 4 - lab_of_rgb(rgb)).max() < 1.2
    grays = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    assert not lab_quarters(grays)[:, 1:].any()


def test_tables_are_the_published_ones() -> None:
    assert (LINEAR[0], LINEAR[255], ROOTS[0], ROOTS[4095]) == (0, 4095, 564, 4096)
    assert (np.diff(LINEAR) >= 0).all()
    assert (np.diff(ROOTS) >= 0).all()
    # Every machine must read the same numbers.
    assert (int(LINEAR.sum()), int(ROOTS.sum())) == (326038, 12582672)


def test_a_step_is_a_barrier_and_a_slope_is_none() -> None:
    lab = np.zeros((SIDE, SIDE, 3), np.int32)
    lab[..., 0] = np.arange(SIDE)[:, None]  # a slope from top to bottom
    lab[20:40, 20:40, 1] = 100
    cost = barrier(lab)
    assert (cost[20:40, 20:40] >= 100).all()
    assert cost[:, :20].max() < 5
    mask = object_mask(cost)
    assert mask[20:40, 20:40].all()
    assert mask.sum() == 400


def test_a_plain_picture_is_its_own_object() -> None:
    assert object_mask(np.zeros((SIDE, SIDE), np.int32)).all()


def test_the_box_keeps_half_of_how_slender_the_object_is() -> None:
    mask = np.zeros((SIDE, SIDE), np.bool_)
    mask[16:48, 28:36] = True
    centre, length = object_box(mask, (640, 640))
    assert centre == (32 * 256, 32 * 256)
    assert length == ((8 + 32) * 160, (32 + 32) * 160)
    # In a photo twice as wide the same pixels are twice as wide.
    assert object_box(mask, (1280, 640))[1] == ((16 + 32) * 80, (32 + 32) * 160)


@needs_native
def test_what_does_not_fit_is_refused() -> None:
    pixels = bytes(SIDE * SIDE * 4)
    for arguments in [
        (pixels[:-1], 9, 9, LINEAR, ROOTS), (pixels, 0, 9, LINEAR, ROOTS),
        (pixels, 9, (1 << 24) + 1, LINEAR, ROOTS), (pixels, 9, 9, LINEAR[1:], ROOTS),
        (pixels, 9, 9, LINEAR + 1, ROOTS), (pixels, 9, 9, LINEAR, -ROOTS),
    ]:  # fmt: skip
        with pytest.raises(ValueError, match=r"bounds|does not fit"):
            _native.look(*arguments)
    with pytest.raises((ValueError, BufferError), match="contiguous"):
        _native.look(np.zeros((4, SIDE, SIDE), np.uint8).T, 9, 9, LINEAR, ROOTS)
    with pytest.raises(ValueError, match="does not fit"):
        _native.look_frame(pixels, 3, 3, 4)
