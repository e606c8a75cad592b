"""Two pictures share a digest only if neither holds anything in its pixels that the other lacks."""

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
from PIL import Image, ImageOps
from tests.unit.images.making import HOLDING, LOSSLESS, encoded, lossless, noise, picture, png, told

from sokkuri.images import Picture, exact_digest, load
from sokkuri.images.limits import Limits


@given(st.sampled_from(sorted(HOLDING)), st.integers(0, 1 << 30), st.integers(1, 40), st.data())
def test_every_container_that_holds_a_picture_keeps_it(
    mode: str, seed: int, width: int, data: st.DataObject
) -> None:
    image = picture(mode, seed, width)
    form = data.draw(st.sampled_from(HOLDING[mode]))
    assert told(lossless(image, form)) == told(image)


@given(st.sampled_from(["L", "LA", "RGB", "RGBA"]), st.integers(0, 1 << 30), st.data())
def test_one_sample_of_one_channel_makes_another_picture(
    mode: str, seed: int, data: st.DataObject
) -> None:
    image = picture(mode, seed)
    values = np.array(image)
    place = data.draw(st.tuples(*(st.integers(0, side - 1) for side in values.shape)))
    values[place] ^= 1 << data.draw(st.integers(0, 7))
    other = Image.fromarray(values, mode)
    for form in HOLDING[mode]:
        assert told(lossless(other, form)) != told(image)


@given(st.integers(0, 1 << 30), st.integers(2, 6), st.data())
def test_one_sample_of_one_frame_makes_another_animation(
    seed: int, count: int, data: st.DataObject
) -> None:
    frames = [np.array(picture("RGB", seed + place).quantize(8).convert("RGB"))
              for place in range(count)]  # fmt: skip
    first = {form: told(_animated(frames, form)) for form in ("PNG", "WEBP", "GIF")}
    assert len(set(first.values())) == 1
    place = data.draw(st.integers(0, count - 1))
    frames[place] = frames[place].copy()
    frames[place][data.draw(st.integers(0, 6)), 3] ^= 255
    for form, digest in first.items():
        assert told(_animated(frames, form)) != digest


def _animated(frames: list[NDArray[np.uint8]], form: str, **options: Any) -> bytes:
    first, *rest = (Image.fromarray(frame) for frame in frames)
    options = {"duration": 100, "loop": 0} | LOSSLESS.get(form, {}) | options
    return encoded(first, form, save_all=True, append_images=rest, **options)


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF"])
def test_the_tempo_of_an_animation_counts_and_a_still_is_not_one(form: str) -> None:
    frames = [np.array(picture("L", seed)) for seed in range(3)]
    usual = told(_animated(frames, form))
    assert told(_animated(frames, form, duration=[100, 100, 200])) != usual
    assert told(_animated(frames, form, loop=3)) != usual
    assert told(_animated(frames[:2], form)) != usual
    assert told(_animated(frames[::-1], form)) != usual
    assert told(Image.fromarray(frames[0])) != usual


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF"])
def test_a_frame_that_stays_is_one_frame(form: str) -> None:
    a, b = (np.array(picture("L", seed)) for seed in range(2))
    whole = told(_animated([a, b], form, duration=[300, 100]))
    assert told(_animated([a, a, b], form, duration=[100, 200, 100])) == whole
    assert told(_animated([a, a], form)) == told(Image.fromarray(a))


def test_a_frame_that_is_stored_twice_is_one_frame() -> None:
    a, b = (np.array(picture("L", seed)) for seed in range(2))
    stored = [(a, 100), (a, 200), (b, 100)]  # as Pillow would not write them
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 13, 7, 8, 0, 0, 0, 0)),
              (b"acTL", struct.pack(">II", len(stored), 0))]  # fmt: skip
    for place, (values, shown) in enumerate(stored):
        number = max(0, 2 * place - 1)
        frame = struct.pack(">IIIIIHHBB", number, 13, 7, 0, 0, shown, 1000, 0, 0)
        rows = zlib.compress(b"".join(b"\0" + row.tobytes() for row in values))
        body = (b"fdAT", struct.pack(">I", number + 1) + rows) if place else (b"IDAT", rows)
        chunks += [(b"fcTL", frame), body]
    assert told(png([*chunks, (b"IEND", b"")])) == told(
        _animated([a, b], "WEBP", duration=[300, 100])
    )


def test_gif_counts_repetitions_and_the_others_plays() -> None:
    frames = [np.array(picture("L", seed)) for seed in range(2)]
    assert told(_animated(frames, "GIF", loop=2)) == told(_animated(frames, "PNG", loop=3))
    once = encoded(
        Image.fromarray(frames[0]), "GIF", save_all=True,
        append_images=[Image.fromarray(frames[1])], duration=100,
    )  # fmt: skip
    assert told(once) == told(_animated(frames, "WEBP", loop=1))


def test_a_still_before_an_animation_counts() -> None:
    frames = [np.array(picture("L", seed)) for seed in range(3)]
    apart = _animated(frames, "PNG", default_image=True, duration=[100, 100])
    assert told(apart) != told(_animated(frames, "PNG", duration=[0, 100, 100]))


def test_all_pages_of_a_tiff_count() -> None:
    pages = [np.array(picture("RGB", seed)) for seed in range(3)]
    whole = told(_animated(pages, "TIFF"))
    assert whole == told(_animated(pages, "TIFF", compression="tiff_deflate"))
    assert whole != told(_animated(pages[:2], "TIFF"))
    assert whole != told(_animated([*pages[:2], pages[2] ^ np.uint8(1)], "TIFF"))
    assert whole != told(Image.fromarray(pages[0]))
    assert whole != told(_animated(pages, "WEBP"))
    # Two equal pages are two pages.
    assert told(_animated([pages[0]] * 2, "TIFF")) != told(Image.fromarray(pages[0]))


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF"])
def test_turned_by_its_tag_is_turned(form: str, orientation: int) -> None:
    image = picture("LA", 3)
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = lossless(image, form, exif=exif)
    with Image.open(io.BytesIO(lossless(image, "PNG", exif=exif))) as opened:
        turned = ImageOps.exif_transpose(opened)
    assert told(data) == told(turned)
    assert told(data) != told(image)


def test_pages_are_turned_one_by_one() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    pages = [picture("RGB", seed) for seed in range(2)]
    data = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:], exif=exif)
    turned = [page.transpose(Image.Transpose.ROTATE_270) for page in pages]
    assert told(data) != told(_animated([np.array(page) for page in pages], "TIFF"))
    assert told(data) == told(_animated([np.array(page) for page in turned], "TIFF"))


def test_a_jpeg_is_what_it_decodes_to(waves: Callable[[int, int, int], NDArray[np.uint8]]) -> None:
    data = encoded(Image.fromarray(waves(60, 40, 1)), "JPEG")
    with Image.open(io.BytesIO(data)) as image:
        assert told(data) == told(lossless(image, "PNG")) == told(lossless(image, "BMP"))


@pytest.mark.parametrize("form", sorted(LOSSLESS))
def test_a_file_that_is_cut_off_is_nothing(form: str) -> None:
    data = lossless(picture("RGB", 2, 60, 40), form)
    assert exact_digest(data[: len(data) * 2 // 3]) is None


def test_a_broken_second_frame_is_nothing() -> None:
    frames = [noise(40, 60, 3, seed=seed) for seed in range(2)]
    for form in ("PNG", "WEBP", "GIF", "TIFF"):
        data = bytearray(_animated(frames, form))
        data[len(data) * 3 // 4 :] = bytes(len(data) - len(data) * 3 // 4)
        assert exact_digest(bytes(data)) != told(Image.fromarray(frames[0])), form


def test_all_frames_together_are_bounded() -> None:
    frames = [np.array(picture("L", seed)) for seed in range(4)]
    data = _animated(frames, "GIF")
    assert exact_digest(data, limits=Limits(pixels=4 * 13 * 7)) is not None
    assert exact_digest(data, limits=Limits(pixels=4 * 13 * 7 - 1)) is None
    assert exact_digest(frames[0], limits=Limits(pixels=13 * 7 - 1)) is None
    assert exact_digest(data, limits=Limits(file_bytes=len(data) - 1)) is None


def test_frames_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL.GifImagePlugin import GifImageFile

    data = _animated([np.array(picture("L", seed)) for seed in range(5)], "GIF")
    seen: list[int] = []
    real = GifImageFile.seek

    def seek(self: GifImageFile, frame: int) -> None:
        seen.append(frame)
        real(self, frame)

    monkeypatch.setattr(GifImageFile, "seek", seek)
    told(data)
    assert seen[:6] == [0, 1, 2, 3, 4, 5]  # each once, forward


def test_sources_that_are_no_files(tmp_path: Path) -> None:
    values = noise(9, 8, 4)
    path = tmp_path / "a.png"
    Image.fromarray(values).save(path)
    assert told(path) == told(str(path)) == told(path.read_bytes()) == told(values)
    assert told(values[..., :3]) == told(Image.fromarray(values[..., :3]))
    assert told(values[..., :1]) == told(values[..., 0])
    assert told(values[..., 0] > 99) == told(Image.fromarray(values[..., 0] > 99))
    deep = values.astype(np.uint16)
    assert told(deep) not in (told(values), told(deep[..., :3]), told(deep ^ 1))
    with Image.open(path) as image:
        assert told(image) == told(values)


@pytest.mark.parametrize("source", [b"", b"text", "gone.png", np.zeros((0, 3)), object(), 7])
def test_what_is_no_picture_has_no_digest(source: Any) -> None:
    assert exact_digest(source) is None


@given(st.sampled_from([*LOSSLESS, "GIF", "JPEG", "AVIF", "ICO"]), st.data())
def test_no_damage_ends_in_an_error(form: str, data: st.DataObject) -> None:
    good = encoded(picture("RGB", 5, 24, 20), form, **LOSSLESS.get(form, {}))
    bad = bytearray(good)
    for _ in range(data.draw(st.integers(1, 4))):
        bad[data.draw(st.integers(0, len(bad) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(bad)))
    for each in (bytes(bad), bytes(bad[:cut]), bytes(bad) + good):
        found = exact_digest(each)
        assert found is None or len(found) == 32


def test_what_was_mended_is_not_said_to_be_the_same() -> None:
    first, second = (picture("RGB", seed) for seed in (1, 2))
    stream = io.BytesIO()
    first.save(stream, "PNG", save_all=True, append_images=[second])
    data = stream.getvalue()
    start = data.index(b"fdAT")
    broken = data[: start + 7] + b"\x63" + data[start + 8 :]
    assert exact_digest(data) is not None
    assert exact_digest(broken) is None
    assert isinstance(load(broken), Picture)
