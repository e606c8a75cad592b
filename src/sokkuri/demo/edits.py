"""Edits that photos meet on their way through shops: cut, resized, marked and saved again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

_QUALITY: Final = 88
"""JPEG quality of every copy that is not saved badly on purpose."""

Edit: TypeAlias = Callable[[Image.Image], Image.Image]

_RESAVED: Final = "resaved"
_RESAVED_QUALITY: Final = 16


def _same(photo: Image.Image) -> Image.Image:
    return photo


def _small(photo: Image.Image) -> Image.Image:
    size = round(photo.width * 0.6), round(photo.height * 0.6)
    return photo.resize(size, Image.Resampling.LANCZOS)


def _cropped(photo: Image.Image) -> Image.Image:
    """Cut 5 % of the width and of the height off, half at each side."""
    x, y = round(photo.width * 0.025), round(photo.height * 0.025)
    return photo.crop((x, y, photo.width - x, photo.height - y))


def _brighter(photo: Image.Image) -> Image.Image:
    return ImageEnhance.Brightness(photo).enhance(1.16)


def _contrast(photo: Image.Image) -> Image.Image:
    return ImageEnhance.Color(ImageEnhance.Contrast(photo).enhance(1.2)).enhance(1.15)


def _turned(photo: Image.Image) -> Image.Image:
    """Turn by 2.5 degrees, then cut the corners off that came from outside."""
    turned = photo.rotate(2.5, Image.Resampling.BICUBIC)
    x, y = round(photo.width * 0.035), round(photo.height * 0.025)
    return turned.crop((x, y, photo.width - x, photo.height - y)).resize(
        photo.size, Image.Resampling.BICUBIC
    )


def _banner(photo: Image.Image) -> Image.Image:
    out = photo.copy()
    pen = ImageDraw.Draw(out)
    high = round(photo.height * 0.09)
    pen.rectangle((0, photo.height - high, photo.width, photo.height), fill=(206, 42, 58))
    middle = (photo.width / 2, photo.height - high / 2)
    font = ImageFont.load_default(high * 0.55)
    pen.text(middle, "SALE  30% OFF", fill=(255, 255, 255), font=font, anchor="mm")
    return out


def _watermark(photo: Image.Image) -> Image.Image:
    mark = Image.new("L", photo.size)
    font = ImageFont.load_default(photo.width * 0.12)
    middle = (photo.width / 2, photo.height / 2)
    ImageDraw.Draw(mark).text(middle, "my closet", fill=140, font=font, anchor="mm")
    mark = mark.rotate(24, Image.Resampling.BICUBIC)
    return Image.composite(Image.new("RGB", photo.size, (128, 126, 130)), photo, mark)


def _mirrored(photo: Image.Image) -> Image.Image:
    return ImageOps.mirror(photo)


def _grey(photo: Image.Image) -> Image.Image:
    return photo.convert("L")


def _framed(photo: Image.Image) -> Image.Image:
    """Shrink a little onto a white card."""
    inner = photo.resize(
        (round(photo.width * 0.93), round(photo.height * 0.93)), Image.Resampling.LANCZOS
    )
    card = Image.new("RGB", photo.size, (252, 252, 250))
    card.paste(inner, ((photo.width - inner.width) // 2, (photo.height - inner.height) // 2))
    return card


EDITS: Final[dict[str, Edit]] = {
    _RESAVED: _same,
    "small": _small,
    "cropped": _cropped,
    "brighter": _brighter,
    "turned": _turned,
    "banner": _banner,
    "watermark": _watermark,
    "mirrored": _mirrored,
    "contrast": _contrast,
    "framed": _framed,
    "grey": _grey,
}
"""Edits by name."""


def edited(photo: Image.Image, edit: str) -> tuple[Image.Image, int]:
    """Return an edited copy and the JPEG quality it is to be saved with.

    Parameters
    ----------
    photo : PIL.Image.Image
        The photo; it stays as it is.
    edit : str
        A key of :data:`EDITS`.
    """
    return EDITS[edit](photo), _RESAVED_QUALITY if edit == _RESAVED else _QUALITY
