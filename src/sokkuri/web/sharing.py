"""Futures made from futures: converted, and shared by several who ask for the same."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

__all__ = ["Shared", "settled", "then"]

Given = TypeVar("Given")
Made = TypeVar("Made")


def settled(value: Made) -> Future[Made]:
    """Return a future that has its result already."""
    future: Future[Made] = Future()
    future.set_result(value)
    return future


def then(source: Future[Given], convert: Callable[[Given], Made]) -> Future[Made]:
    """Return the future of ``convert(result)``; cancelling it cancels the source."""
    made: Future[Made] = Future()
    made.add_done_callback(lambda done: source.cancel() if done.cancelled() else None)
    source.add_done_callback(lambda done: _settle(done, made, convert))
    return made


def _settle(source: Future[Given], made: Future[Made], convert: Callable[[Given], Made]) -> None:
    if source.cancelled():
        made.cancel()
    if not made.set_running_or_notify_cancel():
        return
    try:
        made.set_result(convert(source.result()))
    except BaseException as error:  # it belongs to whoever waits for the result
        made.set_exception(error)


class Shared:
    """Results under way: whoever asks for the same meanwhile gets the same."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[Hashable, _Source] = {}

    def get(self, key: Hashable, begin: Callable[[], Future[Made]]) -> Future[Made]:
        """Return a future of the result that is under way for a key, or begin it.

        Each caller gets one of their own; only when all of them are cancelled is the work.
        """
        with self._lock:
            source = self._under_way.get(key)
            if source is None:
                source = self._under_way[key] = _Source(begin())
            source.askers += 1
        source.future.add_done_callback(lambda _: self._forget(key, source))
        mine: Future[Made] = Future()
        mine.add_done_callback(lambda done: self._leave(key, source) if done.cancelled() else None)
        source.future.add_done_callback(lambda done: _settle(done, mine, lambda value: value))
        return mine

    def _forget(self, key: Hashable, source: _Source) -> None:
        with self._lock:
            if self._under_way.get(key) is source:
                del self._under_way[key]

    def _leave(self, key: Hashable, source: _Source) -> None:
        with self._lock:
            source.askers -= 1
            last = source.askers == 0
            if last and self._under_way.get(key) is source:
                del self._under_way[key]
        if last:
            source.future.cancel()


class _Source:
    def __init__(self, future: Future[Any]) -> None:
        self.future = future
        self.askers = 0
