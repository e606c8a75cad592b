"""Every file of the package is in the archives that people install from."""

from __future__ import annotations

import tomllib
from pathlib import Path

import sokkuri

SOURCE = Path(sokkuri.__file__).parent
PROJECT = SOURCE.parents[1] / "pyproject.toml"
# Packed by themselves, made on the spot, or for the checks of a checkout alone.
UNNAMED = (".py", ".pyc", ".so", ".pyd", ".d.ts")


def test_every_file_is_named_for_the_archives() -> None:
    setup = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["tool"]["setuptools"]
    (kernels,) = setup["ext-modules"]
    named = {PROJECT.parent / name for name in kernels["sources"] + kernels["depends"]}
    for pattern in setup["package-data"]["sokkuri"]:
        named.update(file for file in SOURCE.glob(pattern) if file.is_file())
    files = {file for file in SOURCE.rglob("*") if file.is_file()}
    files = {file for file in files if not file.name.endswith(UNNAMED)}
    assert files == named
