"""The panels of an explanation: what is drawn side by side, and which cells of it differ."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from sokkuri.brief import brief_repr
from sokkuri.lab import hex_of_lab

if TYPE_CHECKING:
    from numpy.typing import NDArray

Within: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom, as fractions of a picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Thumbnail:
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
    frame: Within

    __repr__ = brief_repr

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values, ready for JSON."""
        rows, columns = self.pixels.shape[:2]
        pixels = base64.b64encode(np.ascontiguousarray(self.pixels).tobytes()).decode("ascii")
        return {"pixels": pixels, "rows": rows, "columns": columns, "frame": list(self.frame)}


@dataclass(frozen=True, slots=True, eq=False)
class ValuesPanel:
    """Cells with a value each, and one bit that says whether it is above its reference.

    Parameters
    ----------
    name, part : str
        What the values are of, and the part of the distance that their bits count in.
    place : bool
        Whether cells are places of the picture, the first row at its top.
    values_a, values_b : ndarray of shape (rows, columns)
        In gray levels; the bits themselves where the hash shows no values.
    reference_a, reference_b : ndarray of shape () or (rows, columns)
        What they were compared with.
    reference_name : str
        What that is; empty where the hash shows no values.
    bits_a, bits_b : ndarray of shape (rows, columns), bool
    compared : ndarray of shape (rows, columns), bool, optional
        Which of the bits count; None for all.
    """

    name: str
    part: str
    place: bool
    values_a: NDArray[Any]
    values_b: NDArray[Any]
    reference_a: NDArray[Any]
    reference_b: NDArray[Any]
    reference_name: str
    bits_a: NDArray[np.bool_]
    bits_b: NDArray[np.bool_]
    compared: NDArray[np.bool_] | None = None

    __repr__ = brief_repr

    @property
    def within(self) -> Within:
        """The place of the cells in the frame of the picture: all of it."""
        return 0.0, 0.0, 1.0, 1.0

    @property
    def differing(self) -> NDArray[np.int64]:
        """Number of differing bits in each cell, 0 or 1; shape (rows, columns), int64."""
        return np.asarray((self.bits_a != self.bits_b) * self.counted, np.int64)

    @property
    def counted(self) -> NDArray[np.int64]:
        """Number of compared bits in each cell, 0 or 1; shape (rows, columns), int64."""
        shape = self.bits_a.shape
        return np.ones(shape, np.int64) if self.compared is None else self.compared.astype(np.int64)

    def as_dict(self) -> dict[str, Any]:
        """Return the panel as plain values, ready for JSON."""
        return {
            **_head(self, "values"),
            "values_a": _numbers(self.values_a),
            "values_b": _numbers(self.values_b),
            "reference_a": _numbers(self.reference_a),
            "reference_b": _numbers(self.reference_b),
            "reference_name": self.reference_name,
            "bits_a": _packed(self.bits_a),
            "bits_b": _packed(self.bits_b),
            "compared": None if self.compared is None else _packed(self.compared),
        }


@dataclass(frozen=True, slots=True, eq=False)
class GradientsPanel:
    """Windows with the strength of their edges in eight directions.

    Parameters
    ----------
    name, part : str
    strengths_a, strengths_b : ndarray of shape (rows, columns, 8), uint8
        0 to 3: how many of the three levels the strength is above.  Direction d is a change of
        light along d times 22.5 degrees, clockwise from the x axis as y grows downwards.
    differing, counted : ndarray of shape (rows, columns), int64
        How many bits of each window differ, of how many that are compared.
    within : tuple of float
        The place of the cells in the frame of the picture.
    place : bool
    """

    name: str
    part: str
    strengths_a: NDArray[np.uint8]
    strengths_b: NDArray[np.uint8]
    differing: NDArray[np.int64]
    counted: NDArray[np.int64]
    within: Within
    place: bool = True

    __repr__ = brief_repr

    def as_dict(self) -> dict[str, Any]:
        """Return the panel as plain values, ready for JSON."""
        return {
            **_head(self, "gradients"),
            "strengths_a": self.strengths_a.ravel().tolist(),
            "strengths_b": self.strengths_b.ravel().tolist(),
            "differing": self.differing.ravel().tolist(),
        }


@dataclass(frozen=True, slots=True, eq=False)
class ColoursPanel:
    """Cells with a colour each.

    Parameters
    ----------
    name, part : str
    lab_a, lab_b : ndarray of shape (rows, columns, 3), float64
        L*, a* and b*, as far as the levels tell.
    differing, counted, within
        As of :class:`GradientsPanel`.
    place : bool
        False for the one colour of the picture's middle.
    """

    name: str
    part: str
    lab_a: NDArray[np.float64]
    lab_b: NDArray[np.float64]
    differing: NDArray[np.int64]
    counted: NDArray[np.int64]
    within: Within
    place: bool

    __repr__ = brief_repr

    def as_dict(self) -> dict[str, Any]:
        """Return the panel as plain values, ready for JSON."""
        return {
            **_head(self, "colours"),
            "lab_a": self.lab_a.ravel().tolist(),
            "lab_b": self.lab_b.ravel().tolist(),
            "rgb_a": list(hex_of_lab(self.lab_a)),
            "rgb_b": list(hex_of_lab(self.lab_b)),
            "differing": self.differing.ravel().tolist(),
        }


Panel: TypeAlias = ValuesPanel | GradientsPanel | ColoursPanel


def _head(panel: Panel, kind: str) -> dict[str, Any]:
    rows, columns = panel.differing.shape
    return {
        "name": panel.name,
        "part": panel.part,
        "kind": kind,
        "rows": rows,
        "columns": columns,
        "place": panel.place,
        "within": list(panel.within),
        "bits": int(panel.counted.sum()),
    }


def _numbers(values: NDArray[Any]) -> Any:
    """Return numbers in gray levels, whole ones where they are whole, with two decimals else."""
    rounded = values if values.dtype == np.uint8 else np.round(values.astype(np.float64), 2)
    return rounded.ravel().tolist() if values.ndim else rounded.item()


def _packed(bits: NDArray[np.bool_]) -> str:
    return base64.b64encode(np.packbits(bits).tobytes()).decode("ascii")
