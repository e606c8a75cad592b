"""Parts of a query looked at by themselves, where the whole of it leaves something to be found.

A photo pasted into another picture is small there, and its points are few among those of the rest;
an enlarged part of a photo has most of its points where the photo shows none.  So a query is also
looked at in four windows that overlap, and at half its size.  That takes as long as the query
itself several times, and is left out where one photo is surely the whole query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sokkuri.copies.alignment import WHOLE, Frame
from sokkuri.copies.claim import alignment_in_view
from sokkuri.copies.finder import SURE_SCORE, CopyQuery, judged_blocks
from sokkuri.copies.scene import worst_region
from sokkuri.hashers.copies import CopiesHash
from sokkuri.images import Picture, Rejected, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    from numpy.typing import NDArray

    from sokkuri._typing import ImageLike
    from sokkuri.copies.alignment import Alignment
    from sokkuri.copies.finder import Claim, CopyFinder

_WINDOW: Final = 0.6
_SIDE: Final = 256
_HALF: Final = 128
_LEAST_SIDE: Final = 320  # that both sides keep in a scaled decode: 192 in a window

# Shares of a picture that the other shows.
_ALL_BUT_EDGES: Final = 0.9
_LEAST_OF_PHOTO: Final = 0.5
_MOST_OF_PHOTO: Final = 0.6
_WHOLE_BLOCKS: Final = 50  # thousandths
_GRID: Final = 32


class _View(NamedTuple):
    window: Frame
    side: int


_HALVED: Final = _View(WHOLE, _HALF)
_WINDOWS: Final = tuple(
    _View(Frame(left, top, left + _WINDOW, top + _WINDOW), _SIDE)
    for top in (0.0, 1 - _WINDOW)
    for left in (0.0, 1 - _WINDOW)
)


def described_views(source: ImageLike, room: int) -> tuple[CopyQuery, ...]:
    """Describe the views of a picture: all of it at half the size, and four windows.

    Parameters
    ----------
    source : path, bytes, PIL image or ndarray
    room : int
        Points at most.

    Returns
    -------
    tuple of CopyQuery
        Empty where it cannot be read.
    """
    picture = load(source, least_side=_LEAST_SIDE)
    if isinstance(picture, Rejected):
        return ()
    return tuple(_described(picture, view, room) for view in (_HALVED, *_WINDOWS))


def find_in_views(
    finder: CopyFinder, query: CopyQuery, views: Callable[[], Iterable[CopyQuery]], *,
    least: int, mask: NDArray[np.bool_] | None = None,
) -> list[Claim]:  # fmt: skip
    """Return the photos that are copies of a picture or of a part of it, best first, each once.

    A window only finds photos of which it shows half, and the halved picture only those of which it
    is a part: else two photos of one floor would be found by the floor.

    Parameters
    ----------
    finder : CopyFinder
    query : CopyQuery
        All of the picture.
    views : callable
        Describes its views, as :func:`described_views` does; not called where one photo is surely
        all of it.
    least : int
        The least score that counts, in thousandths.
    mask : ndarray of shape (N,), bool, optional
        Only photos where it is true.
    """
    kept: dict[int, Claim] = {}
    claims = claims_in_views(finder, query, views, least=least, mask=mask)
    for claim in sorted(claims, key=lambda each: (each.same_scene, -each.score, each.row)):
        kept.setdefault(claim.row, claim)
    return sorted(kept.values(), key=lambda each: (-each.score, each.row))


def claims_in_views(
    finder: CopyFinder, query: CopyQuery, views: Callable[[], Iterable[CopyQuery]], *,
    least: int, mask: NDArray[np.bool_] | None = None,
) -> list[Claim]:  # fmt: skip
    """Return all that is claimed of a picture and of its parts, each photo once for each of them.

    Parameters
    ----------
    finder, query, views, least
        As of :func:`find_in_views`, which keeps the best of these.
    mask : ndarray of shape (N,), bool, optional
        Only photos where it is true.
    """
    claims = finder.find(query, least=least, mask=mask)
    if any(_is_all(claim, finder) for claim in claims):
        return claims
    for view in views():
        found = finder.find(view, least=least, mask=mask)
        claims += [each for each in found if not each.same_scene and _is_kept(each, finder)]
    return claims


def _described(picture: Picture, view: _View, room: int) -> CopyQuery:
    shown = picture
    if view.window != WHOLE:
        image = picture.srgb.rgb()
        left, top, right, bottom = (
            round(share * side) for share, side in zip(view.window, 2 * image.size, strict=True)
        )
        shown = Picture(image.crop((left, top, max(right, left + 1), max(bottom, top + 1))))
    ways = CopiesHash(room, side=view.side).both_ways
    plain, mirrored = (maker.hash(shown) for maker in ways)
    return CopyQuery(plain, mirrored, view.window)


def _is_all(claim: Claim, finder: CopyFinder) -> bool:
    """Tell whether a photo is surely the whole query, and nothing was put on it."""
    if claim.same_scene or claim.score < SURE_SCORE:
        return False
    if worst_region(judged_blocks(claim.verdict)).share >= _WHOLE_BLOCKS:
        return False
    return _shown(alignment_in_view(claim, finder)) >= _ALL_BUT_EDGES


def _is_kept(claim: Claim, finder: CopyFinder) -> bool:
    shown = _shown(alignment_in_view(claim, finder).back)
    return shown <= _MOST_OF_PHOTO if claim.query.window == WHOLE else shown >= _LEAST_OF_PHOTO


def _shown(alignment: Alignment) -> float:
    """Return the share of the first picture that the second shows."""
    return float(WHOLE.holds(alignment.mapped(WHOLE.cells(_GRID, _GRID))).mean())
