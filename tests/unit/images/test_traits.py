"""Traits of files: real detail, former compression, tags, and reasons for bad files."""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import Base

from sokkuri.images import Rejected, detail, resaved
from sokkuri.images.detail import FULL_DETAIL, detail_of
from sokkuri.images.traits import PhotoTraits, read_traits

RESAMPLERS = ("NEAREST", "BILINEAR", "BICUBIC", "LANCZOS")


def photo(seed: int = 0, width: int = 384, height: int = 288) -> Image.Image:
    """Return noise whose amplitude falls as that of natural photos does, with its colours."""
    source = np.random.default_rng(seed)
    across, down = np.fft.fftfreq(width), np.fft.fftfreq(height)
    frequency = np.maximum(np.hypot(across, down[:, np.newaxis]), 1 / width)
    noise = np.fft.fft2(source.standard_normal((height, width)))
    values = np.fft.ifft2(noise / frequency).real
    gray = np.clip(values / values.std() * 45 + 128, 0, 255)
    return Image.fromarray(np.stack([gray, gray * 0.9, gray * 0.8], axis=2).astype(np.uint8))


def saved(image: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file)


def luma(image: Image.Image) -> Any:
    return np.asarray(image.convert("L"))


def traits_of(path: Path) -> PhotoTraits:
    found = read_traits(str(path))
    assert isinstance(found, PhotoTraits), found
    return found


def test_the_detail_of_a_photo_is_as_fine_as_its_pixels() -> None:
    assert detail_of(luma(photo())) >= 30
    assert detail_of(luma(saved(photo(), 80))) >= 30


@pytest.mark.parametrize("factor", [1.5, 2.0])
@pytest.mark.parametrize("resampler", RESAMPLERS)
def test_an_enlarged_photo_has_coarser_detail_than_one_of_its_size(
    factor: float, resampler: str
) -> None:
    size = round(384 * factor), round(288 * factor)
    enlarged = saved(photo().resize(size, Image.Resampling[resampler]), 85)
    own = detail_of(luma(saved(photo(1, *size), 85)))
    # A third above what the factor says is within the error, as the choice takes it.
    assert detail_of(luma(enlarged)) * factor <= 1.34 * FULL_DETAIL
    assert own >= 30


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (63, 63), (64, 1), (200, 200)])
def test_pictures_too_small_or_empty_to_tell_count_as_fine(shape: tuple[int, int]) -> None:
    assert detail_of(np.full(shape, 77, np.uint8)) == FULL_DETAIL


def test_both_bases_are_the_same_on_every_machine() -> None:
    assert zlib.crc32(detail._BASIS.astype("<i4").tobytes()) == BASIS
    assert zlib.crc32(resaved._COSINES.astype("<i4").tobytes()) == COSINES


BASIS, COSINES = 0x3C4D42E4, 0x67097D66


def test_coarser_compression_is_a_larger_number(tmp_path: Path) -> None:
    found = []
    for quality in (95, 80, 60, 30):
        photo().save(tmp_path / "a.jpg", quality=quality)
        found.append(traits_of(tmp_path / "a.jpg"))
    coarseness = [each.coarseness or 0 for each in found]
    assert coarseness == sorted(coarseness)
    assert 0 < coarseness[0] < coarseness[-1]
    assert not any(each.resaved or each.lossless for each in found)


@pytest.mark.parametrize(("name", "quality"), [("a.jpg", 95), ("a.png", 0)])
def test_former_compression_is_seen_after_a_better_save(
    tmp_path: Path, name: str, quality: int
) -> None:
    once = saved(photo(), 60)
    once.convert("RGB").save(tmp_path / name, quality=quality)
    photo().save(tmp_path / "once.jpg", quality=60)
    again, before = traits_of(tmp_path / name), traits_of(tmp_path / "once.jpg")
    assert again.resaved
    assert (again.coarseness or 0) > (before.coarseness or 0)


def test_a_file_without_loss_is_told_by_its_container(tmp_path: Path) -> None:
    photo().save(tmp_path / "a.png")
    photo().save(tmp_path / "a.webp", lossless=True)
    photo().save(tmp_path / "b.webp")
    first, second, third = (traits_of(tmp_path / name) for name in ("a.png", "a.webp", "b.webp"))
    assert (first.lossless, first.coarseness) == (second.lossless, second.coarseness) == (True, 0)
    assert (third.lossless, third.coarseness) == (False, None)


def test_tags_and_the_upright_size_are_read(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[Base.Orientation], exif[Base.Make] = 6, "Maker"
    exif.get_ifd(Base.ExifOffset)[Base.DateTimeOriginal] = "2019:05:02 10:00:00"
    exif.get_ifd(Base.GPSInfo)[1] = "N"
    photo().save(tmp_path / "a.jpg", exif=exif)
    photo().save(tmp_path / "b.jpg")
    full, bare = traits_of(tmp_path / "a.jpg"), traits_of(tmp_path / "b.jpg")
    assert full.size == (288, 384)
    assert (full.camera, full.date, full.place) == (True, True, True)
    assert (bare.camera, bare.date, bare.place) == (False, False, False)
    assert full.coarseness == bare.coarseness
    assert full.length == (tmp_path / "a.jpg").stat().st_size


def test_a_bad_file_gives_a_reason(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff\xe0 no photo")
    (tmp_path / "b.txt").write_text("words")
    for name in ("a.jpg", "b.txt", "missing.jpg"):
        found = read_traits(str(tmp_path / name))
        assert isinstance(found, Rejected)
        assert found.path == str(tmp_path / name)
