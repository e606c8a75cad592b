"""A JPEG that lacks its end mark is whole if no pixel is missing, and damaged else."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from sokkuri import Picture, Rejected, load
from sokkuri.images import RejectKind, jpeg
from sokkuri.images.limits import Limits

Waves = Callable[[int, int, int], NDArray[np.uint8]]

END = b"\xff\xd9"
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "plain": ("RGB", {}),
    "gray": ("L", {}),
    "CMYK": ("CMYK", {}),
    "full chroma": ("RGB", {"subsampling": 0, "quality": 100}),
    "coarse": ("RGB", {"quality": 3}),
    "own tables": ("RGB", {"optimize": True}),
    "progressive": ("RGB", {"progressive": True}),
    "progressive gray": ("L", {"progressive": True}),
    "restarts": ("RGB", {"restart_marker_blocks": 3}),
    "a restart a row": ("L", {"restart_marker_rows": 1}),
    "progressive with restarts": ("RGB", {"progressive": True, "restart_marker_blocks": 3}),
}


@pytest.fixture(params=["simplejpeg", "pillow"])
def decoder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run with simplejpeg, if it is there, and without it."""
    jpeg._chosen.cache_clear()
    if request.param == "pillow":
        monkeypatch.setitem(sys.modules, "simplejpeg", None)
    yield
    jpeg._chosen.cache_clear()


def _encoded(pixels: NDArray[np.uint8], kind: str) -> bytes:
    mode, options = KINDS[kind]
    file = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(file, "JPEG", **options)
    data = file.getvalue()
    assert data.endswith(END)
    return data


def _picture(data: bytes, side: int | None = None) -> Picture:
    found = load(data, least_side=side)
    assert isinstance(found, Picture), found
    return found


@pytest.mark.slow
@pytest.mark.usefixtures("decoder")
@pytest.mark.parametrize("side", [None, 16])
@pytest.mark.parametrize("kind", KINDS)
def test_only_the_end_mark_is_missing(waves: Waves, kind: str, side: int | None) -> None:
    data = _encoded(waves(150, 110, 1), kind)
    whole = _picture(data, side)
    bare = data[:-2]
    fillings = (
        b"", b"\xff", b"\0" * 2, b"\0" * 5000, b"\xff" * 3, b"\xff" * 512, b"\0" * 9 + b"\xff" * 9,
    )  # fmt: skip
    for filling in fillings:
        found = _picture(bare + filling, side)
        assert found.same_pixels(whole), filling[:3]
        assert (found.full_size, found.mode) == (whole.full_size, whole.mode)


@pytest.mark.usefixtures("decoder")
@pytest.mark.parametrize("garbage", [b"\r\n--boundary--\r\n", bytes(range(1, 200)) * 3])
@pytest.mark.parametrize("kind", ["plain", "gray", "progressive", "restarts"])
def test_what_follows_the_pixels_is_not_looked_at(waves: Waves, kind: str, garbage: bytes) -> None:
    data = _encoded(waves(150, 110, 2), kind)
    assert _picture(data[:-2] + garbage).same_pixels(_picture(data))
    assert _picture(data + garbage).same_pixels(_picture(data))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_cut_is_whole_or_damaged(waves: Waves, kind: str) -> None:
    data = _encoded(waves(45, 37, 3), kind)
    whole = _picture(data)
    start = data.index(b"\xff\xda")
    accepted = [cut for cut in range(1, len(data) - start) if not _is_damaged(data[:-cut], whole)]
    assert accepted == [1, 2]


def _is_damaged(data: bytes, whole: Picture) -> bool:
    found = load(data)
    if isinstance(found, Picture):
        assert found.same_pixels(whole), len(data)
        return False
    assert found.kind is RejectKind.DAMAGED
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_lost_rows_stay_damage_however_they_are_filled(waves: Waves, kind: str) -> None:
    data = _encoded(waves(150, 110, 4), kind)
    start = data.index(b"\xff\xda")
    for share in (0.3, 0.6, 0.9):
        cut = data[: start + int((len(data) - start) * share)]
        for filling in (b"\0" * (len(data) - len(cut)), b"\xff" * (len(data) - len(cut)), b"\r\n"):
            assert isinstance(load(cut + filling), Rejected), (share, filling[:1])


def test_half_of_the_last_byte_is_no_half_of_an_end_mark() -> None:
    # A byte of ones among the pixels is followed by a zero; a cut between them leaves it alone.
    for seed in range(2000):
        grain = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8)
        data = _encoded(grain, "full chroma")
        if data.endswith(b"\xff\x00" + END):
            whole = _picture(data)
            assert all(_picture(data[:-cut]).same_pixels(whole) for cut in (1, 2, 3))
            assert isinstance(load(data[:-4]), Rejected)
            return
    pytest.fail("no such picture was made")


def test_a_scan_that_never_came_is_missed(waves: Waves) -> None:
    data = _encoded(waves(60, 50, 5), "progressive")
    # All that stands before the last scan and its tables is a file in itself, but a blurred one.
    last = data.rindex(b"\xff\xda")
    tables = data.rindex(b"\xff\xc4", 0, last)
    for cut in (last, tables):
        assert isinstance(load(data[:cut]), Rejected)


@pytest.mark.parametrize("kind", ["restarts", "a restart a row"])
def test_a_part_between_restarts_is_missed(waves: Waves, kind: str) -> None:
    data = _encoded(waves(60, 50, 6), kind)
    places = [place for place in range(len(data) - 1) if _is_restart(data, place)]
    assert len(places) > 3
    for place in places:
        assert isinstance(load(data[:place]), Rejected)
        assert isinstance(load(data[: place + 2]), Rejected)


def _is_restart(data: bytes, place: int) -> bool:
    scan = data.index(b"\xff\xda")
    return place > scan and data[place] == 0xFF and 0xD0 <= data[place + 1] <= 0xD7


def test_broken_metadata_and_no_end_mark(waves: Waves) -> None:
    data = _encoded(waves(60, 50, 7), "plain")
    odd = data[:2] + b"\xff\xe0\x00\x06JFIF" + data[2:-2]
    assert _picture(odd).same_pixels(_picture(data))


def test_endings_begin_with_all_pairs_of_bits() -> None:
    starts = {ending[:1] and ending[0] >> 6 for ending in jpeg._ENDINGS}
    assert starts == {b"", 0b01, 0b10, 0b11}
    assert not any(b"\xff" in ending for ending in jpeg._ENDINGS)


def test_a_picture_over_the_limit_is_checked_as_far_as_it_is_decoded(waves: Waves) -> None:
    data = _encoded(waves(150, 110, 8), "plain")[:-2]
    small = Limits(pixels=150 * 110 // 4)
    assert isinstance(load(data, limits=small), Rejected)
    found = load(data, limits=small, least_side=16)
    assert isinstance(found, Picture)
    assert found.full_size == (150, 110)


@given(st.binary(max_size=120), st.integers(0, 700))
def test_no_bytes_are_too_odd(junk: bytes, place: int) -> None:
    file = io.BytesIO()
    Image.new("RGB", (9, 9), (1, 2, 3)).save(file, "JPEG")
    data = file.getvalue()
    for changed in (data[:place] + junk, b"\xff\xd8\xff" + junk):
        assert isinstance(load(changed), Picture | Rejected)
        jpeg._lacks_end(changed)


def test_an_end_mark_in_the_metadata_is_none(waves: Waves) -> None:
    data = _encoded(waves(60, 50, 9), "plain")
    inner = b"\xff\xe1\x00\x08Thu" + b"\x00" + END
    assert not jpeg._lacks_end(data)
    assert not jpeg._lacks_end(data + b"and more")
    assert jpeg._lacks_end(data[:2] + inner + data[2:-2])
    assert _picture(data[:2] + inner + data[2:-2]).same_pixels(_picture(data))
