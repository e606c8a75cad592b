"""Photos edited, saved, and read again by hashes."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from sokkuri.images import Picture, Rejected, RejectKind, load
from sokkuri.pipeline import hash_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PIL import Image

    from sokkuri.evaluation.edits import Edit
    from sokkuri.hashes import ImageHash
    from sokkuri.protocols import Hasher

# An edit of a large photo takes a few times its pixels: one such photo at a time.
_LARGE_PIXELS: Final = 16_000_000
_large_turn = threading.Lock()


@dataclass(frozen=True, slots=True)
class EditSet:
    """The edits that photos go through, and the harder ones, which are summed up apart."""

    usual: tuple[Edit, ...]
    harder: tuple[Edit, ...] = ()

    @property
    def all(self) -> tuple[Edit, ...]:
        """The usual ones first."""
        return self.usual + self.harder


class HashedCopy(NamedTuple):
    """An edited copy that was read again.

    Parameters
    ----------
    source : bytes or str
        Its file, in memory or as a path.
    hashes : tuple of ImageHash
        One for each hasher.
    """

    source: bytes | str
    hashes: tuple[ImageHash, ...]


def row_beside(row: int, photos: int) -> int:
    """Return the row of the photo that a photo is put together with: half of all further on.

    Parameters
    ----------
    row, photos : int
        A row, and the number of all.
    """
    return (row + photos // 2) % photos


def hash_copies(
    makers: Sequence[Hasher], paths: Sequence[str], edits: EditSet, row: int
) -> Iterator[tuple[int, HashedCopy | Rejected]]:
    """Yield the hashes of each copy of a photo, with the number of its edit, or why there is none.

    Parameters
    ----------
    makers : sequence of Hasher
    paths : sequence of str
        Of all photos.
    edits : EditSet
    row : int
        The photo to edit.
    """
    picture = load(paths[row])
    if isinstance(picture, Rejected):  # it could be read a moment ago
        yield from ((number, picture) for number in range(len(edits.all)))
        return
    large = picture.size[0] * picture.size[1] > _LARGE_PIXELS
    with _large_turn if large else contextlib.nullcontext():
        image = picture.srgb.rgb()
        other: Picture | Rejected | None = None
        for number, edit in enumerate(edits.all):
            if edit.paste is not None and other is None:
                other = load(paths[row_beside(row, len(paths))])
            if edit.paste is not None and isinstance(other, Rejected):
                yield number, other
                continue
            beside = other.srgb.rgb() if isinstance(other, Picture) else None
            yield number, _hash_copy(makers, paths[row], edit, image, beside)


def _hash_copy(
    makers: Sequence[Hasher], path: str, edit: Edit, image: Image.Image, other: Image.Image | None
) -> HashedCopy | Rejected:
    try:
        source = edit.copy(image, other) if edit.changes else path
        found = hash_source(makers, source)
    except (OSError, ValueError, MemoryError) as error:
        return Rejected(path, RejectKind.TOO_LARGE, f"its copy {edit.name}: {error}")
    if (why := found.rejected) is not None:
        return Rejected(path, why.kind, f"its copy {edit.name}: {why.detail}")
    return HashedCopy(source, found.hashes)
