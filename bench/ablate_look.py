"""What each idea of the look hash gains: the hash without it, or with another, on the same photos.

Run ``python bench/ablate_look.py --photos DIR``, where DIR holds a folder for each class.  Every
row is the NumPy twin with one thing changed, measured as ``sokkuri evaluate`` does; the spread is
the standard deviation over five folds of the queries, each searched against all photos.  ``--only``
takes rows by a part of their name.  Prints a table and, with ``--json``, writes one.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from sokkuri.evaluation.photos import central_colour, class_of
from sokkuri.evaluation.retrieval import nearest_rows
from sokkuri.hashers.look_layout import BITS
from sokkuri.hashers.values import resize_colour
from sokkuri.images import Rejected, load
from sokkuri.kernels.look import reference
from sokkuri.lab import colours_agree
from sokkuri.metric import Metric
from sokkuri.pipeline import list_files
from sokkuri.registry import hasher

FOLDS = 5
Array = NDArray[Any]


@dataclass(frozen=True)
class Row:
    """One line of the table: what is changed, and how codes are compared."""

    name: str
    patches: tuple[tuple[Any, str, Any], ...] = ()
    emphasis: str | float = "balanced"
    mirror: bool = True
    without: slice | None = None


@dataclass(frozen=True)
class Data:
    """The photos, shrunk, with what the measures need to know of them."""

    small: list[Array]
    sizes: list[tuple[int, int]]
    labels: Array
    colours: Array


def main() -> int:
    options = _options()
    data = _read(options.photos)
    codes: dict[Any, Array] = {}
    rows = []
    print("| what | P@1 | P@10 | colour | both | spread |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    for row in _rows():
        if options.only and not any(word in row.name for word in options.only):
            continue
        key = tuple(name for _, name, _ in row.patches), str(row.patches)
        if key not in codes:
            codes[key] = _codes(row, data)
        figures = _measured(row, codes[key], data)
        rows.append({"name": row.name, **figures})
        mean = " | ".join(f"{100 * value:.1f}" for value in figures["mean"])
        spread = " ".join(f"{100 * value:.1f}" for value in figures["spread"])
        print(f"| {row.name} | {mean} | {spread} |", flush=True)
    if options.json:
        report = {"bench": "ablate_look", "photos": len(data.small), "rows": rows}
        Path(options.json).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", required=True, help="folder with a folder for each class")
    parser.add_argument("--only", nargs="*", help="rows whose names hold one of these")
    parser.add_argument("--json", help="write the figures to this file")
    return parser.parse_args()


def _read(folder: str) -> Data:
    data = Data([], [], np.array([]), np.array([]))
    labels, colours = [], []
    for path in list_files([folder]).files:
        label, whole, scaled = class_of(path, folder), load(path), load(path, least_side=128)
        if label is None or isinstance(whole, Rejected) or isinstance(scaled, Rejected):
            continue
        data.small.append(resize_colour(scaled, 64, 64)[..., :3].copy())
        data.sizes.append(scaled.size)
        labels.append(label)
        colours.append(central_colour(whole))
    numbers = {name: number for number, name in enumerate(sorted(set(labels)))}
    return Data(
        data.small, data.sizes, np.array([numbers[name] for name in labels]), np.array(colours)
    )


def _codes(row: Row, data: Data) -> Array:
    with ExitStack() as stack:
        for module, name, value in row.patches:
            stack.enter_context(patch.object(module, name, value))
        rows = [
            reference.look_reference(small, size)
            for small, size in zip(data.small, data.sizes, strict=True)
        ]
    return np.packbits(np.array(rows), axis=1)


def _measured(row: Row, codes: Array, data: Data) -> dict[str, Any]:
    maker = hasher("look-2")
    measure = Metric.of(maker, emphasis=row.emphasis, mirror=row.mirror)
    if row.without is not None and measure.chosen is not None:
        kept = np.setdiff1d(measure.chosen, np.arange(BITS)[row.without])
        mirrored: Any = np.searchsorted(kept, maker.mirrored_bits()[kept])  # type: ignore[attr-defined]
        measure = Metric(measure.spec, row.emphasis, kept, mirrored)
    found = nearest_rows(measure, measure.table(codes), 10)
    same = data.labels[found] == data.labels[:, None]
    agree = colours_agree(data.colours[found], data.colours[:, None])
    folds = np.random.default_rng(0).permutation(len(codes)) % FOLDS

    def figures(rows: Array) -> list[float]:
        parts = (same[rows, :1], same[rows], agree[rows], (same & agree)[rows])
        return [float(part.mean()) for part in parts]

    spread = np.std([figures(folds == fold) for fold in range(FOLDS)], axis=0)
    return {"mean": figures(np.arange(len(codes))), "spread": spread.tolist()}


def _rows() -> list[Row]:
    def changed(name: str, what: str, value: Any) -> Row:
        return Row(name, ((reference, what, value),))

    return [
        Row("look-2, balanced"),
        Row("shape", emphasis="shape"),
        Row("colour", emphasis="colour"),
        Row("balanced, mirrored photos not alike", mirror=False),
        Row("shape, mirrored photos not alike", emphasis="shape", mirror=False),
        changed("no box: the whole picture is the view", "object_box", _whole),
        changed("the box stretched to a square", "object_box", _stretched),
        changed("the box made square", "object_box", _squared),
        changed("the object by distance from the border's colour", "barrier", _from_border),
        changed("luma in place of the outline map", "outline_map", _luma),
        changed("bits above the median, not the mean", "_above", _above_median),
        Row("without the body", without=slice(2352, 2577)),
        Row("without the colour of the centre", without=slice(2577, 2865)),
        Row("without the colours of the places", without=slice(2865, 3513)),
        changed("one round of sweeps", "_ROUNDS", 1),
        changed("three rounds of sweeps", "_ROUNDS", 3),
        changed("the box leaves out 1/16", "_LEFT_OUT", 16),
        changed("the box leaves out 1/64", "_LEFT_OUT", 64),
        changed("the box widened by 1/16", "_WIDENED", 16),
        changed("the box widened by 1/4", "_WIDENED", 4),
        changed("a border of 2 pixels", "_BORDER", 2),
        changed("a border of 8 pixels", "_BORDER", 8),
        changed("a least spread of 2 units", "_LEAST_SPREAD", 8),
        changed("a least spread of 8 units", "_LEAST_SPREAD", 32),
    ]


Box = tuple[tuple[int, int], tuple[int, int]]


def _whole(mask: Array, size: tuple[int, int]) -> Box:  # noqa: ARG001 - in the twin's place
    return (32 * 256, 32 * 256), (64 * 256, 64 * 256)


def _boxed(mask: Array, size: tuple[int, int], length: Callable[[int, int], int]) -> Box:
    ends = [reference._ends(mask.sum(axis=axis)) for axis in (0, 1)]  # noqa: SLF001
    real = [(last - first) * side for (first, last), side in zip(ends, size, strict=True)]
    lengths = [length(own, max(real)) * 320 // side for own, side in zip(real, size, strict=True)]
    centres = [(first + last) * 128 for first, last in ends]
    return (centres[0], centres[1]), (lengths[0], lengths[1])


def _stretched(mask: Array, size: tuple[int, int]) -> Box:
    return _boxed(mask, size, lambda own, _: own)


def _squared(mask: Array, size: tuple[int, int]) -> Box:
    return _boxed(mask, size, lambda _, longer: longer)


def _from_border(lab: Array) -> Array:
    frame = np.ones(lab.shape[:2], np.bool_)
    frame[4:-4, 4:-4] = False
    mean = lab[frame].mean(axis=0)
    spread = np.abs(lab[frame] - mean).mean(axis=0) + 16
    return np.asarray((256 * np.abs(lab - mean) / spread).sum(axis=2), np.int64)


def _luma(lab: Array, mask: Array, view: Array) -> Array:  # noqa: ARG001 - in the twin's place
    return np.asarray(view[..., 0], np.int64)


def _above_median(values: Array, share: tuple[int, int]) -> Array:
    return np.asarray(values * share[1] > np.median(values) * share[0]).ravel()


if __name__ == "__main__":
    sys.exit(main())
