"""run.py: from a bare checkout to a started command, without a network.

The checkouts here are stand-ins: run.py itself beside a package that prints what it was given,
and that builds itself without fetching anything. The Python, venv and pip are the real ones.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.scripts import load_script

RUN = Path(__file__).resolve().parents[2] / "run.py"
POSIX_ONLY = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
STEPS = ("fetching packages", "compiling the kernels, once", "installing packages")
MAKING = "making the environment (once, about a minute) …\n"
ADDING = "adding to the environment (once, about a minute) …\n"
STOPPED = {signal.SIGTERM: 143, getattr(signal, "SIGKILL", 9): -9}  # exit codes
PATIENCE = 120.0  # seconds; a Python that copies pip into a venv takes a while
WAITING = "waiting for another run.py, which is making the environment …\n"

PACKAGE = """
import json, os, sys
print(json.dumps({"words": sys.argv[1:], "cwd": os.getcwd(), "file": __file__}))
"""

# A build backend that needs nothing fetched. A file `hang` beside it makes it hang, as a slow
# download would; it writes down every build.
BACKEND = """
import os, time, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    with open("builds", "a") as log:
        log.write(f"{os.getpid()}\\n")
    while os.path.exists("hang"):
        time.sleep(0.05)
    name = "sokkuri-1-py3-none-any.whl"
    info = "sokkuri-1.dist-info/"
    files = {
        "sokkuri.pth": os.path.abspath("src"),
        info + "METADATA": "Metadata-Version: 2.1\\nName: sokkuri\\nVersion: 1\\n"
        "Provides-Extra: plot\\nProvides-Extra: test\\nREQUIRES",
        info + "WHEEL": "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\n"
        "Tag: py3-none-any\\n",
    }
    files[info + "RECORD"] = "".join(f"{file},,\\n" for file in [*files, info + "RECORD"])
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)
    return name
"""


class Checkout:
    """A stand-in checkout, and what happens in it."""

    def __init__(self, folder: Path) -> None:
        # Before Python 3.13, Windows reads the .pth file of an editable package in its code page.
        self.root = folder / ("a checkout" if os.name == "nt" else "a checkout, 写真")
        self.home = folder / "home"
        self.env = self.root / ".venv"
        package = self.root / "src" / "sokkuri"
        for place in (package, self.home):
            place.mkdir(parents=True)
        shutil.copyfile(RUN, self.root / "run.py")
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text(PACKAGE, encoding="utf-8")
        self.require("")
        (self.root / "constraints.txt").touch()
        (self.root / "pyproject.toml").write_text(
            '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
            '[project]\nname = "sokkuri"\nversion = "1"\n[project.optional-dependencies]\n'
            "fast = []\nplot = []\ntrash = []\nui = []\nwatch = []\n"
            "test = ['pytest>=8', 'hypothesis']\n",
            encoding="utf-8",
        )

    def require(self, requirement: str) -> None:
        """Make the package require another."""
        requires = f"Requires-Dist: {requirement}\\n" if requirement else ""
        (self.root / "backend.py").write_text(
            BACKEND.replace("REQUIRES", requires), encoding="utf-8"
        )

    def start(self, *words: str, cwd: Path | None = None, **more: str) -> subprocess.Popen[str]:
        """Start run.py where no index and nothing of this machine's own settings is known."""
        unwanted = ("PIP_", "UV_", "SOKKURI_", "PYTHON", "XDG_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
        folders = dict.fromkeys(("HOME", "USERPROFILE", "LOCALAPPDATA"), str(self.home))
        own = {"PATH": str(self.home), "PIP_NO_INDEX": "1", "PYTHONIOENCODING": "utf-8"}
        return subprocess.Popen(
            [sys.executable, str(self.root / "run.py"), *words],
            cwd=cwd or self.home,
            env={**kept, **folders, **own, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(self, *words: str, **options: Any) -> tuple[int, str, str]:
        """Run run.py to its end: exit code, output, messages."""
        with self.start(*words, **options) as process:
            printed, told = process.communicate(timeout=PATIENCE)
        return process.returncode, printed, but_for_steps(told)

    def builds(self) -> int:
        """Count how often the package has been installed."""
        log = self.root / "builds"
        return len(log.read_text().splitlines()) if log.exists() else 0

    def module(self) -> ModuleType:
        """Load this checkout's run.py; its ROOT is this checkout."""
        return load_script(self.root / "run.py")


def but_for_steps(told: str) -> str:
    """Drop the steps of the installer; which there are, is pip's affair."""
    return "".join(line for line in told.splitlines(True) if line.strip() not in STEPS)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.fixture
def run(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return run.py as a module; no setting of this machine's reaches it."""
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_", "SOKKURI_")):
            monkeypatch.delenv(name)
    # What main() sets is to be gone after the test, so it is made known to monkeypatch first.
    monkeypatch.setenv("SOKKURI_CALLED_AS", "")
    monkeypatch.delenv("SOKKURI_CALLED_AS")
    return checkout.module()


def wait_until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)


# -- which Python, which words, which folder -----------------------------------------------------


def test_an_old_python_gets_one_sentence() -> None:
    ast.parse(RUN.read_text(encoding="utf-8"), feature_version=(3, 6))
    # Only the number is pretended: what runs before the check must not be refused by itself.
    pretend = (
        "import runpy, sys; sys.version_info = (3, 6, 15, 'final', 0); "
        f"runpy.run_path({str(RUN)!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", pretend], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "sokkuri needs Python 3.11 or newer, and this is Python 3.6.\n"


EVERYDAY = ["fast", "plot", "trash", "ui", "watch"]
TESTS = ["PY", "-m", "pytest", "-n", "auto", "--maxprocesses", "4", "--dist", "loadfile"]


@pytest.mark.parametrize(
    ("words", "extras", "command"),
    [
        ([], EVERYDAY, ["PY", "-P", "-m", "sokkuri", "demo"]),
        (["--help"], EVERYDAY, ["PY", "-P", "-m", "sokkuri", "--help"]),
        (["search", "a b", "*"], EVERYDAY, ["PY", "-P", "-m", "sokkuri", "search", "a b", "*"]),
        (["search", "test"], EVERYDAY, ["PY", "-P", "-m", "sokkuri", "search", "test"]),
        (["watch", "x"], EVERYDAY, ["PY", "-P", "-m", "sokkuri", "watch", "x"]),
        (["test"], [*EVERYDAY, "test"], TESTS),
        (["test", "-k", "x y"], [*EVERYDAY, "test"], [*TESTS, "-k", "x y"]),
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


def test_a_check_says_all_that_failed(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(run.ROOT)
    monkeypatch.setattr(run, "ensure", lambda wanted: sys.executable)
    good, bad = ["-c", "print('写')"], ["-c", "print('no'); raise SystemExit(3)"]
    monkeypatch.setattr(run, "CHECKS", {"a": bad, "b": good, "c": bad})
    assert run.main(["check"]) == 1
    printed = capfdbinary.readouterr().out.decode().split()
    assert printed == ["==", "a", "no", "==", "b", "写", "==", "c", "no", "FAILED:", "a,", "c"]
    monkeypatch.setattr(run, "CHECKS", {"b": good})
    assert run.main(["check"]) == 0


def test_someone_elses_folder_is_left_alone(run: ModuleType, checkout: Checkout) -> None:
    assert run.location() == str(checkout.env)
    checkout.env.mkdir()
    (checkout.env / "pyvenv.cfg").touch()
    assert run.location() == f"{checkout.env}-run"
    (checkout.env / run.LOCK).touch()
    assert run.location() == str(checkout.env)
    foreign = checkout.home / "diary"
    foreign.mkdir()
    (foreign / "monday.txt").touch()
    code, printed, told = checkout.run("x", SOKKURI_VENV=str(foreign))
    assert (code, printed) == (2, "")
    assert "run.py did not make" in told
    assert os.listdir(foreign) == ["monday.txt"]


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({}, ["uv", "venv"]),
        ({"PIP_DEFAULT_TIMEOUT": "9"}, ["uv", "venv"]),
        ({"PIP_INDEX_URL": "x"}, ["venv"]),
        ({"PIP_NO_INDEX": "1"}, ["venv"]),
        ({"PIP_INDEX_URL": "x", "UV_DEFAULT_INDEX": "y"}, ["uv", "venv"]),
    ],
)
def test_uv_is_passed_over_where_only_pip_knows_the_source(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], names: list[str]
) -> None:
    monkeypatch.setattr(run.shutil, "which", lambda name, path: "/bin/uv")
    assert list(run.tools("env", settings)) == names
    monkeypatch.setattr(run.shutil, "which", lambda name, path: None)
    assert list(run.tools("env", settings)) == ["venv"]


@pytest.mark.parametrize("soabi", ["cpython-311-x86_64-linux-gnu", "cpython-312-musl", None])
def test_what_has_no_wheel_is_not_asked_for(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, soabi: str | None
) -> None:
    monkeypatch.setattr(run.sysconfig, "get_config_var", lambda name: soabi)
    assert ("fast" in run.everyday()) is ("musl" not in str(soabi))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"3", b'{"place": "x"}', b"\xff\xfe"])
def test_a_damaged_stamp_counts_as_none(run: ModuleType, tmp_path: Path, content: bytes) -> None:
    (tmp_path / run.STAMP).write_bytes(content)
    assert run.read_stamp(str(tmp_path)) == {}


# -- whole starts --------------------------------------------------------------------------------


def test_an_environment_is_made_once_and_kept_up(checkout: Checkout) -> None:
    photos = checkout.home / "my photos"
    photos.mkdir()
    (photos / "json.py").write_text("raise SystemExit('a file of the user was imported')")
    code, printed, told = checkout.run("search", "a b.jpg", "--top", "3", cwd=photos)
    assert (code, told) == (0, MAKING)
    answer = json.loads(printed)
    assert answer["words"] == ["search", "a b.jpg", "--top", "3"]
    assert Path(answer["cwd"]) == photos.resolve()
    assert Path(answer["file"]).is_relative_to(checkout.root)

    code, printed, told = checkout.run(cwd=photos)
    assert (code, told) == (0, "")
    assert json.loads(printed)["words"] == ["demo"]
    assert checkout.builds() == 1

    # What is pinned, compiled or asked for beyond is added, and only once.
    kernel = checkout.root / "src" / "sokkuri" / "kernel.c"
    for file, text in ((checkout.root / "constraints.txt", "numpy==2\n"), (kernel, "int x;")):
        file.write_text(text)
        assert checkout.run("x")[::2] == (0, ADDING)
        assert checkout.run("x")[::2] == (0, "")
    stamp = json.loads((checkout.env / "run-stamp.json").read_text())
    assert stamp["extras"] == EVERYDAY
    assert checkout.builds() == 3

    moved = checkout.root.rename(checkout.root.with_name("moved"))
    (moved / ".venv" / "left over").touch()
    checkout.root = moved
    code, printed, told = checkout.run("x")
    assert (code, told) == (0, MAKING)
    assert Path(json.loads(printed)["file"]).is_relative_to(moved)
    assert not (moved / ".venv" / "left over").exists()


def test_a_part_that_is_added_compiles_nothing(
    run: ModuleType, checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what is new is asked for; a package that changed, or another tool, means all of it."""
    env, commands = str(checkout.env), list[list[str]]()

    def call(command: list[str], lock: int) -> str:
        commands.append(command)
        # As a virtual environment has it.
        Path(run.python_in(env)).parent.mkdir(parents=True, exist_ok=True)
        Path(run.python_in(env)).touch()
        return ""

    monkeypatch.setattr(run, "call", call)
    monkeypatch.setattr(run.shutil, "which", lambda name, path: None)
    checkout.env.mkdir()
    run.make(env, ["plot"], 0)
    assert commands[-1][-2:] == ["--editable", ".[plot]"]
    run.make(env, ["plot"], 0)
    assert len(commands) == 2  # one makes the environment, one installs

    run.make(env, ["plot", "test"], 0)
    assert commands[-1][-3:] == ["constraints.txt", "pytest>=8", "hypothesis"]
    assert json.loads(Path(env, run.STAMP).read_text())["extras"] == ["plot", "test"]

    (checkout.root / "constraints.txt").write_text("numpy==2\n")
    run.make(env, ["plot"], 0)
    assert commands[-1][-2:] == ["--editable", ".[plot,test]"]

    monkeypatch.setattr(run.shutil, "which", lambda name, path: "/bin/uv")
    run.make(env, ["plot", "ui"], 0)
    assert commands[-1][0] == "/bin/uv"
    assert commands[-1][-2:] == ["--editable", ".[plot,test,ui]"]
    assert len(commands) == 6


@pytest.mark.parametrize("terminal", [False, True])
def test_the_steps_of_an_installer_are_shown(
    run: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    terminal: bool,
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    with run.steps() as show:
        for line in (
            "Installing build dependencies: started", "Collecting numpy", "  Using cached numpy",
            "Collecting pillow", "Building editable for sokkuri (pyproject.toml): started", "",
            "Installing collected packages: numpy, pillow, sokkuri",
        ):  # fmt: skip
            show(line)
    told = capsys.readouterr().err
    if terminal:
        shown = [line.split("  ")[-1] for line in told.split("\r\x1b[K")[1:]]
        assert "fetching packages, 2 so far" in shown
        assert shown[-2:] == ["installing packages", ""]
    else:
        assert told == "".join(f"  {step}\n" for step in STEPS)


def test_a_step_moves_while_the_installer_says_nothing(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(run, "TICK", 0.001)
    monkeypatch.setattr("builtins.print", lambda *words, **_: drawn.append(words))
    with run.steps():
        wait_until(lambda: len(drawn) > 3)


def test_a_failed_installation_is_shown_and_repaired(checkout: Checkout) -> None:
    checkout.require("numpy")
    code, printed, told = checkout.run("x", SOKKURI_VENV="some folder")
    assert (code, printed) == (2, "")
    assert "No matching distribution found for numpy" in told
    assert "This command failed (1):" in told
    assert '/run.py", line' not in told
    env = checkout.home / "some folder"
    assert not (env / "run-stamp.json").exists()
    assert not checkout.env.exists()

    checkout.require("")
    (env / "left over").touch()
    assert checkout.run("x", SOKKURI_VENV="some folder")[::2] == (0, MAKING)
    assert not (env / "left over").exists()


def test_a_python_without_venv_is_told_how_to_get_it(
    run: ModuleType, checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "call", lambda command, lock: "ensurepip is not available")
    monkeypatch.setattr(run.shutil, "which", lambda name, path: None)
    checkout.env.mkdir()
    with pytest.raises(run.StartError, match="sudo apt install python3-venv"):
        run.make(str(checkout.env), ["plot"], 0)


def test_an_interruption_is_quiet(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "make", interrupted)
    with pytest.raises(SystemExit) as caught:
        run.ensure([])
    assert caught.value.code == 130


@POSIX_ONLY
def test_an_interrupted_start_is_repaired(checkout: Checkout) -> None:
    (checkout.root / "hang").touch()
    for number in (signal.SIGTERM, signal.SIGKILL):
        with checkout.start("x") as process:
            wait_until((checkout.root / "builds").exists)
            (checkout.root / "builds").unlink()
            process.send_signal(number)
            printed, told = process.communicate(timeout=PATIENCE)
        assert (process.returncode, printed, but_for_steps(told)) == (
            STOPPED[number], "", MAKING,
        )  # fmt: skip
        assert not (checkout.env / "run-stamp.json").exists()
    # The killed one could not end its installer, so the next start waits for that.
    with checkout.start("x") as second:
        assert second.stderr is not None
        assert second.stderr.readline() == WAITING
        (checkout.root / "hang").unlink()
        assert but_for_steps(second.communicate(timeout=PATIENCE)[1]) == MAKING
    assert second.returncode == 0


def test_starts_at_the_same_time_make_one_environment(checkout: Checkout) -> None:
    processes = [checkout.start(word) for word in "abc"]
    answers = []
    for process in processes:
        with process:
            answers.append(process.communicate(timeout=PATIENCE)[0])
    assert [json.loads(answer)["words"] for answer in answers] == [["a"], ["b"], ["c"]]
    assert checkout.builds() == 1
