"""Draw the photos that sokkuri's demo ships: ``python -m tools.draw_demo [--out DIR]``.

The same photos every time, byte for byte as long as NumPy and Pillow stay the same.  ``--count``
draws other numbers of garments than are shipped, for whoever wants many.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from PIL import Image
from tools.draw_demo.plan import QUERY, SHIPPED, Item, item, taken

PHOTOS: Final = Path(__file__).resolve().parents[2] / "src/sokkuri/demo/photos"
SECOND_SHOT: Final = "second-shot.jpg"
SIZE: Final = (240, 320)
SEED: Final = 7
QUALITY: Final = 76


def main(arguments: list[str] | None = None) -> int:
    """Draw the photos and say how large they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=PHOTOS, help="folder of the photos")
    parser.add_argument("--count", type=int, help="draw the first COUNT garments instead")
    options = parser.parse_args(arguments)
    numbers = SHIPPED if options.count is None else range(options.count)
    plans = [item(number, SEED) for number in numbers]
    size = sum(_save(plan, options.out / plan.kind / f"{plan.name}.jpg") for plan in plans)
    size += _save(item(QUERY, SEED), options.out / SECOND_SHOT, again=1)
    print(f"{len(plans) + 1} photos, {size:,} bytes, in {options.out}")
    return 0


def _save(plan: Item, path: Path, *, again: int = 0) -> int:
    """Save the photo of a garment and return the size of the file."""
    photo = taken(plan, SEED, again=again).resize(SIZE, Image.Resampling.HAMMING)
    path.parent.mkdir(parents=True, exist_ok=True)
    photo.save(path, "JPEG", quality=QUALITY, optimize=True)
    return path.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
