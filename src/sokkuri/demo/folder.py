"""Write the demo's photos into a folder: all of them or none, the same ones every time."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sokkuri.demo.names import BROKEN, MANIFEST, PHOTOS, at

if TYPE_CHECKING:
    from sokkuri._typing import PathLike, Progress

__all__ = ["DemoFolder", "write_demo_folder"]

FORMAT: Final = "sokkuri demo"
VERSION: Final = 1
"""Raised when the same seed starts to give other photos."""


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
        How many of the files are pictures.
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
        return os.path.join(self.root, PHOTOS)


def write_demo_folder(
    root: PathLike,
    *,
    garments: int = 240,
    seed: int = 7,
    progress: Progress | None = None,
) -> DemoFolder:
    """Write the demo's photos, or find them already written.

    The same ``garments`` and ``seed`` give the same bytes in every file, as long as Pillow and
    NumPy stay the same.  The photos are written beside ``root`` and moved there when all are done.

    Parameters
    ----------
    root : path-like
        The folder to make.  One that an earlier call with the same numbers made is used as it is.
    garments : int
        How many garments are drawn, at least 1.  Copies and edits of some come on top, and those
        of the query are there however few garments there are.
    seed : int
        Gives other photos; 0 or more.
    progress : callable, optional
        Called as ``progress(done, total)`` after each file.  Whatever it raises ends the work and
        leaves nothing behind.

    Returns
    -------
    DemoFolder
        Where the photos are.

    Raises
    ------
    FileExistsError
        If ``root`` exists and is not a demo of these numbers; nothing in it is touched.
    ValueError
        If ``garments`` or ``seed`` is too small.
    """
    if garments < 1 or seed < 0:
        raise ValueError(f"a demo needs 1 garment and a seed of 0 or more, not {garments}, {seed}")
    root = os.path.normpath(os.fspath(root))
    if os.path.lexists(root):
        return _found(root, garments, seed)
    parent = os.path.dirname(root) or os.curdir
    os.makedirs(parent, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".sokkuri-demo-", dir=parent) as workshop:
        made = os.path.join(workshop, "demo")
        manifest = _write(made, garments, seed, progress)
        try:
            os.rename(made, root)
        except OSError as error:
            if os.path.lexists(root):
                raise FileExistsError(f"{root} appeared while the demo was drawn") from error
            raise
    return _described(root, manifest)


def _described(root: str, manifest: dict[str, Any]) -> DemoFolder:
    return DemoFolder(
        root=root,
        query=at(root, manifest["query"]),
        photos=manifest["photos"],
        broken=tuple(at(root, name) for name in manifest["broken"]),
    )


def _found(root: str, garments: int, seed: int) -> DemoFolder:
    """Return the demo that is already there, or say why what is there will not do."""
    try:
        with open(os.path.join(root, MANIFEST), encoding="utf-8") as file:
            manifest = json.load(file)
        demo = _described(root, manifest) if manifest["format"] == FORMAT else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        demo = None
    if demo is None:
        raise FileExistsError(f"{root} exists and is not a sokkuri demo; it was left as it is")
    numbers = {"version": VERSION, "garments": garments, "seed": seed}
    if any(manifest.get(key) != value for key, value in numbers.items()):
        raise FileExistsError(
            f"{root} holds another sokkuri demo; remove it or choose another folder"
        )
    if not os.path.isfile(demo.query):
        raise FileExistsError(f"{root} holds a sokkuri demo that lacks photos; remove it first")
    return demo


def _write(root: str, garments: int, seed: int, progress: Progress | None) -> dict[str, Any]:
    from sokkuri.demo.contents import contents, place
    from sokkuri.demo.plan import QUERY, item

    files = contents(garments, seed)
    for done, file in enumerate(files, start=1):
        os.makedirs(os.path.dirname(at(root, file.name)), exist_ok=True)
        file.write(root)
        if progress is not None:
            progress(done, len(files))
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "garments": garments,
        "seed": seed,
        "query": place(item(QUERY, seed)),
        "photos": len(files) - 1,
        "broken": [BROKEN],
    }
    # Written last: a folder with a manifest is a folder with every photo.
    with open(os.path.join(root, MANIFEST), "w", encoding="utf-8", newline="\n") as file_out:
        json.dump(manifest, file_out, indent=2)
        file_out.write("\n")
    return manifest
