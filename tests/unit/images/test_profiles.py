from __future__ import annotations

import gc
import io
import itertools
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageDraw, ImageFilter
from tests.unit.images import icc

from sokkuri import Picture, hasher, load
from sokkuri.images import encoded_thumbnail, thumbnail
from sokkuri.images.jpeg import jpeg_decoder
from sokkuri.images.profiles import in_srgb, telling_profile

Waves = Callable[[int, int, int], NDArray[np.uint8]]

WIDE = {
    "Display P3": (icc.P3, 563 / 256),
    "Adobe RGB": (icc.ADOBE, 563 / 256),
    "linear light": (icc.SRGB, 1.0),
}
RICH_BLACK = (0, 0, 0)
PAPER = (100, 0, 0)


def _press() -> bytes:
    """Return a press whose cyan is far from the blue-green that naive arithmetic makes of it."""
    solid = {0: (55, -37, -50), 1: (48, 74, -3), 2: (89, -5, 93)}
    lab = {}
    for corner in itertools.product((0, 1), repeat=4):
        inks = [ink for ink in range(3) if corner[ink]]
        if corner[3] or len(inks) == 3:
            lab[corner] = RICH_BLACK
        elif inks:
            mixed = np.mean([solid[ink] for ink in inks], axis=0).astype(int)
            lab[corner] = (int(mixed[0]), int(mixed[1]), int(mixed[2]))
        else:
            lab[corner] = PAPER
    return icc.ink_profile(lab)


def _shirt() -> Image.Image:
    """Return a shirt on a ground, in colours that every one of these spaces has."""
    image = Image.new("RGB", (300, 400), (226, 224, 220))
    pen = ImageDraw.Draw(image)
    pen.polygon([(60, 100), (120, 60), (180, 60), (240, 100), (220, 330), (80, 330)], (150, 70, 60))
    pen.rectangle((130, 150, 170, 250), (90, 130, 100))
    return image.filter(ImageFilter.GaussianBlur(1))


def _loaded(image: Image.Image, name: str = "PNG", **options: Any) -> Picture:
    stream = io.BytesIO()
    image.save(stream, name, **options)
    picture = load(stream.getvalue(), least_side=options.get("least_side"))
    assert isinstance(picture, Picture), picture
    return picture


def _distance(a: Picture, b: Picture, name: str = "look-2") -> int:
    maker = hasher(name)
    return maker.hash(a).distance(maker.hash(b))


@pytest.mark.parametrize("space", WIDE)
def test_colours_are_those_of_the_textbook(space: str) -> None:
    primaries, gamma = WIDE[space]
    profile = icc.rgb_profile(primaries, gamma)
    assert telling_profile(profile, "RGB") == profile
    for values in [(200, 100, 50), (30, 60, 90), (255, 255, 255), (0, 0, 0), (128, 128, 128)]:
        found = in_srgb(Image.new("RGB", (1, 1), values), profile, "RGB").getpixel((0, 0))
        assert found == pytest.approx(icc.to_srgb(values, primaries, gamma), abs=1.5), values


@pytest.mark.slow
@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF", "JPEG", "AVIF"])
@pytest.mark.parametrize("space", WIDE)
def test_a_photo_and_its_srgb_export_are_one_photo(space: str, form: str, waves: Waves) -> None:
    profile = icc.rgb_profile(*WIDE[space])
    shown = _shirt()
    source = ImageCms.createProfile("sRGB")
    target = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    stored = ImageCms.profileToProfile(shown, source, target, outputMode="RGB")
    assert stored is not None
    options: dict[str, Any] = {"lossless": True} if form == "WEBP" else {}
    options |= {"quality": 95} if form in {"JPEG", "AVIF"} else {}
    photo = _loaded(stored, form, icc_profile=profile, **options)
    export = _loaded(shown, form, icc_profile=None, **options)
    ignored = _loaded(stored, form, icc_profile=None, **options)
    assert photo.profile == profile
    assert np.abs(photo.srgb.pixels().astype(int) - export.pixels()).mean() < 2.5
    assert 4 * _distance(photo, export) < _distance(ignored, export)
    assert photo.srgb.srgb is photo.srgb
    # The article and other programs look at the numbers as they are.
    assert _distance(photo, ignored, "ahash-rgb-64") == 0
    assert _distance(photo, ignored, "pdq") == 0
    assert thumbnail(photo, 64).tobytes() == thumbnail(photo.srgb, 64).tobytes()
    assert encoded_thumbnail(photo, 64) != encoded_thumbnail(ignored, 64)


@pytest.mark.parametrize("least_side", [None, 64])
@pytest.mark.parametrize("orientation", [1, 6])
def test_both_decoders_of_jpeg_follow_a_profile(
    least_side: int | None, orientation: int, waves: Waves, monkeypatch: pytest.MonkeyPatch
) -> None:
    if jpeg_decoder() == "pillow":
        pytest.skip("there is only one")
    exif = Image.Exif()
    exif[0x0112] = orientation
    stream = io.BytesIO()
    image = Image.fromarray(waves(200, 150, 3))
    image.save(stream, "JPEG", icc_profile=icc.rgb_profile(icc.P3), exif=exif)
    quick = load(stream.getvalue(), least_side=least_side)
    monkeypatch.setattr("sokkuri.images.jpeg._decoder", lambda: None)
    slow = load(stream.getvalue(), least_side=least_side)
    assert isinstance(quick, Picture)
    assert isinstance(slow, Picture)
    assert isinstance(quick.held, np.ndarray) == (orientation == 1)
    assert quick.profile == slow.profile
    assert quick.profile is not None
    assert quick.srgb.same_pixels(slow.srgb)
    assert not quick.srgb.same_pixels(quick)
    assert quick.srgb.full_size == slow.srgb.full_size == quick.full_size


def test_srgb_changes_nothing_whoever_wrote_it() -> None:
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = Image.fromarray(np.arange(192, dtype=np.uint8).reshape(8, 8, 3))
    for mode in ("RGB", "L", "P", "RGBA"):
        picture = _loaded(image.convert(mode), icc_profile=own)
        assert picture.profile is None
        assert picture.srgb is picture


@pytest.mark.parametrize("mode", ["L", "LA", "1", "I;16"])
def test_gray_pictures_stay_gray_and_follow_gray_profiles_and_those_of_colours(mode: str) -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    image = Image.fromarray(ramp)
    if mode == "I;16":
        image = Image.fromarray(ramp.astype(np.uint16) * 257)
    elif mode != "L":
        image = image.convert(mode)
    for profile in (icc.gray_profile(1.0), icc.rgb_profile(icc.P3, 1.0)):
        picture = _loaded(image, icc_profile=profile)
        assert picture.profile == profile
        assert picture.srgb.gray == picture.gray
        found = picture.srgb.pixels()
        light = picture.pixels() / 255
        wanted = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
        assert np.abs(found - 255 * wanted).max() <= 2.5


def test_inks_become_the_colours_of_their_press() -> None:
    profile = _press()
    cyan = Image.new("CMYK", (40, 30), (255, 0, 0, 0))
    for form in ("TIFF", "JPEG"):
        picture = _loaded(cyan, form, icc_profile=profile)
        assert picture.image.getpixel((0, 0)) == pytest.approx((0, 255, 255), abs=2)
        red, green, blue = picture.srgb.pixels()[0, 0].tolist()
        # L* 55, a* -37, b* -50: red is out of sRGB's reach.
        assert red == 0
        assert green == pytest.approx(147, abs=8)
        assert blue == pytest.approx(217, abs=8)
        turned = picture.transposed(Image.Transpose.ROTATE_90)
        assert turned.srgb.size == turned.size == (30, 40)
        assert _loaded(cyan, form).srgb.pixels()[0, 0].tolist() == pytest.approx(
            [0, 255, 255], abs=2
        )


def test_inks_are_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    inks = Image.new("CMYK", (40, 30), (0, 0, 255, 0))
    inks.paste((255, 0, 0, 0), (0, 0, 20, 30))
    picture = _loaded(inks, "JPEG", icc_profile=_press(), exif=exif)
    assert picture.srgb.size == picture.size == (30, 40)
    cyan, yellow = picture.srgb.pixels()[[2, -3], 15].astype(int).tolist()
    assert cyan[2] - cyan[0] > 100
    assert yellow[0] - yellow[2] > 100


def _broken() -> dict[str, bytes]:
    good = icc.rgb_profile(icc.P3)
    black = icc.rgb_profile(icc.P3, 200.0)
    inverted = {corner: (100 * corner[3], 0, 0) for corner in itertools.product((0, 1), repeat=4)}
    return {
        "cut": good[:200],
        "empty": b"",
        "text": b"this is no profile at all" * 40,
        "of inks": _press(),
        "of gray": icc.gray_profile(1.0),
        "of no space": good[:16] + b"????" + good[20:],
        "all black": black,
        "a link": good[:12] + b"link" + good[16:],
        "named colours": good[:12] + b"nmcl" + good[16:],
        "a table that ends outside": good.replace(b"rXYZ", b"rXYZ\xff\xff\xff\xff", 1),
        "far too large": good + bytes(9 << 20),
        "a negative press": icc.ink_profile(inverted),
    }


@pytest.mark.parametrize("case", _broken())
def test_broken_profiles_never_lose_the_pixels(case: str, waves: Waves) -> None:
    profile = _broken()[case]
    image = Image.fromarray(waves(60, 40, 1))
    assert telling_profile(profile, "RGB") is None
    picture = _loaded(image, "TIFF", icc_profile=profile)
    assert picture.srgb is picture
    assert np.array_equal(picture.pixels(), np.asarray(image))


def test_a_negative_press_is_not_believed() -> None:
    assert telling_profile(_broken()["a negative press"], "CMYK") is None


@given(st.data())
def test_no_bytes_make_a_profile_that_raises(data: st.DataObject) -> None:
    good = bytearray(icc.rgb_profile(icc.P3))
    for _ in range(data.draw(st.integers(1, 8))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(good[: data.draw(st.integers(0, len(good)))])
    image = Image.new("RGB", (3, 2), (200, 100, 50))
    for profile in (bytes(good), cut):
        if telling_profile(profile, "RGB") is not None:
            assert in_srgb(image, profile, "RGB").size == (3, 2)


def test_other_things_than_bytes_are_no_profile() -> None:
    for thing in (None, "sRGB", 7, [b"x"]):
        assert telling_profile(thing, "RGB") is None


@pytest.mark.parametrize("profile", [None, icc.rgb_profile(icc.P3)])
def test_a_picture_is_gone_as_soon_as_nobody_holds_it(profile: bytes | None) -> None:
    picture = _loaded(_shirt(), icc_profile=profile)
    hasher("look-2").hash(picture)
    hasher("ahash-rgb-64").hash(picture)
    seen, shown = weakref.ref(picture), weakref.ref(picture.srgb)
    gc.disable()
    try:
        del picture
        assert seen() is None
        assert shown() is None
    finally:
        gc.enable()
