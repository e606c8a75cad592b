"""Traits of many files, read on all cores as hashes are."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Any

from sokkuri.images.traits import PhotoTraits, read_traits
from sokkuri.pipeline.ordered import map_files
from sokkuri.pipeline.task import Task

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sokkuri.images import Rejected

_FIELDS = 11


def traits_of_files(
    paths: Iterable[str], *, workers: int | None = None, apart: bool = False
) -> Iterator[tuple[str, PhotoTraits | Rejected]]:
    """Read the traits of files and yield each path with them, or with a reason, in order.

    Parameters
    ----------
    paths : iterable of str
    workers, apart
        As of :func:`sokkuri.pipeline.map_files`.
    """
    return map_files(_traits_task(), paths, workers=workers, apart=apart)


def _traits_task(hashers: Sequence[str] = ()) -> Task[PhotoTraits]:
    """Return the task; it makes no hashes, and a task is made from their names."""
    if hashers:
        raise ValueError("traits are read without hashes")
    return Task(read_traits, _encode, _decode, f"{__name__}:_traits_task")


def _encode(traits: PhotoTraits) -> tuple[Any, ...]:
    return (list(astuple(traits)),)


def _decode(_: str, header: Any, __: list[Any]) -> PhotoTraits:
    if not isinstance(header, list) or len(header) != _FIELDS:
        raise ValueError("no traits of a photo")
    (width, height), *others = header
    return PhotoTraits((int(width), int(height)), *others)
