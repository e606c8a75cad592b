"""The tutorial's picture."""

from __future__ import annotations

import builtins
import logging
import os
import subprocess
import sys
import warnings
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from sokkuri.errors import MissingExtra
from sokkuri.matches import Match
from sokkuri.show.canvas import RED
from sokkuri.show.export import DPI, write_figure
from sokkuri.show.figure import draw_figure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from matplotlib.figure import Figure

    from sokkuri.matches import Outcome

mpl = pytest.importorskip("matplotlib")

ODD_NAMES = [
    "青い服の写真.jpg",
    "汉字门约.jpg",
    "한국어.jpg",
    "emoji 😀👨\u200d👩\u200d👧\ufe0f.jpg",
    "price $5 and $x^2$ \\frac{1}{2}.jpg",
    "new\nline\ttab\x00nul.jpg",
    "rtl \u202egpj.jpg",
    "caf\udce9 \ud800.jpg",
    "العربية शब्द.jpg",
    "か\u3099 e\u0301.jpg",
    "l" + "o" * 300 + "ng.jpg",
    "",
]


def save_figure(outcome: Outcome, path: Path, *, columns: int = 8, dpi: int = DPI) -> None:
    write_figure(draw_figure(outcome, columns=columns), path, dpi=dpi)


def texts(figure: Figure) -> dict[str, str]:
    return {str(text.get_gid()): text.get_text() for text in figure.axes[0].texts}


def patches(figure: Figure, prefix: str) -> list[str]:
    gids = [str(patch.get_gid()) for patch in figure.axes[0].patches]
    return [gid for gid in gids if gid.startswith(prefix)]


def images(figure: Figure) -> list[str]:
    return [str(image.get_gid()) for image in figure.axes[0].images]


def some(photo: Any, count: int) -> list[Match]:
    path = photo("match.jpg")
    return [Match(path, 10 * number + 1) for number in range(count)]


@pytest.mark.slow
def test_query_name_recipe_and_counts_are_told(outcome: Callable[..., Outcome], photo: Any) -> None:
    told = texts(draw_figure(outcome(*some(photo, 2))))
    assert told["name"] == "query.jpg"
    assert told["heading-0"] == "ahash-rgb-64 · 12,288 bits · rate < 2.0 (distance ≤ 511)"
    assert told["heading-1"] == "2 matches among 1,799 photos"
    assert "heading-2" not in told


def test_each_tile_tells_rank_name_distance_and_similarity(
    outcome: Callable[..., Outcome], photo: Any
) -> None:
    figure = draw_figure(outcome(Match(photo("one.jpg"), 0), Match(photo("two.jpg"), 3072)))
    told = texts(figure)
    wanted = ("rank-2", "name-2", "distance-2", "similarity-2")
    assert [told[gid] for gid in wanted] == ["2", "two.jpg", "distance 3,072", "75.0%"]
    assert images(figure) == ["query", "photo-1", "photo-2"]


def test_frames_and_badges_exactly_on_identical_photos(
    outcome: Callable[..., Outcome], photo: Any
) -> None:
    path = photo()
    matches = [
        Match(path, 0, "bytes"), Match(path, 0), Match(path, 0, "pixels"), Match(path, 0, "link"),
        Match(path, 9),
    ]  # fmt: skip
    figure = draw_figure(outcome(*matches))
    told = texts(figure)
    assert patches(figure, "frame-") == ["frame-1", "frame-3", "frame-4"]
    assert patches(figure, "badge-") == ["badge-1", "badge-3", "badge-4"]
    badges = {gid: text for gid, text in told.items() if gid.startswith("badge")}
    assert badges == {
        "badge-text-1": "same file", "badge-text-3": "same pixels", "badge-text-4": "link",
    }  # fmt: skip


@pytest.mark.slow
def test_the_frame_is_red_around_the_tile(
    outcome: Callable[..., Outcome], photo: Any, tmp_path: Path
) -> None:
    target = tmp_path / "figure.png"
    save_figure(outcome(Match(photo("square.jpg", (50, 50)), 0, "bytes")), target)
    figure = draw_figure(outcome(Match(photo(), 0)))
    tile = next(p for p in figure.axes[0].patches if p.get_gid() == "tile-photo-1")
    box = tile.get_extents()
    red = tuple(int(RED[at : at + 2], 16) for at in (1, 3, 5))
    with Image.open(target) as image:
        across = [
            image.convert("RGB").getpixel((x, image.height - int(box.ymin) - 60))
            for x in range(image.width)
        ]
    hits = [x for x, pixel in enumerate(across) if pixel == red]
    assert hits
    assert min(hits) < box.xmin
    assert max(hits) >= int(box.xmax)
    assert not [x for x in hits if box.xmin + 1 < x < box.xmax - 1]


@pytest.mark.parametrize(("count", "limit", "drawn"), [(3, 64, 3), (9, 4, 4), (3, 0, 0)])
def test_no_more_than_the_limit(
    outcome: Callable[..., Outcome], photo: Any, count: int, limit: int, drawn: int
) -> None:
    figure = draw_figure(outcome(*some(photo, count)), limit=limit)
    assert len(images(figure)) == drawn + 1


def test_the_cut_is_told(outcome: Callable[..., Outcome], photo: Any) -> None:
    figure = draw_figure(outcome(*some(photo, 70), matched=317))
    assert texts(figure)["heading-1"] == "317 matches among 1,799 photos · 64 of 317 shown"
    assert len(images(figure)) == 65


def test_no_match_tells_the_nearest(outcome: Callable[..., Outcome], photo: Any) -> None:
    figure = draw_figure(outcome(nearest=Match(photo("near.jpg"), 812)))
    told = texts(figure)
    assert told["heading-2"] == "No photo lies within the threshold."
    assert told["heading-3"].startswith("The nearest is near.jpg: distance 812,")
    assert images(figure) == ["query"]


def test_one_match_is_not_stretched(outcome: Callable[..., Outcome], photo: Any) -> None:
    figure = draw_figure(outcome(Match(photo("wide.jpg", (60, 20)), 5)))
    left, right, bottom, top = figure.axes[0].images[1].get_extent()
    assert (right - left) / (bottom - top) == pytest.approx(3, rel=0.02)
    assert right - left < figure.get_figwidth() / 4


def test_unreadable_photos_become_tiles_that_say_so(
    outcome: Callable[..., Outcome], tmp_path: Path
) -> None:
    (tmp_path / "text.jpg").write_text("no picture")
    paths = [os.path.join(tmp_path, name) for name in ("gone.jpg", "text.jpg")]
    figure = draw_figure(outcome(*[Match(path, 3) for path in paths], query="gone"))
    assert images(figure) == []
    assert patches(figure, "tile-") == ["tile-query", "tile-photo-1", "tile-photo-2"]
    shown = [text.get_text() for text in figure.axes[0].texts]
    assert shown.count("cannot be read") == 3
    assert shown.count("missing") == 2
    assert "not an image" in shown


def test_columns_decide_the_rows(outcome: Callable[..., Outcome], photo: Any) -> None:
    result = outcome(*some(photo, 6))
    heights = [draw_figure(result, columns=columns).get_figheight() for columns in (2, 3, 8)]
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 3


@pytest.mark.parametrize("wrong", [{"columns": 0}, {"limit": -1}])
def test_wrong_numbers_are_refused(outcome: Callable[..., Outcome], wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"columns must be 1 or more"):
        draw_figure(outcome(), **wrong)


@pytest.mark.slow
@pytest.mark.parametrize("extension", ["png", "pdf", "svg"])
def test_the_same_input_gives_the_same_bytes(
    outcome: Callable[..., Outcome], photo: Any, tmp_path: Path, extension: str
) -> None:
    result = outcome(Match(photo("青い服.jpg"), 0, "bytes"), Match(photo(), 7))
    files = [tmp_path / f"{number}.{extension.upper()}" for number in range(2)]
    save_figure(result, files[0])
    with mpl.rc_context({"savefig.facecolor": "black", "savefig.bbox": "tight", "font.size": 30}):
        save_figure(result, files[1])
    assert files[0].read_bytes() == files[1].read_bytes()
    assert b"/CreationDate" not in files[0].read_bytes()
    assert b"dc:date" not in files[0].read_bytes()


def test_the_users_style_does_not_reach_the_figure(
    outcome: Callable[..., Outcome], photo: Any, tmp_path: Path
) -> None:
    from matplotlib import style

    result = outcome(Match(photo(), 7, "pixels"))
    save_figure(result, tmp_path / "plain.png")
    with (
        style.context(["dark_background", "ggplot"]),
        mpl.rc_context(
            {"figure.constrained_layout.use": True, "font.weight": "bold", "text.usetex": True}
        ),
    ):
        save_figure(result, tmp_path / "styled.png")
    assert (tmp_path / "plain.png").read_bytes() == (tmp_path / "styled.png").read_bytes()


def test_the_usual_page_is_1600_pixels_wide(
    outcome: Callable[..., Outcome], photo: Any, tmp_path: Path
) -> None:
    save_figure(outcome(*some(photo, 9)), tmp_path / "figure.png")
    with Image.open(tmp_path / "figure.png") as image:
        assert image.width == 1600
        assert "Software" not in image.info
    save_figure(outcome(*some(photo, 9)), tmp_path / "figure.png", dpi=40)
    with Image.open(tmp_path / "figure.png") as image:
        assert image.width == 400


@pytest.mark.parametrize("name", ["figure.jpg", "figure", "figure.png.txt", ".png"])
def test_other_extensions_are_refused(
    outcome: Callable[..., Outcome], tmp_path: Path, name: str
) -> None:
    with pytest.raises(ValueError, match=r"\.png, \.pdf or \.svg"):
        save_figure(outcome(), tmp_path / name)
    assert not (tmp_path / name).exists()


def test_nothing_is_half_written(
    outcome: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from matplotlib.figure import Figure

    def fail(self: Figure, file: Any, **options: Any) -> None:
        file.write(b"half")
        raise OSError("disk full")

    target = tmp_path / "figure.png"
    target.write_bytes(b"before")
    monkeypatch.setattr(Figure, "savefig", fail)
    result = outcome()
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(OSError, match="disk full"):
        save_figure(result, target)
    assert target.read_bytes() == b"before"
    assert sorted(os.listdir(tmp_path)) == before


@pytest.mark.slow
@pytest.mark.parametrize("extension", ["png", "pdf", "svg"])
def test_odd_names_are_drawn_without_a_word(
    outcome: Callable[..., Outcome],
    photo: Any,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    extension: str,
) -> None:
    matches = [Match(f"no-folder/{name}", 4, "bytes") for name in ODD_NAMES]
    query = photo("query.jpg")
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.simplefilter("error")
        for name in ("青い😀$x$\udcff.jpg", "plain.jpg"):
            result = outcome(*matches, query=name, source=query, nearest=matches[0])
            save_figure(result, tmp_path / f"figure.{extension}", columns=4)
    assert caplog.records == []


def test_dollars_stay_dollars(outcome: Callable[..., Outcome]) -> None:
    figure = draw_figure(outcome(Match("$a$.jpg", 4), query="$b$"))
    assert texts(figure)["name-1"] == "$a$.jpg"
    assert not any(text.get_parse_math() for text in figure.axes[0].texts)


def test_long_names_stay_within_their_tiles(outcome: Callable[..., Outcome], photo: Any) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    names = ["W" * 90 + ".jpg", "i" * 90 + ".jpg", "青" * 60 + ".jpg"] * 3
    figure = draw_figure(outcome(*[Match(f"no-folder/{name}", 4567) for name in names]))
    canvas: Any = FigureCanvasAgg(figure)
    renderer = canvas.get_renderer()
    axes = figure.axes[0]
    tiles = {p.get_gid(): p.get_window_extent() for p in axes.patches}
    for text in axes.texts:
        kind, _, rank = str(text.get_gid()).partition("-")
        if kind in {"name", "similarity"} and rank:
            drawn, tile = text.get_window_extent(renderer), tiles[f"tile-photo-{rank}"]
            assert tile.xmin <= drawn.xmin
            assert drawn.xmax <= tile.xmax + 1
            if kind == "name":
                assert "…" in text.get_text()
                assert drawn.width > 0.6 * tile.width


@pytest.mark.slow
def test_no_setting_and_no_screen_is_touched(tmp_path: Path, photo: Any) -> None:
    program = """
import sys, warnings
warnings.simplefilter("error")
import matplotlib
def settings():
    # Plain reading of the backend would choose one.
    return {key: matplotlib.rcParams._get(key) for key in matplotlib.rcParams}
before = settings()
from sokkuri.hashes import HashSpec
from sokkuri.matches import Match, Outcome
from sokkuri.show.export import write_figure
from sokkuri.show.figure import draw_figure
match = Match(sys.argv[1], 0, "bytes")
outcome = Outcome(sys.argv[1], HashSpec("x", 64), 1, (), (match,), 1, 5, nearest=match)
for extension in ("png", "pdf", "svg"):
    write_figure(draw_figure(outcome), f"{sys.argv[2]}/figure.{extension}")
assert settings() == before
assert "matplotlib.pyplot" not in sys.modules
"""
    environment = {key: value for key, value in os.environ.items() if key != "DISPLAY"}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    command = [sys.executable, "-c", program, photo(), os.fspath(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_matplotlib_the_extra_is_named(
    outcome: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for call in (draw_figure, lambda result: save_figure(result, tmp_path / "figure.png")):
        with pytest.raises(MissingExtra, match=r"package: .*install .*\[plot\]") as caught:
            call(outcome())
        assert caught.value.extra == "plot"


@pytest.mark.parametrize("error", [ModuleNotFoundError("no", name="kiwisolver"), ImportError("no")])
def test_other_import_errors_pass_through(
    outcome: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, error: ImportError
) -> None:
    real = builtins.__import__

    def broken(name: str, *others: Any, **more: Any) -> Any:
        if name.startswith("matplotlib"):
            raise error
        return real(name, *others, **more)

    result = outcome()
    monkeypatch.setattr(builtins, "__import__", broken)
    with pytest.raises(ImportError) as caught:
        draw_figure(result)
    assert caught.value is error
