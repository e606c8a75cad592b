"""The explanation of a distance as frozen values: its sentence, its parts, its panels."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias

import numpy as np

from sokkuri.brief import brief_repr
from sokkuri.lab import hex_of_lab
from sokkuri.language import language
from sokkuri.matches import DistanceOfTwo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.hashes import HashSpec, Reading
    from sokkuri.matches import Same

SCHEMA: Final = 2
"""Version of the JSON object; raised when a field changes its meaning or goes away."""

Within: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom, as fractions of a picture."""

WHOLE: Final[Within] = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Words:
    """The same in English and Japanese."""

    en: str
    ja: str

    def said(self) -> str:
        """Return the words in the reader's language."""
        return self.ja if language() == "ja" else self.en


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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Cells:
    """The cells of a panel, each about some of the bits.

    Parameters
    ----------
    name, part : str
        What the cells show, and the part of the distance that their bits count in.
    place : bool
        Whether cells are places of the picture, the first row at its top.
    within : tuple of float
        The place of the cells in the frame of the picture.
    differing, counted : ndarray of shape (rows, columns), int64
        How many bits of each cell differ, of how many that are compared.
    """

    kind: ClassVar[str]

    name: str
    part: str
    place: bool
    within: Within
    differing: NDArray[np.int64]
    counted: NDArray[np.int64]

    __repr__ = brief_repr

    @property
    def distance(self) -> int:
        """Number of differing bits."""
        return int(self.differing.sum())

    @property
    def bits(self) -> int:
        """Number of compared bits."""
        return int(self.counted.sum())

    @property
    def shares(self) -> NDArray[np.float64]:
        """Share of the compared bits of each cell that differ; shape (rows, columns), float64."""
        return np.asarray(self.differing / np.maximum(self.counted, 1), np.float64)

    def as_dict(self) -> dict[str, Any]:
        """Return the panel as plain values, ready for JSON."""
        rows, columns = self.differing.shape
        return {
            "name": self.name,
            "part": self.part,
            "kind": self.kind,
            "rows": rows,
            "columns": columns,
            "place": self.place,
            "within": list(self.within),
            "bits": self.bits,
            **self._fields(),
        }

    def _fields(self) -> dict[str, Any]:
        raise NotImplementedError


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ValuesPanel(_Cells):
    """Cells with a value each, and one bit that says whether it is above its reference.

    Parameters
    ----------
    values_a, values_b : ndarray of shape (rows, columns)
        In gray levels; the bits themselves where the hash shows no values.
    reference_a, reference_b : ndarray of shape () or (rows, columns)
        What they were compared with.
    reference_name : str
        What that is; empty where the hash shows no values.
    bits_a, bits_b : ndarray of shape (rows, columns), bool
    """

    kind = "values"

    values_a: NDArray[Any]
    values_b: NDArray[Any]
    reference_a: NDArray[Any]
    reference_b: NDArray[Any]
    reference_name: str
    bits_a: NDArray[np.bool_]
    bits_b: NDArray[np.bool_]

    def _fields(self) -> dict[str, Any]:
        return {
            "values_a": _numbers(self.values_a),
            "values_b": _numbers(self.values_b),
            "reference_a": _numbers(self.reference_a),
            "reference_b": _numbers(self.reference_b),
            "reference_name": self.reference_name,
            "bits_a": _base64(np.packbits(self.bits_a)),
            "bits_b": _base64(np.packbits(self.bits_b)),
            "compared": None if self.counted.all() else _base64(np.packbits(self.counted > 0)),
        }


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GradientsPanel(_Cells):
    """Windows with the strength of their edges in eight directions.

    Parameters
    ----------
    strengths_a, strengths_b : ndarray of shape (rows, columns, 8), uint8
        0 to 3: how many of the three levels the strength is above.  Direction d is a change of
        light along d times 22.5 degrees, clockwise from the x axis as y grows downwards.
    """

    kind = "gradients"

    strengths_a: NDArray[np.uint8]
    strengths_b: NDArray[np.uint8]

    def _fields(self) -> dict[str, Any]:
        return {
            "strengths_a": self.strengths_a.ravel().tolist(),
            "strengths_b": self.strengths_b.ravel().tolist(),
            "differing": self.differing.ravel().tolist(),
        }


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ColoursPanel(_Cells):
    """Cells with a colour each; the one colour of the picture's middle is no place.

    Parameters
    ----------
    lab_a, lab_b : ndarray of shape (rows, columns, 3), float64
        L*, a* and b*, as far as the levels tell.
    """

    kind = "colours"

    lab_a: NDArray[np.float64]
    lab_b: NDArray[np.float64]

    def _fields(self) -> dict[str, Any]:
        return {
            "lab_a": self.lab_a.ravel().tolist(),
            "lab_b": self.lab_b.ravel().tolist(),
            "rgb_a": list(hex_of_lab(self.lab_a)),
            "rgb_b": list(hex_of_lab(self.lab_b)),
            "differing": self.differing.ravel().tolist(),
        }


Panel: TypeAlias = ValuesPanel | GradientsPanel | ColoursPanel


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
    headline, sentence, places : Words
        In a person's words; all of it in one sentence; that without the numbers.
    warnings : tuple of Words
        Of photos that say little.
    parts : tuple of Part
        The distance by parts of the bits.
    areas : Areas, optional
        Differing bits per ninth of the picture; None if bits have no places.
    panels : tuple of Panel
        The bits and what decided them, side by side.
    thumbnail_a, thumbnail_b : Reading
        The photos at hash size, without what decided the bits; the pixels in the orientation of the
        panels, the frame never mirrored.
    """

    a: str
    b: str
    spec: HashSpec
    distance: int
    same: Same | None
    mirrored: bool
    headline: Words
    sentence: Words
    places: Words
    warnings: tuple[Words, ...]
    parts: tuple[Part, ...]
    areas: Areas | None
    panels: tuple[Panel, ...]
    thumbnail_a: Reading
    thumbnail_b: Reading

    __repr__ = brief_repr

    @property
    def boxed(self) -> bool:
        """True where places are those of a box around the thing in the photo, not of the photo."""
        return any(isinstance(panel, ColoursPanel) for panel in self.panels)

    @property
    def in_one(self) -> Words:
        """Headline and sentence as one."""
        headline, english = self.headline, self.sentence.en
        return Words(
            f"{headline.en}: {english[:1].lower()}{english[1:]}",
            f"{headline.ja}。{self.sentence.ja}",
        )

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
            "headline": asdict(self.headline),
            "sentence": asdict(self.sentence),
            "places": asdict(self.places),
            "warnings": [asdict(warning) for warning in self.warnings],
            "parts": [asdict(part) for part in self.parts],
            "areas": None if self.areas is None else self.areas.differing.tolist(),
            "panels": [panel.as_dict() for panel in self.panels],
            "pictures": {"a": _picture(self.thumbnail_a), "b": _picture(self.thumbnail_b)},
        }


def _numbers(values: NDArray[Any]) -> Any:
    """Return numbers in gray levels, whole ones where they are whole, with two decimals else."""
    rounded = values if values.dtype == np.uint8 else np.round(values.astype(np.float64), 2)
    return rounded.ravel().tolist() if values.ndim else rounded.item()


def _picture(small: Reading) -> dict[str, Any]:
    rows, columns = small.pixels.shape[:2]
    pixels, frame = _base64(small.pixels), list(small.frame)
    return {"pixels": pixels, "rows": rows, "columns": columns, "frame": frame}


def _base64(values: NDArray[Any]) -> str:
    return base64.b64encode(values.tobytes()).decode("ascii")
