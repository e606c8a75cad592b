from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from sokkuri import HashSpec, Picture
from sokkuri.hashers import colour
from sokkuri.hashers.colour import ColorHash

Maker = Callable[[str, int, int, int], Picture]


def test_shares_of_a_picture_that_can_be_counted() -> None:
    image = Image.new("RGB", (4, 4), (0, 0, 0))  # three quarters black,
    image.paste((255, 0, 0), (0, 0, 4, 1))  # and of what has colour, all is bright red
    value = ColorHash(2).hash(Picture(image))
    assert value.spec == HashSpec("colorhash-2", 28)
    # Black 3 of 4: 11; gray 0: 00; faint hues: six times 00; bright red: 11; others: 00.
    assert value.hex == "c000c000"


def test_strips_change_nothing(picture: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    image = picture("noise", 50, 40, 2)
    whole = ColorHash(8).hash(image).code
    monkeypatch.setattr(colour, "_PIXELS_AT_A_TIME", 130)
    assert ColorHash(8).hash(image).code == whole


@pytest.mark.parametrize("binbits", [0, 9])
def test_bits_have_bounds(binbits: int) -> None:
    with pytest.raises(ValueError, match="`binbits` must be 1 to 8"):
        ColorHash(binbits)
