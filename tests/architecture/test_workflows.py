"""A release brings wheels with compiled kernels for Linux, macOS and Windows, and the sources."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import sokkuri

ROOT = Path(sokkuri.__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SYSTEMS = {
    "Linux": "ubuntu-latest", "Linux on ARM": "ubuntu-24.04-arm", "macOS": "macos",
    "Windows": "windows",
}  # fmt: skip


def _jobs(workflow: str) -> dict[str, str]:
    """Return the jobs of a workflow by name, as text; each begins two blanks from the left."""
    text = (ROOT / ".github/workflows" / workflow).read_text(encoding="utf-8")
    parts = re.split(r"^  ([\w-]+):\n", text.partition("\njobs:\n")[2], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


WHEELS = _jobs("ci.yml")["wheels"]


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_wheel_is_built_for_every_system(system: str) -> None:
    (runners,) = re.findall(r"^ +os: \[(.*)\]$", WHEELS, re.MULTILINE)
    assert any(runner.startswith(SYSTEMS[system]) for runner in runners.split(", "))
    assert "runs-on: ${{ matrix.os }}" in WHEELS
    assert "CIBW_ARCHS_MACOS: arm64 x86_64" in WHEELS


def test_one_wheel_serves_every_python() -> None:
    (build,) = re.findall(r"CIBW_BUILD: (.*)", WHEELS)
    stable = PROJECT["tool"]["distutils"]["bdist_wheel"]["py-limited-api"]
    assert build == f"{stable}-*"
    # Neither musl nor 64 bits are skipped.
    (skipped,) = re.findall(r'CIBW_SKIP: "(.*)"', WHEELS)
    assert skipped.split() == ["*-win32", "*_i686"]
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert stable == f"cp{oldest.replace('.', '')}"


def test_a_wheel_without_kernels_fails() -> None:
    """The extension is optional, so a compiler that gives up would pass unnoticed."""
    (extension,) = PROJECT["tool"]["setuptools"]["ext-modules"]
    assert extension["optional"]
    tried = WHEELS.partition("CIBW_TEST_COMMAND")[2].partition("      - uses")[0]
    assert f'python -c "import {extension["name"]}"' in tried
    assert "sokkuri doctor" in tried
    assert "sokkuri demo" in tried


def test_every_compiler_takes_the_flags() -> None:
    """Microsoft's passes over words it does not know, but not over levels of warnings."""
    (extension,) = PROJECT["tool"]["setuptools"]["ext-modules"]
    warnings = [flag for flag in extension["extra-compile-args"] if flag.startswith("-W")]
    assert warnings == ["-Wall"]


def test_what_was_built_is_published() -> None:
    for job, path in (("wheels", "wheelhouse/*.whl"), ("sdist", "dist/")):
        upload = _jobs("ci.yml")[job].partition("uses: actions/upload-artifact@")[2]
        assert f"path: {path}" in upload
        assert "if-no-files-found: error" in upload
    release = _jobs("release.yml")
    assert "uses: ./.github/workflows/ci.yml" in release["build"]
    publish = release["publish"]
    assert "needs: build" in publish
    assert "merge-multiple: true" in publish
    assert "id-token: write" in publish
    assert publish.index("actions/download-artifact@") < publish.index("pypi-publish@")


@pytest.mark.skipif(os.name == "nt", reason="the job runs on Linux")
def test_the_tag_must_be_the_version() -> None:
    (line,) = re.findall(r"^ +(version=.*)$", _jobs("release.yml")["version"], re.MULTILINE)
    done = subprocess.run(
        ["bash", "-c", f'{line}; printf %s "$version"'], cwd=ROOT, check=True, capture_output=True
    )
    assert done.stdout.decode() == sokkuri.__version__
