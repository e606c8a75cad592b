"""One photo as a hash sees it, as a value without its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri.hashers.values import plain_reading
from sokkuri.hashers.variants import Fast
from sokkuri.images import Rejected, load
from sokkuri.pipeline import least_side
from sokkuri.protocols import ShowsValues

if TYPE_CHECKING:
    from sokkuri._typing import ImageLike
    from sokkuri.hashes import HashSpec, ImageHash, Reading
    from sokkuri.images import Picture
    from sokkuri.protocols import Hasher

_PLAIN_SIDES: Final = (8, 64)


@dataclass(frozen=True, slots=True, eq=False)
class HashView:
    """The hash of a photo, and what decided its bits.

    Parameters
    ----------
    hash : ImageHash
        With the quality.
    reading : Reading
        The picture at hash size, and the values behind the bits where the hash shows them.
    """

    hash: ImageHash
    reading: Reading

    @property
    def spec(self) -> HashSpec:
        """The recipe of the hash."""
        return self.hash.spec

    @classmethod
    def of(cls, picture: Picture, maker: Hasher) -> HashView:
        """Hash a picture and keep what decided the bits.

        Parameters
        ----------
        picture : Picture
            Decoded as the hasher wants it: in full, or at reduced scale where the hasher is fast.
        maker : Hasher
            One that shows no values gives a view with its bits alone.
        """
        seeing = maker.hasher if isinstance(maker, Fast) else maker
        if isinstance(seeing, ShowsValues):
            reading = seeing.reading(picture)
        else:
            least, most = _PLAIN_SIDES
            reading = plain_reading(picture, min(max(seeing.working_side, least), most))
        return cls(maker.hash(picture), reading)

    @classmethod
    def load(cls, source: ImageLike, maker: Hasher) -> HashView | Rejected:
        """Read a picture and hash it, or say why it cannot be read.

        Parameters
        ----------
        source : ImageLike
        maker : Hasher
        """
        picture = load(source, least_side=least_side(maker))
        return picture if isinstance(picture, Rejected) else cls.of(picture, maker)
