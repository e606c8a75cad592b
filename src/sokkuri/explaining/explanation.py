"""Why two photos match: the bits that differ, where they are, and what they mean."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sokkuri.brief import brief_repr
from sokkuri.explaining import words
from sokkuri.explaining.colours import AGREEING_DELTA_E, middle_lab
from sokkuri.explaining.making import panels_of
from sokkuri.explaining.pairing import pair_of
from sokkuri.explaining.panels import ColoursPanel, ValuesPanel
from sokkuri.explaining.places import areas_of, spot_of
from sokkuri.explaining.plain import cells_of
from sokkuri.explaining.words import Part, Words
from sokkuri.matches import rate_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from sokkuri.explaining.panels import Panel
    from sokkuri.explaining.places import Areas
    from sokkuri.explaining.portrait import Portrait
    from sokkuri.hashes import HashSpec
    from sokkuri.matches import Same
    from sokkuri.measures import Measure

__all__ = ["Explanation", "Sight", "explain_portraits"]

SCHEMA: Final = 1
"""Version of the JSON object; raised when a field changes its meaning or goes away."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A photo as small as the hash looks at it.

    Parameters
    ----------
    pixels : ndarray of shape (rows, columns, 3), uint8
        In the orientation of the panels: mirrored where those of the photo are.
    frame : tuple of float
        Left, top, right and bottom of what they cover, as fractions of the upright photo, which is
        never mirrored here; it may reach beyond the photo.
    """

    pixels: NDArray[np.uint8]
    frame: tuple[float, float, float, float]

    __repr__ = brief_repr

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values, ready for JSON."""
        rows, columns = self.pixels.shape[:2]
        return {
            "pixels": base64.b64encode(np.ascontiguousarray(self.pixels).tobytes()).decode("ascii"),
            "rows": rows,
            "columns": columns,
            "frame": list(self.frame),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """Why two photos are as near as they are.

    Parameters
    ----------
    a, b : str
        What the photos are called.
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
        The differing bits by nine areas of the picture; None if bits have no places.
    panels : tuple of Panel
        The bits and what decided them, side by side.
    sight_a, sight_b : Sight
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
    sight_a: Sight
    sight_b: Sight

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
        """Share of equal bits in percent."""
        return 100 * (1 - self.fraction)

    @property
    def boxed(self) -> bool:
        """Whether places are those of a box around the thing in the photo, not of the photo."""
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
            "pictures": {"a": self.sight_a.as_dict(), "b": self.sight_b.as_dict()},
        }


def explain_portraits(
    a: Portrait,
    b: Portrait,
    measure: Measure,
    *,
    names: tuple[str, str] = ("A", "B"),
    same: Callable[[], Same | None] | None = None,
) -> Explanation:
    """Explain the distance of two photos from their portraits alone.

    Parameters
    ----------
    a, b : Portrait
        By one hash.
    measure : Measure
        How its codes are compared.
    names : tuple of str
        What the photos are called.
    same : callable, optional
        Tells identity beyond the hash, which portraits cannot; asked only where no bit differs.

    Raises
    ------
    HashMismatch
        If the three are not of one recipe.
    """
    pair = pair_of(a, b, measure)
    panels = panels_of(a, b, pair)
    parts, areas = _parts_of(panels), areas_of(panels)
    qualities = (("A", a.hash.quality), ("B", b.hash.quality))
    warnings = (words.warning_of(*each) for each in qualities)
    pixels_b = b.reading.pixels[:, ::-1] if pair.mirrored else b.reading.pixels
    found = Explanation(
        a=names[0],
        b=names[1],
        spec=measure.spec,
        distance=pair.distance,
        same=same() if same is not None and not pair.distance else None,
        mirrored=pair.mirrored,
        sentence=Words("", ""),
        warnings=tuple(warning for warning in warnings if warning is not None),
        parts=parts,
        areas=areas,
        panels=panels,
        sight_a=Sight(a.reading.pixels, a.reading.frame),
        sight_b=Sight(pixels_b, b.reading.frame),
    )
    return replace(found, sentence=words.joined(_clauses(found, a.spec.name)))


def _parts_of(panels: Iterable[Panel]) -> tuple[Part, ...]:
    sums: dict[str, tuple[int, int]] = {}
    for panel in panels:
        distance, bits = sums.get(panel.part, (0, 0))
        sums[panel.part] = (
            distance + int(panel.differing.sum()), bits + int(panel.counted.sum()),
        )  # fmt: skip
    return tuple(Part(name, *counts) for name, counts in sums.items())


def _clauses(found: Explanation, name: str) -> Iterator[Words]:
    yield from words.total_words(found.distance, found.spec.bits, found.rate, found.same)
    look = found.boxed
    if look:
        yield from _look_clauses(found)
    elif found.distance:
        channel = words.channel_words(found.parts)
        yield from () if channel is None else (channel,)
    if found.distance:
        spot = None if found.areas is None else spot_of(found.areas)
        yield from () if spot is None else (words.place_words(spot, thing=look),)
        if not look and _bare(found):
            cells = cells_of(name)
            yield Words(cells.en, cells.ja)
        if not look:
            yield _colour_clause(found)
    if found.mirrored:
        yield words.MIRRORED


def _look_clauses(found: Explanation) -> Iterator[Words]:
    for part in found.parts:
        if not part.bits or not found.distance:
            continue
        how = words.agreement(part)
        if part.name == "colour":
            how = "agree" if _centres_agree(found) else "differ"
        yield words.part_words(part, how)


def _centres_agree(found: Explanation) -> bool:
    centre = next(panel for panel in found.panels if panel.name == "centre")
    assert isinstance(centre, ColoursPanel)  # noqa: S101 - a fact about our own panels
    return _apart(centre.lab_a, centre.lab_b) <= AGREEING_DELTA_E


def _colour_clause(found: Explanation) -> Words:
    middles = (middle_lab(sight.pixels) for sight in (found.sight_a, found.sight_b))
    seen = any(part.name != "all" for part in found.parts) or found.spec.name.startswith("color")
    return words.colour_words(agree=_apart(*middles) <= AGREEING_DELTA_E, seen=seen)


def _apart(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(a - b))


def _bare(found: Explanation) -> bool:
    panel = found.panels[0]
    return isinstance(panel, ValuesPanel) and not panel.reference_name
