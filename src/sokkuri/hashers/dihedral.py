"""The hashes of a picture turned and mirrored, from the one decode there was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PIL.Image import Transpose

if TYPE_CHECKING:
    from sokkuri.hashes import ImageHash
    from sokkuri.images import Picture
    from sokkuri.protocols import Hasher

__all__ = ["DIHEDRAL", "dihedral", "turned"]

# Mirrored pictures are mirrored left to right first and turned then.
_TRANSPOSES: Final[dict[str, Transpose | None]] = {
    "identity": None,
    "rotate90": Transpose.ROTATE_90,
    "rotate180": Transpose.ROTATE_180,
    "rotate270": Transpose.ROTATE_270,
    "mirror": Transpose.FLIP_LEFT_RIGHT,
    "mirror-rotate90": Transpose.TRANSPOSE,
    "mirror-rotate180": Transpose.FLIP_TOP_BOTTOM,
    "mirror-rotate270": Transpose.TRANSVERSE,
}

DIHEDRAL: Final = tuple(_TRANSPOSES)
"""The eight ways to lay a picture down, turns counter-clockwise; the first leaves it alone."""


def dihedral(hasher: Hasher, picture: Picture) -> tuple[ImageHash, ...]:
    """Hash a picture in all eight positions, in the order of :data:`DIHEDRAL`.

    To find a turned or mirrored copy, search with all eight and keep the nearest: the photos that
    are searched need no further hashes.

    Parameters
    ----------
    hasher : Hasher
        Of any family.
    picture : Picture
        Decoded once; each position is a copy of its pixels, one at a time.
    """
    return tuple(hasher.hash(turned(picture, position)) for position in DIHEDRAL)


def turned(picture: Picture, position: str) -> Picture:
    """Return the picture in one of the positions of :data:`DIHEDRAL`.

    Raises
    ------
    KeyError
        If there is no such position.
    """
    transpose = _TRANSPOSES[position]
    if transpose is None:
        return picture
    return picture.transposed(transpose)
