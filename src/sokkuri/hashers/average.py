"""The tutorial's hash: shrink, take the mean, ask every value whether it is above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri.hashers.blocks import grid_blocks
from sokkuri.hashers.packing import check_bounds
from sokkuri.hashers.quality import colour_quality, gray_quality
from sokkuri.hashers.reading import channel_grids, gray_grid, whole_reading
from sokkuri.hashers.shrinking import shrunk_colour, shrunk_luma
from sokkuri.hashes import HashSpec, ImageHash
from sokkuri.kernels.average import above_mean

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sokkuri.hashes import Reading
    from sokkuri.images import Picture

__all__ = ["MAX_SIZE", "MIN_SIZE", "AverageHash", "ChannelAverageHash"]

MIN_SIZE: Final = 2
MAX_SIZE: Final = 256
_CHANNELS: Final = 3
_LEAST_SIDE: Final = 96


@dataclass(frozen=True, slots=True)
class AverageHash:
    """Average hash of a picture shrunk to ``size`` x ``size``, in gray or in colour.

    Gray: luma ("L"), resized with Lanczos (Pillow's old ANTIALIAS); a bit is 1 where the value
    is above the mean of all values.  Colour: the same on the RGB values, under one mean over all
    ``3 * size**2`` of them.  Bits run row by row, the colour channel last.  The picture is
    decoded in full, so the bits are exactly the tutorial's.

    Parameters
    ----------
    size : int
        Side of the shrunk picture, 2 to 256 pixels.
    rgb : bool
        Colour instead of gray.

    Raises
    ------
    ValueError
        If ``size`` is out of bounds.

    References
    ----------
    Neal Krawetz, "Looks Like It", The Hacker Factor Blog, 26 May 2011 (the gray 8 x 8 form).
    ``imagehash.average_hash(hash_size=N)`` gives the same bits as ``ahash-gray-N``.
    """

    size: int = 64
    rgb: bool = False

    def __post_init__(self) -> None:
        check_bounds("size", self.size, MIN_SIZE, MAX_SIZE)

    @property
    def spec(self) -> HashSpec:
        """The recipe: ``ahash-gray-N`` with N^2 bits or ``ahash-rgb-N`` with 3 N^2 bits."""
        channels = _CHANNELS if self.rgb else 1
        colour = "rgb" if self.rgb else "gray"
        return HashSpec(f"ahash-{colour}-{self.size}", channels * self.size**2)

    @property
    def working_side(self) -> int:
        """Side of the shrunk picture in pixels."""
        return self.size

    @property
    def fast(self) -> bool:
        """False: the tutorial's bits need a full decode."""
        return False

    @property
    def least_side(self) -> int:
        """Pixels that both sides of a fast decode keep: half as many again as the hash looks at.

        An average over few pixels is an average still; ADR 18 has the measurements.
        """
        return _least_side(self.size)

    def blocks(self) -> tuple[NDArray[np.int64], ...]:
        """Return the block of each bit: squares of the picture, channel by channel."""
        return grid_blocks(self.size, _CHANNELS if self.rgb else 1)

    def hash(self, picture: Picture) -> ImageHash:
        """Hash one picture."""
        if self.rgb:
            code = above_mean(shrunk_colour(picture, self.size, self.size), _CHANNELS)
            return ImageHash(self.spec, code, picture.once(colour_quality))
        code = above_mean(shrunk_luma(picture, self.size, self.size)[..., None], 1)
        return ImageHash(self.spec, code, picture.once(gray_quality))

    def reading(self, picture: Picture) -> Reading:
        """Return the shrunk picture, its values and their mean."""
        if self.rgb:
            values = shrunk_colour(picture, self.size, self.size)[..., :_CHANNELS]
            return whole_reading(picture, channel_grids(values, [values.mean()] * _CHANNELS))
        values = shrunk_luma(picture, self.size, self.size)
        return whole_reading(picture, (gray_grid(values, values.mean(), "mean"),))


@dataclass(frozen=True, slots=True)
class ChannelAverageHash:
    """Average hash in colour, each of red, green and blue against its own mean.

    Under the one mean of ``ahash-rgb``, a picture with a strong cast of colour spends its bits on
    saying so: a whole channel is above or below.  Here the cast drops out, and every channel says
    where in the picture it is strong.  Bits run row by row, the colour channel last.

    Parameters
    ----------
    size : int
        Side of the shrunk picture, 2 to 256 pixels.

    Raises
    ------
    ValueError
        If ``size`` is out of bounds.
    """

    size: int = 64

    def __post_init__(self) -> None:
        check_bounds("size", self.size, MIN_SIZE, MAX_SIZE)

    @property
    def spec(self) -> HashSpec:
        """The recipe: ``ahash-rgbmean-N`` with 3 N^2 bits."""
        return HashSpec(f"ahash-rgbmean-{self.size}", _CHANNELS * self.size**2)

    @property
    def working_side(self) -> int:
        """Side of the shrunk picture in pixels."""
        return self.size

    @property
    def fast(self) -> bool:
        """False: the bits are those of a full decode."""
        return False

    @property
    def least_side(self) -> int:
        """Pixels that both sides of a fast decode keep: half as many again as the hash looks at.

        An average over few pixels is an average still; ADR 18 has the measurements.
        """
        return _least_side(self.size)

    def blocks(self) -> tuple[NDArray[np.int64], ...]:
        """Return the block of each bit: squares of the picture, channel by channel."""
        return grid_blocks(self.size, _CHANNELS)

    def hash(self, picture: Picture) -> ImageHash:
        """Hash one picture."""
        values = shrunk_colour(picture, self.size, self.size)
        code = above_mean(values, _CHANNELS, by_channel=True)
        return ImageHash(self.spec, code, picture.once(colour_quality))

    def reading(self, picture: Picture) -> Reading:
        """Return the shrunk picture, and each channel's values with their own mean."""
        values = shrunk_colour(picture, self.size, self.size)[..., :_CHANNELS]
        return whole_reading(picture, channel_grids(values, values.mean(axis=(0, 1))))


def _least_side(size: int) -> int:
    return max(_LEAST_SIDE, size + (size + 1) // 2)
