"""A picture is found among the photos, also where it says too little to tell its copies."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.unit.copies.scenes import ROOM, finder_of, query_of, scene

import sokkuri
from sokkuri.copies.itself import equal_rows, says_little


def smooth(width: int = 90, height: int = 60) -> Image.Image:
    """Return a slope from black to white: nothing stands out in it."""
    return Image.linear_gradient("L").resize((width, height)).convert("RGB")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of a smooth picture four times, another, a flat one, and a scene."""
    place = tmp_path / "photos"
    place.mkdir()
    smooth().save(place / "a.png")
    shutil.copy(place / "a.png", place / "b.png")
    smooth().save(place / "c.bmp")
    os.link(place / "a.png", place / "d.png")
    smooth(60, 90).save(place / "tall.png")
    Image.new("RGB", (90, 60), (200, 30, 30)).save(place / "flat.png")
    scene(1).save(place / "scene.png")
    return place


def test_a_smooth_picture_finds_itself_by_bytes_link_and_pixels(folder: Path) -> None:
    (found,) = sokkuri.find_copies(folder / "a.png", folder)
    told = [(os.path.basename(copy.path), copy.same) for copy in found]
    assert told == [("a.png", "bytes"), ("b.png", "bytes"), ("c.bmp", "pixels"), ("d.png", "link")]
    assert found.too_little
    for copy in found:
        assert copy.sure
        assert copy.edits.text == "the whole picture"
        corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
        assert [*copy.outline.query] == [*copy.outline.photo] == corners


def test_those_of_one_description_need_not_be_the_same(tmp_path: Path) -> None:
    # Of one luma, so that nothing of their descriptions differs.
    for name, colour in (("red.png", (200, 30, 30)), ("other.png", (30, 120, 13))):
        Image.new("RGB", (90, 60), colour).save(tmp_path / name)
    images = [Image.open(tmp_path / name) for name in ("red.png", "other.png")]
    query = query_of(images[0])
    assert equal_rows(finder_of(*images), query) == [0, 1]
    (found,) = sokkuri.find_copies(tmp_path / "red.png", tmp_path)
    assert [os.path.basename(copy.path) for copy in found] == ["red.png"]


def test_the_picture_itself_may_be_left_out(folder: Path) -> None:
    (found,) = sokkuri.find_copies(folder / "a.png", folder, exclude_query=True)
    assert [os.path.basename(copy.path) for copy in found] == ["b.png", "c.bmp"]
    (sure,) = sokkuri.find_copies(folder / "a.png", folder, sure=True)
    assert len(sure) == 4


def test_only_pictures_with_few_points_say_too_little(folder: Path) -> None:
    answers = sokkuri.find_copies([folder / "flat.png", folder / "scene.png"], folder)
    assert [answer.too_little for answer in answers] == [True, False]
    assert [len(answer) for answer in answers] == [1, 1]
    assert [json.loads(answer.to_json())["too_little"] for answer in answers] == [True, False]
    # What is small need not say little.
    assert not says_little(query_of(scene(1).resize((64, 48))), ROOM)


def test_equal_rows_are_those_of_equal_codes() -> None:
    images = [smooth(), scene(1), smooth(), smooth(60, 90), Image.new("L", (90, 60))]
    finder, query = finder_of(*images), query_of(smooth())
    assert equal_rows(finder, query) == [0, 2]
    assert equal_rows(finder, query, np.array([False, True, True, True, True])) == [2]
    assert equal_rows(finder, query_of(scene(2))) == []


def test_a_folder_of_blank_pages_is_not_opened_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    blank = Image.new("L", (30, 30), 255)
    finder = finder_of(*[blank] * 200)
    assert equal_rows(finder, query_of(blank)) == [*range(128)]
