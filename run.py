"""Start sokkuri from a checkout; the environment is made on the first start.

    python3 run.py                            the demo
    python3 run.py check                      form, lint, types, floors and quick tests: each save
    python3 run.py test [words for pytest]    all tests, in parallel: each change
    python3 run.py search my.jpg my_photos    the sokkuri command, with exactly these words

Nothing has to be installed beforehand but Python and one of uv and pip. The environment lies in
`.venv` beside this file (`.venv-run`, where `.venv` is someone else's), or in the folder that
SOKKURI_VENV names. Python 3.6 can read this file: one that does not parse cannot say what it needs.
"""

import contextlib
import hashlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


# The check stands before all else: what is below fails where an old Python runs it.
MAJOR, MINOR = sys.version_info[:2]
if (MAJOR, MINOR) < (3, 11):
    needed = "sokkuri needs Python 3.11 or newer"
    print(f"{needed}, and this is Python {MAJOR}.{MINOR}.", file=sys.stderr)
    sys.exit(2)

ROOT = os.path.dirname(os.path.realpath(__file__))
STAMP = "run-stamp.json"  # written last, so its presence means that the environment is finished
LOCK = "run-lock"  # also the sign that run.py made the folder and may empty it
# Python compiles by itself what it imports; doing it for all takes as long as all the rest.
PIP = ["-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--no-compile"]
# Settings of pip that say where packages come from. uv does not read them.
PIP_SOURCES = ("CERT", "CONFIG_FILE", "EXTRA_INDEX_URL", "FIND_LINKS", "INDEX_URL", "NO_INDEX")
NO_VENV = """\
This Python cannot make a virtual environment, and there is no uv. Install what it lacks, then
start run.py again:
    Debian, Ubuntu    sudo apt install python3-venv
    Fedora            sudo dnf install python3-pip"""
TICK = 1.0  # seconds
BEGAN = time.monotonic()
# By the words with which pip or uv begins a line.
STEPS = {
    "Collecting": "fetching packages", "Resolved": "fetching packages",
    "Building": "compiling the kernels, once", "Prepared": "installing packages",
    "Installing collected": "installing packages",
}  # fmt: skip
PARALLEL = ["-n", "auto", "--maxprocesses", "4", "--dist", "loadfile"]
QUICK = ["-m", "not slow", "--hypothesis-profile", "quick", "tests/unit", "tests/architecture"]
FLOORS = "import sys; from importlinter import cli; sys.exit(cli.lint_imports(no_logo=True))"
CHECKS = {
    "ruff format --check": ["-m", "ruff", "format", "--check"],
    "ruff check": ["-m", "ruff", "check"],
    "lint-imports": ["-c", FLOORS],
    "mypy": ["-m", "mypy"],
    "quick tests": ["-m", "pytest", *PARALLEL, *QUICK],
}


class StartError(Exception):
    """What stopped the start, in words for the person who started it."""


def tell(words: str) -> None:
    """Print a line to standard error; standard output belongs to the command."""
    print(words, file=sys.stderr, flush=True)


def location() -> str:
    """Find the folder for the environment; one that someone else made is never taken."""
    named = os.environ.get("SOKKURI_VENV")
    folders = [named] if named else [os.path.join(ROOT, name) for name in (".venv", ".venv-run")]
    for folder in folders:
        free = not os.path.lexists(folder) or (os.path.isdir(folder) and not os.listdir(folder))
        if free or os.path.isfile(os.path.join(folder, LOCK)):
            return os.path.realpath(folder)
    raise StartError(
        f"run.py did not make {folders[-1]}. "
        "Name a new or empty folder by SOKKURI_VENV, so that nothing of yours is removed."
    )


def digest(*texts: str) -> str:
    """Return a short hash of all texts; their borders count."""
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def place_of(env: str) -> str:
    """Hash what an environment cannot outlive: the Python, the checkout's and its own folder."""
    return digest(sys.version, sys.platform, ROOT, env)


def wishes_now() -> str:
    """Hash the files that say what is installed, and those that are compiled for it."""
    compiled = [file for kind in ("*.c", "*.h", "*.inc") for file in Path(ROOT, "src").rglob(kind)]
    files = [Path(ROOT, "pyproject.toml"), Path(ROOT, "constraints.txt"), *sorted(compiled)]
    return digest(*(file.read_text(encoding="utf-8") for file in files))


def python_in(env: str) -> str:
    """Return the path of the environment's Python."""
    return os.path.join(env, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))


def read_stamp(env: str) -> dict[str, Any]:
    """Read the stamp of a finished environment that this Python and checkout can use."""
    try:
        stamp = json.loads(Path(env, STAMP).read_text(encoding="utf-8"))
        good = stamp["place"] == place_of(env) and {"wishes", "extras", "tool"} <= set(stamp)
    except (OSError, ValueError, TypeError, KeyError):
        return {}
    return stamp if good and os.path.exists(python_in(env)) else {}


def is_ready(env: str, extras: list[str]) -> bool:
    """Tell whether the environment needs nothing."""
    stamp = read_stamp(env)
    return bool(stamp) and stamp["wishes"] == wishes_now() and set(extras) <= set(stamp["extras"])


def try_lock(file: BinaryIO) -> bool:
    """Take the lock if it is free. The system frees it when its holder ends, however it ends."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # Some network drives know no locks; going on unlocked beats not starting.
        return not isinstance(error, BlockingIOError | PermissionError)
    return True


@contextlib.contextmanager
def locked(env: str) -> Iterator[int]:
    """Hold the environment's lock; wait, and say so, while another run.py holds it."""
    os.makedirs(env, exist_ok=True)
    with open(os.path.join(env, LOCK), "ab") as file:
        if not try_lock(file):
            tell("waiting for another run.py, which is making the environment …")
            while not try_lock(file):
                time.sleep(0.2)
        # A request to terminate becomes an exit, so that the installer is ended too.
        before = signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
        try:
            yield file.fileno()
        finally:
            signal.signal(signal.SIGTERM, before)


def tools(env: str, environ: Mapping[str, str] = os.environ) -> dict[str, list[list[str]]]:
    """Give the commands that make an environment and install into it, the best tool first."""
    python = python_in(env)
    host = getattr(sys, "_base_executable", "") or sys.executable  # never one in the environment
    venv = {"venv": [[host, "-m", "venv", env], [python, *PIP]]}
    told_pip = any("PIP_" + name in environ for name in PIP_SOURCES)
    told_uv = any(name.startswith("UV_") for name in environ)
    uv = shutil.which("uv", path=environ.get("PATH"))
    if uv is None or (told_pip and not told_uv):
        return venv
    make = [uv, "venv", "--allow-existing", "--python", host, env]
    # uv would leave an installed sokkuri as it is, even where its C sources have changed.
    install = [uv, "pip", "install", "--reinstall-package", "sokkuri", "--python", python]
    return {"uv": [make, install], **venv}


def call(command: list[str], lock: int) -> str:
    """Run an installer, show its steps; return what went wrong, or nothing.

    It shares the lock, so that an installer whose run.py was killed is still waited for.
    """
    fds = () if os.name == "nt" else (lock,)
    lines: list[str] = []
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, pass_fds=fds,
    ) as process, steps() as show:  # fmt: skip
        try:
            for line in process.stdout or ():
                lines.append(line.decode(errors="replace").rstrip())
                show(lines[-1])
        except BaseException:
            process.kill()  # what was interrupted is made anew
            raise
    if not process.returncode:
        return ""
    printed = "\n".join(lines)
    return f"{printed}\nThis command failed ({process.returncode}):\n    {shlex.join(command)}"


@contextlib.contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """Show how far an installer is: one line that moves in a terminal, else a line a step."""
    shown, count = "preparing", 0
    terminal, ended = sys.stderr.isatty(), threading.Event()

    def draw() -> None:
        counted = f", {count} so far" if count and shown == STEPS["Collecting"] else ""
        words = f"  {time.monotonic() - BEGAN:3.0f} s  {shown}{counted}"
        print(f"\r\x1b[K{words}", end="", file=sys.stderr, flush=True)

    def tick() -> None:
        # Compiling and unpacking take long without a word from the installer.
        while not ended.wait(TICK):
            draw()

    def show(line: str) -> None:
        nonlocal shown, count
        before = shown
        shown = next((STEPS[words] for words in STEPS if line.startswith(words)), shown)
        count += line.startswith("Collecting")
        if terminal:
            draw()
        elif shown != before:
            tell(f"  {shown}")

    clock = threading.Thread(target=tick, daemon=True)
    if terminal:
        clock.start()
    try:
        yield show
    finally:
        ended.set()
        if terminal:
            clock.join()
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def clear(env: str) -> None:
    """Empty the environment's folder, but for the lock that is being held in it."""
    for entry in list(os.scandir(env)):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        elif entry.name != LOCK:
            os.unlink(entry.path)


def requirements(extras: Iterable[str]) -> list[str]:
    """Return what some extras ask for, as pyproject.toml has it."""
    import tomllib  # noqa: PLC0415 - older Pythons have none, and get a sentence about it

    project = tomllib.loads(Path(ROOT, "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [each for extra in sorted(extras) for each in project["optional-dependencies"][extra]]


def make(env: str, extras: list[str], lock: int) -> None:
    """Build the environment or add to it, and stamp it when all is in place."""
    if is_ready(env, extras):
        return  # another run.py has made it while this one waited
    stamp, wishes, failures = read_stamp(env), wishes_now(), list[str]()
    extras = sorted({*extras, *stamp.get("extras", ())})
    whole = ["--editable", f".[{','.join(extras)}]"]
    more = requirements(set(extras).difference(stamp.get("extras", ())))
    tell(f"{'adding to' if stamp else 'making'} the environment (once, about a minute) …")
    Path(env, STAMP).unlink(missing_ok=True)  # from here on it is unfinished
    for tool, (prepare, install) in tools(env).items():
        failed = ""
        if stamp.get("tool") != tool:
            clear(env)
            failed = call(prepare, lock)
            if failed and tool == "venv":
                failed += f"\n\n{NO_VENV}"
        # Where the package is as it should be, it is not compiled once more.
        wanted = more if stamp.get("wishes") == wishes and stamp["tool"] == tool else whole
        failed = failed or call([*install, "--constraint", "constraints.txt", *wanted], lock)
        if not failed:
            stamp = {"place": place_of(env), "wishes": wishes, "extras": extras, "tool": tool}
            draft = Path(env, STAMP + ".new")
            draft.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
            draft.replace(Path(env, STAMP))  # at one stroke: all of it is there, or nothing
            return
        failures.append(failed)
        stamp = {}
    raise StartError("\n\n".join(failures))


def ensure(extras: list[str]) -> str:
    """Return the Python of an environment that has these extras; make it if need be."""
    try:
        env = location()
        if not is_ready(env, extras):
            with locked(env) as lock:
                make(env, extras, lock)
    except (StartError, OSError) as error:
        tell(f"{error}\n\nThere is no environment yet; the next start tries to make it again.")
        tell("SOKKURI_VENV can name another folder for it.")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    return python_in(env)


def start(command: list[str]) -> int:
    """Become the command; on Windows, where that is not possible, run it and pass its code on."""
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606 - the words come from the person at the keyboard
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's to answer
    return subprocess.call(command)


def check(python: str) -> int:
    """Run all quick checks at once, print what each says, and fail if one fails."""
    running = {
        name: subprocess.Popen([python, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for name, words in CHECKS.items()
    }
    failed = []
    for name, process in running.items():
        print(f"== {name}", flush=True)
        sys.stdout.buffer.write(process.communicate()[0])
        sys.stdout.flush()
        failed += [name] if process.returncode else []
    print(f"FAILED: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def everyday() -> list[str]:
    """Return the extras of all verbs; simplejpeg has no wheels for musl, as on Alpine.

    The demo, with which everyone begins, draws a figure, and a verb that had to fetch its part
    first would let people wait once more.
    """
    musl = "musl" in str(sysconfig.get_config_var("SOABI"))
    return ["plot", "trash", "ui", "watch"] if musl else ["fast", "plot", "trash", "ui", "watch"]


def main(words: list[str]) -> int:
    """Start the checks, the tests, the demo, or the sokkuri command."""
    if words == ["check"]:
        os.chdir(ROOT)
        return check(ensure([*everyday(), "lint", "test"]))
    if words[:1] == ["test"]:
        os.chdir(ROOT)
        python = ensure([*everyday(), "test"])
        return start([python, "-m", "pytest", *PARALLEL, *words[1:]])
    os.environ["SOKKURI_CALLED_AS"] = "py run.py" if os.name == "nt" else "python3 run.py"
    # -P: a file click.py among someone's photos must not be taken for the package.
    return start([ensure(everyday()), "-P", "-m", "sokkuri", *(words or ["demo"])])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
