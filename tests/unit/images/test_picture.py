"""A picture is the same picture whether Pillow or an array holds its pixels."""

import numpy as np
import pytest
from PIL import Image

from sokkuri.images import Picture


def _arrays() -> tuple[Picture, Picture]:
    random = np.random.default_rng(3)
    rgbx = random.integers(0, 256, (30, 20, 4), np.uint8)
    return Picture(rgbx, unscaled=(40, 60)), Picture(Image.fromarray(rgbx[..., :3].copy()))


def test_an_array_and_an_image_show_the_same_picture() -> None:
    array, image = _arrays()
    assert array.size == image.size == (20, 30)
    assert (array.full_size, image.full_size) == ((40, 60), (20, 30))
    assert array.same_pixels(image)
    assert not array.gray
    assert array.luma().tobytes() == image.luma().tobytes()
    assert array.image.mode == "RGB"


def test_a_gray_array_is_a_gray_picture() -> None:
    values = np.arange(600, dtype=np.uint16).astype(np.uint8).reshape(20, 30)
    picture = Picture(values)
    assert picture.gray
    assert picture.image.mode == "L"
    assert np.array_equal(np.asarray(picture.luma()), values)
    assert np.array_equal(picture.pixels(), np.repeat(values[..., None], 3, axis=2))
    assert picture.raster is not None
    assert picture.raster.channels == 1


def test_derived_pictures_are_made_once() -> None:
    array, _ = _arrays()
    calls = []

    def count(picture: Picture) -> int:
        calls.append(picture)
        return len(calls)

    assert array.luma() is array.luma()
    assert array.rgb() is array.rgb()
    assert [array.once(count), array.once(count)] == [1, 1]


@pytest.mark.parametrize("transpose", list(Image.Transpose))
def test_turning_an_array_turns_its_unscaled_size_too(transpose: Image.Transpose) -> None:
    array, image = _arrays()
    turned = array.transposed(transpose)
    assert turned.same_pixels(image.transposed(transpose))
    assert turned.full_size == tuple(2 * side for side in turned.size)


def test_rasters_are_one_piece_of_memory() -> None:
    array, image = _arrays()
    assert array.raster is not None
    assert array.raster.size == (20, 30)
    assert array.raster.channels == 4
    assert image.raster is not None
    # Pillow lends what lies in one block; a large image lies in several.
    assert Picture(Image.new("RGB", (4000, 2000))).raster is None
