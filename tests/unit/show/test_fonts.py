"""Fonts for names, and what stands in where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sokkuri.show import canvas as fonts
from sokkuri.show.canvas import STAND_IN, drawable, font_families

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("matplotlib")


@pytest.fixture
def fresh_fonts() -> Iterator[None]:
    _forget()
    yield
    _forget()


def _forget() -> None:
    font_families.cache_clear()
    fonts._held.cache_clear()


def test_every_family_is_installed() -> None:
    from matplotlib.font_manager import fontManager

    assert font_families()[0] == fonts.LATIN
    assert set(font_families()) <= {font.name for font in fontManager.ttflist}


def test_the_bundled_font_is_registered_once(fresh_fonts: None) -> None:
    pytest.importorskip("matplotlib_fontja")
    from matplotlib.font_manager import fontManager

    assert fonts.BUNDLED in font_families()
    known = len(fontManager.ttflist)
    font_families.cache_clear()
    assert fonts.BUNDLED in font_families()
    assert len(fontManager.ttflist) == known


def test_the_package_of_the_font_is_never_imported() -> None:
    program = (
        "import sys; from sokkuri.show.canvas import font_families; font_families(); "
        "sys.exit('matplotlib_fontja' in sys.modules)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)


def test_works_without_the_bundled_font(fresh_fonts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib.font_manager import fontManager

    left = [font for font in fontManager.ttflist if font.name == fonts.LATIN]
    monkeypatch.setattr(fontManager, "ttflist", left)
    monkeypatch.setattr(fonts, "_bundled_file", lambda: None)
    assert font_families() == (fonts.LATIN,)
    assert drawable("a漢.jpg") == f"a{STAND_IN}.jpg"


def test_japanese_is_drawn_where_there_is_a_font() -> None:
    pytest.importorskip("matplotlib_fontja")
    assert drawable("青い服の写真・ガ（夏）.jpg") == "青い服の写真・ガ（夏）.jpg"
    assert drawable("か\u3099") == "が"


def test_what_no_font_holds_is_replaced_and_what_hides_is_escaped() -> None:
    assert drawable("a\U0001f9ff\U000f1234b") == f"a{STAND_IN}{STAND_IN}b"
    assert drawable("a\nb\u202e\udcff$x$") == r"a\nb\u202e\xff$x$"
    assert drawable(STAND_IN) == STAND_IN
