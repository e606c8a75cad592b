"""The page, the API, the command and the library start from one set of defaults."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.web.api.conftest import Served, served_folder

import sokkuri as package
from sokkuri import settings
from sokkuri.cli import app
from sokkuri.engine.options import SearchArguments, SearchOptions, Sort

Waves = Callable[[int, int, int], NDArray[np.uint8]]


def _page_settings(served: Served, path: str) -> dict[str, Any]:
    html = served.client.get(path).text
    block = re.search(
        r'<script type="application/json" id="settings">(.*?)</script>', html, re.DOTALL
    )
    assert block is not None
    found: dict[str, Any] = json.loads(block[1])
    return found


def test_the_page_is_told_the_defaults(served: Served) -> None:
    for path in ("/", "/search", "/explain", "/compare"):
        told = _page_settings(served, path)
        assert told["hash"] == settings.DEFAULT_HASH
        assert told["emphasis"] == settings.DEFAULT_EMPHASIS
        assert told["nearest"] == settings.DEFAULT_NEAREST
        assert told["tiles"] == settings.FIGURE_TILES
        assert told["low_quality"] == settings.LOW_QUALITY


def test_options_of_a_search_mean_the_same_everywhere(served: Served) -> None:
    command = app.get_command(click.Context(app), "search")
    assert command is not None
    parsed = command.make_context("search", ["query.jpg", "photos"]).params
    options = SearchOptions()
    document: Any = served.client.get("/openapi.json").json()
    described = {
        each["name"]: each["schema"].get("default")
        for each in document["paths"]["/api/v1/search"]["get"]["parameters"]
    }
    names = {each.name for each in fields(SearchOptions)}
    assert names == set(SearchArguments.__annotations__)
    for name in names - {"hash"}:
        default = getattr(options, name)
        assert parsed[name] in (default, None), name
        # The page shows no query that is left out, and has one way to compare.
        if name not in ("exclude_query", "searcher"):
            assert described[name] in (default, None, ""), name
    assert options.hasher.spec.name == settings.DEFAULT_HASH


SORTED = ("nearest", "farthest", "newest", "oldest", "biggest", "smallest", "name")


@pytest.mark.parametrize("sort", SORTED)
def test_every_door_sorts_alike(tmp_path: Path, waves: Waves, sokkuri: Any, sort: Sort) -> None:
    folder = tmp_path / "photos"
    for number, name in enumerate(("z/a", "b/a", "strasz", "straße", "Ａ", "B", "é", "e\u0301")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(waves(60, 50, number % 5)).save(folder / f"{name}.png")
        when = 1_700_000_000 + 7 * (number % 3)
        os.utime(folder / f"{name}.png", (when, when))
    query = folder / "b" / "a.png"
    found = package.search(query, folder, max_distance=9999, sort=sort)
    wanted = [match.path for match in found]
    library = package.Library.open(folder)
    assert [match.path for match in library.search(query, max_distance=9999, sort=sort)] == wanted
    printed = sokkuri("search", query, folder, "--max-distance", "9999", "--sort", sort, "-l")
    assert os.fsdecode(printed.stdout).splitlines() == wanted
    with served_folder(folder) as served:
        image = served.ids()["b/a.png"]
        answer: Any = served.json("/search", img=image, max_distance=9999, sort=sort)
        assert [match["path"] for match in answer["matches"]] == wanted
        # The page sorts what it was sent, up to 20,000 photos, as distances.js does.
        rows: Any = served.json("/distances", img=image)["rows"]
        column = {
            "nearest": "distance", "farthest": "distance", "newest": "modified",
            "oldest": "modified", "biggest": "bytes", "smallest": "bytes", "name": "by_name",
        }[sort]  # fmt: skip
        down = sort in ("farthest", "newest", "biggest")
        places = sorted(
            range(len(rows["id"])),
            key=lambda place: (-rows[column][place] if down else rows[column][place], place),
        )
        ids = {match["id"]: match["path"] for match in answer["matches"]}
        assert [ids[rows["id"][place]] for place in places] == wanted


def test_no_words_give_the_same_answer_everywhere(served: Served, sokkuri: Any) -> None:
    query = served.folder / "photo-14.jpg"
    printed = json.loads(sokkuri("search", query, served.folder, "--json").stdout)
    answer: Any = served.json("/search", img=served.ids()["photo-14.jpg"])
    assert [(m["path"], m["distance"]) for m in answer["matches"]] == [
        (m["path"], m["distance"]) for m in printed["matches"]
    ]
    assert answer["hash"] == printed["hash"]
    assert len(answer["matches"]) == settings.DEFAULT_NEAREST
