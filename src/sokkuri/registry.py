"""From a hash's name to the hasher that makes it, loaded on first use."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, cast

from sokkuri.brief import brief_repr
from sokkuri.errors import UnknownHash
from sokkuri.hashers.variants import FAST_SUFFIX, Fast

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint, EntryPoints

    from sokkuri.protocols import Hasher

_PLUGIN_GROUP: Final = "sokkuri.hashers"
_PARAMETER: Final = re.compile(r"-([NB])$")
_NUMBER: Final = re.compile(r"-([1-9][0-9]{0,5})$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Family:
    """One line of the table of hashes.

    Parameters
    ----------
    form, example : str
        Pattern of its names, such as ``"phash-N"``, and one of them.
    parameter : str
        Values of the letter, such as ``"N: 2 to 64"``; empty where there is none.
    bits : str
        Number of bits of a code, such as ``"N^2"``.
    summary : str
        Its purpose.
    looks_at : str
        The part of a fully decoded picture that it reads, the most of what it costs.
    exact : str
        The program whose bits it gives, or the reason why they are the same on every machine.
    home : str
        Place of its class, ``"module:Class"``; empty for plugins.
    arguments : tuple
        Arguments of the class besides the parameter, as pairs of name and value.
    always_fast : bool
        A decode at reduced scale belongs to the hash itself, without a suffix.
    """

    form: str
    parameter: str
    bits: str
    summary: str
    example: str
    looks_at: str
    exact: str
    home: str = ""
    arguments: tuple[tuple[str, bool | str], ...] = ()
    always_fast: bool = False

    __repr__ = brief_repr

    @property
    def prefix(self) -> str:
        """The form without its parameter: ``"phash"``."""
        return _PARAMETER.sub("", self.form)

    @property
    def fast_example(self) -> str:
        """The example's name with a decode at reduced scale; empty where there is none."""
        return self.example + FAST_SUFFIX if self.example and not self.always_fast else ""


_SIZES: Final = "N: 2 to 256"
_INTEGERS: Final = "integer sums"

_FAMILIES: Final = (
    Family(
        "look-2", "", "3513", "what a person calls similar: the thing's shape and its colours",
        "look-2", "64 x 64 pixels of colour, decoded at reduced scale", _INTEGERS,
        "sokkuri.hashers.look:LookHash", always_fast=True,
    ),
    Family(
        "look-2-compact", "", "488", "the same in 61 bytes, for millions of photos",
        "look-2-compact", "64 x 64 pixels of colour, decoded at reduced scale", _INTEGERS,
        "sokkuri.hashers.look:LookHash", (("compact", True),), always_fast=True,
    ),
    Family(
        "ahash-gray-N", _SIZES, "N^2", "the tutorial's hash: light and dark places",
        "ahash-gray-64", "N x N pixels of luma", "as imagehash.average_hash",
        "sokkuri.hashers.spatial:AverageHash",
    ),
    Family(
        "ahash-rgb-N", _SIZES, "3 N^2", "the tutorial's colour hash: places and the cast of colour",
        "ahash-rgb-64", "N x N pixels of colour", "as the tutorial's script",
        "sokkuri.hashers.spatial:AverageHash", (("colour", "rgb"),),
    ),
    Family(
        "ahash-rgbmean-N", _SIZES, "3 N^2", "where each colour is strong, whatever the cast",
        "ahash-rgbmean-64", "N x N pixels of colour", _INTEGERS,
        "sokkuri.hashers.spatial:AverageHash", (("colour", "rgbmean"),),
    ),
    Family(
        "dhash-N", _SIZES, "N^2", "slopes from left to right; withstands changed brightness",
        "dhash-8", "N+1 x N pixels of luma", "as imagehash.dhash",
        "sokkuri.hashers.spatial:DifferenceHash",
    ),
    Family(
        "dhash-vertical-N", _SIZES, "N^2", "slopes from top to bottom",
        "dhash-vertical-8", "N x N+1 pixels of luma", "as imagehash.dhash_vertical",
        "sokkuri.hashers.spatial:DifferenceHash", (("vertical", True),),
    ),
    Family(
        "phash-N", "N: 2 to 64", "N^2", "coarse shapes; withstands blur, noise and resaving",
        "phash-8", "4N x 4N pixels of luma", "as imagehash.phash",
        "sokkuri.hashers.frequency:PerceptualHash",
    ),
    Family(
        "phash-simple-N", "N: 2 to 64", "N^2", "to compare with hashes that others stored",
        "phash-simple-8", "4N x 4N pixels of luma", "as imagehash.phash_simple",
        "sokkuri.hashers.frequency:PerceptualHash", (("simple", True),),
    ),
    Family(
        "whash-N", "N: 2, 4, 8, 16, 32 or 64", "N^2", "light and dark places, by wavelets",
        "whash-8", "2^k x 2^k pixels of luma, k as large as fits", "as imagehash.whash",
        "sokkuri.hashers.frequency:WaveletHash",
    ),
    Family(
        "colorhash-B", "B: 1 to 8", "14 B", "how much of which colour, wherever it is",
        "colorhash-3", "every pixel, in colour", "as imagehash.colorhash",
        "sokkuri.hashers.colour:ColorHash",
    ),
    Family(
        "blockmean-N", _SIZES, "N^2", "light and dark places, the same on every machine",
        "blockmean-16", "every pixel of luma", _INTEGERS,
        "sokkuri.hashers.spatial:BlockMeanHash",
    ),
    Family(
        "pdq", "", "256", "hashes to exchange; says itself whether it can be trusted",
        "pdq", "every pixel of luma, blurred twice", "as pdqhash.compute",
        "sokkuri.hashers.pdq:PdqHash",
    ),
)  # fmt: skip

_BY_PREFIX: Final = {family.prefix: family for family in _FAMILIES}

# Hashes that earlier versions made, and what to use in their place.
_REPLACED: Final = {"look-1": "look-2", "look-1-compact": "look-2-compact"}


def families() -> tuple[Family, ...]:
    """Return the table of all hashes: the built-in ones, then those of plugins by name.

    A plugin may describe itself: where its callable has an attribute ``family`` that is a
    :class:`Family`, that is its line.  A plugin that cannot be loaded gets a line that says so.
    """
    found = sorted(_plugins().items())
    return (*_FAMILIES, *(_family_of(prefix, plugin) for prefix, plugin in found))


def hasher(name: str) -> Hasher:
    """Return the hasher called ``name``, such as ``"ahash-gray-64"`` or ``"pdq-fast"``.

    ``-fast`` after any name gives the same hash from a decode at reduced scale.

    Other packages add hashes through the entry point group ``sokkuri.hashers``: the name of an
    entry point is the first part of its hashes' names (``myhash`` answers for ``myhash`` and
    ``myhash-8``), its value a callable that takes the whole name, without ``-fast``, and returns a
    :class:`~sokkuri.protocols.Hasher`.  It is loaded when asked for; built-in names come first.

    Raises
    ------
    UnknownHash
        If no hash goes by that name, its size is out of bounds, or its plugin is broken.
    """
    full = name.removesuffix(FAST_SUFFIX)
    found = _built_in(full) or _from_plugin(full)
    if found is None:
        raise UnknownHash(_unknown(name))
    if full == name:
        return found
    if found.fast:
        raise UnknownHash(f"no hash is called {name!r}: {full} is decoded at reduced scale always")
    return Fast(found)


def is_built_in(name: str) -> bool:
    """Tell whether ``name`` has the form of a hash of this package, and not of a plugin."""
    return _family_and_number(name.removesuffix(FAST_SUFFIX))[0] is not None


def replacement_of(name: str) -> str | None:
    """Return the hash that took the place of one that earlier versions made, None for others."""
    return _REPLACED.get(name)


def _family_and_number(name: str) -> tuple[Family | None, int | None]:
    if name in _BY_PREFIX:  # also where it ends in a number that is no parameter, as look-2
        return _BY_PREFIX[name], None
    number = _NUMBER.search(name)
    return _BY_PREFIX.get(_NUMBER.sub("", name)), int(number[1]) if number else None


def _built_in(name: str) -> Hasher | None:
    family, number = _family_and_number(name)
    if family is None or (number is None) == bool(family.parameter):
        return None
    module, _, made_by = family.home.partition(":")
    make: Any = getattr(import_module(module), made_by)
    parameters = [] if number is None else [number]
    try:
        return cast("Hasher", make(*parameters, **dict(family.arguments)))
    except ValueError as error:
        raise UnknownHash(f"no hash is called {name!r}: {error}") from error


def entry_points(*, group: str) -> EntryPoints:
    """Return the entry points of a group; imported here, for that takes as long as a search."""
    from importlib import metadata

    return metadata.entry_points(group=group)


def _plugins() -> dict[str, EntryPoint]:
    """Return the plugins by prefix; where two packages share one, the first package's wins."""
    found: dict[str, EntryPoint] = {}
    for plugin in sorted(entry_points(group=_PLUGIN_GROUP), key=_package):
        found.setdefault(plugin.name, plugin)
    return found


def _from_plugin(name: str) -> Hasher | None:
    from sokkuri.protocols import Hasher

    plugins = _plugins()
    answering = [prefix for prefix in plugins if f"{name}-".startswith(f"{prefix}-")]
    if not answering:
        return None
    plugin = plugins[max(answering, key=len)]
    try:
        made = plugin.load()(name)
        made_name = made.spec.name if isinstance(made, Hasher) else None
    except UnknownHash:
        raise
    except Exception as error:
        raise UnknownHash(f"{_blamed(plugin)} cannot make {name!r}: {_said(error)}") from error
    if made_name is None:
        raise UnknownHash(f"{_blamed(plugin)} made no hasher of {name!r}, but {made!r}")
    if made_name != name:
        raise UnknownHash(f"{_blamed(plugin)} made {made_name!r} when asked for {name!r}")
    return cast("Hasher", made)


def _family_of(prefix: str, plugin: EntryPoint) -> Family:
    try:
        described = getattr(plugin.load(), "family", None)
    except Exception as error:
        summary = f"{_blamed(plugin)} cannot be loaded: {_said(error)}"
        return Family(prefix, "", "", summary, "", "", "")
    if isinstance(described, Family) and described.prefix == prefix:
        return described
    return Family(f"{prefix}-...", "", "", _blamed(plugin), "", "", "")


def _blamed(plugin: EntryPoint) -> str:
    return f"the plugin {plugin.name!r} of {_package(plugin) or plugin.value}"


def _package(plugin: EntryPoint) -> str:
    return plugin.dist.name if plugin.dist else ""


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def _unknown(name: str) -> str:
    if successor := replacement_of(name):
        return (
            f"{name} is not made any more, for it ignored colour profiles; "
            f"use {successor}, which hashes each photo anew once"
        )
    number = _NUMBER.search(name.removesuffix(FAST_SUFFIX))
    known = [_PARAMETER.sub(f"-{number[1]}", f.form) if number else f.example for f in _FAMILIES]
    word = name.lower().partition("-")[0]
    close = [other for other in known if other.partition("-")[0] == word]
    close = (close or difflib.get_close_matches(name.lower(), known))[:3]
    hint = f"did you mean {' or '.join(close)}? " if close else ""
    return f"no hash is called {name!r}; {hint}`sokkuri hashes` lists them all"
