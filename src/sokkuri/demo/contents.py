"""The files of the demo, and how each of them is made from the photos that sokkuri ships."""

from __future__ import annotations

import os
import shutil
from functools import partial
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sokkuri.demo.edits import EDITS
from sokkuri.errors import ImageError
from sokkuri.images import Rejected, load

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

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

    def add(
        name: str, source: str, write: Callable[[str, str], object] = shutil.copyfile,
        below: str = root,
    ) -> None:  # fmt: skip
        path = _at(root, name)
        files[path] = partial(write, _at(below, source), path)

    shipped = glob("photos/*/*.jpg", root_dir=_SHIPPED)
    names = sorted(shipped, key=lambda name: _stem(name).rpartition("-")[2])
    for name in names:
        add(name, name, below=_SHIPPED)
    add(_SECOND_SHOT, "photos/second-shot.jpg", below=_SHIPPED)
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


def _at(root: str, name: str) -> str:
    return os.path.normpath(os.path.join(root, name))


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
