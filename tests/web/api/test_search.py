"""Searches by HTTP give what the command and the library give."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.web.api.conftest import Served, served_folder

import sokkuri

Waves = Callable[[int, int, int], NDArray[np.uint8]]

CASES: list[dict[str, Any]] = [
    {},
    {"k": 3},
    {"max_distance": 500},
    {"max_distance": 500, "k": 2},
    {"min_distance": 1, "k": 4},
    {"min_distance": 300, "max_distance": 500},
    {"rate": 1.5},
    {"rate": 0.0},
    {"max_distance": 0},
    {"emphasis": "colour"},
    {"emphasis": 0.3, "mirror": False},
    {"min_quality": 50, "max_distance": 3513},
    {"hash": "ahash-rgb-64", "rate": 20},
]


def _asked(case: dict[str, Any]) -> dict[str, Any]:
    return {key: int(value) if value is False else value for key, value in case.items()}


def _ready(served: Served, case: dict[str, Any]) -> None:
    """Have the hash made, where it is not there yet."""
    name = case.get("hash")
    if name and name not in served.ready.site.shelves[0].hashes:
        assert served.get("/search", img=served.ids()["photo-02.jpg"], **case).status_code == 409
        served.ready.site.shelves[0].refresh(name)
        served.ready.site.shelves[0].wait()


def _rows(answer: Any) -> list[tuple[str, int, str | None]]:
    return [(match["path"], match["distance"], match["same"]) for match in answer["matches"]]


@pytest.mark.parametrize("case", CASES, ids=json.dumps)
def test_a_search_answers_as_the_library_does(served: Served, case: dict[str, Any]) -> None:
    _ready(served, case)
    query = served.folder / "photo-02.jpg"
    expected = sokkuri.search(query, served.folder, **case)
    wanted = [(match.path, match.distance, match.same) for match in expected.matches]
    by_id = served.json("/search", img=served.ids()["photo-02.jpg"], limit=1000, **_asked(case))
    assert _rows(by_id) == wanted
    assert by_id["hash"] == expected.spec.name
    assert by_id["total"] == len(wanted)
    assert by_id["searched"] == expected.searched
    assert by_id["max_distance"] == expected.max_distance
    assert (by_id["nearest"] is None) == bool(wanted)
    with open(query, "rb") as file:
        form = {"file": ("sent.jpg", file.read())}
    params = {key: str(value) for key, value in {**_asked(case), "limit": 1000}.items()}
    by_file = served.client.post("/api/v1/search", params=params, files=form).json()
    assert _rows(by_file) == wanted
    assert by_file["query"]["kind"] == "upload"
    assert by_file["query"]["name"] == "sent.jpg"


@pytest.mark.parametrize("case", CASES, ids=json.dumps)
def test_the_distances_say_the_same(served: Served, case: dict[str, Any]) -> None:
    _ready(served, case)
    image = served.ids()["photo-02.jpg"]
    how = {key: _asked(case)[key] for key in case if key in ("hash", "emphasis", "mirror")}
    all_of_them: Any = served.json("/distances", img=image, **how)
    rows = all_of_them["rows"]
    assert rows["distance"] == sorted(rows["distance"])
    assert sum(all_of_them["histogram"]) == all_of_them["searched"] == len(rows["id"])
    assert all_of_them["by_chance"] is None  # so few photos tell nothing of it
    for distance, count in enumerate(all_of_them["histogram"]):
        assert rows["distance"].count(distance) == count
    found: Any = served.json("/search", img=image, limit=1000, max_distance=1 << 20, **how)
    assert [match["id"] for match in found["matches"]] == rows["id"]
    assert [match["same"] for match in found["matches"]] == rows["same"]
    assert [match["name"] for match in found["matches"]] == rows["name"]
    nearest: Any = served.json("/search", img=image, **how)
    assert nearest["matches"][-1]["distance"] == all_of_them["default_max"]


def test_identity_tells_bytes_from_pixels(served: Served) -> None:
    ids = served.ids()
    answer: Any = served.json("/search", img=ids["photo-02.jpg"], max_distance=0)
    assert {match["name"]: match["same"] for match in answer["matches"]} == {
        "photo-02.jpg": "bytes", "copy.jpg": "bytes", "same pixels.png": "pixels",
    }  # fmt: skip


def test_parts_of_a_list_add_up(served: Served) -> None:
    image = served.ids()["photo-04.jpg"]
    for sort in ("nearest", "farthest", "newest", "oldest", "biggest", "smallest", "name"):
        whole: Any = served.json("/search", img=image, k=30, sort=sort, limit=1000)
        parts: list[Any] = []
        for offset in range(0, 30, 7):
            part: Any = served.json("/search", img=image, k=30, sort=sort, offset=offset, limit=7)
            assert part["total"] == whole["total"] == 30
            parts += part["matches"]
        assert parts == whole["matches"]
        values = {
            "nearest": [each["distance"] for each in parts],
            "farthest": [-each["distance"] for each in parts],
            "biggest": [-each["bytes"] for each in parts],
            "smallest": [each["bytes"] for each in parts],
            "name": [each["name"].casefold() for each in parts],
        }.get(sort)
        assert values is None or values == sorted(values)


def test_filters_leave_out(served: Served) -> None:
    image = served.ids()["photo-04.jpg"]
    everything: Any = served.json("/search", img=image, max_distance=9999, limit=1000)
    sizes = sorted(match["bytes"] for match in everything["matches"])
    middle = sizes[len(sizes) // 2]
    small: Any = served.json("/search", img=image, max_distance=9999, limit=1000, max_bytes=middle)
    assert {m["id"] for m in small["matches"]} == {
        m["id"] for m in everything["matches"] if m["bytes"] <= middle
    }
    inside: Any = served.json("/search", img=image, max_distance=9999, limit=1000, folder="内側")
    assert {m["folder"] for m in inside["matches"]} == {"内側", "内側/deep"}
    assert served.json("/search", img=image, max_distance=9999, after="2999-01-01")["total"] == 0
    today: Any = served.json("/search", img=image, max_distance=9999, before="2999-01-01")
    assert today["total"] == everything["total"]


def test_exports_are_those_of_the_command(served: Served, sokkuri: Any) -> None:
    query = served.folder / "photo-04.jpg"
    image = served.ids()["photo-04.jpg"]
    for form in ("json", "csv"):
        answer = served.get("/export", img=image, k=5, format=form)
        assert answer.headers["content-disposition"].startswith("attachment;")
        printed = sokkuri("search", query, served.folder, "-k", "5", f"--{form}").stdout
        if form == "json":
            ours, theirs = json.loads(answer.content), json.loads(printed)
            assert ours == theirs
        else:
            assert answer.content == printed


def test_phrases_find_the_same(served: Served, sokkuri: Any) -> None:
    image = served.ids()["内側/青い服 #3%.jpg"]
    asked = {"max_distance": 700, "min_distance": 5, "emphasis": "shape"}
    answer: Any = served.json("/search", img=image, limit=1000, **asked)
    phrases: Any = served.json("/phrases", img=image, **asked)
    words = shlex.split(phrases["command"])
    assert words[:2] == ["sokkuri", "search"]
    printed = json.loads(sokkuri(*words[1:], "--json").stdout)
    assert [m["path"] for m in printed["matches"]] == [m["path"] for m in answer["matches"]]
    import sokkuri as package

    found = eval(phrases["python"], {"sokkuri": package})  # noqa: S307 - our own words
    assert [match.path for match in found.matches] == [m["path"] for m in answer["matches"]]


@pytest.mark.parametrize(
    "asked",
    [
        {"folder": "内側", "max_distance": 9999},
        {"folder": "内側/deep", "sort": "name"},
        {"after": "2026-01-01", "before": "2999-12-31", "k": 7, "sort": "smallest"},
        {"min_bytes": 1500, "max_bytes": 1800, "max_distance": 9999, "sort": "newest"},
        {"min_quality": 40, "links": 0, "mirror": 0, "rate": 3.5, "sort": "farthest"},
    ],
    ids=json.dumps,
)
def test_phrases_leave_nothing_out(served: Served, sokkuri: Any, asked: dict[str, Any]) -> None:
    import sokkuri as package

    image = served.ids()["photo-04.jpg"]
    answer: Any = served.json("/search", img=image, limit=1000, **asked)
    wanted = [match["path"] for match in answer["matches"]]
    phrases: Any = served.json("/phrases", img=image, **asked)
    words = shlex.split(phrases["command"])
    printed = json.loads(sokkuri(*words[1:], "--json").stdout)
    assert [match["path"] for match in printed["matches"]] == wanted
    found = eval(phrases["python"], {"sokkuri": package})  # noqa: S307 - our own words
    assert [match.path for match in found] == wanted
    assert found.searched == printed["searched"] == answer["searched"]


def test_phrases_name_the_folder_that_holds_what_is_wanted(tmp_path: Path, waves: Waves) -> None:
    import sokkuri as package

    folders = [tmp_path / "first", tmp_path / "second"]
    for number, folder in enumerate(folders):
        (folder / "in").mkdir(parents=True)
        for seed in range(3):
            Image.fromarray(waves(40, 40, 10 * number + seed)).save(folder / f"in/{seed}.png")
    with served_folder(*folders) as served:
        image = served.ids()["second/in/1.png"]
        for wanted in ("", "second", "second/in", "first"):
            asked = {"max_distance": 9999, **({"folder": wanted} if wanted else {})}
            answer: Any = served.json("/search", img=image, **asked)
            phrases: Any = served.json("/phrases", img=image, **asked)
            assert phrases["command"].count("sokkuri search") == (1 if wanted else 2)
            found = eval(phrases["python"], {"sokkuri": package})  # noqa: S307
            assert [m.path for m in found] == [m["path"] for m in answer["matches"]]


def test_similarity_is_a_share_everywhere(served: Served) -> None:
    ids = served.ids()
    a, b = ids["photo-02.jpg"], ids["photo-04.jpg"]
    matches: Any = served.json("/search", img=a, max_distance=9999, limit=1000)["matches"]
    explained: Any = served.json("/explain", a=a, b=b)
    compared: Any = served.json("/compare", a=a, b=b)
    pair = sokkuri.compare(served.folder / "photo-02.jpg", served.folder / "photo-04.jpg")
    results = sokkuri.search(served.folder / "photo-02.jpg", served.folder)
    wanted = results.similarity(pair.distance)
    assert 0 < wanted < 1
    assert wanted == pair.similarity
    assert {m["id"]: m["similarity"] for m in matches}[b] == pytest.approx(wanted)
    assert explained["similarity"] == pytest.approx(wanted)
    assert compared["distances"][0]["similarity"] == pytest.approx(wanted)
    assert matches[0]["similarity"] == 1.0


def test_the_figure_is_a_picture(served: Served) -> None:
    image = served.ids()["photo-04.jpg"]
    for form, magic in (("png", b"\x89PNG"), ("pdf", b"%PDF")):
        answer = served.get("/figure", img=image, k=5, format=form)
        assert answer.status_code == 200, answer.text
        assert answer.content.startswith(magic)


def test_page_twins_say_what_the_api_says(served: Served) -> None:
    image, other = list(served.ids().values())[:2]
    cases: list[tuple[str, str, dict[str, Any]]] = [
        ("/search.json", "/search", {"img": image, "k": 4}),
        ("/library.json", "/library", {}),
        ("/index.json", "/images", {"limit": 5}),
        ("/explain.json", "/explain", {"a": image, "b": other}),
        ("/compare.json", "/compare", {"a": image, "b": other}),
    ]
    for twin, path, query in cases:
        assert served.client.get(twin, params=query).json() == served.json(path, **query)
    two = served.client.get("/search.json", params={"img": [image, other]}).json()
    assert [each["query"]["id"] for each in two] == [image, other]


def test_an_upload_is_known_by_its_content(served: Served, tmp_path: Path) -> None:
    data = (served.folder / "内側" / "photo-06.jpg").read_bytes()
    ids = set()
    for name in ("a.jpg", "../../etc/passwd", "<script>.png", "う" * 200):
        answer = served.client.post("/api/v1/uploads", files={"file": (name, data)})
        assert answer.status_code == 201, answer.text
        ids.add(answer.json()["id"])
        assert answer.json()["width"] == 86
        assert "/" not in answer.json()["name"]
    assert len(ids) == 1
    answer = served.client.post("/api/v1/uploads", files={"file": ("x.jpg", b"no picture")})
    assert answer.status_code == 415
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["next"]
