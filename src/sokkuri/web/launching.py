"""From a few wishes to a server that is ready to run, and an end that leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri import settings
from sokkuri.errors import NothingToSearch
from sokkuri.pipeline import as_on_disk
from sokkuri.registry import hasher
from sokkuri.web.app import make_app
from sokkuri.web.pictures import Pictures
from sokkuri.web.safety import Guarded, settings_for
from sokkuri.web.serving import CannotServe, bind, port_of, serve
from sokkuri.web.shelf import Shelf
from sokkuri.web.site import Site
from sokkuri.web.uploads import Uploads

if TYPE_CHECKING:
    import signal
    import socket
    from collections.abc import Callable, Iterator, Sequence

    from sokkuri._typing import PathLike
    from sokkuri.web.safety import SafetySettings

__all__ = ["Ready", "Wishes", "prepared"]

_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a server is to show, and to whom.

    Parameters
    ----------
    folders : sequence of path
    library : path, optional
        Where the library of the one folder lies.
    hash : str
        What is searched with where nothing is said.
    exclude, follow, workers
        As of :func:`sokkuri.search`.
    refresh : bool
        Whether to look for what has changed in the folders at the start.
    host : str
        Where to listen.
    port : int, optional
        The port; the usual one if None, or any that is free where that is taken.
    usual_port : int
    names : sequence of str
        Further names by which browsers call the server.
    token : str, optional
        The secret; one is made if None.
    read_only : bool
        Whether nobody may start a refresh.
    with_pages : bool
        Whether there are pages, or the API alone.
    uploads : path, optional
        Where uploaded queries are kept; in the user's cache if None.
    """

    folders: Sequence[PathLike]
    library: PathLike | None = None
    hash: str = settings.DEFAULT_HASH
    exclude: Sequence[str] = ()
    follow: bool = False
    workers: int | None = None
    refresh: bool = True
    host: str = "127.0.0.1"
    port: int | None = None
    usual_port: int = 8765
    names: Sequence[str] = ()
    token: str | None = None
    read_only: bool = False
    with_pages: bool = True
    uploads: PathLike | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """A server whose port is taken; :meth:`run` answers requests."""

    site: Site
    guarded: Guarded
    settings: SafetySettings
    listener: socket.socket

    def run(self, on_started: Callable[[], object] | None = None) -> signal.Signals | None:
        """Serve until SIGINT or SIGTERM, and return which."""
        return serve(self.guarded, self.settings, self.listener, on_started=on_started)

    def query(self, path: PathLike) -> str:
        """Take a file as the query, and return the path of its page."""
        with open(path, "rb") as file:
            upload = self.site.uploads.keep(
                iter(lambda: file.read(_BLOCK), b""), os.path.basename(os.fsdecode(path))
            )
        return f"/search?img={upload.id}"


@contextlib.contextmanager
def prepared(wishes: Wishes) -> Iterator[Ready]:
    """Take the port and open the folders; all is closed again when the block ends.

    Raises
    ------
    NothingToSearch
        If a folder is missing.
    CannotServe
        If the port cannot be had.
    TokenNeeded
        If other machines could ask, and no token was given.
    UnknownHash
        If no hash goes by that name.
    """
    hasher(wishes.hash)
    folders = [as_on_disk(folder) for folder in wishes.folders]
    for folder in folders:
        if wishes.refresh and not os.path.isdir(folder):
            raise NothingToSearch(f"{os.fsdecode(folder)}: no such folder; check the name")
    listener = _listener(wishes)
    with contextlib.closing(listener):
        safety = settings_for(
            wishes.host, port_of(listener), token=wishes.token,
            names=tuple(wishes.names), read_only=wishes.read_only,
        )  # fmt: skip
        pictures = Pictures(workers=wishes.workers)
        uploads = Uploads(wishes.uploads, largest=safety.upload_bytes)
        shelves = [_shelf(folder, wishes) for folder in folders]
        site = Site(
            # A folder that is named twice is shown once.
            list({shelf.key: shelf for shelf in shelves}.values()), uploads, pictures,
            default_hash=wishes.hash, read_only=safety.read_only,
        )  # fmt: skip
        try:
            app = make_app(site, with_pages=wishes.with_pages)
            if wishes.refresh and not safety.read_only:
                for shelf in site.shelves:
                    shelf.refresh(wishes.hash)
            pictures.warm()
            yield Ready(site, Guarded(app, safety), safety, listener)
        finally:
            site.stop()


def _shelf(folder: PathLike, wishes: Wishes) -> Shelf:
    return Shelf(
        folder,
        library=wishes.library,
        exclude=tuple(wishes.exclude),
        follow=wishes.follow,
        workers=wishes.workers,
    )


def _listener(wishes: Wishes) -> socket.socket:
    if wishes.port is not None:
        return bind(wishes.host, wishes.port)
    try:
        return bind(wishes.host, wishes.usual_port)
    except CannotServe:
        return bind(wishes.host, 0)
