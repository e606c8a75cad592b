"""From two hash views to the panels of their explanation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sokkuri.errors import HashMismatch
from sokkuri.explanation.panels import ColoursPanel, GradientsPanel, ValuesPanel
from sokkuri.hashers.look import (
    CENTRE_WITHIN,
    MAPS,
    PLACES_WITHIN,
    WINDOWS_WITHIN,
    look_bits,
    look_positions,
)
from sokkuri.hashers.look_layout import BITS, MIRRORED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sokkuri.explanation.hash_view import HashView
    from sokkuri.explanation.panels import Panel
    from sokkuri.hashers.look import ColourBits, LookBits
    from sokkuri.hashes import Grid, ImageHash
    from sokkuri.metric import Metric

_ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class CellMeaning:
    """Meaning of each bit, for hashes without stored values.

    Parameters
    ----------
    en, ja : str
        Follow on the number of bits that differ; empty where there is nothing to say.
    place : bool
        Whether cells are places of the picture.
    rows : int, optional
        Number of rows, where the bits are no square.
    """

    en: str
    ja: str
    place: bool = False
    rows: int | None = None


_FREQUENCIES: Final = CellMeaning(
    "the cells are frequencies, not places", "マス目は場所ではなく周波数です"
)
_MEANINGS: Final = {
    "phash": _FREQUENCIES,
    "pdq": _FREQUENCIES,
    "colorhash": CellMeaning(
        "the cells are shares of colours, not places", "マス目は場所ではなく色の割合です", rows=14
    ),
    "whash": CellMeaning("", "", place=True),
}
_UNKNOWN: Final = CellMeaning(
    "what a single bit means, this hash does not say",
    "1 つのビットが何を表すかは、このハッシュからは分かりません",
)


def cell_meaning(name: str) -> CellMeaning:
    """Return the meaning of the bits of a hash that shows no values."""
    return _MEANINGS.get(name.partition("-")[0], _UNKNOWN)


@dataclass(frozen=True, slots=True, eq=False)
class AlignedBits:
    """The bits of two photos, those of the second mirrored where that brings them nearer.

    Parameters
    ----------
    bits_a, bits_b : ndarray of shape (bits,), bool
    counted : ndarray of shape (bits,), bool
        Which of them are compared.
    mirrored : bool
    """

    bits_a: NDArray[np.bool_]
    bits_b: NDArray[np.bool_]
    counted: NDArray[np.bool_]
    mirrored: bool

    @property
    def differing(self) -> NDArray[np.bool_]:
        """The compared bits that differ, shape (bits,), bool."""
        differing: NDArray[np.bool_] = (self.bits_a != self.bits_b) & self.counted
        return differing

    @property
    def distance(self) -> int:
        """Number of differing bits."""
        return int(self.differing.sum())


def align(a: HashView, b: HashView, measure: Metric) -> AlignedBits:
    """Lay two codes side by side as a measure compares them.

    Parameters
    ----------
    a, b : HashView
    measure : Metric

    Raises
    ------
    HashMismatch
        If the three are not of one recipe.
    """
    a.hash.distance(b.hash)  # raises where the two are of different recipes
    if measure.chosen is None and measure.spec != a.spec:
        raise HashMismatch(f"the photos are hashed by {a.spec}, and compared by {measure.spec}")
    bits_a, bits_b = _bits_of(a.hash), _bits_of(b.hash)
    counted = np.ones(a.spec.bits, np.bool_)
    if measure.chosen is not None:
        counted[:] = False
        counted[measure.chosen] = True
    plain = AlignedBits(bits_a, bits_b, counted, mirrored=False)
    if measure.mirrored is None:
        return plain
    turned = AlignedBits(bits_a, _mirrored(bits_b, a.spec.name, measure), counted, mirrored=True)
    return turned if turned.distance < plain.distance else plain


def build_panels(a: HashView, b: HashView, aligned: AlignedBits) -> tuple[Panel, ...]:
    """Lay out two photos in panels; each compared bit is in one of them.

    Parameters
    ----------
    a, b : HashView
    aligned : AlignedBits
        Of the two, by :func:`align`.
    """
    positions = look_positions(a.spec.name)
    if positions is not None:
        return tuple(_look_panels(aligned, positions))
    if a.reading.grids and not aligned.mirrored:
        grids = zip(a.reading.grids, b.reading.grids, strict=True)
        return tuple(_values_panel(*each, aligned) for each in grids)
    meaning = cell_meaning(a.spec.name)
    shape = _grid_shape(len(aligned.bits_a), meaning.rows)
    cells = (each.reshape(shape) for each in (aligned.bits_a, aligned.bits_b, aligned.counted))
    return (_bare_panel(("bits", _ALL), meaning.place, *cells),)


def _bits_of(code: ImageHash) -> NDArray[np.bool_]:
    return np.unpackbits(np.frombuffer(code.code, np.uint8), count=code.spec.bits).astype(np.bool_)


def _mirrored(bits: NDArray[np.bool_], name: str, measure: Metric) -> NDArray[np.bool_]:
    positions = look_positions(name)
    if positions is not None:  # all bits move, not only those that are compared
        return bits[np.searchsorted(positions, MIRRORED[positions])]
    moved = bits.copy()
    if measure.chosen is not None and measure.mirrored is not None:
        moved[measure.chosen] = bits[measure.chosen][measure.mirrored]
    return moved


def _grid_shape(bits: int, rows: int | None) -> tuple[int, int]:
    """Return rows and columns: a square where the bits are one, or as near as divides."""
    rows = rows or next(rows for rows in range(math.isqrt(bits), 0, -1) if bits % rows == 0)
    return rows, bits // rows


def _values_panel(a: Grid, b: Grid, aligned: AlignedBits) -> ValuesPanel:
    def levels(values: NDArray[Any]) -> NDArray[Any]:
        return values if a.unit == 1 else values / a.unit

    cells = a.first + a.step * np.arange(a.values.size).reshape(a.values.shape)
    counted = aligned.counted[cells]
    return ValuesPanel(
        a.name,
        _ALL if a.name == "gray" else a.name,
        True,
        levels(a.values),
        levels(b.values),
        levels(a.reference),
        levels(b.reference),
        a.reference_name,
        aligned.bits_a[cells],
        aligned.bits_b[cells],
        None if counted.all() else counted,
    )


def _bare_panel(
    names: tuple[str, str],
    place: bool,
    bits_a: NDArray[np.bool_],
    bits_b: NDArray[np.bool_],
    counted: NDArray[np.bool_],
) -> ValuesPanel:
    """Return a panel of bits whose values the code does not hold: the bits stand for them."""
    values_a, values_b = bits_a.astype(np.uint8), bits_b.astype(np.uint8)
    nought = np.zeros((), np.uint8)
    compared = None if counted.all() else counted
    return ValuesPanel(
        *names, place, values_a, values_b, nought, nought, "", bits_a, bits_b, compared
    )


def _look_panels(aligned: AlignedBits, positions: NDArray[np.int64]) -> Iterator[Panel]:
    def spread(values: NDArray[np.bool_]) -> LookBits:
        whole = np.zeros(BITS, np.int64)
        whole[positions] = values
        return look_bits(whole)

    held = spread(np.ones_like(aligned.counted))
    both = (aligned.bits_a, aligned.bits_b, aligned.differing, aligned.counted)
    a, b, differing, counted = map(spread, both)
    for number, name in enumerate(MAPS):
        strengths_a, strengths_b = (
            bits.edges[:, number].sum(axis=0).astype(np.uint8) for bits in (a, b)
        )
        red, whole = (bits.edges[:, number].sum(axis=(0, 3)) for bits in (differing, counted))
        yield GradientsPanel(name, "shape", strengths_a, strengths_b, red, whole, WINDOWS_WITHIN)
    if held.body.any():
        bodies = (bits.body.astype(np.bool_) for bits in (a, b, counted))
        yield _bare_panel(("body", "shape"), True, *bodies)
    for name, within, place in (("centre", CENTRE_WITHIN, False), ("places", PLACES_WITHIN, True)):
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
