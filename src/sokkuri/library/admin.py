"""The libraries of this machine: which there are, the contents of one, and its end."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sokkuri.brief import brief_repr
from sokkuri.errors import StoreError
from sokkuri.library.changes import companions_in
from sokkuri.library.location import Location, base_directory, root_of
from sokkuri.library.opened import open_state, state_of
from sokkuri.stores.catalogue import read_catalogue, salvage_catalogue
from sokkuri.stores.layout import WAIT_SECONDS, Directory, remove_files, write_lock

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class HashUsage:
    """One hash of a library: its name, its number of codes, and their bytes on the disk."""

    name: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Info:
    """Contents of a library.

    Parameters
    ----------
    directory, root : str
        Where it lies, and the folder it is of; the root is empty where the library is unreadable.
    portable : bool
        Whether it finds its folder by the way from itself to it.
    files, contents, rejected : int
        Files it knows, different contents among them and those that are gone, and reasons kept.
    hashes : tuple of HashUsage
    bytes : int
        Of all its files on the disk.
    problem : str
        Why it cannot be read; empty where it can.
    away : int
        Files among those it knows that are out of reach, and kept.
    companions : int
        Files that only go with photos; the reasons why they have no content are not counted.
    """

    directory: str
    root: str
    portable: bool = False
    files: int = 0
    contents: int = 0
    rejected: int = 0
    hashes: tuple[HashUsage, ...] = ()
    bytes: int = 0
    problem: str = ""
    away: int = 0
    companions: int = 0

    __repr__ = brief_repr


def describe_library(directory: str) -> Info:
    """Say what is in a library; one that cannot be read says why.

    Raises
    ------
    FileNotFoundError
        If there is no library.
    """
    place = Directory(directory)
    size = sum(os.path.getsize(path) for path in place.everything())
    try:
        acknowledged = place.read_stamp()
        catalogue = read_catalogue(place.catalogue)
        home = Location(place, root_of(place, catalogue))
        try:
            state = state_of(home, catalogue, acknowledged)
        except FileNotFoundError:
            state = open_state(home)  # a segment was replaced since the catalogue was read
    except StoreError as error:
        return Info(directory, _root_if_known(place), bytes=size, problem=error.problem)
    catalogue = state.catalogue
    portable = catalogue.facts.get(b"portable")
    specs = [(row.spec, row.rows) for row in catalogue.segments.values()]
    companions = len(companions_in(catalogue))
    return Info(
        directory,
        home.root,
        portable is not None and portable.value == b"1",
        len(catalogue.files),
        len(catalogue.contents),
        len(catalogue.rejections) - companions,
        tuple(HashUsage(spec.name, rows, rows * spec.code_bytes) for spec, rows in specs),
        size,
        away=sum(row.is_away for row in catalogue.files.values()),
        companions=companions,
    )


def known_libraries() -> Iterator[Info]:
    """Yield every library that was not placed by hand, in the order of their directories."""
    base = base_directory()
    names = sorted(os.listdir(base)) if os.path.isdir(base) else []
    for name in names:
        if Directory(os.path.join(base, name)).exists():
            yield describe_library(os.path.join(base, name))


def remove(home: Location, *, wait: float = WAIT_SECONDS) -> None:
    """Remove a library; the photos are not touched, nor is any file that is not the library's.

    Parameters
    ----------
    home : Location
    wait : float
        Seconds to wait for another writer.

    Raises
    ------
    FileNotFoundError
        If there is no library.
    Locked
        If another process writes to it.
    """
    directory = home.directory
    if not directory.exists():
        raise FileNotFoundError(2, "there is no library", directory.path)
    with write_lock(directory, wait=wait):
        remove_files(directory.everything())
    # The lock's own file is free to go now, on every system.
    remove_files([directory.lock])
    for folder in (directory.codes, directory.path):
        try:
            os.rmdir(folder)
        except OSError:
            return  # something else is in there


def _root_if_known(place: Directory) -> str:
    try:
        catalogue, _ = salvage_catalogue(place.catalogue)
    except StoreError:
        return ""
    return root_of(place, catalogue) if b"root" in catalogue.facts else ""
