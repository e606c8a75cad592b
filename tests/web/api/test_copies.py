"""Copies by HTTP are those that the library finds."""

from __future__ import annotations

import io
import json
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image, ImageOps
from tests.unit.copies.scenes import same_place, scene
from tests.web.api.conftest import Served, served_folder

import sokkuri as package

TOLD = ("path", "score", "sure", "points", "same")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve ten pictures, three of one place, and two that say nothing; none is described."""
    folder = tmp_path_factory.mktemp("shop") / "写真"
    folder.mkdir()
    for seed in range(6):
        scene(seed).save(folder / f"scene-{seed}.png")
    _edited(scene(2)).save(folder / "edited.png")
    Image.new("RGB", (90, 60), (200, 30, 30)).save(folder / "flat.png")
    Image.new("RGB", (90, 60), (200, 30, 30)).save(folder / "flat again.bmp")
    for seed in (21, 22, 23):
        same_place(seed).save(folder / f"place-{seed}.png")
    with served_folder(folder) as served:
        yield served


@pytest.fixture
def described(shop: Served) -> Served:
    """Serve them with descriptions."""
    shelf = shop.ready.site.shelves[0]
    if "copies-150" not in shelf.hashes:
        shelf.refresh("copies-150")
        shelf.wait()
    return shop


def _edited(image: Image.Image) -> Image.Image:
    """Cut a picture, mirror it, and give it a border."""
    cut = image.crop((48, 36, 480, 360))
    return ImageOps.expand(ImageOps.mirror(cut), 30, "white")


def _form(image: Image.Image) -> dict[str, tuple[str, bytes]]:
    data = io.BytesIO()
    image.save(data, "PNG")
    return {"file": ("sent.png", data.getvalue())}


def _outlines(copies: Any) -> list[list[float]]:
    return [[x for corner in copy["outline"]["query"] for x in corner] for copy in copies]


def test_nothing_is_described_by_asking_alone(shop: Served) -> None:
    answer = shop.get("/copies", img=shop.ids()["scene-2.png"], harder=1)
    assert answer.status_code == 409
    assert "copies-300" in answer.json()["detail"]
    assert "copies-300" not in shop.ready.site.shelves[0].hashes
    assert answer.json()["type"] == "urn:sokkuri:not-hashed"


@pytest.mark.parametrize("case", [{}, {"sure": 1}, {"exclude_query": 1}, {"min_bytes": 9000}])
def test_copies_are_those_that_the_library_finds(described: Served, case: dict[str, Any]) -> None:
    query = described.folder / "scene-2.png"
    options: dict[str, Any] = {
        key: bool(value) if key in ("sure", "exclude_query") else value
        for key, value in case.items()
    }
    [expected] = package.find_copies([query], described.folder, **options)
    answer: Any = described.json("/copies", img=described.ids()["scene-2.png"], **case)
    assert [tuple(copy[name] for name in TOLD) for copy in answer["copies"]] == [
        tuple(getattr(copy, name) for name in TOLD) for copy in expected
    ]
    assert len(expected) == (1 if "exclude_query" in case else 2)
    assert (answer["total"], answer["searched"]) == (len(expected), expected.searched)
    assert [copy["text"] for copy in answer["copies"][-1:]] == [expected[-1].edits.text]
    corners = [x for corner in expected[-1].outline.query for x in corner]
    assert _outlines(answer["copies"])[-1] == pytest.approx(corners, abs=1e-4)


def test_a_sent_picture_is_told_from_its_copies(described: Served) -> None:
    answer = described.client.post("/api/v1/copies", files=_form(_edited(scene(2))))
    copies = answer.json()["copies"]
    assert [(each["name"], each["same"]) for each in copies] == [
        ("edited.png", "bytes"),
        ("scene-2.png", None),
    ]
    assert copies[1]["edits"]["mirrored"]
    assert {each["name"]: (each["width"], each["height"]) for each in copies} == {
        "edited.png": (492, 384),
        "scene-2.png": (480, 360),
    }


def test_edits_are_told_in_the_reader_s_language(described: Served) -> None:
    query = {"img": described.ids()["scene-2.png"], "exclude_query": "1"}
    japanese = {"Accept-Language": "ja"}
    answer = described.client.get("/api/v1/copies", params=query, headers=japanese)
    assert "左右反転" in answer.json()["copies"][0]["text"]


def test_pages_of_copies_make_up_the_list(described: Served) -> None:
    image = described.ids()["scene-2.png"]
    parts: list[Any] = [described.json("/copies", img=image, limit=1, offset=at) for at in (0, 1)]
    whole: Any = described.json("/copies", img=image)
    assert [copy for part in parts for copy in part["copies"]] == whole["copies"]
    assert {part["total"] for part in parts} == {2}


def test_a_flat_picture_says_too_little_and_finds_itself(described: Served) -> None:
    ids = described.ids()
    answer: Any = described.json("/copies", img=ids["flat.png"])
    assert answer["too_little"]
    told = [(copy["name"], copy["same"], copy["sure"]) for copy in answer["copies"]]
    assert told == [("flat again.bmp", "pixels", True), ("flat.png", "bytes", True)]
    pair: Any = described.json("/copies/pair", a=ids["flat.png"], b=ids["flat again.bmp"])
    assert (pair["copy"]["same"], pair["details"]) == ("pixels", None)
    sent = described.client.post(
        "/api/v1/copies", files=_form(Image.open(described.folder / "flat.png"))
    )
    assert [copy["name"] for copy in sent.json()["copies"]] == ["flat again.bmp", "flat.png"]
    assert not described.json("/copies", img=ids["scene-1.png"])["too_little"]


def test_the_same_scene_is_told_apart_and_shown_why(described: Served) -> None:
    ids = described.ids()
    query = ids["place-21.png"]
    answer: Any = described.json("/copies", img=query)
    assert [copy["name"] for copy in answer["copies"]] == ["place-21.png"]
    scenes = answer["same_scene"]
    assert {each["name"] for each in scenes} == {"place-22.png", "place-23.png"}
    assert answer["same_scene_total"] == 2
    assert scenes[0]["score"] >= scenes[1]["score"]
    for each in scenes:
        pair: Any = described.json("/copies/pair", a=query, b=each["id"])
        assert pair["same_scene"]
        assert pair["copy"] == {name: each[name] for name in pair["copy"]}
        differs = [block["box"] for block in pair["details"]["blocks"] if block["agreement"] < 0.3]
        # What was put on lies there, 480 by 360 pixels large the photo.
        inside = [
            90 <= 480 * (left + right) / 2 <= 390 and 70 <= 360 * (top + bottom) / 2 <= 290
            for left, top, right, bottom in differs
        ]
        assert sum(inside) > 0.9 * len(differs)
    outcome = described.get("/copies/export", img=query).json()
    assert len(outcome["same_scene"]) == 2


def test_an_export_is_what_the_command_prints(described: Served, sokkuri: Any) -> None:
    image, query = described.ids()["scene-2.png"], described.folder / "scene-2.png"
    for form, words in (("json", "--json"), ("csv", "--csv")):
        answer = described.get("/copies/export", img=image, format=form, limit=1)
        printed = sokkuri("copies", query, described.folder, words).stdout
        assert f"copies.{form}" in answer.headers["content-disposition"]
        if form == "json":
            assert answer.json() == json.loads(printed)
        else:
            assert answer.content == printed
    sure = described.get("/copies/export", img=image, exclude_query=1).json()
    assert len(sure["copies"]) == 1


@pytest.mark.parametrize("asked", [{}, {"sure": 1, "links": 0}, {"exclude_query": 1}])
def test_phrases_find_the_same(described: Served, sokkuri: Any, asked: dict[str, Any]) -> None:
    image = described.ids()["scene-2.png"]
    wanted: Any = described.json("/copies", img=image, **asked)
    phrases: Any = described.json("/copies/phrases", img=image, **asked)
    words = shlex.split(phrases["command"])
    assert words[:2] == ["sokkuri", "copies"]
    printed = json.loads(sokkuri(*words[1:], "--json").stdout)
    paths = [copy["path"] for copy in wanted["copies"]]
    assert [copy["path"] for copy in printed["copies"]] == paths
    (found,) = eval(phrases["python"], {"sokkuri": package})  # noqa: S307 - our own words
    assert [copy.path for copy in found] == paths


def test_a_figure_shows_the_copies(described: Served) -> None:
    image = described.ids()["scene-2.png"]
    for form, begin in (("png", b"\x89PNG"), ("pdf", b"%PDF")):
        answer = described.get("/copies/figure", img=image, format=form)
        assert answer.content.startswith(begin)
        assert f"copies.{form}" in answer.headers["content-disposition"]


def test_the_page_has_a_twin(described: Served) -> None:
    ids = described.ids()
    query: dict[str, Any] = {"img": ids["scene-2.png"], "copies": "1"}
    answer = described.client.get("/search.json", params=query)
    assert answer.json() == described.json("/copies", img=ids["scene-2.png"])
    pair = {"a": ids["scene-2.png"], "b": ids["edited.png"]}
    twin = described.client.get("/copy.json", params={**pair, "copies": "1"})
    assert twin.json() == described.json("/copies/pair", **pair)


def test_two_pictures_are_laid_on_each_other(described: Served) -> None:
    ids = described.ids()
    found: Any = described.json("/copies/pair", a=ids["scene-2.png"], b=ids["edited.png"])
    [copy] = [
        each
        for each in described.get("/copies", img=ids["scene-2.png"]).json()["copies"]
        if each["name"] == "edited.png"
    ]
    assert found["copy"] == {name: copy[name] for name in found["copy"]}
    # Mirrored, the query begins on the right: where the cut-out ends, and 48 pixels on.
    corners = [(30 + 432 + 48) / 492, (30 - 36) / 384, 30 / 492, (30 - 36) / 384]
    assert _outlines([found["copy"]])[0][:4] == pytest.approx(corners, abs=0.01)
    other: Any = described.json("/copies/pair", a=ids["scene-2.png"], b=ids["scene-3.png"])
    assert other["copy"] is None


def test_no_picture_is_opened_by_the_server(
    described: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a picture was opened here")

    monkeypatch.setattr(Image, "open", refuse)
    answer = described.get("/copies", img=described.ids()["scene-4.png"])
    assert [copy["name"] for copy in answer.json()["copies"]] == ["scene-4.png"]
