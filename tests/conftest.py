"""Pictures and runners that many tests share."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from numpy.typing import NDArray
from PIL import Image
from tests.scripts import load_script

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"

Runner = Callable[..., "subprocess.CompletedProcess[bytes]"]

# What a script starts in the background ignores Ctrl-C, and so do its children; tests send it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No test asserts how long something takes, on a busy machine least of all.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("untimed"), max_examples=20)
settings.load_profile("untimed")

FOLDERS = {
    "tests/faults": pytest.mark.process,
    "tests/newcomer": pytest.mark.process,
    "tests/real": pytest.mark.real,
    "tests/web/browser": pytest.mark.browser,
    "tests/web/server": pytest.mark.process,
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of a folder for what they need."""
    for item in items:
        for folder, mark in FOLDERS.items():
            if item.path.is_relative_to(ROOT / folder):
                item.add_marker(mark)


def _waves(width: int, height: int, seed: int) -> NDArray[np.uint8]:
    """Make a smooth colourful picture that no other seed resembles."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width] / max(width, height)
    channels = []
    for _ in range(3):
        a, b, c, d = random.uniform(-9, 9, 4)
        wave = np.sin(a * rows + b * columns + c) * np.cos(d * rows - a * columns)
        channels.append((wave * 110 + 128).clip(0, 255))
    return np.stack(channels, axis=2).astype(np.uint8)


@pytest.fixture(scope="session")
def waves() -> Callable[[int, int, int], NDArray[np.uint8]]:
    """Return the maker of test pictures: ``waves(width, height, seed)``, shape (H, W, 3)."""
    return _waves


@pytest.fixture(scope="session", autouse=True)
def _surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep from tests, and from processes they start, what a person set up.

    Libraries lie in a folder of their own, no file has defaults, and the language is English.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOKKURI_CONFIG", "")
        patch.setenv("SOKKURI_LANG", "en")
        patch.setenv("SOKKURI_LIBRARIES", str(tmp_path_factory.mktemp("libraries")))
        yield


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take no file for too young: tests change files at once after they were read."""
    monkeypatch.setenv("SOKKURI_SETTLE_SECONDS", "0.000000001")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Return a folder with twelve photos in two folders, one of them twice."""
    folder = tmp_path / "photos"
    (folder / "内側").mkdir(parents=True)
    for seed in range(10):
        name = f"写真 {seed}.jpg" if seed % 2 else f"photo-{seed}.jpg"
        place = folder / "内側" if seed % 3 == 0 else folder
        Image.fromarray(_waves(80 + seed, 60, seed)).save(place / name, quality=92)
    original = folder / "photo-2.jpg"
    (folder / "copy of 2.jpg").write_bytes(original.read_bytes())
    with Image.open(original) as image:
        image.save(folder / "same pixels as 2.png")
    return folder


@pytest.fixture(scope="session")
def sokkuri() -> Runner:
    """Return a function that runs the command as a process: ``sokkuri("search", ...)``."""

    def run(*words: str | bytes | os.PathLike[str], **options: Any) -> Any:
        command = [sys.executable, "-m", "sokkuri", *words]
        silent: dict[str, Any] = {} if "input" in options else {"stdin": subprocess.DEVNULL}
        options = {"capture_output": True, "timeout": 120} | silent | options
        return subprocess.run(command, **options)  # noqa: PLW1510 - tests read the exit code

    return run


@pytest.fixture(scope="session")
def tutorial() -> ModuleType:
    """Return the tutorial's script as a module, the oracle of the tutorial's numbers."""
    return load_script(ROOT / "bench/tutorial_script.py")


@pytest.fixture(scope="session")
def clothing() -> Path:
    """Return the folder of real clothing photos, where there is one."""
    folder = SHARED_DATA / "clothing"
    if not folder.is_dir():
        pytest.skip("NOT RUN: no real photos at shared/data/clothing beside the checkout")
    return folder


@pytest.fixture(scope="session")
def reported() -> Path:
    """Return the folder of inputs that people have reported, where there is one."""
    folder = SHARED_DATA / "reported"
    if not folder.is_dir():
        pytest.skip("NOT RUN: no reported inputs at shared/data/reported beside the checkout")
    return folder


@pytest.fixture(scope="session")
def odd() -> Path:
    """Return the folder of broken and exotic files, where there is one."""
    folder = SHARED_DATA / "odd"
    if not folder.is_dir():
        pytest.skip("NOT RUN: no odd files at shared/data/odd beside the checkout")
    return folder
