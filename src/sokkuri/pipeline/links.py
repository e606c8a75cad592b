"""Which names stand for one file: links of both kinds, and names that a disk takes for equal.

A file is told by its device and number, so that it does not matter what its other name came from:
a link, another case, letters taken apart, or a folder that is mounted twice.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["file_key", "is_one_name", "known_file_key", "without_links"]


def file_key(path: str) -> tuple[int, ...] | str:
    """Return what tells a file from all others, by whatever name it is reached.

    Raises
    ------
    OSError
        If there is no such file.
    """
    status = os.stat(path)
    if status.st_ino == 0:  # a disk that does not number its files
        return os.path.normcase(os.path.realpath(path))
    # Some network drives give two files one number; size and time hardly agree then, too.
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def known_file_key(path: str) -> tuple[int, ...] | str:
    """Return the key of a file; of one that is gone, the name is all there is."""
    try:
        return file_key(path)
    except (OSError, ValueError):
        return path


def is_one_name(a: str, b: str) -> bool:
    """Tell whether two paths of one file are the same name, however they are written."""
    return os.path.abspath(a) == os.path.abspath(b)


def without_links(paths: Iterable[str], query: str | None) -> NDArray[np.bool_]:
    """Tell which photos are left where each file is shown under one name.

    Parameters
    ----------
    paths : iterable of str
        In path order; of several names of one file the first is kept.
    query : str, optional
        The query's path.  Its other names are left out, and its own is kept if it is there.

    Returns
    -------
    ndarray of shape (N,), bool
        True for those that are left.
    """
    own = None if query is None else known_file_key(query)
    taken: set[tuple[int, ...] | str] = set()
    keep = []
    for path in paths:
        key = known_file_key(path)
        other_name = key == own and query is not None and not is_one_name(path, query)
        keep.append(key not in taken and not other_name)
        if keep[-1]:
            taken.add(key)
    return np.array(keep, np.bool_)
