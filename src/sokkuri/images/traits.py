"""Traits of a photo's file that tell an original from its copies."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.images.decode import header_of, load, read_picture_file
from sokkuri.images.detail import FULL_DETAIL, detail_of
from sokkuri.images.limits import Rejected, RejectKind
from sokkuri.images.parts import webp_chunks
from sokkuri.images.resaved import coarseness_of

if TYPE_CHECKING:
    from sokkuri.images.decode import PhotoHeader

_LOSSLESS: Final = frozenset({"PNG", "BMP", "DIB", "PPM", "TGA", "PCX", "SGI", "QOI"})
_STEPS: Final = 64
_TIFF_WITH_LOSS: Final = frozenset({"jpeg", "tiff_jpeg", "webp"})


@dataclass(frozen=True, slots=True)
class PhotoTraits:
    """Facts of one file by which it is compared with others of the same photo.

    Parameters
    ----------
    size : tuple of int
        Width and height in pixels, upright.
    length : int
        Bytes of the file.
    mtime : int
        When it was last written, in whole seconds since 1970.
    format : str
        Pillow's name of the container.
    lossless : bool
        Whether the container keeps each pixel as it was given.
    coarseness : int, optional
        How coarse the steps are that it was ever rounded to as a JPEG, in 1/56: about 110 at
        quality 92, 650 at 50.  0 for one without loss, None where the format does not say.
    resaved : bool
        Whether the pixels show that they were compressed more coarsely before.
    detail : int
        The scale from which on down reducing it loses something, in 1/32: about 32 for a photo as
        it was taken, 16 where it was enlarged to twice its width.
    camera, place, date : bool
        Whether its metadata names the camera, where it was taken, and when.
    """

    size: tuple[int, int]
    length: int
    mtime: int
    format: str
    lossless: bool = False
    coarseness: int | None = None
    resaved: bool = False
    detail: int = FULL_DETAIL
    camera: bool = False
    place: bool = False
    date: bool = False


def read_traits(path: str) -> PhotoTraits | Rejected:
    """Read the traits of a picture file, which is decoded in full; a bad one gives a reason.

    Parameters
    ----------
    path : str
    """
    data = read_picture_file(path)
    if isinstance(data, Rejected):
        return data
    header = header_of(path, data)
    if isinstance(header, Rejected):
        return header
    picture = load(data)
    if isinstance(picture, Rejected):
        return Rejected(path, picture.kind, picture.detail)
    try:
        mtime = int(os.stat(path).st_mtime)
    except OSError:
        return Rejected(path, RejectKind.MISSING, "no such file")
    lossless = _keeps_all(header, data)
    coarseness, resaved = None, False
    try:
        luma = np.asarray(picture.as_stored().luma())
        if lossless or len(header.steps) == _STEPS:
            coarseness, resaved = coarseness_of(luma, header.steps)
        fine = detail_of(luma)
    except MemoryError:
        return Rejected(path, RejectKind.TOO_LARGE, "not enough memory to decode it")
    return PhotoTraits(
        size=picture.size,
        length=len(data),
        mtime=mtime,
        format=header.format,
        lossless=lossless,
        coarseness=coarseness,
        resaved=resaved,
        detail=fine,
        camera=bool(header.make.strip("\0 ") or header.model.strip("\0 ")),
        place=header.gps,
        date=bool(header.taken.strip("\0 :0")),
    )


def _keeps_all(header: PhotoHeader, data: bytes) -> bool:
    if header.format == "WEBP":
        return any(name == b"VP8L" for name, _, _ in webp_chunks(data))
    if header.format == "TIFF":
        return header.packed not in _TIFF_WITH_LOSS
    return header.format in _LOSSLESS
