"""run.py: from a bare checkout to a started command, without a network.

The checkouts here are stand-ins: run.py itself beside a package that prints what it was given.
Where an installer's part matters, a fake uv plays it and writes down how it was called; the real
pip is used once, on a package that builds itself without fetching anything.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

RUN = Path(__file__).resolve().parents[2] / "run.py"
POSIX_ONLY = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")

PACKAGE = """
import json, os, sys
print(json.dumps({"words": sys.argv[1:], "cwd": os.getcwd(), "file": __file__}))
"""

# A build backend that needs nothing fetched: pip can install the stand-in with no index at all.
BACKEND = """
import os, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "sokkuri-1-py3-none-any.whl"
    info = "sokkuri-1.dist-info/"
    files = {
        "sokkuri.pth": os.path.abspath("src"),
        info + "METADATA": "Metadata-Version: 2.1\\nName: sokkuri\\nVersion: 1\\n"
        "Provides-Extra: plot\\nProvides-Extra: test\\n",
        info + "WHEEL": "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\n"
        "Tag: py3-none-any\\n",
    }
    files[info + "RECORD"] = "".join(f"{file},,\\n" for file in [*files, info + "RECORD"])
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)
    return name
"""

# Told by the file `mode` beside it, the fake installs, fails, or hangs as a slow download would.
FAKE_UV = """
import json, os, pathlib, signal, subprocess, sys, time
here = pathlib.Path(__file__).parent
words = sys.argv[1:]
mode = (here / "mode").read_text() if (here / "mode").exists() else "install"
with open(here / "log", "a", encoding="utf-8") as log:
    settings = {k: v for k, v in os.environ.items() if k.startswith(("PIP_", "UV_"))}
    log.write(json.dumps({"words": words, "cwd": os.getcwd(), "settings": settings}) + "\\n")
if words[0] == "venv":
    host, env = words[words.index("--python") + 1], words[-1]
    sys.exit(subprocess.call([host, "-m", "venv", "--without-pip", env]))
python = words[words.index("--python") + 1]
ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
site = pathlib.Path(subprocess.check_output([python, "-c", ask], text=True).strip())
(site / "half-made").touch()
if mode == "fail":
    print("no release of numpy fits", flush=True)
    print("and a second line", file=sys.stderr)
    sys.exit(7)
if mode == "stubborn":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
if mode in ("hang", "stubborn"):
    (here / "pid").write_text(str(os.getpid()))
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        (here / "tidied").touch()
        sys.exit(1)
(site / "half-made").unlink()
(site / "sokkuri.pth").write_text(os.path.abspath("src"), encoding="utf-8")
if "test" in words[-1]:
    (site / "pytest.py").write_text("import os, sys\\nprint(sys.argv[1:], os.getcwd())")
"""


class Checkout:
    """A stand-in checkout with a fake uv, and what happens in it."""

    def __init__(self, folder: Path) -> None:
        # Before Python 3.13, Windows reads the .pth file of an editable package in its code page.
        self.root = folder / ("a checkout" if os.name == "nt" else "a checkout, 写真")
        self.tools = folder / "tools"
        self.home = folder / "home"
        self.env = self.root / ".venv"
        package = self.root / "src" / "sokkuri"
        for place in (package, self.tools, self.home):
            place.mkdir(parents=True)
        shutil.copyfile(RUN, self.root / "run.py")
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text(PACKAGE, encoding="utf-8")
        (self.root / "backend.py").write_text(BACKEND, encoding="utf-8")
        (self.root / "pyproject.toml").write_text(
            '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
            '[project]\nname = "sokkuri"\nversion = "1"\n'
            "[project.optional-dependencies]\nplot = []\ntest = []\n",
            encoding="utf-8",
        )
        for name in ("constraints.txt", "README.md", "LICENSE"):
            (self.root / name).touch()

    def settings(self, **more: str) -> dict[str, str]:
        """Return an environment that nothing of this machine's own settings reaches."""
        unwanted = ("PIP_", "UV_", "SOKKURI_", "PYTHON", "XDG_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
        folders = dict.fromkeys(("HOME", "USERPROFILE", "LOCALAPPDATA"), str(self.home))
        return {**kept, **folders, "PATH": str(self.tools), **more}

    def start(self, *words: str, cwd: Path | None = None, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(self.root / "run.py"), *words],
            cwd=cwd or self.home,
            env=self.settings(PYTHONIOENCODING="utf-8", **more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(self, *words: str, **options: Any) -> tuple[int, str, str]:
        with self.start(*words, **options) as process:
            printed, told = process.communicate(timeout=60)
        return process.returncode, printed, told

    def with_uv(self, mode: str = "install") -> None:
        script = self.tools / "fake_uv.py"
        script.write_text(FAKE_UV, encoding="utf-8")
        (self.tools / "mode").write_text(mode)
        if os.name == "nt":
            (self.tools / "uv.cmd").write_text(f'@"{sys.executable}" "{script}" %*\n')
        else:
            tool = self.tools / "uv"
            tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n')
            tool.chmod(0o755)

    def calls(self) -> list[dict[str, Any]]:
        log = self.tools / "log"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        return [json.loads(line) for line in lines]

    def verbs(self) -> list[str]:
        return [call["words"][0] for call in self.calls()]

    def stamp(self) -> dict[str, Any] | None:
        file = self.env / "run-stamp.json"
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None

    def module(self) -> ModuleType:
        """Load this checkout's run.py; its ROOT is this checkout."""
        spec = importlib.util.spec_from_file_location("run_under_test", self.root / "run.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def wait_for_hang(self, process: subprocess.Popen[str]) -> int:
        """Wait until the fake uv hangs; return its process id."""
        file = self.tools / "pid"
        while not (file.exists() and file.read_text()):
            assert process.poll() is None
            time.sleep(0.01)
        return int(file.read_text())


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.fixture
def run(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return run.py as a module in a world of its own: no uv, no settings, a cache that is ours."""
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_", "SOKKURI_")):
            monkeypatch.delenv(name)
    # What main() sets is to be gone after the test, so it is made known to monkeypatch first.
    for name in ("SOKKURI_CALLED_AS", "HYPOTHESIS_STORAGE_DIRECTORY"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", str(checkout.tools))
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(checkout.home))
    return checkout.module()


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that ended but was not yet collected does not."""
    with contextlib.suppress(OSError):
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        return state not in "ZX"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


# -- which Python --------------------------------------------------------------------------------


def test_an_old_python_can_read_the_file() -> None:
    ast.parse(RUN.read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("version", [(3, 11), (3, 14), (4, 0)])
def test_newer_pythons_are_welcome(run: ModuleType, version: tuple[int, int]) -> None:
    assert run.refusal(version) == ""


def test_an_old_python_gets_one_sentence() -> None:
    # Only the number is pretended: what runs before the check must not be refused by itself.
    pretend = (
        "import runpy, sys; sys.version_info = (3, 6, 15, 'final', 0); "
        f"runpy.run_path({str(RUN)!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", pretend], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "sokkuri needs Python 3.11 or newer, and this is Python 3.6.\n"


# -- the words -----------------------------------------------------------------------------------


EVERYDAY = ["fast", "plot", "ui"]


@pytest.mark.parametrize(
    ("words", "extras", "command"),
    [
        ([], EVERYDAY, ["PY", "-P", "-m", "sokkuri", "demo"]),
        (["--help"], EVERYDAY, ["PY", "-P", "-m", "sokkuri", "--help"]),
        (
            ["search", "a b", "*"],
            EVERYDAY,
            ["PY", "-P", "-m", "sokkuri", "search", "a b", "*"],
        ),
        (["search", "test"], EVERYDAY, ["PY", "-P", "-m", "sokkuri", "search", "test"]),
        (["test"], [*EVERYDAY, "test"], ["PY", "-m", "pytest"]),
        (["test", "-k", "x y"], [*EVERYDAY, "test"], ["PY", "-m", "pytest", "-k", "x y"]),
    ],
)
def test_words_lead_to_commands(
    run: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    extras: list[str],
    command: list[str],
) -> None:
    asked: list[list[str]] = []
    started: list[tuple[list[str], str]] = []

    def ensure(wanted: list[str]) -> str:
        asked.append(wanted)
        return "PY"

    def start(command: list[str]) -> int:
        started.append((command, os.getcwd()))
        return 0

    monkeypatch.chdir(Path(run.ROOT).parent)
    monkeypatch.setattr(run, "ensure", ensure)
    monkeypatch.setattr(run, "start", start)
    assert run.main(words) == 0
    assert asked == [extras]
    # The command's own hints are to name what the person can type.
    called_as = "py run.py" if os.name == "nt" else "python3 run.py"
    assert os.environ.get("SOKKURI_CALLED_AS") == (None if "test" in extras else called_as)
    in_root = "pytest" in command
    assert started == [(command, run.ROOT if in_root else os.path.dirname(run.ROOT))]


def test_tests_write_nothing_into_an_unwritable_checkout(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []
    monkeypatch.chdir(run.ROOT)
    monkeypatch.setattr(run, "ensure", lambda wanted: "PY")
    monkeypatch.setattr(run, "start", started.append)
    monkeypatch.setattr(run.os, "access", lambda path, mode: path != run.ROOT)
    run.main(["test", "-x"])
    assert os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] == os.path.join(run.location(), "tests")
    assert started == [["PY", "-m", "pytest", "-p", "no:cacheprovider", "-x"]]


# -- where the environment lies ------------------------------------------------------------------


def test_the_environment_lies_beside_run_py(run: ModuleType) -> None:
    assert run.location() == os.path.join(run.ROOT, ".venv")


def test_someone_elses_venv_is_left_alone(run: ModuleType, checkout: Checkout) -> None:
    checkout.env.mkdir()
    (checkout.env / "pyvenv.cfg").touch()
    place = Path(run.location())
    assert checkout.home in place.parents
    (checkout.env / run.LOCK).touch()
    assert run.location() == str(checkout.env)


def test_an_unwritable_checkout_uses_the_cache(
    run: ModuleType, checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run.os, "access", lambda path, mode: path != run.ROOT)
    assert checkout.home in Path(run.location()).parents


def test_a_named_folder_with_foreign_files_is_refused(checkout: Checkout) -> None:
    foreign = checkout.home / "diary"
    foreign.mkdir()
    (foreign / "monday.txt").touch()
    checkout.with_uv()
    code, printed, told = checkout.run("x", SOKKURI_VENV=str(foreign))
    assert (code, printed) == (2, "")
    assert "which run.py did not make" in told
    assert os.listdir(foreign) == ["monday.txt"]
    assert checkout.calls() == []


# -- the stamp -----------------------------------------------------------------------------------


def own_folder(run: ModuleType) -> str:
    """Return the environment's folder with nothing in it but the sign that run.py made it."""
    env = str(run.location())
    os.makedirs(env, exist_ok=True)
    Path(env, run.LOCK).touch()
    return env


def make_stamp(run: ModuleType, env: Path, **changes: Any) -> Any:
    good = run.Stamp(run.place_of(str(env)), run.wishes_now(), ["plot"], "venv", sys.executable, [])
    return good._replace(**changes)


def test_a_stamp_is_read_as_it_was_written(run: ModuleType, tmp_path: Path) -> None:
    stamp = make_stamp(run, tmp_path)
    run.write_stamp(str(tmp_path), stamp)
    assert run.read_stamp(str(tmp_path)) == stamp
    assert list(tmp_path.glob("run-stamp*")) == [tmp_path / "run-stamp.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"3", b'{"place": "x"}', b"\xff\xfe"])
def test_a_damaged_stamp_counts_as_none(run: ModuleType, tmp_path: Path, content: bytes) -> None:
    (tmp_path / run.STAMP).write_bytes(content)
    assert run.read_stamp(str(tmp_path)) is None


def test_a_stamp_is_there_wholly_or_not_at_all(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(*_: object) -> None:
        raise OSError("power cut")

    monkeypatch.setattr(run.Path, "replace", power_cut)
    with pytest.raises(OSError, match="power cut"):
        run.write_stamp(str(tmp_path), make_stamp(run, tmp_path))
    assert run.read_stamp(str(tmp_path)) is None


@pytest.mark.parametrize(
    ("changes", "extras", "expected"),
    [
        ({}, ["plot"], "ready"),
        ({}, [], "ready"),
        ({"extras": ["lint", "plot", "test"]}, ["test", "plot"], "ready"),
        ({}, ["plot", "test"], "add"),
        ({"wishes": "other files"}, ["plot"], "add"),
        ({"wishes": "other files", "plan": "target"}, ["plot"], "build"),
        ({"place": "another Python"}, ["plot"], "build"),
        ({"python": "/no/such/python"}, ["plot"], "build"),
    ],
)
def test_the_verdict(
    run: ModuleType, tmp_path: Path, changes: dict[str, Any], extras: list[str], expected: str
) -> None:
    stamp = make_stamp(run, tmp_path, **changes)
    assert run.verdict(stamp, str(tmp_path), extras) == expected


def test_the_verdict_without_a_stamp(run: ModuleType, tmp_path: Path) -> None:
    assert run.verdict(None, str(tmp_path), []) == "build"


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_both_files_count_as_wishes(run: ModuleType, checkout: Checkout, name: str) -> None:
    before = run.wishes_now()
    with open(checkout.root / name, "a", encoding="utf-8") as file:
        file.write("# a change\n")
    assert run.wishes_now() != before


def test_the_place_counts_python_checkout_and_folder(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = {run.place_of("env"), run.place_of("other env")}
    with monkeypatch.context() as patch:
        patch.setattr(run.sys, "version", "3.99")
        places.add(run.place_of("env"))
    with monkeypatch.context() as patch:
        patch.setattr(run, "ROOT", "elsewhere")
        places.add(run.place_of("env"))
    assert len(places) == 4


# -- the plans -----------------------------------------------------------------------------------


def names(plans: Sequence[Any]) -> list[str]:
    return [plan.name for plan in plans]


def test_uv_comes_first_where_it_is_found(run: ModuleType) -> None:
    assert names(run.plans("env", "py", "")) == ["venv", "outside", "target"]
    assert names(run.plans("env", "py", "uv")) == ["uv", "venv", "outside", "target"]


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({}, True),
        ({"PIP_DEFAULT_TIMEOUT": "9"}, True),
        ({"PIP_INDEX_URL": "x"}, False),
        ({"PIP_NO_INDEX": "1"}, False),
        ({"PIP_INDEX_URL": "x", "UV_DEFAULT_INDEX": "y"}, True),
    ],
)
def test_uv_is_passed_over_where_only_pip_knows_the_source(
    run: ModuleType, checkout: Checkout, settings: dict[str, str], found: bool
) -> None:
    checkout.with_uv()
    assert bool(run.uv_found(checkout.settings(**settings))) is found


@pytest.fixture
def installers(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Return a function that plays all installers: commands with a word given to it fail.

    It makes the environment and returns the commands that were run, each as one line.
    """

    def play(*failing: str, uv: str = "") -> list[str]:
        lines: list[str] = []

        def call(command: Sequence[str], _cwd: str, _lock: int) -> str:
            lines.append(" ".join(command))
            bad = [words for words in failing if words in lines[-1]]
            return f"{bad[0]} went wrong" if bad else ""

        monkeypatch.setattr(run, "call", call)
        monkeypatch.setattr(run, "uv_found", lambda: uv)
        run.make(own_folder(run), ["plot"], 0)
        return lines

    return play


@pytest.mark.parametrize(
    ("failing", "uv", "plan"),
    [
        ([], "/uv", "uv"),
        ([], "", "venv"),
        (["/uv venv"], "/uv", "venv"),
        (["/uv pip install"], "/uv", "venv"),
        (["-m venv /"], "", "outside"),
        (["-m venv /", "--without-pip"], "", "target"),
        (["-m venv /", "--python"], "", "target"),
    ],
)
@POSIX_ONLY
def test_each_failure_leads_to_the_next_plan(
    run: ModuleType,
    installers: Callable[..., list[str]],
    failing: list[str],
    uv: str,
    plan: str,
) -> None:
    lines = installers(*failing, uv=uv)
    stamp = run.read_stamp(run.location())
    assert stamp.plan == plan
    assert stamp.extras == ["plot"]
    packages = [os.path.join(run.ROOT, "src"), os.path.join(run.location(), "packages")]
    assert stamp.path == (packages if plan == "target" else [])
    assert lines[-1].endswith("--editable .[plot]")
    assert f"--constraint {run.CONSTRAINTS}" in lines[-1]


def test_a_failed_installation_ends_the_search(
    run: ModuleType, installers: Callable[..., list[str]]
) -> None:
    with pytest.raises(run.StartError) as caught:
        installers(
            "pip --disable-pip-version-check --no-input install", "/uv pip install", uv="/uv"
        )
    told = str(caught.value)
    assert told.count("went wrong") == 2
    assert "/uv pip install went wrong" in told
    assert run.read_stamp(run.location()) is None


@POSIX_ONLY
def test_what_another_plan_made_good_is_not_shown(
    run: ModuleType, installers: Callable[..., list[str]]
) -> None:
    with pytest.raises(run.StartError) as caught:
        installers("-m venv /", "--editable")
    assert "--editable went wrong" in str(caught.value)
    assert "-m venv" not in str(caught.value)


def test_an_environment_of_a_lost_uv_is_built_anew(
    run: ModuleType, installers: Callable[..., list[str]]
) -> None:
    env = Path(own_folder(run))
    run.write_stamp(str(env), make_stamp(run, env, plan="uv", extras=["lint"]))
    (env / "left over").touch()
    lines = installers()
    stamp = run.read_stamp(str(env))
    assert (stamp.plan, stamp.extras) == ("venv", ["lint", "plot"])
    assert "-m venv" in lines[0]
    assert not (env / "left over").exists()


def test_a_python_without_pip_is_told_how_to_get_it(
    run: ModuleType, installers: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def call(command: Sequence[str], _cwd: str, _lock: int) -> str:
        return "python3: No module named pip" if "pip" in command else "ensurepip is not available"

    monkeypatch.setattr(run, "call", call)
    with pytest.raises(run.StartError, match="sudo apt install python3-pip python3-venv"):
        run.make(own_folder(run), ["plot"], 0)


def test_the_environment_is_never_built_from_its_own_python(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run.sys, "_base_executable", "/usr/bin/base-python")
    assert run.host_python("/some/env") == sys.executable
    assert run.host_python(os.path.realpath(sys.prefix)) == "/usr/bin/base-python"


def test_an_unwritable_checkout_is_installed_from_a_copy(
    run: ModuleType,
    checkout: Checkout,
    installers: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (checkout.root / "src" / "sokkuri").chmod(0o555)
    monkeypatch.setattr(run.os, "access", lambda path, mode: path != run.ROOT)
    installers()
    env = Path(run.location())
    assert run.source_folder(str(env)) == str(env / "source")
    (checkout.root / "src" / "sokkuri").chmod(0o755)
    assert (env / "source/src/sokkuri/__main__.py").read_text(encoding="utf-8") == PACKAGE
    assert (env / "source/src/sokkuri").stat().st_mode & 0o200
    assert (env / "source/pyproject.toml").exists()
    assert run.read_stamp(str(env)).plan == "venv"


def test_what_is_compiled_or_copied_counts_as_a_wish(
    run: ModuleType, checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = checkout.root / "src" / "sokkuri"
    before = run.wishes_now()
    (package / "kernel.c").write_text("int x;")
    compiled = run.wishes_now()
    (package / "more.py").write_text("x = 1")
    assert run.wishes_now() == compiled != before
    monkeypatch.setattr(run.os, "access", lambda path, mode: path != run.ROOT)
    copied = run.wishes_now()
    (package / "more.py").write_text("x = 2")
    assert run.wishes_now() != copied


def test_changed_sources_are_compiled_again(checkout: Checkout) -> None:
    checkout.with_uv()
    checkout.run("x")
    (checkout.root / "src" / "sokkuri" / "kernel.c").write_text("int x;")
    assert checkout.run("x")[0] == 0
    assert checkout.verbs() == ["venv", "pip", "pip"]
    words = checkout.calls()[-1]["words"]
    assert words[words.index("--reinstall-package") + 1] == "sokkuri"


def test_folders_outside_a_venv_are_put_on_the_path(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = own_folder(run)
    run.write_stamp(env, make_stamp(run, Path(env), path=["one", "two"], plan="target"))
    monkeypatch.setenv("PYTHONPATH", "before")
    assert run.ensure(["plot"]) == sys.executable
    assert os.environ["PYTHONPATH"].split(os.pathsep) == ["one", "two", "before"]


# -- whole starts --------------------------------------------------------------------------------


def test_first_and_second_start(checkout: Checkout) -> None:
    checkout.with_uv()
    photos = checkout.home / "my photos"
    photos.mkdir()
    (photos / "json.py").write_text("raise SystemExit('a file of the user was imported')")
    code, printed, told = checkout.run("search", "a b.jpg", "--top", "3", cwd=photos)
    assert (code, told) == (0, "making the environment (once, about a minute) …\n")
    answer = json.loads(printed)
    assert answer["words"] == ["search", "a b.jpg", "--top", "3"]
    assert Path(answer["cwd"]) == photos.resolve()
    assert Path(answer["file"]).is_relative_to(checkout.root)
    assert checkout.verbs() == ["venv", "pip"]

    code, printed, told = checkout.run(cwd=photos)
    assert (code, told) == (0, "")
    assert json.loads(printed)["words"] == ["demo"]
    assert checkout.verbs() == ["venv", "pip"]


def test_more_extras_are_added_once(checkout: Checkout) -> None:
    checkout.with_uv()
    checkout.run("x")
    code, printed, told = checkout.run("test", "-k", "a b")
    assert (code, told) == (0, "adding to the environment (once, about a minute) …\n")
    assert printed == f"{['-k', 'a b']} {checkout.root.resolve()}\n"
    assert checkout.verbs() == ["venv", "pip", "pip"]
    stamp = checkout.stamp()
    assert stamp is not None
    assert stamp["extras"] == ["fast", "plot", "test", "ui"]
    for words in (["x"], ["test"]):
        assert checkout.run(*words)[2] == ""
    assert checkout.verbs() == ["venv", "pip", "pip"]


def test_changed_pins_are_installed(checkout: Checkout) -> None:
    checkout.with_uv()
    checkout.run("x")
    (checkout.root / "constraints.txt").write_text("numpy==2.4.6\n")
    assert checkout.run("x")[0] == 0
    assert checkout.verbs() == ["venv", "pip", "pip"]


def test_a_moved_checkout_gets_a_new_environment(checkout: Checkout) -> None:
    checkout.with_uv()
    checkout.run("x")
    moved = checkout.root.rename(checkout.root.with_name("moved"))
    (moved / ".venv" / "left over").touch()
    checkout.root, checkout.env = moved, moved / ".venv"
    code, printed, _ = checkout.run("x")
    assert code == 0
    assert Path(json.loads(printed)["file"]).is_relative_to(moved)
    assert checkout.verbs() == ["venv", "pip", "venv", "pip"]
    assert not (moved / ".venv" / "left over").exists()


def test_another_folder_can_be_named(checkout: Checkout) -> None:
    checkout.with_uv()
    assert checkout.run("x", SOKKURI_VENV="some folder")[0] == 0
    assert (checkout.home / "some folder" / "run-stamp.json").exists()
    assert not checkout.env.exists()


def test_settings_of_the_installers_pass_through(checkout: Checkout) -> None:
    checkout.with_uv()
    settings = {"PIP_INDEX_URL": "one", "PIP_TIMEOUT": "5", "UV_DEFAULT_INDEX": "two"}
    checkout.run("x", **settings)
    assert [call["settings"] for call in checkout.calls()] == [settings, settings]
    assert not any("index" in word for call in checkout.calls() for word in call["words"])


def test_a_failed_installation_is_shown_and_repaired(checkout: Checkout) -> None:
    checkout.with_uv("fail")
    # pip, which is asked after uv, must fail as well: here no build backend can be imported.
    project = checkout.root / "pyproject.toml"
    good = project.read_text(encoding="utf-8")
    project.write_text(good.replace('"backend"', '"no_such_backend"'), encoding="utf-8")
    code, printed, told = checkout.run("x")
    assert (code, printed) == (2, "")
    assert "no release of numpy fits\nand a second line\n" in told.replace("\r\n", "\n")
    assert "This command failed with exit code 7:" in told
    assert "pip install --reinstall-package" in told
    assert "no_such_backend" in told
    assert '/run.py", line' not in told
    assert checkout.stamp() is None

    project.write_text(good, encoding="utf-8")
    (checkout.env / "left over").touch()
    checkout.with_uv("install")
    code, printed, told = checkout.run("x")
    assert (code, told) == (0, "making the environment (once, about a minute) …\n")
    assert not (checkout.env / "left over").exists()
    assert checkout.verbs() == ["venv", "pip", "venv", "pip"]


def test_a_failed_addition_leaves_no_stamp(checkout: Checkout) -> None:
    checkout.with_uv()
    checkout.run("x")
    checkout.with_uv("fail")
    assert checkout.run("test")[0] == 2
    assert checkout.stamp() is None


def test_the_real_pip_works_without_an_index(checkout: Checkout) -> None:
    code, printed, told = checkout.run("x", PIP_NO_INDEX="1")
    assert (code, told) == (0, "making the environment (once, about a minute) …\n")
    assert json.loads(printed)["words"] == ["x"]
    stamp = checkout.stamp()
    assert stamp is not None
    assert stamp["plan"] in {"venv", "outside"}  # the second where Python has no ensurepip


def test_pip_is_told_not_to_use_an_index(checkout: Checkout) -> None:
    needy = BACKEND.replace("Provides-Extra: test", "Requires-Dist: numpy; extra == 'plot'")
    (checkout.root / "backend.py").write_text(needy, encoding="utf-8")
    code, _, told = checkout.run("x", PIP_NO_INDEX="1")
    assert code == 2
    assert "No matching distribution found for numpy" in told


@contextlib.contextmanager
def hanging_start(
    checkout: Checkout, mode: str = "hang"
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start with an installer that hangs; give the process and the installer's id."""
    checkout.with_uv(mode)
    # A shell that starts the tests in the background has Ctrl-C ignored, by all below it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with checkout.start("x") as process:
        signal.signal(signal.SIGINT, before)
        try:
            yield process, checkout.wait_for_hang(process)
        finally:
            process.kill()


@POSIX_ONLY
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interruption_is_quiet_and_leaves_no_stamp(
    checkout: Checkout, number: signal.Signals, code: int
) -> None:
    with hanging_start(checkout) as (process, installer):
        process.send_signal(number)
        printed, told = process.communicate(timeout=30)
    assert (process.returncode, printed) == (code, "")
    assert told == "making the environment (once, about a minute) …\n"
    assert not is_alive(installer)
    assert (checkout.tools / "tidied").exists()
    assert checkout.stamp() is None

    checkout.with_uv("install")
    assert checkout.run("x")[0] == 0
    assert checkout.verbs() == ["venv", "pip", "venv", "pip"]


@POSIX_ONLY
def test_an_installer_that_will_not_end_is_ended(checkout: Checkout) -> None:
    with hanging_start(checkout, "stubborn") as (process, installer):
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 130
    assert not is_alive(installer)


@POSIX_ONLY
def test_a_killed_start_is_repaired_after_its_installer_ended(checkout: Checkout) -> None:
    with hanging_start(checkout) as (process, installer):
        process.kill()
        process.wait()
        assert checkout.stamp() is None
        checkout.with_uv("install")
        with checkout.start("x") as second:
            assert second.stderr is not None
            line = second.stderr.readline()
            os.kill(installer, signal.SIGTERM)
            _, told = second.communicate(timeout=30)
    assert line == "waiting for another run.py, which is making the environment …\n"
    assert told == "making the environment (once, about a minute) …\n"
    assert second.returncode == 0
    assert list(checkout.env.rglob("half-made")) == []


def test_a_start_waits_for_the_lock(checkout: Checkout) -> None:
    checkout.with_uv()
    handler = signal.getsignal(signal.SIGTERM)
    with checkout.module().locked(str(checkout.env)):
        process = checkout.start("x")
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line == "waiting for another run.py, which is making the environment …\n"
        assert checkout.calls() == []
    assert signal.getsignal(signal.SIGTERM) == handler
    with process:
        process.communicate(timeout=30)
    assert process.returncode == 0
    assert checkout.verbs() == ["venv", "pip"]


def test_starts_at_the_same_time_make_one_environment(checkout: Checkout) -> None:
    checkout.with_uv()
    processes = [checkout.start(word) for word in "abc"]
    answers = []
    for process in processes:
        with process:
            answers.append(process.communicate(timeout=60)[0])
    assert [json.loads(answer)["words"] for answer in answers] == [["a"], ["b"], ["c"]]
    assert checkout.verbs() == ["venv", "pip"]


@pytest.mark.parametrize(
    ("soabi", "extras"),
    [
        ("cpython-311-x86_64-linux-gnu", EVERYDAY),
        ("cpython-312-x86_64-linux-musl", ["plot", "ui"]),
        (None, EVERYDAY),
    ],
)
def test_what_has_no_wheel_is_not_asked_for(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, soabi: str | None, extras: list[str]
) -> None:
    monkeypatch.setattr(run.sysconfig, "get_config_var", lambda name: soabi)
    assert run.everyday() == extras
