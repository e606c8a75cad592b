"""False finds, and what was told apart, on a page: two photos side by side, with the score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sokkuri.evaluation.false_finds import photo_pairs
from sokkuri.language import say
from sokkuri.show.canvas import INK, SOFT_INK, Box, Style
from sokkuri.show.captions import display_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sokkuri.evaluation.false_finds import FalseFind, FinderRecall
    from sokkuri.show.canvas import Canvas

_MOST: Final = 24
_SIDE: Final = 1.1
_BETWEEN: Final = 0.04  # the two photos of a pair
_GAP: Final = 0.26
_CAPTION: Final = 0.42
_LINE: Final = 0.15
_BELOW: Final = 0.3  # between what was taken for copies and what was not

_TITLE: Final = Style(9.5, INK, bold=True)
_TEXT: Final = Style(6.6)
_NOTE: Final = Style(6.6, SOFT_INK)
_SCORE: Final = Style(6.6, INK, bold=True)


def draw_pairs(
    canvas: Canvas, finders: Sequence[FinderRecall], left: float, top: float, width: float
) -> float:
    """Draw the first false finds of all finders, in rows, then what they told apart as scenes.

    Parameters
    ----------
    canvas : Canvas
    finders : sequence of FinderRecall
    left, top, width : float
        Their place, in inches.

    Returns
    -------
    float
        The lower edge.
    """
    false = photo_pairs(find for finder in finders for find in finder.false_finds)
    scenes = photo_pairs(find for finder in finders for find in finder.same_scene)
    note = say("score, and the edits of the left one under which the right one was found")
    bottom = _draw_section(
        canvas, Box(left, top, width, 0), "pair", say("Other photos taken for copies"),
        [*map(_rate_words, finders), *([note] if false else [])], false[:_MOST],
    )  # fmt: skip
    return _draw_section(
        canvas, Box(left, bottom + _BELOW, width, 0), "scene", say("Told apart as the same scene"),
        [words for finder in finders for words in _scene_words(finder)], scenes[:_MOST],
    )  # fmt: skip


def _draw_section(
    canvas: Canvas, place: Box, gid: str, title: str, notes: Sequence[str],
    finds: Sequence[FalseFind],
) -> float:  # fmt: skip
    """Draw a title, notes and pairs of photos, and return their lower edge."""
    canvas.text(place.left, place.top + 0.1, title, _TITLE, gid=f"{gid}s")
    upper = place.top + 0.27
    for number, words in enumerate(notes):
        canvas.text(place.left, upper, words, _NOTE, room=place.width, gid=f"{gid}s-{number}")
        upper += _LINE
    if not finds:
        return upper - _LINE
    pair = 2 * _SIDE + _BETWEEN
    columns = max(1, int((place.width + _GAP) / (pair + _GAP)))
    for number, find in enumerate(finds):
        row, column = divmod(number, columns)
        at = place.left + column * (pair + _GAP)
        box = Box(at, upper + row * (_SIDE + _CAPTION), _SIDE, _SIDE)
        _draw_pair(canvas, f"{gid}-{number + 1}", find, box)
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


def _scene_words(finder: FinderRecall) -> Iterator[str]:
    copies, harder = (sum(lost.values()) for lost in finder.lost_by_edit)
    yield say(
        "{name}: {plain:,} pairs as they are, {edited:,} edited",
        name=finder.spec.name, plain=finder.plain.told_apart, edited=finder.edited.told_apart,
    )  # fmt: skip
    yield say(
        "copies lost to it: {copies:,} of the eighteen edits, {harder:,} of the harder ones",
        copies=copies, harder=harder,
    )  # fmt: skip


def _draw_pair(canvas: Canvas, gid: str, find: FalseFind, box: Box) -> None:
    right = Box(box.right + _BETWEEN, box.top, box.width, box.height)
    for side, path, place in (("query", find.query, box), ("photo", find.photo, right)):
        canvas.photo(path, place, _NOTE, gid=f"{gid}-{side}")
        name = display_name(path)
        canvas.text(
            place.left, place.bottom + 0.13, name, _NOTE, room=place.width - 0.04,
            gid=f"{gid}-{side}-name",
        )  # fmt: skip
    score = f"{find.score:.2f}"
    canvas.text(box.left, box.bottom + 0.26, score, _SCORE, gid=f"{gid}-score")
    indent = canvas.measure(score, _SCORE) + 0.06
    room = right.right - box.left - indent
    words = ", ".join(find.edits)
    if canvas.measure(words, _TEXT) > room:
        words = say("{edit} and {count:,} more", edit=find.edits[0], count=len(find.edits) - 1)
    left, baseline = box.left + indent, box.bottom + 0.26
    canvas.text(left, baseline, words, _TEXT, room=room, gid=f"{gid}-edits")
