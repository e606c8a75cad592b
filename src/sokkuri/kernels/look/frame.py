"""Width of bars and frames around a photo, which say nothing about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A photo as a story, or a portrait on a wide screen, has bars of up to 45 % of the side.
_DEEPEST: Final = (15, 32)  # one bar takes so much of the side at most ...
_LEFT: Final = (15, 16)  # ... and both together this

# Bars of one colour.
_TOLERANCE: Final = 24  # of an eight-bit channel: what a JPEG makes of a plain strip
_STEADY: Final = 12  # farther from its end, where no JPEG's block blurs it; no wall is so even
_STRAYS: Final = 50  # one pixel in fifty may differ
_EDGE: Final = 8  # the line it ends on is looked at between the outer eighths ...
_CHANGED: Final = 7  # ... and seven eighths of that must have another colour

# Bars that show the photo itself, enlarged and blurred.
_PLACES: Final = 32  # along each line so many pixels are looked at
_BEND: Final = 8  # where colours bend or jump by more, nothing is blurred
_BROKEN: Final = 8  # at one place in eight they may do so before the bar has ended
_ROUGH: Final = 16  # and along a line at one pixel in so many
_LEAST: Final = 4  # lines of such a bar
_RINGING: Final = 9  # a JPEG's block blurs the end of the bar by so many lines
_PARTS: Final = 8  # of the line where the photo begins ...
_EMPTY: Final = 2  # ... so many may show no jump, on both sides together
_JUMPS: Final = (12, 36)  # jumps at so many of 32 and of 64 places
_UNEVEN: Final = 64  # both bars are equally wide, to two pixels or so much of the side


def frame_around(rgb: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Measure the bars on opposite sides of a photo that end on straight lines.

    They have one colour each, or show the photo itself, enlarged and blurred.  An object on a
    plain ground has no straight edges all along, and is left alone; so is a bar on one side only.

    Parameters
    ----------
    rgb : ndarray of shape (H, W, C), uint8
        The first three channels count.

    Returns
    -------
    top, bottom, left, right : int
        Pixels to cut off.  At least a sixteenth of the picture is left along each axis.
    """
    pixels = rgb[..., :3]
    height, width = pixels.shape[:2]
    # Each pair is looked for between the other: a photo has the same edges with bars and without.
    top, bottom = _bars(pixels)
    left, right = _bars(pixels[top : height - bottom].transpose(1, 0, 2))
    if left and not top:
        top, bottom = _bars(pixels[:, left : width - right])
    return top, bottom, left, right


def _bars(rows: NDArray[np.uint8]) -> tuple[int, int]:
    first = _plain(rows)
    last = _plain(rows[::-1]) if first else 0
    if last and _fits(first + last, len(rows)):
        return first, last
    before = _blurred(rows)
    after = _blurred(rows[::-1]) if before[0] else before
    uneven = abs(before[0] - after[0])
    if (
        after[0]
        and before[1] + after[1] <= _EMPTY
        and before[2] + after[2] >= _JUMPS[1]
        and uneven <= max(2, len(rows) // _UNEVEN)
        and _fits(before[0] + after[0], len(rows))
    ):
        return before[0], after[0]
    return 0, 0


def _fits(both: int, side: int) -> bool:
    return both * _LEFT[1] <= side * _LEFT[0]


def _plain(rows: NDArray[np.uint8]) -> int:
    """Return how many first rows are plain, with one more where it blends into the photo."""
    height, width = rows.shape[:2]
    depth, deepest = 0, height * _DEEPEST[0] // _DEEPEST[1]
    while depth <= deepest and _is_plain(rows, depth, _TOLERANCE):
        depth += 1
    if depth == 0 or depth > deepest or depth + 1 >= height:
        return 0
    if not all(_is_plain(rows, row, _STEADY) for row in range(depth - _RINGING)):
        return 0
    middle = _differs(rows, depth + 1, _TOLERANCE)[width // _EDGE : width - width // _EDGE]
    changed = int(middle.sum()) * _EDGE >= middle.size * _CHANGED
    return depth + 1 if changed else 0


def _is_plain(rows: NDArray[np.uint8], row: int, tolerance: int) -> bool:
    return bool(int(_differs(rows, row, tolerance).sum()) * _STRAYS <= rows.shape[1])


def _differs(rows: NDArray[np.uint8], row: int, tolerance: int) -> NDArray[np.bool_]:
    corner = rows[0, 0].astype(np.int16)
    return np.asarray((np.abs(rows[row].astype(np.int16) - corner) > tolerance).any(axis=-1))


def _blurred(rows: NDArray[np.uint8]) -> tuple[int, int, int]:
    """Return how many first rows are blurred, 0 for none, and what the line shows on which it ends.

    That is the number of its parts without a jump, and of its places with one.
    """
    height, width = rows.shape[:2]
    deepest = height * _DEEPEST[0] // _DEEPEST[1]
    places = (2 * np.arange(_PLACES) + 1) * width // (2 * _PLACES)
    lines = rows[:, places].astype(np.int32)
    calm = _calm(lines, deepest)
    if calm < _LEAST or not _is_smooth(rows[calm // 2].astype(np.int32)):
        return 0, 0, 0
    slope = _step(lines[calm - 1], lines[calm - _LEAST])
    for line in range(calm + 1, min(calm + _RINGING, deepest + 1, height - 2) + 1):
        jump = _step(lines[line + 1], lines[calm - 1]) - slope > _BEND
        jump &= _step(lines[line + 1], lines[line - 1]) > _BEND
        empty = _PARTS - int(jump.reshape(_PARTS, -1).any(axis=1).sum())
        if empty <= _EMPTY and int(jump.sum()) >= _JUMPS[0]:
            return line + 1, empty, int(jump.sum())
    return 0, 0, 0


def _calm(lines: NDArray[np.int32], deepest: int) -> int:
    """Return the first line where colours have bent at too many places, 0 if there is none."""
    above, here, below = lines[:-3], lines[1:-2], lines[2:-1]
    bent = np.abs(above - 2 * here + below).max(axis=-1)[:deepest] > _BEND
    broken = np.logical_or.accumulate(bent).sum(axis=1) * _BROKEN > _PLACES
    return int(broken.argmax()) + 1 if broken.any() else 0


def _is_smooth(line: NDArray[np.int32]) -> bool:
    """Tell whether a line is blurred along itself, as stripes and squares are not."""
    bend = np.abs(line[:-2] - 2 * line[1:-1] + line[2:]).max(axis=-1)
    return int((bend > _BEND).sum()) * _ROUGH <= len(line)


def _step(a: NDArray[np.int32], b: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.asarray(np.abs(a - b).max(axis=-1))
