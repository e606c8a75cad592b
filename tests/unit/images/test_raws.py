"""Camera raw files are refused by their maker's name; a TIFF from the same maker is decoded."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sokkuri import Picture, Rejected, load
from sokkuri.images import RejectKind
from sokkuri.images.decode import read_header
from sokkuri.images.limits import Limits

CFA, LINEAR, RGB = 32803, 34892, 2

HEADS = [
    (b"II*\0\x10\0\0\0CR\x02\0" + bytes(60), "Canon CR2"),
    (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(60), "Canon CR3"),
    (b"II\x1a\0\0\0HEAPCCDR\2\0" + bytes(60), "Canon CRW"),
    (b"FUJIFILMCCD-RAW 0201FF383501" + bytes(60), "Fujifilm RAF"),
    (b"IIRO\x08\0\0\0" + bytes(60), "Olympus ORF"),
    (b"IIRS\x08\0\0\0" + bytes(60), "Olympus ORF"),
    (b"MMOR\0\0\0\x08" + bytes(60), "Olympus ORF"),
    (b"IIU\0\x18\0\0\0" + bytes(60), "Panasonic RW2"),
    (b"FOVb\0\0\2\0" + bytes(60), "Sigma X3F"),
    (b"\0MRM\0\1\2\3" + bytes(60), "Minolta MRW"),
    (b"II*\0\x40\0\0\0IIII\x04waR" + bytes(60), "Phase One IIQ"),
    (b"MM\0*\0\0\0\x40MMMMRaw\x04" + bytes(60), "Phase One IIQ"),
]


def _tiff(pages: list[dict[int, Any]], subs: list[dict[int, Any]], order: str = "<") -> bytes:
    """Return a TIFF of directories; those in ``subs`` hang below the first page.

    Every page has an 8 x 8 picture of its own, of bytes.
    """
    out = bytearray((b"II*\0" if order == "<" else b"MM\0*") + bytes(4))

    def put(tags: dict[int, Any]) -> int:
        pixels = len(out)
        samples = 3 if tags.get(262, RGB) == RGB else 1
        out.extend(bytes(range(64)) * samples)
        rows = {
            256: 8, 257: 8, 258: 8, 259: 1, 262: RGB, 273: pixels, 277: samples, 278: 8,
            279: 64 * samples, **tags,
        }  # fmt: skip
        entries = []
        for tag, value in sorted(rows.items()):
            if isinstance(value, str):
                text = value.encode() + b"\0"
                place = len(out)
                out.extend(text + bytes(len(text) % 2 + 4))
                entries.append(struct.pack(order + "HHII", tag, 2, len(text), place))
            elif isinstance(value, list):
                held = b"".join(struct.pack(order + "I", one) for one in value)
                place = len(out)
                out.extend(held)
                inline = held if len(held) == 4 else struct.pack(order + "I", place)
                entries.append(struct.pack(order + "HHI", tag, 4, len(value)) + inline)
            else:
                entries.append(struct.pack(order + "HHII", tag, 4, 1, value))
        start = len(out)
        out.extend(struct.pack(order + "H", len(entries)) + b"".join(entries) + bytes(4))
        return start

    below = [put(tags) for tags in subs]
    link = 4
    for number, tags in enumerate(pages):
        start = put({**tags, 330: below} if below and number == 0 else tags)
        struct.pack_into(order + "I", out, link, start)
        link = len(out) - 4
    return bytes(out)


PREVIEW = {254: 1, 256: 4, 257: 4, 278: 4, 279: 48}


def _refused(data: bytes) -> str:
    found = load(data)
    assert isinstance(found, Rejected), found
    assert found.kind is RejectKind.UNSUPPORTED
    assert "camera raw" in found.detail
    assert "convert it" in found.detail
    return found.detail


@pytest.mark.parametrize(("data", "name"), HEADS)
def test_kinds_that_their_first_bytes_tell(data: bytes, name: str, tmp_path: Path) -> None:
    assert name in _refused(data)
    path = tmp_path / "photo.jpg"  # the name has no say
    path.write_bytes(data)
    for found in (load(path), read_header(str(path))):
        assert isinstance(found, Rejected)
        assert name in found.detail


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("make", "name"),
    [
        ("NIKON CORPORATION", "Nikon NEF"), ("SONY", "Sony ARW"), ("Hasselblad", "Hasselblad 3FR"),
        ("SAMSUNG", "Samsung SRW"), ("EASTMAN KODAK COMPANY", "Kodak DCR"), ("Leaf", "Leaf MOS"),
        ("Seldom Seen Ltd", "by Seldom Seen Ltd"), ("", "of an unknown camera"),
    ],
)  # fmt: skip
def test_a_preview_before_what_the_sensor_saw(make: str, name: str, order: str) -> None:
    tags = {**PREVIEW, **({271: make} if make else {})}
    data = _tiff([tags], [{262: RGB}, {262: CFA}], order)
    assert name in _refused(data)
    assert name in _refused(_tiff([tags, {262: CFA}], [], order))


def test_what_the_sensor_saw_comes_first() -> None:
    assert "Pentax PEF" in _refused(_tiff([{271: "PENTAX", 262: CFA}, {}], []))


def test_a_preview_of_something_unknown() -> None:
    made = {**PREVIEW, 271: "NIKON CORPORATION"}
    assert "Nikon NEF" in _refused(_tiff([made], [{262: 1}]))


@pytest.mark.parametrize("kind", [CFA, LINEAR])
def test_dng(kind: int) -> None:
    mark = {50706: 0x00000401}
    assert "DNG by Apple" in _refused(_tiff([{**PREVIEW, **mark, 271: "Apple"}], [{262: kind}]))
    assert "DNG" in _refused(_tiff([{**mark, 262: kind}], []))


@pytest.mark.parametrize(
    ("pages", "subs"),
    [
        ([{271: "NIKON CORPORATION"}], []),
        ([{271: "SONY", 254: 0}, PREVIEW], []),
        ([{271: "Canon", 254: 0}], [PREVIEW]),
        ([{271: "Hasselblad"}, {}, {}], [PREVIEW, PREVIEW]),
        ([{50706: 0x00000401, 271: "Leica", 254: 0}], []),  # a DNG of one finished picture
        ([PREVIEW], []),
        ([{**PREVIEW, 271: "NIKON CORPORATION"}], []),
    ],
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_a_tiff_stays_a_tiff(
    pages: list[dict[int, Any]], subs: list[dict[int, Any]], order: str
) -> None:
    found = load(_tiff(pages, subs, order))
    assert isinstance(found, Picture), found
    assert found.format == "TIFF"


def test_a_large_raw_file_is_refused_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "写真.NEF"
    path.write_bytes(_tiff([{**PREVIEW, 271: "NIKON CORPORATION"}], [{262: CFA}]) + bytes(5000))
    found = load(path, limits=Limits(file_bytes=1000))
    assert isinstance(found, Rejected)
    assert "Nikon NEF" in found.detail


def test_directories_that_lead_in_circles_end() -> None:
    data = bytearray(_tiff([PREVIEW], [{}]))
    first = struct.unpack_from("<I", data, 4)[0]
    struct.pack_into("<I", data, len(data) - 4, first)
    assert isinstance(load(bytes(data)), Picture | Rejected)


@given(st.binary(max_size=80), st.integers(0, 500))
def test_no_bytes_are_too_odd(junk: bytes, place: int) -> None:
    data = _tiff([{**PREVIEW, 271: "NIKON"}], [{262: CFA}])
    for changed in (data[:place] + junk + data[place + len(junk) :], b"II*\0" + junk, data[:place]):
        assert isinstance(load(changed), Picture | Rejected)


def test_a_jpeg_by_a_camera_is_a_jpeg() -> None:
    exif = Image.Exif()
    exif[271] = "NIKON CORPORATION"
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG", exif=exif)
    assert isinstance(load(file.getvalue()), Picture)
