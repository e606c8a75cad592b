"""What is measured: a hash, and how its codes are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri.errors import UnknownHash
from sokkuri.metric import Metric
from sokkuri.registry import hasher

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sokkuri.protocols import Hasher

__all__ = ["Subject", "subjects_of"]

_AT: Final = "@"


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A hash and its measure.

    Parameters
    ----------
    maker : Hasher
        Makes the codes.
    measure : Metric
        Compares them; its recipe names the subject.
    """

    maker: Hasher
    measure: Metric


def subjects_of(hashes: Iterable[str | Hasher], *, mirror: bool | None = None) -> list[Subject]:
    """Return what is to be measured, each once.

    Parameters
    ----------
    hashes : iterable of str or Hasher
        A name may carry an emphasis, as ``look-2@shape`` or ``look-2@0.3``.
    mirror : bool, optional
        As of :meth:`sokkuri.metric.Metric.of`; hashes that cannot are left as they are.

    Raises
    ------
    UnknownHash
        If no hash, or no emphasis of it, goes by one of the names.
    ValueError
        If nothing is named.
    """
    found = [_subject(item, mirror) for item in hashes]
    if not found:
        raise ValueError("`hashes` names no hash")
    return list({subject.measure.spec: subject for subject in found}.values())


def _subject(item: str | Hasher, mirror: bool | None) -> Subject:
    if not isinstance(item, str):
        return Subject(item, Metric.of(item, mirror=mirror))
    name, at, words = item.partition(_AT)
    maker = hasher(name)
    try:
        measure = Metric.of(maker, emphasis=_emphasis(words) if at else None, mirror=mirror)
    except ValueError as error:
        raise UnknownHash(f"no hash is compared as {item!r}: {error}") from error
    return Subject(maker, measure)


def _emphasis(words: str) -> str | float:
    try:
        return float(words)
    except ValueError:
        return words
