from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sokkuri.evaluation import EDITS

Waves = Callable[[int, int, int], NDArray[np.uint8]]
Pixels = NDArray[np.float64]

BY_NAME = {edit.name: edit for edit in EDITS}


@pytest.fixture
def photo(waves: Waves) -> Image.Image:
    """Return a picture of 200 x 300 pixels."""
    return Image.fromarray(waves(200, 300, 5))


def _applied(name: str, image: Image.Image) -> Image.Image:
    apply = BY_NAME[name].apply
    assert apply is not None
    return apply(image)


def _pixels(image: Image.Image) -> Pixels:
    return np.asarray(image, np.float64)


def test_there_are_eighteen_with_names_of_their_own() -> None:
    assert len(EDITS) == len(BY_NAME) == 18
    assert [edit.name for edit in EDITS if edit.apply is None] == ["identity"]


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("resize-50", (100, 150)),
        ("thumbnail-160", (107, 160)),
        ("jpeg-q20", (200, 300)),
        ("crop-5", (190, 286)),
        ("crop-15", (170, 256)),
        ("crop-30", (140, 210)),
        ("rotate-5", (200, 300)),
        ("rotate-90", (300, 200)),
        ("mirror", (200, 300)),
        ("brightness-1.4", (200, 300)),
        ("contrast-0.6", (200, 300)),
        ("gray", (200, 300)),
        ("hue-90", (200, 300)),
        ("blur-3", (200, 300)),
        ("banner-13", (200, 300)),
        ("border-10", (240, 360)),
        ("square", (200, 200)),
    ],
)
def test_sizes(photo: Image.Image, name: str, size: tuple[int, int]) -> None:
    before = photo.tobytes()
    with Image.open(io.BytesIO(BY_NAME[name].copy(photo))) as copy:
        assert (copy.format, copy.mode, copy.size) == ("JPEG", "RGB", size)
    assert photo.tobytes() == before, "the original is left alone"


def test_a_small_photo_makes_no_larger_thumbnail() -> None:
    assert _applied("thumbnail-160", Image.new("RGB", (60, 90))).size == (60, 90)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
@pytest.mark.parametrize("size", [(1, 1), (2, 3), (1, 90), (90, 1)])
def test_the_smallest_photos_survive(edit: object, size: tuple[int, int]) -> None:
    assert edit.copy(Image.new("RGB", size, (90, 20, 200)))  # type: ignore[attr-defined]


def test_crops_keep_the_middle(photo: Image.Image) -> None:
    for name, across, down in (("crop-5", 5, 7), ("crop-15", 15, 22), ("crop-30", 30, 45)):
        kept = _pixels(photo)[down : 300 - down, across : 200 - across]
        assert np.array_equal(_pixels(_applied(name, photo)), kept)


def test_turns_and_the_mirror_only_move_pixels(photo: Image.Image) -> None:
    pixels = _pixels(photo)
    assert np.array_equal(_pixels(_applied("rotate-90", photo)), np.rot90(pixels))
    assert np.array_equal(_pixels(_applied("mirror", photo)), pixels[:, ::-1])


def test_a_slight_turn_has_white_corners(photo: Image.Image) -> None:
    turned = _pixels(_applied("rotate-5", photo))
    for row, column in ((0, 0), (0, -1), (-1, 0), (-1, -1)):
        assert turned[row, column].tolist() == [255, 255, 255]
    # Counter-clockwise: what was at the top has moved to the left.
    line = Image.new("RGB", (201, 201), "black")
    line.paste("red", (100, 0, 101, 201))
    columns = _pixels(_applied("rotate-5", line))[20, :, 0]
    assert 20 + int(np.argmax(columns[20:180])) == pytest.approx(
        100 - 80 * np.tan(np.pi / 36), abs=1
    )


def test_light_contrast_and_colour(photo: Image.Image) -> None:
    pixels = _pixels(photo)
    brighter = _pixels(_applied("brightness-1.4", photo))
    assert np.abs(brighter - np.minimum(1.4 * pixels, 255)).max() <= 1
    mean = round(_pixels(photo.convert("L")).mean())
    flatter = _pixels(_applied("contrast-0.6", photo))
    assert np.abs(flatter - (mean + 0.6 * (pixels - mean))).max() <= 1
    gray = _pixels(_applied("gray", photo))
    assert np.abs(gray - (pixels @ [0.299, 0.587, 0.114])[..., None]).max() <= 1
    assert _pixels(_applied("blur-3", photo)).std() < pixels.std()


@pytest.mark.parametrize(
    ("before", "after"),
    [((255, 0, 0), (128, 255, 0)), ((0, 255, 0), (0, 128, 255)), ((90, 90, 90), (90, 90, 90))],
)
def test_hues_turn_by_a_quarter(before: tuple[int, int, int], after: tuple[int, int, int]) -> None:
    turned = _pixels(_applied("hue-90", Image.new("RGB", (4, 4), before)))[0, 0]
    assert np.abs(turned - after).max() <= 6


def test_the_banner_hides_the_lowest_part(photo: Image.Image) -> None:
    copy, pixels = _pixels(_applied("banner-13", photo)), _pixels(photo)
    assert np.array_equal(copy[:261], pixels[:261])
    banner = copy[261:]
    assert (banner == banner[..., :1]).all(), "gray, so nothing of the photo shines through"
    assert banner[0].max() == 32
    assert 0.05 < (banner > 200).mean() < 0.3, "a word is written on it"


def test_the_border_surrounds_the_photo(photo: Image.Image) -> None:
    copy = _pixels(_applied("border-10", photo))
    assert np.array_equal(copy[30:330, 20:220], _pixels(photo))
    copy[30:330, 20:220] = 255
    assert (copy == 255).all()


def test_the_squeeze_takes_the_shorter_side() -> None:
    assert _applied("square", Image.new("RGB", (50, 20))).size == (20, 20)


def test_low_quality_is_smaller_and_coarser(photo: Image.Image) -> None:
    fine, coarse = BY_NAME["mirror"].copy(photo), BY_NAME["jpeg-q20"].copy(photo)
    assert len(coarse) < len(fine) / 2
    with Image.open(io.BytesIO(coarse)) as image:
        assert 0 < np.abs(_pixels(image) - _pixels(photo)).mean() < 10
