"""Whole files or none: write beside the target, then rename over it."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sokkuri._typing import PathLike

_unfinished: set[str] = set()


@contextlib.contextmanager
def write_atomically(path: PathLike) -> Iterator[IO[bytes]]:
    """Open a binary file that becomes ``path`` only if the block ends without an error.

    Until then the bytes lie in a temporary file in the same folder.  It is removed when the block
    raises (Ctrl-C included), so nobody ever meets half a file under the final name.
    """
    target = os.fspath(path)
    folder = os.path.dirname(target) or "."
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".sokkuri-", suffix=".part")
    _unfinished.add(temporary)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _adopt_usual_mode(temporary)
        os.replace(temporary, target)
    except BaseException:
        _remove(temporary)
        raise
    finally:
        _unfinished.discard(temporary)


def discard_unfinished() -> None:
    """Remove the temporary files of writes in progress, for a process about to end at once."""
    for temporary in list(_unfinished):
        _remove(temporary)
        _unfinished.discard(temporary)


def sync_folder(folder: PathLike) -> None:
    """Have the names in a folder on the disk, so that a renamed file outlives a power cut."""
    if os.name != "posix":
        return  # elsewhere a folder cannot be opened, and the system sees to it
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network drives cannot
            raise
    finally:
        os.close(handle)


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)


def _adopt_usual_mode(path: str) -> None:
    # mkstemp makes the file private; a result should get the rights any new file would get.
    if os.name == "posix":
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(path, 0o666 & ~mask)
