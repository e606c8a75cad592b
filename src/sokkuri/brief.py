"""Values in a few short lines, for whoever meets them in a Python session, a log or a traceback."""

from __future__ import annotations

import unicodedata
from dataclasses import fields, is_dataclass
from itertools import accumulate
from typing import Any, Final

_COLUMNS: Final = 96
_WIDTH: Final = 72
_SHOWN_BYTES: Final = 8
_ELLIPSIS: Final = "…"


def brief_repr(value: Any) -> str:
    """Return a dataclass as ``Name(field=..., ...)``, each field short; for use as ``__repr__``.

    However much it holds, it takes no more columns than a usual terminal has, and about as many
    lines as it has fields; what is left out is counted.
    """
    name = type(value).__name__
    parts = [
        f"{each.name}={brief(getattr(value, each.name))}" for each in fields(value) if each.repr
    ]
    line = f"{name}({', '.join(parts)})"
    if _columns(line) <= _COLUMNS:
        return line
    lines = [f"{name}("]
    for part in parts:
        joined = f"{lines[-1]} {part}," if len(lines) > 1 else ""
        if joined and _columns(joined) <= _COLUMNS:
            lines[-1] = joined
        else:
            lines.append(f"    {part},")
    return "\n".join([*lines, ")"])


def brief(value: object, width: int = _WIDTH) -> str:
    """Return a value on one line; what is left out is counted.

    Parameters
    ----------
    value : object
    width : int
        At most so many columns.
    """
    if isinstance(value, bytes) and len(value) > _SHOWN_BYTES:
        return f"<{len(value):,} bytes: {value[:_SHOWN_BYTES].hex()}{_ELLIPSIS}>"
    if isinstance(value, tuple | list):
        return _brief_items(value, width)
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):  # an array, told without NumPy
        return f"<{getattr(value, 'dtype', 'array')} {shape}>"
    if is_dataclass(value) and not isinstance(value, type):
        return one_line(brief_repr(value), width)
    return one_line(repr(value), width)


def one_line(text: str, width: int = _WIDTH) -> str:
    """Return text without its line breaks; a middle that is too much is left out.

    Parameters
    ----------
    text : str
    width : int
        At most so many columns.
    """
    text = " ".join(line.strip() for line in text.splitlines())
    text = text.replace("( ", "(").replace(", )", ")")
    if _columns(text) <= width:
        return text
    tail = _cut(text[::-1], width // 3)[::-1]
    return _cut(text, width - 1 - _columns(tail)) + _ELLIPSIS + tail


def _brief_items(items: tuple[Any, ...] | list[Any], width: int) -> str:
    """Return the first items, and how many more there are."""
    room = width - len(f"(, {_ELLIPSIS} {len(items):,} more)")
    shown: list[str] = []
    for item in items:
        text = brief(item, room if not shown else _WIDTH)
        if shown and _columns(", ".join([*shown, text])) > room:
            break
        shown.append(text)
    more = len(items) - len(shown)
    if more:
        shown.append(f"{_ELLIPSIS} {more:,} more")
    inner = ", ".join(shown)
    if isinstance(items, list):
        return f"[{inner}]"
    return f"({inner},)" if len(items) == 1 else f"({inner})"


def _columns(text: str) -> int:
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _cut(text: str, width: int) -> str:
    """Return the beginning that takes no more than so many columns."""
    ends = accumulate(map(_width, text))
    return "".join(character for character, end in zip(text, ends, strict=True) if end <= width)
