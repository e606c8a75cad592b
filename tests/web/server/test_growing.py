"""Searches while the folder is being indexed: answers grow, and end up as the library's own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.web.server.clients import Standing, standing
from tests.web.server.conftest import Waves

import sokkuri

PICTURES = 25
COPIES = 16
PHOTOS = PICTURES * COPIES


@pytest.fixture
def folder(tmp_path: Path, waves: Waves) -> Path:
    """Return a folder with four hundred photos, large enough to take a while."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed in range(PICTURES):
        file = io.BytesIO()
        Image.fromarray(waves(640, 480, 500 + seed)).save(file, "PNG", compress_level=1)
        for copy in range(COPIES):
            path = folder / f"{copy:02}-{seed:03}.png"
            path.write_bytes(file.getvalue() + bytes(copy))
    return folder


def _ask_until_done(server: Standing, query: str) -> Iterator[dict[str, Any]]:
    """Ask again and again; yield the answers."""
    done = False
    while not done:
        library = server.json("/library")["folders"][0]
        done = library["indexing"] is None
        found = server.get("/search", img=query, k=50, limit=50)
        if found.status_code == 202:
            assert found.json()["type"] == "urn:sokkuri:being-hashed"
            assert int(found.headers["retry-after"]) >= 1
            assert not done
        else:
            assert found.status_code == 200, found.text
            yield found.json()
        for path in (f"/distances?img={query}", "/images?sort=newest", "/hashes"):
            answer = server.client.get(f"/api/v1{path}")
            assert answer.status_code in (200, 202), answer.text


def test_answers_grow_while_the_folder_is_indexed(folder: Path, tmp_path: Path) -> None:
    photo = folder / "03-007.png"
    with standing(folder, tmp_path, workers=1, hashes=[]) as server:
        sent = server.client.post("/api/v1/uploads", files={"file": photo.read_bytes()})
        assert sent.status_code == 201
        key = server.json("/library")["folders"][0]["key"]
        assert server.client.post(f"/api/v1/library/{key}/refresh").status_code == 202
        answers = list(_ask_until_done(server, sent.json()["id"]))
        sizes = [answer["searched"] for answer in answers]
        assert sizes == sorted(sizes)
        assert sizes[-1] == PHOTOS
        assert any(0 < size < PHOTOS for size in sizes), sizes
        for answer in answers:
            distances = [match["distance"] for match in answer["matches"]]
            assert distances == sorted(distances)
            assert answer["notes"] == []
        server.assert_alive()
        last = server.json("/search", img=sent.json()["id"], k=50, limit=50)
        assert answers[-1]["matches"] == last["matches"]
    expected = sokkuri.search(photo, folder, k=50)
    assert [(match["path"], match["distance"], match["same"]) for match in last["matches"]] == [
        (match.path, match.distance, match.same) for match in expected.matches
    ]
    assert last["searched"] == expected.searched
