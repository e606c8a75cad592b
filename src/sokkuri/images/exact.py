"""Digest of all that a picture stores in its pixels: what "the same pixels" is said of.

People delete on that word.  So every frame and page counts, alpha with the colours below it, the
full depth, and the colour profile; and where a file may hold more than its decoder shows, there is
no digest at all.  Frames are decoded and forgotten one by one.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from PIL import Image

from sokkuri.images.containers import check_container, check_frame, colour_meaning
from sokkuri.images.limits import Limits, RejectKind, Unusable, limits_now, strips
from sokkuri.images.picture import orientation_of, turned_upright
from sokkuri.images.reader import checked_format, opened, quiet_decoding, read_file
from sokkuri.images.sniff import HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray
    from PIL.Image import Image as PillowImage

    from sokkuri._typing import ImageLike

_DIGEST_BYTES: Final = 32
_COLOUR: Final = "colour"

# Layouts in a file, by Pillow's names, of which the decoded picture keeps every bit; "A;B" are the
# samples of B bits that become the mode A.  A letter X is a channel that is dropped, a small "a"
# one that the others were multiplied with, and 16 bits of several channels become eight.
_OF_LAYOUTS: Final = dict.fromkeys(
    (
        "1", "1;I", "1;R", "1;IR", "L", "L;I", "L;R", "L;IR", "L;2", "L;2I", "L;2R", "L;2IR",
        "L;4", "L;4I", "L;4R", "L;4IR", "LA", "P", "P;R", "P;1", "P;1R", "P;2", "P;2R", "P;4",
        "P;4R", "PA", "RGB", "RGB;R", "BGR", "BGR;15", "BGR;16", "RGBA", "BGRA", "ABGR", "BGAR",
        "R", "G", "B", "A", "C", "M", "Y", "K",
    ), _COLOUR
) | {
    "CMYK": "CMYK", "CMYK;I": "CMYK",
    "I;16": "gray16", "I;16B": "gray16", "I;16N": "gray16", "I;16R": "gray16", "I;12": "gray12",
    "I;16S": "signed16", "I;16BS": "signed16", "I;16NS": "signed16",
    "I;32S": "signed32", "I;32BS": "signed32", "I;32NS": "signed32",
    "F;32F": "float32", "F;32BF": "float32", "F;32NF": "float32",
}  # fmt: skip
_OF_MODES: Final = dict.fromkeys(("1", "L", "LA", "P", "PA", "RGB", "RGBA"), _COLOUR) | {
    "I;16": "gray16", "I;16L": "gray16", "I;16B": "gray16", "I;16N": "gray16",
    "I": "signed32", "F": "float32", "CMYK": "CMYK",
}  # fmt: skip
_WIDTHS: Final = {
    "gray16": "<u2", "gray12": "<u2", "signed16": "<i4", "signed32": "<i4", "float32": "<f4",
}  # fmt: skip


def _kind_of(name: str, kinds: dict[str, str]) -> str:
    """Return the kind of the samples of a mode or "raw mode" of Pillow, once they are decoded.

    Samples of two kinds are never the same; a layout of which decoding drops a part is refused.
    """
    if name not in kinds:
        raise _narrowed(name)
    return kinds[name]


def _digest_of_samples(image: PillowImage, kind: str, clear: Any, meaning: bytes) -> bytes:
    """Return a digest of all samples of an upright picture: equal for equal ones, and only then.

    Gray, palettes and colour of eight bits are brought to one form, red, green, blue and alpha, so
    that it does not matter which of them stores a value.  ``clear`` are the values that are
    transparent, as Pillow has them; ``meaning`` is what else they depend on, such as a profile.
    """
    state = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    beside = clear if kind != _COLOUR else None
    state.update(repr((kind, image.size, beside, meaning)).encode())
    for box in strips(image.size):
        strip = image.crop(box)
        if kind == _COLOUR:
            values: NDArray[Any] = _four_channels(strip, clear)
        else:
            values = np.asarray(strip)
            if kind in _WIDTHS:
                values = values.astype(_WIDTHS[kind])
        state.update(np.ascontiguousarray(values).data)
    return state.digest()


def _digest_of_array(array: NDArray[np.generic], meaning: bytes) -> bytes:
    """Return the digest of an array of pixels; that of a file with just these samples, if any."""
    values = array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array
    values = np.ascontiguousarray(values)
    if values.dtype in (np.uint8, np.bool_):
        return _digest_of_samples(Image.fromarray(values), _COLOUR, None, meaning)
    plain = values.astype(values.dtype.newbyteorder("<"))
    kind = {"<u2": "gray16", "<f4": "float32"}.get(plain.dtype.str, plain.dtype.str)
    size = (values.shape[1], values.shape[0])
    state = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    state.update(repr((kind, size, None, meaning)).encode())
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
        raise _narrowed(f"{strip.mode} with odd transparency")
    result = np.array(strip.convert("RGBA"))
    result[(channels == keys).all(axis=2), 3] = 0
    return result


def _narrowed(layout: str) -> Unusable:
    return Unusable(RejectKind.UNSUPPORTED, f"samples of {layout} are not decoded whole")


_MOST_FRAMES: Final = 10_000
# PNG keeps the transparent gray as it is stored, and decodes the others to eight bits.
_STEPS: Final = {"L;2": 85, "L;4": 17}


class _Frame(NamedTuple):
    digest: bytes
    shown: float  # milliseconds


def exact_digest(source: ImageLike, *, limits: Limits | None = None) -> bytes | None:
    """Return a digest that two pictures share only if neither holds anything that the other lacks.

    Whatever the container: values of eight bits are equal as gray, as a palette or as colours, and
    a picture that is turned by its tag is equal to the turned one.  Of an animation the tempo
    counts, of frames that follow each other unchanged only how long they are seen.  Values under
    full transparency count.

    Parameters
    ----------
    source : path, bytes, PIL image or ndarray
        A Pillow image is the frame that it stands at.
    limits : Limits, optional
        Those that are set if None.  All frames together may have as many pixels as one picture.

    Returns
    -------
    bytes or None
        None where nothing can be said: the picture cannot be read to its end, is too large, or its
        decoder does not show all that is stored.  Never raises.
    """
    try:
        with quiet_decoding():
            return _digest(source, limits or limits_now())
    except Exception:
        # Whatever keeps a frame from being read: then nothing is said.
        return None


def _digest(source: ImageLike, limits: Limits) -> bytes:
    if isinstance(source, np.ndarray):
        limits.check_size((source.shape[1], source.shape[0]))
        return _of_frames([_Frame(_digest_of_array(source, b""), 0.0)], b"")
    if isinstance(source, Image.Image):
        limits.check_size(source.size)
        layouts = _layouts(source)
        kind = _kind(layouts) if layouts else _kind_of(source.mode, _OF_MODES)
        return _of_frames([_frame(source, b"", kind, source.info.get("transparency"))], b"")
    if isinstance(source, bytes | bytearray | memoryview):
        data = bytes(source)
        limits.check_bytes(len(data))
    else:
        data = read_file(os.fsdecode(source), limits)  # type: ignore[arg-type]
    # What was left out to open it may have been another page, or what its colours mean.
    with opened(data, checked_format(data[:HEAD_BYTES]), mend=False) as image:
        frames = _frames(image, check_container(data, image), limits)
        return _of_frames(frames, _played(image))


def _of_frames(frames: Iterable[_Frame], played: bytes) -> bytes:
    """Return the digest of a sequence; of one frame it does not matter how it is played."""
    merged: list[_Frame] = []
    for frame in frames:
        if merged and played and merged[-1].digest == frame.digest:
            merged[-1] = _Frame(frame.digest, merged[-1].shown + frame.shown)
        else:
            merged.append(frame)
    if len(merged) == 1:
        return merged[0].digest
    state = hashlib.blake2b(played, digest_size=_DIGEST_BYTES)
    for frame in merged:
        state.update(frame.digest)
        state.update(f"{frame.shown:.3f};".encode() if played else b"")
    return state.digest()


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


def _frames(image: PillowImage, container: bytes, limits: Limits) -> Iterator[_Frame]:
    left = limits.pixels
    for number in range(_MOST_FRAMES):
        if number:
            try:
                image.seek(number)
            except EOFError:
                return
        limits.check_size(image.size)
        left -= image.width * image.height
        if left < 0:
            break
        check_frame(image)
        layouts = _layouts(image)
        clear = image.info.get("transparency")
        if isinstance(clear, int):
            clear *= _STEPS.get(layouts[0], 1)
        yield _frame(image, container, _kind(layouts), clear)
    raise Unusable(RejectKind.TOO_LARGE, "too many frames to compare them all")


def _frame(image: PillowImage, container: bytes, kind: str, clear: Any) -> _Frame:
    image.load()
    shown = float(image.info.get("duration", 0) or 0)  # some decoders know it only now
    meaning = colour_meaning(image, container)
    upright = turned_upright(image, orientation_of(image))
    return _Frame(_digest_of_samples(upright, kind, clear, meaning), shown)


def _kind(layouts: list[str]) -> str:
    (kind,) = {_kind_of(layout, _OF_LAYOUTS) for layout in layouts}
    return kind


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
