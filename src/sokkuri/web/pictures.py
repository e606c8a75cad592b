"""The page's only way to pictures: asked here, opened and decoded in worker processes.

Every method returns a :class:`concurrent.futures.Future` at once; await it with
``asyncio.wrap_future``.  All of them raise :class:`~sokkuri.pipeline.desk.Busy` where too much is
waiting.  Bad pictures are values, never exceptions.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import struct
import tempfile
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sokkuri import limits, settings
from sokkuri.errors import MissingExtra
from sokkuri.images import Rejected, RejectKind
from sokkuri.pipeline.desk import Desk
from sokkuri.pipeline.hashed import Hashed, decode_hashed
from sokkuri.registry import hasher
from sokkuri.web.kept import Kept
from sokkuri.web.outcomes import plain_outcome
from sokkuri.web.sharing import Shared, settled, then
from sokkuri.web.working import page_job

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from sokkuri.explanation import HashView
    from sokkuri.matches import Outcome, Same
    from sokkuri.web.facts import Facts

__all__ = ["Pictures"]

_Key = tuple[int, int, int, int, int]

_FIGURE_SECONDS: Final = 60.0
_SECONDS_A_COMPARISON: Final = 0.5
# A file that has just ended two workers is not handed to the next two.
_BANNED_SECONDS: Final = 60.0
_MOST_BANNED: Final = 1000


class Pictures:
    """Hashes, views and facts of pictures, by worker processes.

    Parameters
    ----------
    workers : int, optional
        Processes at work at one time; as many as there are cores if None.
    queue : int
        How many requests may wait.
    seconds : float, optional
        How long one picture may take; as for any file if None.
    keep_bytes : int
        How many bytes of encoded views are held in memory.
    """

    def __init__(
        self,
        *,
        workers: int | None = None,
        queue: int = 256,
        seconds: float | None = None,
        keep_bytes: int = 64 << 20,
    ) -> None:
        self._seconds = limits.DECODE_SECONDS.value() if seconds is None else seconds
        self._desk = Desk(page_job(), workers=workers, queue=queue, seconds=self._seconds)
        self._kept = Kept(keep_bytes)
        self._shared = Shared()
        self._banned = _Banned()

    def warm(self) -> Future[None]:
        """Have a worker started, so that the first picture need not wait for it."""
        return then(self._ask({"do": "nothing"}), lambda _: None)

    def hash(self, path: str, hashes: Sequence[str], side: int | None = 320) -> Future[Hashed]:
        """Hash a picture, and make it small from the same decode.

        Parameters
        ----------
        path : str
            The file.
        hashes : sequence of str
            Names of hashes, without an emphasis.
        side : int, optional
            The longest side of the small picture; None makes none.
        """
        specs = [hasher(name).spec for name in hashes]
        wish = {"do": "hash", "path": path, "hashes": list(hashes), "side": side}

        def read(found: bytes | Rejected) -> Hashed:
            value = _read(path, found, lambda data: decode_hashed(specs, path, data))
            return Hashed(path, rejected=value) if isinstance(value, Rejected) else value

        return then(self._ask(wish), read)

    def picture(self, path: str, side: int, *, later: bool = False) -> Future[bytes | Rejected]:
        """Return a picture as a JPEG: upright, RGB, shrunk whole into a square, no metadata.

        What was made before is kept as long as there is room and the file stays as it is.

        Parameters
        ----------
        path : str
            The file.
        side : int
            The longest side in pixels; a smaller picture keeps its size.
        later : bool
            Whether nobody is waiting for it yet, so that all else goes first.
        """
        key = _key(path, side)
        if key is None:  # the worker finds out why
            return self._picture(path, side, later=later)
        kept = self._kept.get(key) or self._banned.get(key)
        if kept is not None:
            return settled(replace(kept, path=path) if isinstance(kept, Rejected) else kept)
        # What is begun for later may wait long, and nobody who is in a hurry waits with it.
        shared = (key, later)
        return self._shared.get(shared, lambda: self._new_picture(key, path, side, later=later))

    def facts(self, path: str) -> Future[Facts | Rejected]:
        """Return what a picture file says of itself."""
        asked = self._ask({"do": "facts", "path": path})
        return then(asked, lambda found: _read(path, found, _json(dict)))

    def same(self, path: str, paths: Sequence[str]) -> Future[tuple[Same | None, ...] | Rejected]:
        """Tell which files are the picture itself, as :func:`sokkuri.pipeline.same_as` does.

        Rejected where that cannot be found out now: a comparison that took too long, or a decoder
        that died.
        """
        if not paths:
            return settled(())
        seconds = self._seconds + _SECONDS_A_COMPARISON * len(paths)
        wish = {"do": "same", "path": path, "paths": list(paths)}

        def read(found: bytes | Rejected) -> tuple[Same | None, ...] | Rejected:
            value = _read(path, found, _json(list))
            if isinstance(value, Rejected) or len(value) == len(paths):
                return value if isinstance(value, Rejected) else tuple(value)
            return Rejected(path, RejectKind.CRASHED, "its decoder answered nonsense")

        return then(self._ask(wish, seconds=seconds), read)

    def portrait(self, path: str, hash: str) -> Future[HashView | Rejected]:
        """Return what a picture brings to an explanation.

        Parameters
        ----------
        path : str
            The file.
        hash : str
            Name of a hash, without an emphasis.
        """
        asked = self._ask({"do": "portrait", "path": path, "hash": hash})
        return then(asked, lambda found: _read(path, found, _portrait))

    def figure(
        self,
        outcome: Outcome,
        form: str = "png",
        *,
        columns: int = settings.FIGURE_COLUMNS,
        limit: int = settings.FIGURE_TILES,
    ) -> Future[bytes | Rejected]:
        """Draw an outcome: the very file that :func:`sokkuri.show.figure.save_figure` writes.

        Parameters
        ----------
        outcome : Outcome
            Its source, if there is one, must be a path.
        form : {"png", "pdf", "svg"}
            The format.
        columns, limit : int
            See :func:`sokkuri.show.figure.draw_figure`.

        Raises
        ------
        MissingExtra
            If matplotlib is not installed.
        """
        plain = plain_outcome(outcome, limit=limit)
        wish = {"do": "figure", "outcome": plain, "columns": columns, "limit": limit}
        return self._drawn(outcome.query, form, wish)

    def explanation_figure(
        self,
        paths: tuple[str, str],
        names: tuple[str, str],
        form: str = "png",
        *,
        hash: str,
        emphasis: str | float | None = None,
        mirror: bool | None = None,
        same: Same | None = None,
    ) -> Future[bytes | Rejected]:
        """Draw why two pictures match.

        Parameters
        ----------
        paths : pair of str
            The files.
        names : pair of str
            What they are called there.
        form : {"png", "pdf", "svg"}
            The format.
        hash, emphasis, mirror
            As of :func:`sokkuri.search`.
        same : {"bytes", "link"}, optional
            Where it is known by their names already that they are one file.

        Raises
        ------
        MissingExtra
            If matplotlib is not installed.
        """
        wish = {
            "do": "explanation", "paths": paths, "names": names,
            "hash": hash, "emphasis": emphasis, "mirror": mirror, "same": same,
        }  # fmt: skip
        return self._drawn(paths[0], form, wish)

    def close(self) -> None:
        """End all workers, within five seconds."""
        self._desk.close()

    # -- inside

    def _ask(
        self, wish: dict[str, Any], *, seconds: float | None = None, later: bool = False
    ) -> Future[bytes | Rejected]:
        return self._desk.submit(json.dumps(wish), seconds=seconds, later=later)

    def _picture(self, path: str, side: int, *, later: bool) -> Future[bytes | Rejected]:
        asked = self._ask({"do": "picture", "path": path, "side": side}, later=later)
        return then(asked, lambda found: _read(path, found, _jpeg))

    def _drawn(self, path: str, form: str, wish: dict[str, Any]) -> Future[bytes | Rejected]:
        """Have a file drawn, and return what is in it."""
        if importlib.util.find_spec("matplotlib") is None:
            raise MissingExtra("the figure", "plot")
        # The worker may be killed at any time, so the folder is made and removed here.
        folder = tempfile.mkdtemp(prefix="sokkuri-figure-")
        into = os.path.join(folder, f"figure.{form}")

        def remove(_: object = None) -> None:
            shutil.rmtree(folder, ignore_errors=True)

        def read(found: bytes | Rejected) -> bytes | Rejected:
            content: bytes | Rejected = _read(path, found, lambda _: _content(into))
            remove()  # before anybody has the result
            return content

        try:
            asked = self._ask({**wish, "into": into}, seconds=_FIGURE_SECONDS)
        except BaseException:
            remove()
            raise
        drawn = then(asked, read)
        asked.add_done_callback(remove)  # also where nobody waits any more
        return drawn

    def _new_picture(
        self, key: _Key, path: str, side: int, *, later: bool
    ) -> Future[bytes | Rejected]:
        def keep(found: bytes | Rejected) -> bytes | Rejected:
            if not isinstance(found, Rejected):
                self._kept.put(key, found)
            elif found.kind is RejectKind.CRASHED:
                self._banned.add(key, found)
            return found

        return then(self._picture(path, side, later=later), keep)


class _Banned:
    """Files that ended their workers a moment ago."""

    def __init__(self) -> None:
        self._until: dict[_Key, tuple[float, Rejected]] = {}
        self._lock = threading.Lock()

    def add(self, key: _Key, why: Rejected) -> None:
        with self._lock:
            self._until.pop(key, None)
            if len(self._until) >= _MOST_BANNED:
                del self._until[next(iter(self._until))]
            self._until[key] = time.monotonic() + _BANNED_SECONDS, why

    def get(self, key: _Key) -> Rejected | None:
        with self._lock:
            until, why = self._until.get(key, (0.0, None))
            return why if time.monotonic() < until else None


def _key(path: str, side: int) -> _Key | None:
    """Return what stays the same as long as a view of the file does."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, side


def _read(path: str, found: bytes | Rejected, reader: Callable[[bytes], Any]) -> Any:
    """Return what a reader makes of an answer; the worker is not trusted to give sense."""
    if isinstance(found, Rejected):
        return replace(found, path=path)
    try:
        return reader(found)
    except (EOFError, OSError, ValueError, struct.error):
        return Rejected(path, RejectKind.CRASHED, "its decoder answered nonsense")


def _jpeg(data: bytes) -> bytes:
    if not data.startswith(b"\xff\xd8\xff"):
        raise ValueError("not a JPEG")
    return data


def _portrait(data: bytes) -> HashView:
    from sokkuri.explanation import decode_view

    return decode_view(data)


def _json(kind: type) -> Callable[[bytes], Any]:
    def read(data: bytes) -> Any:
        value = json.loads(data)
        if isinstance(value, kind):
            return value
        raise EOFError(f"not a {kind.__name__}")

    return read


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
