"""``sokkuri ui`` and ``sokkuri serve`` as processes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from sokkuri.extras import install_line


@contextlib.contextmanager
def _running(*words: str, cache: Path, **environment: str) -> Iterator[tuple[Any, Any]]:
    """Start a server; give its process and what it printed as JSON."""
    command = [sys.executable, "-m", "sokkuri", *words, "--json", "--port", "0"]
    env = {**os.environ, "XDG_CACHE_HOME": str(cache), **environment}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.stderr.read() if process.stderr else b""
        yield process, json.loads(line)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_a_page_is_served_until_ctrl_c(photos: Path, tmp_path: Path) -> None:
    with _running("ui", str(photos), "--no-browser", cache=tmp_path) as (process, told):
        with httpx2.Client(follow_redirects=True) as client:
            assert client.get(told["url"] + "/healthz").json()["status"] == "ok"
            assert client.get(told["url"] + "/library.json").status_code == 401
            assert client.get(told["link"]).status_code == 200
            answer = client.get(told["url"] + "/library.json")  # by the cookie
            assert answer.json()["folders"][0]["name"] == "photos"
        with httpx2.Client() as other:
            assert other.get(told["link"]).status_code == 401  # it lets one browser in
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(told["url"] + "/healthz")


def test_the_api_needs_no_page(photos: Path, tmp_path: Path) -> None:
    token = "a-token-of-the-users-own-choice"  # noqa: S105
    with _running("serve", str(photos), cache=tmp_path, SOKKURI_TOKEN=token) as (process, told):
        assert told["token"] == token
        headers = {"Authorization": f"Bearer {token}"}
        with httpx2.Client(base_url=told["url"], headers=headers) as client:
            assert client.get("/").status_code == 404
            assert "/api/v1/search" in client.get("/openapi.json").json()["paths"]
            picture = {"file": (photos / "photo-2.jpg").read_bytes()}
            for _ in range(100):
                answer = client.post("/api/v1/search?k=3", files=picture)
                if answer.status_code == 200 and len(answer.json()["matches"]) == 3:
                    break
                time.sleep(0.1)  # the photos are being hashed
            assert [match["distance"] for match in answer.json()["matches"]] == [0, 0, 0]
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 143


def test_a_query_is_there_at_the_start(photos: Path, tmp_path: Path) -> None:
    query = str(photos / "photo-2.jpg")
    words = ("ui", str(photos), "--no-browser", "--query", query)
    with _running(*words, cache=tmp_path) as (_, told):
        assert "next=/search%3Fimg%3Du" in told["link"]


def test_what_cannot_be_served_is_said(sokkuri: Any, photos: Path) -> None:
    for words, told in (
        (["ui", str(photos / "nowhere")], b"no such folder"),
        (["serve"], b"Missing argument"),
        (["serve", str(photos), "--hash", "nonsense"], b"nonsense"),
        (["serve", str(photos), str(photos), "--library", "x"], b"one folder"),
        (["serve", str(photos), "--host", "0.0.0.0"], b"SOKKURI_TOKEN"),  # noqa: S104
    ):
        done = sokkuri(*words)
        assert done.returncode == 2, words
        assert told in done.stderr, done.stderr
        assert b"Traceback" not in done.stderr
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = sokkuri("serve", photos, "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert b"in use" in done.stderr


def test_without_the_packages_the_install_line_is_given(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "fastapi.py").write_text(
        "raise ModuleNotFoundError('gone', name='fastapi')", encoding="utf-8"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    command = [sys.executable, "-m", "sokkuri", "serve", str(photos)]
    done = subprocess.run(command, check=False, capture_output=True, env=env, timeout=60)
    assert done.returncode == 2
    assert b"the page in the browser needs an optional package: " in done.stderr
    assert install_line("ui").encode() in done.stderr
