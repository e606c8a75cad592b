"""One browser for all tests of the folder, and folders that are served to it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, expect
from tests.web.browser import chromium
from tests.web.browser.served import Served, served_folder
from tests.web.browser.visiting import Visitor

Waves = Callable[[int, int, int], NDArray[np.uint8]]

GALLERY = 84
"""Photos of the gallery that resemble no other; more than a page of 64 tiles."""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Return the one chromium."""
    expect.set_options(timeout=chromium.PATIENCE)
    with chromium.running() as running:
        yield running


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Return a person at the browser; whatever a page complains of fails the test."""
    visitor = Visitor(browser)
    yield visitor
    try:
        assert visitor.troubles() == []
    finally:
        visitor.leave()


@pytest.fixture(scope="package")
def gallery(tmp_path_factory: pytest.TempPathFactory, waves: Waves) -> Iterator[Served]:
    """Serve 92 photos: some the same in one way or another, one flat, one broken, a few pairs."""
    home = tmp_path_factory.mktemp("gallery")
    folder = home / "写真 & <b>photos</b>"
    (folder / "内側").mkdir(parents=True)
    for seed in range(GALLERY):
        place = folder / "内側" if seed % 3 == 0 else folder
        Image.fromarray(waves(80 + seed % 20, 60, seed)).save(
            place / f"photo-{seed:02}.jpg", quality=92
        )
    _add_identical(folder)
    _add_pairs(folder, waves)
    Image.new("RGB", (90, 60), (200, 30, 30)).save(folder / "flat.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not much of a photo")
    with served_folder(folder, home) as served:
        yield served


def _add_identical(folder: Path) -> None:
    """Add to photo-02: the same file, the same pixels, and other pixels with the same hash."""
    original = folder / "photo-02.jpg"
    shutil.copy(original, folder / "内側" / "same bytes.jpg")
    with Image.open(original) as image:
        image.save(folder / "same pixels.png")
        pixels = np.array(image)
    pixels[30, 40, 0] ^= 1  # too little for any hash to notice
    Image.fromarray(pixels).save(folder / "same hash.png")


def _add_pairs(folder: Path, waves: Waves) -> None:
    """Add two photos of nearly one size, and one that the camera held upright."""
    wide = Image.fromarray(waves(400, 300, 500))
    wide.save(folder / "pair 400.png")
    wide.resize((401, 300), Image.Resampling.BICUBIC).save(folder / "pair 401.png")
    upright = Image.new("RGB", (300, 400), (30, 30, 200))
    upright.paste((200, 30, 30), (0, 0, 300, 100))  # red at the top, as the person saw it
    upright.save(folder / "upright.jpg", quality=95)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned right by a quarter before it is shown
    turned = upright.transpose(Image.Transpose.ROTATE_90)
    turned.save(folder / "turned.jpg", quality=95, exif=exif)
