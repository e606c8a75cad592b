"""All that a picture stores in its pixels, as a digest: what "the same pixels" is said of.

People delete on that word.  So every frame and page counts, alpha with the colours below it, the
full depth, and the colour profile; and where a file may hold more than its decoder shows, there is
no digest at all.  Frames are decoded and forgotten one by one.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

from sokkuri.images.containers import (
    check_container,
    check_frame,
    colour_meaning,
    container_meaning,
)
from sokkuri.images.limits import Limits, limits_now
from sokkuri.images.opening import opened
from sokkuri.images.orientation import orientation_of, turned_upright
from sokkuri.images.quiet import quiet_decoding
from sokkuri.images.reading import checked_format, read_file
from sokkuri.images.rejected import RejectKind, Unusable
from sokkuri.images.samples import (
    DIGEST_BYTES,
    digest_of_array,
    digest_of_samples,
    kind_of_layout,
    kind_of_mode,
)
from sokkuri.images.sniff import HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from PIL.Image import Image as PillowImage

    from sokkuri._typing import ImageLike

__all__ = ["exact_digest"]

_MOST_FRAMES: Final = 10_000
_PAGED: Final = frozenset({"TIFF"})
_FULL_8_BIT: Final = 255
_FULL_16_BIT: Final = 65_535
# PNG keeps the transparent gray as it is stored, and decodes the others to eight bits.
_STEPS: Final = {"L;2": 85, "L;4": 17}


@dataclass(frozen=True, slots=True)
class _Frame:
    """One frame or page: the digest of its samples, and for how many milliseconds it is shown."""

    digest: bytes
    shown: float


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
        return _of_frames([_Frame(digest_of_array(source, b""), 0.0)], b"")
    if isinstance(source, Image.Image):
        limits.check_size(source.size)
        layouts = _layouts(source)
        kind = _kind(layouts) if layouts else kind_of_mode(source.mode)
        return _of_frames([_frame(source, b"", kind, source.info.get("transparency"))], b"")
    if isinstance(source, bytes | bytearray | memoryview):
        data = bytes(source)
        limits.check_bytes(len(data))
    else:
        data = read_file(os.fsdecode(source), limits)  # type: ignore[arg-type]
    # What was left out to open it may have been another page, or what its colours mean.
    with opened(data, checked_format(data[:HEAD_BYTES]), mend=False) as image:
        check_container(data, image)
        frames = _frames(image, container_meaning(data, image), limits)
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
    state = hashlib.blake2b(played, digest_size=DIGEST_BYTES)
    for frame in merged:
        state.update(frame.digest)
        state.update(f"{frame.shown:.3f};".encode() if played else b"")
    return state.digest()


def _played(image: PillowImage) -> bytes:
    """Return how often the frames of an animation are played, 0 for ever; empty for pages."""
    if image.format in _PAGED:
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
    return _Frame(digest_of_samples(upright, kind, clear, meaning), shown)


def _kind(layouts: list[str]) -> str:
    """Return the kind of samples that all parts of a frame have."""
    (kind,) = {kind_of_layout(layout) for layout in layouts}
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
        layout, most = args if isinstance(args, tuple) else (args, _FULL_8_BIT)
        if most == _FULL_16_BIT and image.mode == "I":
            return "I;16B"
        return str(layout) if most <= _FULL_8_BIT else f"{layout} up to {most}"
    return str(args if isinstance(args, str) else args[0])
