"""Bars and frames around a photo, found and cut off before the look hash looks."""

from __future__ import annotations

from sokkuri.images import Picture
from sokkuri.kernels import NATIVE
from sokkuri.kernels.look import look_frame_native
from sokkuri.kernels.look.frame import frame_around

__all__ = ["frame_strips", "without_frame"]


def frame_strips(picture: Picture) -> tuple[int, int, int, int]:
    """Return how many pixels of bars there are: top, bottom, left and right."""
    raster = picture.raster
    if NATIVE and raster is not None:
        return look_frame_native(raster.source, raster.size, raster.channels)
    return frame_around(picture.pixels())


def without_frame(picture: Picture, strips: tuple[int, int, int, int]) -> Picture:
    """Cut off bars, which say nothing about what is in the photo."""
    if not any(strips):
        return picture
    top, bottom, left, right = strips
    width, height = picture.size
    return Picture(picture.rgb().crop((left, top, width - right, height - bottom)))
