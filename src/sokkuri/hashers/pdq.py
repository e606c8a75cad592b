"""PDQ, the hash that platforms exchange: 256 frequencies of a picture blurred to 64 x 64."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from sokkuri.hashes import HashSpec, ImageHash
from sokkuri.kernels import NATIVE, native

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray
    from PIL.Image import Image

    from sokkuri.images import Picture

_SIDE: Final = 64
_FREQUENCIES: Final = 16
_LEAST_SIDE: Final = 5
_LUMA: Final = (0.299, 0.587, 0.114)
_QUALITY_DIVISOR: Final = 90
# A blur needs whole columns only in between; strips of this many pixels bound its memory.
_STRIP_PIXELS: Final = 1 << 22


@dataclass(frozen=True, slots=True)
class PdqHash:
    """PDQ: 256 bits, with a quality of its own that says whether they can be trusted.

    Luma is blurred by two rounds of box filters (close to a tent), sampled at 64 x 64 points,
    and transformed; a bit is 1 where one of the 16 x 16 frequencies after the constant one is
    above their median.  A picture with a side below 5 pixels gives zero bits and quality 0.
    Publishers advise to discard hashes of a quality below 50.

    Every sum is made in single precision, in the order of the published C++ program, so that the
    bits and the quality are the same as those of ``pdqhash.compute``, most significant bit first.
    Copies are usually taken to be within 31 bits.

    References
    ----------
    "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", Facebook, 2019.
    W. Jarosz, "Fast Image Convolutions", SIGGRAPH Workshop, 2001, for the filters.
    N. Devillard, "Fast median search", 1998, Torben's method: the lower of the two in the middle.
    """

    working_side: ClassVar[int] = _SIDE
    fast: ClassVar[bool] = False

    @property
    def spec(self) -> HashSpec:
        """The recipe: ``pdq``, 256 bits."""
        return HashSpec("pdq", _FREQUENCIES**2)

    def hash(self, picture: Picture) -> ImageHash:
        """Hash one picture."""
        if min(picture.size) < _LEAST_SIDE:
            return ImageHash(self.spec, bytes(self.spec.code_bytes), 0)
        frequencies, steps = _frequencies(picture)
        median = np.partition(frequencies, frequencies.size // 2 - 1)[frequencies.size // 2 - 1]
        quality = min(100, steps // _QUALITY_DIVISOR)
        # The bit of the highest frequency comes first in the text form.
        return ImageHash(self.spec, np.packbits((frequencies > median)[::-1]).tobytes(), quality)


def _frequencies(picture: Picture) -> tuple[NDArray[np.float32], int]:
    """Return 256 frequencies, and the sum of steps between neighbouring points in percent."""
    raster = picture.raster
    if not NATIVE or raster is None:
        points = _points(picture.image)
        return _low_frequencies(points).ravel(), _steps(points)
    width, height = raster.size
    values, steps = native.pdq_frequencies(
        raster.source, width, height, raster.channels, _centres(width), _centres(height),
        _window(width), _window(height), _waves(),
    )  # fmt: skip
    return np.frombuffer(values, np.float32), steps


def _points(image: Image) -> NDArray[np.float32]:
    """Return luma at 64 x 64 points of the blurred picture."""
    if image.size == (_SIDE, _SIDE):
        return np.concatenate(list(_luma_strips(image)))
    columns = _centres(image.width)
    across, down = _window(image.width), _window(image.height)
    once = _box_down(chain.from_iterable(_box_across(_luma_strips(image), across)), down)
    twice = (strip[:, columns] for strip in _box_across(_strips(once, image.width), across))
    blurred = list(_box_down(chain.from_iterable(twice), down))
    return np.stack([blurred[row] for row in _centres(image.height)])


def _luma_strips(image: Image) -> Iterator[NDArray[np.float32]]:
    rows = max(1, _STRIP_PIXELS // image.width)
    for top in range(0, image.height, rows):
        part = image.crop((0, top, image.width, min(top + rows, image.height)))
        pixels = np.asarray(part if part.mode == "RGB" else part.convert("RGB"))
        red, green, blue = (pixels[..., channel] * weight for channel, weight in enumerate(_LUMA))
        yield (red + green + blue).astype(np.float32)


@lru_cache(maxsize=1024)
def _centres(length: int) -> NDArray[np.int32]:
    """Return which of ``length`` pixels become the 64 points."""
    return ((np.arange(_SIDE) + 0.5) * length / _SIDE).astype(np.int32)


def _window(length: int) -> int:
    """Return the width of a box: half of what becomes one point, as there are two rounds."""
    return -(-length // (2 * _SIDE))


def _strips(lines: Iterable[NDArray[np.float32]], width: int) -> Iterator[NDArray[np.float32]]:
    lines, rows = iter(lines), max(1, _STRIP_PIXELS // width)
    while strip := list(islice(lines, rows)):
        yield np.stack(strip)


def _box_across(
    strips: Iterable[NDArray[np.float32]], window: int
) -> Iterator[NDArray[np.float32]]:
    for strip in strips:
        columns = np.ascontiguousarray(strip.T)
        yield np.stack(list(_box_down(columns, window)), axis=1)


def _box_down(lines: Iterable[NDArray[np.float32]], window: int) -> Iterator[NDArray[np.float32]]:
    """Average each line with its neighbours, ``window`` lines in all, fewer at the ends.

    One running sum in single precision gains a line and loses a line at each step: its rounding
    errors are part of the hash.  Other programs run it along single rows, here whole lines of
    numbers run side by side.
    """
    ahead = (window + 2) // 2
    held: deque[NDArray[np.float32]] = deque()
    total = np.zeros(1, np.float32)
    for read, line in enumerate(lines, start=1):
        total = np.add(total, line)
        held.append(line)
        if read > window:
            total -= held.popleft()
        if read >= ahead:
            yield total / np.float32(len(held))
    for _ in range(ahead - 1):
        total -= held.popleft()
        yield total / np.float32(len(held))


def _steps(points: NDArray[np.float32]) -> int:
    """Return the sum of steps between neighbours in whole percent of full scale."""
    total = 0
    for steps in (points[:-1] - points[1:], points[:, :-1] - points[:, 1:]):
        percent = (steps * np.float32(100) / np.float32(255)).astype(np.int64)
        total += int(np.abs(percent).sum())
    return total


def _low_frequencies(points: NDArray[np.float32]) -> NDArray[np.float32]:
    waves = _waves()
    half = np.zeros((_FREQUENCIES, _SIDE), np.float32)
    for k in range(_SIDE):  # one after the other: a matrix product adds in an order of its own
        half += waves[:, k, None] * points[None, k]
    result = np.zeros((_FREQUENCIES, _FREQUENCIES), np.float32)
    for k in range(_SIDE):
        result += half[:, k, None] * waves[None, :, k]
    return result


@lru_cache(maxsize=1)
def _waves() -> NDArray[np.float32]:
    """Return the rows 1 to 16 of the orthonormal DCT-II matrix of 64 points."""
    scale = float(np.float32(math.sqrt(2 / _SIDE)))
    unit = math.pi / 2 / _SIDE
    waves = np.array(
        [[scale * math.cos(unit * i * (2 * j + 1)) for j in range(_SIDE)]
         for i in range(1, _FREQUENCIES + 1)], np.float32,
    )  # fmt: skip
    waves.flags.writeable = False
    return waves
