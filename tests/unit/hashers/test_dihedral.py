from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from sokkuri import ImageHash, Picture
from sokkuri.hashers.spatial import AverageHash
from sokkuri.hashers.variants import DIHEDRAL, dihedral

LETTER = np.array([[1, 2, 3], [4, 5, 6]], np.uint8)


def _expected(position: str) -> np.ndarray:
    """Mirror first, then turn counter-clockwise, as NumPy does."""
    mirror, _, turn = position.rpartition("rotate") if "rotate" in position else (position, "", "0")
    pixels = LETTER[:, ::-1] if mirror.startswith("mirror") else LETTER
    return np.rot90(pixels, int(turn) // 90)


@dataclass(frozen=True)
class _Seeing(AverageHash):
    """A hasher that keeps the pictures it is shown."""

    seen: list[Picture] = field(default_factory=list)

    def hash(self, picture: Picture) -> ImageHash:
        self.seen.append(picture)
        return AverageHash.hash(self, picture)


def test_every_position() -> None:
    picture, hasher = Picture(Image.fromarray(LETTER), unscaled=(30, 20)), _Seeing(8)
    dihedral(hasher, picture)
    for position, there in zip(DIHEDRAL, hasher.seen, strict=True):
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
