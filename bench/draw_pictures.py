"""Draw the pictures of README and docs from the demo's photos: ``python bench/draw_pictures.py``.

Writes ``docs/images/demo.png`` (what the demo shows), ``hashes.png`` (one query with three
hashes), ``look.png`` (how the look hash sees a photo) and ``explain.png`` (why two photos match).
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image, ImageDraw

import sokkuri
from sokkuri.demo import DemoFolder, write_demo_folder
from sokkuri.hashers.values import resize_colour
from sokkuri.images import Picture, load
from sokkuri.kernels.look import reference
from sokkuri.show.canvas import Box, Canvas, Style
from sokkuri.show.explanation import draw_explanation
from sokkuri.show.export import write_figure

IMAGES = Path(__file__).resolve().parents[1] / "docs/images"
TILE, GAP, LEFT = 1.0, 0.08, 1.5
NEAREST = 8
OTHER_QUERY, ITS_LIKE = "107", "017"
PANEL = 240
INK, PALE = (32, 36, 44), (236, 238, 240)


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        folder = write_demo_folder(os.path.join(scratch, "demo"))
        results = sokkuri.search(folder.query, folder.photos_dir, k=32)
        results.save_figure(IMAGES / "demo.png")
        _hashes(folder).savefig(IMAGES / "hashes.png", dpi=110)
        _explain(folder)
        picture = load(folder.query, least_side=128)
        if not isinstance(picture, Picture):
            raise SystemExit(picture.reason)
        _look(picture).save(IMAGES / "look.png", optimize=True)
    return 0


def _photo(folder: DemoFolder, number: str) -> str:
    """Return a photo without edited copies, so that likeness is all that can be found."""
    (path,) = (str(path) for path in Path(folder.photos_dir).rglob(f"*-{number}.jpg"))
    return path


def _explain(folder: DemoFolder) -> None:
    found = sokkuri.explain(_photo(folder, OTHER_QUERY), _photo(folder, ITS_LIKE))
    write_figure(draw_explanation(found), IMAGES / "explain.png", dpi=100)


def _hashes(folder: DemoFolder) -> Figure:
    query = _photo(folder, OTHER_QUERY)
    rows = [("look-2", "shape and colour"), ("ahash-rgb-64", "--rgb"), ("ahash-gray-64", "--gray")]
    height = len(rows) * (TILE + 0.1) + 0.3
    canvas = Canvas()
    for number, (name, words) in enumerate(rows):
        top = 0.2 + number * (TILE + 0.1)
        canvas.text(0.1, top + 0.45, name, Style(10, "#20242c", bold=True), gid=name)
        canvas.text(0.1, top + 0.65, words, Style(9, "#5a6068"), gid=words)
        results = sokkuri.search(query, folder.photos_dir, hash=name, k=NEAREST, exclude_query=True)
        paths = [query, *(match.path for match in results)]
        for column, path in enumerate(paths):
            left = LEFT + column * (TILE + GAP) + (0.15 if column else 0)
            found = load(path)
            if isinstance(found, Picture):
                box = Box(left, top, TILE, TILE).fitted(found.size)
                canvas.image(found.rgb(), box, gid=f"{number}-{column}", smooth=True)
    return canvas.finish(LEFT + (NEAREST + 1) * (TILE + GAP) + 0.2, height)


def _look(picture: Picture) -> Image.Image:
    """Draw six steps side by side, each under its name."""
    small = resize_colour(picture, 64, 64)[..., :3]
    lab = reference.lab_quarters(small)
    cost = reference.barrier(lab)
    mask = reference.object_mask(cost)
    centre, length = reference.object_box(mask, picture.size)
    view = reference.view_of(lab, centre, length)
    outline = reference.outline_map(lab, mask, view)
    strengths = reference.window_strengths(view.astype(np.int64))
    boxed = _scaled(small)
    x, y = ((c - n // 2) * PANEL / (64 * 256) for c, n in zip(centre, length, strict=True))
    w, h = (n * PANEL / (64 * 256) for n in length)
    ImageDraw.Draw(boxed).rectangle((x, y, x + w, y + h), outline=(220, 30, 30), width=3)
    panels = [
        ("photo and box", boxed),
        ("distance from the edge", _scaled(_gray(cost))),
        ("view", _scaled(_colours(view))),
        ("outline map", _scaled(_gray(outline))),
        ("edges by direction", _edges(strengths)),
        ("colours of the places", _places(view)),
    ]
    page = Image.new("RGB", (len(panels) * (PANEL + 12) + 12, PANEL + 44), "white")
    for number, (name, panel) in enumerate(panels):
        left = 12 + number * (PANEL + 12)
        page.paste(panel, (left, 32))
        ImageDraw.Draw(page).text((left, 10), name, fill=INK, font_size=16)
    return page


def _scaled(pixels: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(pixels).resize((PANEL, PANEL), Image.Resampling.NEAREST).convert("RGB")


def _gray(values: NDArray[Any]) -> NDArray[np.uint8]:
    return np.asarray(255 * values // max(1, int(values.max())), np.uint8)


def _colours(lab: NDArray[Any]) -> NDArray[np.uint8]:
    """Turn quarter units of Lab back into colours, by Pillow."""
    channels = [lab[..., 0] / 400 * 255, lab[..., 1] / 4 + 128, lab[..., 2] / 4 + 128]
    stacked = np.stack(channels, axis=-1).clip(0, 255).astype(np.uint8)
    values = stacked.astype(np.float64)
    lightness, a, b = values[..., 0] / 2.55, values[..., 1] - 128, values[..., 2] - 128
    y = (lightness + 16) / 116
    f = np.stack([y + a / 500, y, y - b / 200], axis=-1)
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * [0.95047, 1, 1.08883]
    matrix = np.array(
        [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.204, 1.057]]
    )
    linear = (xyz @ matrix.T).clip(0, 1)
    coded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(coded * 255, np.uint8)


def _edges(strengths: NDArray[np.int64]) -> Image.Image:
    """Draw each window's strong directions as strokes along the edges they stand for."""
    panel = Image.new("RGB", (PANEL, PANEL), PALE)
    draw = ImageDraw.Draw(panel)
    step, mean = PANEL / reference.WINDOWS, float(strengths.mean())
    for row, column, direction in np.argwhere(strengths > mean):
        cosine, sine = (part / 64 for part in reference.DIRECTIONS[direction])
        reach = step * 0.45 * min(1.0, float(strengths[row, column, direction]) / (4 * mean))
        x, y = (column + 0.5) * step, (row + 0.5) * step
        # An edge runs across the direction in which the values change.
        ends = (x + sine * reach, y - cosine * reach, x - sine * reach, y + cosine * reach)
        draw.line(ends, fill=INK, width=2)
    return panel


def _places(view: NDArray[np.int32]) -> Image.Image:
    placed = view[9:51, 9:51].astype(np.int64)
    means = reference.block_sums(placed, 3) // (14 * 14)
    return _scaled(_colours(means))


if __name__ == "__main__":
    sys.exit(main())
