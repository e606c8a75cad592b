"""The place of a library, and the folder it is of."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri.atomic import sync_folder
from sokkuri.errors import SokkuriError, StoreError
from sokkuri.stores.catalogue import create_catalogue
from sokkuri.stores.layout import Directory, remove_files, write_lock
from sokkuri.stores.schema import FactRow, seal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sokkuri._typing import PathLike
    from sokkuri.stores.catalogue import Catalogue
    from sokkuri.stores.schema import Row

VARIABLE: Final = "SOKKURI_LIBRARIES"
"""The environment variable that says where libraries lie."""

_PLAIN: Final = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Location:
    """A folder of photos, and the directory of its library.

    Parameters
    ----------
    directory : Directory
        Of the library; it need not exist yet.
    root : str
        The folder, as the caller names it; paths in answers begin with it.
    portable : bool
        Whether the library was placed by hand, and finds its folder by the way from itself to it,
        so that the two may move together.
    """

    directory: Directory
    root: str
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


def base_directory() -> str:
    """Return the directory of all libraries that were not placed by hand."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return os.path.abspath(chosen)
    from platformdirs import user_data_dir

    return os.path.join(user_data_dir("sokkuri", appauthor=False), "libraries")


def location_of(folder: PathLike, library: PathLike = "auto") -> Location:
    """Return the location of a folder's library.

    Parameters
    ----------
    folder : path
        The folder of photos.
    library : "auto" or path
        Where its library is to lie; ``"auto"`` for a place in the user's data directory, under a
        name made from the folder's real path.
    """
    root = os.fsdecode(folder)
    if library != "auto":
        return Location(Directory(os.fsdecode(library)), root, portable=True)
    real = os.fsencode(os.path.realpath(root))
    digest = hashlib.blake2b(real, digest_size=8).hexdigest()
    plain = _PLAIN.sub("-", os.path.basename(os.fsdecode(real))).strip("-")[:40]
    name = f"{plain}-{digest}" if plain else digest
    return Location(Directory(os.path.join(base_directory(), name)), root)


def create(home: Location) -> None:
    """Make an empty library; it is there whole or not at all.

    Raises
    ------
    Locked
        If another process is at it.
    StoreError
        If it cannot be written, or the directory holds something else.
    """
    directory = home.directory
    with write_errors(home):
        os.makedirs(directory.codes, exist_ok=True)
        if not directory.only_ours():
            raise StoreError(directory.path, "it holds something else", "name an empty directory")
        with write_lock(directory):
            if directory.exists():
                return  # another process was quicker
            # What an interrupted start has left.
            remove_files(directory.leftovers([]))
            create_catalogue(directory.new_catalogue, fact_rows(home, commit=0))
            os.replace(directory.new_catalogue, directory.catalogue)
            sync_folder(directory.path)


def fact_rows(home: Location, *, commit: int, next_content: int = 1) -> list[Row]:
    """Return the rows of a new catalogue about the library itself.

    Parameters
    ----------
    home : Location
    commit, next_content : int
        Number of the commit, and of the next content.
    """
    numbers = {b"commit": b"%d" % commit, b"next_content": b"%d" % next_content}
    facts = {**numbers, **root_facts(home)}
    return [seal(FactRow, place, *fact) for place, fact in enumerate(facts.items(), start=1)]


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
        raise StoreError(
            home.directory.path,
            f"it cannot be written: {error.strerror or error}",
            "what was there before is kept; see that there is room and a right to write",
        ) from error


def root_facts(home: Location) -> dict[bytes, bytes]:
    """Return what the catalogue notes of the folder."""
    real = os.path.realpath(home.root)
    if home.portable:
        # On another drive of Windows there is no way from here to there.
        with contextlib.suppress(ValueError):
            real = os.path.relpath(real, os.path.realpath(home.directory.path))
    return {b"root": os.fsencode(real), b"portable": b"1" if home.portable else b"0"}


def root_of(directory: Directory, catalogue: Catalogue) -> str:
    """Return the folder that a library is of, by what it noted.

    Parameters
    ----------
    directory : Directory
    catalogue : Catalogue
    """
    noted = catalogue.facts.get(b"root")
    root = os.fsdecode(noted.value) if noted is not None else ""
    return os.path.normpath(os.path.join(os.path.realpath(directory.path), root))


def check_root(home: Location, catalogue: Catalogue) -> bool:
    """Tell whether the library is of this folder; False if the folder has moved since.

    Parameters
    ----------
    home : Location
    catalogue : Catalogue
        Of the library there.

    Raises
    ------
    StoreError
        If it is the library of another folder.
    """
    noted = root_of(home.directory, catalogue)
    if noted == os.path.realpath(home.root):
        return True
    if os.path.isdir(noted) and os.path.isdir(home.root):
        if os.path.samefile(noted, home.root):
            return True
        raise StoreError(
            home.directory.path,
            f"this is the library of {noted}, not of {home.root}",
            "name another place with --library",
        )
    return not os.path.isdir(home.root)
