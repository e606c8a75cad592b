from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from sokkuri import Picture
from sokkuri.hashers.spatial import AverageHash
from sokkuri.hashers.variants import DIHEDRAL, dihedral, turned

LETTER = np.array([[1, 2, 3], [4, 5, 6]], np.uint8)


def _expected(position: str) -> np.ndarray:
    """Mirror first, then turn counter-clockwise, as NumPy does."""
    mirror, _, turn = position.rpartition("rotate") if "rotate" in position else (position, "", "0")
    pixels = LETTER[:, ::-1] if mirror.startswith("mirror") else LETTER
    return np.rot90(pixels, int(turn) // 90)


@pytest.mark.parametrize("position", DIHEDRAL)
def test_every_position(position: str) -> None:
    picture = Picture(Image.fromarray(LETTER), unscaled=(30, 20))
    there = turned(picture, position)
    assert np.array_equal(np.asarray(there.image), _expected(position))
    assert there.full_size == tuple(10 * side for side in there.size)


def test_all_eight_are_different_and_the_first_leaves_it_alone() -> None:
    random = np.random.default_rng(3)
    picture = Picture(Image.fromarray(random.integers(0, 256, (40, 30, 3), np.uint8)))
    hasher = AverageHash(8)
    hashes = dihedral(hasher, picture)
    assert len(hashes) == len(DIHEDRAL) == len({value.code for value in hashes}) == 8
    assert DIHEDRAL[0] == "identity"
    assert hashes[0] == hasher.hash(picture)


def test_an_unknown_position() -> None:
    with pytest.raises(KeyError):
        turned(Picture(Image.new("L", (2, 2))), "rotate45")
