from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import sokkuri as package
from sokkuri.cli.explain_terminal import _scaled, explanation_lines
from sokkuri.cli.terminal import Depth, Terminal

Runner = Callable[..., "subprocess.CompletedProcess[bytes]"]

HASHES = ["look-2", "look-2-compact", "ahash-gray-64", "ahash-rgb-8", "dhash-8", "pdq",
          "colorhash-3"]  # fmt: skip


def _printed(found: package.Explanation, *, width: int, colours: bool) -> str:
    terminal = Terminal(width, Depth.FULL if colours else Depth.NONE)
    return "\n".join(map(terminal.painted, explanation_lines(found, terminal)))


def test_a_pipe_gets_the_sentence_and_the_parts(sokkuri: Runner, photos: Path) -> None:
    a, b = photos / "photo-2.jpg", photos / "photo-4.jpg"
    done = sokkuri("explain", a, b, "--rgb")
    assert done.returncode == 0
    found = package.explain(a, b, rgb=True)
    lines = done.stdout.decode().splitlines()
    assert lines[:4] == [f"A  {a}", f"B  {b}", found.headline.en, found.sentence.en]
    for part in found.parts:
        words = next(line.split() for line in lines if line.startswith(part.name))
        assert words[1:3] == [f"{part.distance:,}", f"{part.bits:,}"]
    assert found.areas is not None
    assert [line.replace(",", "").split() for line in lines[-3:]] == [
        [str(count) for count in row] for row in found.areas.differing.tolist()
    ]


def test_json_is_that_of_the_library(sokkuri: Runner, photos: Path) -> None:
    a, b = photos / "photo-2.jpg", photos / "内側" / "写真 3.jpg"
    done = sokkuri("explain", a, b, "--emphasis", "shape", "--no-mirror", "--json")
    document = json.loads(done.stdout)
    assert document == package.explain(a, b, emphasis="shape", mirror=False).as_dict()
    assert document["b"] == {"name": str(b)}
    assert "写真" in done.stdout.decode()
    plain = sokkuri("explain", a, b, "--json", "--ascii")
    assert plain.stdout.isascii()
    compared = json.loads(sokkuri("compare", a, b, "--json").stdout)
    explained = json.loads(plain.stdout)
    for key in ("hash", "bits", "distance", "rate", "fraction", "same"):
        assert explained[key] == compared[key]


@pytest.mark.skipif(os.name != "posix", reason="names as POSIX has them")
def test_names_that_are_not_utf8(sokkuri: Runner, photos: Path) -> None:
    odd = os.path.join(os.fsencode(photos), b"odd\xff.jpg")
    os.rename(photos / "photo-2.jpg", odd)
    done = sokkuri("explain", odd, odd, "--json")
    assert done.returncode == 0
    assert base64.b64decode(json.loads(done.stdout)["a"]["name_b64"]) == odd
    assert b"odd\\xff.jpg" in sokkuri("explain", odd, odd).stdout


def test_the_figure(sokkuri: Runner, photos: Path, tmp_path: Path) -> None:
    a, b, file = photos / "photo-2.jpg", photos / "photo-4.jpg", tmp_path / "why.png"
    done = sokkuri("explain", a, b, "-o", file)
    assert done.returncode == 0, done.stderr
    assert f"saved {file}" in done.stderr.decode()
    lines = sokkuri("explain", a, b).stdout.decode().splitlines()
    headline, sentence = lines[2:4]
    assert done.stdout.decode() == f"{headline}: {sentence[0].lower()}{sentence[1:]}\n"
    as_json = sokkuri("explain", a, b, "-o", file, "--json")
    assert as_json.stdout == sokkuri("explain", a, b, "--json").stdout
    with Image.open(file) as figure:
        assert figure.width > 1400


def test_exit_codes(sokkuri: Runner, photos: Path, tmp_path: Path) -> None:
    a, b = photos / "photo-2.jpg", photos / "photo-4.jpg"
    (tmp_path / "text.jpg").write_text("no photo")
    for words, said in (
        ([a, tmp_path / "gone.jpg"], "gone.jpg: missing: no such file"),
        ([tmp_path / "text.jpg", b], "not an image: the content is text"),
        ([a, b, "--hash", "nohash-1"], "nohash-1"),
        ([a, b, "--rgb", "--emphasis", "shape"], "goes with look-2"),
        ([a, b, "--rgb", "--gray"], "is short for"),
        ([a, b, "--ascii"], "--ascii goes with --json"),
        ([a, b, "-o", tmp_path / "why.gif"], "saved as .png, .pdf or .svg"),
        ([a, b, "-o", tmp_path / "gone/why.png"], "no such folder"),
        ([a], "Missing argument"),
    ):
        done = sokkuri("explain", *words)
        assert done.returncode == 2, words
        assert said in done.stderr.decode(), words
        assert not done.stdout


def test_help(sokkuri: Runner) -> None:
    done = sokkuri("explain", "--help")
    assert done.stdout.startswith(b"Usage: sokkuri explain")
    lines = done.stdout.decode().splitlines()
    assert max(map(len, lines)) <= 96
    assert len([line for line in lines if line.startswith("  sokkuri ")]) == 2


@pytest.mark.parametrize("name", HASHES)
@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("colours", [True, False])
def test_a_terminal_gets_every_panel_within_its_width(
    photos: Path, name: str, width: int, colours: bool
) -> None:
    found = package.explain(photos / "photo-2.jpg", photos / "photo-4.jpg", hash=name)
    text = _printed(found, width=width, colours=colours)
    plain = _printed(found, width=width, colours=False)
    for panel in found.panels:
        count = f"{int(panel.differing.sum()):,} of {int(panel.counted.sum()):,} bits"
        assert f"{panel.name}: {count}" in plain
    first, second, *below = plain.splitlines()
    # A path is one line however wide; the window breaks it, and it is copied whole.
    assert (first, second) == (f"A  {found.a}", f"B  {found.b}")
    assert max(map(len, below)) <= width
    # All three maps are there: a map that was cut off would have lost its heading.
    heads = [line.split() for line in plain.splitlines() if line.startswith("A ")][1:]
    assert heads == [["A", "B", "differ"]] * sum(
        bool(panel.counted.any()) for panel in found.panels
    )
    assert ("\x1b[" in text) == colours


def test_without_colours_shades_stand_for_them(photos: Path) -> None:
    found = package.explain(photos / "photo-2.jpg", photos / "photo-4.jpg", gray=True)
    assert "█" in _printed(found, width=80, colours=False)
    assert "█" not in _printed(found, width=80, colours=True)


def test_an_older_terminal_gets_the_words_alone(photos: Path) -> None:
    found = package.explain(photos / "photo-2.jpg", photos / "photo-4.jpg", gray=True)
    terminal = Terminal(100, Depth.NAMED, "cp932")
    text = "\n".join(map(terminal.painted, explanation_lines(found, terminal)))
    assert "bits differ" in text
    assert "gray: " not in text


def test_a_map_that_is_made_smaller_keeps_its_share() -> None:
    random = np.random.default_rng(4)
    for side, width in ((64, 25), (64, 40), (256, 24), (7, 3)):
        values = random.integers(0, 2, (side, side)).astype(np.float64)
        small = _scaled(values, width)
        assert small.shape == (width, width)
        assert small.mean() == pytest.approx(values.mean())
        assert small.min() >= 0
        assert small.max() <= 1 + 1e-9
    one = np.zeros((64, 64))
    one[5, 9] = 1
    assert (_scaled(one, 16) > 0).sum() == 1
    assert _scaled(one, 16).max() == 1 / 16


def test_a_small_map_is_drawn_in_whole_cells() -> None:
    values = np.arange(6.0).reshape(2, 3)
    large = _scaled(values, 10)
    assert large.shape == (6, 9)
    assert np.array_equal(large[::3, ::3], values)
    assert np.array_equal(large[1::3, 2::3], values)
