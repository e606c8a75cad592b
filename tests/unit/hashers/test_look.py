"""The look hash: what its bits mean, and that nothing but the picture decides them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from sokkuri import UnknownHash, hasher, load
from sokkuri.hashers import look
from sokkuri.hashers.look_layout import BITS, CENTRE_AT, COMPACT, MIRRORED, bits_of_emphasis
from sokkuri.images import Picture, Rejected

Bits = NDArray[np.uint8]

EMPHASES = ("shape", "balanced", "colour")


def _shirt(
    colour: str = "navy", ground: str = "white", size: tuple[int, int] = (300, 400)
) -> Image.Image:
    image = Image.new("RGB", size, ground)
    width, height = size
    outline = [(0.2, 0.2), (0.45, 0.15), (0.75, 0.2), (0.9, 0.45), (0.75, 0.5), (0.72, 0.85),
               (0.28, 0.85), (0.3, 0.4), (0.12, 0.5)]  # fmt: skip
    ImageDraw.Draw(image).polygon([(x * width, y * height) for x, y in outline], fill=colour)
    return image


def _bits(image: Image.Image, name: str = "look-2") -> Bits:
    maker = hasher(name)
    code = np.frombuffer(maker.hash(Picture(image)).code, np.uint8)
    return np.unpackbits(code)[: maker.spec.bits]


def test_recipes_and_names() -> None:
    assert hasher("look-2").spec.bits == BITS <= 4096
    assert hasher("look-2-compact").spec.bits == len(COMPACT) <= 512
    for name in ("look-2-fast", "look-2-compact-fast"):
        with pytest.raises(UnknownHash, match="reduced scale always"):
            hasher(name)
    for name in ("look", "look-3", "look-2-8"):
        with pytest.raises(UnknownHash):
            hasher(name)


def test_compact_is_a_choice_of_the_same_bits() -> None:
    assert np.array_equal(_bits(_shirt(), "look-2-compact"), _bits(_shirt())[COMPACT])


def test_another_colour_changes_colour_bits_and_hardly_any_shape() -> None:
    navy, green = _bits(_shirt("navy")), _bits(_shirt("green"))
    assert (navy[:CENTRE_AT] != green[:CENTRE_AT]).mean() < 0.04
    assert (navy[CENTRE_AT:] != green[CENTRE_AT:]).mean() > 0.1


def test_the_place_in_the_photo_does_not_matter_much() -> None:
    small = Image.new("RGB", (600, 500), "white")
    small.paste(_shirt(), (250, 60))
    other = Image.new("RGB", (300, 400), "white")
    ImageDraw.Draw(other).ellipse((40, 60, 260, 340), fill="navy")
    same = (_bits(small) != _bits(_shirt()))[:CENTRE_AT].mean()
    assert same < (_bits(small) != _bits(other))[:CENTRE_AT].mean() / 2


def test_the_colour_of_the_ground_does_not_matter_much() -> None:
    a, b = _bits(_shirt("navy", "white")), _bits(_shirt("navy", "tan"))
    assert (a[2352:2865] != b[2352:2865]).mean() < 0.05


def test_mirrored_photos_have_mirrored_bits() -> None:
    image = _shirt("crimson", "gray")
    there = _bits(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    assert (there != _bits(image)[MIRRORED]).mean() < 0.03
    assert (there != _bits(image)).mean() > 0.06
    assert np.array_equal(MIRRORED[MIRRORED], np.arange(BITS))


def test_a_frame_around_is_cut_off() -> None:
    image = _shirt("crimson", "gray")
    framed = Image.new("RGB", (360, 460), "white")
    framed.paste(image, (30, 30))
    assert (_bits(framed) != _bits(image)).mean() < 0.02


def test_the_same_pixels_give_the_same_code_from_any_container() -> None:
    codes = set()
    for kind in ("PNG", "BMP", "TIFF", "QOI"):
        file = io.BytesIO()
        _shirt().save(file, kind)
        picture = load(file.getvalue(), least_side=128)
        assert not isinstance(picture, Rejected)
        codes.add(hasher("look-2").hash(picture).code)
    assert len(codes) == 1


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (7, 3), (64, 64), (900, 30)])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_kernel_and_twin_agree_on_whole_pictures(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], mode: str
) -> None:
    random = np.random.default_rng(sum(size))
    pixels = random.integers(0, 256, (size[1], size[0], 3), np.uint8)
    pixels[size[1] // 3 :, : size[0] // 2] //= 8
    image = Image.fromarray(pixels).convert(mode)
    by_kernel = _bits(image)
    monkeypatch.setattr(look, "NATIVE", False)
    assert np.array_equal(_bits(image), by_kernel)


@pytest.mark.parametrize("emphasis", [*EMPHASES, 0, 0.2, 0.33, 0.5, 1.0])
def test_bits_of_an_emphasis(emphasis: str | float) -> None:
    chosen = bits_of_emphasis(emphasis)
    assert np.array_equal(chosen, np.unique(chosen))
    # Mirroring must not leave the bits that are compared.
    assert set(MIRRORED[chosen]) == set(chosen)
    if not isinstance(emphasis, str):
        share = (chosen >= CENTRE_AT).mean()
        assert abs(share - emphasis) < 0.1


def test_the_dial_turns_from_shape_to_colour() -> None:
    shares = [(bits_of_emphasis(name) >= CENTRE_AT).mean() for name in EMPHASES]
    assert shares == sorted(shares)
    assert np.array_equal(bits_of_emphasis(0), np.arange(CENTRE_AT))


@pytest.mark.parametrize("emphasis", ["form", "", -0.1, 1.5, float("nan")])
def test_other_emphases_are_refused(emphasis: str | float) -> None:
    with pytest.raises(ValueError, match="emphasis"):
        bits_of_emphasis(emphasis)
