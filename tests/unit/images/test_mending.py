"""Every format: what stands beside the pixels never loses them."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from sokkuri import Picture, Rejected, load
from sokkuri.images.mend import bared, fitted
from sokkuri.images.parts import jpeg_segments, webp_chunks

Waves = Callable[[int, int, int], NDArray[np.uint8]]

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "JPEG2000", "ICO", "PPM", "QOI")


def _encoded(image: Image.Image, name: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, name, **options)
    return file.getvalue()


def _exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "a maker"
    return exif


def _picture(data: bytes) -> Picture:
    found = load(data)
    assert isinstance(found, Picture), found
    return found


def _same(data: bytes, plain: bytes) -> None:
    assert _picture(data).same_pixels(_picture(plain))


# -- JPEG


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


@pytest.mark.parametrize(
    "segment",
    [
        _segment(0xE0, b"JFIF"),
        _segment(0xE0, b"JFIF\0\1"),
        _segment(0xEE, b"Adobe"),
        _segment(0xEE, b"Adobe\0"),
        _segment(0xE1, b"Exif\0\0"),
        _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0"),
        _segment(0xE2, b"ICC_PROFILE\0"),
        _segment(0xE2, b"ICC_PROFILE\0\1"),
        _segment(0xE2, b"MPF\0II*\0\x08\0\0\0"),
        _segment(0xE2, b"MPF\0junk"),
        _segment(0xED, b"Photoshop 3.0\0" + b"8BIM\x03\xed\0\0\0\0\0\2\0\0"),
        _segment(0xED, b"Photoshop 3.0\0" + b"8BIM"),
        _segment(0xFE, b""),
    ],
)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_short_jpeg_segments(waves: Waves, segment: bytes, mode: str) -> None:
    image = Image.fromarray(waves(40, 30, 1)).convert(mode)
    plain = _encoded(image, "JPEG", exif=_exif(6))
    odd = plain[:2] + segment + plain[2:]
    _same(odd, plain)
    assert _picture(odd).orientation == 6


def test_junk_behind_good_exif(waves: Waves) -> None:
    plain = _encoded(Image.fromarray(waves(40, 30, 1)), "JPEG", exif=_exif(6))
    start = plain.index(b"\xff\xdb")
    odd = plain[:start] + _segment(0xE1, b"Exif\0\0MM\0*") + plain[start:]
    _same(odd, plain)
    assert _picture(odd).orientation == 6


def test_the_jpeg_header_is_taken_apart_as_decoders_do(waves: Waves) -> None:
    plain = _encoded(Image.fromarray(waves(40, 30, 1)), "JPEG")
    start = plain.index(b"\xff\xdb")
    filled = plain[:start] + b"\xff\xff" + plain[start:]
    assert [m for m, _, _ in jpeg_segments(filled)] == [m for m, _, _ in jpeg_segments(plain)]
    assert not list(bared(b"\xff\xd8", "JPEG"))
    (bare,) = bared(plain, "JPEG")
    _same(bare, plain)
    inks = Image.fromarray(waves(40, 30, 2)).convert("CMYK")
    (bare,) = bared(_encoded(inks, "JPEG", comment=b"hello"), "JPEG")
    assert b"Adobe" in bare


# -- WebP


def _webp(chunks: list[tuple[bytes, bytes]]) -> bytes:
    body = b"".join(
        name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


@pytest.mark.parametrize("name", [b"EXIF", b"XMP "])
@pytest.mark.parametrize("cut", [1, 7, 40])
def test_a_webp_that_is_cut_in_its_metadata(waves: Waves, name: bytes, cut: int) -> None:
    image = Image.fromarray(waves(40, 30, 1))
    plain = _encoded(image, "WEBP", lossless=True)
    options = {"exif": _exif()} if name == b"EXIF" else {"xmp": b"<x/>" * 50}
    whole = _encoded(image, "WEBP", lossless=True, **options)
    assert whole.index(name) > whole.index(b"VP8L")
    _same(whole[:-cut], plain)


def test_a_webp_keeps_the_exif_that_stands_before_a_cut(waves: Waves) -> None:
    image = Image.fromarray(waves(40, 30, 1))
    whole = _encoded(image, "WEBP", lossless=True, exif=_exif(6), xmp=b"<x/>" * 50)
    assert _picture(whole[:-30]).orientation == 6
    lean, _ = bared(whole[:-30], "WEBP")
    assert [name for name, *_ in webp_chunks(lean)] == [b"VP8X", b"VP8L", b"EXIF"]


def test_a_webp_with_a_wrong_size_or_a_missing_profile(waves: Waves) -> None:
    image = Image.fromarray(waves(40, 30, 1))
    plain = _encoded(image, "WEBP", lossless=True)
    whole = _encoded(image, "WEBP", lossless=True, icc_profile=PROFILE)
    chunks = [(name, whole[start:end]) for name, start, end in webp_chunks(whole)]
    _same(_webp([chunk for chunk in chunks if chunk[0] != b"ICCP"]), plain)
    _same(_webp([(name, b"" if name == b"ICCP" else data) for name, data in chunks]), plain)
    _same(whole[:4] + struct.pack("<I", len(whole) + 999) + whole[8:], plain)


def test_lost_pixels_of_a_webp_stay_damage(waves: Waves) -> None:
    image = Image.fromarray(waves(40, 30, 1))
    for options in ({}, {"exif": _exif()}):
        data = _encoded(image, "WEBP", lossless=True, **options)
        assert isinstance(load(data[: data.index(b"VP8L") + 200]), Rejected)


# -- GIF


@pytest.mark.parametrize(
    "extension",
    [
        b"\x21\xf9\x00",  # nothing to control
        b"\x21\xf9\x01\x01\x00",
        b"\x21\xf9\x02\x01\x00\x00",
        b"\x21\xff\x00",
        b"\x21\xff\x0bNETSCAPE2.0\x01\x01\x00",
        b"\x21\xff\x0bNETSCAPE2.0\x00",
        b"\x21\xfe\x00",
        b"\x21\xfe\x03\xff\xff\xff\x00",
        b"\x21\x01\x00",
        b"\x21\x77\x05hello\x00",
    ],
)
def test_odd_gif_extensions(waves: Waves, extension: bytes) -> None:
    plain = _encoded(Image.fromarray(waves(40, 30, 1)), "GIF")
    start = 13 + (3 << ((plain[10] & 7) + 1))
    _same(plain[:start] + extension + plain[start:], plain)


def test_a_bare_gif_keeps_pixels_and_transparency(waves: Waves) -> None:
    frames = [Image.fromarray(waves(40, 30, seed)).quantize(16) for seed in (1, 2)]
    data = _encoded(
        frames[0], "GIF", save_all=True, append_images=frames[1:], comment=b"hello", transparency=3
    )
    (bare,) = bared(data, "GIF")
    assert b"hello" not in bare
    _same(bare, data)
    assert not list(bared(b"GIF89a", "GIF"))


# -- TIFF


def _entries(data: bytes) -> dict[int, int]:
    """Return where the entry of each tag begins, of a little-endian TIFF."""
    first = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, first)[0]
    places = [first + 2 + 12 * k for k in range(count)]
    return {struct.unpack_from("<H", data, place)[0]: place for place in places}


@pytest.mark.parametrize("kind", [0, 2, 5, 7, 12, 16, 99])
@pytest.mark.parametrize("count", [0, 1, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("tag", [270, 282, 305, 34675])
@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
def test_odd_tiff_tags(
    waves: Waves, tag: int, count: int, kind: int, compression: str | None
) -> None:
    data = bytearray(
        _encoded(
            Image.fromarray(waves(40, 30, 1)), "TIFF", compression=compression, dpi=(72, 72),
            description="what it shows", software="some program", icc_profile=PROFILE,
        )
    )  # fmt: skip
    plain = bytes(data)
    struct.pack_into("<HII", data, _entries(plain)[tag] + 2, kind, count, 0xFFFFFF00)
    _same(bytes(data), plain)


def test_lean_and_bare_tiffs(waves: Waves) -> None:
    data = _encoded(Image.fromarray(waves(40, 30, 1)), "TIFF", description="text", exif=_exif(6))
    lean, bare = bared(data, "TIFF")
    _same(lean, data)
    assert _picture(bare).size == (40, 30)
    assert fitted(data, "TIFF") is data
    assert list(bared(b"II*\0", "TIFF")) == []


# -- AVIF, JPEG 2000, ICO, BMP


@pytest.mark.parametrize("junk", [b"\0" * 30, b"\xff" * 30, b"Exif\0\0junk" * 3])
def test_avif_metadata_of_junk(waves: Waves, junk: bytes) -> None:
    image = Image.fromarray(waves(40, 30, 1))
    whole = _encoded(image, "AVIF", exif=_exif(), icc_profile=PROFILE, xmp=b"<x/>" * 30)
    start = whole.rindex(b"MM\0*") - 10
    _same(whole[:start] + junk + whole[start + 30 :], whole)
    profile = whole.index(b"acsp") - 36
    _same(whole[:profile] + junk + whole[profile + 30 :], whole)


def test_avif_metadata_that_lies_nowhere(waves: Waves) -> None:
    image = Image.fromarray(waves(40, 30, 1))
    whole = _encoded(image, "AVIF", exif=_exif(), xmp=b"<x/>" * 30)
    for word in (b"<x/>" * 30, b"MM\0*"):
        # The last item of the file, cut off: its place is behind the end now.
        if whole.rindex(word) > len(whole) - 200:
            _same(whole[: whole.rindex(word)], whole)
            return
    start = whole.index(b"iloc")
    last = whole.index(struct.pack(">I", len(b"<x/>" * 30)), start)
    _same(whole[:last] + b"\x7f\xff\xff\xff" + whole[last + 4 :], whole)


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body


@pytest.mark.parametrize(
    "inner",
    [
        _box(b"res ", _box(b"resc", b"\0\1")),
        _box(b"res ", b"\0\0"),
        _box(b"uuid", b""),
        b"\0\0\0\3junk",
    ],
)
def test_odd_jp2_boxes(waves: Waves, inner: bytes) -> None:
    plain = _encoded(Image.fromarray(waves(40, 30, 1)), "JPEG2000")
    start = plain.index(b"jp2h") - 4
    size = struct.unpack_from(">I", plain, start)[0]
    header = plain[start + 8 : start + size]
    _same(plain[:start] + _box(b"jp2h", header + inner) + plain[start + size :], plain)
    outer = _box(b"xml ", b"<x") + _box(b"uuid", b"short")
    _same(plain[:start] + outer + plain[start:], plain)


def test_an_icon_that_holds_an_odd_png(waves: Waves) -> None:
    icon = _encoded(Image.fromarray(waves(32, 32, 1)), "ICO", sizes=[(32, 32), (16, 16)])
    starts = [struct.unpack_from("<I", icon, 6 + 16 * k + 12)[0] for k in range(2)]
    sizes = [struct.unpack_from("<I", icon, 6 + 16 * k + 8)[0] for k in range(2)]
    changed = bytearray(icon[: min(starts)])
    for k, (start, size) in enumerate(zip(starts, sizes, strict=True)):
        odd = icon[start : start + 33] + b"\0\0\0\2pHYs\0\0bad!" + icon[start + 33 : start + size]
        struct.pack_into("<2I", changed, 6 + 16 * k + 8, len(odd), len(changed))
        changed += odd
    _same(bytes(changed), icon)
    assert fitted(icon, "ICO") == icon


@pytest.mark.parametrize("place", [2, 6, 34, 38, 42, 50])
@pytest.mark.parametrize("value", [0, 0xFFFFFFFF])
def test_bmp_fields_that_say_nothing_of_the_pixels(waves: Waves, place: int, value: int) -> None:
    plain = _encoded(Image.fromarray(waves(40, 30, 1)), "BMP")
    _same(plain[:place] + struct.pack("<I", value) + plain[place + 4 :], plain)


@pytest.mark.slow
def test_files_of_nothing_but_parts_cost_no_multiple_of_their_size(waves: Waves) -> None:
    image = Image.fromarray(waves(16, 16, 1))
    many = 120_000
    chunk = b"\0\0\0\0prVt" + zlib.crc32(b"prVt").to_bytes(4, "big")
    heads = {name: _encoded(image, name) for name in ("PNG", "JPEG", "WEBP", "GIF", "ICO")}
    odd = {
        "PNG": heads["PNG"][:33] + chunk * many + heads["PNG"][33:],
        "JPEG": heads["JPEG"][:2] + b"\xff\xfe\0\2" * many + heads["JPEG"][2:],
        "WEBP": heads["WEBP"] + b"junk\0\0\0\0" * many,
        "GIF": heads["GIF"][:13] + b"\x21\xfe\0" * many + heads["GIF"][13:],
        "ICO": heads["ICO"][:4] + b"\xff\xff" + heads["ICO"][6:22] * 65_535,
    }
    for name, data in odd.items():
        for less in (fitted(data, name), *bared(data, name)):
            assert len(less) <= 4 * len(data)
        assert isinstance(load(data), Picture | Rejected)


@pytest.mark.parametrize("name", FORMATS)
def test_good_files_are_handed_over_as_they_are(waves: Waves, name: str) -> None:
    data = _encoded(Image.fromarray(waves(32, 32, 1)), name)
    assert fitted(data, name) == data
    for less in bared(data, name):
        _same(less, data)
