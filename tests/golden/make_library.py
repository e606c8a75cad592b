"""Make the kept library and the kept index of the format that is current; run by hand.

``python tests/golden/make_library.py`` writes ``library-1/`` and ``codes-1.index`` beside it.  They
are kept for ever: every later version reads them, or says which command to run.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import sokkuri
from sokkuri.index.index import Index

HERE = Path(__file__).parent
NAMES = ["ahash-gray-8", "ahash-rgb-4"]


def picture(seed: int) -> Image.Image:
    """Return a picture made by whole numbers alone."""
    rows, columns = np.mgrid[0:16, 0:24]
    pixels = np.stack([rows * (seed + 3), columns * 7 + seed, rows * columns * seed], axis=2) % 256
    return Image.fromarray(pixels.astype(np.uint8))


def codes() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return the codes of the kept index."""
    numbers = np.arange(20 * 61).reshape(20, 61)
    return ((numbers * numbers + 7 * numbers) % 251).astype(np.uint8)


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "photos")
        folder.mkdir()
        for seed in range(5):
            picture(seed).save(folder / f"写真 {seed}.png")
        shutil.copy(folder / "写真 2.png", folder / "copy of 2.png")
        (folder / "broken.jpg").write_text("no photo")
        library = sokkuri.Library.open(folder, library=Path(scratch, "library-1"))
        library.refresh(hash=NAMES)
        shutil.rmtree(HERE / "library-1", ignore_errors=True)
        (HERE / "library-1/codes").mkdir(parents=True)
        for path in sorted(Path(library.path).rglob("*")):
            if path.suffix in {".sqlite", ".codes", ".rows", ".sums"} or path.name == "stamp":
                shutil.copy(path, HERE / "library-1" / path.relative_to(library.path))
    Index.from_codes(codes(), [f"鍵/{n}" for n in range(20)]).save(HERE / "codes-1.index")


if __name__ == "__main__":
    main()
