"""PNG: what stands beside the pixels never loses them, and what is good there still counts."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms, PngImagePlugin

from sokkuri import Picture, Rejected, load
from sokkuri.images.decode import read_header
from sokkuri.images.mend import bared, fitted

Waves = Callable[[int, int, int], NDArray[np.uint8]]

AFTER_HEADER = 33


def _encoded(image: Image.Image, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


def _chunk(name: bytes, body: bytes, *, good: bool = True) -> bytes:
    total = zlib.crc32(name + body) ^ (0 if good else 1)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", total)


def _with(data: bytes, *chunks: bytes, place: int = AFTER_HEADER) -> bytes:
    return data[:place] + b"".join(chunks) + data[place:]


def _end(data: bytes) -> int:
    return data.rindex(b"IEND") - 4


def _picture(data: bytes) -> Picture:
    found = load(data)
    assert isinstance(found, Picture), found
    return found


def _turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif.tobytes()[6:]


PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
LONG = zlib.compress(b"node, " * 400_000)
TEXT = b"workflow\0"

ODD = {
    "long zTXt": _chunk(b"zTXt", TEXT + b"\0" + LONG),
    "long iTXt": _chunk(b"iTXt", TEXT + b"\1\0\0\0" + LONG),
    "long tEXt": _chunk(b"tEXt", TEXT + b"x" * 3_000_000),
    "zTXt of an unknown method": _chunk(b"zTXt", TEXT + b"\7" + LONG),
    "zTXt that does not inflate": _chunk(b"zTXt", TEXT + b"\0" + LONG[:20]),
    "text with a wrong sum": _chunk(b"tEXt", TEXT + b"x", good=False),
    "XMP that does not inflate": _chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + LONG[:9]),
    "long XMP": _chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + LONG),
    "long raw profile": _chunk(b"zTXt", b"Raw profile type exif\0\0" + LONG),
    "short pHYs": _chunk(b"pHYs", b"\0\0"),
    "empty pHYs": _chunk(b"pHYs", b""),
    "short gAMA": _chunk(b"gAMA", b"\0"),
    "short cHRM": _chunk(b"cHRM", b"\0" * 31),
    "empty sRGB": _chunk(b"sRGB", b""),
    "wrongly summed gAMA": _chunk(b"gAMA", struct.pack(">I", 45455), good=False),
    "short tRNS": _chunk(b"tRNS", b"\0" * 5),
    "wrongly summed tRNS": _chunk(b"tRNS", b"\0" * 6, good=False),
    "profile that does not inflate": _chunk(b"iCCP", b"icc\0\0" + b"junk" * 9),
    "profile that is cut": _chunk(b"iCCP", b"icc\0\0" + zlib.compress(PROFILE)[:-9]),
    "profile of an unknown method": _chunk(b"iCCP", b"icc\0\3" + zlib.compress(PROFILE)),
    "profile that never ends": _chunk(b"iCCP", b"icc\0\0" + LONG),
    "profile without a body": _chunk(b"iCCP", b"icc"),
    "wrongly summed eXIf": _chunk(b"eXIf", _turned(), good=False),
    "eXIf of junk": _chunk(b"eXIf", b"\xff" * 40),
    "short acTL": _chunk(b"acTL", b"\0\0"),
    "acTL without frames": _chunk(b"acTL", struct.pack(">2I", 3, 0)),
    "fcTL beyond the picture": _chunk(b"acTL", struct.pack(">2I", 1, 0))
    + _chunk(b"fcTL", struct.pack(">5I2H2B", 0, 900, 900, 9, 9, 1, 10, 0, 0)),
    "fcTL out of order": _chunk(b"acTL", struct.pack(">2I", 1, 0))
    + _chunk(b"fcTL", struct.pack(">5I2H2B", 5, 40, 30, 0, 0, 1, 10, 0, 0)),
    "short fcTL": _chunk(b"acTL", struct.pack(">2I", 1, 0)) + _chunk(b"fcTL", b"\0" * 25),
    "private": _chunk(b"prVt", b"?" * 99, good=False),
    "wrongly summed time": _chunk(b"tIME", b"\0" * 7, good=False),
}


@pytest.mark.parametrize("where", ["before the pixels", "behind them"])
@pytest.mark.parametrize("name", ODD)
def test_an_odd_chunk_loses_nothing(waves: Waves, name: str, where: str) -> None:
    pixels = waves(40, 30, 1)
    data = _encoded(Image.fromarray(pixels))
    place = AFTER_HEADER if where.startswith("before") else _end(data)
    picture = _picture(_with(data, ODD[name], place=place))
    assert np.array_equal(picture.pixels(), pixels)
    assert picture.upright


@pytest.mark.parametrize("name", ODD)
def test_what_is_good_beside_an_odd_chunk_counts(waves: Waves, tmp_path: Path, name: str) -> None:
    pixels = waves(40, 30, 1)
    data = _encoded(Image.fromarray(pixels), icc_profile=PROFILE)
    # The odd one first, for a reader that gives up there would miss what follows.
    good = _chunk(b"eXIf", _turned())
    for changed in (
        _with(data, ODD[name], good),
        _with(data, ODD[name], good, place=_end(data)),
    ):
        if name.startswith("eXIf"):
            continue  # of two that are whole, either may count
        picture = _picture(changed)
        assert picture.orientation == 6
        assert picture.size == (30, 40)
        path = tmp_path / "odd.png"
        path.write_bytes(changed)
        header = read_header(str(path))
        assert not isinstance(header, Rejected)
        assert (header.orientation, header.size) == (6, (30, 40))
    from sokkuri.images.reader import opened

    with opened(_with(data, ODD[name], place=_end(data)), "PNG") as image:
        assert image.info["icc_profile"] == PROFILE


@pytest.mark.parametrize("packed", [False, True])
def test_orientation_in_xmp_counts_beside_an_odd_chunk(waves: Waves, packed: bool) -> None:
    xmp = '<x:xmpmeta><rdf:Description tiff:Orientation="8"/></x:xmpmeta>'
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp, zip=packed)
    data = _encoded(Image.fromarray(waves(40, 30, 2)), pnginfo=info)
    assert _picture(_with(data, ODD["short pHYs"])).orientation == 8


def test_transparency_counts_beside_an_odd_chunk() -> None:
    image = Image.new("RGB", (8, 8), (10, 20, 30))
    data = _encoded(image, transparency=(10, 20, 30))
    assert _picture(_with(data, ODD["text with a wrong sum"])).pixels().min() == 255
    palette = Image.new("P", (8, 8), 1)
    palette.putpalette([0, 0, 0, 9, 9, 9])
    data = _encoded(palette, transparency=1)
    assert _picture(_with(data, ODD["short gAMA"])).pixels().min() == 255


def test_a_sound_animation_stays_one(waves: Waves) -> None:
    from sokkuri.images.reader import opened

    frames = [Image.fromarray(waves(40, 30, seed)) for seed in (3, 4, 5)]
    data = _encoded(frames[0], save_all=True, append_images=frames[1:])
    for changed in (data, _with(data, ODD["short pHYs"])):
        with opened(changed, "PNG") as image:
            assert image.n_frames == 3  # type: ignore[attr-defined]
    start = data.index(b"fdAT")
    broken = data[: start + 7] + b"\x63" + data[start + 8 :]
    with opened(broken, "PNG") as image:
        assert getattr(image, "n_frames", 1) == 1
    assert np.array_equal(_picture(broken).pixels(), np.asarray(frames[0]))


def test_a_cut_behind_the_pixels_loses_nothing(waves: Waves) -> None:
    pixels = waves(40, 30, 6)
    data = _encoded(Image.fromarray(pixels))
    whole = _with(data, _chunk(b"tEXt", b"k\0" + b"v" * 99), place=_end(data))
    end = _end(data)
    for cut in range(end, len(whole)):
        assert np.array_equal(_picture(whole[:cut]).pixels(), pixels), cut


@pytest.mark.parametrize("name", [b"IHDR", b"PLTE"])
def test_damage_to_a_critical_chunk_stays_damage(name: bytes) -> None:
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 0, 9, 9, 9])
    data = bytearray(_encoded(image))
    data[data.index(name) + 5] ^= 1
    assert isinstance(load(bytes(data)), Rejected)


def test_lost_pixels_stay_damage(waves: Waves) -> None:
    data = _encoded(Image.fromarray(waves(40, 30, 7)))
    cut = data[: data.index(b"IDAT") + 300]
    assert isinstance(load(cut), Rejected)
    assert isinstance(load(_with(cut, ODD["short pHYs"])), Rejected)


def test_a_plain_file_is_not_even_copied(waves: Waves) -> None:
    data = _encoded(Image.fromarray(waves(40, 30, 8)))
    assert fitted(data, "PNG") is data
    assert not list(bared(data, "PNG"))


@given(st.binary(max_size=200), st.integers(0, 60))
def test_no_bytes_are_too_odd(junk: bytes, place: int) -> None:
    data = _encoded(Image.new("L", (3, 3), 7))
    for changed in (junk, data[:8] + junk, data[:place] + junk + data[place:], data[:place] + junk):
        again = fitted(changed, "PNG")
        assert fitted(again, "PNG") == again
        load(changed)
