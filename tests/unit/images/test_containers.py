"""What files hold beside the pixels that their decoder shows, and what their colours mean."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, TiffImagePlugin
from PIL.PngImagePlugin import PngInfo

from sokkuri.images import exact_digest

PIXELS = np.random.default_rng(1).integers(0, 256, (9, 8, 3), np.uint8)
PICTURE = Image.fromarray(PIXELS)


def encoded(form: str, **options: Any) -> bytes:
    """Return the picture as a file."""
    stream = io.BytesIO()
    PICTURE.save(stream, form, **options)
    return stream.getvalue()


def digest(*chunks: tuple[bytes, bytes]) -> bytes | None:
    """Return the digest of the picture as a PNG with chunks after its header."""
    return exact_digest(with_chunks(encoded("PNG"), *chunks))


def with_chunks(data: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """Return a PNG with more chunks after its header."""
    made = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    return data[:33] + made + data[33:]


def tiff(**tags: Any) -> bytes:
    """Return the picture as a TIFF with more tags, by their numbers."""
    info = TiffImagePlugin.ImageFileDirectory_v2()
    for name, (kind, value) in tags.items():
        number = int(name.removeprefix("tag"))
        info.tagtype[number] = kind
        info[number] = value
    return encoded("TIFF", tiffinfo=info)


PLAIN = exact_digest(PICTURE)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF", "JPEG2000", "BMP", "QOI", "PPM"])
def test_the_picture_alone_is_whole(form: str) -> None:
    options: dict[str, Any] = {"lossless": True, "exact": True} if form == "WEBP" else {}
    assert exact_digest(encoded(form, **options)) == PLAIN


@pytest.mark.parametrize("form", ["ICO", "AVIF"])
def test_of_icons_and_avif_nothing_is_said(form: str) -> None:
    options: dict[str, Any] = {"sizes": [(8, 9)]} if form == "ICO" else {}
    assert exact_digest(encoded(form, **options)) is None


def test_of_several_pictures_in_one_jpeg_nothing_is_said() -> None:
    more = [Image.fromarray(PIXELS ^ 255)]
    assert exact_digest(encoded("MPO", save_all=True, append_images=more)) is None
    assert exact_digest(encoded("JPEG")) is not None


@pytest.mark.parametrize("kind", [b"\0\0\0\x20ftypmp42" + bytes(99), encoded("JPEG"), b"x" * 99])
def test_what_follows_a_picture_may_be_another(kind: bytes) -> None:
    ppm = encoded("PPM")
    webp = encoded("WEBP", lossless=True, exact=True)
    for data in (encoded("JPEG"), encoded("PNG"), encoded("GIF"), ppm, webp):
        whole = exact_digest(data)
        assert whole is not None
        assert exact_digest(data + kind) is None
        # An accident: too little for a picture.
        assert exact_digest(data + b"!\n") == exact_digest(data + bytes(400)) == whole


def test_bits_of_a_jpeg_that_look_like_its_end() -> None:
    thumbnail = b"Exif\0\0" + encoded("JPEG", quality=20)
    stream = io.BytesIO()
    pixels = np.random.default_rng(2).integers(0, 256, (200, 300, 3), np.uint8)
    Image.fromarray(pixels).save(stream, "JPEG", exif=thumbnail, quality=95, progressive=True)
    data = stream.getvalue()
    assert data.count(b"\xff\xd9") == 2
    assert data.count(b"\xff\x00") > 10
    assert exact_digest(data) is not None
    assert exact_digest(data[:-2]) is None


@pytest.mark.parametrize("kind", [b"mkBT", b"prVW", b"gmAP", b"orNT"])
def test_png_chunks_that_nobody_shows(kind: bytes) -> None:
    assert digest((kind, b"layers")) is None


def test_png_chunks_without_pixels() -> None:
    info = PngInfo()
    info.add_text("Comment", "青い服")
    info.add_itxt("Title", "青い服")
    assert exact_digest(encoded("PNG", pnginfo=info, dpi=(300, 300))) == PLAIN
    assert digest((b"tIME", bytes(7)), (b"bKGD", bytes(6)), (b"sBIT", b"\x08\x08\x08")) == PLAIN


def test_webp_chunks_that_nobody_shows() -> None:
    data = encoded("WEBP", lossless=True, exact=True, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0")
    assert exact_digest(data) == PLAIN
    more = data + b"ABCD" + struct.pack("<I", 4) + b"more"
    assert exact_digest(b"RIFF" + struct.pack("<I", len(more) - 8) + more[8:]) is None


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF", "JPEG"])
def test_another_profile_is_another_picture(form: str) -> None:
    options: dict[str, Any] = {"lossless": True, "exact": True} if form == "WEBP" else {}
    plain = exact_digest(encoded(form, **options))
    tagged = exact_digest(encoded(form, icc_profile=SRGB, **options))
    other = exact_digest(encoded(form, icc_profile=SRGB[:-1] + b"?", **options))
    assert None not in (plain, tagged, other)
    assert len({plain, tagged, other}) == 3
    if form != "JPEG":
        assert tagged == exact_digest(encoded("PNG", icc_profile=SRGB))


def test_each_page_has_a_profile_of_its_own() -> None:
    pages = []
    for profile in (b"", SRGB):
        page = PICTURE.copy()
        if profile:
            page.info["icc_profile"] = profile
        pages.append(page)
    stream, same = io.BytesIO(), io.BytesIO()
    pages[0].save(stream, "TIFF", save_all=True, append_images=pages[1:])
    pages[0].save(same, "TIFF", save_all=True, append_images=pages[:1])
    assert exact_digest(stream.getvalue()) != exact_digest(same.getvalue())


GAMMA, OTHER_GAMMA = (b"gAMA", struct.pack(">I", 45455)), (b"gAMA", struct.pack(">I", 100_000))
SRGB_PRIMARIES = (
    b"cHRM",
    struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000),
)
OTHER_PRIMARIES = (
    b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000),
)  # fmt: skip
SAYS_SRGB = (b"sRGB", b"\0")


def test_png_colours_that_are_meant_anyhow() -> None:
    assert digest(SAYS_SRGB) == PLAIN
    assert digest(GAMMA) == digest(GAMMA, SRGB_PRIMARIES) == PLAIN
    assert digest(SAYS_SRGB, OTHER_GAMMA) == PLAIN  # the first one counts


@pytest.mark.parametrize(
    "chunk",
    [OTHER_GAMMA, OTHER_PRIMARIES, (b"cICP", b"\x09\x10\x00\x01"), (b"cICP", b"\x0c\x0d\0\1")],
)
def test_png_colours_that_are_others(chunk: tuple[bytes, bytes]) -> None:
    found = digest(chunk)
    assert found not in (None, PLAIN)
    assert found == digest(chunk, (b"tIME", bytes(7)))


def test_png_colours_by_number_come_before_all_others() -> None:
    numbers = (b"cICP", b"\x09\x10\x00\x01")
    assert digest(numbers, OTHER_GAMMA, OTHER_PRIMARIES) == digest(numbers)


def test_a_colour_space_that_only_exif_names() -> None:
    plain = exact_digest(encoded("JPEG"))
    for space, is_plain in ((1, True), (2, False), (0xFFFF, False)):
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0xA001] = space
        found = exact_digest(encoded("JPEG", exif=exif))
        assert found is not None
        assert (found == plain) == is_plain
        tagged = exact_digest(encoded("JPEG", exif=exif, icc_profile=SRGB))
        assert tagged == exact_digest(encoded("JPEG", icc_profile=SRGB))


def test_broken_exif_says_nothing_of_the_colours() -> None:
    assert exact_digest(encoded("PNG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff")) == PLAIN


@pytest.mark.parametrize(
    "tag", [{"tag37724": (7, b"8BIM layers")}, {"tag330": (4, (8,))}], ids=["layers", "within"]
)
def test_tiff_with_more_than_is_shown(tag: dict[str, Any]) -> None:
    assert exact_digest(tiff(tag270=(2, "a comment"))) == PLAIN
    assert exact_digest(tiff(**tag)) is None


@pytest.mark.parametrize(
    "tag", [{"tag318": (5, (0.34, 0.35))}, {"tag301": (3, tuple(range(768)))}, {"tag254": (4, 4)}]
)
def test_tiff_whose_values_mean_something_else(tag: dict[str, Any]) -> None:
    assert exact_digest(tiff(**tag)) not in (None, PLAIN)


def test_tiff_palettes_of_16_bits() -> None:
    stream = io.BytesIO()
    PICTURE.quantize(9).save(stream, "TIFF")
    data = bytearray(stream.getvalue())
    assert exact_digest(bytes(data)) == exact_digest(PICTURE.quantize(9))
    with Image.open(stream) as image:
        colours = image.tag_v2[320]  # type: ignore[attr-defined]
    at = bytes(data).index(struct.pack(f"<{len(colours)}H", *colours))
    data[at] ^= 1  # the low byte of a colour, which the decoder drops
    assert exact_digest(bytes(data)) is None


def test_tiff_whose_deep_white_is_zero() -> None:
    stream = io.BytesIO()
    Image.fromarray(PIXELS[..., 0].astype(np.uint16) * 257).save(stream, "TIFF")
    data = stream.getvalue()
    at = data.index(struct.pack("<HHIH", 262, 3, 1, 1))
    assert exact_digest(data) is not None
    assert exact_digest(data[: at + 8] + b"\0" + data[at + 9 :]) is None


def test_tiff_with_colours_multiplied_by_alpha() -> None:
    stream = io.BytesIO()
    rgba = np.dstack([PIXELS, PIXELS[..., 0]])
    Image.fromarray(rgba).save(stream, "TIFF")
    data = stream.getvalue()
    at = data.index(struct.pack("<HHI", 338, 3, 1))
    assert data[at + 8] == 2
    assert exact_digest(data) == exact_digest(rgba)
    for kind in (0, 1):  # of no known meaning, and multiplied
        assert exact_digest(data[: at + 8] + bytes([kind]) + data[at + 9 :]) is None


def test_bmp_colours() -> None:
    head = struct.pack("<IiiHHIIiiII", 124, 8, 9, 1, 24, 0, 0, 0, 0, 0, 0)
    raster = PIXELS[::-1, :, ::-1].tobytes()
    for space, is_plain in ((b"BGRs", True), (b" niW", True), (bytes(4), False), (b"DEBM", False)):
        header = head + bytes(16) + space + bytes(124 - len(head) - 20)
        data = b"BM" + struct.pack("<IHHI", 138 + len(raster), 0, 0, 138) + header + raster
        assert exact_digest(data) == (PLAIN if is_plain else None)


def test_bmp_whose_fourth_channel_is_dropped() -> None:
    stream = io.BytesIO()
    Image.fromarray(np.dstack([PIXELS, PIXELS[..., 0]])).save(stream, "BMP")
    assert exact_digest(stream.getvalue()) is None


def test_the_scale_of_a_floating_point_pnm() -> None:
    values = np.random.default_rng(3).random((9, 8)).astype("<f4")
    one, two = (b"Pf\n8 9\n%s\n" % scale + values.tobytes() for scale in (b"-1.0", b"-2.0"))
    assert exact_digest(one) == exact_digest(values[::-1])
    assert exact_digest(two) not in (None, exact_digest(one))
