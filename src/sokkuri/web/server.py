"""A server from a few settings: built, run, and closed so that nothing is left behind."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import socket
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import click

from sokkuri import settings
from sokkuri.errors import NothingToSearch
from sokkuri.language import sentence
from sokkuri.pipeline import as_on_disk
from sokkuri.registry import hasher
from sokkuri.web.app import make_app
from sokkuri.web.pictures import Pictures
from sokkuri.web.safety import Guarded, settings_for
from sokkuri.web.shelf import Shelf
from sokkuri.web.site import Site
from sokkuri.web.uploads import Uploads
from sokkuri.web.uvicorn_server import CannotServe, Service

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Iterator, Sequence

    from sokkuri._typing import PathLike
    from sokkuri.web.safety import SafetySettings

_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The photos that a server shows, and to whom.

    Parameters
    ----------
    folders : sequence of path
    library : path, optional
        Place of the library of the one folder.
    hash : str
        Used where nothing is said.
    exclude, follow, workers
        As of :func:`sokkuri.search`.
    refresh : bool
        Look for what has changed in the folders at the start.
    host : str
        The address that is bound.
    port : int, optional
        The port; the usual one if None, or any that is free where that is taken.
    usual_port : int
    names : sequence of str
        Further names by which browsers call the server.
    token : str, optional
        The secret; one is made if None.
    read_only : bool
        Nobody may start a refresh.
    with_pages : bool
        Serve the pages too, not the API alone.
    reveals : bool
        Let the page open the file manager, if only this machine can ask and it has a desktop.
    uploads : path, optional
        Place of uploaded queries; the user's cache if None.
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
    reveals: bool = False
    uploads: PathLike | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Server:
    """A server whose port is taken; :meth:`run` answers requests."""

    site: Site
    guarded: Guarded
    settings: SafetySettings
    listener: socket.socket

    def run(self, on_started: Callable[[], object] | None = None) -> signal.Signals | None:
        """Serve until SIGINT or SIGTERM, and return which."""
        return Service(self.guarded, self.listener, on_started).run_until_stopped()

    def query(self, path: PathLike) -> str:
        """Take a file as the query, and return the path of its page."""
        with open(path, "rb") as file:
            upload = self.site.uploads.keep(
                iter(lambda: file.read(_BLOCK), b""), os.path.basename(os.fsdecode(path))
            )
        return f"/search?img={upload.id}"


@contextlib.contextmanager
def open_server(config: Config) -> Iterator[Server]:
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
    hasher(config.hash)
    folders = [as_on_disk(folder) for folder in config.folders]
    for folder in folders:
        if config.refresh and not os.path.isdir(folder):
            raise NothingToSearch(f"{os.fsdecode(folder)}: no such folder; check the name")
    listener = _listener(config)
    with contextlib.closing(listener):
        safety = settings_for(
            config.host, listener.getsockname()[1], token=config.token,
            names=tuple(config.names), read_only=config.read_only,
        )  # fmt: skip
        pictures = Pictures(workers=config.workers)
        shelves = [
            Shelf(
                folder,
                library=config.library or "auto",
                exclude=tuple(config.exclude),
                follow=config.follow,
                workers=config.workers,
            )
            for folder in folders
        ]
        site = Site(
            # A folder that is named twice is shown once.
            list({shelf.key: shelf for shelf in shelves}.values()),
            Uploads(config.uploads, largest=safety.upload_bytes),
            pictures,
            default_hash=config.hash,
            read_only=safety.read_only,
            reveal=_reveal_for(config, safety),
        )
        try:
            if config.refresh and not safety.read_only:
                for shelf in site.shelves:
                    shelf.refresh(config.hash)
            pictures.warm()
            app = make_app(site, with_pages=config.with_pages)
            yield Server(site, Guarded(app, safety), safety, listener)
        finally:
            site.stop()


def bind(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """Take a port, so that it is known before the server starts.

    Parameters
    ----------
    host : str
        An address of this machine, or a name of one; ``0.0.0.0`` and ``::`` mean all.
    port : int
        The port, or 0 for any that is free.

    Raises
    ------
    CannotServe
        If the port is in use or not allowed, or the address is not this machine's.
    """
    try:
        family, address = _resolve(host, port)
        # asyncio sends small answers without delay only where TCP is named.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError as error:
        raise CannotServe(_why_not(host, port, error)) from error
    try:
        if os.name == "posix":
            # A port whose last connections are still fading away is free; elsewhere the same
            # option would share it with a server that runs.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)  # so that a second server is refused here, not later
    except OSError as error:
        listener.close()
        raise CannotServe(_why_not(host, port, error)) from error
    return listener


def _reveal_for(config: Config, safety: SafetySettings) -> Callable[[str], object] | None:
    """Return what shows a file in the file manager, where that may be."""
    may = config.reveals and not safety.read_only and _has_desktop()
    return partial(click.launch, locate=True) if may else None


def _has_desktop() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    screen = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    return bool(screen) and shutil.which("xdg-open") is not None


def _listener(config: Config) -> socket.socket:
    if config.port is not None:
        return bind(config.host, config.port)
    try:
        return bind(config.host, config.usual_port)
    except CannotServe:
        return bind(config.host, 0)


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, Any]:
    found = socket.getaddrinfo(
        host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    # localhost has two addresses as a rule; the older one is there on every machine.
    found.sort(key=lambda entry: entry[0] != socket.AF_INET)
    return found[0][0], found[0][4]


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return sentence(
            f"port {port} of {host} is in use, perhaps by another sokkuri; "
            "choose another, or any that is free with --port 0"
        )
    if error.errno == errno.EACCES:
        return sentence(
            f"port {port} needs more rights; choose one from 1024 on, such as --port 8080"
        )
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return sentence(
            f"{host} is not an address of this machine; leave --host out for this machine only"
        )
    return sentence(f"cannot listen on {host}, port {port}: {error.strerror or error}")
