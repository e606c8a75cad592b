"""Where a chromium is, and how it is started."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

VARIABLE = "SOKKURI_CHROMIUM"
REQUIRED = "SOKKURI_REQUIRE_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 30_000
"""Milliseconds that any one wait may take; on a quiet machine none takes a hundredth of it."""

_ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find(playwright: Playwright) -> str | None:
    """Return the path of a chromium: the one that is named, one on the PATH, or playwright's."""
    named = os.environ.get(VARIABLE)
    if named:
        return named
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    own = playwright.chromium.executable_path
    return own if Path(own).is_file() else None


def arguments() -> list[str]:
    """Return the words of its command line; its sandbox does not work for root."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*_ARGUMENTS, *(["--no-sandbox"] if is_root else [])]


def without_one() -> NoReturn:
    """Skip, and say so; where the browser must be there, fail."""
    words = f"NOT RUN: no chromium; install it, or name it in {VARIABLE}"
    if os.environ.get("CI") == "true" or os.environ.get(REQUIRED):
        pytest.fail(words, pytrace=False)
    pytest.skip(words)


@contextmanager
def running() -> Iterator[Browser]:
    """Run one chromium without a window."""
    with sync_playwright() as playwright:
        path = find(playwright)
        if path is None:
            without_one()
        browser = playwright.chromium.launch(executable_path=path, args=arguments())
        yield browser
        browser.close()
