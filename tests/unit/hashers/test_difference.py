from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from sokkuri import HashSpec, Picture
from sokkuri.hashers.spatial import DifferenceHash


def test_bits_say_where_it_gets_brighter() -> None:
    rising = np.tile(np.array([0, 90, 40], np.uint8), (2, 1))  # up, then down
    across = DifferenceHash(2).hash(Picture(Image.fromarray(rising)))
    assert across.spec == HashSpec("dhash-2", 4)
    assert across.hex == "a0"  # 10 10
    down = DifferenceHash(2, vertical=True).hash(Picture(Image.fromarray(rising.T.copy())))
    assert down.spec == HashSpec("dhash-vertical-2", 4)
    assert down.hex == "c0"  # 11 00


@pytest.mark.parametrize("size", [0, 1, 257])
def test_size_has_bounds(size: int) -> None:
    with pytest.raises(ValueError, match="must be 2 to 256"):
        DifferenceHash(size)
