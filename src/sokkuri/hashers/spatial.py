"""Hashes of places: values against their mean, their neighbour, or the median of blocks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from sokkuri.hashers.quality import colour_quality, gray_quality
from sokkuri.hashers.values import SizedHash, luma_raster, resize_colour, resize_luma
from sokkuri.hashes import Grid, HashSpec, ImageHash, Reading
from sokkuri.kernels import NATIVE, native

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sokkuri.images import Picture

_CHANNELS: Final = ("red", "green", "blue")
_LEAST_SIDE: Final = 96
_NATIVE_ROWS: Final = 1 << 24  # what the C kernel takes

# Blocks by side: 16 and 64 for each channel.
_CELLS: Final = (4, 8)
# With fewer pixels than this a block would hold too few bits to say anything.
_LEAST_SIZE: Final = 32


@dataclass(frozen=True, slots=True)
class AverageHash(SizedHash):
    """Average hash of a picture shrunk to ``size`` x ``size``, in gray or in colour.

    Gray: luma ("L"), resized with Lanczos (Pillow's old ANTIALIAS); a bit is 1 where the value
    is above the mean of all values.  Colour ("rgb"): the same on the RGB values, under one mean
    over all ``3 * size**2`` of them.  Bits run row by row, the colour channel last.  The picture is
    decoded in full, so the bits are exactly the tutorial's.

    Under that one mean, a picture with a strong cast of colour spends its bits on saying so: a
    whole channel is above or below.  Under a mean for each channel ("rgbmean") the cast drops out,
    and every channel says where in the picture it is strong.

    Parameters
    ----------
    size : int
        Side of the shrunk picture, 2 to 256 pixels.
    colour : {"gray", "rgb", "rgbmean"}

    References
    ----------
    Neal Krawetz, "Looks Like It", The Hacker Factor Blog, 26 May 2011 (the gray 8 x 8 form).
    ``imagehash.average_hash(hash_size=N)`` gives the same bits as ``ahash-gray-N``.
    """

    size: int = 64
    colour: Literal["gray", "rgb", "rgbmean"] = "gray"

    @property
    def spec(self) -> HashSpec:
        """The recipe: ``ahash-gray-N`` with N^2 bits, ``ahash-rgb-N`` or ``ahash-rgbmean-N``."""
        return HashSpec(f"ahash-{self.colour}-{self.size}", self._channels * self.size**2)

    @property
    def _channels(self) -> int:
        return 1 if self.colour == "gray" else len(_CHANNELS)

    @property
    def least_side(self) -> int:
        """Pixels that both sides of a fast decode keep: half as many again as the hash looks at.

        An average over few pixels is an average still; ADR 18 has the measurements.
        """
        return max(_LEAST_SIDE, self.size + (self.size + 1) // 2)

    def blocks(self) -> tuple[NDArray[np.int64], ...]:
        """Return the block of each bit, coarse and fine, of shape (bits,), int64."""
        return _grid_blocks(self.size, self._channels)

    def hash(self, picture: Picture) -> ImageHash:
        """Hash one picture."""
        own = self.colour == "rgbmean"
        code = _above_mean(self._values(picture), self._channels, by_channel=own)
        quality = gray_quality if self.colour == "gray" else colour_quality
        return ImageHash(self.spec, code, picture.once(quality))

    def reading(self, picture: Picture) -> Reading:
        """Return the shrunk picture, its values and their mean or means."""
        count, names = self._channels, ("gray",) if self.colour == "gray" else _CHANNELS
        values = self._values(picture)[..., :count]
        axes = (0, 1) if self.colour == "rgbmean" else None
        means = np.broadcast_to(values.mean(axis=axes), count)
        grids = [
            Grid(name, values[..., number], np.asarray(means[number]), "mean", number, count)
            for number, name in enumerate(names)
        ]
        return _whole_reading(picture, *grids)

    def _values(self, picture: Picture) -> NDArray[np.uint8]:
        if self.colour == "gray":
            return resize_luma(picture, self.size, self.size)[..., None]
        return resize_colour(picture, self.size, self.size)


def _above_mean(values: NDArray[np.uint8], used: int, *, by_channel: bool = False) -> bytes:
    """Tell which values of the first channels are above their mean, or above their channel's."""
    if NATIVE and values.flags.c_contiguous:
        return native.above_mean(values, values.shape[2], used, by_channel)
    chosen = values[..., :used].astype(np.int64)
    axes = (0, 1) if by_channel else None
    count = values.shape[0] * values.shape[1] * (1 if by_channel else used)
    return np.packbits(chosen * count > chosen.sum(axis=axes)).tobytes()


def _whole_reading(picture: Picture, *grids: Grid) -> Reading:
    """Show the whole photo, with as many pixels as the grids have cells."""
    rows, columns = grids[0].values.shape
    pixels = resize_colour(picture, columns, rows)[..., :3]
    return Reading(pixels, (0.0, 0.0, 1.0, 1.0), grids)


@lru_cache(maxsize=32)
def _grid_blocks(size: int, channels: int) -> tuple[NDArray[np.int64], ...]:
    """Return blocks of neighbouring pixels, 4 x 4 a channel, then 8 x 8; none for small squares."""
    if size < _LEAST_SIZE:
        return ()
    rows, columns, colours = np.mgrid[0:size, 0:size, 0:channels]
    levels = []
    for cells in _CELLS:
        places = rows * cells // size * cells + columns * cells // size
        level = (places * channels + colours).ravel().astype(np.int64)
        level.setflags(write=False)
        levels.append(level)
    return tuple(levels)


@dataclass(frozen=True, slots=True)
class DifferenceHash(SizedHash):
    """Difference hash: ``size`` x ``size`` comparisons of neighbours, across or down.

    Luma is shrunk with Lanczos to one pixel more along the direction of comparison; a bit is 1
    where a pixel is brighter than its left (upper) neighbour.  Gradients survive changes of
    brightness and contrast better than the average hash does.

    Parameters
    ----------
    size : int
        Comparisons a row and a column, 2 to 256.
    vertical : bool
        Compare with the neighbour above instead of the one to the left.

    References
    ----------
    Neal Krawetz, "Kind of Like That", The Hacker Factor Blog, 21 January 2013.
    ``imagehash.dhash`` and ``imagehash.dhash_vertical`` (hash_size=N) give the same bits.
    """

    size: int = 8
    vertical: bool = False

    @property
    def spec(self) -> HashSpec:
        """The recipe: ``dhash-N`` or ``dhash-vertical-N``, N^2 bits."""
        return HashSpec(f"dhash-{'vertical-' if self.vertical else ''}{self.size}", self.size**2)

    @property
    def working_side(self) -> int:
        """The longer side of the shrunk picture in pixels."""
        return self.size + 1

    def hash(self, picture: Picture) -> ImageHash:
        """Hash one picture."""
        values, neighbours = self._compared(resize_luma, picture)
        code = np.packbits(values > neighbours).tobytes()
        return ImageHash(self.spec, code, picture.once(gray_quality))

    def reading(self, picture: Picture) -> Reading:
        """Return each pixel that was compared, beside the neighbour before it."""
        grid = Grid(
            "gray", *self._compared(resize_luma, picture),
            "upper neighbour" if self.vertical else "left neighbour",
        )  # fmt: skip
        pixels, _ = self._compared(resize_colour, picture)
        first = 1 / (self.size + 1)  # the first row or column is a neighbour only
        left, top = (0.0, first) if self.vertical else (first, 0.0)
        return Reading(pixels[..., :3], (left, top, 1.0, 1.0), (grid,))

    def _compared(
        self, resize: Callable[[Picture, int, int], NDArray[np.uint8]], picture: Picture
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return all values that have a neighbour before them, and those neighbours."""
        across, down = (0, 1) if self.vertical else (1, 0)
        values = resize(picture, self.size + across, self.size + down)
        return values[down:, across:], values[: self.size, : self.size]


@dataclass(frozen=True, slots=True)
class BlockMeanHash(SizedHash):
    """Block mean value hash: luma in ``size`` x ``size`` equal blocks, without overlap.

    A bit is 1 where a block's mean is the median of all means or above, 0 where it is below.
    Blocks divide the picture exactly: a pixel on the edge of two blocks counts in each with the
    part of its area that lies there.  All sums are of integers, so the bits are the same on every
    machine.  The published method resizes to a preset size first; here the exact area means take
    the place of that.

    Parameters
    ----------
    size : int
        Blocks a side, 2 to 256.

    Notes
    -----
    Of a flat picture every mean is the median, and every bit is 1.

    References
    ----------
    B. Yang, F. Gu, X. Niu, "Block Mean Value Based Image Perceptual Hashing", Proc. International
    Conference on Intelligent Information Hiding and Multimedia Signal Processing, 2006, method 1.
    """

    size: int = 16

    @property
    def spec(self) -> HashSpec:
        """The recipe: ``blockmean-N`` with N^2 bits."""
        return HashSpec(f"blockmean-{self.size}", self.size**2)

    def hash(self, picture: Picture) -> ImageHash:
        """Hash one picture."""
        sums = self._sums(picture)
        code = np.packbits(sums > _below_median(sums)).tobytes()
        return ImageHash(self.spec, code, picture.once(gray_quality))

    def reading(self, picture: Picture) -> Reading:
        """Return the sums of the blocks, and the number they must exceed to reach their median."""
        sums = self._sums(picture)
        unit = picture.size[0] * picture.size[1]
        grid = Grid("gray", sums, np.array(_below_median(sums)), "median", unit=unit)
        return _whole_reading(picture, grid)

    def _sums(self, picture: Picture) -> NDArray[np.int64]:
        raster = picture.once(luma_raster)
        if raster is not None and raster.size[1] <= _NATIVE_ROWS:
            sums = native.block_sums(raster.source, *raster.size, self.size)
            return np.frombuffer(sums, np.int64).reshape(self.size, self.size)
        return _block_sums(np.asarray(picture.luma()), self.size)


def _below_median(sums: NDArray[np.int64]) -> int:
    """Return the largest whole number that is below the median."""
    ordered = np.sort(sums, axis=None)
    # The sum of the two in the middle is twice the median; of an odd number both are one.
    doubled = ordered[(ordered.size - 1) // 2] + ordered[ordered.size // 2]
    return int(doubled - 1) // 2


def _block_sums(values: NDArray[np.uint8], size: int) -> NDArray[np.int64]:
    """Return ``H * W`` times the mean of each of ``size`` x ``size`` equal blocks.

    In units of 1/``size`` of a pixel every edge is a whole number, and so is every sum.  At most
    2^46 / ``size**2`` pixels, far beyond what is ever decoded.
    """
    return _bands(_bands(values, size, np.uint32).T, size, np.int64).T


def _bands(values: NDArray[Any], size: int, wide: type[np.integer[Any]]) -> NDArray[np.int64]:
    """Return ``size`` times the sums of the rows of ``size`` equal bands."""
    edges = [divmod(band * len(values), size) for band in range(size + 1)]
    sums = []
    for (first, skipped), (last, taken) in pairwise(edges):
        total = values[first:last].sum(axis=0, dtype=wide).astype(np.int64) * size
        total -= values[first].astype(np.int64) * skipped
        if taken:
            total += values[last].astype(np.int64) * taken
        sums.append(total)
    return np.stack(sums)
