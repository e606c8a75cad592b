"""The one door for pictures: anything in, a Picture, its header, or a Rejected out."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
from PIL import Image, UnidentifiedImageError
from PIL.ExifTags import Base

from sokkuri import limits as everywhere
from sokkuri.images.jpeg import check_decoded, plain_jpeg, with_end
from sokkuri.images.limits import Limits, Rejected, RejectKind, Unusable, limits_now, turn
from sokkuri.images.mend import bared
from sokkuri.images.picture import Picture, orientation_of
from sokkuri.images.pixels import eight_bit, from_array
from sokkuri.images.profiles import INKS, named_profile, telling_profile
from sokkuri.images.reader import opened, quiet_decoding, read_source
from sokkuri.images.sniff import HEAD_BYTES, checked_format, decoded_format
from sokkuri.language import sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from sokkuri._typing import ImageLike
    from sokkuri.images.limits import Size

Result = TypeVar("Result")

PILLOW_SAYS: Final = (
    sentence("image file is truncated"),
    sentence("image file is truncated ({count} bytes not processed)"),
    sentence("Truncated File Read"),
    sentence("broken data stream when reading image file"),
    sentence("unrecognized data stream contents when reading image file"),
    sentence("not enough image data"),
    sentence("cannot load this image"),
    sentence("could not create decoder object"),
    sentence("decoder error {code}"),
    sentence("Unable to seek to frame"),
    sentence("invalid palette size"),
    sentence("Unsupported BMP Palette size ({count})"),
    sentence("Unsupported BMP header type ({code})"),
    sentence("Unsupported BMP pixel depth ({bits})"),
)
"""Reasons in Pillow's own words, those that are met."""


def load(
    source: ImageLike, *, limits: Limits | None = None, least_side: int | None = None
) -> Picture | Rejected:
    """Read a picture from anywhere, upright, opaque and eight bits deep.

    The content decides the format, never the file's name.  Of an animation the first frame is
    taken.  An orientation tag is applied where it can be read; broken metadata never loses the
    pixels.  A Pillow image keeps the frame it stands at.  Nothing is raised for bad input, whatever
    the decoder does.

    Parameters
    ----------
    source : path, bytes, binary file object, PIL image or ndarray
        A file object is read from its start if it can seek.
    limits : Limits, optional
        Checked on the encoded size and on the header, before any pixel is decoded; those that
        the environment sets if None.
    least_side : int, optional
        Let a JPEG be decoded at 1/2, 1/4 or 1/8 of its size, the smallest of which both sides
        keep so many pixels.  Several times faster, and the pixels differ a little from those of a
        full decode that is shrunk, so it belongs to the recipe of a hash.

    Raises
    ------
    BadLimit
        If the environment sets a limit to what is none.
    """
    bounds = limits or limits_now()
    return _or_reason(source, lambda: _load(source, bounds, least_side))


def read_picture_file(path: str) -> bytes | Rejected:
    """Read the bytes of a picture file, for :func:`load`; what is no picture is not read through.

    The reason, if it is rejected, is that of :func:`load`.
    """
    bounds = limits_now()
    return _or_reason(path, lambda: read_source(path, bounds))


def _or_reason(source: ImageLike, work: Callable[[], Result]) -> Result | Rejected:
    try:
        return work()
    except Unusable as unusable:
        return Rejected(describe(source), *unusable.args)
    except MemoryError:
        ways = everywhere.WORKER_MEMORY.ways
        detail = f"not enough memory to decode it; {ways}"
        return Rejected(describe(source), RejectKind.TOO_LARGE, detail)
    except Exception as error:
        return Rejected(describe(source), RejectKind.DAMAGED, _one_line(error))


def describe(source: ImageLike) -> str:
    """Return what a source is called in messages: its path, or a word in angle brackets."""
    if isinstance(source, str | os.PathLike):
        return os.fsdecode(source)
    name = getattr(source, "name", None) or getattr(source, "filename", None)
    if isinstance(name, str | bytes) and name:
        return os.fsdecode(name)
    bytes_like = bytes | bytearray | memoryview
    kinds = ((bytes_like, "<bytes>"), (Image.Image, "<image>"), (np.ndarray, "<array>"))
    words = (word for kind, word in kinds if isinstance(source, kind))
    return next(words, "<file>" if hasattr(source, "read") else "<object>")


def _load(source: ImageLike, limits: Limits, least_side: int | None) -> Picture:
    if isinstance(source, Image.Image):
        limits.check_size(source.size)
        with quiet_decoding():
            profile = source.info.get("icc_profile")
            return _finish(source, source.format or "", source.mode, None, profile, ours=False)
    if isinstance(source, np.ndarray):
        if source.ndim >= 2 and source.size:
            limits.check_size((source.shape[1], source.shape[0]))
        return Picture(from_array(source), mode=str(source.dtype))
    return _decode(read_source(source, limits), limits, least_side)


def _decode(data: bytes, limits: Limits, least_side: int | None) -> Picture:
    name = checked_format(data)
    if name == "JPEG":
        data = with_end(data, limits, least_side)
        plain = plain_jpeg(data, limits, least_side)
        if plain is not None:
            return plain
    try:
        return _decode_by_pillow(data, name, limits, least_side)
    except UnidentifiedImageError as error:
        detail = f"its {name} header is broken, or of a kind that is not decoded"
        raise Unusable(RejectKind.DAMAGED, detail) from error
    except Image.DecompressionBombError as error:
        detail = f"over the limit that Pillow has for parts of a {name} file; convert it to PNG"
        raise Unusable(RejectKind.TOO_LARGE, detail) from error
    except (Unusable, MemoryError):
        raise
    except Exception:
        for mended in bared(data, name):
            with contextlib.suppress(Exception):
                return _decode_by_pillow(mended, name, limits, least_side)
        raise


def _decode_by_pillow(data: bytes, name: str, limits: Limits, least_side: int | None) -> Picture:
    with opened(data, name) as image:
        mode, size = image.mode, image.size
        if least_side is not None:
            # The JPEG decoder takes the smallest fraction that keeps so many pixels.
            image.draft(None, (least_side, least_side))
        check_decoded(data, size, image.size, limits)
        with turn(image.size):
            image.load()
            # Some containers hold another size than their header announced.
            limits.check_size(image.size)
            unscaled = None if least_side is None else size
            profile = image.info.get("icc_profile") or named_profile(data, name, image.info)
            return _finish(image, image.format or name, mode, unscaled, profile, ours=True)


def _finish(
    image: Image.Image, name: str, mode: str, unscaled: Size | None, profile: object, *, ours: bool
) -> Picture:
    orientation = orientation_of(image)
    telling = telling_profile(profile, mode)
    inks = telling is not None and mode == INKS
    held = eight_bit(image) if not inks else image if ours else image.copy()
    if ours and held is not image:
        image.close()  # its pixels, before turning needs room for another copy
    return Picture(held, name, mode, 1, unscaled, telling).turned(orientation)


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    if text and isinstance(error, OSError | ValueError | SyntaxError):
        return text
    # What other classes say makes no sense without their name, as KeyError's bare key.
    return f"{type(error).__name__}: {text}".removesuffix(": ")


@dataclass(frozen=True, slots=True)
class PhotoHeader:
    """Facts that stand before the pixels; texts are as the file has them, empty if it has none."""

    format: str  # Pillow's names of the container and of the pixel layout
    mode: str
    orientation: int
    size: tuple[int, int]  # in pixels, upright
    taken: str
    make: str
    model: str
    gps: bool
    animated: bool
    steps: tuple[int, ...]  # of a JPEG's first quantisation table, row by row; others have none
    packed: str  # how a TIFF packs its pixels, by Pillow's names


def read_header(path: str) -> PhotoHeader | Rejected:
    """Read the header of a picture file; never raises for a bad one."""
    data = read_picture_file(path)
    return data if isinstance(data, Rejected) else header_of(path, data)


def header_of(path: str, data: bytes) -> PhotoHeader | Rejected:
    """Read the header in the bytes of a picture file; never raises for a bad one.

    Parameters
    ----------
    path : str
        What a reason calls it by.
    data : bytes
    """
    name = decoded_format(data[:HEAD_BYTES]) or ""
    try:
        with opened(data, name) as image:
            # To look for a tag behind the pixels of a PNG, Pillow decodes them.
            orientation = orientation_of(image) if limits_now().allow(image.size) else 1
            # Pillow counts the sides of a TIFF as they are to be seen.
            turned = orientation in (5, 6, 7, 8) and image.format != "TIFF"
            exif = _tried(image.getexif, Image.Exif())
            return PhotoHeader(
                format=image.format or name,
                mode=image.mode,
                orientation=orientation,
                size=image.size[::-1] if turned else image.size,
                taken=_tried(lambda: exif.get_ifd(Base.ExifOffset).get(Base.DateTimeOriginal), ""),
                make=_tried(lambda: exif.get(Base.Make), ""),
                model=_tried(lambda: exif.get(Base.Model), ""),
                gps=_tried(lambda: bool(exif.get_ifd(Base.GPSInfo)), False),
                animated=_tried(lambda: bool(getattr(image, "is_animated", False)), False),
                steps=_tried(lambda: tuple(map(int, vars(image)["quantization"][0])), ()),
                packed=_tried(lambda: image.info.get("compression", ""), ""),
            )
    except Exception:
        # Pillow raises errors of many classes for broken headers.
        return Rejected(path, RejectKind.DAMAGED, f"its {name} header is broken")


def _tried(read: Callable[[], Any], default: Result) -> Result:
    """Return what can be read of metadata, which is broken in many ways, if it is of a kind."""
    try:
        value = read()
    except Exception:
        return default
    return value if isinstance(value, type(default)) else default
