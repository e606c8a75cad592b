"""Every address: its shape, its errors, and nothing from outside the folder."""

from __future__ import annotations

import html
import os
import re
import sys
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image
from pydantic import TypeAdapter
from tests.web.api.conftest import Served

from sokkuri.web import models


def checked(shape: Any, value: Any) -> Any:
    """Return an answer that has its shape, to the last field."""
    return TypeAdapter(shape).validate_python(value)


def test_photos_are_listed_with_what_is_known(served: Served) -> None:
    listing: Any = served.json("/images", limit=1000)
    checked(models.PhotoList, listing)
    assert listing["total"] == 31
    by_name = {each["name"]: each for each in listing["images"]}
    photo = by_name["photo-02.jpg"]
    assert (photo["width"], photo["height"], photo["folder"]) == (82, 60, "")
    assert photo["bytes"] == os.path.getsize(served.folder / "photo-02.jpg")
    assert by_name["flat.png"]["quality"] < 35 <= photo["quality"]
    some: Any = served.json("/images", ids=f"{photo['id']},000000.1,nonsense,{photo['id']}")
    assert [each["id"] for each in some["images"]] == [photo["id"]] * 2


def test_facts_come_with_a_photo(served: Served) -> None:
    answer: Any = served.json(f"/images/{served.ids()['same pixels.png']}")
    checked(models.PlacedPhoto, answer)
    assert answer["path"] == str(served.folder / "same pixels.png")
    # Where no desktop is, no file manager opens.
    refused = served.client.post(f"/api/v1/images/{answer['id']}/reveal")
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:sokkuri:no-file-manager")
    assert (answer["format"], answer["mode"], answer["gps"]) == ("PNG", "RGB", False)


def test_pictures_are_made_small(served: Served) -> None:
    import io

    answer = served.get(f"/images/{served.ids()['photo-02.jpg']}/picture", side=160)
    assert answer.headers["content-type"] == "image/jpeg"
    with Image.open(io.BytesIO(answer.content)) as image:
        assert image.size == (82, 60)
        assert "exif" not in image.info
    assert (
        served.get(f"/images/{served.ids()['photo-02.jpg']}/picture", side=161).status_code == 400
    )


def test_a_file_is_kept_under_its_name(served: Served) -> None:
    name = "内側/青い服 #3%.jpg"
    answer = served.get(f"/images/{served.ids()[name]}/file")
    assert answer.content == (served.folder / name).read_bytes()
    assert answer.headers["content-type"] == "application/octet-stream"
    expected = f"filename*=UTF-8''{quote('青い服 #3%.jpg', safe='')}"
    assert answer.headers["content-disposition"].endswith(expected)


def test_a_link_out_of_the_folder_is_not_followed(served: Served, tmp_path: Any) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes((served.folder / "photo-08.jpg").read_bytes() + b"secret")
    victim = served.folder / "photo-10.jpg"
    image = served.ids()["photo-10.jpg"]
    before = victim.read_bytes()
    victim.unlink()
    try:
        victim.symlink_to(secret)
        for path in ("", "/picture", "/file"):
            answer = served.get(f"/images/{image}{path}")
            assert answer.status_code == 404, path
            assert b"secret" not in answer.content
    finally:
        victim.unlink()
        victim.write_bytes(before)


def test_folders_and_what_was_rejected(served: Served) -> None:
    library: Any = served.json("/library")
    checked(models.LibraryStatus, library)
    (folder,) = library["folders"]
    assert (folder["photos"], folder["files"], folder["rejected"]) == (31, 32, 1)
    assert folder["indexing"] is None
    rejected: Any = served.json(f"/library/{folder['key']}/rejected")
    checked(models.RejectionList, rejected)
    assert [each["name"] for each in rejected["rejected"]] == ["broken.jpg"]
    answer = served.client.post(f"/api/v1/library/{folder['key']}/refresh")
    assert answer.status_code == 202
    checked(models.FolderStatus, answer.json())
    served.ready.site.shelves[0].wait()
    assert served.client.post("/api/v1/library/abcdef/refresh").status_code == 404


def test_hashes_begin_with_the_default(served: Served) -> None:
    hashes: Any = served.json("/hashes")
    checked(models.HashList, hashes)
    assert hashes["default"] == hashes["hashes"][0]["name"] == "look-2"
    assert hashes["hashes"][0]["in_library"]
    assert hashes["hashes"][0]["emphasis"]


def test_two_photos_side_by_side(served: Served) -> None:
    import sokkuri

    ids = served.ids()
    a, b = "photo-02.jpg", "same pixels.png"
    answer: Any = served.json("/compare", a=ids[a], b=ids[b])
    checked(models.PairComparison, answer)
    assert answer["same"] == "pixels"
    assert {each["distance"] for each in answer["distances"]} == {0}
    differing = {each["field"] for each in answer["fields"] if each["differs"]}
    assert {"name", "bytes", "format"} <= differing
    assert not {"width", "height", "mode"} & differing
    other: Any = served.json("/compare", a=ids[a], b=ids["photo-04.jpg"])
    for each in other["distances"]:
        name, _, emphasis = each["hash"].partition("@")
        compared = sokkuri.compare(
            served.folder / a, served.folder / "photo-04.jpg", hash=name, emphasis=emphasis or None
        )
        assert each["distance"] == compared.distance


@pytest.mark.parametrize("name", ["look-2", "ahash-rgb-64", "ahash-gray-64", "dhash-8", "pdq"])
def test_an_explanation_adds_up(served: Served, name: str) -> None:
    import sokkuri

    ids = served.ids()
    a, b = "photo-02.jpg", "photo-04.jpg"
    answer: Any = served.json("/explain", a=ids[a], b=ids[b], hash=name)
    checked(models.PairExplanation, answer)
    expected = sokkuri.explain(served.folder / a, served.folder / b, hash=name)
    assert answer["distance"] == expected.distance
    assert answer["panels"] == expected.as_dict()["panels"]
    assert answer["a"]["id"] == ids[a]
    figure = served.get("/explain/figure", a=ids[a], b=ids[b], hash=name)
    assert figure.status_code == 200, figure.text
    assert figure.content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/search", 400),
        ("/search?img=nonsense", 400),
        ("/search?img=000000.1", 404),
        ("/search?img=u" + 32 * "0", 404),
        ("/search?img={id}&hash=unknown", 400),
        ("/search?img={id}&emphasis=loud", 400),
        ("/search?img={id}&hash=dhash-8&emphasis=shape", 400),
        ("/search?img={id}&rate=1&max_distance=3", 400),
        ("/search?img={id}&rate=nan", 400),
        ("/search?img={id}&rate=1e999", 400),
        ("/search?img={id}&k=0", 400),
        ("/search?img={id}&sort=random", 400),
        ("/search?img={id}&after=2026-13-45", 400),
        ("/search?img={id}&limit=0", 400),
        ("/distances", 400),
        ("/explain?a={id}", 400),
        ("/explain?a={id}&b=000000.1", 404),
        ("/compare?a={id}&b=u" + 32 * "f", 404),
        ("/images/000000.1/picture", 404),
        ("/images/{id}/nothing", 404),
        ("/nothing", 404),
        ("/library/000000/rejected", 404),
    ],
)
def test_errors_have_one_shape(served: Served, path: str, status: int) -> None:
    image = served.ids()["photo-02.jpg"]
    answer = served.client.get("/api/v1" + path.replace("{id}", image))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = checked(models.ProblemDetails, answer.json())
    assert problem["status"] == status
    assert problem["detail"]
    assert problem["next"]


def test_another_method_is_refused(served: Served) -> None:
    answer = served.client.delete("/api/v1/images")
    assert answer.status_code == 405
    assert answer.json()["type"] == "urn:sokkuri:wrong-method"


def test_pages_are_in_both_languages(served: Served) -> None:
    for path in ("/", "/search", "/explain", "/compare", "/library", "/docs"):
        for lang in ("en", "ja"):
            answer = served.client.get(path, params={"lang": lang})
            assert answer.status_code == 200, path
            assert f'<html lang="{lang}">' in answer.text
            assert "<script>" not in answer.text
            assert " style=" not in answer.text
    assert "写真 &amp;" not in served.client.get("/").text  # names come as data, not as HTML


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_page_of_the_api_holds_all_of_the_description(served: Served, lang: str) -> None:
    document = served.client.get("/openapi.json").json()
    page = html.unescape(served.client.get("/docs", params={"lang": lang}).text)
    for path, methods in document["paths"].items():
        assert f"<code>{path}</code>" in page
        for operation in methods.values():
            names = [each["name"] for each in operation.get("parameters", ())]
            assert [name for name in names if f"<strong>{name}</strong>" not in page] == []
    for name, schema in document["components"]["schemas"].items():
        assert f'id="schema-{name}"' in page
        for field in schema["properties"]:
            assert f"<strong>{field}</strong>" in page
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r'id="([^"]+)"', page))


def test_no_address_leads_out_of_the_folder(served: Served) -> None:
    outside = served.folder.parent / "canary.txt"
    outside.write_text("canary canary canary")
    steps = ["../", "..%2f", "..%252f", "..\\", "..%5c", "%2e%2e/", "%2e%2e%2f", "..;/", "....//"]
    ends = ["canary.txt", "etc/passwd", "canary.txt%00.jpg", "canary.txt%2500", "C:\\canary.txt"]
    fronts = [
        "/", "/static/", "/api/v1/images/", "/api/v1/library/", "/static/..%2f", "//",
        "/api/v1/images/{id}/",
    ]  # fmt: skip
    image = served.ids()["photo-02.jpg"]
    tried = 0
    for front in fronts:
        for step in steps:
            for end in ends:
                for depth in (1, 5):
                    path = front.replace("{id}", image) + step * depth + end
                    answer = served.client.get(served.url + path)
                    assert answer.status_code in (400, 404, 405), path
                    assert b"canary canary" not in answer.content
                    tried += 1
    for value in ("/etc/passwd", "../canary.txt", "file:///etc/passwd", "\\\\host\\share"):
        for path in ("/search?img=", "/explain?a=", "/images?ids=", "/distances?img="):
            answer = served.client.get("/api/v1" + path + quote(value))
            assert answer.status_code in (200, 400, 404)
            assert b"canary canary" not in answer.content
            tried += 1
    assert tried >= 500


def test_the_description_promises_what_is_kept(served: Served) -> None:
    document: Any = served.client.get("/openapi.json").json()
    assert "422" not in {
        status
        for operations in document["paths"].values()
        for operation in operations.values()
        for status in operation["responses"]
    }
    assert not {"HTTPValidationError", "ValidationError"} & set(document["components"]["schemas"])


def test_a_part_that_is_missing_is_named(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from sokkuri.errors import MissingExtra

    def missing(*_: object, **__: object) -> None:
        raise MissingExtra("the figure", "plot")

    monkeypatch.setattr(served.ready.site.pictures, "figure", missing)
    answer = served.get("/figure", img=served.ids()["photo-02.jpg"])
    assert answer.status_code == 501
    assert answer.json()["detail"] == "the figure needs the optional part [plot]"
    assert "sokkuri doctor" in answer.json()["next"]
    assert sys.prefix not in answer.text  # where it is installed is not told out there
