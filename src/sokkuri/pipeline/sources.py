"""Decode and hash one picture, wherever it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sokkuri.images import Rejected, encoded_thumbnail, load
from sokkuri.pipeline.hashed import Hashed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sokkuri._typing import ImageLike
    from sokkuri.hashes import ImageHash
    from sokkuri.images import Picture
    from sokkuri.protocols import Hasher

__all__ = ["hash_source", "least_side"]

_FAST_SIDE: Final = 128
_FAST_SHARE: Final = 2


def hash_source(
    hashers: Sequence[Hasher], source: ImageLike, *, thumbnail: int | None = None
) -> Hashed:
    """Hash one picture, wherever it comes from; ``path`` is empty where it was not rejected."""
    pictures: dict[int | None, Picture] = {}
    hashes: list[ImageHash] = []
    for maker in hashers:
        side = least_side(maker)
        if side not in pictures:
            picture = load(source, least_side=side)
            if isinstance(picture, Rejected):
                return Hashed(picture.path, rejected=picture)
            pictures[side] = picture
        hashes.append(maker.hash(pictures[side]))
    picture = next(iter(pictures.values()))
    small = None if thumbnail is None else encoded_thumbnail(picture, thumbnail)
    return Hashed("", tuple(hashes), picture.full_size, None, picture.orientation, small)


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
    return chosen or max(_FAST_SIDE, _FAST_SHARE * maker.working_side)
