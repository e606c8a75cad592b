"""False finds on a page: each as two photos side by side, with the score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sokkuri.evaluation.false_finds import false_pairs
from sokkuri.language import say
from sokkuri.show.canvas import INK, SOFT_INK, Box, Style
from sokkuri.show.captions import display_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sokkuri.evaluation.false_finds import FalseFind, FinderRecall
    from sokkuri.show.canvas import Canvas

_MOST: Final = 24
_SIDE: Final = 1.1
_BETWEEN: Final = 0.04  # the two photos of a pair
_GAP: Final = 0.26
_CAPTION: Final = 0.42
_LINE: Final = 0.15

_TITLE: Final = Style(9.5, INK, bold=True)
_TEXT: Final = Style(6.6)
_NOTE: Final = Style(6.6, SOFT_INK)
_SCORE: Final = Style(6.6, INK, bold=True)


def draw_pairs(
    canvas: Canvas, finders: Sequence[FinderRecall], left: float, top: float, width: float
) -> float:
    """Draw the first false finds of all finders, in rows, and return their lower edge.

    Parameters
    ----------
    canvas : Canvas
    finders : sequence of FinderRecall
    left, top, width : float
        Their place, in inches.
    """
    finds = false_pairs(finders)[:_MOST]
    canvas.text(left, top + 0.1, say("Other photos taken for copies"), _TITLE, gid="pairs")
    upper = top + 0.27
    for number, finder in enumerate(finders):
        words = _rate_words(finder)
        canvas.text(left, upper, words, _NOTE, room=width, gid=f"finder-{number}")
        upper += _LINE
    if not finds:
        return upper - _LINE
    note = say("score, and the edits of the left one under which the right one was found")
    canvas.text(left, upper, note, _NOTE, room=width, gid="pairs-note")
    upper += _LINE
    pair = 2 * _SIDE + _BETWEEN
    columns = max(1, int((width + _GAP) / (pair + _GAP)))
    for number, find in enumerate(finds):
        row, column = divmod(number, columns)
        at = left + column * (pair + _GAP)
        box = Box(at, upper + row * (_SIDE + _CAPTION), _SIDE, _SIDE)
        _draw_pair(canvas, number + 1, find, box)
    rows = -(-len(finds) // columns)
    return upper + rows * (_SIDE + _CAPTION) - _CAPTION + 0.3


def _rate_words(finder: FinderRecall) -> str:
    plain, edited = finder.plain, finder.edited
    return say(
        "{name}, from a score of {score:g} on: {plain:,} of {plain_pairs:,} pairs as they are, "
        "{edited:,} of {edited_pairs:,} edited",
        name=finder.spec.name, score=finder.least_score, plain=plain.number,
        plain_pairs=plain.pairs, edited=edited.number, edited_pairs=edited.pairs,
    )  # fmt: skip


def _draw_pair(canvas: Canvas, number: int, find: FalseFind, box: Box) -> None:
    right = Box(box.right + _BETWEEN, box.top, box.width, box.height)
    for side, path, place in (("query", find.query, box), ("photo", find.photo, right)):
        canvas.photo(path, place, _NOTE, gid=f"{side}-{number}")
        name = display_name(path)
        canvas.text(
            place.left, place.bottom + 0.13, name, _NOTE, room=place.width - 0.04,
            gid=f"{side}-name-{number}",
        )  # fmt: skip
    score = f"{find.score:.2f}"
    canvas.text(box.left, box.bottom + 0.26, score, _SCORE, gid=f"pair-score-{number}")
    indent = canvas.measure(score, _SCORE) + 0.06
    room = right.right - box.left - indent
    words = ", ".join(find.edits)
    if canvas.measure(words, _TEXT) > room:
        words = say("{edit} and {count:,} more", edit=find.edits[0], count=len(find.edits) - 1)
    gid = f"pair-edits-{number}"
    canvas.text(box.left + indent, box.bottom + 0.26, words, _TEXT, room=room, gid=gid)
