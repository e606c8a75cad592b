"""Patterns of files and folders, read as Git reads a .gitignore.

Whoever hands on a folder may have put patterns into it, so no pattern may take long: a name is
matched in a time that grows with its length times that of the pattern, whatever both are.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# What one part of a path must be: these very characters, an expression, or (None) any number of
# parts: the ``**`` of a pattern.
_Segment: TypeAlias = "str | re.Pattern[str] | None"

_SPECIAL: Final = re.compile(r"[*?\[\\]")
_ANY: Final = re.compile(".*", re.DOTALL)
_STAR: Final = ""
# A member of a set: a class, a range, or a character.
_MEMBER: Final = r"\[:([^]]*):\]|(\\?.)-((?!\])\\?.)|(\\?.)"
# A bracket that ends the set cannot be the first in it.
_TOKEN: Final = re.compile(
    rf"\[([!^]?+)((?>{_MEMBER})(?>(?!\])(?:{_MEMBER}))*)\]|\\(?P<escaped>.)|(?P<char>[^\[\\])",
    re.DOTALL,
)
_CLASSES: Final = {
    "alnum": "a-zA-Z0-9", "alpha": "a-zA-Z", "blank": " \\t", "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~",
    "punct": "!-/:-@\\[-`{-~", "space": " \\t-\\r", "upper": "A-Z", "xdigit": "0-9A-Fa-f",
}  # fmt: skip


def comparable(text: str, *, fold: bool) -> str:
    """Return text in one Unicode form, and in one case.

    Parameters
    ----------
    text : str
    fold : bool
        Whether upper and lower case are one.
    """
    if text.isascii():
        return text.lower() if fold else text
    text = unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFC", text.casefold()) if fold else text


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern."""

    negated: bool
    """True if it began with ``!``: it keeps what an earlier one left out."""
    folders_only: bool
    """True if it ended with a slash."""
    anchored: bool
    """True if it had a slash at its beginning or within: it is about the whole path below the
    folder it stands in, and not about names anywhere."""
    segments: tuple[_Segment, ...]
    """What the parts of a path must be; none where nothing can match."""

    @property
    def plain(self) -> bool:
        """True if it has no wildcards."""
        return all(isinstance(segment, str) for segment in self.segments)


class Patterns:
    """The patterns of one place, in the order in which they were written; the later win.

    Those without wildcards are looked up, so that there may be thousands of them.
    """

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._all = tuple(patterns)
        self._plain: dict[tuple[bool, tuple[_Segment, ...]], list[int]] = {}
        self._wild: list[int] = []
        self.unused = set(range(len(self._all)))
        """Numbers of those that have matched nothing so far."""
        for number, pattern in enumerate(self._all):
            if pattern.plain:
                self._plain.setdefault((pattern.anchored, pattern.segments), []).append(number)
            else:
                self._wild.insert(0, number)

    def decide(self, parts: Sequence[str], *, is_folder: bool) -> bool | None:
        """Tell whether a path is left out; None where no pattern is about it.

        Parameters
        ----------
        parts : sequence of str
            The path below the patterns' folder, made :func:`comparable`, part by part.
        is_folder : bool
        """
        last = -1
        for key in ((False, (parts[-1],)), (True, tuple(parts))):
            for number in self._plain.get(key, ()):
                if is_folder or not self._all[number].folders_only:
                    self.unused.discard(number)
                    last = max(last, number)
        for number in self._wild:
            pattern = self._all[number]
            # One that is overruled is only looked at to know whether it is about anything.
            if (number < last and number not in self.unused) or (
                pattern.folders_only and not is_folder
            ):
                continue
            if _fit(pattern.segments, parts if pattern.anchored else parts[-1:]):
                self.unused.discard(number)
                last = max(last, number)
        return None if last < 0 else not self._all[last].negated


def parse_pattern(text: str, *, fold: bool = False) -> Pattern:
    """Return a pattern; one that makes no sense matches nothing.

    Parameters
    ----------
    text : str
        The pattern.  ``./`` at its beginning is taken for a leading slash.
    fold : bool
        Whether upper and lower case are one.
    """
    body = comparable(text, fold=fold)
    negated = body.startswith("!")
    body = body[1:] if negated else body
    if body.startswith("./"):
        body = body[1:]
    folders_only = body.endswith("/")
    body = body[:-1] if folders_only else body
    anchored = "/" in body
    return Pattern(negated, folders_only, anchored, _segments(body.removeprefix("/"), fold))


def parse_lines(text: str, *, fold: bool = False) -> list[Pattern]:
    """Return the patterns of a file: one a line, comments and empty lines left out.

    Parameters
    ----------
    text : str
    fold : bool
        As of :func:`parse_pattern`.
    """
    lines = (line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n"))
    bodies = (_without_blanks(line) for line in lines if not line.startswith("#"))
    return [parse_pattern(body, fold=fold) for body in bodies if body]


def _without_blanks(line: str) -> str:
    """Drop blanks at the end, but for those that a backslash protects."""
    bare = line.rstrip(" ")
    escapes = len(bare) - len(bare.rstrip("\\"))
    return line[: len(bare) + 1] if escapes % 2 else bare


def _segments(body: str, fold: bool) -> tuple[_Segment, ...]:
    if not _SPECIAL.search(body):
        return tuple(body.split("/"))
    parts: list[list[str]] = [[]]
    place = 0
    while place < len(body):
        found = _TOKEN.match(body, place)
        char = None if found is None else _expression(found, fold)
        if found is None or char is None:
            return ()
        place = found.end()
        if char == "/":
            parts.append([])
        else:
            parts[-1].append(char)
    segments = tuple(map(_segment, parts))
    # What ``**`` stands for at the end is something: a folder is not what lies in it.
    return (*segments, _ANY) if segments[-1] is None else segments


def _expression(token: re.Match[str], fold: bool) -> str | None:
    """Return an expression for a character of names; None for a set that makes no sense."""
    negated, members, escaped, char = token.group(1, 2, "escaped", "char")
    if members is None:
        return {"*": _STAR, "?": "."}.get(char, re.escape(escaped or char))
    items = [_item(found, fold) for found in re.finditer(_MEMBER, members, re.DOTALL)]
    inner = "".join(item for item in items if item is not None)
    return None if None in items else f"[{'^' if negated else ''}{inner}]"


def _item(found: re.Match[str], fold: bool) -> str | None:
    """Return what stands for a member in an expression's set; None if it makes no sense."""
    name, low, high, char = found.groups()
    if name is not None:
        return _CLASSES.get("alpha" if fold and name in ("upper", "lower") else name)
    if low is None:
        return re.escape(char[-1])
    low, high = low[-1], high[-1]
    # Where the range is empty, its lower end still is a member of its own.
    return f"{re.escape(low)}-{re.escape(high)}" if low <= high else re.escape(low)


def _segment(tokens: Sequence[str]) -> _Segment:
    if len(tokens) > 1 and not any(tokens):
        return None
    chunks = [""]
    for token in tokens:
        if token == _STAR:
            chunks.append("")
        else:
            chunks[-1] += token
    if len(chunks) == 1:
        return re.compile(chunks[0], re.DOTALL)
    first, *inner, last = chunks
    # The first place where a chunk fits is as good as any; that it is never given up again keeps
    # the time of a match within bounds.
    middle = "".join(f"(?>.*?{chunk})" for chunk in inner if chunk)
    return re.compile(f"{first}{middle}.*{last}", re.DOTALL)


def _fit(segments: Sequence[_Segment], parts: Sequence[str]) -> bool:
    """Tell whether all parts fit; only the last ``**`` met may be taken for more parts."""
    place = at = 0
    retry: tuple[int, int] | None = None
    while place < len(parts):
        segment = segments[at] if at < len(segments) else ""
        if segment is None:
            at += 1
            retry = (place, at)
        elif (
            segment == parts[place] if isinstance(segment, str) else segment.fullmatch(parts[place])
        ):
            place, at = place + 1, at + 1
        elif retry is not None:
            retry = (retry[0] + 1, retry[1])
            place, at = retry
        else:
            return False
    return bool(segments) and all(segment is None for segment in segments[at:])
