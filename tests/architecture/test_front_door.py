from __future__ import annotations

import ast
import re
import subprocess
import sys
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


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = _modules_after("import sokkuri")
    assert not loaded & {"numpy", "PIL", "click", "rich", "matplotlib"}


def test_help_loads_no_numpy() -> None:
    loaded = _modules_after(
        "import sokkuri.cli\n"
        "try:\n    sokkuri.cli.app(['search', '--help'])\nexcept SystemExit:\n    pass"
    )
    assert not loaded & {"numpy", "PIL", "rich", "matplotlib"}


def test_searching_loads_no_plotting() -> None:
    loaded = _modules_after("import sokkuri; sokkuri.search")
    assert not loaded & {"click", "rich", "matplotlib", "pytest"}


def test_files_and_functions_stay_small() -> None:
    long: list[str] = []
    for file in sorted(SOURCE.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if text.count("\n") > 400:
            long.append(f"{file.name}: {text.count(chr(10))} lines")
        functions = (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef))
        long.extend(
            f"{file.name}: {function.name} has {_body_lines(function)} lines"
            for function in functions
            if _body_lines(function) > 40
        )
    assert not long


def _body_lines(function: ast.FunctionDef) -> int:
    body = function.body
    documented = ast.get_docstring(function) is not None and len(body) > 1
    first = body[1] if documented else body[0]
    return (function.end_lineno or 0) - first.lineno + 1


def test_only_one_floor_opens_images() -> None:
    openers = {
        file.relative_to(SOURCE).parent.as_posix()
        for file in SOURCE.rglob("*.py")
        if re.search(r"\bImage\.(open\(|OPEN\[)", file.read_text(encoding="utf-8"))
    }
    assert openers == {"images"}
