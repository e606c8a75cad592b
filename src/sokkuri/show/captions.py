"""An outcome in words: file names, recipe, threshold, counts, marks of identity."""

from __future__ import annotations

import itertools
import os
import unicodedata
from typing import TYPE_CHECKING, Final

from sokkuri.language import language, say, say_count, translated
from sokkuri.names import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sokkuri._typing import ImageLike
    from sokkuri.copies.copy import Copy
    from sokkuri.copies.outcome import CopyOutcome
    from sokkuri.matches import Match, Outcome, Same

_ELLIPSIS: Final = "…"


def display_name(path: str) -> str:
    """Return the last part of a path, as ``os.fsdecode`` gives it, escaped for showing."""
    name = os.path.basename(path.rstrip(os.sep + (os.altsep or "")))
    return escape(name or path)


def display_width(text: str) -> int:
    """Return the number of terminal columns that ``text`` takes.

    Wide East-Asian characters take two, combining marks and joiners none, all others one.
    """
    return sum(map(_width, text))


def elide_middle(text: str, width: int) -> str:
    """Shorten ``text`` to at most ``width`` columns, keeping its beginning and its end.

    The end gets the odd column: names of one camera differ there, and the extension is there too.
    A combining mark is never parted from its letter.

    Parameters
    ----------
    text : str
    width : int
        See :func:`display_width`; with none, the result is empty.
    """
    if display_width(text) <= width:
        return text
    if width < 1:
        return ""
    letters = clusters(text)
    room = width - display_width(_ELLIPSIS)
    tail = fitting(letters[::-1], room - room // 2)
    # What a wide character at the cut left over in the tail goes to the head.
    head = fitting(letters, room - sum(map(display_width, tail)))
    return "".join([*head, _ELLIPSIS, *tail[::-1]])


def clusters(text: str) -> list[str]:
    """Part ``text`` where it may be cut: each piece is a character with its marks."""
    parted: list[str] = []
    for character in text:
        if parted and (_width(character) == 0 or parted[-1].endswith("\u200d")):
            parted[-1] += character
        else:
            parted.append(character)
    return parted


def fitting(parted: list[str], room: int) -> list[str]:
    """Return the longest beginning that takes no more than ``room`` columns.

    Parameters
    ----------
    parted : list of str
        See :func:`clusters`.
    room : int
    """
    ends = itertools.accumulate(map(display_width, parted))
    return [cluster for cluster, end in zip(parted, ends, strict=True) if end <= room]


def padded(text: str, columns: int, side: str = "left") -> str:
    """Fill a text up with blanks to so many columns.

    Parameters
    ----------
    text : str
    columns : int
    side : {"left", "right"}
        Where the text stands.
    """
    blanks = " " * (columns - display_width(text))
    return blanks + text if side == "right" else text + blanks


def percent(outcome: Outcome, distance: int) -> str:
    """Return the similarity as a percentage; only equal hashes are called ``100%``.

    Parameters
    ----------
    outcome : Outcome
    distance : int
    """
    if distance == 0:
        return "100%"
    text = f"{100 * outcome.similarity(distance):.1f}%"
    return ">99.9%" if text == "100.0%" else text


def distance_words(distance: int) -> str:
    """Return ``distance 1,234``."""
    return say("distance {distance:,}", distance=distance)


def badge(same: Same) -> str:
    """Return the mark of a photo that is the query itself."""
    words = {"bytes": say("same file"), "link": say("link"), "pixels": say("same pixels")}
    return words[same]


def _threshold_words(outcome: Outcome) -> str:
    if outcome.max_distance is None and outcome.k is None:
        words = say("all photos, nearest first")
    elif outcome.max_distance is None:
        # A folder may hold fewer photos than were asked for.
        count = len(outcome.matches) or outcome.k or 0
        words = say("the nearest") if count == 1 else say("the {number:,} nearest", number=count)
    else:
        words = say("distance ≤ {limit:,}", limit=outcome.max_distance)
        if outcome.rate is not None:
            limit = say("no distance is below it") if outcome.max_distance < 0 else words
            words = say("rate < {rate} ({limit})", rate=float(outcome.rate), limit=limit)
        if outcome.k is not None:
            words += " · " + say("at most {number:,}", number=outcome.k)
    if outcome.min_distance:
        words += " · " + say("distance ≥ {limit:,}", limit=outcome.min_distance)
    return words


def recipe_words(outcome: Outcome) -> str:
    """Return the hash's name, its bits and the threshold on one line."""
    bits = say_count("{count:,} bit", "{count:,} bits", outcome.spec.bits)
    return f"{escape(outcome.spec.name)} · {bits} · {_threshold_words(outcome)}"


def links_words(outcome: Outcome) -> str | None:
    """Return the number of other names of files left out, or None where none was."""
    if not outcome.links_left_out:
        return None
    return say_count("{count:,} link left out", "{count:,} links left out", outcome.links_left_out)


def _summary_words(outcome: Outcome, shown: int) -> str:
    """Return the counts, the cut, and what is not there, on one line."""
    found = len(outcome.matches)
    photos = say_count("{count:,} photo", "{count:,} photos", outcome.searched)
    if outcome.max_distance is None:
        # The matches asked for are all there is to show: the rest was never meant to be.
        total, parts = found, [say("{photos} compared", photos=photos)]
    else:
        total = max(outcome.matched, found)
        matches = say_count("{count:,} match", "{count:,} matches", outcome.matched)
        parts = [say("{matches} among {photos}", matches=matches, photos=photos)]
    if shown < total:
        parts.append(say("{shown:,} of {total:,} shown", shown=shown, total=total))
    if left_out := links_words(outcome):
        parts.append(left_out)
    if outcome.rejected:
        parts.append(
            say_count(
                "{count:,} file could not be read",
                "{count:,} files could not be read",
                len(outcome.rejected),
            )
        )
    return " · ".join(parts)


def heading_words(outcome: Outcome, shown: int) -> list[str]:
    """Return all the lines that stand below the query's name.

    Parameters
    ----------
    outcome : Outcome
    shown : int
    """
    lines = [recipe_words(outcome)]
    if outcome.error is None:
        lines.append(_summary_words(outcome, shown))
    if not outcome.matches:
        lines.extend(_nothing_words(outcome))
    if outcome.nearest_other is not None:
        name, how = _told(outcome, outcome.nearest_other)
        lines.append(say("The nearest other is {name}: {how}.", name=name, how=how))
    return lines


def _nothing_words(outcome: Outcome) -> tuple[str, ...]:
    """Return the sentences for an outcome without matches: why, and what was nearest."""
    if outcome.error is not None:
        why = say("The query could not be read, so nothing was searched.")
        return why, escape(translated(outcome.error))
    if (nearest := outcome.nearest) is None:
        return (say("There was no photo to compare with."),)
    asked = outcome.max_distance is not None
    why = say("No photo lies within the threshold.") if asked else say("No match was asked for.")
    name, how = _told(outcome, nearest)
    return why, say("The nearest is {name}: {how}.", name=name, how=how)


def _told(outcome: Outcome, match: Match) -> tuple[str, str]:
    """Return the name of a photo and how near it is; the rate where it counts."""
    name = elide_middle(display_name(match.path), 44)
    distance, alike = distance_words(match.distance), percent(outcome, match.distance)
    if not outcome.rated:
        return name, say("{distance}, similarity {alike}", distance=distance, alike=alike)
    return name, say(
        "{distance}, rate {rate:.3f}, similarity {alike}",
        distance=distance, rate=match.rate, alike=alike,
    )  # fmt: skip


def listed(words: Iterable[str]) -> str:
    """Return words one after another, as the reader's language parts them."""
    return ("、" if language() == "ja" else ", ").join(words)


def unused_words(patterns: Sequence[str]) -> str:
    """Say which patterns left nothing out, and how they are read."""
    shown = listed(escape(pattern) or say("an empty one") for pattern in patterns[:5])
    words = say("nothing is left out by: {patterns}", patterns=shown)
    if (more := len(patterns) - 5) > 0:
        words = say(
            "nothing is left out by: {patterns} and {number:,} more", patterns=shown, number=more
        )
    if any("\\" in pattern for pattern in patterns):
        return say(
            "{words}; folders are separated by /, and \\ takes the next character as it is",
            words=words,
        )
    if any("/" in pattern.rstrip("/") for pattern in patterns):
        return say("{words}; a path begins at the searched folder, as in a .gitignore", words=words)
    return words


def edit_words(copy: Copy) -> str:
    """Say what was done to a copy, or that it is the query itself."""
    return badge(copy.same) if copy.same else copy.edits.text


def edit_lines(copy: Copy) -> list[str]:
    """Say the same in several lines, an edit each."""
    return [edit_words(copy)] if copy.same else list(copy.edits.words or (copy.edits.text,))


def query_source(outcome: Outcome | CopyOutcome) -> ImageLike:
    """Return where the query's picture is read for showing: what was given, or else its path."""
    return outcome.query if outcome.source is None else outcome.source


def _width(character: str) -> int:
    if character.isascii():
        return int(character.isprintable())
    if unicodedata.category(character) in ("Mn", "Me", "Cc", "Cf"):
        return 0
    # The vowels and finals of Hangul in parts join the syllable before them.
    if "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
