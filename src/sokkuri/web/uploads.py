"""Uploaded pictures, kept by their content for a while, so that links to them live.

Nothing here looks into a picture.  The directory is the user's alone; its content is not trusted
all the same: names are matched whole, links are never followed, and what does not fit is passed
over.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from sokkuri import settings
from sokkuri.errors import StoreError
from sokkuri.web.exif import plain_text
from sokkuri.web.problems import problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sokkuri._typing import PathLike

_DIGEST_BYTES: Final = 16
_ID: Final = re.compile("u[0-9a-f]{32}", re.ASCII)
_NOTE: Final = ".json"
_PART: Final = re.compile(r"part-([0-9]{1,10})-[0-9a-f]{16}", re.ASCII)
# Whoever wrote it is gone by then, whatever process has its number now.
_PART_SECONDS: Final = 3600.0
_NAME_LENGTH: Final = 255
_NOTE_BYTES: Final = 8192
_USED_EVERY: Final = 60.0
_NO_NAME: Final = "upload"

_READING: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True, slots=True)
class Upload:
    """One uploaded file.

    Parameters
    ----------
    id : str
        ``u`` and the BLAKE2b-128 of its bytes, 33 characters.
    name : str
        The client's name for it, fit to be shown; never part of a path.
    path : str
        Its place.
    """

    id: str
    name: str
    path: str


class Uploads:
    """A private directory of uploaded files; all methods may be called by any thread.

    Parameters
    ----------
    directory : path, optional
        Made if need be, with rights for its owner alone; in the user's cache if None.
    most_bytes, most_files : int
        Beyond them the files that were not used for longest are removed.
    largest : int
        Bytes that one upload may have.

    Raises
    ------
    StoreError
        If the directory cannot be made, is a link, or is somebody else's.
    """

    def __init__(
        self,
        directory: PathLike | None = None,
        *,
        most_bytes: int = 256 << 20,
        most_files: int = 500,
        largest: int = settings.MAX_FILE_BYTES,
    ) -> None:
        if directory is None:
            from platformdirs import user_cache_dir

            directory = os.path.join(user_cache_dir("sokkuri", appauthor=False), "uploads")
        self.directory = os.path.abspath(directory)
        self.largest = largest
        self._most_bytes = most_bytes
        self._most_files = most_files
        self._lock = threading.Lock()
        _make_private(self.directory)
        self._tidy()

    def keep(self, chunks: Iterable[bytes], name: str) -> Upload:
        """Keep a file whole, or nothing of it.

        Parameters
        ----------
        chunks : iterable of bytes
        name : str
            The client's name of it.

        Raises
        ------
        Problem
            If there are more bytes than one upload may have; what follows is not read.
        OSError
            If it cannot be written.
        """
        _make_private(self.directory)  # somebody may have emptied the caches meanwhile
        digest, size = hashlib.blake2b(digest_size=_DIGEST_BYTES), 0
        with _new_part(self.directory) as file:
            for chunk in chunks:
                size += len(chunk)
                if size > self.largest:
                    raise problem("upload-too-large", most=self.largest)
                digest.update(chunk)
                file.write(chunk)
            file.close()
            return self._adopt(file.name, "u" + digest.hexdigest(), _display(name), size)

    def find(self, id: str) -> Upload | None:
        """Return the upload of that id, if it is still there; that counts as use."""
        if not _is_id(id):
            return None
        path = os.path.join(self.directory, id)
        status = _regular(path)
        if status is None:
            return None
        note, size = _read_note(path + _NOTE), status.st_size
        if note.get("bytes", size) != size:
            return None  # power was cut while it was written
        _touch(path + _NOTE)
        name = note.get("name")
        return Upload(id, _display(name) if isinstance(name, str) else _NO_NAME, path)

    def forget(self, id: str) -> None:
        """Remove an upload, if it is there."""
        if _is_id(id):
            with self._lock:
                self._remove(id)

    def _adopt(self, part: str, id: str, name: str, size: int) -> Upload:
        """Give a finished file its name; what lies there already is the same, or no file."""
        path = os.path.join(self.directory, id)
        with self._lock:
            _replace(part, path)
            # It can be used without a note, too.
            with contextlib.suppress(OSError), _new_part(self.directory) as file:
                file.write(json.dumps({"name": name, "bytes": size}).encode("ascii"))
                file.close()
                _replace(file.name, path + _NOTE)
            self._tidy(newest=id)
        return Upload(id, name, path)

    def _tidy(self, newest: str = "") -> None:
        """Remove what dead runs have left, and beyond the bounds what was not used for longest."""
        names: list[str] = []
        with contextlib.suppress(OSError):
            names += os.listdir(self.directory)
        held: list[tuple[bool, float, str, int]] = []
        for name in names:
            path, stem = os.path.join(self.directory, name), name.removesuffix(_NOTE)
            part, status = _PART.fullmatch(stem), _regular(path)
            orphan = stem != name and _is_id(stem) and _regular(path[: -len(_NOTE)]) is None
            if orphan or (part is not None and _is_left(status, int(part[1]))):
                _unlink(path)
            elif _is_id(name) and status is not None:
                used = max(status.st_mtime, (_regular(path + _NOTE) or status).st_mtime)
                held.append((name == newest, used, name, status.st_size))
        total = 0
        for files, (is_newest, _, old, size) in enumerate(sorted(held, reverse=True), start=1):
            total += size
            if not is_newest and (files > self._most_files or total > self._most_bytes):
                self._remove(old)

    def _remove(self, id: str) -> None:
        for name in (id, id + _NOTE):
            _unlink(os.path.join(self.directory, name))


def _is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


@contextlib.contextmanager
def _new_part(directory: str) -> Iterator[BinaryIO]:
    """Open a new file for its owner alone; unless it gets another name, it is removed."""
    path = os.path.join(directory, f"part-{os.getpid()}-{secrets.token_hex(8)}")
    try:
        with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            yield file
    finally:
        _unlink(path)


def _unlink(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)


def _make_private(directory: str) -> None:
    try:
        with contextlib.suppress(FileExistsError):
            os.makedirs(directory, 0o700)
        found = os.lstat(directory)
        ours = not hasattr(os, "geteuid") or found.st_uid == os.geteuid()
        usable = ours and stat.S_ISDIR(found.st_mode)
        if usable:
            os.chmod(directory, 0o700)
    except OSError as error:
        raise StoreError(
            directory, f"it cannot be made: {error.strerror or error}", "name another place"
        ) from error
    if not usable:
        raise StoreError(directory, "it is no folder of yours", "remove it, or name another")


def _regular(path: str) -> os.stat_result | None:
    """Return what is known of a regular file; None where there is none."""
    with contextlib.suppress(OSError):
        found = os.lstat(path)
        if stat.S_ISREG(found.st_mode):
            return found
    return None


def _read_note(path: str) -> dict[str, Any]:
    with (
        contextlib.suppress(OSError, ValueError, RecursionError),
        open(path, "rb", opener=lambda name, flags: os.open(name, flags | _READING)) as file,
    ):
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            note = json.loads(file.read(_NOTE_BYTES))
            return note if isinstance(note, dict) else {}
    return {}


def _touch(note: str) -> None:
    """Remember that a file was used, in its note: its own times tell whether it has changed."""
    now, status = time.time(), _regular(note)
    if status is not None and now - status.st_mtime > _USED_EVERY:
        with contextlib.suppress(OSError, NotImplementedError):
            os.utime(note, (now, now))


def _replace(part: str, target: str) -> None:
    try:
        os.replace(part, target)
    except OSError:
        if not os.path.islink(target) and os.path.isdir(target):
            shutil.rmtree(target)
            os.replace(part, target)
        elif _regular(target) is None:  # else Windows, where somebody is reading it
            raise


def _is_left(status: os.stat_result | None, pid: int) -> bool:
    """Tell whether a file under way will never be finished."""
    if status is None or time.time() - status.st_mtime > _PART_SECONDS:
        return status is not None
    if os.name != "posix":
        return False  # asking for a process by signal 0 would end it there
    with contextlib.suppress(OSError, OverflowError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
    return False


def _display(name: str) -> str:
    """Return a client's file name for showing: its last part, whatever system it came from."""
    last = re.split(r"[/\\]", name)[-1]
    return plain_text(last, _NAME_LENGTH) or _NO_NAME
