"""The list of files in the demo, and how each of them is made."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from sokkuri.demo.edits import EDITS, QUALITY, edited
from sokkuri.demo.names import BROKEN, EDITED, PHOTOS, SECOND_SHOT, at
from sokkuri.demo.plan import QUERY, Item, item, taken
from sokkuri.errors import ImageError
from sokkuri.images import Rejected, load

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

__all__ = ["File", "contents", "place"]

_EACH: Final = 4
"""Edited copies of each garment that is edited at all, the query aside."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of the demo: its name below the demo's folder, and what writes it into a folder."""

    name: str
    write: Callable[[str], None]


def place(plan: Item) -> str:
    """Return the name of a garment's photo below the demo's folder."""
    return f"{PHOTOS}/{plan.kind}/{plan.name}.jpg"


def contents(garments: int, seed: int) -> list[File]:
    """Return every file in the order of writing: what is copied comes before its copies."""
    plans = [item(index, seed) for index in range(garments)]
    query = plans[QUERY]
    files = [File(place(plan), partial(_write_photo, plan, seed, 0, place(plan))) for plan in plans]
    files.append(File(SECOND_SHOT, partial(_write_photo, query, seed, 1, SECOND_SHOT)))
    files.extend(_copies_of_query(query))
    names = list(EDITS)
    # The step shares no factor with the order of the kinds, so that each kind has its turn.
    for turn, plan in enumerate(plans[7::19]):
        chosen = [names[(turn * _EACH + step) % len(names)] for step in range(_EACH)]
        files.extend(_edit(plan, edit) for edit in chosen)
    files.append(File(BROKEN, partial(_write_broken, place(plans[-1]))))
    return files


def _copies_of_query(query: Item) -> list[File]:
    source = place(query)
    same_bytes = f"{EDITED}/copy of {query.name}.jpg"
    same_pixels = f"{EDITED}/{query.name}-lossless.png"
    return [
        File(same_bytes, partial(_write_same_bytes, source, same_bytes)),
        File(same_pixels, partial(_write_same_pixels, source, same_pixels)),
        *(_edit(query, name) for name in EDITS),
    ]


def _edit(plan: Item, edit: str) -> File:
    name = f"{EDITED}/{plan.name}-{edit}.jpg"
    return File(name, partial(_write_edit, place(plan), edit, name))


def _write_photo(plan: Item, seed: int, again: int, name: str, root: str) -> None:
    photo = taken(plan, seed, again=again)
    photo.save(at(root, name), "JPEG", quality=QUALITY)


def _write_same_bytes(source: str, name: str, root: str) -> None:
    shutil.copyfile(at(root, source), at(root, name))


def _photo(path: str) -> Image.Image:
    picture = load(path)
    if isinstance(picture, Rejected):
        raise ImageError(path, picture.reason)
    return picture.image


def _write_same_pixels(source: str, name: str, root: str) -> None:
    _photo(at(root, source)).save(at(root, name), "PNG")


def _write_edit(source: str, edit: str, name: str, root: str) -> None:
    copy, quality = edited(_photo(at(root, source)), edit)
    copy.save(at(root, name), "JPEG", quality=quality)


def _write_broken(source: str, root: str) -> None:
    """Write the first two fifths of a photo, as after a download that stopped."""
    with open(at(root, source), "rb") as file:
        whole = file.read()
    with open(at(root, BROKEN), "wb") as file:
        file.write(whole[: len(whole) * 2 // 5])
