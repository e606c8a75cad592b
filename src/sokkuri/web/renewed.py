"""A value that follows something that changes, without making those wait who can do with the last.

While photos are being hashed a library changes many times a second, and reading a large one takes
seconds: whoever asks meanwhile gets what was read before.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Renewed"]

Value = TypeVar("Value")

_LEAST_AGE: Final = 1.0
# Of the time that passes while things change, so small a part is spent on looking.
_SHARE: Final = 10


@dataclass(frozen=True, slots=True)
class _Made(Generic[Value]):
    value: Value
    stamp: int
    at: float
    cost: float


class Renewed(Generic[Value]):
    """A value made from something that has a stamp; every method may be called from any thread.

    Parameters
    ----------
    make : callable
        Makes the value; only one thread at a time does.
    """

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make = make
        self._making = threading.Lock()
        self._made: _Made[Value] | None = None

    def get(self, stamp: int, *, settled: bool) -> Value:
        """Return the value for a stamp, or a slightly older one.

        Parameters
        ----------
        stamp : int
            Changes whenever the value would.
        settled : bool
            Whether no further change is under way, so that only the latest will do.  Otherwise a
            value is made at most once a second, and less often if that takes long.
        """
        made = self._made
        if made is not None and (made.stamp == stamp or (not settled and _is_young(made))):
            return made.value
        # Somebody else is at it already: better the last value now than the next one later.
        if not self._making.acquire(blocking=made is None or settled):
            assert made is not None  # noqa: S101 - only then it does not block
            return made.value
        try:
            made = self._made
            if made is None or made.stamp != stamp:
                begun = time.monotonic()
                value = self._make()
                now = time.monotonic()
                made = self._made = _Made(value, stamp, now, now - begun)
            return made.value
        finally:
            self._making.release()


def _is_young(made: _Made[Value]) -> bool:
    return time.monotonic() - made.at < max(_LEAST_AGE, _SHARE * made.cost)
