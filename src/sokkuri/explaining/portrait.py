"""A portrait: what one photo brings to an explanation, as a value without its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri.hashers.fast import Fast
from sokkuri.hashers.reading import plain_reading
from sokkuri.protocols import ShowsValues

if TYPE_CHECKING:
    from sokkuri.hashes import HashSpec, ImageHash, Reading
    from sokkuri.images import Picture
    from sokkuri.protocols import Hasher

__all__ = ["Portrait", "portrait_of"]

_PLAIN_SIDES: Final = (8, 64)


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """One photo as a hash sees it.

    Parameters
    ----------
    hash : ImageHash
        Its hash, with the quality.
    reading : Reading
        The picture at hash size, and the values that decided the bits where the hash shows them.
    """

    hash: ImageHash
    reading: Reading

    @property
    def spec(self) -> HashSpec:
        """The recipe of the hash."""
        return self.hash.spec


def portrait_of(picture: Picture, maker: Hasher) -> Portrait:
    """Hash a picture and keep what decided the bits.

    Parameters
    ----------
    picture : Picture
        Decoded as the hasher wants it: in full, or at reduced scale where the hasher is fast.
    maker : Hasher
        A hasher that shows no values gives a portrait with its bits alone.
    """
    seeing = maker.hasher if isinstance(maker, Fast) else maker
    if isinstance(seeing, ShowsValues):
        reading = seeing.reading(picture)
    else:
        least, most = _PLAIN_SIDES
        reading = plain_reading(picture, min(max(seeing.working_side, least), most))
    return Portrait(maker.hash(picture), reading)
