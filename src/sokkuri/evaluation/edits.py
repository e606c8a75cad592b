"""The eighteen edits a copy may have gone through, each defined to the pixel.

An edit starts from the photo decoded in full and upright, in RGB.  What it gives is saved as JPEG
(quality 90, Pillow's usual chroma subsampling) and read back, since a copy that someone meets is a
file; only ``identity`` is the photo's own file, read again.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageEnhance, ImageFilter, ImageOps

if TYPE_CHECKING:
    from collections.abc import Callable

WHITE: Final = (255, 255, 255)
"""Ground that an edit lays bare."""

# Drawn from dots and not from a font, so that the banner is the same whatever fonts there are.
_WORD: Final = (
    ".####...###...#.....#####",
    "#......#...#..#.....#....",
    "#......#...#..#.....#....",
    ".###...#####..#.....####.",
    "....#..#...#..#.....#....",
    "....#..#...#..#.....#....",
    "####...#...#..#####.#####",
)


@dataclass(frozen=True, slots=True)
class Edit:
    """One way to change an RGB picture, saved as a JPEG.

    ``apply`` changes the picture; ``paste`` puts it together with another one.  Without both the
    copy is the file as it is.
    """

    name: str
    apply: Callable[[Image.Image], Image.Image] | None = None
    quality: int = 90
    paste: Callable[[Image.Image, Image.Image], Image.Image] | None = None

    @property
    def changes(self) -> bool:
        """False for the file as it is."""
        return self.apply is not None or self.paste is not None

    def copy(self, image: Image.Image, other: Image.Image | None = None) -> bytes:
        """Return the edited copy of an RGB picture as the bytes of a JPEG file.

        Parameters
        ----------
        image : Image
        other : Image, optional
            Another RGB picture, for an edit that pastes.

        Raises
        ------
        OSError, ValueError
            If it is too large for that format, or the other picture is missing.
        """
        edited = image if self.apply is None else self.apply(image)
        if self.paste is not None:
            if other is None:
                raise ValueError(f"{self.name} needs another picture")
            edited = self.paste(image, other)
        stream = io.BytesIO()
        edited.save(stream, "JPEG", quality=self.quality)
        return stream.getvalue()


def resized(image: Image.Image, width: float, height: float) -> Image.Image:
    """Return the picture at another size, to the nearest pixel and at least one (Lanczos).

    Parameters
    ----------
    image : Image
    width, height : float
    """
    size = max(1, round(width)), max(1, round(height))
    return image.resize(size, Image.Resampling.LANCZOS)


def scaled(image: Image.Image, scale: float) -> Image.Image:
    """Return the picture with both sides times a number.

    Parameters
    ----------
    image : Image
    scale : float
    """
    return resized(image, image.width * scale, image.height * scale)


def cropped(image: Image.Image, percent: int) -> Image.Image:
    """Return the middle, without a share of width and height.

    Parameters
    ----------
    image : Image
    percent : int
        Half of it goes from each edge, rounded down, so that something is always left.
    """
    across, down = (side * percent // 200 for side in image.size)
    return image.crop((across, down, image.width - across, image.height - down))


def _hue(image: Image.Image) -> Image.Image:
    hue, saturation, value = image.convert("HSV").split()
    # 256 steps make the full circle, so 64 are a quarter of it.
    turned = hue.point([(step + 64) % 256 for step in range(256)])
    return Image.merge("HSV", (turned, saturation, value)).convert("RGB")


def _with_banner(image: Image.Image) -> Image.Image:
    height = max(1, round(image.height * 0.13))
    banner = Image.new("RGB", (image.width, height), (32, 32, 32))
    rows, columns = len(_WORD), len(_WORD[0])
    scale = min(0.6 * height / rows, 0.9 * image.width / columns)
    mask = Image.new("L", (columns, rows))
    mask.putdata([255 * (dot == "#") for row in _WORD for dot in row])
    size = max(1, round(columns * scale)), max(1, round(rows * scale))
    mask = mask.resize(size, Image.Resampling.BICUBIC)
    banner.paste(WHITE, ((image.width - size[0]) // 2, (height - size[1]) // 2), mask)
    copy = image.copy()
    copy.paste(banner, (0, image.height - height))
    return copy


def _bordered(image: Image.Image) -> Image.Image:
    across, down = (max(1, round(side / 10)) for side in image.size)
    return ImageOps.expand(image, (across, down, across, down), fill=WHITE)


EDITS: Final = (
    Edit("identity", None),
    Edit("resize-50", lambda image: scaled(image, 1 / 2)),
    Edit("thumbnail-160", lambda image: scaled(image, min(1.0, 160 / max(image.size)))),
    Edit("jpeg-q20", lambda image: image, quality=20),
    Edit("crop-5", lambda image: cropped(image, 5)),
    Edit("crop-15", lambda image: cropped(image, 15)),
    Edit("crop-30", lambda image: cropped(image, 30)),
    Edit("rotate-5", lambda image: image.rotate(5, Image.Resampling.BICUBIC, fillcolor=WHITE)),
    Edit("rotate-90", lambda image: image.transpose(Image.Transpose.ROTATE_90)),
    Edit("mirror", ImageOps.mirror),
    Edit("brightness-1.4", lambda image: ImageEnhance.Brightness(image).enhance(1.4)),
    Edit("contrast-0.6", lambda image: ImageEnhance.Contrast(image).enhance(0.6)),
    Edit("gray", lambda image: image.convert("L").convert("RGB")),
    Edit("hue-90", _hue),
    Edit("blur-3", lambda image: image.filter(ImageFilter.GaussianBlur(3))),
    Edit("banner-13", _with_banner),
    Edit("border-10", _bordered),
    Edit("square", lambda image: resized(image, min(image.size), min(image.size))),
)
"""All edits, mild ones first within a kind."""
