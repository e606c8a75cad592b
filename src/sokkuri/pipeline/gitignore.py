"""Patterns of files and folders, read as Git reads a .gitignore.

Whoever hands on a folder may have put patterns into it, so no pattern may take long: a name is
matched in a time that grows with its length times that of the pattern, whatever both are.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_SPECIAL: Final = re.compile(r"[*?\[\\]")
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


@dataclass(frozen=True, slots=True)
class _Pattern:
    negated: bool
    """It began with ``!``: it keeps what an earlier one left out."""
    folders_only: bool
    """It ended with a slash."""
    anchored: bool
    """It had another slash: it is about the whole path below its folder, not about any name."""
    wanted: str | re.Pattern[str]
    """The path or name itself; an expression for it, with a slash at its end, where there are
    wildcards.  Empty where nothing can match."""


class Patterns:
    """The patterns of one place, in the order in which they were written; the later win.

    Those without wildcards are looked up, so that there may be thousands of them.  One that makes
    no sense matches nothing.

    Parameters
    ----------
    texts : iterable of str
        ``./`` at the beginning of one is taken for a leading slash.
    fold : bool
        Whether upper and lower case are one.
    """

    def __init__(self, texts: Iterable[str], *, fold: bool = False) -> None:
        self._fold = fold
        self._all = [_pattern(text, fold) for text in texts]
        self._plain: dict[tuple[bool, str], list[int]] = {}
        self.wild: list[tuple[int, re.Pattern[str]]] = []
        """Numbers and expressions of those with wildcards."""
        self.unused = set(range(len(self._all)))
        """Numbers of those that have matched nothing so far."""
        for number, pattern in enumerate(self._all):
            if isinstance(pattern.wanted, str):
                self._plain.setdefault((pattern.anchored, pattern.wanted), []).append(number)
            else:
                self.wild.append((number, pattern.wanted))

    def decide(self, path: str, *, is_folder: bool) -> bool | None:
        """Tell whether a path is left out; None where no pattern is about it.

        Parameters
        ----------
        path : str
            The path below the patterns' folder, with slashes.
        is_folder : bool
        """
        path = _comparable(path, self._fold)
        name = path.rpartition("/")[2]
        fitting = [*self._plain.get((False, name), ()), *self._plain.get((True, path), ())]
        for number, expression in self.wild:
            if expression.fullmatch(f"{path if self._all[number].anchored else name}/"):
                fitting.append(number)
        fitting = [each for each in fitting if is_folder or not self._all[each].folders_only]
        self.unused.difference_update(fitting)
        return not self._all[max(fitting)].negated if fitting else None


def pattern_lines(text: str) -> list[str]:
    """Return the patterns of a file: one a line, comments and empty lines left out."""
    lines = (line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n"))
    bodies = (_without_blanks(line) for line in lines if not line.startswith("#"))
    return [body for body in bodies if body]


def _comparable(text: str, fold: bool) -> str:
    """Return text in one Unicode form, and in one case."""
    if text.isascii():
        return text.lower() if fold else text
    text = unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFC", text.casefold()) if fold else text


def _pattern(text: str, fold: bool) -> _Pattern:
    body = _comparable(text, fold)
    negated = body.startswith("!")
    body = body.removeprefix("!")
    body = body[1:] if body.startswith("./") else body
    folders_only = body.endswith("/")
    body = body.removesuffix("/")
    return _Pattern(negated, folders_only, "/" in body, _wanted(body.removeprefix("/"), fold))


def _without_blanks(line: str) -> str:
    """Drop blanks at the end, but for those that a backslash protects."""
    bare = line.rstrip(" ")
    escapes = len(bare) - len(bare.rstrip("\\"))
    return line[: len(bare) + 1] if escapes % 2 else bare


def _wanted(body: str, fold: bool) -> str | re.Pattern[str]:
    if not _SPECIAL.search(body):
        return body
    parts = [[""]]  # each as the chunks between its stars
    place = 0
    while place < len(body):
        found = _TOKEN.match(body, place)
        char = None if found is None else _expression(found, fold)
        if found is None or char is None:
            return ""
        place = found.end()
        if char == "/":
            parts.append([""])
        elif char == "*":
            parts[-1].append("")
        else:
            parts[-1][-1] += char
    runs = [""]  # what stands between the ``**``
    for chunks in parts:
        if len(chunks) > 2 and not any(chunks):
            runs.append("")
        else:
            runs[-1] += _first_fits("[^/]", chunks) + "/"
    # What ``**`` stands for at the end is something: a folder is not what lies in it.
    return re.compile(_first_fits("(?:[^/]++/)", [*runs[:-1], runs[-1] or "[^/]++/"]))


def _first_fits(between: str, chunks: list[str]) -> str:
    """Join chunks with any number of ``between``.

    The first place where a chunk fits is as good as any; that it is never given up again keeps the
    time of a match within bounds.
    """
    first, *rest = chunks
    inner = "".join(f"(?>{between}*?{chunk})" for chunk in rest[:-1] if chunk)
    return f"{first}{inner}{between}*{rest[-1]}" if rest else first


def _expression(token: re.Match[str], fold: bool) -> str | None:
    """Return an expression for a character of names; None for a set that makes no sense."""
    negated, members, escaped, char = token.group(1, 2, "escaped", "char")
    if members is None:
        return {"*": "*", "?": "[^/]"}.get(char, re.escape(escaped or char))
    items = [_item(found, fold) for found in re.finditer(_MEMBER, members, re.DOTALL)]
    inner = "".join(item for item in items if item is not None)
    return None if None in items else f"[^/{inner}]" if negated else f"(?!/)[{inner}]"


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
