from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from sokkuri.evaluation import central_colour
from sokkuri.images import Picture
from sokkuri.lab import colours_agree, lab_of_rgb

# Published values for sRGB under D65 (Lindbloom's calculator, rounded to two decimals).
PUBLISHED = [
    ((255, 0, 0), (53.24, 80.09, 67.20)),
    ((0, 255, 0), (87.73, -86.18, 83.18)),
    ((0, 0, 255), (32.30, 79.19, -107.86)),
    ((255, 255, 0), (97.14, -21.55, 94.48)),
    ((0, 255, 255), (91.11, -48.09, -14.13)),
    ((255, 0, 255), (60.32, 98.23, -60.82)),
    ((255, 255, 255), (100.0, 0.0, 0.0)),
    ((0, 0, 0), (0.0, 0.0, 0.0)),
    ((119, 119, 119), (50.03, 0.0, 0.0)),
    ((10, 10, 10), (2.74, 0.0, 0.0)),
]


@pytest.mark.parametrize(("rgb", "lab"), PUBLISHED)
def test_published_colours(rgb: tuple[int, int, int], lab: tuple[float, float, float]) -> None:
    assert lab_of_rgb(np.array(rgb, np.uint8)) == pytest.approx(lab, abs=0.012)


def _picture(colour: tuple[int, int, int], size: tuple[int, int] = (100, 50)) -> Picture:
    return Picture(Image.new("RGB", size, colour))


@pytest.mark.parametrize("size", [(100, 50), (1, 1), (2, 3), (7, 900), (640, 480)])
def test_a_plain_picture_has_its_colour(size: tuple[int, int]) -> None:
    found = central_colour(_picture((255, 0, 0), size))
    assert found == pytest.approx((53.24, 80.09, 67.20), abs=0.012)


def test_only_the_middle_counts() -> None:
    image = Image.new("RGB", (100, 50), (0, 0, 255))
    image.paste((255, 0, 0), (30, 15, 70, 35))
    assert central_colour(Picture(image))[0] == pytest.approx(53.24, abs=0.012)
    image.paste((0, 0, 255), (30, 15, 51, 35))  # 21 of 40 columns: the majority changes
    assert central_colour(Picture(image))[0] == pytest.approx(32.30, abs=0.012)


def test_the_median_is_taken_for_each_channel() -> None:
    image = Image.new("RGB", (10, 10))
    colours = [(255, 0, 0)] * 5 + [(0, 255, 0)] * 5 + [(0, 0, 255)] * 6
    image.paste(Image.fromarray(np.array(colours, np.uint8).reshape(4, 4, 3)), (3, 3))
    expected = np.median(lab_of_rgb(np.array(colours, np.uint8)), axis=0)
    assert central_colour(Picture(image)) == pytest.approx(expected)
    assert not any(
        np.allclose(expected, lab_of_rgb(np.array(rgb, np.uint8))) for rgb in set(colours)
    )


def test_shrinking_keeps_the_colour_of_even_areas() -> None:
    image = Image.new("RGB", (1000, 1000), (0, 0, 255))
    image.paste((200, 30, 90), (300, 300, 600, 700))
    small = image.resize((100, 100), Image.Resampling.NEAREST)
    assert central_colour(Picture(image)) == pytest.approx(central_colour(Picture(small)))


def test_gray_pictures_have_no_colour() -> None:
    lightness, a, b = central_colour(Picture(Image.new("L", (20, 20), 119)))
    assert (lightness, a, b) == pytest.approx((50.03, 0, 0), abs=0.01)


def test_agreement_reaches_to_twenty_inclusive() -> None:
    one = np.array([50.0, 0.0, 0.0])
    others = np.array([[50.0, 12, 16], [50, 12.001, 16], [70, 0, 0], [38, 16.1, 0]])
    assert colours_agree(one, others).tolist() == [True, False, True, False]
