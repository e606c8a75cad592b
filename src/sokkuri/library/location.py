"""The place of a library, and the folder it is of, as it is walked."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from sokkuri.errors import FormatError, SokkuriError, StoreError
from sokkuri.stores.catalogue import create_catalogue
from sokkuri.stores.layout import Directory, base_directory, remove_files
from sokkuri.stores.segment import open_growing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sokkuri._typing import PathLike
    from sokkuri.pipeline import FileListing
    from sokkuri.stores.catalogue import Catalogue
    from sokkuri.stores.schema import SegmentRow
    from sokkuri.stores.segment import Segment

_MOUNTS: Final = "/proc/self/mountinfo"
_REMOTE: Final = {
    "9p", "afpfs", "afs", "beegfs", "ceph", "cifs", "davfs", "drvfs", "lustre", "ncpfs", "nfs",
    "nfs4", "prl_fs", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
    "fuse.ceph-fuse", "fuse.davfs2", "fuse.glusterfs", "fuse.goofys", "fuse.grpcfuse",
    "fuse.gvfsd-fuse", "fuse.juicefs", "fuse.osxfs", "fuse.portal", "fuse.rclone", "fuse.s3fs",
    "fuse.smbnetfs", "fuse.sshfs", "fuse.vmhgfs-fuse",
}  # fmt: skip
# Blanks, tabs, newlines and backslashes of a mount point are written as octal numbers.
_ESCAPED: Final = re.compile(rb"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Location:
    """A folder of photos, and the directory of its library, which need not exist yet."""

    directory: Directory
    # The folder, as the caller names it; paths in answers begin with it.
    root: str
    # The library was placed by hand, and finds its folder by the way from itself to it, so that
    # the two may move together.
    portable: bool = False

    @property
    def prefix(self) -> bytes:
        """The part of a file's whole path before its relative one."""
        return os.fsencode(os.path.join(self.root, ""))

    @property
    def cli_args(self) -> str:
        """Arguments of a command line that name this library."""
        from shlex import quote

        root = quote(self.root)
        return f"{root} --library {quote(self.directory.path)}" if self.portable else root

    def noted_root(self, catalogue: Catalogue) -> str:
        """Return the folder that the library is of, by what it has noted."""
        noted = catalogue.facts.get(b"root")
        root = os.fsdecode(noted.value) if noted is not None else ""
        return os.path.normpath(os.path.join(os.path.realpath(self.directory.path), root))

    def is_noted(self, catalogue: Catalogue) -> bool:
        """Tell whether the library is of this folder; False if the folder has moved since.

        Raises
        ------
        StoreError
            If it is the library of another folder.
        """
        noted, is_here = self.noted_root(catalogue), os.path.isdir(self.root)
        if not is_here or not os.path.isdir(noted):
            return not is_here
        if not os.path.samefile(noted, self.root):
            problem = f"this is the library of {noted}, not of {self.root}"
            raise StoreError(self.directory.path, problem, "name another place with --library")
        return True

    def open_segment(self, row: SegmentRow) -> Segment:
        """Open the segment that a row of the catalogue names, and see that it is that one.

        Raises
        ------
        FormatError
            If its header is damaged, or of another segment.
        """
        segment = open_growing(self.directory.stem(row.stem), row.rows)
        if (segment.stamp, segment.spec) != (row.stamp, row.spec):
            raise FormatError(segment.path, "another segment stands in its place")
        return segment

    @contextlib.contextmanager
    def repair_advice(self) -> Iterator[None]:
        """Name the command that repairs the library in an error of damage that it can mend.

        Raises
        ------
        FormatError
            In place of one of the block without advice.
        """
        try:
            yield
        except FormatError as error:
            if error.advice:
                raise
            advice = f"repair it with: sokkuri library repair {self.cli_args}"
            raise FormatError(error.path, error.problem, advice) from error


class FolderMark(NamedTuple):
    """Marks that tell a folder from another in its place."""

    inode: int
    mount: bool  # a file system begins there: its inode may be that of any other drive's then


@dataclass(frozen=True, slots=True)
class FileStat:
    """A file as the walk met it, under its whole path and the one relative to the root."""

    path: str
    name: bytes
    # Size, mtime_ns, ctime_ns and inode; zeros if there is nothing to ask.
    key: tuple[int, int, int, int] = (0, 0, 0, 0)
    # It changed so lately that it may change again without its key showing it.
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    """A folder as it was walked: the listing, and each file and folder as it was met."""

    listing: FileListing
    files: tuple[FileStat, ...]
    folders: Mapping[bytes, FolderMark]


def location_of(folder: PathLike, library: PathLike = "auto") -> Location:
    """Return the location of a folder's library.

    Parameters
    ----------
    folder : path
    library : "auto" or path
        Where its library is to lie; ``"auto"`` for a place in the user's data directory, under a
        name made from the folder's real path.
    """
    root = os.fsdecode(folder)
    if library != "auto":
        return Location(Directory(os.fsdecode(library)), root, portable=True)
    real = os.fsencode(os.path.realpath(root))
    digest = hashlib.blake2b(real, digest_size=8).hexdigest()
    plain = re.sub(r"[^A-Za-z0-9]+", "-", os.path.basename(os.fsdecode(real))).strip("-")[:40]
    name = f"{plain}-{digest}" if plain else digest
    return Location(Directory(os.path.join(base_directory(), name)), root)


def create(home: Location) -> None:
    """Make an empty library; it is there whole or not at all.

    Raises
    ------
    StoreError
        If it cannot be written, or the directory holds something else.
    """
    directory = home.directory
    with write_errors(home):
        os.makedirs(directory.codes, exist_ok=True)
        own = {os.path.basename(path) for path in directory.everything()} | {"codes"}
        if not own.issuperset(os.listdir(directory.path)):
            raise StoreError(directory.path, "it holds something else", "name an empty directory")
        with directory.write_lock():
            if directory.exists():
                return  # another process was quicker
            # What an interrupted start has left.
            remove_files(directory.leftovers({}))
            create_catalogue(directory, [], facts(home, commit=0, next_content=1))


def facts(home: Location, **numbers: int) -> dict[bytes, bytes]:
    """Return what the catalogue notes of the library itself: these numbers, and its folder."""
    real = os.path.realpath(home.root)
    if home.portable:
        # On another drive of Windows there is no way from here to there.
        with contextlib.suppress(ValueError):
            real = os.path.relpath(real, os.path.realpath(home.directory.path))
    noted = {name.encode(): b"%d" % number for name, number in numbers.items()}
    return {**noted, b"root": os.fsencode(real), b"portable": b"1" if home.portable else b"0"}


@contextlib.contextmanager
def write_errors(home: Location) -> Iterator[None]:
    """Name the library in the error of a write that fails, and what to do.

    Raises
    ------
    StoreError
        In place of any other OSError of the block.
    """
    try:
        yield
    except SokkuriError:
        raise
    except OSError as error:
        problem = f"it cannot be written: {error.strerror or error}"
        advice = "what was there before is kept; see that there is room and a right to write"
        raise StoreError(home.directory.path, problem, advice) from error


def network_drive(folder: str) -> str | None:
    """Return the kind of network drive that a folder lies on, such as ``"cifs"``.

    Such a drive reports no changes made on other machines.  None for a drive of this machine, and
    where the system does not tell.
    """
    path = os.path.realpath(folder)
    if path.startswith("\\\\"):
        return "network drive"  # so Windows calls it, under whatever letter
    name, longest, found = os.fsencode(path), -1, ""
    with contextlib.suppress(OSError), open(_MOUNTS, "rb") as mounts:
        for line in mounts:
            place, _, rest = line.partition(b" - ")
            words, kinds = place.split(), rest.split()
            if len(words) < 5 or not kinds:
                continue
            point = _ESCAPED.sub(lambda match: bytes([int(match[1], 8) & 0xFF]), words[4])
            is_below = name == point or name.startswith(point.rstrip(b"/") + b"/")
            # Of two at one place the later one is on top.
            if len(point) >= longest and is_below:
                longest, found = len(point), os.fsdecode(kinds[0])
    return found if found in _REMOTE else None
