"""The notebook's view."""

from __future__ import annotations

import base64
import io
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from sokkuri.images import Rejected, RejectKind
from sokkuri.matches import Match
from sokkuri.show.html import results_html

if TYPE_CHECKING:
    from collections.abc import Callable

    from sokkuri.matches import Outcome


class Reader(HTMLParser):
    """Collects tags, attributes and text, and checks that every tag is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"img", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data + "\n"

    def images(self) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == "img"]


def test_query_first_then_the_tiles(outcome: Callable[..., Outcome], photo: Any) -> None:
    page = Reader(results_html(outcome(Match(photo("a.jpg"), 0), Match(photo("b.jpg"), 3072))))
    alternatives = [image["alt"] for image in page.images()]
    assert alternatives == ["query query.jpg", "a.jpg, distance 0", "b.jpg, distance 3,072"]
    lines = page.text.splitlines()
    assert "ahash-rgb-64 · 12,288 bits · rate < 2.0 (distance ≤ 511)" in lines
    assert "2 matches among 1,799 photos" in lines
    for word in ("2", "b.jpg", "distance 3,072", "75.0%", "rate 12.000"):
        assert word in lines


def test_photos_are_small_jpegs_without_metadata(
    outcome: Callable[..., Outcome], tmp_path: Any
) -> None:
    path = str(tmp_path / "big.jpg")
    exif = Image.Exif()
    exif[0x010E] = "a secret"
    Image.new("RGB", (900, 300)).save(path, exif=exif, comment=b"a secret")
    page = Reader(results_html(outcome(Match(path, 1), query=path)))
    assert [image["width"] for image in page.images()] == ["240", "160"]
    for image in page.images():
        kind, _, data = str(image["src"]).partition(",")
        assert kind == "data:image/jpeg;base64"
        content = base64.b64decode(data, validate=True)
        assert b"secret" not in content
        with Image.open(io.BytesIO(content)) as decoded:
            assert decoded.format == "JPEG"
            assert decoded.size == (int(str(image["width"])), int(str(image["height"])))
            assert not decoded.getexif()


def test_frames_and_badges_exactly_on_identical_photos(
    outcome: Callable[..., Outcome], photo: Any
) -> None:
    path = photo()
    matches = [Match(path, 0, same) for same in ("pixels", None, "bytes", "link")]
    page = results_html(outcome(*matches))
    assert page.count("box-shadow") == 3
    assert re.findall(r">(same \w+|link)<", page) == ["same pixels", "same file", "link"]


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>.jpg",
        "\"><img src=x onerror='alert(1)'>.jpg",
        "' onmouseover='alert(1).jpg",
        "a&amp;b.jpg",
        "new\nline\u202e\udcff.jpg",
    ],
)
def test_names_are_only_ever_text(outcome: Callable[..., Outcome], photo: Any, name: str) -> None:
    query = photo("query.jpg")
    result = outcome(Match(name, 4), query=name, source=query, nearest=None)
    page = results_html(result)
    page.encode("utf-8")
    read = Reader(page)
    assert {tag for tag, _ in read.tags} <= {"div", "span", "b", "bdi", "img", "br"}
    allowed = {"style", "class", "src", "alt", "title", "width", "height", "role", "aria-label"}
    assert {key for _, attributes in read.tags for key in attributes} <= allowed
    assert len(read.images()) == 1
    assert "\n" not in page
    assert "\u202e" not in page


def test_nothing_is_fetched_and_nothing_runs(outcome: Callable[..., Outcome], photo: Any) -> None:
    page = results_html(outcome(Match(photo(), 4)))
    assert not re.search(r"<script|<style|<link|https?:|url\(|\son\w+=", page)


def test_capped_and_told(outcome: Callable[..., Outcome], photo: Any) -> None:
    path = photo()
    matches = [Match(path, number) for number in range(70)]
    page = Reader(results_html(outcome(*matches, matched=317)))
    assert len(page.images()) == 65
    assert "317 matches among 1,799 photos · 64 of 317 shown" in page.text
    assert len(Reader(results_html(outcome(*matches), limit=0)).images()) == 1
    with pytest.raises(ValueError, match="limit"):
        results_html(outcome(), limit=-1)


def test_no_match_tells_the_nearest(outcome: Callable[..., Outcome]) -> None:
    page = Reader(results_html(outcome(nearest=Match("x/near.jpg", 812))))
    assert "No photo lies within the threshold." in page.text
    assert "The nearest is near.jpg: distance 812, rate 3.172, similarity 93.4%." in page.text


def test_unreadable_and_rejected_are_told(outcome: Callable[..., Outcome]) -> None:
    bad = Rejected("x.jpg", RejectKind.EMPTY, "the file has no bytes")
    page = Reader(results_html(outcome(Match("gone.jpg", 4), query="gone", rejected=(bad,) * 3)))
    assert page.images() == []
    assert page.text.count("cannot be read") == 2
    assert "3 files could not be read" in page.text
    labels = [attributes.get("aria-label") for _, attributes in page.tags]
    assert "gone.jpg, distance 4" in labels


def test_the_same_input_gives_the_same_page(outcome: Callable[..., Outcome], photo: Any) -> None:
    result = outcome(Match(photo(), 4))
    assert results_html(result) == results_html(result)
