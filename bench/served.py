"""A server as users start it, for benches that ask it, and a browser that looks at it."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx2

import sokkuri

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@contextlib.contextmanager
def server(folder: str, pid: list[int] | None = None) -> Iterator[httpx2.Client]:
    """Serve a folder whose library is fresh, and give a client with the token.

    The number of the server's process is added to ``pid``.
    """
    sokkuri.Library.open(folder).refresh()
    command = [
        sys.executable, "-m", "sokkuri", "ui", folder, "--json", "--no-browser", "--port", "0", "-q"
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        if pid is not None:
            pid.append(process.pid)
        try:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            headers = {"Authorization": f"Bearer {told['token']}"}
            with httpx2.Client(base_url=told["url"], headers=headers, timeout=60) as client:
                while client.get("/api/v1/library").json()["folders"][0]["indexing"]:
                    time.sleep(0.1)
                yield client
        finally:
            process.terminate()


@contextlib.contextmanager
def browser(name: str) -> Iterator[Browser]:
    """Start a browser of the system."""
    from playwright.sync_api import sync_playwright

    found = shutil.which(name)
    if found is None:
        raise SystemExit(f"{name}: no such browser; name one with --chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


def settle(page: Page) -> None:
    """Wait until nothing is asked any more and every photo in sight is there."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        """() => [...document.images].every((image) => {
          const box = image.getBoundingClientRect();
          const seen = box.width && box.top < innerHeight && box.bottom > 0
            && box.left < innerWidth && box.right > 0;
          return !seen || !image.src || image.complete;
        })"""
    )
