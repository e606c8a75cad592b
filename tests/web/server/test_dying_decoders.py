"""Decoders that die or hang cost the request for their own picture, and nothing else."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from tests.patience import PATIENCE
from tests.web.server.clients import Standing, runs, standing, wait_until
from tests.web.server.conftest import Waves, fill

import sokkuri
from sokkuri.pipeline import spawn

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")

SECONDS = 1.0
FAULTS = {"dies.jpg": "kill", "crashes.jpg": "segfault", "hangs.jpg": "hang"}
ENDS = b"a decoder dies of this one"
ENDS_ID = "u" + hashlib.blake2b(ENDS, digest_size=16).hexdigest()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, waves: Waves) -> Iterator[Standing]:
    """Serve photos that were sound when they were hashed."""
    home = tmp_path_factory.mktemp("dying")
    fill(home / "photos", waves, 8)
    for number, name in enumerate(FAULTS):
        photo = (home / "photos" / "photo-001.jpg").read_bytes()
        (home / "photos" / name).write_bytes(photo + bytes(number + 1))
    sokkuri.Library.open(home / "photos").refresh()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(spawn.FAULTS, json.dumps({**FAULTS, ENDS_ID: "kill"}))
        with standing(home / "photos", home, pictures={"seconds": SECONDS}) as server:
            server.wait_until_indexed()
            yield server


def _ids(server: Standing) -> dict[str, str]:
    return {photo["name"]: photo["id"] for photo in server.photos()}


def _assert_problem(answer: httpx2.Response) -> None:
    assert answer.status_code in (415, 503), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["detail"]
    assert "/" not in problem["detail"]  # no path of this machine
    assert problem["next"]


@pytest.mark.parametrize("name", FAULTS)
def test_its_picture_is_a_problem_and_the_others_are_there(server: Standing, name: str) -> None:
    ids = _ids(server)
    good = [ids[photo] for photo in ids if photo not in FAULTS]

    def ask(image: str) -> httpx2.Response:
        with server.new_client() as client:
            return client.get(f"/api/v1/images/{image}/picture?side=160")

    with ThreadPoolExecutor(8) as pool:
        bad = pool.submit(ask, ids[name])
        for answer in pool.map(ask, good):
            assert answer.status_code == 200
            assert answer.content.startswith(b"\xff\xd8\xff")
        _assert_problem(bad.result())
    server.assert_alive()


@pytest.mark.parametrize("name", FAULTS)
def test_whatever_opens_it_says_so_and_searches_need_not(server: Standing, name: str) -> None:
    ids = _ids(server)
    bad, good = ids[name], ids["photo-001.jpg"]
    for path in (
        f"/explain?a={bad}&b={good}", f"/compare?a={good}&b={bad}", f"/search?img={bad}&hash=pdq",
    ):  # fmt: skip
        answer = server.client.get(f"/api/v1{path}")
        if answer.status_code != 409:  # no photo has the other hash
            _assert_problem(answer)
    facts = server.json(f"/images/{bad}")
    assert facts["id"] == bad
    assert facts["format"] is None
    found = server.json("/search", img=bad, k=4)
    assert [match["distance"] for match in found["matches"]] == [0, 0, 0, 0]
    assert server.get(f"/images/{bad}/file").status_code == 200
    server.assert_alive()


@pytest.mark.parametrize("path", ["/api/v1/search", "/api/v1/uploads"])
def test_an_upload_that_ends_its_decoder_is_not_kept(server: Standing, path: str) -> None:
    handles = server.handles()
    answer = server.client.post(path, files={"file": ("x.jpg", ENDS)})
    _assert_problem(answer)
    assert ENDS_ID not in os.listdir(server.uploads)
    server.assert_quiet(handles + 4)  # workers that were started meanwhile
    server.assert_alive()


def test_a_refresh_that_waits_for_a_decoder_holds_no_stop_up(
    waves: Waves, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "photos"
    fill(folder, waves, 8)
    (folder / "hangs.jpg").write_bytes((folder / "photo-001.jpg").read_bytes() + b"x")
    monkeypatch.setenv(spawn.FAULTS, json.dumps(FAULTS))
    with standing(folder, tmp_path) as server:
        wait_until(lambda: bool(server.descendants()))
        workers = server.descendants()
        assert workers
        assert server.json("/library")["folders"][0]["indexing"] is not None
        server.process.terminate()
        server.process.wait(PATIENCE)
        wait_until(lambda: not any(map(runs, workers)))
        assert not any(map(runs, workers))
    # It ended before the decoder was given up, which would have been kept.
    library = sokkuri.Library.open(folder)
    assert not library.exists or library.info().rejected == 0
    assert sokkuri.Library.open(folder).verify().sound
