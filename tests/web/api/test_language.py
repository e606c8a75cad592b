"""Sentences in answers: in the language that is asked for, English where none is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.web.api.conftest import Served

JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")
GERMAN_AND_JAPANESE = "de, ja;q=0.9, en;q=0.8"


@pytest.mark.parametrize("wish", ["ja", GERMAN_AND_JAPANESE, "JA-JP"])
@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/images/000000.1",
        "/api/v1/images/nonsense",
        "/api/v1/search?img=000000.1&rate=1&max_distance=3",
        "/api/v1/library/ffffff/rejected",
        "/api/v1/nowhere",
        "/search.json",
        "/enter?next=//elsewhere",
    ],
)
def test_a_problem_is_told_in_the_language_that_is_asked_for(
    served: Served, path: str, wish: str
) -> None:
    plain = served.client.get(path)
    asked = served.client.get(path, headers={"Accept-Language": wish})
    assert (asked.status_code, asked.headers["content-type"]) == (
        plain.status_code,
        "application/problem+json",
    )
    assert (plain.headers["content-language"], asked.headers["content-language"]) == ("en", "ja")
    assert "Accept-Language" in plain.headers["vary"]
    assert "Accept-Language" in asked.headers["vary"]
    english, japanese = plain.json(), asked.json()
    assert english.keys() == japanese.keys()
    for name, value in english.items():
        if name in ("title", "next"):
            assert not JAPANESE.search(value)
            assert JAPANESE.search(japanese[name]), japanese[name]
        elif name != "detail":
            assert japanese[name] == value


def test_who_shows_no_token_is_told_in_their_language(served: Served) -> None:
    for kind in ("application/json", "text/html"):
        headers = {"Accept": kind, "Authorization": "", "Accept-Language": "ja"}
        answer = served.client.get("/library", headers=headers)
        assert answer.status_code == 401
        assert "トークン" in answer.text
        assert answer.headers["content-language"] == "ja"


@pytest.mark.parametrize("wish", [None, "", "*", "en-GB, ja", "fr"])
def test_reasons_are_english_for_who_asks_for_nothing_else(
    served: Served, wish: str | None
) -> None:
    headers = {} if wish is None else {"Accept-Language": wish}
    key = served.ready.site.shelves[0].key
    answer = served.client.get(f"/api/v1/library/{key}/rejected", headers=headers)
    (rejected,) = answer.json()["rejected"]
    assert answer.headers["content-language"] == "en"
    assert (rejected["name"], rejected["kind"]) == ("broken.jpg", "damaged")
    assert rejected["reason"] == "damaged: Truncated File Read"


def test_only_the_sentences_change_with_the_language(served: Served) -> None:
    key = served.ready.site.shelves[0].key
    image = next(iter(served.ids().values()))
    for path in (
        f"/library/{key}/rejected", "/library", f"/search?img={image}", "/hashes", "/images",
        f"/explain?a={image}&b={image}",
    ):  # fmt: skip
        english = served.client.get(f"/api/v1{path}").json()
        japanese = served.client.get(f"/api/v1{path}", headers={"Accept-Language": "ja"}).json()
        assert _without_sentences(japanese) == _without_sentences(english)
    (rejected,) = served.client.get(
        f"/api/v1/library/{key}/rejected", headers={"Accept-Language": "ja"}
    ).json()["rejected"]
    assert rejected["kind"] == "damaged"
    assert rejected["reason"] == "破損：ファイルが途中で切れています"


def _without_sentences(value: object) -> object:
    if isinstance(value, dict):
        left_out = ("reason", "note", "notes", "summary")
        return {k: _without_sentences(v) for k, v in value.items() if k not in left_out}
    return list(map(_without_sentences, value)) if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("query", "headers", "lang"),
    [
        ("", {"Cookie": "sokkuri-lang=ja"}, "ja"),
        ("", {"Cookie": "sokkuri-lang=ja", "Accept-Language": "en"}, "ja"),
        ("?lang=en", {"Cookie": "sokkuri-lang=ja"}, "en"),
        ("?lang=ja", {"Accept-Language": "en"}, "ja"),
        ("?lang=xx", {"Accept-Language": "ja"}, "ja"),
        # A module of a page that was opened before the choice.
        ("", {"Cookie": "sokkuri-lang=ja", "Accept-Language": "en", "Sec-Fetch-Mode": "cors"},
         "en"),
        ("", {"Cookie": "sokkuri-lang=en", "Accept-Language": "ja", "Sec-Fetch-Mode": "cors"},
         "ja"),
        ("", {"Cookie": "sokkuri-lang=en", "Accept-Language": "ja",
              "Sec-Fetch-Mode": "navigate"}, "en"),
    ],
)  # fmt: skip
def test_what_is_opened_follows_the_choice_and_what_is_fetched_its_page(
    served: Served, query: str, headers: dict[str, str], lang: str
) -> None:
    answer = served.client.get(f"/api/v1/images/000000.1{query}", headers=headers)
    assert answer.headers["content-language"] == lang
    assert bool(JAPANESE.search(answer.text)) == (lang == "ja")


def test_a_picture_that_cannot_be_read_is_refused_in_words_of_the_language(
    served: Served, tmp_path: Path
) -> None:
    for data, said in (
        (b"no picture", "画像でない：中身は「テキスト」です"),
        (b"", "空：ファイルの中身がありません"),
    ):
        answer = served.client.post(
            "/api/v1/uploads", files={"file": ("x.jpg", data)}, headers={"Accept-Language": "ja"}
        )
        assert answer.status_code == 415
        assert answer.json()["detail"] == said
