"""The page, the API, the command and the library start from one set of defaults."""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

from tests.web.api.conftest import Served

import sokkuri
from sokkuri import settings
from sokkuri.cli.search import search_command
from sokkuri.web.asked import Asked


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
    parameters = inspect.signature(sokkuri.search).parameters
    parsed = search_command.make_context("search", ["query.jpg", "photos"]).params
    asked = Asked("000000.1")
    document: Any = served.client.get("/openapi.json").json()
    described = {
        each["name"]: each["schema"].get("default")
        for each in document["paths"]["/api/v1/search"]["get"]["parameters"]
    }
    for name in (
        "rate", "max_distance", "min_distance", "k", "emphasis", "mirror", "min_quality", "links",
    ):  # fmt: skip
        default = parameters[name].default
        assert parsed[name] in (default, None), name
        assert getattr(asked if hasattr(asked, name) else asked.wanted, name) == default, name
        assert described[name] in (default, None, ""), name
    assert asked.hash == settings.DEFAULT_HASH
    assert parameters["hash"].default is None  # the settings' own


def test_no_words_give_the_same_answer_everywhere(served: Served, sokkuri: Any) -> None:
    query = served.folder / "photo-14.jpg"
    printed = json.loads(sokkuri("search", query, served.folder, "--json").stdout)
    answer: Any = served.json("/search", img=served.ids()["photo-14.jpg"])
    assert [(m["path"], m["distance"]) for m in answer["matches"]] == [
        (m["path"], m["distance"]) for m in printed["matches"]
    ]
    assert answer["hash"] == printed["hash"]
    assert len(answer["matches"]) == settings.DEFAULT_NEAREST
