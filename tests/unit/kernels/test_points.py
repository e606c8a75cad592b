"""The kernel of points equals its NumPy twin bit for bit, and the twin does what it says."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from tests.unit.kernels.twin import Twin

from sokkuri.kernels import NATIVE, points
from sokkuri.kernels.points import LEAST_SIDE, MOST_POINTS, MOST_SIDE, find_points
from sokkuri.kernels.points import reference as twin

if NATIVE:
    from sokkuri.kernels import _native

reference = Twin(points)

# The loops stay the same for all examples of a test.
ONCE = [HealthCheck.function_scoped_fixture]

sides = st.integers(LEAST_SIDE, 70) | st.sampled_from([8, 15, 16, 17, 31, 127, 128, 255, 256])
KINDS = ("noise", "black and white", "clouds", "discs", "slope", "flat", "stripes")


def picture(kind: str, width: int, height: int, seed: int) -> NDArray[np.uint8]:
    """Make a picture of a kind, of shape (height, width), uint8."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    if kind == "flat":
        return np.full((height, width), random.integers(0, 256), np.uint8)
    if kind == "slope":
        return np.asarray((x * 7 + y * 3 + seed) // 4 % 256, np.uint8)
    if kind == "stripes":
        return np.asarray(x // random.integers(1, 9) % 2 * 255, np.uint8)
    if kind == "discs":
        values = np.full((height, width), 128, np.uint8)
        for _ in range(width * height // 150 + 1):
            cx, cy, r = random.integers(0, width), random.integers(0, height), random.integers(2, 8)
            values[(x - cx) ** 2 + (y - cy) ** 2 <= r * r] = random.integers(0, 256)
        return values
    if kind == "clouds":
        coarse = random.integers(0, 256, (max(2, height // 7), max(2, width // 7)), np.uint8)
        large = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
        return np.array(large)
    values = random.integers(0, 256, (height, width), np.uint8)
    return values if kind == "noise" else np.where(values < 128, 0, 255).astype(np.uint8)


@settings(suppress_health_check=ONCE, deadline=None, max_examples=40)
@given(
    kind=st.sampled_from(KINDS), width=sides, height=sides, seed=st.integers(0, 1 << 30),
    most=st.sampled_from([1, 7, 150, MOST_POINTS]),
)  # fmt: skip
def test_the_kernel_equals_the_twin(
    loops: str, kind: str, width: int, height: int, seed: int, most: int
) -> None:
    luma = picture(kind, width, height, seed)
    ours, theirs = find_points(luma, most), reference.find_points(luma, most)
    assert np.array_equal(ours.places, theirs.places)
    assert np.array_equal(ours.codes, theirs.codes)


def test_points_are_the_published_ones() -> None:
    y, x = np.mgrid[:150, :200]
    luma = np.full((150, 200), 128, np.uint8)
    for k in range(150):  # discs here and there, large and small, dark and bright
        cx, cy, radius = 7 * k * k % 199, 41 * k % 149, 2 + k % 5
        luma[(x - cx) ** 2 + (y - cy) ** 2 <= radius * radius] = 57 * k % 256
    found = find_points(luma, 150)
    assert found.places[:3].tolist() == GOLDEN
    assert len(found.places) == 131
    digest = hashlib.sha256(found.places.astype("<u2").tobytes() + found.codes.tobytes())
    assert digest.hexdigest()[:16] == DIGEST


GOLDEN = [[512, 256, 16, 73], [505, 149, 31, 209], [505, 149, 31, 118]]
DIGEST = "55122c84865509b2"


def test_every_machine_reads_the_same_tables() -> None:
    tables = *twin.BLURS, *twin.WINDOWS, twin.SIZE_TABLE, twin.TURN_TABLE, twin.BORDERS
    values = np.concatenate([each.ravel() for each in tables]).astype("<i4")
    assert hashlib.sha256(values.tobytes()).hexdigest()[:16] == "2ab02614a6dd7d7d"
    assert all(weights.sum() == 1 << 14 for weights in twin.BLURS)


def test_points_sit_on_what_stands_out() -> None:
    y, x = np.mgrid[:120, :160]
    luma = np.full((120, 160), 90, np.uint8)
    centres = [(40, 30), (110, 80)]
    for cx, cy in centres:
        luma[(x - cx) ** 2 + (y - cy) ** 2 <= 36] = 200
    places = find_points(luma, 150).places
    for cx, cy in centres:
        assert (np.abs(places[:, :2] / 4.0 - (cx, cy)).max(1) < 1).any()
    assert not len(find_points(np.full((120, 160), 90, np.uint8), 150).places)


def test_a_quarter_turn_turns_places_and_directions_and_keeps_codes() -> None:
    luma = picture("discs", 129, 129, 5)
    upright, turned = find_points(luma, 60), find_points(np.rot90(luma), 60)
    # Row and column of a pixel change places, and directions go back by a quarter of 256.
    expected = {(int(y), 512 - int(x), (int(d) - 64) % 256): k
                for k, (x, y, _, d) in enumerate(upright.places)}  # fmt: skip
    near = 0
    for place, code in zip(turned.places.tolist(), turned.codes, strict=True):
        x, y, _, d = place
        for (u, v, e), k in expected.items():
            if max(abs(x - u), abs(y - v)) <= 2 and abs((d - e + 128) % 256 - 128) <= 4:
                near += int(np.bitwise_count(code ^ upright.codes[k]).sum()) <= 20
                break
    assert near >= 50


def test_the_strongest_come_first_and_a_smaller_number_takes_the_first() -> None:
    luma = picture("discs", 200, 150, 3)
    many, few = find_points(luma, 150), find_points(luma, 40)
    assert np.array_equal(many.places[:40], few.places)
    assert np.array_equal(many.codes[:40], few.codes)


def test_a_part_of_a_larger_picture_is_read_as_it_is(native: None) -> None:
    luma = picture("discs", 90, 80, 2)[:, ::2]
    assert np.array_equal(find_points(luma, 50).codes, reference.find_points(luma, 50).codes)


def test_sides_and_numbers_out_of_bounds_are_refused() -> None:
    for shape in [(LEAST_SIDE - 1, 30), (30, LEAST_SIDE - 1), (30, MOST_SIDE + 1), (30, 30, 1)]:
        with pytest.raises(ValueError, match="sides from"):
            find_points(np.zeros(shape, np.uint8), 9)
    for most in (0, -1, MOST_POINTS + 1):
        with pytest.raises(ValueError, match="points, got"):
            find_points(np.zeros((30, 30), np.uint8), most)


def test_what_does_not_fit_is_refused_by_the_kernel(native: None) -> None:
    luma, tables = bytes(900), points._TABLES
    assert _native.points(luma, 30, 30, 9, tables) == (b"", b"")
    for size in [(7, 30), (30, 7), (257, 30), (30, 257)]:
        with pytest.raises(ValueError, match="bounds"):
            _native.points(bytes(size[0] * size[1]), *size, 9, tables)
    for most in (0, -1, MOST_POINTS + 1):
        with pytest.raises(ValueError, match="bounds"):
            _native.points(luma, 30, 30, most, tables)
    with pytest.raises(ValueError, match="does not fit"):
        _native.points(luma[1:], 30, 30, 9, tables)
    for at, table in enumerate(tables):
        for broken in (table.ravel()[1:], table * 70_000, table - 70_000):
            with pytest.raises(ValueError, match="bounds"):
                _native.points(luma, 30, 30, 9, (*tables[:at], broken, *tables[at + 1 :]))
    shifted = tables[1].copy()
    shifted[:2] += (1, -1)  # a blur that leans to one side
    with pytest.raises(ValueError, match="bounds"):
        _native.points(luma, 30, 30, 9, (tables[0], shifted, *tables[2:]))
