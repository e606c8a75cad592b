"""From two portraits to the panels of their explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sokkuri.explaining.panels import ColoursPanel, GradientsPanel, ValuesPanel
from sokkuri.explaining.plain import grid_shape, has_places
from sokkuri.hashers.look_layout import BITS
from sokkuri.hashers.look_reading import (
    CENTRE_WITHIN,
    MAPS,
    PLACES_WITHIN,
    WINDOWS_WITHIN,
    look_bits,
    look_positions,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sokkuri.explaining.pairing import Pair
    from sokkuri.explaining.panels import Panel
    from sokkuri.explaining.portrait import Portrait
    from sokkuri.hashers.look_reading import ColourBits, LookBits
    from sokkuri.hashes import Grid

__all__ = ["panels_of"]

_ALL: Final = "all"


def panels_of(a: Portrait, b: Portrait, pair: Pair) -> tuple[Panel, ...]:
    """Return the panels of two photos; each compared bit is in one of them."""
    positions = look_positions(a.spec.name)
    if positions is not None:
        return tuple(_look_panels(pair, positions))
    if a.reading.grids and not pair.mirrored:
        grids = zip(a.reading.grids, b.reading.grids, strict=True)
        return tuple(_values_panel(*each, pair) for each in grids)
    return (_bits_panel(a.spec.name, pair),)


def _values_panel(a: Grid, b: Grid, pair: Pair) -> ValuesPanel:
    shape = a.values.shape
    cells = a.first + a.step * np.arange(a.values.size).reshape(shape)
    counted = pair.counted[cells]
    return ValuesPanel(
        a.name,
        _ALL if a.name == "gray" else a.name,
        True,
        _levels(a.values, a.unit),
        _levels(b.values, b.unit),
        _levels(a.reference, a.unit),
        _levels(b.reference, b.unit),
        a.reference_name,
        pair.bits_a[cells],
        pair.bits_b[cells],
        None if counted.all() else counted,
    )


def _levels(values: NDArray[Any], unit: int) -> NDArray[Any]:
    return values if unit == 1 else values / unit


def _bits_panel(name: str, pair: Pair) -> ValuesPanel:
    rows, columns = grid_shape(name, len(pair.bits_a))
    return _bare_panel(
        ("bits", _ALL),
        has_places(name),
        *(bits.reshape(rows, columns) for bits in (pair.bits_a, pair.bits_b, pair.counted)),
    )


def _bare_panel(
    names: tuple[str, str],
    place: bool,
    bits_a: NDArray[np.bool_],
    bits_b: NDArray[np.bool_],
    counted: NDArray[np.bool_],
) -> ValuesPanel:
    """Return a panel of bits whose values the code does not hold: the bits stand for them."""
    nought = np.zeros((), np.uint8)
    return ValuesPanel(
        *names,
        place,
        bits_a.astype(np.uint8),
        bits_b.astype(np.uint8),
        nought,
        nought,
        "",
        bits_a,
        bits_b,
        None if counted.all() else counted,
    )


def _look_panels(pair: Pair, positions: NDArray[np.int64]) -> Iterator[Panel]:
    def spread(values: NDArray[np.bool_]) -> LookBits:
        whole = np.zeros(BITS, np.int64)
        whole[positions] = values
        return look_bits(whole)

    held = spread(np.ones_like(pair.counted))
    a, b, differing, counted = map(spread, (pair.bits_a, pair.bits_b, pair.differing, pair.counted))
    for number, name in enumerate(MAPS):
        strengths_a, strengths_b = (
            bits.edges[:, number].sum(axis=0).astype(np.uint8) for bits in (a, b)
        )
        red, whole = (bits.edges[:, number].sum(axis=(0, 3)) for bits in (differing, counted))
        yield GradientsPanel(name, "shape", strengths_a, strengths_b, red, whole, WINDOWS_WITHIN)
    if held.body.any():
        bodies = (bits.body.astype(np.bool_) for bits in (a, b, counted))
        yield _bare_panel(("body", "shape"), True, *bodies)
    for name, within, place in (
        ("centre", CENTRE_WITHIN, False),
        ("places", PLACES_WITHIN, True),
    ):
        parts: list[ColourBits] = [getattr(bits, name) for bits in (held, a, b, differing, counted)]
        levels = np.flatnonzero(parts[0].bits[0, 0, 0])
        if len(levels):
            lab_a, lab_b = (_lab(part, levels) for part in parts[1:3])
            red, whole = (part.bits.sum(axis=(2, 3)) for part in parts[3:])
            yield ColoursPanel(name, "colour", lab_a, lab_b, red, whole, within, place)


def _lab(colour: ColourBits, levels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the middle of the two levels that each value lies between."""
    step = colour.step * float(levels[1] - levels[0])
    first = np.array(colour.first) + colour.step * float(levels[0])
    lab = first + step * (colour.bits.sum(axis=-1) - 0.5)
    lab[..., 0] = lab[..., 0].clip(0, 100)
    return np.asarray(lab, np.float64)
