"""From an id to a file that may be opened: looked at again every time, for files move."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from sokkuri.web.problems import not_found

if TYPE_CHECKING:
    from sokkuri.web.site import Found

__all__ = ["photo_file"]


def photo_file(found: Found) -> str:
    """Return the path of a picture, if it is still a file within its folder.

    A photo may have been replaced, since it was hashed, by a link to anywhere; unless the folder
    is shown with all that it links to, such a link is not followed.

    Raises
    ------
    Problem
        If it is gone, or leads out of the folder.
    """
    path = found.path
    if found.shelf is not None:
        real = os.path.realpath(path)
        root = os.path.join(os.path.realpath(found.shelf.folder), "")
        if not found.shelf.follow and not real.startswith(root):
            raise _gone()
        path = real
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise _gone()
    except (OSError, ValueError):
        raise _gone() from None
    return path


def _gone() -> Exception:
    return not_found("the photo is not where it was", "refresh the folder on the library page")
