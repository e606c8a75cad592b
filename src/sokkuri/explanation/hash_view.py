"""One photo as a hash sees it, as a value without its file, and its way from a worker process."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sokkuri.hashers.values import resize_colour
from sokkuri.hashers.variants import Fast
from sokkuri.hashes import Grid, HashSpec, ImageHash, Reading
from sokkuri.images import Rejected, load
from sokkuri.pipeline.record import least_side
from sokkuri.protocols import ShowsValues

if TYPE_CHECKING:
    from sokkuri._typing import ImageLike
    from sokkuri.images import Picture
    from sokkuri.protocols import Hasher

_MOST_SIDE: Final = 512


@dataclass(frozen=True, slots=True, eq=False)
class HashView:
    """The hash of a photo, the picture at hash size, and the values that decided the bits."""

    hash: ImageHash
    reading: Reading

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
            side = min(max(seeing.working_side, 8), 64)
            pixels = resize_colour(picture, side, side)[..., :3]
            reading = Reading(pixels, (0.0, 0.0, 1.0, 1.0))
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


def encode_view(view: HashView) -> tuple[Any, ...]:
    """Return the header and the parts of a message, see :func:`sokkuri.pipeline.messages.pack`."""
    reading, spec = view.reading, view.hash.spec
    grids = [
        [grid.name, grid.reference_name, grid.first, grid.step, grid.unit] for grid in reading.grids
    ]
    arrays = [array for grid in reading.grids for array in (grid.values, grid.reference)]
    named = [spec.name, spec.bits, spec.version]
    header = [named, view.hash.quality, reading.frame, grids]
    return (header, view.hash.code, reading.pixels, *arrays)


def decode_view(header: Any, parts: list[Any]) -> HashView:
    """Return the hash view in a message.

    Parameters
    ----------
    header : object
        Plain values.
    parts : list of bytes or ndarray of any shape, uint8, int64 or float64

    Raises
    ------
    ValueError
        If there is none in it, or one whose values do not give its bits.
    TypeError
        If a value is of another kind.
    """
    (name, bits, version), quality, frame, grids = header
    code, pixels, *arrays = parts
    _check(isinstance(name, str) and name.isprintable(), "its hash has no name")
    _check(_whole(bits, 1, 4 * _MOST_SIDE**2) and _whole(version, 1, 1 << 16), "its hash is odd")
    _check(quality is None or _whole(quality, 0, 100), "its quality is out of bounds")
    _check(isinstance(code, bytes), "it has no code")
    coloured = _is_array(pixels, 3) and pixels.dtype == np.uint8 and pixels.shape[2] == 3
    _check(coloured, "its pixels are odd")
    left, top, right, bottom = map(float, frame)
    boxed = all(map(math.isfinite, (left, top, right, bottom))) and left < right and top < bottom
    _check(boxed, "its frame is no box")
    _check(len(grids) <= 4, "it has too many grids")
    values = zip(grids, arrays[::2], arrays[1::2], strict=True)
    reading = Reading(pixels, (left, top, right, bottom), tuple(_grid(*each) for each in values))
    view = HashView(ImageHash(HashSpec(name, bits, version), code, quality), reading)
    _check_bits(view)
    return view


def _check(fact: bool, otherwise: str) -> None:
    if not fact:
        raise ValueError(f"no hash view: {otherwise}")


def _whole(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _is_array(found: Any, sides: int) -> bool:
    return (
        isinstance(found, np.ndarray)
        and found.ndim == sides
        and all(1 <= side <= _MOST_SIDE for side in found.shape)
    )


def _grid(words: Any, values: Any, reference: Any) -> Grid:
    name, reference_name, first, step, unit = words
    _check(isinstance(name, str) and isinstance(reference_name, str), "a grid has no name")
    numbers = _whole(first, 0, 1 << 20) and _whole(step, 1, 1 << 20) and _whole(unit, 1, 1 << 40)
    _check(numbers, "a grid has odd numbers")
    _check(_is_array(values, 2) and isinstance(reference, np.ndarray), "a grid is no grid")
    _check(reference.shape in ((), values.shape), "a grid has another reference")
    return Grid(name, values, reference, reference_name, first, step, unit)


def _check_bits(view: HashView) -> None:
    """Refuse values that do not decide each bit once, or not as the code has it."""
    grids, bits = view.reading.grids, view.hash.spec.bits
    if not grids:
        return
    found = np.full(bits, -1)
    for grid in grids:
        above = (grid.values > grid.reference).ravel()
        last = grid.first + grid.step * (len(above) - 1)
        _check(last < bits, "a grid has too many values")
        found[grid.first : last + 1 : grid.step] = above
    code = np.frombuffer(view.hash.code, np.uint8)
    _check(bool((found == np.unpackbits(code)[:bits]).all()), "its values do not give its bits")
