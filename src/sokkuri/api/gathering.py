"""Get the photos that a search compares: from the folder's library, or by hashing them now."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sokkuri.api.inputs import roots_of
from sokkuri.api.photos import Photos
from sokkuri.errors import FormatError, Locked, NothingToSearch, StoreError
from sokkuri.pipeline import hash_paths, list_files, parted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sokkuri._typing import PathLike, Progress
    from sokkuri.images import Rejected
    from sokkuri.library import Location, Refreshed, State
    from sokkuri.library.changes import Scan
    from sokkuri.pipeline import Listing
    from sokkuri.protocols import Hasher

__all__ = ["Gathered", "How", "check_roots", "gather", "gathered_of", "kept_now"]


# A search need not write: where another process does, what is there so far is answer enough.
_WAIT_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class How:
    """How photos are gathered; the fields are parameters of :func:`sokkuri.search`."""

    exclude: Sequence[str] = ()
    follow: bool = False
    library: PathLike | None = None
    use_library: bool = True
    refresh: bool = True
    workers: int | None = None
    progress: Progress | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """Photos to compare, and what became of the other files.

    Parameters
    ----------
    photos : Photos
        Those that have a hash.
    rejected : tuple of Rejected
        Files and folders that could not be read, sorted by path.
    skipped : tuple of str
        Folders that were not entered.
    notes : tuple of str
        What the reader of the answer should know.
    companions : tuple of str
        Files that only go with photos, sorted by path.
    unused_exclude : tuple of str
        Patterns to leave out that were about nothing.
    """

    photos: Photos
    rejected: tuple[Rejected, ...] = ()
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    companions: tuple[str, ...] = ()
    unused_exclude: tuple[str, ...] = ()


def gather(maker: Hasher, where: PathLike | Iterable[PathLike], how: How) -> Gathered:
    """Return the hashed photos of some places.

    Raises
    ------
    NothingToSearch
        If a place is missing, or there is no file.
    FormatError
        If the library is damaged.
    ValueError
        If what is said about the library contradicts itself.
    """
    roots = roots_of(where)
    _check(roots, how)
    if not how.use_library or len(roots) != 1:
        return _hashed_now(maker, roots, how)
    check_roots(roots if how.refresh else [])
    if how.refresh and not os.path.isdir(roots[0]):
        return _hashed_now(maker, roots, how)
    from sokkuri.library import location_of

    home = location_of(roots[0], how.library)
    return _refreshed(maker, home, how) if how.refresh else kept_now(maker, home, how)


def kept_now(maker: Hasher, home: Location, how: How, note: str = "") -> Gathered:
    """Return what a library knows, without a look at the folder.

    Raises
    ------
    NothingToSearch
        If there is no library, or it has no code of that hash.
    """
    from sokkuri.library import open_state

    try:
        state = open_state(home, [maker.spec])
    except FileNotFoundError as error:
        raise NothingToSearch(
            f"{home.root}: it has no library yet; make one with: sokkuri index {home.cli_args}"
        ) from error
    if maker.spec not in state.segments:
        raise NothingToSearch(
            f"{home.root}: its library has no {maker.spec.name} yet; add it with: "
            f"sokkuri index {home.cli_args} --hash {maker.spec.name}"
        )
    found = gathered_of(state, maker, None, how.exclude)
    away = sum(row.is_away for row in state.catalogue.files.values())
    return replace(found, notes=tuple(filter(None, (note, away_note(away, home)))))


def away_note(count: int, home: Location) -> str:
    """Say that photos took no part in a search, and how to forget them; empty where none."""
    from sokkuri.library.drives import away_words

    words = away_words(count)
    return (
        f"{words}; to forget them: sokkuri index {home.cli_args} --forget-missing" if words else ""
    )


def gathered_of(
    state: State, maker: Hasher, found: Scan | None, exclude: Sequence[str] = ()
) -> Gathered:
    """Return the photos of an opened library, those of a walk or all that it knows."""
    from sokkuri.library import album_of

    album = album_of(state, maker.spec, found, exclude=exclude)
    photos = Photos(album.paths, album.codes, album.qualities, album.rejected)
    if found is None:
        gathered = Gathered(photos, album.rejected, unused_exclude=album.unused)
    else:
        gathered = _with_listing(photos, found.listing)
    return replace(gathered, companions=album.companions)


def _check(roots: Sequence[PathLike], how: How) -> None:
    if not how.use_library and (how.library is not None or not how.refresh):
        word = "library" if how.library is not None else "refresh=False"
        raise ValueError(f"`use_library=False` leaves nothing for `{word}` to mean")
    if len(roots) != 1 and (how.library is not None or not how.refresh):
        raise ValueError("a library is of one folder; give one")


def check_roots(roots: Iterable[PathLike]) -> None:
    """Refuse places that do not exist."""
    for root in roots:
        if not os.path.lexists(root):
            raise NothingToSearch(f"{os.fsdecode(root)}: no such folder; check the name")


def _refreshed(maker: Hasher, home: Location, how: How) -> Gathered:
    from sokkuri.library.refresh import refresh

    options: dict[str, Any] = {
        "exclude": how.exclude, "follow": how.follow, "workers": how.workers,
        "progress": how.progress, "wait": _WAIT_SECONDS, "as_it_is": True,
    }  # fmt: skip
    try:
        done = refresh(home, [maker], **options)
    except FormatError:
        raise
    except Locked as error:
        return _while_locked(maker, home, how, error)
    except StoreError as error:
        note = f"the library is not used ({error}); every photo was read"
        return replace(_hashed_now(maker, [home.root], how), notes=(note,))
    away = away_note(done.kept, home)
    _refuse_empty([home.root], done.scan.listing, away)
    found = gathered_of(done.state, maker, done.scan)
    found = replace(found, notes=(away,) if away else ())
    return _with_unread(maker, how, found, done) if done.unread else found


def _with_unread(maker: Hasher, how: How, known: Gathered, done: Refreshed) -> Gathered:
    """Hash what a library that cannot be written does not know, for this search alone."""
    paths = [seen.path for seen in done.unread]
    hashed = hash_paths([maker], paths, workers=how.workers, progress=how.progress)
    photos = known.photos.joined(Photos.of(maker.spec, hashed))
    lost, companions = parted(photos.rejected)
    count = f"{len(paths):,} file{' was' if len(paths) == 1 else 's were'} read for this search"
    note = f"the library is not used for what is new ({done.unwritten}); {count}"
    found = _with_listing(replace(photos, rejected=lost), done.scan.listing)
    beside = tuple(sorted((*known.companions, *companions), key=os.fsencode))
    return replace(found, notes=(note, *known.notes), companions=beside)


def _while_locked(maker: Hasher, home: Location, how: How, error: Locked) -> Gathered:
    note = f"{error.problem}; what it has so far was searched"
    try:
        return kept_now(maker, home, how, note)
    except NothingToSearch:
        note = f"the library is not used ({error.problem}); every photo was read"
        return replace(_hashed_now(maker, [home.root], how), notes=(note,))


def _hashed_now(maker: Hasher, roots: Sequence[PathLike], how: How) -> Gathered:
    check_roots(roots)
    listing = list_files(roots, exclude=how.exclude, follow=how.follow, progress=how.progress)
    _refuse_empty(roots, listing)
    hashed = hash_paths([maker], listing.files, workers=how.workers, progress=how.progress)
    photos = Photos.of(maker.spec, hashed)
    lost, companions = parted(photos.rejected, {os.fsdecode(root) for root in roots})
    return replace(_with_listing(replace(photos, rejected=lost), listing), companions=companions)


def _refuse_empty(roots: Sequence[PathLike], listing: Listing, note: str = "") -> None:
    if listing.files or listing.rejected:
        return
    names = ", ".join(os.fsdecode(root) for root in roots)
    if listing.left_out:
        found, advice = "all that is in there is left out", "change the patterns"
    else:
        found, advice = "no files in there", "name a folder with photos"
    raise NothingToSearch(f"{names}: {found}; {note or advice}")


def _with_listing(photos: Photos, listing: Listing) -> Gathered:
    rejected = tuple(sorted((*listing.rejected, *photos.rejected), key=_path_order))
    return Gathered(photos, rejected, listing.skipped, unused_exclude=listing.unused)


def _path_order(rejected: Rejected) -> bytes:
    return os.fsencode(rejected.path)
