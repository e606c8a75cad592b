"""Photos to try a search on: drawn garments, edited copies of some, and one broken file.

All of them are written or none, and the same ones every time.  No imaging library is loaded before.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sokkuri._typing import PathLike, Progress

__all__ = ["DemoFolder", "write_demo_folder"]

_FORMAT: Final = "sokkuri demo"
_VERSION: Final = 2
"""Raised when the demo's photos change."""

_MANIFEST: Final = "demo.json"
"""Says what the folder holds; it is there only if everything else is."""


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """A demo that is ready to be searched.

    Parameters
    ----------
    root : str
        The folder; it holds ``demo.json`` and ``photos``.
    query : str
        Path of the photo to search with; it is one of the photos.
    photos : int
        Number of files that are pictures.
    broken : tuple of str
        Paths of the files that look like pictures and are not.
    """

    root: str
    query: str
    photos: int
    broken: tuple[str, ...]

    @property
    def photos_dir(self) -> str:
        """The folder to search."""
        return os.path.join(self.root, "photos")


def write_demo_folder(root: PathLike, *, progress: Progress | None = None) -> DemoFolder:
    """Write the demo's photos, or find them already written.

    Every file has the same bytes each time, as long as Pillow stays the same.  The photos are
    written beside ``root`` and moved there when all are done.

    Parameters
    ----------
    root : path-like
        The folder to make.  One that an earlier call made is used as it is.
    progress : callable, optional
        Called as ``progress(done, total)`` after each file.  Whatever it raises ends the work and
        leaves nothing behind.

    Raises
    ------
    FileExistsError
        If ``root`` exists and is not this version's demo; nothing in it is touched.
    """
    root = os.path.normpath(os.fspath(root))
    if not os.path.lexists(root):
        parent = os.path.dirname(root) or os.curdir
        os.makedirs(parent, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".sokkuri-demo-", dir=parent) as workshop:
            made = os.path.join(workshop, "demo")
            _write(made, progress)
            try:
                os.rename(made, root)
            except OSError as error:
                if os.path.lexists(root):
                    raise FileExistsError(f"{root} appeared while the demo was written") from error
                raise
    return _found(root)


def _found(root: str) -> DemoFolder:
    """Return the demo that is there, or say why what is there will not do."""
    try:
        manifest = json.loads(Path(root, _MANIFEST).read_text("utf-8"))
        if manifest["format"] != _FORMAT:
            raise ValueError(manifest)
        names = (manifest["query"], *manifest["broken"])
        query, *broken = (os.path.normpath(os.path.join(root, name)) for name in names)
        demo = DemoFolder(root, query, manifest["photos"], tuple(broken))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        problem = f"{root} exists and is not a sokkuri demo; it was left as it is"
        raise FileExistsError(problem) from error
    if manifest.get("version") != _VERSION:
        problem = f"{root} holds another sokkuri demo; remove it or choose another folder"
        raise FileExistsError(problem)
    if not os.path.isfile(demo.query):
        raise FileExistsError(f"{root} holds a sokkuri demo that lacks photos; remove it first")
    return demo


def _write(root: str, progress: Progress | None) -> None:
    from sokkuri.demo.contents import BROKEN, QUERY, contents

    files = contents(root)
    for done, (path, write) in enumerate(files.items(), start=1):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write()
        if progress is not None:
            progress(done, len(files))
    manifest = {
        "format": _FORMAT, "version": _VERSION, "query": QUERY, "photos": len(files) - 1,
        "broken": [BROKEN],
    }  # fmt: skip
    # Written last: a folder with a manifest is a folder with every photo.
    text = json.dumps(manifest, indent=2) + "\n"
    Path(root, _MANIFEST).write_text(text, encoding="utf-8", newline="\n")
