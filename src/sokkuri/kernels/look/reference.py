"""The look hash in plain NumPy and whole numbers: the truth that the C kernel must equal.

From a small picture to bits in four steps: colours become Lab, the object is found and framed, maps
of it are summed up in windows, and values become bits in the order that the layout publishes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHARES: Final = ((1, 1), (1, 2), (3, 2))
"""A strength is compared with these shares of the mean of its map."""

CENTRE_LEVELS: Final = 96
PLACES: Final = 3
PLACE_LEVELS: Final = 24

_CENTRE: Final = slice(15, 45)  # the middle half of the view
_PLACED: Final = slice(9, 51)  # three places of 14 pixels a side

# Levels in quarter units, lightness around 50, a* and b* around 0: one unit apart for the centre,
# four units apart for the places.
_CENTRE_L: Final = 4 * np.arange(CENTRE_LEVELS) + 10
_CENTRE_AB: Final = 4 * np.arange(CENTRE_LEVELS) - 190
_PLACE_L: Final = 16 * np.arange(PLACE_LEVELS) + 16
_PLACE_AB: Final = 16 * np.arange(PLACE_LEVELS) - 184

SIDE: Final = 64
"""Side of the working picture in pixels."""

VIEW: Final = 60
"""Side of the view, the object's box resampled."""

_ROUNDS: Final = 2
_FAR: Final = 1 << 14
# The box leaves out 1/32 of the object on each of its four sides, which sheds stray pixels, and is
# widened by an eighth of its side on each side, so that the outline lies inside.
_LEFT_OUT: Final = 32
_WIDENED: Final = 8

# Positions have eight fractional bits.
_ONE: Final = 256

CELLS: Final = 15
"""Cells a side; each has 4 x 4 pixels of the view."""

WINDOWS: Final = 7
"""Windows a side: tents over 5 x 5 cells, two cells apart, the first around the second cell."""

DIRECTIONS: Final = (
    (64, 0), (59, 24), (45, 45), (24, 59), (0, 64), (-24, 59), (-45, 45), (-59, 24),
)  # fmt: skip
"""Eight directions of a gradient as 64 times cosine and sine, opposite ones taken together."""

_TENT: Final = (1, 2, 3, 2, 1)
_STRIDE: Final = 2
_BORDER: Final = 4  # width of the frame that stands for the background
_LEAST_SPREAD: Final = 16  # four units of Lab: a plain background would divide by nothing

_LIGHT: Final = 4095
_ROOT: Final = 4096

# Rows of the sRGB to XYZ matrix (IEC 61966-2-1, white D65) over the white point, in 1/4096; each
# row adds up to one, so that grays have neither a nor b.
_MATRIX: Final = np.array([[1777, 1541, 778], [871, 2929, 296], [73, 449, 3574]], np.int32)


def look_reference(rgb: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Compute the bits of a look hash.

    Parameters
    ----------
    rgb : ndarray of shape (64, 64, 3), uint8
        The photo shrunk to a square.
    size : tuple of int
        Width and height of the photo before that, in pixels.

    Returns
    -------
    ndarray of shape (3513,), bool
        Edges (3 strengths x 2 maps x 7 rows x 7 columns x 8 directions); the body (15 rows x 15
        columns); the colour of the centre (3 channels x 96 levels), and of 3 x 3 places (24).
    """
    lab = lab_quarters(rgb)
    mask = object_mask(barrier(lab))
    view = view_of(lab, *object_box(mask, size))
    outline = outline_map(lab, mask, view)
    strengths = [window_strengths(outline[..., None]), window_strengths(view.astype(np.int64))]
    parts = [_above(values, share) for share in SHARES for values in strengths]
    parts.append(_above(block_sums(outline, CELLS), (1, 1)))
    parts += [_centre_colour(view), _place_colours(view)]
    return np.concatenate(parts)


def lab_quarters(rgb: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Convert sRGB colours to L*, a* and b* in quarters of a unit.

    Parameters
    ----------
    rgb : ndarray of shape (..., 3), uint8

    Returns
    -------
    ndarray of shape (..., 3), int32
        L* from 0 to 400; a* and b* within -800 and 800.
    """
    roots = ROOTS[(LINEAR[rgb] @ _MATRIX.T) >> 12]
    x, y, z = roots[..., 0], roots[..., 1], roots[..., 2]
    lightness = ((464 * y) >> 12) - 64
    return np.stack([lightness, (2000 * (x - y)) >> 12, (800 * (y - z)) >> 12], axis=-1)


def barrier(lab: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the minimum barrier distance of every pixel from the edge of the picture.

    A path costs, in each channel, its largest value less its smallest: a slow change of light is
    cheap, a step is not.  Two rounds of four sweeps (down, up, right, left) come near the minimum:
    each pixel takes over its neighbour's path if that is cheaper.  The channels are added.

    Parameters
    ----------
    lab : ndarray of shape (64, 64, 3), int32

    Returns
    -------
    ndarray of shape (64, 64), int32

    References
    ----------
    R. Strand, K. C. Ciesielski, F. Malmberg, P. K. Saha, "The minimum barrier distance", Computer
    Vision and Image Understanding 117 (2013).  J. Zhang et al., "Minimum Barrier Salient Object
    Detection at 80 FPS", ICCV 2015, for the sweeps.
    """
    cost = np.full(lab.shape, _FAR, np.int32)
    cost[[0, -1]] = cost[:, [0, -1]] = 0
    high, low = lab.copy(), lab.copy()
    inner = range(1, SIDE - 1)
    for _ in range(_ROUNDS):
        for turned in (False, True):
            maps = [np.swapaxes(each, 0, 1) if turned else each for each in (cost, high, low, lab)]
            for line in inner:
                _take_over(maps, line, line - 1)
            for line in reversed(inner):
                _take_over(maps, line, line + 1)
    return np.asarray(cost.sum(axis=2, dtype=np.int32))


def _take_over(maps: list[NDArray[np.int32]], line: int, before: int) -> None:
    cost, high, low, lab = maps
    highest = np.maximum(high[before], lab[line])
    lowest = np.minimum(low[before], lab[line])
    better = highest - lowest < cost[line]
    cost[line] = np.where(better, highest - lowest, cost[line])
    high[line] = np.where(better, highest, high[line])
    low[line] = np.where(better, lowest, low[line])


def object_mask(cost: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return the pixels above the mean cost, all where there are none; of shape (64, 64), bool."""
    mask: NDArray[np.bool_] = cost * (SIDE * SIDE) > cost.sum()
    return mask if mask.any() else np.ones_like(mask)


def object_box(
    mask: NDArray[np.bool_], size: tuple[int, int]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return centre and length of the object's box along x and along y.

    Its sides are half-way between those of the object and the square on the longer one: a square
    would lose how slender the object is in empty space, and the box itself would forget it.

    Parameters
    ----------
    mask : ndarray of shape (64, 64), bool
    size : tuple of int
        Width and height of the photo: its pixels are not square in the working picture.

    Returns
    -------
    centre, length : tuple of int
        In 1/256 of a pixel of the working picture.
    """
    ends = [_ends(mask.sum(axis=axis)) for axis in (0, 1)]
    real = [(last - first) * side for (first, last), side in zip(ends, size, strict=True)]
    widened = _ONE // 2 * (_WIDENED + 2) // _WIDENED
    lengths = [(own + max(real)) * widened // side for own, side in zip(real, size, strict=True)]
    centres = [(first + last) * (_ONE // 2) for first, last in ends]
    return (centres[0], centres[1]), (lengths[0], lengths[1])


def _ends(counts: NDArray[np.int64]) -> tuple[int, int]:
    total = int(counts.sum())
    first = int((np.cumsum(counts) * _LEFT_OUT < total).sum())
    last = SIDE - int((np.cumsum(counts[::-1]) * _LEFT_OUT < total).sum())
    return first, max(last, first + 1)


def view_of(
    lab: NDArray[np.int32], centre: tuple[int, int], length: tuple[int, int]
) -> NDArray[np.int32]:
    """Resample the object's box bilinearly; beyond the picture its edge goes on.

    Parameters
    ----------
    lab : ndarray of shape (64, 64, 3), int32
    centre, length : tuple of int
        As of :func:`object_box`.

    Returns
    -------
    ndarray of shape (60, 60, 3), int32
    """
    (x0, x1, fx), (y0, y1, fy) = (_places(*axis) for axis in zip(centre, length, strict=True))
    fx, fy = fx[None, :, None], fy[:, None, None]
    upper = lab[y0][:, x0] * (_ONE - fx) + lab[y0][:, x1] * fx
    lower = lab[y1][:, x0] * (_ONE - fx) + lab[y1][:, x1] * fx
    between: Any = upper * (_ONE - fy) + lower * fy
    return np.asarray(between >> 16, np.int32)


def _places(
    centre: int, length: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    odd = 2 * np.arange(VIEW, dtype=np.int64) + 1
    place = (2 * VIEW * (centre - _ONE // 2) - VIEW * length + odd * length) // (2 * VIEW)
    place = np.clip(place, 0, (SIDE - 1) * _ONE)
    first = place >> 8
    return first, np.minimum(first + 1, SIDE - 1), place & (_ONE - 1)


def outline_map(
    lab: NDArray[np.int32], mask: NDArray[np.bool_], view: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Return how much more each pixel of the view resembles the object than the background.

    Both are a mean colour and a spread, of the object's pixels and of a frame four pixels wide.

    Parameters
    ----------
    lab : ndarray of shape (64, 64, 3), int32
    mask : ndarray of shape (64, 64), bool
    view : ndarray of shape (60, 60, 3), int32

    Returns
    -------
    ndarray of shape (60, 60), int64
        0 to 4080, smoothed by 1-2-1 along both axes.
    """
    frame = np.ones((SIDE, SIDE), np.bool_)
    frame[_BORDER:-_BORDER, _BORDER:-_BORDER] = False
    far, near = (_squared_distance(lab[where], view) for where in (frame, mask))
    outline = 255 * far // (far + near + 1)
    padded = np.pad(outline, 1, "edge")
    down = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    return np.asarray(down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:])


def _squared_distance(pixels: NDArray[np.int32], view: NDArray[np.int32]) -> NDArray[np.int64]:
    mean = pixels.sum(axis=0, dtype=np.int64) // len(pixels)
    spread = np.abs(pixels - mean).sum(axis=0) // len(pixels)
    weights = 65536 // (spread + _LEAST_SPREAD)
    distance: NDArray[np.int64] = (np.abs(view - mean) * weights).sum(axis=2) >> 10
    return distance * distance


def window_strengths(maps: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sum up the strength of the gradients in each window, by direction.

    Of several channels, each pixel counts with the one that changes most.  A gradient counts with
    its length along the nearest of eight directions, a later one only if it is nearer.

    Parameters
    ----------
    maps : ndarray of shape (60, 60, C), int64

    Returns
    -------
    ndarray of shape (7, 7, 8), int64

    References
    ----------
    N. Dalal, B. Triggs, "Histograms of Oriented Gradients for Human Detection", CVPR 2005.
    """
    gx, gy = _gradients(maps)
    along = np.stack([np.abs(gx * cosine + gy * sine) for cosine, sine in DIRECTIONS], axis=-1)
    nearest, strength = along.argmax(axis=-1), along.max(axis=-1)
    chosen = nearest[..., None] == np.arange(len(DIRECTIONS))
    cells = block_sums(strength[..., None] * chosen, CELLS)
    padded = np.pad(cells, ((1, 1), (1, 1), (0, 0)))
    starts = slice(0, _STRIDE * WINDOWS - 1, _STRIDE)
    rows = sum(weight * padded[at:][starts] for at, weight in enumerate(_TENT))
    windows = sum(weight * np.asarray(rows)[:, at:][:, starts] for at, weight in enumerate(_TENT))
    return np.asarray(windows, np.int64)


def _gradients(maps: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    padded = np.pad(maps, ((1, 1), (1, 1), (0, 0)), "edge").astype(np.int64)
    gx = padded[1:-1, 2:] - padded[1:-1, :-2]
    gy = padded[2:, 1:-1] - padded[:-2, 1:-1]
    best = (gx * gx + gy * gy).argmax(axis=-1)[..., None]
    return np.take_along_axis(gx, best, -1)[..., 0], np.take_along_axis(gy, best, -1)[..., 0]


def block_sums(values: NDArray[np.int64], blocks: int) -> NDArray[np.int64]:
    """Sum over equal square blocks.

    Parameters
    ----------
    values : ndarray of shape (side, side, ...), int64
    blocks : int
        Blocks a side; further axes stay.
    """
    step = len(values) // blocks
    parts = values.reshape(blocks, step, blocks, step, *values.shape[2:])
    return np.asarray(parts.sum(axis=(1, 3)))


def _above(values: NDArray[np.int64], share: tuple[int, int]) -> NDArray[np.bool_]:
    """Tell which values are above a share of their mean, without dividing."""
    return np.ravel(values * (values.size * share[1]) > values.sum() * share[0])


def _centre_colour(view: NDArray[np.int32]) -> NDArray[np.bool_]:
    middle = np.sort(view[_CENTRE, _CENTRE].reshape(-1, 3), axis=0)
    return _levels(middle[len(middle) // 2], _CENTRE_L, _CENTRE_AB).ravel()


def _place_colours(view: NDArray[np.int32]) -> NDArray[np.bool_]:
    placed = view[_PLACED, _PLACED].astype(np.int64)
    pixels = (len(placed) // PLACES) ** 2
    return _levels(block_sums(placed, PLACES), _PLACE_L * pixels, _PLACE_AB * pixels).ravel()


def _levels(
    values: NDArray[Any], lightness: NDArray[np.int64], chroma: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return a thermometer of each channel: which levels its value is above."""
    levels = np.stack([lightness, chroma, chroma])
    return np.asarray(values[..., None] > levels)


def _linear_light() -> NDArray[np.int32]:
    coded = np.arange(256) / 255
    light = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    # None is nearer than 1/10,000 to a half: machines that differ in the last bit round alike.
    return np.asarray(np.rint(_LIGHT * light), np.int32)


def _cie_roots() -> NDArray[np.int32]:
    """Return 4096 times the CIE's f of ``light / 4095`` for all amounts of light."""
    light = np.arange(_LIGHT + 1, dtype=np.int64)
    cubes = _ROOT**3 * light // _LIGHT
    # Machines differ in the last bit of a root; whole numbers put it right.
    roots = np.rint(np.cbrt(cubes)).astype(np.int64)
    roots -= roots**3 > cubes
    roots += (roots + 1) ** 3 <= cubes
    line = (_ROOT * (24389 * light + 16 * 27 * _LIGHT)) // (116 * 27 * _LIGHT)
    return np.where(light * 24389 > 216 * _LIGHT, roots, line).astype(np.int32)


LINEAR: Final = _linear_light()
"""Linear light of each coded value, 0 to 4095."""

ROOTS: Final = _cie_roots()
"""The CIE's cube root of each amount of light, in 1/4096."""

LINEAR.flags.writeable = ROOTS.flags.writeable = False
