"""The explanation of a distance as frozen values."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from sokkuri.brief import brief_repr
from sokkuri.explanation.panels import ColoursPanel
from sokkuri.matches import DistanceOfTwo

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sokkuri.explanation.panels import Panel, Thumbnail
    from sokkuri.hashes import HashSpec
    from sokkuri.matches import Same

SCHEMA: Final = 2
"""Version of the JSON object; raised when a field changes its meaning or goes away."""


@dataclass(frozen=True, slots=True)
class Words:
    """The same in English and Japanese."""

    en: str
    ja: str


@dataclass(frozen=True, slots=True)
class Part:
    """The share that one part of the bits has in the distance.

    Parameters
    ----------
    name : str
        ``"all"``; ``"red"``, ``"green"``, ``"blue"``; or ``"shape"``, ``"colour"``.
    distance, bits : int
        Number of differing bits, and of compared ones.
    """

    name: str
    distance: int
    bits: int

    @property
    def share(self) -> float:
        """Share of differing bits, 0 to 1."""
        return self.distance / self.bits if self.bits else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Areas:
    """Number of differing bits, and of compared ones, by area: arrays of shape (3, 3), int64."""

    differing: NDArray[np.int64]
    counted: NDArray[np.int64]

    __repr__ = brief_repr


@dataclass(frozen=True, slots=True, eq=False)
class Explanation(DistanceOfTwo):
    """Why two photos are as near as they are.

    Parameters
    ----------
    a, b : str
        Names of the photos.
    spec : HashSpec
    distance : int
        Differing bits; the differing cells of all panels add up to it.
    same : {"bytes", "link", "pixels"}, optional
        Identity beyond the hash.
    mirrored : bool
        Whether B is nearer as its mirror image; its panels and pixels are then shown mirrored.
    sentence, warnings : Words, tuple of Words
        All of it in one sentence; and of photos that say little.
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
            "sentence": asdict(self.sentence),
            "warnings": [asdict(warning) for warning in self.warnings],
            "parts": [asdict(part) for part in self.parts],
            "areas": None if self.areas is None else self.areas.differing.tolist(),
            "panels": [panel.as_dict() for panel in self.panels],
            "pictures": {"a": self.thumbnail_a.as_dict(), "b": self.thumbnail_b.as_dict()},
        }
