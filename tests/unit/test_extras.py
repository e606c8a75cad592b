"""The line that adds a part works in the installation that shows it."""

from __future__ import annotations

import json
import os
import shlex
import sys
from importlib import metadata
from pathlib import Path

import pytest

from sokkuri import extras
from sokkuri.errors import MissingExtra

pytestmark = pytest.mark.skipif(os.name == "nt", reason="quotes as POSIX has them")


class _Installed:
    """The record of an installation from somewhere."""

    def __init__(self, origin: object) -> None:
        self.origin = origin

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return None if self.origin is None else json.dumps(self.origin)


@pytest.fixture
def origin(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.setattr(metadata, "distribution", lambda name: _Installed(request.param))


def _last(extra: str = "plot") -> list[str]:
    words = shlex.split(extras.install_line(extra))
    return words[words.index("install") + 1 :]


HERE = Path(__file__).resolve().parent.as_uri()
HERE_PATH = os.path.dirname(os.path.realpath(__file__))


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        (None, ["sokkuri[plot]"]),
        ({"url": HERE, "dir_info": {"editable": True}}, ["-e", f"{HERE_PATH}[plot]"]),
        ({"url": HERE, "dir_info": {}}, [f"{HERE_PATH}[plot]"]),
        ({"url": f"{HERE}/gone%20-1-py3-none-any.whl", "archive_info": {}}, ["sokkuri[plot]"]),
        ({"url": "https://x.org/s.whl"}, ["sokkuri[plot] @ https://x.org/s.whl"]),
        (
            {"url": "https://x.org/s", "vcs_info": {"vcs": "git", "commit_id": "1"}},
            ["sokkuri[plot] @ git+https://x.org/s"],
        ),
    ],
    indirect=["origin"],
)
def test_a_part_comes_from_where_the_package_came_from(origin: None, words: list[str]) -> None:
    # Other words of the installer, such as --python, stand before the requirement.
    assert _last()[-len(words) :] == words


def test_a_place_with_blanks_can_be_pasted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wheel = tmp_path / "my wheels" / "sokkuri-1-py3-none-any.whl"
    wheel.parent.mkdir()
    wheel.touch()
    monkeypatch.setattr(
        metadata,
        "distribution",
        lambda name: _Installed({"url": wheel.as_uri(), "archive_info": {}}),
    )
    assert _last()[-1] == f"{wheel}[plot]"


def test_it_is_this_environment_that_gets_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    there = tmp_path / "bin"
    for folder in (there, Path(sys.executable).parent):
        monkeypatch.setattr("shutil.which", lambda name, at=folder: str(at / name))
        words = shlex.split(extras.install_line("ui"))
        near = folder != there
        assert words[0] == ("pip" if near else words[0])
        assert near or sys.executable in words
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert extras.install_line("ui").startswith(f"uv pip install --python {sys.executable} ")


def test_without_a_record_the_name_is_all_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", missing)
    assert _last()[-1] == "sokkuri[plot]"


def test_the_error_says_the_line() -> None:
    error = MissingExtra("the figure", "plot")
    assert str(error) == f"the figure needs an optional package: {extras.install_line('plot')}"
    assert (error.feature, error.extra) == ("the figure", "plot")


def test_the_parts_are_those_of_the_package() -> None:
    known = set(metadata.metadata("sokkuri").get_all("Provides-Extra") or ())
    assert known >= set(extras.EXTRAS)
