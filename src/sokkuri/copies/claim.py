"""From a verdict to a copy: the map as corners, and as the edits that it tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sokkuri.copies.copy import Copy
from sokkuri.copies.edits import Alignment, edits_of
from sokkuri.copies.finder import SURE_SCORE
from sokkuri.hashers.copies_layout import records_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.copies.finder import Claim, CopyFinder, CopyQuery
    from sokkuri.matches import Same

_ONE = 65536
_QUARTERS = 4


def alignment_of(claim: Claim, query: CopyQuery, finder: CopyFinder) -> Alignment:
    """Return how the query, as it was given, lies on the photo.

    Parameters
    ----------
    claim : Claim
    query : CopyQuery
    finder : CopyFinder
        That claimed it.
    """
    own, other = _sides(_record(query, finder)), _sides(finder.points.records[claim.row])
    linear = claim.verdict["map"].astype(np.float64) / _ONE
    linear[:, 2] /= _QUARTERS
    if claim.mirrored:
        # From the query to its mirror image first.
        linear[:, 2] += linear[:, 0] * own[0]
        linear[:, 0] = -linear[:, 0]
    return Alignment(linear, own, other)


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
    verdict, photo = claim.verdict, finder.points.records[claim.row]
    rows, columns = int(verdict["rows"]), int(verdict["columns"])
    blocks = verdict["blocks"][: rows * columns].reshape(rows, columns)
    edits = edits_of(alignment, blocks, _thumbnail(_record(query, finder)), _thumbnail(photo))
    score, matched = int(verdict["score"]), int(verdict["matched"])
    return Copy(path, score / 1000, score >= SURE_SCORE, edits, alignment.outline, matched, same)


def _record(query: CopyQuery, finder: CopyFinder) -> NDArray[np.void]:
    code = np.frombuffer(query.plain.code, np.uint8)[np.newaxis]
    return np.asarray(records_of(code, finder.room)[0])


def _sides(record: NDArray[np.void]) -> tuple[float, float]:
    return 2.0 * int(record["half_width"]), 2.0 * int(record["half_height"])


def _thumbnail(record: NDArray[np.void]) -> NDArray[np.uint8]:
    height, width = int(record["thumbnail_height"]), int(record["thumbnail_width"])
    return record["thumbnail"][: height * width].reshape(height, width)
