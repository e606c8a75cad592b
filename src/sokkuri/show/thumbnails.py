"""Photos made small for showing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sokkuri.images import Rejected, load
from sokkuri.images import thumbnail as shrunk_whole

if TYPE_CHECKING:
    from PIL import Image

    from sokkuri._typing import ImageLike
    from sokkuri.matches import Outcome

__all__ = ["query_source", "thumbnail"]


def thumbnail(source: ImageLike, side: int) -> Image.Image | Rejected:
    """Load a picture and shrink it whole into a square.

    Parameters
    ----------
    source : path, bytes, binary file object, PIL image or ndarray
        What :func:`sokkuri.images.load` reads.
    side : int
        The longest side of the result in pixels; a smaller picture keeps its size.

    Returns
    -------
    PIL.Image.Image or Rejected
        Mode "RGB", upright, of the picture's proportions and without its metadata; or why the
        picture can no longer be read.
    """
    picture = load(source)
    if isinstance(picture, Rejected):
        return picture
    return shrunk_whole(picture, side)


def query_source(outcome: Outcome) -> ImageLike:
    """Return where the query's picture is read for showing: what was given, or else its path."""
    return outcome.query if outcome.source is None else outcome.source
