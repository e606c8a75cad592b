"""The ends of what can be asked for: the first and the last day, and parts of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.web.server.clients import Standing, standing
from tests.web.server.conftest import Waves, fill

PHOTOS = 5


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, waves: Waves) -> Iterator[Standing]:
    """Serve a few photos."""
    home = tmp_path_factory.mktemp("bounds")
    fill(home / "photos", waves, PHOTOS)
    with standing(home / "photos", home) as server:
        server.wait_until_indexed()
        yield server


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("after=0001-01-01&before=9999-12-31", PHOTOS),
        ("before=0001-01-01", 0),
        ("after=9999-12-31", 0),
        ("after=0001-01-01T00:00:00%2B14:00", PHOTOS),
        ("min_bytes=0&max_bytes=1125899906842624", PHOTOS),
        ("min_bytes=2&max_bytes=1", 0),
    ],
)
def test_every_day_and_size_can_be_asked_for(server: Standing, query: str, count: int) -> None:
    photo = server.photos()[0]["id"]
    assert server.client.get(f"/api/v1/images?{query}").json()["total"] == count
    answer = server.client.get(f"/api/v1/search?img={photo}&{query}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["searched"] == count
    assert answer.json()["nearest"] is None


@pytest.mark.parametrize("part", ["bytes=0-10", "bytes=99999999-", "bytes=5-1", "lines=1", "x"])
def test_a_file_is_sent_whole(server: Standing, part: str) -> None:
    for photo in server.photos():
        path = server.home / "photos" / photo["folder"] / photo["name"]
        answer = server.client.get(f"/api/v1/images/{photo['id']}/file", headers={"Range": part})
        assert answer.status_code == 200
        assert answer.content == path.read_bytes()
        assert answer.headers["accept-ranges"] == "none"
