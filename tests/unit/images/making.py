"""Pictures as files, for the tests of what is the same."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sokkuri.images import exact_digest

LOSSLESS: dict[str, dict[str, Any]] = {
    "PNG": {},
    "WEBP": {"lossless": True, "exact": True},
    "TIFF": {"compression": "tiff_lzw"},
    "BMP": {},
    "JPEG2000": {},
    "PPM": {},
    "QOI": {},
}
# Which containers hold all of a layout, as Pillow writes them.
HOLDING = {
    "1": ("PNG", "WEBP", "TIFF", "BMP", "PPM"),
    "L": ("PNG", "WEBP", "TIFF", "BMP", "JPEG2000", "PPM"),
    "LA": ("PNG", "WEBP", "TIFF", "JPEG2000"),
    "RGB": tuple(LOSSLESS),
    "RGBA": ("PNG", "WEBP", "TIFF", "JPEG2000", "QOI"),
    "P": ("PNG", "WEBP", "TIFF", "BMP"),
}


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    """Return an image as a file."""
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def lossless(image: Image.Image, form: str, **options: Any) -> bytes:
    """Return an image as a file of a format that loses nothing."""
    return encoded(image, form, **LOSSLESS[form], **options)


def told(source: Any) -> bytes:
    """Return the digest of a picture that has one."""
    found = exact_digest(source)
    assert found is not None
    return found


def noise(*shape: int, seed: int = 1) -> NDArray[np.uint8]:
    """Return samples that no other seed has."""
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def picture(mode: str, seed: int, width: int = 13, height: int = 7) -> Image.Image:
    """Return a picture of a mode."""
    if mode == "P":
        return picture("RGB", seed, width, height).quantize(9)
    if mode == "1":
        return picture("L", seed, width, height).convert("1")
    channels = len(Image.new(mode, (1, 1)).getbands())
    values = noise(height, width, channels, seed=seed)
    return Image.fromarray(values[..., 0] if channels == 1 else values, mode)


def png(chunks: list[tuple[bytes, bytes]]) -> bytes:
    """Return a PNG of chunks that are made by hand."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
