"""What every family shows of itself alike: the picture at its size, and values by channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.hashers.shrinking import shrunk_colour
from sokkuri.hashes import Grid, Reading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

    from sokkuri.images import Picture

__all__ = ["channel_grids", "gray_grid", "plain_reading", "whole_reading"]

_CHANNELS: Final = ("red", "green", "blue")
_WHOLE: Final = (0.0, 0.0, 1.0, 1.0)


def gray_grid(values: NDArray[np.uint8], reference: ArrayLike, name: str) -> Grid:
    """Return the values of luma with what they were compared with."""
    return Grid("gray", values, np.asarray(reference), name)


def channel_grids(values: NDArray[np.uint8], means: Iterable[float]) -> tuple[Grid, ...]:
    """Return a grid for each of red, green and blue, whose bits take turns.

    Parameters
    ----------
    values : ndarray of shape (rows, columns, 3), uint8
    means : iterable of float
        What each channel was compared with.
    """
    return tuple(
        Grid(name, values[..., number], np.asarray(mean), "mean", first=number, step=len(_CHANNELS))
        for number, (name, mean) in enumerate(zip(_CHANNELS, means, strict=True))
    )


def whole_reading(picture: Picture, grids: tuple[Grid, ...]) -> Reading:
    """Return a reading whose cells cover the whole photo."""
    rows, columns = grids[0].values.shape
    return Reading(shrunk_colour(picture, columns, rows)[..., :3], _WHOLE, grids)


def plain_reading(picture: Picture, side: int) -> Reading:
    """Return the picture alone, in ``side`` x ``side`` pixels, for hashes that show no values."""
    return Reading(shrunk_colour(picture, side, side)[..., :3], _WHOLE)
