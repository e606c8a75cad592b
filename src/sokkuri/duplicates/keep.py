"""Which photo of a group to keep, and why.

Photos are compared by one criterion after the other; the first that tells them apart decides.  So
each outweighs all that stand below it, and one that is preferred outweighs all that are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from sokkuri.brief import brief_repr
from sokkuri.duplicates.group_member import GroupMember, Substance, substances
from sokkuri.language import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sokkuri.copies.edits import Edits
    from sokkuri.duplicates.group_member import Seen

Criterion = Literal[
    "pixels", "uncropped", "borderless", "camera", "date", "place", "compression", "first-save",
    "lossless", "older", "short-path",
]  # fmt: skip

_WORTH: Final[Mapping[Criterion, Callable[[GroupMember, Substance], float]]] = {
    # A real pixel is worth more than anything; an enlargement stands behind what it was made of.
    "pixels": lambda _, own: own.pixels - 0.5 * (own.shown_by is not None),
    "uncropped": lambda _, own: own.share,
    "borderless": lambda _, own: not own.bordered,
    # Copies lose tags and hardly ever gain some, whatever the quality they are saved at.
    "camera": lambda member, _: member.traits.camera,
    "date": lambda member, _: member.traits.date,
    "place": lambda member, _: member.traits.place,
    # Of all times it was compressed: saved again at a better quality, a photo is no better.
    "compression": lambda member, _: -_coarseness(member),
    "first-save": lambda member, _: not member.traits.resaved,
    "lossless": lambda member, _: member.traits.lossless and not member.traits.resaved,
    # Times change by copying a file, so they come late.
    "older": lambda member, _: -member.traits.mtime,
    "short-path": lambda member, _: -len(member.path),
}
"""The order of the criteria, each above all below it, and what a photo is worth by each."""

CRITERIA: Final[tuple[Criterion, ...]] = tuple(_WORTH)
"""The criteria in their order; these are the names that can be preferred."""

# What WebP, AVIF and others did is not written in their files: as a JPEG of quality 85 or so.
_UNKNOWN_COARSENESS: Final = 220

ReasonKind = Literal["protected", "enlarged", "softer"] | Criterion
"""What a reason is about: a criterion, or more closely."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a photo is rather kept, or rather not.

    Parameters
    ----------
    sign : {"+", "-"}
    what : str
        A criterion; or that it is ``"protected"``, ``"enlarged"`` from a photo that shows as much,
        or ``"softer"`` than one of its size.
    value, against : str, int or tuple of int, optional
        Its own, and that of the photo that it is compared with: pixels as width and height, shares
        in percent, mean steps in 1/56, seconds since 1970, lengths; or the folder.
    """

    sign: Literal["+", "-"]
    what: ReasonKind
    value: str | int | tuple[int, int] | None = None
    against: str | int | tuple[int, int] | None = None

    __repr__ = brief_repr

    @property
    def text(self) -> str:
        """The reason in the reader's language, such as ``"+ 4032x3024 against 1600x1200"``."""
        return f"{self.sign} {_WORDS[self.what](self)}"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Which photos of a group to keep.

    Parameters
    ----------
    order : tuple of str
        The paths of all, the best first.
    keep : tuple of str
        The best one; or all that are protected, where some are.
    reasons : mapping of str to tuple of Reason
        Of each path, what tells it from the others: the best from all, the others from the best.
    """

    order: tuple[str, ...]
    keep: tuple[str, ...]
    reasons: Mapping[str, tuple[Reason, ...]]

    __repr__ = brief_repr


def criteria_of(names: Iterable[str]) -> tuple[Criterion, ...]:
    """Return names that a person gave as criteria.

    Raises
    ------
    ValueError
        If one is none.
    """
    known = {str(name): name for name in get_args(Criterion)}
    wanted = list(names)
    for name in wanted:
        if name not in known:
            raise ValueError(f"{name} is nothing to prefer; there are: {', '.join(CRITERIA)}")
    return tuple(known[name] for name in dict.fromkeys(wanted))


def suggest(
    members: Sequence[GroupMember], seen: Mapping[Seen, Edits], *,
    prefer: Sequence[Criterion] = (),
) -> Suggestion:  # fmt: skip
    """Suggest which photos of a group to keep.

    Parameters
    ----------
    members : sequence of GroupMember
        At least one, in any order.
    seen : mapping of (query, photo) to Edits
        What the copy finder knows of pairs of their paths.
    prefer : sequence of str
        Criteria that come before all others, in this order.

    Raises
    ------
    ValueError
        If there are no members.
    """
    if not members:
        raise ValueError("a group has at least one photo")
    own = substances(members, seen)
    ranked = [*prefer, *(each for each in CRITERIA if each not in prefer)]

    def rank(member: GroupMember) -> tuple[object, ...]:
        worth = (-_WORTH[each](member, own[member.path]) for each in ranked)
        return (member.protected_by is None, *worth, member.path)

    order = sorted(members, key=rank)
    protected = [each.path for each in order if each.protected_by is not None]
    best, *others = order
    reasons = {best.path: _reasons(best, others, own, ranked)}
    reasons |= {each.path: _reasons(each, [best], own, ranked) for each in others}
    return Suggestion(tuple(each.path for each in order), tuple(protected or [best.path]), reasons)


def _reasons(
    member: GroupMember, others: Sequence[GroupMember], own: Mapping[str, Substance],
    ranked: Sequence[Criterion],
) -> tuple[Reason, ...]:  # fmt: skip
    found: list[Reason] = []
    if member.protected_by is not None:
        found.append(Reason("+", "protected", member.protected_by))
    for criterion in ranked:
        reason = _reason(criterion, member, others, own)
        if reason is not None:
            found.append(reason)
    return tuple(found)


def _reason(
    criterion: Criterion, member: GroupMember, others: Sequence[GroupMember],
    own: Mapping[str, Substance],
) -> Reason | None:  # fmt: skip
    """Compare a member with those worse than it if none is better, else with the best of them."""
    if criterion == "pixels":
        return _pixel_reason(member, others, own)
    if criterion == "compression":
        others = [each for each in others if _tells(each) and _tells(member)]
    worth, mine = _WORTH[criterion], own[member.path]
    here = worth(member, mine)
    by_worth = sorted(((worth(each, own[each.path]), each) for each in others),
                      key=lambda each: (-each[0], each[1].path))  # fmt: skip
    better = [each for value, each in by_worth if value > here]
    worse = [each for value, each in by_worth if value < here]
    if not better and not worse:
        return None
    other = (better or worse)[0]
    value, against = (_value(criterion, each, own[each.path]) for each in (member, other))
    return Reason("-" if better else "+", criterion, value, against)


def _pixel_reason(
    member: GroupMember, others: Sequence[GroupMember], own: Mapping[str, Substance]
) -> Reason | None:
    """Compare sizes; of a photo that only seems large that is said, and so of its rivals."""
    size = member.traits.size
    ahead = [each for each in others if own[each.path].pixels >= own[member.path].pixels]
    shown_by = own[member.path].shown_by
    if shown_by is not None and ahead:
        best = ahead[0].traits.size
        return _hollow_reason("-", size, best if _enlarges(size, best) else shown_by)
    real = [each for each in others if own[each.path].shown_by is None]
    larger = [each for each in real if each.pixels > member.pixels]
    smaller = [each for each in real if each.pixels < member.pixels]
    if larger or smaller:
        near = max(larger or smaller, key=lambda each: (each.pixels, each.path))
        return Reason("-" if larger else "+", "pixels", size, near.traits.size)
    rivals = [each for each in others if own[each.path].shown_by is not None]
    if rivals and own[member.path].shown_by is None:
        most = max(rivals, key=lambda each: (each.pixels, each.path))
        return _hollow_reason("+", size, most.traits.size)
    return None


def _hollow_reason(
    sign: Literal["+", "-"], size: tuple[int, int], other: tuple[int, int]
) -> Reason:
    """Say that a photo is an enlargement; one of about the same size is only less fine."""
    enlarges = _enlarges(size, other) or _enlarges(other, size)
    return Reason(sign, "enlarged" if enlarges else "softer", size, other)


def _enlarges(size: tuple[int, int], other: tuple[int, int]) -> bool:
    return size[0] * size[1] >= 2 * other[0] * other[1]


def _tells(member: GroupMember) -> bool:
    """Tell whether the steps of its tables say how coarsely a photo was compressed."""
    return member.traits.coarseness is not None


def _coarseness(member: GroupMember) -> int:
    coarseness = member.traits.coarseness
    return _UNKNOWN_COARSENESS if coarseness is None else coarseness


def _value(
    criterion: Criterion, member: GroupMember, own: Substance
) -> str | int | tuple[int, int] | None:
    """Return what a reason tells of a member: none where a word says all."""
    if criterion == "uncropped":
        return round(100 * own.share)
    if criterion == "compression":  # of former steps it is known only that they were coarse
        return None if member.traits.resaved else _coarseness(member)
    if criterion == "older":
        return member.traits.mtime
    return len(member.path) if criterion == "short-path" else None


def _size(value: object) -> str:
    return f"{value[0]}x{value[1]}" if isinstance(value, tuple) else ""


def _either(reason: Reason, good: str, bad: str) -> str:
    return good if reason.sign == "+" else bad


def _pixel_words(reason: Reason) -> str:
    return say("{size} against {other}", size=_size(reason.value), other=_size(reason.against))


def _enlarged_words(reason: Reason) -> str:
    size, other = _size(reason.value), _size(reason.against)
    if reason.sign == "+":
        return say("{size}, of which {other} is only an enlargement", size=size, other=other)
    return say("{size} with no more detail than {other}", size=size, other=other)


def _compression_words(reason: Reason) -> str:
    if reason.value is None or reason.against is None:
        return _either(reason, say("less compressed"), say("more compressed"))
    own, other = (f"{int(str(each)) / 56:.1f}" for each in (reason.value, reason.against))
    if reason.sign == "+":
        return say("less compressed: steps of {own} against {other}", own=own, other=other)
    return say("more compressed: steps of {own} against {other}", own=own, other=other)


_WORDS: Final[Mapping[ReasonKind, Callable[[Reason], str]]] = {
    "protected": lambda it: say("in {folder}, which is to be kept", folder=it.value),
    "enlarged": _enlarged_words,
    "softer": lambda it: _either(it, say("finer detail"), say("less fine detail")),
    "pixels": _pixel_words,
    "uncropped": lambda it: _either(
        it, say("not cropped"), say("cropped to {percent} %", percent=it.value)
    ),
    "borderless": lambda it: _either(it, say("without a border"), say("with a border")),
    "camera": lambda it: _either(it, say("original camera tags"), say("without camera tags")),
    "date": lambda it: _either(it, say("date of the photo"), say("without the date of the photo")),
    "place": lambda it: _either(it, say("place of the photo"), say("without the place")),
    "first-save": lambda it: _either(
        it, say("not saved again"), say("saved again after coarser compression")
    ),
    "compression": _compression_words,
    "lossless": lambda it: _either(it, say("without loss"), say("compressed with loss")),
    "older": lambda it: _either(it, say("older"), say("newer")),
    "short-path": lambda it: _either(it, say("shorter path"), say("longer path")),
}
