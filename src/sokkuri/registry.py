"""From a hash's name to the hasher that makes it, loaded on first use."""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from sokkuri.brief import brief_repr
from sokkuri.errors import UnknownHash
from sokkuri.hashers.variants import FAST_SUFFIX, Fast
from sokkuri.language import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from importlib.metadata import EntryPoint

    from sokkuri.protocols import Hasher

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
    arguments : mapping of str to bool or str
        Arguments of the class besides the parameter.
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
    arguments: Mapping[str, bool | str] = field(default_factory=dict, hash=False)
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


_FAMILIES: Final = tuple(
    Family(**fields) for fields in json.loads(Path(__file__).with_suffix(".json").read_bytes())
)
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
    make: Callable[..., Hasher] = getattr(import_module(module), made_by)
    try:
        return make(*([] if number is None else [number]), **family.arguments)
    except ValueError as error:
        raise UnknownHash(f"no hash is called {name!r}: {error}") from error


def _plugins() -> dict[str, EntryPoint]:
    """Return the plugins by prefix; where two packages share one, the first package's wins."""
    from importlib import metadata  # which takes as long as a search

    found: dict[str, EntryPoint] = {}
    for plugin in sorted(metadata.entry_points(group="sokkuri.hashers"), key=_package):
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
        said = _said(error)
        raise UnknownHash(
            f"the plugin {plugin.name!r} of {_package(plugin)} cannot make {name!r}: {said}"
        ) from error
    if made_name is None:
        raise UnknownHash(
            f"the plugin {plugin.name!r} of {_package(plugin)} made no hasher of {name!r}, "
            f"but {made!r}"
        )
    if made_name != name:
        raise UnknownHash(
            f"the plugin {plugin.name!r} of {_package(plugin)} made {made_name!r} "
            f"when asked for {name!r}"
        )
    return cast("Hasher", made)


def _family_of(prefix: str, plugin: EntryPoint) -> Family:
    try:
        described = getattr(plugin.load(), "family", None)
    except Exception as error:
        said = _said(error)
        summary = sentence(
            f"the plugin {plugin.name!r} of {_package(plugin)} cannot be loaded: {said}"
        )
        return Family(prefix, "", "", summary, "", "", "")
    if isinstance(described, Family) and described.prefix == prefix:
        return described
    summary = sentence(f"the plugin {plugin.name!r} of {_package(plugin)}")
    return Family(f"{prefix}-...", "", "", summary, "", "", "")


def _package(plugin: EntryPoint) -> str:
    """Return the package that a plugin is of; where none is known, the place of its callable."""
    return plugin.dist.name if plugin.dist else plugin.value


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def _unknown(name: str) -> str:
    if successor := replacement_of(name):
        return sentence(
            f"{name} is not made any more, for it ignored colour profiles; "
            f"use {successor}, which hashes each photo anew once"
        )
    number = _NUMBER.search(name.removesuffix(FAST_SUFFIX))
    known = [_PARAMETER.sub(f"-{number[1]}", f.form) if number else f.example for f in _FAMILIES]
    word = name.lower().partition("-")[0]
    close = [other for other in known if other.partition("-")[0] == word]
    close = (close or difflib.get_close_matches(name.lower(), known))[:3]
    unknown = sentence(f"no hash is called {name!r}")
    match close:
        case [one]:
            hint = sentence(f"did you mean {one}? `sokkuri hashes` lists them all")
        case [one, two]:
            hint = sentence(f"did you mean {one} or {two}? `sokkuri hashes` lists them all")
        case [one, two, three]:
            hint = sentence(
                f"did you mean {one} or {two} or {three}? `sokkuri hashes` lists them all"
            )
        case _:
            hint = sentence("`sokkuri hashes` lists them all")
    return f"{unknown}; {hint}"
