"""Values that are kept: the last used ones, the one of a stamp, and those still under way."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Key = TypeVar("Key", bound="Hashable")
Value = TypeVar("Value")
Made = TypeVar("Made")

_LEAST_AGE: Final = 1.0
# Of the time that passes while things change, so small a part is spent on looking.
_SHARE: Final = 10


class Lru(Generic[Key, Value]):
    """Values by key; the ones that were not used for longest make room for new ones.

    Parameters
    ----------
    most : int
        The largest sum of sizes.
    size : callable, optional
        The size of a value; without it each counts 1.
    """

    def __init__(self, most: int, size: Callable[[Value], int] = lambda _: 1) -> None:
        self.held = 0
        self._most = most
        self._size = size
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Value | None:
        """Return the value of a key, if it is still there; that counts as use."""
        with self._lock:
            found = self._values.get(key)
            if found is not None:
                self._values.move_to_end(key)
            return found

    def put(self, key: Key, value: Value) -> None:
        """Keep a value; what is larger than the bound is not kept.

        Parameters
        ----------
        key : hashable
        value
        """
        with self._lock:
            if key in self._values:
                self.held -= self._size(self._values.pop(key))
            self.held += self._size(value)
            self._values[key] = value
            while self.held > self._most:
                self.held -= self._size(self._values.popitem(last=False)[1])


class _Made(NamedTuple, Generic[Value]):
    value: Value
    stamp: int
    young_until: float


class StampedValue(Generic[Value]):
    """A value made from something that has a stamp, such as a library.

    While photos are being hashed a library changes many times a second, and reading a large one
    takes seconds: whoever asks meanwhile, from any thread, gets what was read before.

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
            No further change is under way, so that only the latest will do.  Otherwise a value
            is made at most once a second, and less often if that takes long.
        """
        made = self._made
        young = made is not None and not settled and time.monotonic() < made.young_until
        if made is not None and (young or made.stamp == stamp):
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
                young_until = now + max(_LEAST_AGE, _SHARE * (now - begun))
                made = self._made = _Made(value, stamp, young_until)
            return made.value
        finally:
            self._making.release()


class SingleFlight:
    """Results under way: whoever asks for the same meanwhile gets the same."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # what is done already calls back at once
        self._under_way: dict[Hashable, _Flight] = {}

    def get(self, key: Hashable, begin: Callable[[], Future[Made]]) -> Future[Made]:
        """Return a future of the result that is under way for a key, or begin it.

        Each caller gets one of their own; only when all of them are cancelled is the work.

        Parameters
        ----------
        key : hashable
        begin : callable
            Begins the work.
        """
        with self._lock:
            flight = self._under_way.get(key)
            if flight is None:
                flight = self._under_way[key] = _Flight(begin())
                flight.future.add_done_callback(lambda done: self._forget(key, done))
            flight.askers += 1
        return then(flight.future, lambda value: value, lambda: self._leave(key, flight))

    def _forget(self, key: Hashable, future: Future[Any]) -> None:
        with self._lock:
            flight = self._under_way.get(key)
            if flight is not None and flight.future is future:
                del self._under_way[key]

    def _leave(self, key: Hashable, flight: _Flight) -> None:
        with self._lock:
            flight.askers -= 1
            if flight.askers:
                return
            self._forget(key, flight.future)
        flight.future.cancel()


@dataclass(eq=False)
class _Flight:
    future: Future[Any]
    askers: int = 0


def settled(value: Made) -> Future[Made]:
    """Return a future that has its result already."""
    future: Future[Made] = Future()
    future.set_result(value)
    return future


def then(
    source: Future[Value],
    convert: Callable[[Value], Made],
    leave: Callable[[], object] | None = None,
) -> Future[Made]:
    """Return the future of ``convert(result)``.

    Futures remember their callbacks for ever.  What leads from the new one back to ``source`` is
    forgotten when both are settled, or no picture would be freed before the garbage collector runs.

    Parameters
    ----------
    source : Future
    convert : callable
    leave : callable, optional
        Called where the new one is cancelled before; without it the source is cancelled.
    """
    made: Future[Made] = Future()
    back = [leave or source.cancel]

    def abandon(done: Future[Made]) -> None:
        for each in list(back) if done.cancelled() else []:
            each()

    def settle(done: Future[Value]) -> None:
        back.clear()
        if done.cancelled():
            made.cancel()
        if not made.set_running_or_notify_cancel():
            return
        try:
            made.set_result(convert(done.result()))
        except BaseException as error:  # it belongs to whoever waits for the result
            made.set_exception(error)

    made.add_done_callback(abandon)
    source.add_done_callback(settle)
    return made
