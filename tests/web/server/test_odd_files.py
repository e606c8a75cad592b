"""Broken and exotic files are answered one by one, and nobody else waits for them."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.web.server.clients import Standing, standing
from tests.web.server.conftest import Waves, fill

PARALLEL = 8
GROWTH = 64 << 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, waves: Waves) -> Iterator[Standing]:
    """Serve a few photos."""
    home = tmp_path_factory.mktemp("odd")
    fill(home / "photos", waves, 8)
    with standing(home / "photos", home) as server:
        server.wait_until_indexed()
        yield server


@pytest.fixture(scope="module")
def broken(picture: bytes) -> list[bytes]:
    """Return a photo cut short, with bytes changed, and other things, a hundred in all."""
    chance = random.Random(6)
    found = [picture[: len(picture) * part // 40] for part in range(1, 40)]
    for _ in range(50):
        mutant = bytearray(picture)
        for _ in range(chance.randrange(1, 40)):
            mutant[chance.randrange(len(mutant))] = chance.randrange(256)
        found.append(bytes(mutant))
    bomb = (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x02\x00\x00\x00"
    )
    heads = [
        b"GIF89a\xff\xff\xff\xff",
        b"BM",
        b"II*\x00\xff\xff\xff\xff",
        b"RIFF\xff\xff\xff\xffWEBP",
        bomb,
        b"%!PS-Adobe",
        b"8BPS",
        b"%PDF-1.7",
        b"\x00" * 10_000,
        b"<svg/>",
        b"\xff\xd8\xff",
    ]
    return found + heads


def test_broken_files_are_refused_or_searched_for(server: Standing, broken: list[bytes]) -> None:
    statuses = _post_all(server, dict(enumerate(broken)))
    assert set(statuses) <= {200, 415, 429, 503}
    assert statuses[415] >= 30
    assert statuses[200] >= 10


def test_odd_files_are_refused_or_searched_for(server: Standing, odd: Path) -> None:
    files = {
        path: path.read_bytes()
        for path in sorted(odd.rglob("*"))
        if path.is_file() and path.name != "manifest.tsv"
    }
    assert len(files) >= 200
    statuses = _post_all(server, files)
    assert set(statuses) <= {200, 413, 415, 429, 503}
    assert statuses[200] >= 100
    assert statuses[415] >= 50


def _post_all(server: Standing, files: Mapping[Any, bytes]) -> Counter[int]:
    """Search by each file, eight at a time, while somebody else looks at a photo."""
    photo = server.photos()[0]["id"]
    with server.new_client() as client:  # all the room that a warm server takes
        list(map(client.get, ["/api/v1/library"] * 3))
    handles, memory = server.handles(), server.rss()
    done = threading.Event()

    def look() -> int:
        looked = 0
        with server.new_client() as client:
            while not done.is_set() or not looked:
                side = (160, 320, 640, 1280, 2048)[looked % 5]
                answer = client.get(f"/api/v1/images/{photo}/picture", params={"side": side})
                assert answer.status_code == 200, answer.text
                assert answer.content.startswith(b"\xff\xd8\xff")
                looked += 1
                time.sleep(0.02)
        return looked

    def post(item: tuple[object, bytes]) -> int:
        name, content = item
        with server.new_client() as client:
            answer = client.post("/api/v1/search", files={"file": (str(name)[-80:], content)})
        if answer.status_code in (429, 503):
            assert int(answer.headers["retry-after"]) >= 1, name
        else:
            assert answer.status_code in (200, 413, 415), f"{name}: {answer.text}"
        return answer.status_code

    with ThreadPoolExecutor(PARALLEL + 1) as pool:
        looking = pool.submit(look)
        try:
            statuses = Counter(pool.map(post, files.items()))
        finally:
            done.set()
        assert looking.result() >= 5
    server.assert_alive()
    server.assert_quiet(handles + 8)  # workers that were started meanwhile
    assert server.rss() < memory + GROWTH
    _assert_only_pictures_are_kept(server, statuses)
    return statuses


def _assert_only_pictures_are_kept(server: Standing, statuses: Counter[int]) -> None:
    kept = [name for name in os.listdir(server.uploads) if not name.endswith(".json")]
    assert len(kept) <= sum(statuses.values()) - statuses[415] + 100
    for name in kept:
        answer = server.get(f"/images/{name}/picture")
        assert answer.status_code == 200, answer.text
