"""Digest of all that a picture stores in its pixels: what "the same pixels" is said of.

People delete on that word.  So every frame and page counts, alpha with the colours below it, the
full depth, and the colour profile; and where a file may hold more than its decoder shows, there is
no digest at all.  Frames are decoded and forgotten one by one.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image, ImageSequence

from sokkuri.images.containers import (
    colour_meaning,
    frame_shows_all,
    png_code_points,
    shows_all,
)
from sokkuri.images.limits import Limits, limits_now, strips
from sokkuri.images.picture import turned_upright
from sokkuri.images.reader import opened, quiet_decoding, read_source
from sokkuri.images.sniff import checked_format

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray
    from PIL.Image import Image as PillowImage

    from sokkuri._typing import ImageLike

_DIGEST_BYTES: Final = 32
_COLOUR: Final = "colour"

# Layouts in a file, by Pillow's names, of which the decoded picture keeps every bit; "A;B" are the
# samples of B bits that become the mode A.  A letter X is a channel that is dropped, a small "a"
# one that the others were multiplied with, and 16 bits of several channels become eight; of what is
# not here decoding drops a part.
_LAYOUTS: Final = {
    _COLOUR: (
        "1 1;I 1;R 1;IR L L;I L;R L;IR L;2 L;2I L;2R L;2IR L;4 L;4I L;4R L;4IR LA P P;R P;1 P;1R"
        " P;2 P;2R P;4 P;4R PA RGB RGB;R BGR BGR;15 BGR;16 RGBA BGRA ABGR BGAR R G B A C M Y K"
    ),
    "CMYK": "CMYK CMYK;I",
    "gray16": "I;16 I;16B I;16N I;16R",
    "gray12": "I;12",
    "signed16": "I;16S I;16BS I;16NS",
    "signed32": "I;32S I;32BS I;32NS",
    "float32": "F;32F F;32BF F;32NF",
}
_OF_LAYOUTS: Final = {name: kind for kind, names in _LAYOUTS.items() for name in names.split()}
_OF_MODES: Final = dict.fromkeys(("1", "L", "LA", "P", "PA", "RGB", "RGBA"), _COLOUR) | {
    "I;16": "gray16", "I;16L": "gray16", "I;16B": "gray16", "I;16N": "gray16",
    "I": "signed32", "F": "float32", "CMYK": "CMYK",
}  # fmt: skip
_WIDTHS: Final = {
    "gray16": "<u2", "gray12": "<u2", "signed16": "<i4", "signed32": "<i4", "float32": "<f4",
}  # fmt: skip


def _digest_of_samples(image: PillowImage, kind: str, clear: Any, meaning: bytes) -> bytes:
    """Return a digest of all samples of an upright picture: equal for equal ones, and only then.

    Gray, palettes and colour of eight bits are brought to one form, red, green, blue and alpha, so
    that it does not matter which of them stores a value.  ``clear`` are the values that are
    transparent, as Pillow has them; ``meaning`` is what else they depend on, such as a profile.
    """
    beside = None if kind == _COLOUR else clear
    state = _begun(kind, image.size, beside, meaning)
    for box in strips(image.size):
        strip = image.crop(box)
        values = _four_channels(strip, clear) if kind == _COLOUR else np.asarray(strip)
        if kind in _WIDTHS:
            values = values.astype(_WIDTHS[kind])
        state.update(np.ascontiguousarray(values).data)
    return state.digest()


def _begun(*told: object) -> hashlib.blake2b:
    return hashlib.blake2b(repr(told).encode(), digest_size=_DIGEST_BYTES)


def _digest_of_array(array: NDArray[np.generic]) -> bytes:
    """Return the digest of an array of pixels; that of a file with just these samples, if any."""
    values = array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array
    values = np.ascontiguousarray(values)
    if values.dtype in (np.uint8, np.bool_):
        return _digest_of_samples(Image.fromarray(values), _COLOUR, None, b"")
    plain = values.astype(values.dtype.newbyteorder("<"))
    kind = {"<u2": "gray16", "<f4": "float32"}.get(plain.dtype.str, plain.dtype.str)
    state = _begun(kind, (values.shape[1], values.shape[0]), None, b"")
    state.update(plain.data)
    return state.digest()


def _four_channels(strip: PillowImage, clear: Any) -> NDArray[np.uint8]:
    """Return eight-bit samples as red, green, blue and alpha, shape (H, W, 4)."""
    if clear is None or strip.mode not in {"1", "L", "RGB"}:
        if clear is not None:
            strip.info["transparency"] = clear
        return np.asarray(strip.convert("RGBA"))
    # Pillow would look for the value among samples that it has brought to eight bits.
    channels = np.asarray(strip.convert("L") if strip.mode == "1" else strip)
    channels = channels.reshape(*channels.shape[:2], -1)
    keys = np.array(clear, np.int64).reshape(-1)
    if len(keys) != channels.shape[2]:
        raise ValueError(f"odd transparency of {strip.mode}")
    result = np.array(strip.convert("RGBA"))
    result[(channels == keys).all(axis=2), 3] = 0
    return result


_MOST_FRAMES: Final = 10_000
# PNG keeps the transparent gray as it is stored, and decodes the others to eight bits.
_STEPS: Final = {"L;2": 85, "L;4": 17}


def exact_digest(source: ImageLike, *, limits: Limits | None = None) -> bytes | None:
    """Return a digest that two pictures share only if neither holds anything that the other lacks.

    Whatever the container: values of eight bits are equal as gray, as a palette or as colours, and
    a picture that is turned by its tag is equal to the turned one.  Of an animation the tempo
    counts, of frames that follow each other unchanged only how long they are seen.  Values under
    full transparency count.

    None where nothing can be said: the picture cannot be read to its end, is too large, or its
    decoder does not show all that is stored.  Never raises.

    Parameters
    ----------
    source : path, bytes, binary file object, PIL image or ndarray
        A Pillow image is the frame that it stands at.
    limits : Limits, optional
        Those that are set if None.  All frames together may have as many pixels as one picture.
    """
    try:
        with quiet_decoding():
            return _digest(source, limits or limits_now())
    except Exception:
        # Whatever keeps a frame from being read: then nothing is said.
        return None


def _digest(source: ImageLike, limits: Limits) -> bytes | None:
    if isinstance(source, np.ndarray):
        limits.check_size((source.shape[1], source.shape[0]))
        return _digest_of_array(source)
    if isinstance(source, Image.Image):
        limits.check_size(source.size)
        (kind,) = {_OF_LAYOUTS[layout] for layout in _layouts(source)} or {_OF_MODES[source.mode]}
        return _frame(source, b"", kind, source.info.get("transparency"))[0]
    data = read_source(source, limits)
    # What was left out to open it may have been another page, or what its colours mean.
    with opened(data, checked_format(data), mend=False) as image:
        if not shows_all(data, image):
            return None
        code_points = png_code_points(data) if image.format == "PNG" else b""
        return _of_frames(_frames(image, code_points, limits), _played(image))


def _of_frames(frames: Iterable[tuple[bytes, float]], played: bytes) -> bytes:
    """Return the digest of a sequence; of one frame it does not matter how it is played."""
    merged: list[tuple[bytes, float]] = []
    for digest, shown in frames:
        if merged and played and merged[-1][0] == digest:
            shown += merged.pop()[1]  # noqa: PLW2901 - seen on
        merged.append((digest, shown))
    if len(merged) == 1:
        return merged[0][0]
    parts = (digest + (f"{shown:.3f};".encode() if played else b"") for digest, shown in merged)
    return hashlib.blake2b(b"".join([played, *parts]), digest_size=_DIGEST_BYTES).digest()


def _played(image: PillowImage) -> bytes:
    """Return how often the frames of an animation are played, 0 for ever; empty for pages."""
    if image.format == "TIFF":
        return b""
    times = image.info.get("loop")
    if image.format == "GIF":
        # A GIF says how often it is played again, and nothing where it is played once.
        times = 1 if times is None else times and times + 1
    apart = bool(getattr(image, "default_image", False))
    return f"played {times or 0} {apart}".encode()


def _frames(
    image: PillowImage, code_points: bytes, limits: Limits
) -> Iterator[tuple[bytes, float]]:
    """Yield the digest of each frame, and the milliseconds that it is seen."""
    left = limits.pixels
    for number, frame in enumerate(ImageSequence.Iterator(image)):
        limits.check_size(frame.size)
        left -= frame.width * frame.height
        if left < 0 or number == _MOST_FRAMES or not frame_shows_all(frame):
            raise ValueError("too many frames, or one that holds more than is shown")
        layouts = _layouts(frame)
        (kind,) = {_OF_LAYOUTS[layout] for layout in layouts}
        clear = frame.info.get("transparency")
        if isinstance(clear, int):
            clear *= _STEPS.get(layouts[0], 1)
        yield _frame(frame, code_points, kind, clear)


def _frame(image: PillowImage, code_points: bytes, kind: str, clear: Any) -> tuple[bytes, float]:
    image.load()
    shown = float(image.info.get("duration", 0) or 0)  # some decoders know it only now
    meaning = colour_meaning(image, code_points)
    return _digest_of_samples(turned_upright(image), kind, clear, meaning), shown


def _layouts(image: PillowImage) -> list[str]:
    """Return how the samples of the frame lie in the file, part by part; before it is decoded."""
    if image.format == "WEBP":
        # Red, green, blue, and a byte that the decoder adds.
        return ["RGBA" if image.mode == "RGBA" else "RGB"]
    return [_layout(image, tile) for tile in getattr(image, "tile", ())]


def _layout(image: PillowImage, tile: Any) -> str:
    if tile.codec_name in ("gif", "qoi", "jpeg2k"):
        return "RGB" if image.format == "GIF" else image.mode  # eight bits a channel, all of them
    args = tile.args
    if tile.codec_name.startswith("ppm"):
        layout, most = args if isinstance(args, tuple) else (args, 255)
        if most == 65_535 and image.mode == "I":
            return "I;16B"
        return str(layout) if most <= 255 else f"{layout} up to {most}"
    return str(args if isinstance(args, str) else args[0])
