"""The files of the demo: photos that sokkuri ships, and edits as they are met in shops."""

from __future__ import annotations

import os
import shutil
from functools import partial
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

from sokkuri.errors import ImageError
from sokkuri.images import Rejected, load

if TYPE_CHECKING:
    from collections.abc import Callable

QUERY: Final = "photos/dresses/red-button-dress-000.jpg"
"""The photo that the demo searches with."""

BROKEN: Final = "photos/edited/broken.jpg"
"""A photo that ends too early."""

_SECOND_SHOT: Final = "photos/dresses/赤いワンピース 青いボタン.jpg"
"""Red dress, blue buttons: another photo of the query's garment, under a name beyond ASCII."""

_SHIPPED: Final = os.path.dirname(__file__)

_EACH: Final = 4
"""Edited copies of each garment that is edited at all, the query aside."""


def contents(root: str) -> dict[str, Callable[[], object]]:
    """Return every file below a folder with what writes it; what is copied precedes its copies."""
    files: dict[str, Callable[[], object]] = {}

    def at(name: str) -> str:
        return os.path.normpath(os.path.join(root, name))  # of a shipped photo, its own path

    def add(name: str, source: str, write: Callable[[str, str], object] = shutil.copyfile) -> None:
        files[at(name)] = partial(write, at(source), at(name))

    shipped = glob("photos/*/*.jpg", root_dir=_SHIPPED)
    names = sorted(shipped, key=lambda name: _stem(name).rpartition("-")[2])
    for name in names:
        add(name, os.path.join(_SHIPPED, name))
    add(_SECOND_SHOT, os.path.join(_SHIPPED, "photos/second-shot.jpg"))
    add(f"photos/edited/copy of {_stem(QUERY)}.jpg", QUERY)
    add(f"photos/edited/{_stem(QUERY)}-lossless.png", QUERY, _save_png)
    copies = [(QUERY, edit) for edit in EDITS]
    # The step shares no factor with the order of the kinds, so that each kind has its turn.
    for turn, name in enumerate(names[7::19]):
        chosen = range(turn * _EACH, (turn + 1) * _EACH)
        copies += [(name, list(EDITS)[number % len(EDITS)]) for number in chosen]
    for name, edit in copies:
        add(f"photos/edited/{_stem(name)}-{edit}.jpg", name, partial(_save_edit, edit=edit))
    add(BROKEN, names[-1], _cut_short)
    return files


def _stem(name: str) -> str:
    return os.path.splitext(os.path.basename(name))[0]


def _photo(path: str) -> Image.Image:
    picture = load(path)
    if isinstance(picture, Rejected):
        raise ImageError(path, picture.reason)
    return picture.image


def _save_png(source: str, target: str) -> None:
    _photo(source).save(target, "PNG")


def _save_edit(source: str, target: str, edit: str) -> None:
    EDITS[edit](_photo(source)).save(target, "JPEG", quality=16 if edit == "resaved" else 88)


def _cut_short(source: str, target: str) -> None:
    """Write the first two fifths of a photo, as after a download that stopped."""
    whole = Path(source).read_bytes()
    Path(target).write_bytes(whole[: len(whole) * 2 // 5])


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
