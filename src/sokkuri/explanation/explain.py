"""Explain the distance of two photos by their hash views: lay their bits side by side in panels."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sokkuri.errors import HashMismatch
from sokkuri.explanation.sentence import (
    areas_of,
    headline_of,
    sentences_of,
    warning_of,
)
from sokkuri.explanation.values import (
    WHOLE,
    ColoursPanel,
    Explanation,
    GradientsPanel,
    Part,
    ValuesPanel,
    Words,
)
from sokkuri.hashers import look
from sokkuri.hashers.look_layout import BITS, MIRRORED
from sokkuri.hashes import Grid, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from sokkuri.explanation.hash_view import HashView
    from sokkuri.explanation.values import Panel
    from sokkuri.matches import Same
    from sokkuri.metric import Metric


def explain_views(
    a: HashView,
    b: HashView,
    metric: Metric,
    *,
    names: tuple[str, str] = ("A", "B"),
    same: Callable[[], Same | None] | None = None,
) -> Explanation:
    """Explain the distance of two photos from their hash views alone.

    Parameters
    ----------
    a, b : HashView
        By one hash.
    metric : Metric
    names : tuple of str
    same : callable, optional
        Tells identity beyond the hash, which views cannot; asked only where no bit differs.

    Raises
    ------
    HashMismatch
        If the three are not of one recipe.
    """
    bits, mirrored = _align(a, b, metric)
    panels = tuple(_panels_of(a, b, bits, mirrored=mirrored))
    distance = int(_differing(bits).sum())
    warnings = warning_of("A", a.hash.quality), warning_of("B", b.hash.quality)
    pixels_b = b.reading.pixels[:, ::-1] if mirrored else b.reading.pixels
    found = Explanation(
        a=names[0],
        b=names[1],
        spec=metric.spec,
        distance=distance,
        same=same() if same is not None and not distance else None,
        mirrored=mirrored,
        headline=Words("", ""),
        sentence=Words("", ""),
        places=Words("", ""),
        warnings=tuple(filter(None, warnings)),
        parts=_parts_of(panels),
        areas=areas_of(panels),
        panels=panels,
        thumbnail_a=Reading(a.reading.pixels, a.reading.frame),
        thumbnail_b=Reading(pixels_b, b.reading.frame),
    )
    sentence, places = sentences_of(found)
    return replace(found, headline=headline_of(found), sentence=sentence, places=places)


def _parts_of(panels: Iterable[Panel]) -> tuple[Part, ...]:
    sums: dict[str, tuple[int, int]] = {}
    for panel in panels:
        distance, bits = sums.get(panel.part, (0, 0))
        sums[panel.part] = (distance + panel.distance, bits + panel.bits)
    return tuple(Part(name, *counts) for name, counts in sums.items())


def _align(a: HashView, b: HashView, metric: Metric) -> tuple[NDArray[np.bool_], bool]:
    """Lay two codes side by side as a measure compares them: the bits of A, of B, the compared."""
    a.hash.distance(b.hash)  # raises where the two are of different recipes
    spec = a.hash.spec
    if metric.chosen is None and metric.spec != spec:
        raise HashMismatch(f"the photos are hashed by {spec}, and compared by {metric.spec}")
    codes = np.stack([np.frombuffer(each.hash.code, np.uint8) for each in (a, b)])
    bits_a, bits_b = np.unpackbits(codes, axis=1, count=spec.bits).astype(np.bool_)
    counted = np.ones_like(bits_a)
    if metric.chosen is not None:
        counted = np.isin(np.arange(spec.bits), metric.chosen)
    plain = np.stack([bits_a, bits_b, counted])
    if metric.mirrored is None:
        return plain, False
    turned = np.stack([bits_a, _mirrored(bits_b, spec.name, metric), counted])
    nearer = _differing(turned).sum() < _differing(plain).sum()
    return (turned, True) if nearer else (plain, False)


def _differing(bits: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray((bits[0] != bits[1]) & bits[2])


def _mirrored(bits: NDArray[np.bool_], name: str, metric: Metric) -> NDArray[np.bool_]:
    positions = look.look_positions(name)
    if positions is not None:  # all bits move, not only those that are compared
        return bits[np.searchsorted(positions, MIRRORED[positions])]
    moved = bits.copy()
    if metric.chosen is not None and metric.mirrored is not None:
        moved[metric.chosen] = bits[metric.chosen][metric.mirrored]
    return moved


def _panels_of(
    a: HashView, b: HashView, bits: NDArray[np.bool_], *, mirrored: bool
) -> Iterator[Panel]:
    """Lay out two photos in panels; each compared bit is in one of them."""
    positions = look.look_positions(a.hash.spec.name)
    if positions is not None:
        yield from _look_panels(bits, positions)
    elif a.reading.grids and not mirrored:
        for grids in zip(a.reading.grids, b.reading.grids, strict=True):
            grid = grids[0]
            at = grid.first + grid.step * np.arange(grid.values.size).reshape(grid.values.shape)
            part = "all" if grid.name == "gray" else grid.name
            yield _values_panel(part, grids, bits[:, at])
    else:
        family, count = a.hash.spec.name.partition("-")[0], a.hash.spec.bits
        # A square where the bits are one, or as near as divides.
        fitting = (rows for rows in range(math.isqrt(count), 0, -1) if count % rows == 0)
        rows = 14 if family == "colorhash" else next(fitting)
        yield _bare_panel("bits", "all", bits.reshape(3, rows, -1), place=family == "whash")


def _values_panel(
    part: str, grids: tuple[Grid, Grid], bits: NDArray[np.bool_], *, place: bool = True
) -> ValuesPanel:
    """Return a panel of values; ``bits`` are those of A, those of B, and the compared ones."""
    bits_a, bits_b, counted = bits
    a, b = grids
    values_a, values_b, reference_a, reference_b = (
        each if a.unit == 1 else each / a.unit
        for each in (a.values, b.values, a.reference, b.reference)
    )
    differing, counts = _differing(bits).astype(np.int64), counted.astype(np.int64)
    return ValuesPanel(
        a.name, part, place, WHOLE, differing, counts, values_a, values_b,
        reference_a, reference_b, a.reference_name, bits_a, bits_b,
    )  # fmt: skip


def _bare_panel(
    name: str, part: str, bits: NDArray[np.bool_], *, place: bool = True
) -> ValuesPanel:
    """Return a panel of bits whose values the code does not hold: the bits stand for them."""
    nought = np.zeros((), np.uint8)
    a, b = (Grid(name, each.astype(np.uint8), nought, "") for each in bits[:2])
    return _values_panel(part, (a, b), bits, place=place)


def _look_panels(bits: NDArray[np.bool_], positions: NDArray[np.int64]) -> Iterator[Panel]:
    def spread(values: NDArray[np.bool_]) -> look.LookBits:
        whole = np.zeros(BITS, np.int64)
        whole[positions] = values
        return look.look_bits(whole)

    held = spread(np.ones_like(bits[2]))
    a, b, counted, differing = map(spread, [*bits, _differing(bits)])
    for number, name in enumerate(look.MAPS):
        red, whole = (each.edges[:, number].sum(axis=(0, 3)) for each in (differing, counted))
        strengths = (each.edges[:, number].sum(axis=0).astype(np.uint8) for each in (a, b))
        yield GradientsPanel(name, "shape", True, look.WINDOWS_WITHIN, red, whole, *strengths)
    if held.body.any():
        bodies = np.stack([each.body for each in (a, b, counted)]).astype(np.bool_)
        yield _bare_panel("body", "shape", bodies)
    for name, within, place in (
        ("centre", look.CENTRE_WITHIN, False),
        ("places", look.PLACES_WITHIN, True),
    ):
        parts: list[look.ColourBits] = [
            getattr(bits, name) for bits in (held, a, b, differing, counted)
        ]
        levels = np.flatnonzero(parts[0].bits[0, 0, 0])
        if len(levels):
            red, whole = (part.bits.sum(axis=(2, 3)) for part in parts[3:])
            labs = (_lab(part, levels) for part in parts[1:3])
            yield ColoursPanel(name, "colour", place, within, red, whole, *labs)


def _lab(colour: look.ColourBits, levels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the middle of the two levels that each value lies between."""
    step = colour.step * float(levels[1] - levels[0])
    first = np.array(colour.first) + colour.step * float(levels[0])
    lab = first + step * (colour.bits.sum(axis=-1) - 0.5)
    lab[..., 0] = lab[..., 0].clip(0, 100)
    return np.asarray(lab, np.float64)
