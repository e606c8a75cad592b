"""A group of photos that belong together, whatever holds them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sokkuri.brief import brief_repr

GroupKind = Literal["file", "picture", "copy", "alike"]
"""Equal files, equal pictures, copies verified on pixels, and photos whose hashes are near."""


@dataclass(frozen=True, slots=True)
class Group:
    """Photos that belong together, by their numbers.

    Parameters
    ----------
    kind : {"file", "picture", "copy", "alike"}
    members : tuple of int
        At least two photos, ascending, which is the order of their paths.
    diameter : int, optional
        The largest distance of two members in bits; None where no distance was measured.
    touches : tuple of int
        The places of other groups, some of whose members are within the threshold of some of these.
    """

    kind: GroupKind
    members: tuple[int, ...]
    diameter: int | None = None
    touches: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.members)


@dataclass(frozen=True, slots=True)
class Grouping:
    """All groups of one kind.

    Parameters
    ----------
    groups : tuple of Group
        In the order of their first members.
    max_distance : int, optional
        The threshold that no diameter exceeds.
    low_quality : tuple of int
        Photos that took no part, since being near to them says nothing: solid colours, two tones,
        nearly empty pages.
    """

    groups: tuple[Group, ...]
    max_distance: int | None = None
    low_quality: tuple[int, ...] = ()

    __repr__ = brief_repr
