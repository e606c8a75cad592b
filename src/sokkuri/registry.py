"""From a hash's name to the hasher that makes it, loaded on first use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sokkuri.errors import BadHashText, UnknownHash
from sokkuri.hashes import ImageHash

if TYPE_CHECKING:
    from sokkuri.protocols import Hasher

__all__ = ["HASH_FORMS", "hasher", "parse_hash"]

HASH_FORMS = ("ahash-gray-N", "ahash-rgb-N")
"""The names there are; N is the side of the shrunk picture, 2 to 256."""

_AVERAGE = re.compile(r"ahash-(gray|rgb)-([1-9][0-9]{0,3})", re.ASCII)


def hasher(name: str) -> Hasher:
    """Return the hasher called ``name``, such as ``"ahash-gray-64"``.

    Raises
    ------
    UnknownHash
        If no hash goes by that name, or its size is out of bounds.
    """
    found = _AVERAGE.fullmatch(name)
    if found is None:
        forms = ", ".join(HASH_FORMS)
        raise UnknownHash(f"no hash is called {name!r}; there are {forms} (N from 2 to 256)")
    from sokkuri.hashers.average import AverageHash

    try:
        return AverageHash(size=int(found[2]), rgb=found[1] == "rgb")
    except ValueError as error:
        raise UnknownHash(f"no hash is called {name!r}: {error}") from error


def parse_hash(text: str) -> ImageHash:
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
        raise BadHashText(f"a hash reads NAME:HEX, such as ahash-gray-8:{'0' * 16}; got {text!r}")
    return ImageHash.from_hex(hasher(name).spec, digits)
