"""The files of the demo, and how each of them is made from the photos that sokkuri ships."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from sokkuri.demo.edits import EDITS, edited
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


@dataclass(frozen=True, slots=True)
class File:
    """A file of the demo: its name below the demo's folder, and what writes it into a folder."""

    name: str
    write: Callable[[str], object]


def at(root: str, name: str) -> str:
    """Path of a file below a folder.

    Parameters
    ----------
    root : str
        The folder.
    name : str
        Name of the file, its parts separated by slashes.
    """
    return os.path.join(root, *name.split("/"))


def contents() -> list[File]:
    """List every file in the order of writing: what is copied comes before its copies."""
    names = _garments()
    files = [_shipped(name, name) for name in names]
    files.append(_shipped("photos/second-shot.jpg", _SECOND_SHOT))
    stem = _stem(QUERY)
    files.append(_made(f"copy of {stem}.jpg", shutil.copyfile, QUERY))
    files.append(_made(f"{stem}-lossless.png", _save_png, QUERY))
    files.extend(_edit(QUERY, edit) for edit in EDITS)
    edits = list(EDITS)
    # The step shares no factor with the order of the kinds, so that each kind has its turn.
    for turn, name in enumerate(names[7::19]):
        chosen = [edits[(turn * _EACH + step) % len(edits)] for step in range(_EACH)]
        files.extend(_edit(name, edit) for edit in chosen)
    files.append(_made("broken.jpg", _cut_short, names[-1]))
    return files


def _garments() -> list[str]:
    """Names of the shipped photos of garments, by the number at their end."""
    top = os.path.join(_SHIPPED, "photos")
    with os.scandir(top) as entries:
        kinds = [entry.name for entry in entries if entry.is_dir()]
    names = [f"photos/{kind}/{name}" for kind in kinds for name in os.listdir(at(top, kind))]
    return sorted(names, key=lambda name: _stem(name).rpartition("-")[2])


def _stem(name: str) -> str:
    return os.path.splitext(name.rpartition("/")[2])[0]


def _shipped(source: str, name: str) -> File:
    return File(name, lambda root: shutil.copyfile(at(_SHIPPED, source), at(root, name)))


def _edit(source: str, edit: str) -> File:
    return _made(f"{_stem(source)}-{edit}.jpg", partial(_save_edit, edit=edit), source)


def _made(name: str, write: Callable[[str, str], object], source: str) -> File:
    """Describe a file that ``write(source, target)`` makes from an earlier one."""
    name = f"photos/edited/{name}"
    return File(name, lambda root: write(at(root, source), at(root, name)))


def _photo(path: str) -> Image.Image:
    picture = load(path)
    if isinstance(picture, Rejected):
        raise ImageError(path, picture.reason)
    return picture.image


def _save_png(source: str, target: str) -> None:
    _photo(source).save(target, "PNG")


def _save_edit(source: str, target: str, edit: str) -> None:
    copy, quality = edited(_photo(source), edit)
    copy.save(target, "JPEG", quality=quality)


def _cut_short(source: str, target: str) -> None:
    """Write the first two fifths of a photo, as after a download that stopped."""
    with open(source, "rb") as file:
        whole = file.read()
    with open(target, "wb") as file:
        file.write(whole[: len(whole) * 2 // 5])
