"""The numbers on the pages are those of the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sokkuri
from sokkuri import settings
from sokkuri.images import RejectKind
from sokkuri.images.sniff import DECODED_FORMATS
from sokkuri.matches import max_distance_of_rate, rate_of

ROOT = Path(__file__).resolve().parents[2]
READMES = ["README.md", "README.ja.md"]
ARTICLES = ["docs/article.md", "docs/article.ja.md"]
OUTPUTS = ["docs/outputs.md", "docs/outputs.ja.md"]

WRITTEN = {"WEBP": "WebP", "JPEG2000": "JPEG 2000", "PPM": "PNM"}
"""How people write what Pillow calls otherwise."""


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _rows(text: str) -> list[list[str]]:
    lines = (line for line in text.splitlines() if line.startswith("| "))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _number(text: str) -> float:
    return float(text.replace(",", "").removesuffix(" %"))


@pytest.mark.parametrize("page", ARTICLES)
def test_rates_bits_and_shares(page: str) -> None:
    rows = [row for row in _rows(_text(page)) if len(row) == 4 and row[0][:1].isdigit()]
    assert len(rows) == 7
    for rate, distance, of_gray, of_rgb in rows:
        most = max_distance_of_rate(_number(rate))
        assert _number(distance) == most
        for share, name in ((of_gray, settings.GRAY_HASH), (of_rgb, settings.RGB_HASH)):
            bits = sokkuri.hasher(name).spec.bits
            assert share == f"{100 * most / bits:.1f} %"


@pytest.mark.parametrize("page", ARTICLES)
def test_sizes_bits_and_largest_rates(page: str) -> None:
    named = [row for row in _rows(_text(page)) if re.fullmatch(r"`ahash-\w+-\d+`", row[0])]
    rows = [row for row in named if not any("%" in cell for cell in row)]
    assert len(rows) == 5
    for name, bits, rate in rows:
        spec = sokkuri.hasher(name.strip("`")).spec
        assert _number(bits) == spec.bits
        assert _number(rate) == rate_of(spec.bits)


@pytest.mark.parametrize("page", ARTICLES)
def test_the_bits_that_are_drawn_are_the_hash_that_is_shown(page: str) -> None:
    drawn = re.findall(r"^[01](?: [01]){7}$", _text(page), re.MULTILINE)
    code = int("".join(drawn).replace(" ", ""), 2)
    assert f"ahash-gray-8:{code:016x}  sample.jpg" in _text(page)


@pytest.mark.parametrize("page", [*READMES, *ARTICLES])
def test_the_strict_threshold(page: str) -> None:
    text = _text(page)
    most = max_distance_of_rate(2.0)
    assert f"`--max-distance {most}`" in text
    for name in (settings.GRAY_HASH, settings.RGB_HASH):
        bits = sokkuri.hasher(name).spec.bits
        assert f"{bits:,}" in text
        assert f"{100 * most / bits:.1f} %" in text


@pytest.mark.parametrize("page", READMES)
def test_defaults_and_limits(page: str) -> None:
    text = _text(page)
    assert f"`--hash {settings.DEFAULT_HASH}`" in text
    assert f"`--hash {settings.RGB_HASH}`" in text
    assert f"`--hash {settings.GRAY_HASH}`" in text
    assert f"{settings.MAX_FILE_BYTES >> 20} MiB" in text
    millions = settings.MAX_PIXELS // 1_000_000
    japanese = f"{millions // 100} 億 {millions % 100 * 100:,} 万画素"
    assert f"{millions} million pixels" in text or japanese in text
    nearest = settings.DEFAULT_NEAREST
    assert f"the {nearest} nearest" in text or f"近いほうから {nearest} 枚" in text


@pytest.mark.parametrize("page", READMES)
def test_formats_and_reasons(page: str) -> None:
    text = " ".join(_text(page).split())
    for name in DECODED_FORMATS:
        assert WRITTEN.get(name, name) in text, name
    for kind in RejectKind:
        assert kind in text, kind


@pytest.mark.parametrize("page", OUTPUTS)
def test_the_default_number_of_matches(page: str) -> None:
    (row,) = [row for row in _rows(_text(page)) if row[0] == "`-k N`"]
    assert str(settings.DEFAULT_NEAREST) in row[1]
