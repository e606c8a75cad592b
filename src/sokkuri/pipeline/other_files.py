"""Tell a photo that could not be read from a file that never was one."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sokkuri.images import Rejected, RejectKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_APPLE_DOUBLE: Final = "._"
"""macOS writes such a file beside ``a.jpg`` on disks of others: ``._a.jpg``."""


def is_other_file(path: str, kind: str) -> bool:
    """Tell whether a file that could not be read is no photo that was lost.

    It is none if neither its content is a picture, broken or not, nor its name claims one.

    Parameters
    ----------
    path : str
    kind : str
        The :class:`~sokkuri.images.RejectKind` of why it could not be read.
    """
    if kind not in (RejectKind.NOT_AN_IMAGE, RejectKind.EMPTY):
        return False
    name = os.path.basename(path)
    claims_a_picture = os.path.splitext(name)[1].lower() in _picture_endings()
    return not claims_a_picture or name.startswith(_APPLE_DOUBLE)


@cache
def _picture_endings() -> frozenset[str]:
    import tomllib

    groups = tomllib.loads(Path(__file__).with_name("endings.toml").read_text("utf-8"))
    return frozenset(ending for group in groups.values() for ending in group)


def parted(
    rejected: Iterable[Rejected], named: Collection[str] = ()
) -> tuple[tuple[Rejected, ...], tuple[str, ...]]:
    """Part files that should have been read from the paths of other files.

    Parameters
    ----------
    rejected : iterable of Rejected
    named : collection of str
        Files that the caller asked for by name: they should have been read, whatever they are.
    """
    lost, other_files = [], []
    for each in rejected:
        if each.path not in named and is_other_file(each.path, each.kind):
            other_files.append(each.path)
        else:
            lost.append(each)
    return tuple(lost), tuple(other_files)
