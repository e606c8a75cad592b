"""The page's only way to pictures: asked here, opened and decoded in worker processes.

Every method returns a :class:`concurrent.futures.Future` at once; await it with
``asyncio.wrap_future``.  All of them raise :class:`~sokkuri.pipeline.pool.Busy` where too much is
waiting, and those that draw MissingExtra without matplotlib.  Bad pictures are values, never
exceptions.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sokkuri import limits
from sokkuri.copies.outcome import CopyOutcome
from sokkuri.images import Rejected, RejectKind
from sokkuri.language import language
from sokkuri.pipeline.pool import WorkerPool
from sokkuri.show.export import require_matplotlib
from sokkuri.web.cache import Lru, SingleFlight, settled, then
from sokkuri.web.worker_tasks import page_task, plain_copies, plain_outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from sokkuri.copies.finder import CopyQuery
    from sokkuri.engine.options import SearchOptions
    from sokkuri.explanation import HashView
    from sokkuri.matches import Outcome, Same
    from sokkuri.pipeline import FileRecord

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
        self._pool = WorkerPool(page_task(), workers=workers, queue=queue, seconds=self._seconds)
        self._kept: Lru[_Key, bytes] = Lru(keep_bytes, len)
        self._banned: Lru[_Key, tuple[float, Rejected]] = Lru(_MOST_BANNED)
        self._shared = SingleFlight()

    def warm(self) -> Future[object]:
        """Have a worker started, so that the first picture need not wait for it."""
        return self._ask("", "nothing")

    def hash(self, path: str, hashes: Sequence[str]) -> Future[FileRecord | Rejected]:
        """Hash a picture.

        Parameters
        ----------
        path : str
        hashes : sequence of str
            Names of hashes, without an emphasis.
        """
        return self._ask(path, "hash", hashes=list(hashes))

    def describe(self, path: str, room: int) -> Future[FileRecord | Rejected]:
        """Describe a picture and its mirror image, for a search for copies.

        Parameters
        ----------
        path : str
        room : int
            Points at most.
        """
        return self._ask(path, "describe", room=room)

    def views(self, path: str, room: int) -> Future[tuple[CopyQuery, ...] | Rejected]:
        """Describe parts of a picture, as :func:`sokkuri.copies.views.described_views` does.

        Parameters
        ----------
        path : str
        room : int
            Points at most.
        """
        return self._ask(path, "views", room=room)

    def picture(self, path: str, side: int) -> Future[bytes | Rejected]:
        """Return a picture as a JPEG: upright, RGB, shrunk whole into a square, no metadata.

        What was made before is kept as long as there is room and the file stays as it is.

        Parameters
        ----------
        path : str
        side : int
            The longest side in pixels; a smaller picture keeps its size.
        """
        try:
            file = os.stat(path)
        except (OSError, ValueError):
            return self._ask(path, "picture", side=side)  # the worker finds out why
        key = file.st_dev, file.st_ino, file.st_size, file.st_mtime_ns, side
        kept = self._kept.get(key)
        if kept is not None:
            return settled(kept)
        until, why = self._banned.get(key) or (0.0, None)
        if why is not None and time.monotonic() < until:
            return settled(replace(why, path=path))

        def keep(found: bytes | Rejected) -> bytes | Rejected:
            if not isinstance(found, Rejected):
                self._kept.put(key, found)
            elif found.kind is RejectKind.CRASHED:
                self._banned.put(key, (time.monotonic() + _BANNED_SECONDS, found))
            return found

        return self._shared.get(key, lambda: then(self._ask(path, "picture", side=side), keep))

    def facts(self, path: str) -> Future[dict[str, Any] | Rejected]:
        """Return what a picture file says of itself."""
        return self._ask(path, "facts")

    def same(self, path: str, paths: Sequence[str]) -> Future[tuple[Same | None, ...] | Rejected]:
        """Tell which files are the picture itself, as :func:`sokkuri.pipeline.same_as` does.

        Rejected where that cannot be found out now: a comparison that took too long, or a decoder
        that died.

        Parameters
        ----------
        path : str
        paths : sequence of str
        """
        seconds = self._seconds + _SECONDS_A_COMPARISON * len(paths)
        return self._ask(path, "same", paths=list(paths), seconds=seconds)

    def portrait(self, path: str, hash: str) -> Future[HashView | Rejected]:
        """Return what a picture brings to an explanation.

        Parameters
        ----------
        path : str
        hash : str
            Name of a hash, without an emphasis.
        """
        return self._ask(path, "portrait", hash=hash)

    def figure(self, outcome: Outcome | CopyOutcome, form: str) -> Future[bytes | Rejected]:
        """Draw an outcome in the reader's language, as its ``save_figure`` does in English.

        Parameters
        ----------
        outcome : Outcome or CopyOutcome
            Its source, if there is one, must be a path.
        form : {"png", "pdf", "svg"}
        """
        if isinstance(outcome, CopyOutcome):
            plain = plain_copies(outcome)
            return self._draw(outcome.query, "copies_figure", outcome=plain, form=form)
        return self._draw(outcome.query, "figure", outcome=plain_outcome(outcome), form=form)

    def explanation_figure(
        self,
        paths: tuple[str, str],
        names: tuple[str, str],
        options: SearchOptions,
        form: str,
        *,
        same: Same | None = None,
    ) -> Future[bytes | Rejected]:
        """Draw why two pictures match, in the reader's language.

        Parameters
        ----------
        paths, names : pair of str
            The files, and what they are called there.
        options : SearchOptions
            Whose hash, emphasis and mirror count.
        form : {"png", "pdf", "svg"}
        same : {"bytes", "link"}, optional
            Where it is known by their names already that they are one file.
        """
        return self._draw(
            paths[0], "explanation", paths=paths, names=names, form=form, same=same,
            hash=options.hash, emphasis=options.emphasis, mirror=options.mirror,
        )  # fmt: skip

    def close(self) -> None:
        """End all workers, within five seconds."""
        self._pool.close()

    def _draw(self, path: str, do: str, **wish: Any) -> Future[bytes | Rejected]:
        require_matplotlib()
        return self._ask(path, do, seconds=_FIGURE_SECONDS, lang=language(), **wish)

    def _ask(self, path: str, do: str, *, seconds: float | None = None, **wish: Any) -> Future[Any]:
        """Hand a request in; in its answer, the file has the name that it was asked by."""
        request = json.dumps({"path": path, **wish, "do": do})
        return then(
            self._pool.submit(request, seconds=seconds),
            lambda found: replace(found, path=path) if isinstance(found, Rejected) else found,
        )
