"""Explain the distance of two photos by their hash views: lay their bits side by side in panels."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sokkuri.errors import HashMismatch
from sokkuri.explanation.panels import ColoursPanel, GradientsPanel, Thumbnail, ValuesPanel
from sokkuri.explanation.sentence import areas_of, sentence_of, warning_of
from sokkuri.explanation.values import Explanation, Part, Words
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
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from sokkuri.explanation.hash_view import HashView
    from sokkuri.explanation.panels import Panel
    from sokkuri.hashers.look import ColourBits, LookBits
    from sokkuri.hashes import Grid, ImageHash
    from sokkuri.matches import Same
    from sokkuri.metric import Metric


class _CellMeaning(NamedTuple):
    """Meaning of each bit, for hashes without stored values."""

    en: str
    ja: str
    place: bool = False
    rows: int | None = None  # where the bits are no square


_FREQUENCIES: Final = _CellMeaning(
    "the cells are frequencies, not places", "マス目は場所ではなく周波数です"
)
_MEANINGS: Final = {
    "phash": _FREQUENCIES,
    "pdq": _FREQUENCIES,
    "colorhash": _CellMeaning(
        "the cells are shares of colours, not places", "マス目は場所ではなく色の割合です", rows=14
    ),
    "whash": _CellMeaning("", "", place=True),
}
_UNKNOWN: Final = _CellMeaning(
    "what a single bit means, this hash does not say",
    "1 つのビットが何を表すかは、このハッシュからは分かりません",
)


class _AlignedBits(NamedTuple):
    """The bits of two photos, of shape (bits,); ``counted`` are the compared ones."""

    bits_a: NDArray[np.bool_]
    bits_b: NDArray[np.bool_]
    counted: NDArray[np.bool_]
    mirrored: bool

    @property
    def differing(self) -> NDArray[np.bool_]:
        differing: NDArray[np.bool_] = (self.bits_a != self.bits_b) & self.counted
        return differing

    @property
    def distance(self) -> int:
        return int(self.differing.sum())


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
    aligned = _align(a, b, metric)
    panels = _build_panels(a, b, aligned)
    warnings = warning_of("A", a.hash.quality), warning_of("B", b.hash.quality)
    pixels_b = b.reading.pixels[:, ::-1] if aligned.mirrored else b.reading.pixels
    found = Explanation(
        a=names[0],
        b=names[1],
        spec=metric.spec,
        distance=aligned.distance,
        same=same() if same is not None and not aligned.distance else None,
        mirrored=aligned.mirrored,
        sentence=Words("", ""),
        warnings=tuple(warning for warning in warnings if warning is not None),
        parts=_parts_of(panels),
        areas=areas_of(panels),
        panels=panels,
        thumbnail_a=Thumbnail(a.reading.pixels, a.reading.frame),
        thumbnail_b=Thumbnail(pixels_b, b.reading.frame),
    )
    meaning = _cell_meaning(a.spec.name)
    return replace(found, sentence=sentence_of(found, Words(meaning.en, meaning.ja)))


def _parts_of(panels: Iterable[Panel]) -> tuple[Part, ...]:
    sums: dict[str, tuple[int, int]] = {}
    for panel in panels:
        distance, bits = sums.get(panel.part, (0, 0))
        counts = int(panel.differing.sum()), int(panel.counted.sum())
        sums[panel.part] = (distance + counts[0], bits + counts[1])
    return tuple(Part(name, *counts) for name, counts in sums.items())


def _align(a: HashView, b: HashView, metric: Metric) -> _AlignedBits:
    """Lay two codes side by side as a measure compares them."""
    a.hash.distance(b.hash)  # raises where the two are of different recipes
    if metric.chosen is None and metric.spec != a.spec:
        raise HashMismatch(f"the photos are hashed by {a.spec}, and compared by {metric.spec}")
    bits_a, bits_b = _bits_of(a.hash), _bits_of(b.hash)
    counted = np.ones(a.spec.bits, np.bool_)
    if metric.chosen is not None:
        counted[:] = False
        counted[metric.chosen] = True
    plain = _AlignedBits(bits_a, bits_b, counted, mirrored=False)
    if metric.mirrored is None:
        return plain
    turned = _AlignedBits(bits_a, _mirrored(bits_b, a.spec.name, metric), counted, mirrored=True)
    return turned if turned.distance < plain.distance else plain


def _build_panels(a: HashView, b: HashView, aligned: _AlignedBits) -> tuple[Panel, ...]:
    """Lay out two photos in panels; each compared bit is in one of them."""
    positions = look_positions(a.spec.name)
    if positions is not None:
        return tuple(_look_panels(aligned, positions))
    if a.reading.grids and not aligned.mirrored:
        grids = zip(a.reading.grids, b.reading.grids, strict=True)
        return tuple(_values_panel(*each, aligned) for each in grids)
    meaning = _cell_meaning(a.spec.name)
    shape = _grid_shape(len(aligned.bits_a), meaning.rows)
    cells = (each.reshape(shape) for each in (aligned.bits_a, aligned.bits_b, aligned.counted))
    return (_bare_panel(("bits", "all"), meaning.place, *cells),)


def _bits_of(code: ImageHash) -> NDArray[np.bool_]:
    return np.unpackbits(np.frombuffer(code.code, np.uint8), count=code.spec.bits).astype(np.bool_)


def _mirrored(bits: NDArray[np.bool_], name: str, metric: Metric) -> NDArray[np.bool_]:
    positions = look_positions(name)
    if positions is not None:  # all bits move, not only those that are compared
        return bits[np.searchsorted(positions, MIRRORED[positions])]
    moved = bits.copy()
    if metric.chosen is not None and metric.mirrored is not None:
        moved[metric.chosen] = bits[metric.chosen][metric.mirrored]
    return moved


def _grid_shape(bits: int, rows: int | None) -> tuple[int, int]:
    """Return rows and columns: a square where the bits are one, or as near as divides."""
    rows = rows or next(rows for rows in range(math.isqrt(bits), 0, -1) if bits % rows == 0)
    return rows, bits // rows


def _values_panel(a: Grid, b: Grid, aligned: _AlignedBits) -> ValuesPanel:
    values_a, values_b, reference_a, reference_b = (
        values if a.unit == 1 else values / a.unit
        for values in (a.values, b.values, a.reference, b.reference)
    )
    cells = a.first + a.step * np.arange(a.values.size).reshape(a.values.shape)
    part, counted = ("all" if a.name == "gray" else a.name), aligned.counted[cells]
    return ValuesPanel(
        a.name, part, True, values_a, values_b, reference_a, reference_b, a.reference_name,
        aligned.bits_a[cells], aligned.bits_b[cells], None if counted.all() else counted,
    )  # fmt: skip


def _bare_panel(
    names: tuple[str, str],
    place: bool,
    bits_a: NDArray[np.bool_],
    bits_b: NDArray[np.bool_],
    counted: NDArray[np.bool_],
) -> ValuesPanel:
    """Return a panel of bits whose values the code does not hold: the bits stand for them."""
    values_a, values_b, nought = (np.asarray(each, np.uint8) for each in (bits_a, bits_b, 0))
    compared = None if counted.all() else counted
    return ValuesPanel(
        *names, place, values_a, values_b, nought, nought, "", bits_a, bits_b, compared
    )


def _look_panels(aligned: _AlignedBits, positions: NDArray[np.int64]) -> Iterator[Panel]:
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


def _cell_meaning(name: str) -> _CellMeaning:
    return _MEANINGS.get(name.partition("-")[0], _UNKNOWN)
