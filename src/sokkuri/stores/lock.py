"""One writer at a time, by a lock that the system drops when the process dies."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Final

from sokkuri.atomic import write_atomically
from sokkuri.errors import Locked, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sokkuri.stores.directory import Directory

__all__ = ["WAIT_SECONDS", "writing_to"]

WAIT_SECONDS: Final = 5.0


@contextlib.contextmanager
def writing_to(directory: Directory, *, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Be the one writer of a library while the block runs.

    Parameters
    ----------
    directory : Directory
        Of the library.
    wait : float
        Seconds to wait for another writer.

    Raises
    ------
    Locked
        If there is another writer for longer than that; it names the process where it can.
    StoreError
        If nothing can be written there.
    """
    # Imported here, for it takes as long as a whole search, and searching needs no lock.
    from filelock import FileLock, Timeout

    lock = FileLock(directory.lock, timeout=wait)
    try:
        lock.acquire()
    except Timeout as error:
        raise Locked(directory.path, _holder(directory)) from error
    except (OSError, NotImplementedError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StoreError(directory.path, f"nothing can be written there: {reason}") from error
    try:
        # Beside the lock, which is emptied by everybody who tries it.
        with contextlib.suppress(OSError), write_atomically(directory.writer) as file:
            file.write(str(os.getpid()).encode())
        yield
    finally:
        lock.release()


def _holder(directory: Directory) -> int | None:
    try:
        with open(directory.writer, "rb") as file:
            return int(file.read(32))
    except (OSError, ValueError):
        return None
