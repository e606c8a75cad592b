"""Someone who has just cloned sokkuri: a fresh copy, a home with nothing in it, and README.

An environment is there already, as after a first start: it takes its packages from that of the
tests, so that no network is needed.  ``tests/run`` has the first start itself.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
from PIL import Image
from tests.cli.terminal import PATIENCE, Seen, watched
from tests.scripts import load_script

ROOT = Path(__file__).resolve().parents[2]

_NOT_CLONED = (
    ".*", "__pycache__", "build", "dist", "node_modules", "results", "sokkuri-demo", "*.egg-info",
)  # fmt: skip


def blocks(page: str) -> list[tuple[str, list[str]]]:
    """Return the blocks of code of a page: the language of each, and its lines."""
    found = re.findall(r"^```(\w+)\n(.*?)^```$", _text(page), re.MULTILINE | re.DOTALL)
    return [(language, text.splitlines()) for language, text in found]


def dialogues(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the commands of a block that shows a terminal, each with what is shown below it."""
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield lines[start].removeprefix("$ "), lines[start + 1 : end]


def _text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


class Newcomer:
    """A person with a clone, photos in it, and an empty home.

    Parameters
    ----------
    folder : Path
        A place that is theirs alone.
    lang : str
        The language that their system speaks.
    """

    def __init__(self, folder: Path, lang: str) -> None:
        self.clone, self.home = folder / "sokkuri", folder / "home"
        self.opened = self.home / "opened"
        self._tools, self._env = folder / "tools", folder / "env"
        self.lang = lang
        for place in (self.home, self._tools):
            place.mkdir()
        shutil.copytree(ROOT, self.clone, ignore=shutil.ignore_patterns(*_NOT_CLONED))
        self._make_environment()
        self._make_tools()
        _make_photos(self.clone)

    def environment(self) -> dict[str, str]:
        """Return all variables that they have."""
        path = [str(self._tools), str(self._env / "bin"), os.defpath]
        return {
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "PATH": os.pathsep.join(path),
            "TERM": "xterm-256color",
            "TMPDIR": str(self.home),
            "BROWSER": str(self._tools / "browser"),
            "SOKKURI_LANG": self.lang,
            "SOKKURI_VENV": str(self._env),
            "MPLCONFIGDIR": mpl.get_cachedir(),  # to look through all fonts would take a while
            # All tests are the suite that this one is part of; some of them show that they run.
            "PYTEST_ADDOPTS": "tests/unit/test_brief.py -p no:cacheprovider",
        }

    def types(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a line as a shell does, in the clone."""
        return subprocess.run(
            ["sh", "-c", line], cwd=self.clone, env=self.environment(), stdin=subprocess.DEVNULL,
            capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False,
        )  # fmt: skip

    def sees(self, line: str, *, lang: str) -> Seen:
        """Run a line in a terminal that is wider than any line, and that speaks a language."""
        return watched(
            ["sh", "-c", line], columns=1000,
            environment=self.environment() | {"SOKKURI_LANG": lang}, folder=str(self.clone),
        )  # fmt: skip

    def runs(self, code: list[str]) -> subprocess.CompletedProcess[str]:
        """Run lines of Python in the clone, with sokkuri installed."""
        return subprocess.run(
            ["python", "-"], cwd=self.clone, env=self.environment(), input="\n".join(code),
            executable=self._env / "bin/python", capture_output=True, encoding="utf-8",
            timeout=PATIENCE, check=False,
        )  # fmt: skip

    def starts(self, line: str) -> subprocess.Popen[str]:
        """Start a line that stays, in a group of processes of its own."""
        return subprocess.Popen(
            ["sh", "-c", f"exec {line}"], cwd=self.clone, env=self.environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            encoding="utf-8", start_new_session=True,
        )  # fmt: skip

    def _make_environment(self) -> None:
        """Leave behind what run.py leaves when it has made an environment."""
        venv.create(self._env, symlinks=True, with_pip=False)
        (site,) = self._env.glob("lib/python*/site-packages")
        packages = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
        (site / "shared.pth").write_text("\n".join([str(self.clone / "src"), *packages]))
        run = load_script(self.clone / "run.py")
        stamp = {
            "place": run.place_of(os.path.realpath(self._env)),
            "wishes": run.wishes_now(),
            "extras": [*run.everyday(), "test"],
            "tool": "venv",
        }
        (self._env / run.LOCK).touch()
        (self._env / run.STAMP).write_text(json.dumps(stamp), encoding="utf-8")

    def _make_tools(self) -> None:
        """Give them a Python, a browser that only notes what it is to open, and the command."""
        (self._tools / "python3").symlink_to(getattr(sys, "_base_executable", sys.executable))
        self._write_tool(
            "browser", 'printf %s "$1" >"$HOME/opening"; mv "$HOME/opening" "$HOME/opened"'
        )
        project = tomllib.loads(_text("pyproject.toml"))["project"]
        module, name = project["scripts"]["sokkuri"].split(":")
        code = f"import sys; from {module} import {name}; sys.exit({name}())"
        self._write_tool("sokkuri", f'exec "{self._env}/bin/python" -P -c "{code}" "$@"')

    def _write_tool(self, name: str, line: str) -> None:
        tool = self._tools / name
        tool.write_text(f"#!/bin/sh\n{line}\n")
        tool.chmod(0o755)


def _make_photos(clone: Path) -> None:
    """Write the photos that README speaks of, among the garments of the demo."""
    garments = clone / "src/sokkuri/demo/photos"
    photos, edited = clone / "photos", clone / "photos/edited"
    shutil.copytree(garments, clone / "clothing")
    shutil.copytree(garments, photos)
    edited.mkdir()
    white = photos / "tops/white-01.jpg"
    (photos / "tops/white-dot-tee-001.jpg").rename(white)
    shutil.copyfile(white, clone / "sample.jpg")
    with Image.open(white) as photo:
        photo.save(edited / "lossless.png")
        photo.save(edited / "resaved.jpg", quality=80)
        photo.resize((photo.width * 3 // 5, photo.height * 3 // 5)).save(edited / "small.jpg")
        photo.crop((0, 1, photo.width, photo.height)).save(photos / "tops/white-02.jpg")
        photo.crop((2, 0, photo.width, photo.height)).save(photos / "tops/白いTシャツ 03.jpg")
    whole = white.read_bytes()
    (photos / "broken.jpg").write_bytes(whole[: len(whole) * 2 // 5])
    (photos / "notes.jpg").write_text("Ask for the blue one.\n", encoding="utf-8")
    (photos / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64))
