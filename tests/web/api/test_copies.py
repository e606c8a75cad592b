"""Copies by HTTP are those that the library finds."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image, ImageOps
from tests.unit.copies.scenes import scene
from tests.web.api.conftest import Served, served_folder

import sokkuri

TOLD = ("path", "score", "sure", "points", "same")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve six pictures, a copy of one, and one that says nothing; none is described."""
    folder = tmp_path_factory.mktemp("shop") / "写真"
    folder.mkdir()
    for seed in range(6):
        scene(seed).save(folder / f"scene-{seed}.png")
    _edited(scene(2)).save(folder / "edited.png")
    Image.new("RGB", (90, 60), (200, 30, 30)).save(folder / "flat.png")
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
    [expected] = sokkuri.find_copies([query], described.folder, **options)
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


def test_a_flat_picture_says_too_little(described: Served) -> None:
    answer: Any = described.json("/copies", img=described.ids()["flat.png"])
    assert answer["low_quality"]
    assert not described.json("/copies", img=described.ids()["scene-1.png"])["low_quality"]


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
