"""Other names of one file on the server: told from copies, and left out with ``links=0``."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.web.api.conftest import Served, served_folder

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")

Waves = Callable[[int, int, int], NDArray[np.uint8]]

SAME = {
    "photo 1.png": "bytes", "copy.png": "bytes", "hard.png": "link", "別名.png": "link",
    "same pixels.webp": "pixels", "less alpha.png": None,
}  # fmt: skip


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory, waves: Waves) -> Iterator[Served]:
    """Serve a photo, its copy, two links to it, its pixels in another file, and four others."""
    home = tmp_path_factory.mktemp("linked")
    folder, more = home / "photos", home / "more"
    for place in (folder, more):
        place.mkdir()
    for seed in range(2, 5):
        Image.fromarray(waves(80, 60, seed)).save(folder / f"photo {seed}.png")
    image = Image.fromarray(waves(80, 60, 1))
    image.paste((255, 255, 255), (0, 0, 9, 9))
    image.save(folder / "photo 1.png")
    shutil.copy(folder / "photo 1.png", folder / "copy.png")
    os.link(folder / "photo 1.png", folder / "hard.png")
    os.symlink("photo 1.png", folder / "別名.png")
    os.link(folder / "photo 3.png", more / "photo 3 again.png")
    shutil.copy(folder / "photo 3.png", more / "photo 3 a copy.png")
    image.save(folder / "same pixels.webp", lossless=True)
    alpha = Image.new("L", image.size, 255)
    alpha.putpixel((3, 3), 254)  # of white, so that no hash sees it
    image.putalpha(alpha)
    image.save(folder / "less alpha.png")
    with served_folder(folder, more) as served:
        yield served


def _id(served: Served, name: str) -> str:
    return next(each for path, each in served.ids().items() if path.endswith(name))


def _same(answer: Any) -> dict[str, str | None]:
    return {match["name"]: match["same"] for match in answer["matches"]}


def test_links_are_told_from_copies(linked: Served) -> None:
    query = _id(linked, "photo 1.png")
    for _ in range(2):  # asked, and then remembered
        answer: Any = linked.json("/search", img=query, max_distance=0)
        assert _same(answer) == SAME
        assert answer["links_left_out"] is None
        rows: Any = linked.json("/distances", img=query)["rows"]
        assert {name: rows["same"][place] for place, name in enumerate(rows["name"])
                if name in SAME} == SAME  # fmt: skip
    by_its_link: Any = linked.json("/search", img=_id(linked, "hard.png"), max_distance=0)
    assert _same(by_its_link) == {**SAME, "photo 1.png": "link", "hard.png": "bytes"}


def test_links_into_another_folder_are_told_from_copies(linked: Served) -> None:
    for _ in range(2):
        answer: Any = linked.json("/search", img=_id(linked, "photo 3.png"), max_distance=0)
        assert _same(answer) == {
            "photo 3.png": "bytes", "photo 3 again.png": "link", "photo 3 a copy.png": "bytes",
        }  # fmt: skip


def test_an_upload_is_a_copy_of_all_names(linked: Served) -> None:
    form = {"file": ("sent.png", (linked.folder / "photo 1.png").read_bytes())}
    for _ in range(2):
        answer = linked.client.post("/api/v1/search?max_distance=0", files=form).json()
        assert _same(answer) == {name: same and same.replace("link", "bytes")
                                 for name, same in SAME.items()}  # fmt: skip


def test_links_are_left_out_as_on_the_command_line(linked: Served, sokkuri: Any) -> None:
    query = _id(linked, "photo 1.png")
    everything: Any = linked.json("/search", img=query, k=99)
    answer: Any = linked.json("/search", img=query, k=99, links=0)
    # Two of the query, and one of another photo in another folder.
    assert answer["links_left_out"] == 3
    assert answer["searched"] == everything["searched"] - 3
    assert {*_same(everything)} - {*_same(answer)} == {"hard.png", "別名.png", "photo 3 again.png"}
    whole: Any = linked.json("/distances", img=query, links=0)
    assert (whole["searched"], whole["links_left_out"]) == (answer["searched"], 3)
    assert whole["rows"]["name"] == [match["name"] for match in answer["matches"]]
    done = sokkuri("search", linked.folder / "photo 1.png", linked.folder, "--no-links", "--json")
    printed = json.loads(done.stdout)
    assert printed["links_left_out"] == 2
    assert [match["path"] for match in printed["matches"]] == [
        match["path"] for match in answer["matches"] if match["path"].startswith(str(linked.folder))
    ]


def test_whose_names_are_left_out_depends_on_the_query(linked: Served) -> None:
    # Both have one code, so that one ranking would do for both.
    for name, gone in (("photo 1.png", "hard.png"), ("hard.png", "photo 1.png")):
        answer: Any = linked.json("/search", img=_id(linked, name), max_distance=0, links=0)
        assert name in _same(answer)
        assert gone not in _same(answer)


def test_lists_exports_and_phrases(linked: Served) -> None:
    listed: Any = linked.json("/images", links=0)
    assert listed["total"] == linked.json("/images")["total"] - 3  # type: ignore[operator]
    query = _id(linked, "photo 1.png")
    exported = linked.get("/export", img=query, k=99, links=0).json()
    assert exported["links_left_out"] == 3
    phrases: Any = linked.json("/phrases", img=query, links=0)
    assert phrases["command"].count("--no-links") == 2
    assert ", links=False)" in phrases["python"]
    assert "links" not in str(linked.json("/phrases", img=query, links=1))
    assert linked.get("/search", img=query, links="no").status_code == 400


def test_pairs(linked: Served) -> None:
    a = _id(linked, "photo 1.png")
    for name, same in SAME.items():
        b = _id(linked, name)
        assert linked.json("/compare", a=a, b=b)["same"] == same, name
        explained: Any = linked.json("/explain", a=a, b=b)
        assert explained["same"] == same, name


def test_the_page_can_leave_them_out(linked: Served) -> None:
    page = linked.client.get(f"/search?img={_id(linked, 'photo 1.png')}&links=0").text
    assert 'data-role="filter-links"' in page
