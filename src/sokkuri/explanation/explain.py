"""The distance of two photos explained: the bits that differ, where they are, what they mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sokkuri.brief import brief_repr
from sokkuri.explanation import sentence
from sokkuri.explanation.build import align, build_panels, cell_meaning
from sokkuri.explanation.panels import ColoursPanel, Thumbnail, ValuesPanel
from sokkuri.explanation.sentence import Part, Words, areas_of, spot_of
from sokkuri.kernels.look.lab import lab_quarters
from sokkuri.lab import colours_agree
from sokkuri.matches import rate_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from sokkuri.explanation.hash_view import HashView
    from sokkuri.explanation.panels import Panel
    from sokkuri.explanation.sentence import Areas
    from sokkuri.hashes import HashSpec
    from sokkuri.matches import Same
    from sokkuri.metric import Metric

SCHEMA: Final = 2
"""Version of the JSON object; raised when a field changes its meaning or goes away."""

_MIDDLE: Final = (0.3, 0.7)


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """Why two photos are as near as they are.

    Parameters
    ----------
    a, b : str
        Names of the photos.
    spec : HashSpec
        The recipe of what was compared.
    distance : int
        Differing bits; the differing cells of all panels add up to it.
    same : {"bytes", "link", "pixels"}, optional
        Identity beyond the hash.
    mirrored : bool
        Whether B is nearer as its mirror image; its panels and pixels are then shown mirrored.
    sentence : Words
        All of it in one sentence, in English and Japanese.
    warnings : tuple of Words
        Of photos that say little.
    parts : tuple of Part
        The distance by parts of the bits.
    areas : Areas, optional
        Differing bits per ninth of the picture; None if bits have no places.
    panels : tuple of Panel
        The bits and what decided them, side by side.
    thumbnail_a, thumbnail_b : Thumbnail
        The photos at hash size.
    """

    a: str
    b: str
    spec: HashSpec
    distance: int
    same: Same | None
    mirrored: bool
    sentence: Words
    warnings: tuple[Words, ...]
    parts: tuple[Part, ...]
    areas: Areas | None
    panels: tuple[Panel, ...]
    thumbnail_a: Thumbnail
    thumbnail_b: Thumbnail

    __repr__ = brief_repr

    @property
    def rate(self) -> float:
        """The tutorial's rate, ``distance / 256``."""
        return rate_of(self.distance)

    @property
    def fraction(self) -> float:
        """Share of differing bits, 0 to 1."""
        return self.distance / self.spec.bits

    @property
    def similarity(self) -> float:
        """Share of equal bits, 0 to 1."""
        return 1 - self.fraction

    @property
    def boxed(self) -> bool:
        """True where places are those of a box around the thing in the photo, not of the photo."""
        return any(isinstance(panel, ColoursPanel) for panel in self.panels)

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as plain values for JSON; docs/explain.md has the fields."""
        return {
            "schema": SCHEMA,
            "a": {"name": self.a},
            "b": {"name": self.b},
            "hash": self.spec.name,
            "bits": self.spec.bits,
            "distance": self.distance,
            "rate": self.rate,
            "fraction": self.fraction,
            "similarity": self.similarity,
            "same": self.same,
            "mirrored": self.mirrored,
            "sentence": self.sentence.as_dict(),
            "warnings": [warning.as_dict() for warning in self.warnings],
            "parts": [
                {"name": part.name, "distance": part.distance, "bits": part.bits}
                for part in self.parts
            ],
            "areas": None if self.areas is None else self.areas.differing.tolist(),
            "panels": [panel.as_dict() for panel in self.panels],
            "pictures": {"a": self.thumbnail_a.as_dict(), "b": self.thumbnail_b.as_dict()},
        }


def explain_views(
    a: HashView,
    b: HashView,
    measure: Metric,
    *,
    names: tuple[str, str] = ("A", "B"),
    same: Callable[[], Same | None] | None = None,
) -> Explanation:
    """Explain the distance of two photos from their hash views alone.

    Parameters
    ----------
    a, b : HashView
        By one hash.
    measure : Metric
        How its codes are compared.
    names : tuple of str
        Names of the photos.
    same : callable, optional
        Tells identity beyond the hash, which views cannot; asked only where no bit differs.

    Raises
    ------
    HashMismatch
        If the three are not of one recipe.
    """
    aligned = align(a, b, measure)
    panels = build_panels(a, b, aligned)
    qualities = (("A", a.hash.quality), ("B", b.hash.quality))
    warnings = (sentence.warning_of(*each) for each in qualities)
    pixels_b = b.reading.pixels[:, ::-1] if aligned.mirrored else b.reading.pixels
    found = Explanation(
        a=names[0],
        b=names[1],
        spec=measure.spec,
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
    return replace(found, sentence=sentence.joined(_clauses(found, a.spec.name)))


def middle_lab(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the median colour of the middle, from 30 % to 70 % of each side, in units of Lab.

    Parameters
    ----------
    pixels : ndarray of shape (H, W, 3), uint8

    Returns
    -------
    ndarray of shape (3,), float64
    """
    rows, columns = (
        slice(int(_MIDDLE[0] * side), int(np.ceil(_MIDDLE[1] * side))) for side in pixels.shape[:2]
    )
    middle = lab_quarters(pixels[rows, columns]).reshape(-1, 3)
    return np.asarray(np.median(middle, axis=0) / 4, np.float64)


def _parts_of(panels: Iterable[Panel]) -> tuple[Part, ...]:
    sums: dict[str, tuple[int, int]] = {}
    for panel in panels:
        distance, bits = sums.get(panel.part, (0, 0))
        counts = int(panel.differing.sum()), int(panel.counted.sum())
        sums[panel.part] = (distance + counts[0], bits + counts[1])
    return tuple(Part(name, *counts) for name, counts in sums.items())


def _clauses(found: Explanation, name: str) -> Iterator[Words]:
    yield from sentence.total_words(found.distance, found.spec.bits, found.rate, found.same)
    if found.distance:
        if found.boxed:
            yield from _look_clauses(found)
        elif (channel := sentence.channel_words(found.parts)) is not None:
            yield channel
        if found.areas is not None and (spot := spot_of(found.areas)) is not None:
            yield sentence.place_words(spot, thing=found.boxed)
        if not found.boxed:
            panel = found.panels[0]
            if isinstance(panel, ValuesPanel) and not panel.reference_name:
                yield Words(cell_meaning(name).en, cell_meaning(name).ja)
            yield _colour_clause(found)
    if found.mirrored:
        yield sentence.MIRRORED


def _look_clauses(found: Explanation) -> Iterator[Words]:
    for part in found.parts:
        if part.bits:
            how = sentence.agreement(part)
            if part.name == "colour":
                centre = next(panel for panel in found.panels if panel.name == "centre")
                assert isinstance(centre, ColoursPanel)  # noqa: S101 - a fact about our own panels
                how = "agree" if colours_agree(centre.lab_a, centre.lab_b).all() else "differ"
            yield sentence.part_words(part, how)


def _colour_clause(found: Explanation) -> Words:
    middles = (middle_lab(each.pixels) for each in (found.thumbnail_a, found.thumbnail_b))
    seen = any(part.name != "all" for part in found.parts) or found.spec.name.startswith("color")
    return sentence.colour_words(agree=bool(colours_agree(*middles)), seen=seen)
