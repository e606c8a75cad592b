"""Thirteen harder edits: the changes that people make to a photo before they post it again.

They are made and saved as the eighteen of :mod:`sokkuri.evaluation.edits` are.  Two of them show
another photo as well.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from sokkuri.evaluation.edits import WHITE, Edit, cropped, resized, scaled

_INK: Final = (24, 24, 28)
_SOFT_INK: Final = (120, 120, 126)
_PAPER: Final = (250, 250, 250)

# Five dots wide and seven high, a number for each row.  Dots and not a font, so that a text is the
# same whatever fonts there are.
_LETTERS: Final = {
    " ": (0, 0, 0, 0, 0, 0, 0),
    "a": (14, 17, 17, 31, 17, 17, 17),
    "e": (31, 16, 16, 30, 16, 16, 31),
    "i": (14, 4, 4, 4, 4, 4, 14),
    "l": (16, 16, 16, 16, 16, 16, 31),
    "n": (17, 25, 21, 19, 17, 17, 17),
    "o": (14, 17, 17, 17, 17, 17, 14),
    "r": (30, 17, 17, 30, 20, 18, 17),
    "s": (15, 16, 16, 14, 1, 1, 30),
    "t": (31, 4, 4, 4, 4, 4, 4),
}
_COMMENTS: Final = (
    "in a train to oslo", "as rain sets in i see a lone tree", "nina  i see a lone seal too",
    "tess  not one seal is in it", "leo  i also see no seal", "ian  it is a stone"
)  # fmt: skip


def _text(words: str, height: int) -> Image.Image:
    """Return a line of text as a mask of that height."""
    dots = np.array([_LETTERS[letter] for letter in words], np.uint8).T[..., None]
    # Of the eight bits of a number the last six: the gap to the letter before, and five dots.
    line = np.unpackbits(dots, axis=2)[:, :, 2:].reshape(len(dots), -1) * np.uint8(255)
    size = max(1, round(line.shape[1] * height / len(line))), height
    return Image.fromarray(line).resize(size, Image.Resampling.BICUBIC)


def _fitted(image: Image.Image, width: int, height: int) -> Image.Image:
    return scaled(image, min(width / image.width, height / image.height))


def _turned(image: Image.Image, degrees: int, *, expand: bool = False) -> Image.Image:
    return image.rotate(degrees, Image.Resampling.BICUBIC, expand=expand, fillcolor=WHITE)


def _cropped_off_centre(image: Image.Image) -> Image.Image:
    wide, high = (max(1, round(0.7 * side)) for side in image.size)
    left = min(round(0.22 * image.width), image.width - wide)
    top = min(round(0.07 * image.height), image.height - high)
    return image.crop((left, top, left + wide, top + high))


def _askew(image: Image.Image) -> Image.Image:
    """Return the photo as a print that is not held straight, in true perspective."""
    # The corners of the result, clockwise from the upper left, show these places of the photo.
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = (
        (-0.05, -0.03),
        (0.96, 0.03),
        (1.03, 0.95),
        (0.04, 1.02),
    )
    # In closed form, for the unit square: a solver's last bits would depend on the machine.
    (ax, ay), (bx, by) = (x1 - x2, y1 - y2), (x3 - x2, y3 - y2)
    cx, cy = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    g = (cx * by - bx * cy) / (ax * by - bx * ay)
    h = (ax * cy - cx * ay) / (ax * by - bx * ay)
    wide, high = image.size
    along_x = (x1 - x0 + g * x1, (x3 - x0 + h * x3) * wide / high, x0 * wide)
    along_y = ((y1 - y0 + g * y1) * high / wide, y3 - y0 + h * y3, y0 * high)
    projection = (*along_x, *along_y, g / wide, h / high)
    way, filter_ = Image.Transform.PERSPECTIVE, Image.Resampling.BICUBIC
    return image.transform(image.size, way, projection, filter_, fillcolor=WHITE)


def _inside(image: Image.Image, other: Image.Image) -> Image.Image:
    wide, high = (max(400, side) for side in other.size)
    scene = resized(other, wide, high)
    small = _fitted(image, round(0.4 * wide), round(0.4 * high))
    scene.paste(small, (round(0.3 * (wide - small.width)), round(0.6 * (high - small.height))))
    return scene


def _on_a_screen(image: Image.Image) -> Image.Image:
    """Return the screenshot of a post: a bar, who posted it, the photo, and comments."""
    photo = _fitted(image, 720, 960)
    screen = Image.new("RGB", (720, photo.height + 520), _PAPER)
    below = screen.height - 320
    screen.paste(_INK, (0, 0, 720, 70))
    screen.paste((235, 235, 235), (0, screen.height - 60, 720, screen.height))
    places = np.arange(80) - 39.5
    disc = (places**2 + places[:, None] ** 2 < 1600) * np.uint8(255)
    screen.paste((90, 120, 200), (20, 95), Image.fromarray(disc))
    screen.paste(WHITE, (24, 26), _text("tile reel", 21))
    screen.paste(_INK, (120, 108), _text("nora ellis", 21))
    screen.paste(_SOFT_INK, (120, 144), _text("oslo", 14))
    screen.paste(photo, ((720 - photo.width) // 2, 200))
    for number, words in enumerate(_COMMENTS):
        screen.paste(_INK, (24, below + 28 + 38 * number), _text(words, 19))
    return screen


def _captioned(image: Image.Image) -> Image.Image:
    height = max(24, round(0.18 * image.height))
    copy = Image.new("RGB", (image.width, image.height + height), WHITE)
    copy.paste(image, (0, height))
    lines = ("no one is as late as", "a train in rain")
    # Both as high as the longer one can be: text of one size, in the middle.
    tall = max(1, min(round(0.26 * height), round(0.9 * image.width * 7 / (6 * len(lines[0])))))
    for words, place in zip(lines, (0.3, 0.72), strict=True):
        mask = _text(words, tall)
        at = (image.width - mask.width) // 2, round(place * height) - tall // 2
        copy.paste(_INK, at, mask)
    return copy


def _collage(image: Image.Image, other: Image.Image) -> Image.Image:
    left, right = _fitted(other, 2400, 600), _fitted(image, 2400, 600)
    wall = Image.new("RGB", (left.width + 10 + right.width, 600), WHITE)
    wall.paste(left, (0, (600 - left.height) // 2))
    wall.paste(right, (left.width + 10, (600 - right.height) // 2))
    return wall


def _sepia(image: Image.Image) -> Image.Image:
    """Return the photo in brown, darkened towards the corners."""
    # All in whole numbers, of 256 in the middle; 77 are left in the corners.
    across, down = ((2 * np.arange(side) + 1 - side) ** 2 * 90 // side**2 for side in image.size)
    light = (256 - across - down[:, None]).astype(np.uint16)
    dark = Image.fromarray((np.asarray(image.convert("L")) * light >> 8).astype(np.uint8))
    tones = ([min(255, tone * tint // 100) for tone in range(256)] for tint in (107, 90, 70))
    return Image.merge("RGB", [dark.point(tone) for tone in tones])


def _as_sent(image: Image.Image) -> Image.Image:
    small = scaled(image, min(1.0, 800 / max(image.size)))
    return ImageEnhance.Contrast(ImageEnhance.Brightness(small).enhance(1.1)).enhance(1.15)


def _turned_and_framed(image: Image.Image) -> Image.Image:
    width = max(1, round(0.08 * min(image.size)))
    return ImageOps.expand(_turned(image, 4), width, fill=_INK)


HARDER_EDITS: Final = (
    Edit("crop-30-off", _cropped_off_centre),
    Edit("crop-50", lambda image: cropped(image, 50)),
    Edit("rotate-10", lambda image: _turned(image, 10)),
    Edit("rotate-30", lambda image: _turned(image, 30, expand=True)),
    Edit("perspective", _askew),
    Edit("in-picture-40", paste=_inside),
    Edit("screenshot", _on_a_screen),
    Edit("flip-crop-20", lambda image: cropped(ImageOps.mirror(image), 20)),
    Edit("caption", _captioned),
    Edit("collage", paste=_collage),
    Edit("sepia-vignette", _sepia),
    Edit("messenger", _as_sent, quality=50),
    Edit("turn-border", _turned_and_framed),
)
"""All harder edits."""
