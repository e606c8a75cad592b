"""Codes under keys, searched exactly: for codes of one's own, and for the library."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sokkuri.brief import one_line
from sokkuri.errors import FormatError, HashMismatch, StoreError, UnknownHash
from sokkuri.hashes import HashSpec, ImageHash
from sokkuri.index.neighbour import Neighbour, pairs_by_block
from sokkuri.index.planner import Planner
from sokkuri.index.table import Keys, Owners, Table, checked_keys
from sokkuri.protocols import SupportsBlocks
from sokkuri.registry import hasher
from sokkuri.stores.segment import open_sealed
from sokkuri.stores.segment_writer import rows_of, write_segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Self

    from numpy.typing import NDArray

    from sokkuri._typing import Codes, PathLike, Progress
    from sokkuri.index.neighbour import Pairs
    from sokkuri.index.planner import Plan, SearcherName
    from sokkuri.matches import Hits


class Index:
    """Codes of photos, searched exactly.

    Make one with :meth:`from_codes`, or open a saved one with :meth:`open`.  Photos are numbered in
    the order in which they were added, and a number is never used twice.  Several threads may
    search at once; adding and removing is for one thread alone.

    ``len(index)`` is the number of photos, and ``key in index`` tells whether one is there.
    """

    def __init__(
        self,
        table: Table,
        *,
        blocks: Sequence[NDArray[np.int64]] | None = None,
        searcher: SearcherName | None = None,
        workers: int | None = None,
    ) -> None:
        self._table = table
        self._added: list[Codes] = []
        self._added_keys: dict[str, None] = {}  # in the order in which they were added
        self._blocks = _blocks_of(table.spec) if blocks is None else blocks
        self._searcher = searcher
        self._workers = workers
        self._planner: Planner | None = None

    @classmethod
    def from_codes(
        cls,
        codes: Codes,
        keys: Iterable[str] | None = None,
        *,
        spec: HashSpec | None = None,
        owners: NDArray[np.int64] | None = None,
        blocks: Sequence[NDArray[np.int64]] | None = None,
        searcher: SearcherName | None = None,
        workers: int | None = None,
    ) -> Index:
        """Make an index of packed codes; they are not copied.

        Parameters
        ----------
        codes : ndarray of shape (N, B), uint8
            First bit highest, unused bits at the end zero.
        keys : iterable of str, optional
            One for each photo, each once; their numbers are all there is if not given.
        spec : HashSpec, optional
            The recipe; ``codes-<bits>`` if not given.
        owners : ndarray of shape (N,), int64, optional
            The photo of each code, where photos have several; 0 to P - 1, each at least once.
        blocks : sequence of ndarray of shape (bits,), int64, optional
            See :class:`sokkuri.protocols.SupportsBlocks`.  Known by itself for the recipes of
            this package.
        searcher : {"flat", "pruned", "mih"}, optional
            What searches; chosen anew for each call if not given.
        workers : int, optional
            Threads to use at most; as many as there are cores if not given.

        Raises
        ------
        ValueError
            If shapes, keys or owners do not fit each other.
        """
        if codes.ndim != 2 or codes.dtype != np.uint8 or codes.shape[1] < 1:
            raise ValueError(f"`codes` must be uint8 (N, B), not {codes.dtype} {codes.shape}")
        spec = HashSpec(f"codes-{8 * codes.shape[1]}", 8 * codes.shape[1]) if spec is None else spec
        if codes.shape[1] != spec.code_bytes:
            raise ValueError(f"{spec} has {spec.code_bytes} bytes a code, not {codes.shape[1]}")
        owned = None
        if owners is not None:
            if len(owners) != len(codes):
                raise ValueError(f"{len(owners):,} `owners` for {len(codes):,} codes")
            owned = Owners.of(np.asarray(owners, np.int64))
        photos = len(codes) if owned is None else owned.photos
        kept = None if keys is None else Keys.of(checked_keys(keys, photos))
        table = Table(spec, codes, owned, kept)
        return cls(table, blocks=blocks, searcher=searcher, workers=workers)

    @classmethod
    def open(
        cls,
        path: PathLike,
        *,
        blocks: Sequence[NDArray[np.int64]] | None = None,
        searcher: SearcherName | None = None,
        workers: int | None = None,
    ) -> Index:
        """Map a saved index: read-only, in no time, shared by all processes that do.

        Its codes are checked against their checksums when they are first searched.

        Parameters
        ----------
        path : path
        blocks, searcher, workers
            As of :meth:`from_codes`, in shape too.

        Raises
        ------
        FormatError
            If the file is damaged, or no index; NewerFormat if a later version wrote it.
        """
        segment = open_sealed(path)
        name = os.fsdecode(path)
        keys = Keys.from_bytes(segment.extra, name) if len(segment.extra) else None
        owned = Owners.of(segment.owners) if len(segment.rows) else None
        table = Table(segment.spec, segment.codes, owned, keys, segment=segment)
        if keys is not None and len(keys) != table.photos:
            raise FormatError(name, f"it has {len(keys):,} keys for {table.photos:,} photos")
        return cls(table, blocks=blocks, searcher=searcher, workers=workers)

    def save(self, path: PathLike) -> None:
        """Write the index to one file, whole or not at all; removed photos are left out of it.

        What is saved counts its photos anew.

        Raises
        ------
        OSError
            If it cannot be written; an earlier file is left as it was.
        """
        table = self._all().packed()
        rows = None if table.owners is None else rows_of(table.owners.numbers)
        extra = () if table.keys is None else (table.keys.to_bytes(),)
        write_segment(path, table.spec, table.checked_codes(), rows=rows, extra=extra)

    def close(self) -> None:
        """Let go of the file and of what was built to search it; the index is empty then."""
        self._table = Table(self.spec, np.empty((0, self.spec.code_bytes), np.uint8))
        self._added, self._added_keys, self._planner = [], {}, None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __len__(self) -> int:
        return self._table.photos - len(self._table.dead) + sum(map(len, self._added))

    def __repr__(self) -> str:
        return f"<Index of {len(self):,} photos by {one_line(self.spec.name)}>"

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key in self._all().numbers

    @property
    def spec(self) -> HashSpec:
        """The recipe of the codes."""
        return self._table.spec

    @property
    def codes(self) -> Codes:
        """All codes, shape (N, B), those of removed photos included."""
        return self._all().checked_codes()

    def key(self, number: int) -> str | int:
        """Return the key of a photo, or its number where it has none."""
        keys = self._all().keys
        return number if keys is None else keys[number]

    def add(self, codes: Codes, keys: Iterable[str] | None = None) -> NDArray[np.int64]:
        """Add photos of one code each and return their numbers, shape (N,).

        Parameters
        ----------
        codes : ndarray of shape (N, B), uint8
        keys : iterable of str, optional

        Raises
        ------
        ValueError
            If shapes or keys do not fit, or a key is there already.
        StoreError
            If the index was opened from a file, which is read-only.
        """
        self._check_writable()
        if codes.ndim != 2 or codes.dtype != np.uint8 or codes.shape[1] != self.spec.code_bytes:
            raise ValueError(f"{self.spec} wants uint8 codes of {self.spec.code_bytes} bytes")
        table = self._table
        first = table.photos + sum(map(len, self._added))
        keyed = table.keys is not None or bool(self._added_keys)
        if first and (keys is not None) != keyed:
            raise ValueError("either all photos have `keys`, or none has")
        more = [] if keys is None else checked_keys(keys, len(codes))
        for key in more:
            if key in table.numbers or key in self._added_keys:
                raise ValueError(f"there is a photo under {key!r} already; remove it first")
        if len(codes):
            self._added_keys.update(dict.fromkeys(more))
            self._added.append(codes.copy())
        return np.arange(first, first + len(codes), dtype=np.int64)

    def remove(self, photos: Iterable[str | int]) -> None:
        """Remove photos by key, or by number where they have none.

        Raises
        ------
        KeyError
            If one is not there; then none is removed.
        StoreError
            If the index was opened from a file, which is read-only.
        """
        self._check_writable()
        self._table = self._all().without(photos)

    def search(
        self, query: ImageHash | bytes | Codes, *, k: int | None = None,
        max_distance: int | None = None, prefix: str | None = None,
        mask: NDArray[np.bool_] | None = None,
    ) -> list[Neighbour]:  # fmt: skip
        """Find the photos near one query, nearest first.

        Parameters
        ----------
        query : ImageHash, bytes, or ndarray of shape (B,) or (V, B)
            One code, or several views of one picture, of which the nearest counts.
        k, max_distance, prefix, mask
            As of :meth:`search_many`.

        Raises
        ------
        HashMismatch
            If the query is of another recipe.
        """
        if isinstance(query, ImageHash):
            if query.spec != self.spec:
                raise HashMismatch(f"the query is {query.spec}, and the index has {self.spec}")
            query = query.code
        row = np.frombuffer(query, np.uint8) if isinstance(query, bytes) else query
        queries = row.reshape(1, -1, row.shape[-1])
        hits = self.search_many(queries, k=k, max_distance=max_distance, prefix=prefix, mask=mask)
        return [Neighbour(self.key(number), number, distance) for number, distance in hits.of(0)]

    def search_many(
        self,
        queries: Codes,
        *,
        k: int | None = None,
        max_distance: int | None = None,
        prefix: str | None = None,
        mask: NDArray[np.bool_] | None = None,
    ) -> Hits:
        """Find the photos near many queries, as arrays.

        Parameters
        ----------
        queries : ndarray of shape (Q, B) or (Q, V, B), uint8
            Of V views of a query the nearest counts.
        k : int, optional
            At most so many photos a query.
        max_distance : int, optional
            Inclusive radius in bits.  With both, the ``k`` nearest within it.
        prefix : str, optional
            Only photos whose key begins so, such as a folder.
        mask : ndarray of shape (P,), bool, optional
            Only photos where it is true.

        Returns
        -------
        Hits
            Numbers of photos, in the order (distance, row of the nearest code).

        Raises
        ------
        ValueError
            If the shapes do not fit, or ``k`` is below 1.
        FormatError
            If the index was opened from a file, and the file is damaged.
        """
        return self._plans().search(
            queries, k=k, max_distance=max_distance, photos=self._table.counting(prefix, mask),
            searcher=self._searcher,
        )  # fmt: skip

    def pairs(self, max_distance: int, *, progress: Progress | None = None) -> Iterator[Pairs]:
        """Yield every pair of photos within ``max_distance`` bits, some at a time, each once.

        Parameters
        ----------
        max_distance : int
            Inclusive radius in bits.
        progress : callable, optional
            Called as ``progress(codes asked about, codes)``; raising inside it stops the search.
        """
        table = self._all()
        rows = table.rows_of(table.counting())
        asked = len(table.codes) if rows is None else int(np.count_nonzero(rows))
        name = self.plan(max_distance=max_distance, queries=asked).searcher
        find = partial(self._plans().searcher(name).search, max_distance=max_distance, mask=rows)
        return pairs_by_block(table, rows, find, progress)

    def plan(
        self, *, k: int | None = None, max_distance: int | None = None, queries: int = 1
    ) -> Plan:
        """Tell which searcher a call would use now, and why.

        Parameters
        ----------
        k, max_distance : int, optional
            As of :meth:`search_many`.
        queries : int
            Number of queries.
        """
        return self._plans().plan(
            k=k, max_distance=max_distance, queries=queries, searcher=self._searcher
        )

    def _all(self) -> Table:
        """Return the table with all that was added since it was last needed."""
        if self._added:
            keys = Keys.of(self._added_keys) if self._added_keys else None
            self._table = self._table.plus(np.concatenate(self._added), keys)
            self._added, self._added_keys, self._planner = [], {}, None
        return self._table

    def _plans(self) -> Planner:
        table = self._all()
        if self._planner is None:
            codes, bits = table.checked_codes(), table.spec.bits
            self._planner = Planner(codes, bits, self._blocks, table.owners, self._workers)
        return self._planner

    def _check_writable(self) -> None:
        if self._table.segment is not None:
            raise StoreError(
                self._table.segment.path,
                "opened read-only; Index.from_codes(index.codes, ...) can be changed",
            )


def _blocks_of(spec: HashSpec) -> Sequence[NDArray[np.int64]]:
    """Return what a recipe tells of its bits; nothing for codes from elsewhere."""
    try:
        maker = hasher(spec.name)
    except UnknownHash:
        return ()
    return maker.blocks() if maker.spec == spec and isinstance(maker, SupportsBlocks) else ()
