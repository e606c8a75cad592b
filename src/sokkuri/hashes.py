"""Hashes as frozen values: recipe, bits, and what decided them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from sokkuri.brief import brief_repr
from sokkuri.errors import BadHashText, HashMismatch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_HEX_DIGITS: Final = re.compile("[0-9a-fA-F]+")


@dataclass(frozen=True, slots=True)
class HashSpec:
    """The recipe of a hash: two codes may be compared only if their specs are equal.

    Parameters
    ----------
    name : str
        Family and parameters, such as ``"ahash-rgb-64"``.
    bits : int
        Number of bits of a code; at least 1.
    version : int
        Raised when the same name starts to give other bits.
    """

    name: str
    bits: int
    version: int = 1

    @property
    def code_bytes(self) -> int:
        """Length of a packed code in bytes: ``ceil(bits / 8)``."""
        return (self.bits + 7) // 8

    @property
    def rated(self) -> bool:
        """True for the tutorial's hashes, whose distances it tells as rates."""
        return self.name.startswith("ahash-")

    @property
    def verified(self) -> bool:
        """True for descriptions of photos whose bits cannot be compared: a finder verifies them."""
        return self.name.startswith("copies-")

    def __str__(self) -> str:
        return f"{self.name}-v{self.version}"


@dataclass(frozen=True, slots=True)
class ImageHash:
    """The hash of one picture: a recipe and its packed bits.

    Parameters
    ----------
    spec : HashSpec
        The recipe.
    code : bytes
        ``spec.code_bytes`` bytes, first bit highest (NumPy's big-endian ``packbits``); the unused
        low bits of the last byte are zero.
    quality : int, optional
        How much information the picture gave, 0 to 100; not part of equality.

    Raises
    ------
    ValueError
        If the length of ``code`` does not fit ``spec``, or an unused bit is set.
    """

    spec: HashSpec
    code: bytes
    quality: int | None = field(default=None, compare=False)

    __repr__ = brief_repr

    def __post_init__(self) -> None:
        if len(self.code) != self.spec.code_bytes:
            raise ValueError(
                f"{self.spec.name} needs a code of {self.spec.code_bytes} bytes, "
                f"this one has {len(self.code)}"
            )
        unused = self.spec.code_bytes * 8 - self.spec.bits
        if unused and self.code[-1] & ((1 << unused) - 1):
            raise ValueError(f"{self.spec.name} has {self.spec.bits} bits, a bit past them is set")

    def distance(self, other: ImageHash) -> int:
        """Count the bits that differ (the Hamming distance), 0 to ``spec.bits``.

        Raises
        ------
        HashMismatch
            If the two were made by different recipes.
        """
        if self.spec != other.spec:
            raise HashMismatch(
                f"{self.spec} and {other.spec} are different recipes: "
                "their bits mean different things and cannot be compared"
            )
        difference = int.from_bytes(self.code, "big") ^ int.from_bytes(other.code, "big")
        return difference.bit_count()

    @property
    def hex(self) -> str:
        """The packed code as lower-case hexadecimal digits."""
        return self.code.hex()

    def __str__(self) -> str:
        """Return the text form, ``name:hex``; :meth:`parse` reads it back."""
        return f"{self.spec.name}:{self.hex}"

    @classmethod
    def parse(cls, text: str) -> ImageHash:
        """Read the text form of a hash back, ``"ahash-rgb-64:<hex>"``.

        Raises
        ------
        BadHashText
            If the text is not of that form, or its digits do not fit the name.
        UnknownHash
            If the name is not known.
        """
        name, colon, digits = text.strip().partition(":")
        if not colon:
            example = f"ahash-gray-8:{'0' * 16}"
            raise BadHashText(f"a hash reads NAME:HEX, such as {example}; got {text!r}")
        registry = import_module("sokkuri.registry")  # it lies above, and is reached by its name
        return cls.from_hex(registry.hasher(name).spec, digits)

    @classmethod
    def from_hex(cls, spec: HashSpec, digits: str) -> ImageHash:
        """Make a hash from the hexadecimal digits of its code.

        Parameters
        ----------
        spec, digits : HashSpec and str

        Raises
        ------
        BadHashText
            If ``digits`` are not hexadecimal or do not fit the recipe.
        """
        try:
            # bytes.fromhex skips blanks, and a hash with blanks in it was cut or joined somewhere.
            if any(character.isspace() for character in digits):
                raise ValueError("blanks inside the hexadecimal digits")
            return cls(spec, bytes.fromhex(digits))
        except ValueError as error:
            raise BadHashText(f"not a code of {spec.name}: {error}") from error

    def imagehash_hex(self) -> str:
        """Return the bits as the ``imagehash`` package writes them, ``str(imagehash.phash(...))``.

        Ours are padded with zero bits at their end to whole bytes, theirs at their start to whole
        hexadecimal digits; the two differ where the number of bits is no multiple of eight.
        """
        unused = self.spec.code_bytes * 8 - self.spec.bits
        return f"{int.from_bytes(self.code, 'big') >> unused:0{_digits(self.spec)}x}"

    @classmethod
    def from_imagehash_hex(cls, spec: HashSpec, digits: str) -> ImageHash:
        """Make the hash of recipe ``spec`` from what the ``imagehash`` package wrote.

        The digits do not say which hash they are; that is for the caller to know.

        Parameters
        ----------
        spec, digits : HashSpec and str

        Raises
        ------
        BadHashText
            If ``digits`` are not hexadecimal or do not fit the recipe.
        """
        if len(digits) != _digits(spec) or not _HEX_DIGITS.fullmatch(digits):
            raise BadHashText(
                f"not a code of {spec.name}: imagehash writes {_digits(spec)} hexadecimal digits"
            )
        value = int(digits, 16)
        if value >> spec.bits:
            raise BadHashText(f"not a code of {spec.name}: a bit before its {spec.bits} is set")
        unused = spec.code_bytes * 8 - spec.bits
        return cls(spec, (value << unused).to_bytes(spec.code_bytes, "big"))


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Values that decided some bits of a code: a bit is 1 where its value is above its reference.

    Parameters
    ----------
    name : str
        What the values are of: ``"gray"``, ``"red"``, ``"green"`` or ``"blue"``.
    values : ndarray of shape (rows, columns)
        Row by row, each the value that decided a bit; cell ``i`` of them is about bit
        ``first + step * i``.
    reference : ndarray of shape () or (rows, columns)
        What the values were compared with.
    reference_name : str
        What that is: ``"mean"``, ``"median"``, ``"left neighbour"``, ``"upper neighbour"``.
    first, step : int
        Which bits of the code the cells are.
    unit : int
        What one gray level is: values divided by it run from 0 to 255.
    """

    name: str
    values: NDArray[Any]
    reference: NDArray[Any]
    reference_name: str
    first: int = 0
    step: int = 1
    unit: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A picture as a hash saw it.

    Parameters
    ----------
    pixels : ndarray of shape (H, W, 3), uint8
        The picture as small as the hash looks at it.
    frame : tuple of float
        Left, top, right and bottom of what those pixels cover, as fractions of the upright photo;
        it may reach beyond the photo, whose edge goes on there.
    grids : tuple of Grid
        What decided the bits, all of them or none.
    """

    pixels: NDArray[np.uint8]
    frame: tuple[float, float, float, float]
    grids: tuple[Grid, ...] = ()


def _digits(spec: HashSpec) -> int:
    return (spec.bits + 3) // 4
