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
    _link(source, made, convert, source.cancel)
    return made


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
            begun = source is None
            if source is None:
                source = self._under_way[key] = _Source(begin())
            source.askers += 1
        if begun:
            source.future.add_done_callback(lambda done: self._forget(key, done))
        mine: Future[Made] = Future()
        _link(source.future, mine, _itself, lambda: self._leave(key, source))
        return mine

    def _forget(self, key: Hashable, done: Future[Any]) -> None:
        with self._lock:
            source = self._under_way.get(key)
            if source is not None and source.future is done:
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


def _link(
    source: Future[Given],
    made: Future[Made],
    convert: Callable[[Given], Made],
    leave: Callable[[], object],
) -> None:
    """Settle ``made`` when ``source`` is, and call ``leave`` where it is cancelled before.

    Futures remember their callbacks for ever.  What leads from ``made`` back to ``source`` is
    forgotten when both are settled, or no picture would be freed before the garbage collector runs.
    """
    back = [leave]

    def abandon(done: Future[Made]) -> None:
        for each in list(back) if done.cancelled() else []:
            each()

    def settle(done: Future[Given]) -> None:
        back.clear()
        _settle(done, made, convert)

    made.add_done_callback(abandon)
    source.add_done_callback(settle)


def _settle(source: Future[Given], made: Future[Made], convert: Callable[[Given], Made]) -> None:
    if source.cancelled():
        made.cancel()
    if not made.set_running_or_notify_cancel():
        return
    try:
        made.set_result(convert(source.result()))
    except BaseException as error:  # it belongs to whoever waits for the result
        made.set_exception(error)


def _itself(value: Made) -> Made:
    return value
