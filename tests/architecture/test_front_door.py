from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import sokkuri

SOURCE = Path(sokkuri.__file__).parent


def _modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def test_everything_listed_is_there_and_sorted() -> None:
    assert sokkuri.__all__ == sorted(sokkuri.__all__)
    for name in sokkuri.__all__:
        assert getattr(sokkuri, name).__doc__, name
    assert set(sokkuri.__all__) == set(sokkuri._HOME_OF)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = sokkuri.nothing


def test_the_front_door_shows_each_name_once() -> None:
    for name in sokkuri.__all__:
        assert getattr(sokkuri, name).__module__ == "sokkuri", name
    assert dir(sokkuri) == sorted(sokkuri.__all__)


def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads((SOURCE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "sokkuri.__version__"}
    assert metadata.version("sokkuri") == sokkuri.__version__


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = _modules_after("import sokkuri")
    assert not loaded & {"numpy", "PIL", "click", "matplotlib"}


def test_help_loads_no_numpy() -> None:
    loaded = _modules_after(
        "import sokkuri.cli\n"
        "try:\n    sokkuri.cli.app(['search', '--help'])\nexcept SystemExit:\n    pass"
    )
    assert not loaded & {"numpy", "PIL", "matplotlib"}


def test_searching_loads_no_plotting() -> None:
    loaded = _modules_after("import sokkuri; sokkuri.search")
    assert not loaded & {"click", "matplotlib", "pytest"}


def test_only_one_floor_opens_images() -> None:
    openers = {
        file.relative_to(SOURCE).parent.as_posix()
        for file in SOURCE.rglob("*.py")
        if re.search(r"\bImage\.(open\(|OPEN\[)", file.read_text(encoding="utf-8"))
    }
    assert openers == {"images"}
