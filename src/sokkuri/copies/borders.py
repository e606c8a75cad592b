"""Borders: what lies around a picture, is plain, and was not there before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sokkuri.copies.alignment import WHOLE, Frame

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.copies.alignment import Alignment

    Plane = NDArray[np.uint8]

_TONE: Final = 10
"""Levels by which pixels of a border may differ, and by which two tones are still the same."""

_GRAIN: Final = 5  # levels: more than a JPEG gives a border, less than most walls have
_NEAR: Final = 0.06
_REACH: Final = 3  # pixels of the thumbnail

_MOST_OTHERS: Final = 0.06
_LEAST_SIDE: Final = 8
_LEAST_OUTSIDE: Final = 0.03
_MOSTLY: Final = 0.6
_LEAST_EDGE: Final = 0.5
_PLAIN: Final = 0.8


class Contents(NamedTuple):
    """The contents of two pictures, without the borders that one has and the other has not.

    Parameters
    ----------
    query, photo : Frame
        The content of each.
    has_border : tuple of bool
        Whether the query has a border, and whether the photo has; one that was filled up after a
        turn has no box.
    """

    query: Frame
    photo: Frame
    has_border: tuple[bool, bool]


def framed(alignment: Alignment, query: Plane, photo: Plane) -> Contents:
    """Find the border of two pictures that are one, where one of them has been given one.

    Parameters
    ----------
    alignment : Alignment
    query, photo : ndarray of shape (H, W), uint8
        Thumbnails of both.
    """
    boxes = content_of(query), content_of(photo)
    if _is_one_content(alignment, *boxes):
        return Contents(WHOLE, WHOLE, (False, False))
    sides = ((alignment, query, photo, boxes[0]), (alignment.back, photo, query, boxes[1]))
    own, other = (_has_frame(*side) for side in sides)
    filled = [_is_filled(way, picture) for way, picture, _, _ in sides]
    return Contents(
        boxes[0] if own else WHOLE,
        boxes[1] if other else WHOLE,
        (own or filled[0], other or filled[1]),
    )


def content_of(picture: Plane) -> Frame:
    """Return what is left of a picture, of shape (H, W), uint8, without plain strips around it."""
    top, bottom = _strip(picture), _strip(picture[::-1])
    left, right = _strip(picture.T), _strip(picture.T[::-1])
    height, width = picture.shape
    if height - top - bottom < _LEAST_SIDE or width - left - right < _LEAST_SIDE:
        return WHOLE
    return Frame(left / width, top / height, 1 - right / width, 1 - bottom / height)


def _strip(lines: Plane) -> int:
    """Count the first lines that are of one tone, the same for all."""
    tone = int(np.median(lines[0]))
    others = (np.abs(lines.astype(np.int64) - tone) > _GRAIN).mean(1) > _MOST_OTHERS
    return int(np.argmax(others)) if others.any() else len(lines)


def _is_one_content(alignment: Alignment, query: Frame, photo: Frame) -> bool:
    """Tell whether both contents are the same part: a thing on a plain ground, and no border."""
    if WHOLE in (query, photo):
        return False
    corners = alignment.mapped(np.array([query[:2], query[2:]]))
    found = np.concatenate([corners.min(0), corners.max(0)])
    return bool((np.abs(found - np.array(photo)) <= _NEAR).all())


def _has_frame(way: Alignment, picture: Plane, other: Plane, box: Frame) -> bool:
    """Tell whether the other has something else, or nothing, where a picture has its strips."""
    if box == WHOLE:
        return False
    (height, width), (rows, columns) = picture.shape, other.shape
    cells = WHOLE.cells(width, height)
    places, strips = way.mapped(cells), ~box.holds(cells)
    seen = WHOLE.holds(places)
    x, y = (np.clip(places * (columns, rows), 0, (columns - 1, rows - 1)).astype(int)).T
    own, others = picture.ravel().astype(np.float64), other[y, x].astype(np.float64)
    content = seen & ~strips
    if not content.any():
        return False
    # Brighter or of more contrast, it would still be the same ground.
    gain = (others[content].std() + 1) / (own[content].std() + 1)
    expected = (own - own[content].mean()) * gain + others[content].mean()
    unlike = ~seen | (np.abs(expected.clip(0, 255) - others) > _TONE)
    sides = (
        cells[:, 0] < box.left, cells[:, 0] > box.right,
        cells[:, 1] < box.top, cells[:, 1] > box.bottom,
    )  # fmt: skip
    # A strip on one side alone is a banner, or a part of the ground that one covers.
    shares = [float(unlike[side].mean()) for side in sides if side.any()]
    has_frame = len(shares) > 1 and min(shares) > 0 and sum(shares) / len(shares) >= _MOSTLY
    return has_frame and _edge(picture, box) >= _LEAST_EDGE


def _edge(picture: Plane, box: Frame) -> float:
    """Return the share of what lies just inside of plain strips that is not of their tone.

    A photo ends where its border begins, all along; a thing on a plain ground touches the line
    around it in a few places.
    """
    height, width = picture.shape
    left, right = round(box.left * width), round(box.right * width)
    top, bottom = round(box.top * height), round(box.bottom * height)
    content = picture[top:bottom, left:right]
    shares = []
    for strip, lines in (
        (picture[:top], content), (picture[bottom:], content[::-1]),
        (picture[:, :left], content.T), (picture[:, right:], content.T[::-1]),
    ):  # fmt: skip
        if strip.size:
            # The line beyond the first: that one is a mixture of both.
            away = np.abs(lines[1].astype(np.int64) - int(np.median(strip)))
            shares.append(float((away > _TONE).mean()))
    return sum(shares) / len(shares)


def _is_filled(way: Alignment, picture: Plane) -> bool:
    """Tell whether what lies outside of the other is of a tone of its own: corners after a turn."""
    height, width = picture.shape
    outside = ~WHOLE.holds(way.mapped(WHOLE.cells(width, height))).reshape(height, width)
    beside = _grown(outside, _REACH) & ~outside
    if outside.mean() < _LEAST_OUTSIDE or not beside.any():
        return False
    tones = np.median(picture[outside]), np.median(picture[beside])
    return _is_plain(picture[outside]) and abs(float(tones[0] - tones[1])) > _TONE


def _is_plain(values: Plane) -> bool:
    """Tell whether most of some values, of shape (P,), are of one tone."""
    away = np.abs(values.astype(np.int64) - int(np.median(values)))
    return bool((away <= _TONE).mean() > _PLAIN)


def _grown(cells: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """Return cells, of shape (H, W), and all that are near them."""
    padded = np.pad(cells, by)
    height, width = cells.shape
    shifted = [
        padded[y : y + height, x : x + width]
        for y in range(2 * by + 1) for x in range(2 * by + 1)
    ]  # fmt: skip
    return np.asarray(np.any(shifted, axis=0))
