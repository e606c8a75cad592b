"""What the package imports is what it declares, and each dependency has its line in ADR 37."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import sokkuri
from sokkuri.extras import EXTRAS

SOURCE = Path(sokkuri.__file__).parent
ROOT = SOURCE.parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REASONS = (ROOT / "docs/adr/0037-dependencies-reviewed.md").read_text(encoding="utf-8")

NAMES = {"PIL": "pillow", "python_multipart": "python-multipart"}
"""Modules that are named otherwise than their packages."""

BROUGHT = {
    "typing_extensions": "fastapi",
    "h11": "uvicorn",
    "httptools": "uvicorn",
    "markupsafe": "jinja2",
    "pydantic": "fastapi",
    "starlette": "fastapi",
}
"""Packages that belong to one that is declared."""

TESTING = {"hypothesis", "pytest"}
"""What the suites for plugins need; whoever runs them has it."""


def _declared(*groups: str) -> set[str]:
    wanted = [*PROJECT["dependencies"]] if not groups else []
    for group in groups:
        wanted += PROJECT["optional-dependencies"][group]
    return {re.match(r"[\w-]+", each)[0] for each in wanted}  # type: ignore[index]


def _imported() -> set[str]:
    """Return the packages that some module of ours imports."""
    found: set[str] = set()
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    outside = found - sys.stdlib_module_names - {"sokkuri"}
    return {BROUGHT.get(name, NAMES.get(name, name.replace("_", "-"))) for name in outside}


def test_imports_are_declared_and_what_is_declared_is_imported() -> None:
    by_name = {"simplejpeg", "matplotlib-fontja", "python-multipart"}  # the last by FastAPI
    declared = _declared() | _declared(*EXTRAS)
    assert _imported() - TESTING | by_name == declared


def test_a_part_is_found_by_the_modules_of_its_packages() -> None:
    for extra, modules in EXTRAS.items():
        assert {name.replace("_", "-") for name in modules} == _declared(extra)


def test_every_dependency_has_its_line() -> None:
    groups = PROJECT["optional-dependencies"].keys() - {"all"}
    named = _declared() | _declared(*groups)
    lines = [line for line in REASONS.splitlines() if line.startswith("| ")]
    for name in named:
        assert any(re.search(rf"`{re.escape(name)}`", line) for line in lines), name
