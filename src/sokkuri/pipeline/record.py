"""One picture, or each of many files, read and hashed: all hashes from one decode."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sized
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sokkuri.brief import brief_repr
from sokkuri.hashes import ImageHash
from sokkuri.images import Rejected, RejectKind, load, read_picture_file
from sokkuri.pipeline.ordered import map_files
from sokkuri.pipeline.other_files import is_other_file
from sokkuri.pipeline.same_picture import SAMPLE_BYTES, sample_data
from sokkuri.pipeline.task import Task, hashers_of

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from sokkuri._typing import ImageLike, Progress
    from sokkuri.hashes import HashSpec
    from sokkuri.images import Picture
    from sokkuri.protocols import Hasher

_DIGEST_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file after hashing: hashes, or the reason why there are none.

    Parameters
    ----------
    path : str
    hashes : tuple of ImageHash
        One for each hasher, in their order; empty if the file was rejected.
    size : tuple of int, optional
        Width and height in pixels of the upright picture, before any scaling.
    rejected : Rejected, optional
    orientation : int, optional
        The orientation tag that was followed, 1 to 8.
    digest : bytes, optional
        BLAKE2b of the file's bytes, 32 bytes, where it was asked for.  One that has a digest is
        not rejected as a whole: each hash is made that can be.
    length : int
        Number of those bytes.
    sample : bytes, optional
        Of the same bytes, see :func:`sokkuri.pipeline.same_picture.sample_file`.
    refused : tuple of (HashSpec, Rejected)
        Hashes that could not be made of them, and why.
    """

    path: str
    hashes: tuple[ImageHash, ...] = ()
    size: tuple[int, int] | None = None
    rejected: Rejected | None = None
    orientation: int | None = None
    digest: bytes | None = field(default=None, repr=False)
    length: int = field(default=0, repr=False)
    sample: bytes | None = field(default=None, repr=False)
    refused: tuple[tuple[HashSpec, Rejected], ...] = field(default=(), repr=False)

    __repr__ = brief_repr

    @property
    def hash(self) -> ImageHash | None:
        """The first hash, None if there is none."""
        return next(iter(self.hashes), None)

    @property
    def other_file(self) -> bool:
        """True if it was rejected and is no photo that was lost."""
        return self.rejected is not None and is_other_file(self.path, self.rejected.kind)


def hash_source(
    hashers: Sequence[Hasher], source: ImageLike, *, full: Picture | None = None
) -> FileRecord:
    """Hash one picture, wherever it comes from.

    Parameters
    ----------
    hashers : sequence of Hasher
        All of them hash the picture, which is decoded once for those that need a full decode and
        once for those that do with a scaled one.
    source : ImageLike
        The record's ``path`` is empty where this is none and was not rejected.
    full : Picture, optional
        Its full decode, where there is one already.
    """
    pictures: dict[int | None, Picture] = {} if full is None else {None: full}
    hashes: list[ImageHash] = []
    for maker in hashers:
        side = least_side(maker)
        if side not in pictures:
            picture = load(source, least_side=side)
            if isinstance(picture, Rejected):
                return FileRecord(picture.path, rejected=picture)
            pictures[side] = picture
        hashes.append(maker.hash(pictures[side]))
    picture = next(iter(pictures.values()))
    path = source if isinstance(source, str) else ""
    return FileRecord(path, tuple(hashes), picture.full_size, None, picture.orientation)


def least_side(maker: Hasher) -> int | None:
    """Return the side that a scaled decode must keep for a hasher, None for a full decode.

    Fast hashes up to 64 x 64 share one decode of at least 128 pixels, twice what they look at;
    larger ones keep twice theirs.  A hash may have a rule of its own.  The rule is part of every
    fast recipe.
    """
    if not maker.fast:
        return None
    # Asked of every photo, and asking whether an object follows a protocol takes 20 microseconds.
    chosen: int | None = getattr(maker, "least_side", None)
    return chosen or max(128, 2 * maker.working_side)


def hash_paths(
    hashers: Sequence[Hasher], paths: Iterable[str], *, digest: bool = False,
    workers: int | None = None, apart: bool = False, progress: Progress | None = None,
) -> Generator[FileRecord]:  # fmt: skip
    """Read and hash files on all cores and yield a record of each, in the order of ``paths``.

    Parameters
    ----------
    hashers : sequence of Hasher
    paths : iterable of str
        Files to read; may be a generator, which is read only as far ahead as needed.
    digest : bool
        Digest the bytes that are hashed, too.  A hash that cannot be made does not keep the others
        from being made then: one may need a full decode, and another none.
    workers, apart
        As of :func:`sokkuri.pipeline.map_files`.
    progress : callable, optional
        Called as ``progress(done, total)`` after each file; ``total`` is None for generators.
    """
    total = len(paths) if isinstance(paths, Sized) else None
    found = map_files(_record_task(hashers, digest=digest), paths, workers=workers, apart=apart)
    for done, (path, value) in enumerate(found, start=1):
        if progress is not None:
            progress(done, total)
        yield _recorded(path, value)


def digest_file(path: str) -> FileRecord:
    """Read and digest a file without decoding it."""
    return _recorded(path, _read_all((), path))


def _recorded(path: str, value: FileRecord | Rejected) -> FileRecord:
    return FileRecord(path, rejected=value) if isinstance(value, Rejected) else value


def _record_task(hashers: Sequence[Hasher | str], *, digest: bool = False) -> Task[FileRecord]:
    makers = hashers_of(hashers)
    specs = {maker.spec.name: maker.spec for maker in makers}
    run, decode = partial(_read_all if digest else _read, makers), partial(decode_record, specs)
    return Task(run, encode_record, decode, f"{__name__}:_record_task", makers, {"digest": digest})


def _read(hashers: Sequence[Hasher], path: str) -> FileRecord | Rejected:
    record = hash_source(hashers, path)
    return record.rejected or record


def _read_all(hashers: Sequence[Hasher], path: str) -> FileRecord | Rejected:
    """Read a file once, digest it, and make each hash that can be made of its bytes."""
    data = read_picture_file(path)
    if isinstance(data, Rejected):
        return data
    # Each decode is let go of before the next.
    groups: dict[int | None, list[Hasher]] = {}
    for maker in hashers:
        groups.setdefault(least_side(maker), []).append(maker)
    hashes: dict[HashSpec, ImageHash] = {}
    refused: list[tuple[HashSpec, Rejected]] = []
    size = None
    for group in groups.values():
        record = hash_source(group, data)
        size = record.size or size
        hashes |= {value.spec: value for value in record.hashes}
        if record.rejected is not None:
            reason = replace(record.rejected, path=path)
            refused += [(maker.spec, reason) for maker in group]
    made = tuple(hashes[maker.spec] for maker in hashers if maker.spec in hashes)
    digest = hashlib.blake2b(data, digest_size=_DIGEST_BYTES).digest()
    return FileRecord(
        path, made, size, digest=digest, length=len(data), sample=sample_data(data),
        refused=tuple(refused),
    )  # fmt: skip


def encode_record(record: FileRecord) -> tuple[Any, ...]:
    """Return the header and the parts of a message; the path is known to who asked."""
    made = [[value.spec.name, value.quality] for value in record.hashes]
    refused = [[spec.name, reason.kind.value, reason.detail] for spec, reason in record.refused]
    header = [record.size, record.orientation, record.length, made, refused]
    codes = (value.code for value in record.hashes)
    return (header, record.digest or b"", record.sample or b"", *codes)


def decode_record(
    specs: Mapping[str, HashSpec], path: str, header: Any, parts: list[Any]
) -> FileRecord:
    """Return the record in a message.

    Parameters
    ----------
    specs : mapping
        The recipes of the hashes by name.
    path, header, parts
        As :func:`encode_record` made them.

    Raises
    ------
    ValueError, TypeError, LookupError
        If there is none in it.
    """
    size, orientation, length, made, refused = header
    digest, sample, *codes = map(bytes, parts)
    hashes = [
        ImageHash(specs[name], code, None if quality is None else _whole(quality, 0, 100))
        for (name, quality), code in zip(made, codes, strict=True)
    ]
    reasons = [
        (specs[name], Rejected(path, RejectKind(kind), str(detail)))
        for name, kind, detail in refused
    ]
    if len({each[0] for each in made + refused}) != len(specs):
        raise ValueError("hashes are missing")
    if len(digest) not in (0, _DIGEST_BYTES) or len(sample) not in (0, SAMPLE_BYTES):
        raise ValueError("an odd digest")
    if size is not None:
        width, height = size
        size = _whole(width, 1, 1 << 32), _whole(height, 1, 1 << 32)
    orientation = None if orientation is None else _whole(orientation, 1, 8)
    return FileRecord(
        path, tuple(hashes), size, None, orientation, digest or None,
        _whole(length, 0, 1 << 62), sample or None, tuple(reasons),
    )  # fmt: skip


def _whole(value: object, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"not a number from {least} to {most}: {value!r}")
    return value
