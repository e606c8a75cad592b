"""The folders of this machine that have a holding area, so that an undo needs no folder named.

A convenience: what is in here is looked at before it is believed, and nothing is lost with it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from typing import TYPE_CHECKING, Final

from sokkuri.atomic import write_atomically
from sokkuri.stores.layout import base_directory

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER: Final = "holding-areas"


def remember(root: str) -> None:
    """Note that a folder has a holding area."""
    note = _note_of(root)
    # Nobody is kept from acting by a directory that cannot be written.
    with contextlib.suppress(OSError):
        os.makedirs(os.path.dirname(note), exist_ok=True)
        with write_atomically(note) as file:
            file.write(os.fsencode(root))


def forget(root: str) -> None:
    """Note that a folder has none any more."""
    with contextlib.suppress(OSError):
        os.unlink(_note_of(root))


def known_roots() -> Iterator[str]:
    """Yield the folders that have a holding area, as far as it is known."""
    folder = os.path.join(base_directory(), _FOLDER)
    with contextlib.suppress(OSError):
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as file:
                root = os.fsdecode(file.read())
            if os.path.isabs(root):  # not half a note of a process that was killed
                yield root


def _note_of(root: str) -> str:
    name = hashlib.blake2b(os.fsencode(root), digest_size=8).hexdigest()
    return os.path.join(base_directory(), _FOLDER, name)
