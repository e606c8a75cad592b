"""Figures, the notebook's view and lines of text for a reader of Japanese."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sokkuri import explain
from sokkuri.language import speaking
from sokkuri.matches import Match
from sokkuri.show.canvas import LATIN, STAND_IN
from sokkuri.show.captions import display_width
from sokkuri.show.explanation import draw_explanation
from sokkuri.show.figure import draw_figure
from sokkuri.show.html import results_html
from sokkuri.show.lines import broken

if TYPE_CHECKING:
    from sokkuri.matches import Outcome

Waves = Callable[[int, int, int], NDArray[np.uint8]]

NAMES = re.compile(r"ahash-rgb-64|rate|\w+\.(jpg|png)|look-2@balanced|\b[AB]\b")
"""What is English in every language."""


def _words(figure: Any) -> dict[str, str]:
    return {str(text.get_gid()): text.get_text() for text in figure.axes[0].texts}


def _english(words: str) -> list[str]:
    return re.findall("[A-Za-z]+", NAMES.sub("", words))


def test_a_search_figure_speaks_it_as_long_as_it_is_asked_to(
    outcome: Callable[..., Outcome], tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib")
    Image.new("RGB", (20, 20), "teal").save(tmp_path / "a.png")
    path = str(tmp_path / "a.png")
    found = outcome(Match(path, 0, same="bytes"), Match(path, 1024))
    with speaking("ja"):
        words = _words(draw_figure(found))
        page = results_html(found)
    assert words["heading-0"] == "ahash-rgb-64 · 12,288 ビット · rate < 2.0（距離 ≤ 511）"
    assert words["badge-text-1"] == "同じファイル"
    assert words["distance-2"] == "距離 1,024"
    assert [words for words in words.values() if _english(words) or STAND_IN in words] == []
    assert "距離 1,024" in page
    assert "同じファイル" in page
    assert _words(draw_figure(found))["distance-2"] == "distance 1,024"


def test_an_explanation_speaks_it(waves: Waves, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    paths = [str(tmp_path / f"{letter}.png") for letter in "ab"]
    for seed, path in enumerate(paths):
        Image.fromarray(waves(90, 120, seed)).save(path)
    found = explain(paths[0], paths[1])
    with speaking("ja"):
        figure = draw_explanation(found)
    words = _words(figure)
    assert [words for words in words.values() if _english(words) or STAND_IN in words] == []
    heading = "".join(words[gid] for gid in sorted(words) if gid.startswith("heading"))
    assert found.sentence.ja in heading
    assert words["head-2"] == "輪郭"
    # A bold family that has no such letters would draw boxes.
    fonts = {str(each.get_gid()): each.get_fontfamily() for each in figure.axes[0].texts}
    assert fonts["row-0"] == [LATIN]
    assert len(fonts["head-2"]) > 1
    # Sentences stay on the page.
    figure.canvas.draw()
    for text in figure.axes[0].texts:
        box = text.get_window_extent()
        assert box.x1 <= figure.bbox.width, text.get_text()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("写真を、色で並べます。", ["写真を、", "色で並べ", "ます。"]),
        ("「写真」を並べる", ["「写真」", "を並べる"]),
        ("写真（色）", ["写真", "（色）"]),
        ("JPEG の写真", ["JPEG の", "写真"]),
        ("ハッシュ", ["ハッシュ"]),
        ("アハッシュ", ["アハッ", "シュ"]),
        ("a  [b c]", ["a  [b c]"]),
        ("abcdef  [g]", ["abcdef", "[g]"]),
        ("abcdefghijk", ["abcdefgh", "ijk"]),
        ("か\u3099か\u3099か\u3099か\u3099か\u3099", ["か\u3099" * 4, "か\u3099"]),
    ],
)
def test_lines_break_where_a_reader_expects_it(text: str, lines: list[str]) -> None:
    assert list(broken(text, lambda line: display_width(line) <= 8)) == lines


def test_nothing_is_lost_where_nothing_fits() -> None:
    assert "".join(broken("写真", lambda _: False)) == "写真"
