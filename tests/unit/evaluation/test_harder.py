from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sokkuri.evaluation import EDITS, HARDER_EDITS, Edit

Waves = Callable[[int, int, int], NDArray[np.uint8]]
Pixels = NDArray[np.float64]

BY_NAME = {edit.name: edit for edit in HARDER_EDITS}
WHITE = [255, 255, 255]


@pytest.fixture
def photo(waves: Waves) -> Image.Image:
    """Return a picture of 200 x 300 pixels."""
    return Image.fromarray(waves(200, 300, 5))


@pytest.fixture
def other(waves: Waves) -> Image.Image:
    """Return another picture, of 500 x 450 pixels."""
    return Image.fromarray(waves(500, 450, 6))


def _applied(name: str, image: Image.Image, other: Image.Image | None = None) -> Pixels:
    edit = BY_NAME[name]
    if edit.apply is not None:
        return np.asarray(edit.apply(image), np.float64)
    assert edit.paste is not None
    assert other is not None
    return np.asarray(edit.paste(image, other), np.float64)


def _pixels(image: Image.Image) -> Pixels:
    return np.asarray(image, np.float64)


def test_there_are_thirteen_with_names_of_their_own() -> None:
    assert len(HARDER_EDITS) == len(BY_NAME) == 13
    assert not set(BY_NAME) & {edit.name for edit in EDITS}
    assert [name for name, edit in BY_NAME.items() if edit.paste] == ["in-picture-40", "collage"]


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("crop-30-off", (140, 210)),
        ("crop-50", (100, 150)),
        ("rotate-10", (200, 300)),
        ("rotate-30", (324, 360)),
        ("perspective", (200, 300)),
        ("in-picture-40", (500, 450)),
        ("screenshot", (720, 1480)),
        ("flip-crop-20", (160, 240)),
        ("caption", (200, 354)),
        ("collage", (667 + 10 + 400, 600)),
        ("sepia-vignette", (200, 300)),
        ("messenger", (200, 300)),
        ("turn-border", (232, 332)),
    ],
)
def test_sizes(photo: Image.Image, other: Image.Image, name: str, size: tuple[int, int]) -> None:
    before = photo.tobytes(), other.tobytes()
    data = BY_NAME[name].copy(photo, other)
    with Image.open(io.BytesIO(data)) as copy:
        assert (copy.format, copy.mode, copy.size) == ("JPEG", "RGB", size)
    assert (photo.tobytes(), other.tobytes()) == before, "the originals are left alone"
    assert BY_NAME[name].copy(photo, other) == data


@pytest.mark.parametrize("edit", HARDER_EDITS, ids=lambda edit: edit.name)
@pytest.mark.parametrize("size", [(1, 1), (2, 3), (1, 900), (900, 1)])
def test_the_smallest_and_the_longest_photos_survive(edit: Edit, size: tuple[int, int]) -> None:
    image = Image.new("RGB", size, (90, 20, 200))
    with Image.open(io.BytesIO(edit.copy(image, image))) as copy:
        assert max(copy.size) <= 4900


def test_a_picture_to_paste_with_is_not_left_out(photo: Image.Image) -> None:
    with pytest.raises(ValueError, match="collage needs another picture"):
        BY_NAME["collage"].copy(photo)


def test_crops_only_move_pixels(photo: Image.Image) -> None:
    pixels = _pixels(photo)
    assert np.array_equal(_applied("crop-30-off", photo), pixels[21:231, 44:184])
    assert np.array_equal(_applied("crop-50", photo), pixels[75:225, 50:150])
    assert np.array_equal(_applied("flip-crop-20", photo), pixels[30:270, 20:180][:, ::-1])


@pytest.mark.parametrize(("name", "degrees"), [("rotate-10", 10), ("rotate-30", 30)])
def test_turns_are_counter_clockwise_and_lay_white_bare(name: str, degrees: int) -> None:
    line = Image.new("RGB", (201, 201), "black")
    line.paste("red", (100, 0, 101, 201))
    turned = _applied(name, line)
    for row, column in ((0, 0), (0, -1), (-1, 0), (-1, -1)):
        assert turned[row, column].tolist() == WHITE
    middle = (len(turned) - 1) / 2
    row = round(middle) - 70
    red = turned[row, :, 0] - turned[row, :, 1]
    moved = (middle - row) * np.tan(np.radians(degrees))
    assert int(np.argmax(red)) == pytest.approx(middle - moved, abs=1)


def test_straight_lines_stay_straight_in_perspective() -> None:
    # The frame's corners show these places of the photo; straight lines between points of the
    # photo are straight in the frame, unlike under a bilinear warp.
    size = 400
    photo = np.full((size, size, 3), 128, np.uint8)
    places = np.arange(size)
    for shift in (0, 1, 2):
        photo[places[shift:], places[: size - shift], 0] = 255
        photo[places[: size - shift], places[shift:], 0] = 255
    found = _applied("perspective", Image.fromarray(photo))
    rows = np.arange(60, 340)
    red = found[rows, :, 0] - found[rows, :, 1]
    columns = (red * places).sum(1) / red.sum(1)
    line = np.polynomial.Polynomial.fit(rows, columns, 1)
    assert np.abs(line(rows) - columns).max() < 0.5


def test_perspective_shows_the_places_it_says() -> None:
    wide, high = 512, 256
    ramp = np.zeros((high, wide, 3), np.uint8)
    ramp[..., 0], ramp[..., 1] = np.arange(wide) // 2, np.arange(high)[:, None]
    found = _applied("perspective", Image.fromarray(ramp))
    shown = ((0, 0, -0.05, -0.03), (1, 0, 0.96, 0.03), (1, 1, 1.03, 0.95), (0, 1, 0.04, 1.02))
    equations, values = [], []
    for u, v, x, y in shown:
        equations += [[u, v, 1, 0, 0, 0, -u * x, -v * x], [0, 0, 0, u, v, 1, -u * y, -v * y]]
        values += [x, y]
    projection = np.append(np.linalg.solve(np.array(equations), values), 1).reshape(3, 3)
    for right, below in ((0.2, 0.2), (0.5, 0.1), (0.9, 0.4), (0.4, 0.6), (0.1, 0.8), (0.8, 0.9)):
        x, y, scale = projection @ (right, below, 1)
        place = found[round(below * high), round(right * wide), :2]
        assert place.tolist() == pytest.approx([x / scale * 255, y / scale * 255], abs=1.5)
    assert found[3, -3, :2].tolist() == pytest.approx([0.96 * 255, 0.04 * 255], abs=3)
    for row, column in ((0, 0), (-1, 0), (-1, -1)):
        assert found[row, column].tolist() == WHITE, "past the photo"


def test_the_photo_in_another_one(photo: Image.Image, other: Image.Image) -> None:
    copy, scene = _applied("in-picture-40", photo, other), _pixels(other)
    small = _pixels(photo.resize((120, 180), Image.Resampling.LANCZOS))
    assert np.array_equal(copy[162:342, 114:234], small)
    copy[162:342, 114:234] = scene[162:342, 114:234]
    assert np.array_equal(copy, scene)
    assert _applied("in-picture-40", photo, photo).shape == (400, 400, 3)


def test_the_screenshot_shows_the_whole_photo(photo: Image.Image) -> None:
    screen = _applied("screenshot", photo)
    shown = _pixels(photo.resize((640, 960), Image.Resampling.LANCZOS))
    assert np.array_equal(screen[200:1160, 40:680], shown)
    screen[200:1160, 40:680] = 250
    assert (screen == screen[200, 0]).mean() > 0.7, "mostly plain ground"
    for top, bottom in ((0, 70), (100, 170), (1180, 1400)):
        assert 0.01 < (np.abs(np.diff(screen[top:bottom].sum(2), axis=1)) > 200).mean() < 0.3
    assert (screen[1420:] == 235).all()


def test_the_caption_stands_above(photo: Image.Image) -> None:
    copy = _applied("caption", photo)
    assert np.array_equal(copy[54:], _pixels(photo))
    bar = copy[:54]
    assert (bar == WHITE).all(axis=2).mean() > 0.6
    assert 0.05 < (bar < 100).all(axis=2).mean() < 0.3, "something is written on it"
    ink = np.flatnonzero((bar.max(axis=2) < 100).any(axis=1))
    assert (np.diff(ink) > 3).sum() == 1, "in two lines"


def test_the_collage_keeps_both(photo: Image.Image, other: Image.Image) -> None:
    copy = _applied("collage", photo, other)
    sizes = (667, 600), (400, 600)
    left, right = (
        _pixels(image.resize(size, Image.Resampling.LANCZOS))
        for image, size in zip((other, photo), sizes, strict=True)
    )
    assert np.array_equal(copy[:, :667], left)
    assert (copy[:, 667:677] == 255).all()
    assert np.array_equal(copy[:, 677:], right)


def test_sepia_is_brown_and_dark_in_the_corners() -> None:
    found = _applied("sepia-vignette", Image.new("RGB", (301, 201), (200, 200, 200)))
    assert found[100, 150].tolist() == pytest.approx([214, 180, 140], abs=1)
    for row, column in ((0, 0), (0, -1), (-1, 0), (-1, -1)):
        assert found[row, column].tolist() == pytest.approx([64, 54, 42], abs=3)
    assert (np.diff(found[100, 150:], axis=0) <= 0).all()


def test_a_messenger_shrinks_and_compresses(photo: Image.Image) -> None:
    large = photo.resize((1000, 1500))
    assert _applied("messenger", large).shape == (800, 533, 3)
    brighter = np.minimum(1.1 * _pixels(photo), 255)
    mean = round(_pixels(Image.fromarray(brighter.astype(np.uint8)).convert("L")).mean())
    expected = np.clip(mean + 1.15 * (brighter - mean), 0, 255)
    assert np.abs(_applied("messenger", photo) - expected).max() <= 3
    assert len(BY_NAME["messenger"].copy(photo)) < len(BY_NAME["rotate-10"].copy(photo)) / 2


def test_the_frame_surrounds_what_was_turned(photo: Image.Image) -> None:
    copy = _applied("turn-border", photo)
    turned = photo.rotate(4, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))
    assert np.array_equal(copy[16:316, 16:216], _pixels(turned))
    copy[16:316, 16:216] = copy[0, 0]
    assert copy[0, 0].max() < 40
    assert (copy == copy[0, 0]).all()
