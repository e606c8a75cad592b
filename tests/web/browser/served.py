"""A folder that is served while tests look at it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
from tests.web.threaded import serving

from sokkuri.web.server import Config, Server, open_server


class Served:
    """A server that runs, and a client with its token."""

    def __init__(self, ready: Server, folder: Path, client: httpx2.Client) -> None:
        self.ready = ready
        self.folder = folder
        self.url = ready.settings.url
        self.host = urlsplit(self.url).netloc
        self.client = client

    def json(self, path: str, **query: object) -> Any:
        """Ask any address, and expect an answer in JSON."""
        params = {key: str(value) for key, value in query.items()}
        answer = self.client.get(path, params=params or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ids(self) -> dict[str, str]:
        """Return the id of each photo by its path below the folder, as it is shown."""
        images = self.json("/api/v1/images", limit=1000)["images"]
        return {shown_path(each): each["id"] for each in images}

    def id(self, path: str) -> str:
        """Return the id of the photo at a path below the folder."""
        return self.ids()[path]


def shown_path(photo: dict[str, Any]) -> str:
    """Return the path of a photo or a match below its folder."""
    return "/".join(filter(None, (photo["folder"], photo["name"])))


@contextlib.contextmanager
def served_folder(folder: Path, home: Path, *, wait: bool = True) -> Iterator[Served]:
    """Serve a folder; it is indexed when the block begins, unless nobody waits for that."""
    wishes = Config(folders=[folder], port=0, uploads=home / "uploads", workers=1)
    with open_server(wishes) as ready:
        if wait:
            for shelf in ready.site.shelves:
                shelf.wait()
        token = {"Authorization": f"Bearer {ready.settings.token}"}
        client = httpx2.Client(
            base_url=ready.settings.url, headers=token, timeout=60, trust_env=False, verify=False
        )
        with serving(ready.guarded, ready.listener), client:
            yield Served(ready, folder, client)


def below(folder: Path, path: str | os.PathLike[str]) -> str:
    """Return a path as it is below the folder."""
    return os.path.relpath(path, folder).replace(os.sep, "/")
