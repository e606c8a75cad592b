"""Edits that photos meet on their way through shops: cut, resized, marked and saved again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

if TYPE_CHECKING:
    from collections.abc import Callable


def _scaled(photo: Image.Image, share: float) -> Image.Image:
    size = round(photo.width * share), round(photo.height * share)
    return photo.resize(size, Image.Resampling.LANCZOS)


def _cropped(photo: Image.Image, wide: float, high: float) -> Image.Image:
    """Cut shares of the width and of the height off at each side."""
    x, y = round(photo.width * wide), round(photo.height * high)
    return photo.crop((x, y, photo.width - x, photo.height - y))


def _contrast(photo: Image.Image) -> Image.Image:
    return ImageEnhance.Color(ImageEnhance.Contrast(photo).enhance(1.2)).enhance(1.15)


def _turned(photo: Image.Image) -> Image.Image:
    """Turn by 2.5 degrees, then cut the corners off that came from outside."""
    turned = _cropped(photo.rotate(2.5, Image.Resampling.BICUBIC), 0.035, 0.025)
    return turned.resize(photo.size, Image.Resampling.BICUBIC)


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


def _framed(photo: Image.Image) -> Image.Image:
    """Shrink a little onto a white card."""
    inner = _scaled(photo, 0.93)
    card = Image.new("RGB", photo.size, (252, 252, 250))
    card.paste(inner, ((photo.width - inner.width) // 2, (photo.height - inner.height) // 2))
    return card


EDITS: Final[dict[str, Callable[[Image.Image], Image.Image]]] = {
    "resaved": Image.Image.copy,
    "small": lambda photo: _scaled(photo, 0.6),
    "cropped": lambda photo: _cropped(photo, 0.025, 0.025),
    "brighter": lambda photo: ImageEnhance.Brightness(photo).enhance(1.16),
    "turned": _turned,
    "banner": _banner,
    "watermark": _watermark,
    "mirrored": ImageOps.mirror,
    "contrast": _contrast,
    "framed": _framed,
    "grey": lambda photo: photo.convert("L"),
}
"""Edits by name."""
