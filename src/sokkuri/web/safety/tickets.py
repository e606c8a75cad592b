"""Links that let one browser in, once."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TicketBook"]

_MOST: Final = 64
"""How many unused tickets are good at once; the oldest makes room."""


class TicketBook:
    """The tickets that are good right now.

    Parameters
    ----------
    seconds : float
        How long a ticket is good.
    clock : callable, optional
        A clock that never goes back, in seconds.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._ends: dict[bytes, float] = {}

    def issue(self) -> str:
        """Return a new ticket, 128 random bits."""
        ticket = secrets.token_urlsafe(16)
        with self._lock:
            while len(self._ends) >= _MOST:
                del self._ends[next(iter(self._ends))]
            self._ends[_digest(ticket)] = self._clock() + self._seconds
        return ticket

    def redeem(self, ticket: str) -> bool:
        """Use a ticket up, and tell whether it was good."""
        with self._lock:
            end = self._ends.pop(_digest(ticket), None)
        return end is not None and self._clock() < end


def _digest(ticket: str) -> bytes:
    """Return what is looked up instead, so that the time it takes says nothing of the ticket."""
    return hashlib.sha256(ticket.encode("utf-8", "surrogatepass")).digest()
