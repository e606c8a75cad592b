"""The figure of an explanation."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sokkuri import Explanation, explain
from sokkuri.show.explanation import draw_explanation
from sokkuri.show.export import write_figure

mpl = pytest.importorskip("matplotlib")

Waves = Callable[[int, int, int], NDArray[np.uint8]]
RED = (211, 34, 42)
HASHES = ["look-2", "look-2-compact", "ahash-gray-16", "ahash-rgb-8", "dhash-8", "pdq",
          "colorhash-3"]  # fmt: skip


@pytest.fixture
def pair(waves: Waves, tmp_path: Path) -> tuple[str, str]:
    """Return the paths of two photos."""
    paths = [str(tmp_path / name) for name in ("a.png", "写真 $b$.png")]
    for seed, path in enumerate(paths):
        Image.fromarray(waves(90, 120, seed)).save(path)
    return paths[0], paths[1]


def _texts(figure: Any) -> dict[str, str]:
    return {str(text.get_gid()): text.get_text() for text in figure.axes[0].texts}


def _image(figure: Any, gid: str) -> NDArray[np.uint8]:
    (found,) = [image for image in figure.axes[0].images if image.get_gid() == gid]
    return np.asarray(found.get_array())


def _gids(figure: Any) -> set[str]:
    axes = figure.axes[0]
    return {str(each.get_gid()) for each in [*axes.images, *axes.patches, *axes.collections]}


@pytest.mark.slow
@pytest.mark.parametrize("name", HASHES)
def test_every_panel_is_drawn_and_counted(name: str, pair: tuple[str, str]) -> None:
    found = explain(*pair, hash=name)
    figure = draw_explanation(found)
    told = _texts(figure)
    heading = " ".join(told[gid] for gid in sorted(told) if gid.startswith("heading"))
    assert found.sentence.en in heading
    assert "写真 $b$.png" in heading
    shown = [panel for panel in found.panels if panel.counted.any()]
    for column, panel in enumerate(shown, start=2):
        assert told[f"head-{column}"] == panel.name
        expected = f"{int(panel.differing.sum()):,} of {int(panel.counted.sum()):,} bits"
        assert told[f"count-{column}"] == expected
    assert {"photo-a", "photo-b", "pixels-a", "pixels-b"} <= _gids(figure)
    assert ("overlay" in _gids(figure)) == any(panel.place for panel in shown)


@pytest.mark.parametrize("name", ["ahash-gray-16", "dhash-8", "pdq"])
def test_red_cells_are_those_that_differ(name: str, pair: tuple[str, str]) -> None:
    found = explain(*pair, hash=name)
    (panel,) = found.panels
    drawn = _image(draw_explanation(found), f"{panel.name}-differing")
    red = (drawn == RED).all(axis=2)
    assert np.array_equal(red, panel.differing == 1)
    assert red.sum() == found.distance


def test_colours_that_differ_are_framed(pair: tuple[str, str]) -> None:
    found = explain(*pair, emphasis="colour")
    gids = _gids(draw_explanation(found))
    panels = [panel for panel in found.panels if panel.part == "colour"]
    assert [panel.name for panel in panels] == ["centre", "places"]
    for panel in panels:
        for (row, column), count in np.ndenumerate(panel.differing):
            assert (f"{panel.name}-differing-{row}-{column}" in gids) == (count > 0)
    assert {"outline-a", "structure-b", "frame-a", "frame-b"} <= gids


def test_what_is_not_compared_is_not_drawn(pair: tuple[str, str]) -> None:
    gids = _gids(draw_explanation(explain(*pair, emphasis=0.0)))
    assert not any(gid.startswith(("centre", "places")) for gid in gids)
    assert any(gid.startswith("body") for gid in gids)


def test_the_small_pixels_are_called_what_they_are(pair: tuple[str, str]) -> None:
    for name, word in (
        ("look-2", "as the hash sees it"), ("ahash-gray-8", "at hash size"), ("pdq", "made small"),
    ):  # fmt: skip
        assert _texts(draw_explanation(explain(*pair, hash=name)))["head-1"] == word


def test_warnings_stand_in_red(tmp_path: Path, pair: tuple[str, str]) -> None:
    flat = tmp_path / "flat.png"
    Image.new("RGB", (60, 60), "white").save(flat)
    figure = draw_explanation(explain(flat, pair[0]))
    lines = [text for text in figure.axes[0].texts if str(text.get_gid()).startswith("heading")]
    red = [line.get_text() for line in lines if line.get_color() == "#d3222a"]
    assert red[0].startswith("Photo A is too simple to say much")


def test_a_photo_that_is_gone_is_a_tile(pair: tuple[str, str]) -> None:
    found = explain(*pair)
    os.remove(pair[0])
    told = _texts(draw_explanation(found))
    assert told["reason-photo-a"] == "cannot be read"
    assert "reason-photo-b" not in told


def test_photos_may_come_from_elsewhere(pair: tuple[str, str], waves: Waves) -> None:
    found = explain(waves(90, 120, 0), waves(90, 120, 1), gray=True)
    assert found.a == "<array>"
    assert "reason-photo-a" in _texts(draw_explanation(found))
    told = _texts(draw_explanation(found, photos=pair))
    assert "reason-photo-a" not in told


@pytest.mark.slow
@pytest.mark.parametrize("extension", ["png", "pdf", "svg"])
def test_files_are_the_same_each_time(
    extension: str, pair: tuple[str, str], tmp_path: Path
) -> None:
    found: Explanation = explain(*pair)
    files = [tmp_path / f"{number}.{extension}" for number in (1, 2)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for file in files:
            write_figure(draw_explanation(found), file)
    first, second = (file.read_bytes() for file in files)
    assert first == second
    with pytest.raises(ValueError, match="not as"):
        write_figure(draw_explanation(found), tmp_path / "why.gif")


def test_a_wide_page_has_room_for_all(pair: tuple[str, str]) -> None:
    figure = draw_explanation(explain(*pair))
    width, height = figure.get_size_inches()
    renderer: Any = figure.canvas
    for text in figure.axes[0].texts:
        box = text.get_window_extent(renderer.get_renderer())
        assert box.x0 >= 0, text.get_text()
        assert box.x1 <= width * figure.dpi, text.get_text()
        assert box.y0 >= 0, text.get_text()
        assert box.y1 <= height * figure.dpi, text.get_text()


def test_drawing_changes_no_setting(pair: tuple[str, str]) -> None:
    code = (
        "import sys, matplotlib; before = matplotlib.rcParams.copy(); import sokkuri\n"
        "from sokkuri.show.explanation import draw_explanation\n"
        "draw_explanation(sokkuri.explain(*sys.argv[1:]))\n"
        "assert matplotlib.rcParams.copy() == before\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *pair], capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()
