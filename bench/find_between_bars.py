"""How surely photos are found that stand between bars, as stories and screens show them.

Run ``python bench/find_between_bars.py --photos DIR``.  Photos are cropped to 4:3, and to 3:4 for
bars on the left and right; each is put between bars, saved as a JPEG of quality 80, and searched
among all of them without bars.  The table says how many find themselves first.  ``--fills`` and
``--shares`` choose the bars; a blurred fill is the photo itself, enlarged, blurred and perhaps
darkened.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image, ImageEnhance, ImageFilter

import sokkuri

FILLS = ("black", "white", "two colours", "blurred")
SHARES = (0.24, 0.29, 0.36, 0.45)


def main() -> int:
    options = _options()
    found: dict[str, dict[float, int]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for across in (False, True):
            folder = Path(scratch, str(across))
            folder.mkdir()
            photos = list(_photos(options, folder, across=across))
            for fill in options.fills:
                for share in options.shares:
                    queries = [_between(photo, share, fill, n) for n, photo in enumerate(photos)]
                    row = f"{fill}, {'left and right' if across else 'above and below'}"
                    found.setdefault(row, {})[share] = _first(queries, folder, options.hash)
    _report(found, options)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", required=True, help="folder of photos")
    parser.add_argument("--limit", type=int, default=200, help="how many photos")
    parser.add_argument("--hash", default="look-2")
    parser.add_argument("--fills", nargs="+", choices=FILLS, default=FILLS)
    parser.add_argument("--shares", nargs="+", type=float, default=SHARES)
    parser.add_argument("--json", help="write the numbers to this file")
    return parser.parse_args()


def _photos(options: argparse.Namespace, folder: Path, *, across: bool) -> Iterator[Image.Image]:
    paths = sorted(Path(options.photos).rglob("*.jpg"))
    draw = random.Random(6)  # noqa: S311 - the same photos each time
    chosen = draw.sample(paths, min(options.limit, len(paths)))
    for number, path in enumerate(chosen):
        with Image.open(path) as image:
            width = image.width
            height = min(image.height, width * 4 // 3 if across else width * 3 // 4)
            top = (image.height - height) // 2
            photo = image.convert("RGB").crop((0, top, width, top + height))
        photo.save(folder / f"{number:04}.jpg", quality=90)
        yield photo


def _between(photo: Image.Image, share: float, fill: str, seed: int) -> bytes:
    """Put a photo between bars along its longer sides, and save it."""
    width, height = photo.size
    across = height > width
    size = (round(width / (1 - 2 * share)), height) if across else (
        width, round(height / (1 - 2 * share))
    )  # fmt: skip
    draw = random.Random(seed)  # noqa: S311 - the same blur each time
    canvas = _blurred(photo, size, draw) if fill == "blurred" else _plain(size, fill)
    canvas.paste(photo, ((size[0] - width) // 2, (size[1] - height) // 2))
    file = io.BytesIO()
    canvas.save(file, "JPEG", quality=80)
    return file.getvalue()


def _plain(size: tuple[int, int], fill: str) -> Image.Image:
    if fill != "two colours":
        return Image.new("RGB", size, fill)
    canvas = Image.new("RGB", size, "navy")
    across = size[0] > size[1]
    canvas.paste("orange", (size[0] // 2 if across else 0, 0 if across else size[1] // 2, *size))
    return canvas


def _blurred(photo: Image.Image, size: tuple[int, int], draw: random.Random) -> Image.Image:
    zoom = max(size[0] / photo.width, size[1] / photo.height)
    large = photo.resize((round(photo.width * zoom) + 1, round(photo.height * zoom) + 1))
    left, top = (large.width - size[0]) // 2, (large.height - size[1]) // 2
    canvas = large.crop((left, top, left + size[0], top + size[1]))
    canvas = canvas.filter(ImageFilter.GaussianBlur(max(size) * draw.choice([0.02, 0.03, 0.05])))
    return ImageEnhance.Brightness(canvas).enhance(draw.choice([1, 0.7, 0.5]))


def _first(queries: Sequence[bytes], folder: Path, name: str) -> int:
    outcomes = sokkuri.search_many(queries, folder, hash=name, k=1, library=None)
    return sum(
        bool(outcome.matches) and Path(outcome.matches[0].path).stem == f"{number:04}"
        for number, outcome in enumerate(outcomes)
    )


def _report(found: dict[str, dict[float, int]], options: argparse.Namespace) -> None:
    heads = "".join(f"{share:>8.0%}" for share in options.shares)
    print(f"{options.hash}: of {options.limit} photos so many find themselves first")
    print(f"{'bars':32}{heads}")
    for row, counts in found.items():
        print(f"{row:32}{''.join(f'{count:8}' for count in counts.values())}")
    if options.json:
        Path(options.json).write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
