from __future__ import annotations

import io
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sokkuri import Picture, Rejected, load
from sokkuri.images import RejectKind
from sokkuri.images.limits import Limits

Waves = Callable[[int, int, int], NDArray[np.uint8]]


def _loaded(source: Any) -> Picture:
    picture = load(source)
    assert isinstance(picture, Picture), picture
    return picture


def _rejected(source: Any, **options: Any) -> Rejected:
    rejected = load(source, **options)
    assert isinstance(rejected, Rejected), rejected
    assert "\n" not in rejected.reason
    return rejected


def _encoded(image: Image.Image, name: str = "PNG", **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, name, **options)
    return stream.getvalue()


def test_every_kind_of_source_gives_the_same_picture(waves: Waves, tmp_path: Path) -> None:
    pixels = waves(40, 30, 1)
    data = _encoded(Image.fromarray(pixels))
    path = tmp_path / "写真 #1%.png"
    path.write_bytes(data)
    with open(path, "rb") as file, Image.open(path) as image:
        file.read(10)  # a stream is read from its start, wherever it stands
        sources = [
            str(path), path, data, bytearray(data), memoryview(data), io.BytesIO(data), file,
            image, pixels,
        ]  # fmt: skip
        for source in sources:
            assert np.array_equal(_loaded(source).pixels(), pixels), type(source)


@pytest.mark.parametrize(
    "name", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "JPEG2000", "ICO", "PPM", "QOI"]
)
def test_the_content_decides_the_format(waves: Waves, tmp_path: Path, name: str) -> None:
    path = tmp_path / "photo.txt"
    path.write_bytes(_encoded(Image.fromarray(waves(32, 32, 2)), name))
    picture = _loaded(path)
    assert (picture.format, picture.size) == (name, (32, 32))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_orientation_is_undone_once(orientation: int, name: str) -> None:
    # One dark corner, so that all eight ways to store the picture differ.
    upright = Image.new("RGB", (48, 32), "white")
    upright.paste("black", (0, 0, 20, 8))
    undo = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
    }[orientation]  # fmt: skip
    stored = upright if undo is None else upright.transpose(undo)
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"quality": 95} if name in ("JPEG", "WEBP", "AVIF") else {}
    picture = _loaded(_encoded(stored, name, exif=exif, **options))
    assert picture.size == upright.size
    difference = picture.pixels().astype(int) - np.asarray(upright).astype(int)
    assert np.abs(difference).mean() < 5


def test_broken_exif_does_not_lose_the_pixels(waves: Waves) -> None:
    pixels = Image.fromarray(waves(32, 32, 3))
    for exif in (b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01", b"Exif\0\0junk", b"\xff" * 40):
        picture = _loaded(_encoded(pixels, "JPEG", exif=exif))
        assert picture.size == (32, 32)


def test_alpha_lies_on_white() -> None:
    half = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    half.putpixel((0, 0), (255, 0, 0, 255))
    half.putpixel((1, 0), (0, 0, 0, 128))
    pixels = _loaded(_encoded(half)).pixels()
    assert pixels[0, 0].tolist() == [255, 0, 0]
    assert pixels[0, 1].tolist() == [127, 127, 127]
    assert pixels[3, 3].tolist() == [255, 255, 255]


@pytest.mark.parametrize("mode", ["LA", "PA", "La", "RGBa", "P", "L", "RGB"])
def test_every_kind_of_transparency_lies_on_white(mode: str) -> None:
    if mode in ("P", "L", "RGB"):
        image = Image.new(mode, (4, 4), 0 if mode != "RGB" else (0, 0, 0))
        image.info["transparency"] = 0 if mode != "RGB" else (0, 0, 0)
    else:
        image = Image.new(mode, (4, 4))
    assert _loaded(image).pixels().min() == 255


def test_cmyk_palette_and_one_bit() -> None:
    cmyk = _loaded(_encoded(Image.new("CMYK", (4, 4), (0, 255, 255, 0)), "TIFF"))
    assert cmyk.pixels()[0, 0].tolist() == [255, 0, 0]
    palette = Image.new("P", (4, 4), 1)
    palette.putpalette([0, 0, 0, 10, 200, 30])
    assert _loaded(_encoded(palette)).pixels()[0, 0].tolist() == [10, 200, 30]
    assert _loaded(_encoded(Image.new("1", (4, 4), 1))).luma().getextrema() == (255, 255)


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint16), (8, 1))
    eight = _loaded(_encoded(Image.fromarray(ramp.astype(np.uint8))))
    sixteen = _loaded(_encoded(Image.fromarray(ramp * np.uint16(257))))
    assert sixteen.mode == "I;16"
    assert eight.same_pixels(sixteen)


def test_a_deep_picture_in_few_of_its_levels_is_scaled_by_the_bits_it_has() -> None:
    twelve_bit = np.tile(np.arange(0, 4096, 16, dtype=np.uint16), (8, 1))
    assert _loaded(_encoded(Image.fromarray(twelve_bit))).luma().getextrema() == (0, 254)


def test_float_gray() -> None:
    unit = np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8)
    wild = unit * 6 - 3
    wild[0, 0] = np.nan
    low, high = _loaded(_encoded(Image.fromarray(unit), "TIFF")).luma().getextrema()
    assert (low, high) == (0, 255)
    picture = _loaded(_encoded(Image.fromarray(wild), "TIFF"))
    assert picture.luma().getextrema() == (0, 255)


@pytest.mark.parametrize(
    ("values", "first"),
    [
        (np.full((4, 5), True), 255),
        (np.full((4, 5), 200, np.uint8), 200),
        (np.full((4, 5, 1), 200, np.uint8), 200),
        (np.full((4, 5), 65_535, np.uint16), 255),
        (np.full((4, 5), 0.5), 128),
        (np.full((4, 5), 7.0), 255),
        (np.full((4, 5), np.nan), 0),
        (np.zeros((4, 5, 4), np.uint8), 255),
    ],
)
def test_arrays(values: NDArray[Any], first: int) -> None:
    picture = _loaded(values)
    assert picture.size == (5, 4)
    assert picture.luma().getpixel((0, 0)) == first


@pytest.mark.parametrize(
    "values",
    [
        np.zeros(5, np.uint8), np.zeros((4, 5, 2), np.uint8), np.zeros((0, 5), np.uint8),
        np.zeros((2, 2), np.int64), np.zeros((2, 2), "U3"), np.zeros((2, 2, 2, 2), np.uint8),
    ],
)  # fmt: skip
def test_arrays_that_are_no_pictures(values: NDArray[Any]) -> None:
    assert _rejected(values).kind is RejectKind.NOT_AN_IMAGE


def test_the_first_frame_of_an_animation() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "lime")]
    for name in ("GIF", "PNG", "WEBP", "TIFF", "AVIF"):
        data = _encoded(frames[0], name, save_all=True, append_images=frames[1:], lossless=True)
        red, green, blue = _loaded(data).pixels()[0, 0].tolist()
        assert red > 245, name
        assert max(green, blue) < 12, name


def test_reasons_of_files(tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("こんにちは、これは写真ではありません。" * 5)
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "heic.jpg").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 99)
    (tmp_path / "cut.png").write_bytes(_encoded(Image.new("RGB", (64, 64), "teal"))[:60])
    (tmp_path / "folder.jpg").mkdir()
    expected = {
        "text.jpg": "not an image: the content is text",
        "empty.jpg": "empty: the file has no bytes",
        "heic.jpg": "unsupported: HEIF/HEIC is not decoded; convert it to JPEG or PNG",
        "folder.jpg": "not a regular file: this is a folder",
        "gone.jpg": "missing: no such file",
        "nul\0.jpg": "missing: no file can have this name",
    }
    for name, reason in expected.items():
        rejected = _rejected(str(tmp_path / name))
        assert rejected.reason == reason
        assert rejected.path == str(tmp_path / name)
    assert _rejected(tmp_path / "cut.png").kind is RejectKind.DAMAGED


@pytest.mark.skipif(os.name != "posix", reason="pipes and links as POSIX has them")
def test_pipes_and_links(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    os.symlink("nowhere.jpg", tmp_path / "broken.jpg")
    os.symlink("loop.jpg", tmp_path / "loop.jpg")
    assert _rejected(tmp_path / "pipe.jpg").kind is RejectKind.NOT_A_FILE
    assert (
        _rejected(tmp_path / "broken.jpg").reason == "missing: the symbolic link leads to no file"
    )
    assert "leads back to itself" in _rejected(tmp_path / "loop.jpg").reason


def test_limits_are_checked_before_pixels(waves: Waves, tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(_encoded(Image.fromarray(waves(40, 30, 4))))
    assert "40 x 30 pixels" in _rejected(path, limits=Limits(pixels=1199)).reason
    assert "40 x 30 pixels" in _rejected(path, limits=Limits(side=39)).reason
    assert isinstance(load(path, limits=Limits(pixels=1200, side=40)), Picture)
    small = Limits(file_bytes=100)
    for source in (path, path.read_bytes(), io.BytesIO(path.read_bytes())):
        assert _rejected(source, limits=small).kind is RejectKind.TOO_LARGE
    assert "over the limit" in _rejected(waves(40, 30, 4), limits=Limits(side=39)).reason


def test_a_bomb_is_refused_from_its_header() -> None:
    header = bytearray(_encoded(Image.new("L", (1, 1))))
    header[16:24] = (60_000).to_bytes(4, "big") * 2
    # The header's checksum must fit, or the file would be refused as damaged.
    import zlib

    header[29:33] = zlib.crc32(bytes(header[12:29])).to_bytes(4, "big")
    assert _rejected(bytes(header)).kind is RejectKind.TOO_LARGE


def test_nothing_raises_whatever_the_source() -> None:
    for source in (42, None, object(), io.StringIO("text"), 3.5):
        assert _rejected(source).kind in (RejectKind.NOT_AN_IMAGE, RejectKind.UNREADABLE)
    closed = io.BytesIO(b"x")
    closed.close()
    assert _rejected(closed).kind is RejectKind.DAMAGED


def test_the_input_image_is_left_alone(waves: Waves) -> None:
    image = Image.fromarray(waves(20, 10, 5)).convert("RGBA")
    before = image.tobytes()
    _loaded(image)
    assert (image.mode, image.tobytes()) == ("RGBA", before)


def test_warnings_as_errors_lose_no_picture(waves: Waves) -> None:
    data = _encoded(Image.fromarray(waves(32, 32, 6)), "TIFF")
    # A tag count that lies makes Pillow warn about the metadata.
    damaged = data[:4] + data[4:8] + data[8:]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _loaded(damaged).size == (32, 32)
        large = Image.new("1", (9500, 9500))  # over Pillow's own warning level
        assert _loaded(_encoded(large)).size == (9500, 9500)
        assert warnings.filters[0][0] == "error"
