"""From a verdict to a copy: the map as corners, and as the edits that it tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.copies.alignment import Alignment, Frame
from sokkuri.copies.copy import Copy
from sokkuri.copies.details import Block, Details, Line, blocks_of
from sokkuri.copies.edits import edits_of
from sokkuri.copies.finder import SURE_SCORE
from sokkuri.hashers.copies_layout import places_of, record_of
from sokkuri.kernels.votes import partner_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.copies.finder import Claim, CopyFinder, CopyQuery
    from sokkuri.hashes import ImageHash
    from sokkuri.matches import Same

_ONE: Final = 65536
_QUARTERS: Final = 4


def copy_of(
    claim: Claim, query: CopyQuery, finder: CopyFinder, path: str, same: Same | None = None
) -> Copy:
    """Return a claim as a value.

    Parameters
    ----------
    claim : Claim
    query : CopyQuery
    finder : CopyFinder
        That claimed it.
    path : str
        Of the photo.
    same : {"bytes", "link", "pixels"}, optional
        Whether it is the query itself.
    """
    alignment = alignment_of(claim, query, finder)
    own, photo = _record(query.plain, finder), finder.points.record(claim.row)
    blocks = _blocks(claim, finder)
    edits = edits_of(alignment, blocks, _thumbnail(own), _thumbnail(photo))
    score, matched = int(claim.verdict["score"]), int(claim.verdict["matched"])
    sure = score >= SURE_SCORE
    return Copy(path, score / 1000, sure, edits, alignment.outline, matched, same)


def details_of(claim: Claim, finder: CopyFinder) -> Details:
    """Return the evidence of a claim.

    Parameters
    ----------
    claim : Claim
    finder : CopyFinder
        That claimed it.
    """
    query = claim.query
    view = _record(query.mirrored if claim.mirrored else query.plain, finder)
    first, second = _described(view), _described(finder.points.record(claim.row))
    pairs, of = partner_pairs(first, second, claim.verdict["map"])
    lines = []
    for own, other in pairs:
        x, y, u, v = (
            place / side
            for (places, _, sides), number in ((first, own), (second, other))
            for place, side in zip(places[number, :2].tolist(), sides, strict=True)
        )
        x, y = _in_whole(query.window, 1 - x if claim.mirrored else x, y)
        lines.append(Line(x, y, u, v))
    agreement = max(0, int(claim.verdict["agreement"])) / 1000
    return Details(tuple(lines), of, agreement, _blocks(claim, finder))


def alignment_of(claim: Claim, query: CopyQuery, finder: CopyFinder) -> Alignment:
    """Return how the query, as it was given, lies on the photo.

    Parameters
    ----------
    claim : Claim
    query : CopyQuery
    finder : CopyFinder
        That claimed it.
    """
    seen, whole = alignment_in_view(claim, finder), _sides(_record(query.plain, finder))
    # From the whole picture to the part that was found.
    left, top, right, bottom = claim.query.window
    scale = np.array(seen.query) / (right - left, bottom - top)
    linear = seen.linear.copy()
    linear[:, 2] -= linear[:, :2] @ (scale * (left, top))
    linear[:, :2] *= scale / whole
    return Alignment(linear, whole, seen.photo)


def alignment_in_view(claim: Claim, finder: CopyFinder) -> Alignment:
    """Return how the part of the query that was found lies on the photo.

    Parameters
    ----------
    claim : Claim
    finder : CopyFinder
        That claimed it.
    """
    own = _sides(_record(claim.query.plain, finder))
    other = _sides(finder.points.record(claim.row))
    linear = claim.verdict["map"].astype(np.float64) / _ONE
    linear[:, 2] /= _QUARTERS
    if claim.mirrored:
        # From the query to its mirror image first.
        linear[:, 2] += linear[:, 0] * own[0]
        linear[:, 0] = -linear[:, 0]
    return Alignment(linear, own, other)


def _blocks(claim: Claim, finder: CopyFinder) -> tuple[Block, ...]:
    own, photo = _record(claim.query.plain, finder), finder.points.record(claim.row)
    sides = _rows_and_columns(own), _rows_and_columns(photo)
    return tuple(
        Block(
            Frame(
                *_in_whole(claim.query.window, block.box.left, block.box.top),
                *_in_whole(claim.query.window, block.box.right, block.box.bottom),
            ),
            block.agreement,
        )
        for block in blocks_of(claim.verdict, sides, mirrored=claim.mirrored)
    )


def _in_whole(window: Frame, x: float, y: float) -> tuple[float, float]:
    """Take a place in a part of the query to its place in the whole, both as fractions."""
    left, top, right, bottom = window
    return left + (right - left) * x, top + (bottom - top) * y


def _record(view: ImageHash, finder: CopyFinder) -> NDArray[np.void]:
    return record_of(view.code, finder.room)


def _described(
    record: NDArray[np.void],
) -> tuple[NDArray[np.int64], NDArray[np.uint64], tuple[int, int]]:
    count = int(record["count"])
    codes = np.ascontiguousarray(record["codes"][:count]).view(np.uint64)
    width, height = _sides(record)
    return places_of(record["places"][:count]), codes, (_QUARTERS * width, _QUARTERS * height)


def _sides(record: NDArray[np.void]) -> tuple[int, int]:
    return 2 * int(record["half_width"]), 2 * int(record["half_height"])


def _rows_and_columns(record: NDArray[np.void]) -> tuple[int, int]:
    return int(record["thumbnail_height"]), int(record["thumbnail_width"])


def _thumbnail(record: NDArray[np.void]) -> NDArray[np.uint8]:
    rows, columns = _rows_and_columns(record)
    return np.asarray(record["thumbnail"][: rows * columns].reshape(rows, columns))
