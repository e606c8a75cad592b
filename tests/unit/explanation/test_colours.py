"""Colours that a code holds are those of the photo."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sokkuri import Picture, load
from sokkuri.explanation import ColoursPanel, Explanation
from sokkuri.explanation.sentence import _middle_lab
from sokkuri.lab import hex_of_lab, lab_of_rgb, rgb_of_lab

Explainer = Callable[..., Explanation]
Colour = tuple[int, int, int]

COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


@settings(deadline=None)
@given(COLOURS)
def test_lab_comes_back_as_it_is_shown(rgb: Colour) -> None:
    lab = lab_of_rgb(np.array([rgb], np.uint8))
    assert np.abs(rgb_of_lab(lab)[0].astype(int) - rgb).max() <= 1
    assert hex_of_lab(lab)[0][0] == "#"


@pytest.mark.parametrize("shape", [(2, 2), (8, 8), (60, 60), (14, 3)])
def test_the_middle_is_the_middle(shape: tuple[int, int]) -> None:
    pixels = np.full((*shape, 3), 255, np.uint8)
    rows, columns = (slice(int(0.3 * side), int(np.ceil(0.7 * side))) for side in shape)
    pixels[rows, columns] = (20, 90, 160)
    expected = lab_of_rgb(np.array([20, 90, 160], np.uint8))
    assert np.abs(_middle_lab(pixels) - expected).max() < 1


@pytest.mark.parametrize(("name", "step"), [("look-2", 1.0), ("look-2-compact", 3.0)])
@pytest.mark.parametrize("rgb", [(170, 160, 90), (40, 60, 110), (120, 120, 120), (150, 60, 70)])
def test_the_colours_of_a_code(explained: Explainer, name: str, step: float, rgb: Colour) -> None:
    picture = load(np.full((80, 90, 3), rgb, np.uint8))
    assert isinstance(picture, Picture)
    panels = [panel for panel in explained(picture, picture, name).panels
              if isinstance(panel, ColoursPanel)]  # fmt: skip
    expected = lab_of_rgb(np.array(rgb, np.uint8))
    centre = panels[0]
    assert centre.name == "centre"
    # Half a step, and what whole numbers round off.
    assert np.abs(centre.lab_a[0, 0] - expected).max() <= step / 2 + 0.8
    assert len(panels) == (2 if name == "look-2" else 1)
    for places in panels[1:]:
        assert places.lab_a.shape == (3, 3, 3)
        assert np.abs(places.lab_a - expected).max() <= 4 / 2 + 0.8


def test_a_colour_beyond_the_levels_is_the_last_one(explained: Explainer) -> None:
    picture = load(np.full((80, 90, 3), (250, 230, 0), np.uint8))
    assert isinstance(picture, Picture)
    panels = {panel.name: panel for panel in explained(picture, picture, "look-2").panels}
    for name, last in (("centre", 48.0), ("places", 48.0)):
        panel = panels[name]
        assert isinstance(panel, ColoursPanel)
        assert panel.lab_a[0, 0, 2] == last
