"""Other names of one file: told from copies, and left out where they are not wanted."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

import sokkuri

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")


@pytest.fixture
def linked(photos: Path) -> Path:
    """Give two photos three names each, of which one sorts first."""
    for name in ("photo-2.jpg", "photo-4.jpg"):
        os.link(photos / name, photos / f"hard {name}")
        os.symlink(photos / name, photos / f"z 別名 {name}")
    return photos


def _same(found: sokkuri.Results) -> dict[str, str | None]:
    return {os.path.basename(match.path): match.same for match in found.matches}


def test_links_are_marked_as_what_they_are(linked: Path) -> None:
    found = sokkuri.search(linked / "photo-2.jpg", linked, max_distance=0)
    assert _same(found) == {
        "photo-2.jpg": "bytes", "copy of 2.jpg": "bytes", "same pixels as 2.png": "pixels",
        "hard photo-2.jpg": "link", "z 別名 photo-2.jpg": "link",
    }  # fmt: skip
    assert found.links_left_out is None
    other = sokkuri.search(linked / "hard photo-2.jpg", linked, max_distance=0)
    assert _same(other)["hard photo-2.jpg"] == "bytes"
    assert _same(other)["photo-2.jpg"] == "link"
    assert sokkuri.compare(linked / "photo-2.jpg", linked / "hard photo-2.jpg").same == "link"
    explained = sokkuri.explain(linked / "photo-2.jpg", linked / "z 別名 photo-2.jpg")
    assert explained.same == "link"
    assert "one file under two names" in explained.sentence.en


@pytest.mark.parametrize("how", [{}, {"library": None}])
def test_links_can_be_left_out(linked: Path, how: dict[str, Any]) -> None:
    query = linked / "photo-2.jpg"
    everything = sokkuri.search(query, linked, k=99, **how)
    found = sokkuri.search(query, linked, k=99, links=False, **how)
    gone = {"hard photo-2.jpg", "z 別名 photo-2.jpg", "photo-4.jpg", "z 別名 photo-4.jpg"}
    assert {*_same(everything)} - {*_same(found)} == gone
    assert (found.links_left_out, found.excluded) == (4, 4)
    assert found.searched == everything.searched - 4
    assert found.seen == everything.seen
    assert found.matched == everything.matched - 4
    assert _same(found)["photo-2.jpg"] == "bytes"


def test_a_query_from_elsewhere_has_no_other_name_left(linked: Path, tmp_path: Path) -> None:
    os.link(linked / "photo-2.jpg", tmp_path / "query.jpg")
    found = sokkuri.search(tmp_path / "query.jpg", linked, links=False, max_distance=0)
    assert _same(found) == {"copy of 2.jpg": "bytes", "same pixels as 2.png": "pixels"}
    # Bytes have no name: of the three names the first is shown, as of any other file.
    data = (linked / "photo-2.jpg").read_bytes()
    found = sokkuri.search(data, linked, links=False, max_distance=0)
    assert _same(found) == {
        "copy of 2.jpg": "bytes", "hard photo-2.jpg": "bytes", "same pixels as 2.png": "pixels",
    }  # fmt: skip


def test_what_else_is_left_out_is_not_counted_twice(linked: Path) -> None:
    query = linked / "photo-2.jpg"
    found = sokkuri.search(query, linked, links=False, exclude_query=True, max_distance=0)
    assert _same(found) == {"copy of 2.jpg": "bytes", "same pixels as 2.png": "pixels"}
    # Three names of the query, and two of the other file.
    assert (found.links_left_out, found.excluded) == (2, 5)


def test_a_library_that_is_held_open_leaves_them_out_too(linked: Path) -> None:
    library = sokkuri.Library.open(linked)
    library.refresh()
    found = library.search(linked / "photo-2.jpg", links=False, max_distance=0)
    assert found.links_left_out == 4
    assert "link" not in _same(found).values()
    (again,) = sokkuri.search_many([linked / "photo-2.jpg"], linked, links=False, max_distance=0)
    assert again.matches == found.matches


def test_left_out_links_are_said(linked: Path) -> None:
    found = sokkuri.search(linked / "photo-2.jpg", linked, links=False, max_distance=0)
    assert json.loads(found.to_json())["links_left_out"] == 4
    assert "4 links left out" in found._repr_html_()
    usual = sokkuri.search(linked / "photo-2.jpg", linked, max_distance=0)
    assert "links_left_out" not in json.loads(usual.to_json())
    assert "left out" not in usual._repr_html_()
    assert ">link<" in usual._repr_html_()
