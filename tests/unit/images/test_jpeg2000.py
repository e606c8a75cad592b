"""JPEG 2000 is the same picture only where its decoder keeps every bit, in plain colours."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sokkuri.images.containers import is_plain_jpeg2000

PIXELS = np.random.default_rng(1).integers(0, 256, (9, 8, 4), np.uint8)


def encoded(values: Any, **options: Any) -> bytes:
    """Return an array as a JPEG 2000 file."""
    stream = io.BytesIO()
    Image.fromarray(values).save(stream, "JPEG2000", **options)
    return stream.getvalue()


DEEP = PIXELS[..., 0].astype(np.uint16) * 257
KINDS = [PIXELS, PIXELS[..., :3], PIXELS[..., :2], PIXELS[..., 0], DEEP]


@pytest.mark.parametrize("values", KINDS, ids=["RGBA", "RGB", "LA", "L", "I;16"])
@pytest.mark.parametrize("bare", [True, False])
def test_what_pillow_writes_is_plain(values: Any, *, bare: bool) -> None:
    assert is_plain_jpeg2000(encoded(values, no_jp2=bare))


@pytest.mark.parametrize("bare", [True, False])
@pytest.mark.parametrize(
    ("at", "value"), [(0, 9), (0, 15), (0, 0x87), (3, 15), (1, 2), (5, 2), (0, 3)]
)
def test_deep_signed_and_smaller_components_are_not(at: int, value: int, *, bare: bool) -> None:
    data = bytearray(encoded(PIXELS[..., :3], no_jp2=bare))
    data[data.index(b"\xff\x4f\xff\x51") + 42 + at] = value
    assert not is_plain_jpeg2000(bytes(data))


def test_other_colours_are_not() -> None:
    data = encoded(PIXELS[..., :3])
    box = struct.pack(">BBBI", 1, 0, 0, 16)
    assert box in data
    for other in (struct.pack(">BBBI", 1, 0, 0, 18), struct.pack(">BBBI", 2, 0, 0, 16)):
        assert not is_plain_jpeg2000(data.replace(box, other))


def test_alpha_that_was_multiplied_in_is_not() -> None:
    data = encoded(PIXELS)
    channel = struct.pack(">HHH", 3, 1, 0)
    assert channel in data
    assert not is_plain_jpeg2000(data.replace(channel, struct.pack(">HHH", 3, 2, 0)))
    swapped = data.replace(struct.pack(">HHH", 0, 0, 1), struct.pack(">HHH", 0, 0, 3))
    assert not is_plain_jpeg2000(swapped)


def test_boxes_of_other_kinds_are_not() -> None:
    data = encoded(PIXELS[..., :3])
    assert is_plain_jpeg2000(data + struct.pack(">I4s", 12, b"xml ") + b"<a/>")
    assert not is_plain_jpeg2000(data + struct.pack(">I4s", 12, b"uuid") + b"more")
    assert not is_plain_jpeg2000(data[:12])
