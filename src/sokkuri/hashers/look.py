"""The look hash: the shape of the thing in the photo, and its colours, without deep learning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from sokkuri.hashers import look_layout as layout
from sokkuri.hashers.quality import colour_quality
from sokkuri.hashers.values import resize_colour
from sokkuri.hashes import HashSpec, ImageHash, Reading
from sokkuri.images import Picture
from sokkuri.kernels import NATIVE, native
from sokkuri.kernels.look import reference as twin
from sokkuri.kernels.look.frame import frame_around

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WHOLE: Final = HashSpec("look-2", layout.BITS)
_COMPACT: Final = HashSpec("look-2-compact", len(layout.COMPACT))

MAPS: Final = ("outline", "structure")

_EDGES: Final = (len(twin.SHARES), len(MAPS), twin.WINDOWS, twin.WINDOWS, len(twin.DIRECTIONS))
_UNITS: Final = 256 * twin.SIDE  # positions of the box are in 1/256 of a pixel


def _inset(pixels: float) -> tuple[float, float, float, float]:
    near = pixels / twin.VIEW
    return near, near, 1 - near, 1 - near


# Windows are two cells apart, the first around the middle of the second cell.
WINDOWS_WITHIN: Final = _inset(twin.VIEW / twin.CELLS / 2)
PLACES_WITHIN: Final = _inset(9)
CENTRE_WITHIN: Final = _inset(15)
"""Places of the cells in the view: left, top, right and bottom as fractions of it."""


@dataclass(frozen=True, slots=True)
class LookHash:
    """Look hash: edges of the object and its colours, each a bit that means something.

    The photo, in the colours that its profile says, is shrunk to 64 x 64 and turned into Lab.  The
    object is what cannot be reached from the photo's edge without crossing a step in colour; a box
    around it becomes the view.  Edges of the view, and of a map of how much each pixel resembles
    the object, are summed up by place and direction and compared with their mean; colours of the
    middle and of nine places are compared with levels.  All of it is arithmetic on whole numbers,
    the same on every machine.  Pictures are decoded at reduced scale where their format can: that
    is part of the recipe.

    Parameters
    ----------
    compact : bool
        488 of the 3,513 bits, for very many photos.

    Notes
    -----
    :mod:`sokkuri.hashers.look_layout` says what each bit means.

    References
    ----------
    The tutorial's rule (above the mean or not) applied to histograms of gradients: N. Dalal,
    B. Triggs, CVPR 2005.  The object by minimum barrier distance: R. Strand et al., Computer Vision
    and Image Understanding 117 (2013).
    """

    compact: bool = False
    working_side: ClassVar[int] = twin.SIDE
    fast: ClassVar[bool] = True  # a decode at reduced scale is part of the recipe
    least_side: ClassVar[int] = 128  # that both sides keep: the box may be a part of the photo only

    @property
    def spec(self) -> HashSpec:
        """The recipe: ``look-2`` with 3,513 bits or ``look-2-compact`` with 488."""
        return _COMPACT if self.compact else _WHOLE

    def compared_bits(self, emphasis: str | float) -> NDArray[np.int64]:
        """Return the bits that count under an emphasis, of shape (C,), int64, in ascending order.

        See :func:`sokkuri.hashers.look_layout.bits_of_emphasis`; the compact form has one balance.

        Raises
        ------
        ValueError
            If there is no such emphasis.
        """
        if not self.compact:
            return layout.bits_of_emphasis(emphasis)
        if emphasis != "balanced":
            raise ValueError("look-2-compact has one balance; `emphasis` goes with look-2")
        return np.arange(len(layout.COMPACT))

    def mirrored_bits(self) -> NDArray[np.int64]:
        """Return the place of each bit in the mirrored picture, of shape (bits,), int64."""
        kept, mirrored = layout.COMPACT, layout.MIRRORED
        return np.searchsorted(kept, mirrored[kept]) if self.compact else mirrored

    def blocks(self) -> tuple[NDArray[np.int64], ...]:
        """Return the block of each bit, coarse and fine, of shape (bits,), int64."""
        return layout.COMPACT_BLOCKS if self.compact else layout.BLOCKS

    def hash(self, picture: Picture) -> ImageHash:
        """Hash one picture."""
        code = picture.once(_whole_code)
        if self.compact:
            bits = np.unpackbits(np.frombuffer(code, np.uint8))
            code = np.packbits(bits[layout.COMPACT]).tobytes()
        return ImageHash(self.spec, code, picture.once(colour_quality))

    def reading(self, picture: Picture) -> Reading:
        """Return the view in 60 x 60 pixels of colour, and where its box lies."""
        inner, before = _framed(picture.srgb)
        rgb = np.ascontiguousarray(resize_colour(inner, twin.SIDE, twin.SIDE)[..., :3])
        mask = twin.object_mask(twin.barrier(twin.lab_quarters(rgb)))
        centre, length = twin.object_box(mask, inner.size)
        view = twin.view_of(rgb.astype(np.int32), centre, length).astype(np.uint8)
        ends = [
            (cut + (middle + way * extent / 2) / _UNITS * own) / whole
            for way in (-1, 1)
            for cut, middle, extent, own, whole in zip(
                before, centre, length, inner.size, picture.size, strict=True
            )
        ]
        return Reading(view, (ends[0], ends[1], ends[2], ends[3]))


def _whole_code(picture: Picture) -> bytes:
    inner, _ = _framed(picture.srgb)
    values = resize_colour(inner, twin.SIDE, twin.SIDE)
    if not NATIVE:
        return np.packbits(twin.look_reference(values[..., :3], inner.size)).tobytes()
    if values.shape[2] == 3:
        values = np.pad(values, ((0, 0), (0, 0), (0, 1)))
    return native.look(values, *inner.size, twin.LINEAR, twin.ROOTS)


def _framed(picture: Picture) -> tuple[Picture, tuple[int, int]]:
    """Cut off bars, which say nothing about what is in the photo; tell those left and above."""
    raster = picture.raster
    if NATIVE and raster is not None:
        strips = native.look_frame(raster.source, *raster.size, raster.channels)
    else:
        strips = frame_around(picture.pixels())
    if not any(strips):
        return picture, (0, 0)
    top, bottom, left, right = strips
    width, height = picture.size
    inner = Picture(picture.rgb().crop((left, top, width - right, height - bottom)))
    return inner, (left, top)


@dataclass(frozen=True, slots=True, eq=False)
class ColourBits:
    """Thermometers of L*, a* and b*.

    Parameters
    ----------
    bits : ndarray of shape (rows, columns, 3, levels)
        One value a bit.
    first : tuple of float
        The lowest level of each channel, in units of Lab.
    step : float
        Units of Lab from one level to the next.
    """

    bits: NDArray[np.int64]
    first: tuple[float, float, float]
    step: float


@dataclass(frozen=True, slots=True, eq=False)
class LookBits:
    """Something about each bit of a look hash, sorted by what the bits mean.

    Parameters
    ----------
    edges : ndarray of shape (3, 2, 7, 7, 8)
        Strengths (above the mean, half of it, one and a half of it), maps, rows, columns,
        directions.
    body : ndarray of shape (15, 15)
    centre, places : ColourBits
        One cell, and 3 x 3 of them.
    """

    edges: NDArray[np.int64]
    body: NDArray[np.int64]
    centre: ColourBits
    places: ColourBits


def look_positions(name: str) -> NDArray[np.int64] | None:
    """Return the bit of look-2 that each bit of a hash is, of shape (bits,), int64.

    None for a hash that is no look hash.
    """
    full = {"look-2": np.arange(layout.BITS), "look-2-compact": layout.COMPACT}
    return full.get(name)


def look_bits(values: NDArray[np.int64]) -> LookBits:
    """Sort one value for each bit, of shape (3513,), int64, by what the bits mean."""
    starts = (layout.BODY_AT, layout.CENTRE_AT, layout.PLACES_AT)
    edges, body, centre, places = np.split(values, starts)
    # Levels in units of Lab; the kernel has them in quarters.
    return LookBits(
        edges.reshape(_EDGES),
        body.reshape(twin.CELLS, twin.CELLS),
        ColourBits(centre.reshape(1, 1, 3, -1), (2.5, -47.5, -47.5), 1.0),
        ColourBits(places.reshape(twin.PLACES, twin.PLACES, 3, -1), (4.0, -46.0, -46.0), 4.0),
    )
