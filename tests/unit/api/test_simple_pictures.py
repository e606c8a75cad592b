"""Very simple pictures: their hashes say little, and still the own copy comes first."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import sokkuri
from sokkuri.settings import LOW_QUALITY

COUNT = 40
WITHIN = (0.2, 0.2, 0.8, 0.8)
BAR = (0.2, 0.45, 0.8, 0.55)
CROSS = (
    0.2, 0.45, 0.45, 0.45, 0.45, 0.2, 0.55, 0.2, 0.55, 0.45, 0.8, 0.45,
    0.8, 0.55, 0.55, 0.55, 0.55, 0.8, 0.45, 0.8, 0.45, 0.55, 0.2, 0.55,
)  # fmt: skip
ARROW = (0.2, 0.5, 0.6, 0.2, 0.6, 0.4, 0.85, 0.4, 0.85, 0.6, 0.6, 0.6, 0.6, 0.8)
STAR = (0.5, 0.1, 0.6, 0.4, 0.9, 0.5, 0.6, 0.6, 0.5, 0.9, 0.4, 0.6, 0.1, 0.5, 0.4, 0.4)


def _icon(number: int) -> Image.Image:
    """Draw a sign of one colour on another, smooth as icons are."""
    random = np.random.default_rng(number)
    side = int(random.choice([64, 96, 128, 200, 256]))
    ground = random.integers(0, 256, 3)
    colour = ground
    while np.abs(colour - ground).sum() < 150:
        colour = random.integers(0, 256, 3)
    large = 4 * side
    image = Image.new("RGB", (large, large), tuple(ground.tolist()))
    pen, fill = ImageDraw.Draw(image), tuple(colour.tolist())

    def at(*places: float) -> list[float]:
        return [place * large for place in places]

    draws: list[Callable[[], None]] = [
        lambda: pen.ellipse(at(*WITHIN), fill=fill),
        lambda: pen.rectangle(at(0.25, 0.25, 0.75, 0.75), fill=fill),
        lambda: pen.polygon(at(0.5, 0.15, 0.85, 0.8, 0.15, 0.8), fill=fill),
        lambda: pen.rectangle(at(*BAR), fill=fill),
        lambda: pen.polygon(at(*CROSS), fill=fill),
        lambda: pen.ellipse(at(*WITHIN), outline=fill, width=large // 10),
        lambda: pen.line(at(0.2, 0.2, 0.8, 0.8), fill=fill, width=large // 10),
        lambda: pen.polygon(at(*STAR), fill=fill),
        lambda: pen.polygon(at(*ARROW), fill=fill),
        lambda: pen.pieslice(at(*WITHIN), 30, 330, fill=fill),
    ]
    draws[number % len(draws)]()
    return image.resize((side, side), Image.Resampling.LANCZOS)


def _saved(image: Image.Image, form: str, **options: int) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


EDITS: dict[str, Callable[[Image.Image], bytes]] = {
    "saved again": lambda image: _saved(image, "PNG"),
    "JPEG": lambda image: _saved(image, "JPEG", quality=75),
    "WebP": lambda image: _saved(image, "WEBP", quality=70),
    "half": lambda image: _saved(image.reduce(2), "PNG"),
    "double": lambda image: _saved(image.resize((image.width * 2, image.height * 2)), "PNG"),
}


@pytest.mark.slow
@pytest.mark.parametrize("edit", EDITS)
def test_the_own_copy_comes_first_and_quality_warns(edit: str, tmp_path: Path) -> None:
    icons = [_icon(number) for number in range(COUNT)]
    for number, icon in enumerate(icons):
        icon.save(tmp_path / f"{number:02}.png")
    queries = [EDITS[edit](icon) for icon in icons]
    found = sokkuri.search_many(queries, tmp_path, k=1, library=None)
    first = [Path(outcome.matches[0].path).stem for outcome in found]
    assert sum(int(stem) == number for number, stem in enumerate(first)) >= 38
    for outcome in found:
        quality = outcome.matches[0].quality
        assert quality is not None
        assert quality < LOW_QUALITY
    # What a JPEG adds to two colours of one lightness looks like detail.
    assert (
        sum(outcome.quality is not None and outcome.quality < LOW_QUALITY for outcome in found)
        >= 36
    )
