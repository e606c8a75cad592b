"""A photo of a group as the choice of what to keep looks at it, and how much it really shows."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from sokkuri.brief import brief_repr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sokkuri.copies.edits import Edits
    from sokkuri.images.traits import PhotoTraits

Seen = tuple[str, str]
"""The paths of a query and of a photo that is a copy of it."""

WHOLE_SHARE: Final = 0.97
"""Of less than so much of another photo it is said that it was cropped, as in its edits."""

# Two measures of detail of one photo differ by up to a third of a side, and an enlargement that is
# worth the name makes a side two fifths longer; so neither is taken for the other.
_ALIKE: Final = (180, 100)  # of areas
_LARGER: Final = 2
_BORDER: Final = (4, 9)


@dataclass(frozen=True, slots=True)
class GroupMember:
    """A photo of a group.

    Parameters
    ----------
    path : str
        Told apart from all others of the group by it.
    traits : PhotoTraits
    protected_by : str, optional
        The folder to be kept that it lies in.
    """

    path: str
    traits: PhotoTraits
    protected_by: str | None = None

    __repr__ = brief_repr

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        return self.traits.size[0] * self.traits.size[1]

    @property
    def fine_pixels(self) -> int:
        """Number of pixels that its detail needs, in 1/1024."""
        return self.pixels * self.traits.detail**2


class Substance(NamedTuple):
    """All that a member really shows, as far as the others of its group tell.

    Parameters
    ----------
    pixels : int
        Its pixels, or fewer: those of a photo that it is only an enlargement of.
    shown_by : tuple of int, optional
        Width and height of a photo no larger that shows as much.
    share : float
        Share of another member that it shows.
    bordered : bool
    """

    pixels: int
    shown_by: tuple[int, int] | None = None
    share: float = 1.0
    bordered: bool = False


def protecting_folder(path: str, folders: Iterable[str]) -> str | None:
    """Return the first of some folders that a file lies in, whatever links lead there.

    Parameters
    ----------
    path : str
    folders : iterable of str
    """
    own = os.path.normcase(os.path.realpath(path))
    for folder in folders:
        above = os.path.normcase(os.path.realpath(folder))
        if own.startswith(os.path.join(above, "")):
            return folder
    return None


def substances(members: Sequence[GroupMember], seen: Mapping[Seen, Edits]) -> dict[str, Substance]:
    """Judge what each member really shows, by path.

    Parameters
    ----------
    members : sequence of GroupMember
        In any order.
    seen : mapping of (query, photo) to Edits
        What the copy finder knows of pairs of them; of others nothing is assumed.
    """
    shares: dict[str, float] = {}
    parts: dict[str, list[tuple[str, float]]] = {}
    bordered = set()
    for (query, photo), edits in sorted(seen.items(), key=lambda item: item[0]):
        if edits.bordered is not None:
            bordered.add(photo if edits.bordered == "photo" else query)
        inside = edits.bordered == "query" and edits.fills >= WHOLE_SHARE
        for part, of, share in (
            (photo, query, 1.0 if inside else edits.cropped_to),
            (query, photo, edits.fills),
        ):
            if share < WHOLE_SHARE:
                shares[part] = min(share, shares.get(part, 1.0))
                parts.setdefault(part, []).append((of, share))
    by_path = {member.path: member for member in members}
    found: dict[str, Substance] = {}
    for member in sorted(members, key=lambda each: (each.pixels, -each.traits.detail, each.path)):
        whole = {path: of for path, of in found.items() if of.share == 1 and not of.bordered}
        pixels, shown_by = _real_pixels(member, whole, by_path)
        for path, share in parts.get(member.path, []):
            pixels = min(pixels, _part_pixels(member, by_path.get(path), share))
        if member.path in bordered:
            pixels = pixels * _BORDER[0] // _BORDER[1]
        found[member.path] = Substance(
            pixels, shown_by, shares.get(member.path, 1.0), member.path in bordered
        )
    return found


def _real_pixels(
    member: GroupMember, smaller: Mapping[str, Substance], by_path: Mapping[str, GroupMember]
) -> tuple[int, tuple[int, int] | None]:
    """Return the pixels that a member shows, and the size of a smaller one that shows as much."""
    size = member.traits.size
    tagged = any(each.traits.camera and each.traits.size == size for each in by_path.values())
    ways = [(member.pixels, (0, 0))]
    for path, substance in smaller.items():
        other = by_path[path]
        if member.pixels >= _LARGER * other.pixels:
            # A reduced copy of a soft photo shows as much, too; it has lost the camera's tags.
            known = other.traits.camera or not tagged
            if known and _ALIKE[1] * member.fine_pixels <= _ALIKE[0] * other.fine_pixels:
                ways.append((substance.pixels, other.traits.size))
        elif _LARGER * member.fine_pixels <= other.fine_pixels and not _coarser(other, member):
            left = substance.pixels * member.fine_pixels // other.fine_pixels
            ways.append((left, other.traits.size))
    pixels, shown_by = min(ways)
    return pixels, shown_by if shown_by != (0, 0) else None


def _coarser(one: GroupMember, other: GroupMember) -> bool:
    """Tell whether blocks of a coarse JPEG may look like detail in one of them."""
    a, b = one.traits.coarseness, other.traits.coarseness
    return a is None or (b is not None and a > b)


def _part_pixels(part: GroupMember, whole: GroupMember | None, share: float) -> int:
    """Return the pixels that a part of another member shows, enlarged or not."""
    if whole is None:
        return part.pixels
    rest = int(share * 1000) * whole.fine_pixels
    if 1000 * _ALIKE[1] * part.fine_pixels > _ALIKE[0] * rest:
        return part.pixels
    return min(part.pixels, int(share * 1000) * whole.pixels // 1000)
