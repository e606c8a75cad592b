"""The copies hash: what it takes to find a photo again, however it was cut, turned or pasted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from PIL import Image

from sokkuri.hashers import copies_layout as layout
from sokkuri.hashers.quality import colour_quality
from sokkuri.hashers.values import resize_luma
from sokkuri.hashes import HashSpec, ImageHash
from sokkuri.kernels.points import Points, find_points

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.images import Picture

_SIDE: Final = 256
_LEAST_SIDE: Final = 16
_CELLS: Final = 9
_LEAST_POINTS: Final = 20


@dataclass(frozen=True, slots=True)
class CopiesHash:
    """A description of a photo by points, to be verified and not merely compared.

    The luma, 256 pixels on its longer side, is searched for points that stand out at some size.
    The patch around each, turned upright, is described by the tutorial's idea: is each place
    brighter than the one to its left, and than the one above?  The whole photo is described as one
    more patch, and a thumbnail of about 3,000 pixels is kept, on which a claim is verified.

    A distance between two such codes means nothing; :class:`sokkuri.copies.finder.CopyFinder`
    compares them.

    Parameters
    ----------
    room : int
        Points at most, 20 to 600.
    mirrored : bool
        Describe the mirror image: queries are described both ways, photos one.
    side : int
        Pixels of the luma's longer side, 16 to 256.  Photos have 256; a query is described smaller
        to be found where it is an enlarged part.

    Notes
    -----
    :mod:`sokkuri.hashers.copies_layout` says what the code is made of.  All of it is arithmetic on
    whole numbers, the same on every machine.

    References
    ----------
    Points by difference of Gaussians with a size and a direction: D. Lowe, International Journal of
    Computer Vision 60 (2004).  Their codes are those of the gradient hash: N. Krawetz, "Kind of
    Like That", 2013.
    """

    room: int = 150
    mirrored: bool = False
    side: int = _SIDE
    working_side: ClassVar[int] = _SIDE
    fast: ClassVar[bool] = True  # a decode at reduced scale is part of the recipe
    least_side: ClassVar[int] = 192  # that both sides keep: most photos are 4 : 3 or longer

    def __post_init__(self) -> None:
        if not _LEAST_POINTS <= self.room <= layout.MOST_POINTS:
            raise ValueError(f"`N` must be {_LEAST_POINTS} to {layout.MOST_POINTS}")
        if not _LEAST_SIDE <= self.side <= _SIDE:
            raise ValueError(f"`side` must be {_LEAST_SIDE} to {_SIDE}")

    @property
    def spec(self) -> HashSpec:
        """The recipe: ``copies-N``, 22 bytes, 22 for each point, and 3,072 of the thumbnail."""
        return HashSpec(f"copies-{self.room}", 8 * layout.record_type(self.room).itemsize)

    @property
    def both_ways(self) -> tuple[CopiesHash, CopiesHash]:
        """The hash of a picture, and that of its mirror image: a query is asked both ways."""
        return replace(self, mirrored=False), replace(self, mirrored=True)

    def hash(self, picture: Picture) -> ImageHash:
        """Describe one picture."""
        luma = _luma(picture, self.side)
        if self.mirrored:
            luma = np.ascontiguousarray(luma[:, ::-1])
        return ImageHash(self.spec, self._record(luma), picture.once(colour_quality))

    def _record(self, luma: NDArray[np.uint8]) -> bytes:
        height, width = luma.shape
        record = np.zeros(1, layout.record_type(self.room))
        points = find_points(luma, self.room)
        count = len(points.places)
        small = _thumbnail(luma)
        record["count"], record["half_width"], record["half_height"] = (
            count,
            width // 2,
            height // 2,
        )
        record["thumbnail_height"], record["thumbnail_width"] = small.shape
        record["whole"] = _whole(luma)
        _fill_places(record["places"][0], points)
        record["codes"][0, :count] = points.codes
        record["thumbnail"][0, : small.size] = small.ravel()
        return record.tobytes()


def _luma(picture: Picture, longer: int) -> NDArray[np.uint8]:
    """Return what is described of a picture, shape (H, W), uint8: even sides, the longer one given.

    A photo of more than 16 : 1 is squeezed.
    """
    shown = picture.srgb
    return resize_luma(shown, *_size(*shown.size, longer))


@lru_cache(maxsize=512)
def _size(width: int, height: int, most: int) -> tuple[int, int]:
    longer = max(width, height)
    # Rounded by whole numbers, halves upwards, to even sides.
    sides = (2 * ((side * most + longer) // (2 * longer)) for side in (width, height))
    across, down = (max(_LEAST_SIDE, side) for side in sides)
    return across, down


def _fill_places(places: NDArray[np.void], points: Points) -> None:
    count = len(points.places)
    for at, name in enumerate(layout.PLACE.names or ()):
        places[name][:count] = points.places[:, at]


def _thumbnail(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the luma shrunk into 3,072 pixels at most, by the mean of what each pixel covers."""
    height, width = luma.shape
    share = min(1.0, (layout.THUMBNAIL_PIXELS / (width * height)) ** 0.5)
    size = max(8, int(width * share)), max(8, int(height * share))
    return np.asarray(Image.fromarray(luma).resize(size, Image.Resampling.BOX))


def _whole(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the code of the whole photo as one patch, shape (16,), uint8, as that of a point."""
    # Sums of whole numbers far below 2^53, so that floats are exact in any order.
    down, across = (_covering(side) for side in luma.shape)
    cells = down @ luma.astype(np.float64) @ across.T
    right = cells[:-1, 1:] + cells[1:, 1:] > cells[:-1, :-1] + cells[1:, :-1]
    below = cells[1:, :-1] + cells[1:, 1:] > cells[:-1, :-1] + cells[:-1, 1:]
    return np.packbits(np.stack([right, below]).ravel(), bitorder="little")


@lru_cache(maxsize=256)
def _covering(side: int) -> NDArray[np.float64]:
    """Return how many ninths of each pixel lie in each of nine cells, shape (9, side)."""
    cells, pixels = np.arange(_CELLS)[:, None] * side, np.arange(side) * _CELLS
    overlap = np.minimum(cells + side, pixels + _CELLS) - np.maximum(cells, pixels)
    return np.asarray(np.maximum(overlap, 0), np.float64)
