"""What docs/explain.md says of words and fields is so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import sokkuri
from sokkuri.explanation.sentence import AGREEING_SHARE, DIFFERING_SHARE
from sokkuri.lab import AGREEING_DELTA_E
from sokkuri.settings import LOW_QUALITY

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["docs/explain.md", "docs/explain.ja.md"]
HASHES = ["look-2", "look-2-compact", "ahash-gray-8", "ahash-rgb-8", "ahash-rgbmean-8", "dhash-8",
          "dhash-vertical-8", "blockmean-8", "pdq", "whash-8", "colorhash-3"]  # fmt: skip

Waves = Callable[[int, int, int], NDArray[np.uint8]]


def _text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


@pytest.mark.parametrize("page", PAGES)
def test_the_numbers_of_the_rules(page: str) -> None:
    text = _text(page)
    assert f"{100 * AGREEING_SHARE:.0f} %" in text
    assert f"{100 * DIFFERING_SHARE:.0f} %" in text
    assert f" {AGREEING_DELTA_E:.0f} " in text
    assert f" {LOW_QUALITY} " in text or f" {LOW_QUALITY}." in text


@pytest.mark.parametrize("page", PAGES)
def test_every_field_and_every_panel_is_named(page: str, waves: Waves) -> None:
    named = set(re.findall(r"`([^`\n]+)`", _text(page)))
    for name in HASHES:
        found = sokkuri.explain(waves(60, 50, 1), waves(60, 50, 2), hash=name)
        assert named.issuperset(set(_keys(found.as_dict())) - {"schema"})
        for panel in found.panels:
            assert panel.name in named


@pytest.mark.parametrize("page", PAGES)
def test_the_python_runs(page: str, tmp_path: Path, waves: Waves) -> None:
    from PIL import Image

    (tmp_path / "photos/tops").mkdir(parents=True)
    Image.fromarray(waves(90, 60, 1)).save(tmp_path / "sample.jpg")
    Image.fromarray(waves(80, 60, 2)).save(tmp_path / "photos/tops/white-02.jpg")
    (code,) = re.findall(r"^```python\n(.*?)^```$", _text(page), re.MULTILINE | re.DOTALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        exec(compile(code, page, "exec"), {})  # noqa: S102 - our own page
