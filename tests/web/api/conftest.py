"""A served folder, and a client that may ask it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.web.threaded import serving

from sokkuri.web.server import Config, Server, open_server

Waves = Callable[[int, int, int], NDArray[np.uint8]]


class Served:
    """A server that runs, and a client with its token."""

    def __init__(self, ready: Server, folder: Path) -> None:
        self.ready = ready
        self.folder = folder
        self.url = ready.settings.url
        token = {"Authorization": f"Bearer {ready.settings.token}"}
        self.client = httpx2.Client(base_url=self.url, headers=token, timeout=60)

    def get(self, path: str, **query: object) -> httpx2.Response:
        """Ask an address of the API."""
        params = {key: str(value) for key, value in query.items()}
        return self.client.get(f"/api/v1{path}", params=params)

    def json(self, path: str, **query: object) -> dict[str, object]:
        """Ask, and expect an answer."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        found: dict[str, object] = answer.json()
        return found

    def ids(self) -> dict[str, str]:
        """Return the id of each photo by its path below the folder."""
        images = self.get("/images", limit=1000).json()["images"]
        return {
            "/".join(filter(None, (each["folder"], each["name"]))): each["id"] for each in images
        }


@pytest.fixture(autouse=True)
def no_language_is_remembered(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let a test begin without the language that another one chose on a page."""
    yield
    if "served" in request.fixturenames:
        request.getfixturevalue("served").client.cookies.clear()


@contextlib.contextmanager
def served_folder(folder: Path, *more: Path, **wishes: Any) -> Iterator[Served]:
    """Serve folders once they are indexed; uploads are kept beside the first."""
    uploads = folder.parent / "uploads"
    with open_server(Config(folders=[folder, *more], port=0, uploads=uploads, **wishes)) as ready:
        for shelf in ready.site.shelves:
            shelf.wait()
        with serving(ready.guarded, ready.listener):
            served = Served(ready, folder)
            with served.client:
                yield served


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory, waves: Waves) -> Iterator[Served]:
    """Serve thirty photos, two of them the same file, two the same pixels, one broken."""
    home = tmp_path_factory.mktemp("served")
    folder = home / "写真 & <b>photos</b>"
    (folder / "内側" / "deep").mkdir(parents=True)
    for seed in range(28):
        place = folder / "内側" if seed % 3 == 0 else folder
        name = f"青い服 #{seed}%.jpg" if seed % 2 else f"photo-{seed:02}.jpg"
        Image.fromarray(waves(80 + seed, 60, seed)).save(place / name, quality=92)
    shutil.copy(folder / "photo-02.jpg", folder / "内側" / "deep" / "copy.jpg")
    with Image.open(folder / "photo-02.jpg") as image:
        image.save(folder / "same pixels.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not much of a photo")
    Image.new("RGB", (90, 60), (200, 30, 30)).save(folder / "flat.png")
    with served_folder(folder) as served:
        yield served
