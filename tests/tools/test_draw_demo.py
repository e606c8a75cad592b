"""The drawings: every style, backdrop, pattern and edit gives a picture with something on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tools.draw_demo.__main__ import PHOTOS, SECOND_SHOT, main
from tools.draw_demo.drawing.backdrop import BACKDROPS, TINTS, backdrop
from tools.draw_demo.drawing.cloth import PATTERNS, TEXTURES, woven
from tools.draw_demo.drawing.curves import band, ellipse, loop, mirrored, moved, path, smooth
from tools.draw_demo.drawing.palette import COLOURS, PARTNERS, mix, rgb
from tools.draw_demo.drawing.photo import SIZE, Shot, photograph
from tools.draw_demo.drawing.raster import blurred, shifted
from tools.draw_demo.garment import Cloth
from tools.draw_demo.plan import QUERY, SHIPPED, item, taken
from tools.draw_demo.wardrobe import KINDS, WARDROBE, Style

from sokkuri.demo.contents import EDITS

STYLES = [pytest.param(style, id=style.name) for styles in WARDROBE.values() for style in styles]


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return taken(item(QUERY, 7), 7)


def _rng(*key: int) -> np.random.Generator:
    return np.random.default_rng([7, *key])


@pytest.mark.parametrize("style", STYLES)
def test_every_style_shows_its_colour_on_a_white_backdrop(style: Style) -> None:
    name = style.colours[0]
    cloth = Cloth(
        COLOURS[name], COLOURS[PARTNERS[name][0]], style.patterns[-1], 17.0, style.texture
    )
    garment = style.make(cloth, cloth.second, _rng(1))
    photo = photograph(garment, Shot("white", TINTS[0]), _rng(2))
    pixels = np.asarray(photo, dtype=np.float64)

    assert photo.size == SIZE
    assert photo.mode == "RGB"
    assert pixels.std() > 5
    # The garment lies in the middle, and the frame is free around it.
    middle = pixels[100:300, 75:225].std()
    rim = np.concatenate([pixels[:6].ravel(), pixels[-6:].ravel()]).std()
    assert middle > rim


@pytest.mark.parametrize("style", STYLES)
def test_every_style_fits_the_frame(style: Style) -> None:
    garment = style.make(Cloth(COLOURS["navy"]), COLOURS["white"], _rng(3))
    left, top, right, bottom = garment.bounds()

    assert 0 < garment.fill < 1
    assert 60 < right - left < 320
    assert 60 < bottom - top < 340


@pytest.mark.parametrize("style", STYLES)
def test_every_colour_and_pattern_named_exists(style: Style) -> None:
    assert set(style.colours) <= set(COLOURS)
    assert set(style.patterns) <= set(PATTERNS)
    assert style.texture in TEXTURES


def test_partners_are_colours() -> None:
    assert set(PARTNERS) == set(COLOURS)
    assert {name for names in PARTNERS.values() for name in names} <= set(COLOURS)


@pytest.mark.parametrize("name", sorted(BACKDROPS))
def test_every_backdrop_fills_the_frame(name: str) -> None:
    photo = backdrop(name, TINTS[0], SIZE, _rng(4))

    assert photo.shape == (SIZE[1], SIZE[0], 3)
    assert photo.dtype == np.float32
    assert np.isfinite(photo).all()
    assert 0.1 < photo.mean() < 1.0
    assert photo.std() > 0.001


@pytest.mark.parametrize("pattern", sorted(PATTERNS))
def test_every_pattern_mixes_two_colours(pattern: str) -> None:
    v, u = np.mgrid[0:80, 0:80].astype(np.float32)
    cloth = Cloth((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), pattern, 20.0, "smooth")
    colour = woven(cloth, u, v, 1.0, _rng(5))

    assert colour.shape == (80, 80, 3)
    assert (colour.max() > 0.5) == (pattern != "plain")
    assert colour.min() == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("texture", sorted(TEXTURES))
def test_every_texture_keeps_the_colour_on_average(texture: str) -> None:
    v, u = np.mgrid[0:80, 0:80].astype(np.float32)
    colour = woven(Cloth((0.5, 0.5, 0.5), texture=texture), u, v, 1.0, _rng(6))

    assert colour.mean() == pytest.approx(0.5, abs=0.02)
    assert colour.std() > 0.001


@pytest.mark.parametrize("edit", sorted(EDITS))
def test_every_edit_gives_a_picture_and_leaves_the_photo(edit: str, photo: Image.Image) -> None:
    before = photo.tobytes()
    copy = EDITS[edit](photo)

    assert photo.tobytes() == before
    assert isinstance(copy, Image.Image)
    assert copy.mode == ("L" if edit == "grey" else "RGB")
    if edit != "resaved":
        assert copy.size != photo.size or copy.convert("RGB").tobytes() != before


def test_first_items_show_every_kind_once() -> None:
    assert sorted(item(index, 7).kind for index in range(len(KINDS))) == sorted(KINDS)


def test_names_are_unique_and_ascii() -> None:
    names = [item(index, 7).name for index in range(240)]

    assert len(set(names)) == len(names)
    assert all(name.isascii() for name in names)


def test_every_style_is_shipped() -> None:
    shown = {item(index, 7).style.name for index in SHIPPED}

    assert shown == {style.name for styles in WARDROBE.values() for style in styles}


def test_shipped_photos_are_these_drawings(tmp_path: Path) -> None:
    # Another Pillow or NumPy may round otherwise, so a pixel may be off a little.
    assert main(["--out", str(tmp_path), "--count", "3"]) == 0
    drawn = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.jpg"))
    assert len(drawn) == 4
    for name in drawn:
        with Image.open(tmp_path / name) as ours, Image.open(PHOTOS / name) as theirs:
            apart = np.asarray(ours, np.int64) - np.asarray(theirs, np.int64)
        assert np.abs(apart).mean() < 2


def test_every_shipped_photo_has_its_drawing() -> None:
    plans = [item(index, 7) for index in SHIPPED]
    names = {f"{plan.kind}/{plan.name}.jpg" for plan in plans} | {SECOND_SHOT}

    assert {path.relative_to(PHOTOS).as_posix() for path in PHOTOS.rglob("*.*")} == names


def test_a_garment_photographed_again_is_another_photo(photo: Image.Image) -> None:
    plan = item(QUERY, 7)

    assert taken(plan, 7).tobytes() == photo.tobytes()
    assert taken(plan, 7, again=1).tobytes() != photo.tobytes()


def test_curves_pass_through_their_knots() -> None:
    knots = [(0.0, 0.0), (3.0, 4.0), (8.0, 1.0), (9.0, 9.0)]
    curve = smooth(knots, steps=5)

    assert len(curve) == 16
    assert np.allclose(curve[::5], knots)
    assert np.allclose(smooth(knots[:2]), knots[:2])
    assert len(path(knots, knots[:2])) == len(smooth(knots)) + 2


def test_a_loop_has_no_seam() -> None:
    ring = loop([(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)], steps=10)
    steps = np.hypot(*(np.roll(ring, -1, axis=0) - ring).T)

    assert len(ring) == 40
    assert steps.max() < 2 * steps.min()


def test_mirrored_outlines_are_symmetric() -> None:
    whole = mirrored(path([(0, 0), (5, 1)], [(5, 1), (4, 9), (0, 10)]))

    assert np.allclose(whole * [-1, 1], whole[::-1])


def test_moving_turns_scales_and_shifts() -> None:
    point = np.array([[1.0, 0.0]])

    assert np.allclose(moved(point, dx=5, dy=6, turn=90, scale=2), [[5.0, 8.0]])


def test_bands_and_ellipses_have_their_size() -> None:
    bar = band([(0.0, 0.0), (10.0, 0.0)], 4.0)
    ring = ellipse(1.0, 2.0, 3.0, 5.0)

    assert np.allclose(np.abs(bar[:, 1]), 2.0)
    assert np.ptp(ring, axis=0) == pytest.approx([6.0, 10.0])
    assert ring.mean(axis=0) == pytest.approx([1.0, 2.0])


def test_colours_are_read_and_mixed() -> None:
    assert rgb("ff0080") == pytest.approx((1.0, 0.0, 128 / 255))
    assert mix((0.0, 0.0, 1.0), (1.0, 0.0, 0.0), 0.25) == pytest.approx((0.25, 0.0, 0.75))


@pytest.mark.parametrize("radius", [1.0, 2.0, 4.0, 9.0])
def test_blur_keeps_the_sum_and_the_shape(radius: float) -> None:
    plane = np.zeros((61, 73), dtype=np.float32)
    plane[28:33, 34:39] = 1.0
    soft = blurred(plane, radius)

    assert soft.shape == plane.shape
    assert float(soft.sum()) == pytest.approx(25.0, rel=0.05)
    assert float(soft.max()) < 1.0 + 1e-6


def test_shifting_fills_with_zeros() -> None:
    plane = np.arange(6, dtype=np.float32).reshape(2, 3)

    assert shifted(plane, 1, 0).tolist() == [[0, 0, 1], [0, 3, 4]]
    assert shifted(plane, -1, 1).tolist() == [[0, 0, 0], [1, 2, 0]]
    assert shifted(plane, 0, 0).tolist() == plane.tolist()
