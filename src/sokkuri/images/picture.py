"""A decoded picture: its pixels, as kernels and Pillow take them, upright and made small."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import numpy as np
from PIL import Image
from PIL.ExifTags import Base

from sokkuri.brief import brief_repr
from sokkuri.images.profiles import INKS, in_srgb

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from PIL.Image import Image as PillowImage


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Pixels that lie in one piece, row by row and without gaps; treat them as read-only.

    Parameters
    ----------
    source : buffer or arrow_array capsule
        ``width * height * channels`` bytes.
    size : tuple of int
    channels : {1, 4}
        Bytes a pixel: luma, or red, green, blue and one without meaning.
    """

    source: Any
    size: tuple[int, int]
    channels: int


_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip
_BACK: Final = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
"""What undoes a turn, where that is not the turn itself."""

_SWAPPING: Final = tuple(_TURNS[orientation] for orientation in (5, 6, 7, 8))


def orientation_of(image: PillowImage) -> int:
    """Return the orientation tag (EXIF 2.3) of a loaded image, 1 if none can be read.

    Broken EXIF makes Pillow raise errors of many classes on pictures whose pixels are good, so
    every failure here means "upright".  TIFF pictures are already turned by Pillow while loading,
    and it drops their tag then, so they are never turned twice.
    """
    try:
        value = image.getexif().get(Base.Orientation, 1)
    except Exception:
        return 1
    return value if value in _TURNS else 1


def turned_upright(image: PillowImage) -> PillowImage:
    """Return a loaded image with its orientation undone; the image itself if it has none."""
    turn = _TURNS.get(orientation_of(image))
    return image if turn is None else image.transpose(turn)


Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded picture, from which every hash and every view starts.

    What is derived from the pixels is derived once and kept, since several hashes ask for the same.

    Parameters
    ----------
    held : PIL.Image.Image or ndarray
        Mode "L" or "RGB", or an array of shape (H, W) or (H, W, 4), uint8, in one piece, the
        fourth channel without meaning; mode "CMYK" where ``profile`` is about inks.  Upright and
        without transparency; treat it as read-only.
    format, mode : str
        The container it came from ("JPEG", "PNG", ...), or "" for images and arrays, and the mode
        it held before normalising, such as "CMYK" or "I;16".
    orientation : int
        The orientation tag (EXIF 2.3) that was followed, 1 to 8; 1 where there was none.
    unscaled : tuple of int, optional
        Width and height of the upright picture in its file, of a JPEG decoded at a fraction.
    profile : bytes, optional
        The ICC profile that says which colours the numbers of ``mode`` are, where they are not
        those of sRGB.
    """

    held: Image.Image | NDArray[np.uint8]
    format: str = ""
    mode: str = ""
    orientation: int = 1
    unscaled: tuple[int, int] | None = None
    profile: bytes | None = None
    _made: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    __repr__ = brief_repr

    @property
    def upright(self) -> bool:
        """True if the pixels are stored as they are to be seen."""
        return self.orientation == 1

    @cached_property
    def image(self) -> Image.Image:
        """The picture as a Pillow image, mode "L" or "RGB"."""
        held = self.held
        if isinstance(held, Image.Image):
            return held.convert("RGB") if held.mode == INKS else held
        if held.ndim == 2:
            return Image.fromarray(held)
        return Image.frombytes("RGB", self.size, held.data, "raw", "RGBX")

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, after turning upright."""
        held = self.held
        return held.size if isinstance(held, Image.Image) else (held.shape[1], held.shape[0])

    @property
    def full_size(self) -> tuple[int, int]:
        """Width and height in pixels in the file, after turning upright."""
        return self.unscaled or self.size

    @property
    def gray(self) -> bool:
        """True if the picture has no colour channels."""
        held = self.held
        return held.mode == "L" if isinstance(held, Image.Image) else held.ndim == 2

    def luma(self) -> Image.Image:
        """Return the picture as mode "L": ITU-R 601-2 luma, Pillow's ``convert("L")``."""
        return self.image if self.gray else self._other_mode

    def rgb(self) -> Image.Image:
        """Return the picture as mode "RGB"."""
        return self._other_mode if self.gray else self.image

    @cached_property
    def _other_mode(self) -> Image.Image:
        return self.image.convert("RGB" if self.gray else "L")

    @property
    def srgb(self) -> Picture:
        """The picture in the colours that it is meant to have: the same one where it says nothing.

        Hashes that follow another program bit for bit, or the article, look at the numbers as they
        are stored, as those do; sokkuri's own hashes and everything that is shown look at this.
        """
        # Not kept in itself: a picture in a cycle would hold its memory until the next collection.
        return self if self.profile is None else self._in_srgb

    @cached_property
    def _in_srgb(self) -> Picture:
        stored = self.image if isinstance(self.held, np.ndarray) else self.held
        return replace(self, held=in_srgb(stored, self.profile or b"", self.mode), profile=None)

    def pixels(self) -> NDArray[np.uint8]:
        """Return the pixels as an array of shape (height, width, 3), uint8."""
        return np.asarray(self.rgb())

    @cached_property
    def raster(self) -> Raster | None:
        """The pixels as kernels take them: one channel if gray, four if in colour.

        None where they do not lie in one piece; :attr:`image` has them then.
        """
        source: Any = self.held
        if isinstance(source, Image.Image):
            try:
                _, source = self.image.__arrow_c_array__()
            except ValueError:
                return None  # Pillow keeps large images in several blocks
        return Raster(source, self.size, 1 if self.gray else 4)  # RGB takes four bytes there

    def once(self, make: Callable[[Picture], Made]) -> Made:
        """Return ``make(picture)``, computed when it is first asked for and kept.

        Parameters
        ----------
        make : callable
            A function that looks at nothing but the picture; it is remembered by identity, so give
            one of a module and no lambda.
        """
        if make not in self._made:
            self._made[make] = make(self)
        return cast("Made", self._made[make])

    def transposed(self, transpose: Image.Transpose) -> Picture:
        """Return the picture turned by quarters or mirrored; its profile stays."""
        stored = self.image if isinstance(self.held, np.ndarray) else self.held
        swapped = self.unscaled and self.unscaled[::-1]
        unscaled = swapped if transpose in _SWAPPING else self.unscaled
        return replace(self, held=stored.transpose(transpose), unscaled=unscaled)

    def turned(self, orientation: int) -> Picture:
        """Return the picture with an orientation undone, 1 to 8; itself for 1."""
        turn = _TURNS.get(orientation)
        return self if turn is None else replace(self.transposed(turn), orientation=orientation)

    def as_stored(self) -> Picture:
        """Return the picture as its file stores it, its orientation not followed."""
        back = _BACK.get(self.orientation, _TURNS.get(self.orientation))
        return self if back is None else replace(self.transposed(back), orientation=1)

    def same_pixels(self, other: Picture) -> bool:
        """Tell whether both show the same pixels, whatever file or container they came from."""
        return self.size == other.size and np.array_equal(self.pixels(), other.pixels())


def thumbnail(picture: Picture, side: int) -> Image.Image:
    """Return a picture shrunk whole into a square: mode "RGB", in sRGB whatever its profile was.

    Parameters
    ----------
    picture : Picture
    side : int
        The longest side of the result in pixels; a smaller picture keeps its size.
    """
    small = picture.srgb.rgb().copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    # Pillow would write comments and profiles found here into every file made of the picture.
    small.info = {}
    return small


def encoded_thumbnail(picture: Picture, side: int, *, quality: int = 80) -> bytes:
    """Return :func:`thumbnail` as a JPEG file.

    Parameters are those of it, and the ``quality`` from 1 to 95, as JPEG encoders count it.
    """
    file = io.BytesIO()
    thumbnail(picture, side).save(file, "JPEG", quality=quality)
    return file.getvalue()
