"""A hash view as bytes and back, so that worker processes can make them; nothing is pickled.

The bytes are a magic word, the length of a header, the header as JSON, and the arrays in a row.
"""

from __future__ import annotations

import json
import math
import struct
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sokkuri.errors import FormatError
from sokkuri.explanation.hash_view import HashView
from sokkuri.hashes import Grid, HashSpec, ImageHash, Reading

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["decode_view", "encode_view"]

_WHAT: Final = "the hash view of a photo"
_MAGIC: Final = b"skport1\n"
_LENGTH: Final = struct.Struct("<I")
_TYPES: Final = ("|u1", "<i8", "<f8")
_MOST_SIDE: Final = 512
_MOST_GRIDS: Final = 4
_SIDES: Final = 4


def encode_view(view: HashView) -> bytes:
    """Return a hash view as bytes that :func:`decode_view` reads back."""
    reading, spec = view.reading, view.spec
    arrays = [_plain(reading.pixels)]
    for grid in reading.grids:
        arrays += [_plain(grid.values), _plain(grid.reference)]
    header = {
        "spec": [spec.name, spec.bits, spec.version],
        "quality": view.hash.quality,
        "frame": list(reading.frame),
        "grids": [
            [grid.name, grid.reference_name, grid.first, grid.step, grid.unit]
            for grid in reading.grids
        ],
        "arrays": [[array.dtype.str, list(array.shape)] for array in arrays],
    }
    text = json.dumps(header).encode("ascii")
    parts = [_MAGIC, _LENGTH.pack(len(text)), text, view.hash.code]
    return b"".join([*parts, *(array.tobytes() for array in arrays)])


def decode_view(data: bytes) -> HashView:
    """Return the hash view in some bytes.

    Raises
    ------
    FormatError
        If they are no hash view, or one whose values do not give its bits.
    """
    try:
        return _decode(data)
    except FormatError:
        raise
    except (ValueError, TypeError, KeyError, struct.error, RecursionError) as error:
        raise FormatError(_WHAT, str(error)) from error


def _decode(data: bytes) -> HashView:
    start = len(_MAGIC) + _LENGTH.size
    _check(data[: len(_MAGIC)] == _MAGIC, "it does not begin as one")
    (length,) = _LENGTH.unpack_from(data, len(_MAGIC))
    header = json.loads(data[start : start + length])
    _check(isinstance(header, dict), "its header is no object")
    spec = _spec_of(header["spec"])
    start += length
    code = data[start : start + spec.code_bytes]
    quality = header["quality"]
    _check(quality is None or _whole(quality, 0, 100), "its quality is out of bounds")
    arrays = _arrays_of(header["arrays"], data[start + spec.code_bytes :])
    view = HashView(
        ImageHash(spec, code, quality),
        Reading(
            _pixels_of(arrays), _frame_of(header["frame"]), _grids_of(header["grids"], arrays[1:])
        ),
    )
    _check_bits(view)
    return view


def _check(fact: bool, otherwise: str) -> None:
    if not fact:
        raise FormatError(_WHAT, otherwise)


def _whole(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _spec_of(found: Any) -> HashSpec:
    name, bits, version = found
    _check(isinstance(name, str) and name.isprintable(), "its hash has no name")
    _check(_whole(bits, 1, 4 * _MOST_SIDE**2) and _whole(version, 1, 1 << 16), "its hash is odd")
    return HashSpec(name, bits, version)


def _arrays_of(found: Any, data: bytes) -> list[NDArray[Any]]:
    arrays, start = [], 0
    for name, shape in found:
        _check(name in _TYPES and len(shape) < _SIDES, "an array is of an odd kind")
        _check(all(_whole(side, 1, _MOST_SIDE) for side in shape), "an array is too large")
        kind = np.dtype(name)
        size = math.prod(shape) * kind.itemsize
        _check(start + size <= len(data), "bytes are missing")
        arrays.append(np.frombuffer(data, kind, math.prod(shape), start).reshape(shape))
        start += size
    _check(start == len(data), "bytes are left over")
    return arrays


def _pixels_of(arrays: list[NDArray[Any]]) -> NDArray[np.uint8]:
    _check(bool(arrays), "it has no pixels")
    pixels = arrays[0]
    right = pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3
    _check(right, "its pixels are odd")
    return pixels


def _frame_of(found: Any) -> tuple[float, float, float, float]:
    left, top, right, bottom = map(float, found)
    _check(all(map(math.isfinite, (left, top, right, bottom))), "its frame is no box")
    _check(left < right and top < bottom, "its frame is no box")
    return left, top, right, bottom


def _grids_of(found: Any, arrays: list[NDArray[Any]]) -> tuple[Grid, ...]:
    _check(len(found) <= _MOST_GRIDS and len(arrays) == 2 * len(found), "grids are missing")
    pairs = zip(arrays[::2], arrays[1::2], strict=True)
    return tuple(_grid_of(words, *pair) for words, pair in zip(found, pairs, strict=True))


def _grid_of(words: Any, values: NDArray[Any], reference: NDArray[Any]) -> Grid:
    name, reference_name, first, step, unit = words
    _check(isinstance(name, str) and isinstance(reference_name, str), "a grid has no name")
    numbers = _whole(first, 0, 1 << 20) and _whole(step, 1, 1 << 20) and _whole(unit, 1, 1 << 40)
    _check(numbers, "a grid has odd numbers")
    _check(values.ndim == 2 and reference.shape in ((), values.shape), "a grid is no grid")
    return Grid(name, values, reference, reference_name, first, step, unit)


def _check_bits(view: HashView) -> None:
    """Refuse values that do not decide each bit once, or not as the code has it."""
    grids, bits = view.reading.grids, view.spec.bits
    if not grids:
        return
    found = np.full(bits, -1)
    for grid in grids:
        above = (grid.values > grid.reference).ravel()
        last = grid.first + grid.step * (len(above) - 1)
        _check(last < bits, "a grid has too many values")
        found[grid.first : last + 1 : grid.step] = above
    code = np.frombuffer(view.hash.code, np.uint8)
    _check(bool((found == np.unpackbits(code)[:bits]).all()), "its values do not give its bits")


def _plain(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array as one of the kinds that are written."""
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    kind = "<i8" if np.issubdtype(array.dtype, np.integer) else "<f8"
    return np.asarray(array, kind, order="C")
