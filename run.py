"""Start sokkuri from a checkout; the environment is made on the first start.

    python3 run.py                            the demo
    python3 run.py test [words for pytest]    all tests
    python3 run.py search my.jpg my_photos    the sokkuri command, with exactly these words

Nothing has to be installed beforehand but Python and one of uv and pip. The environment lies in
`.venv` beside this file, in the folder that SOKKURI_VENV names, or, where `.venv` cannot be
written or is someone else's, in the user's cache folder.
This file keeps to syntax that Python 3.6 can read: a file that does not parse cannot say which
Python it needs.
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
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


def refusal(version: "tuple[int, int]") -> str:
    """Say why this Python cannot run sokkuri; nothing if it can."""
    if version >= (3, 11):
        return ""
    return f"sokkuri needs Python 3.11 or newer, and this is Python {version[0]}.{version[1]}."


# The check stands before all else: below it, annotations may fail where an old Python runs them.
if refusal(sys.version_info[:2]):
    print(refusal(sys.version_info[:2]), file=sys.stderr)
    sys.exit(2)

ROOT = os.path.dirname(os.path.realpath(__file__))
CONSTRAINTS = os.path.join(ROOT, "constraints.txt")
STAMP = "run-stamp.json"
LOCK = "run-lock"  # also the sign that run.py made the folder and may empty it
PIP = ["-m", "pip", "--disable-pip-version-check", "--no-input"]
# Settings of pip that say where packages come from. uv does not read them.
PIP_SOURCES = ("CERT", "CONFIG_FILE", "EXTRA_INDEX_URL", "FIND_LINKS", "INDEX_URL", "NO_INDEX")
NO_PIP = """\
This Python has neither pip nor ensurepip, so run.py cannot install what sokkuri needs.
Install pip, then start run.py again:
    Debian, Ubuntu    sudo apt install python3-pip python3-venv
    Fedora            sudo dnf install python3-pip"""


class StartError(Exception):
    """What stopped the start, in words for the person who started it."""


class Plan(NamedTuple):
    """One way to an environment: what prepares it, what installs into it, what runs in it."""

    name: str
    prepare: list[list[str]]
    install: list[str]
    python: str
    path: list[str]  # folders for PYTHONPATH, where the environment is not a venv


class Stamp(NamedTuple):
    """What a finished environment holds. It is written last, so its presence means finished."""

    place: str
    wishes: str
    extras: list[str]
    plan: str
    python: str
    path: list[str]


def tell(words: str) -> None:
    """Print a line to standard error; standard output belongs to the command."""
    print(words, file=sys.stderr, flush=True)


def location(environ: Mapping[str, str] = os.environ) -> str:
    """Find the folder for the environment; one that someone else made is never taken."""
    named = environ.get("SOKKURI_VENV")
    if named:
        if not is_ours(named) and not is_free(named):
            raise StartError(
                f"SOKKURI_VENV names {named}, which run.py did not make. "
                "Name a new or empty folder, so that nothing of yours is removed."
            )
        return os.path.realpath(named)
    beside = os.path.join(ROOT, ".venv")
    if is_ours(beside) or (os.access(ROOT, os.W_OK) and is_free(beside)):
        return os.path.realpath(beside)
    return os.path.realpath(os.path.join(user_cache(environ), "sokkuri", "run-" + digest(ROOT)))


def is_ours(folder: str) -> bool:
    """Tell whether run.py made the folder."""
    return os.path.isfile(os.path.join(folder, LOCK))


def is_free(folder: str) -> bool:
    """Tell whether nothing is there, or an empty folder."""
    return not os.path.lexists(folder) or (os.path.isdir(folder) and not os.listdir(folder))


def user_cache(environ: Mapping[str, str]) -> str:
    """Return the folder that the system keeps for caches of this user."""
    if os.name == "nt":
        return environ.get("LOCALAPPDATA") or os.path.expanduser("~\\AppData\\Local")
    usual = "~/Library/Caches" if sys.platform == "darwin" else "~/.cache"
    return environ.get("XDG_CACHE_HOME") or os.path.expanduser(usual)


def clear(env: str) -> None:
    """Empty the environment's folder, but for the lock that is being held in it."""
    for entry in list(os.scandir(env)):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        elif entry.name != LOCK:
            os.unlink(entry.path)


def digest(*texts: str) -> str:
    """Return a short hash of all texts; their borders count."""
    joined = "\0".join(texts).encode("utf-8", "surrogateescape")
    return hashlib.sha256(joined).hexdigest()[:32]


def place_of(env: str) -> str:
    """Hash what an environment cannot outlive: the Python, the checkout's and its own folder."""
    return digest(sys.version, sys.platform, ROOT, env)


def wishes_now() -> str:
    """Hash the files that say what is installed, and those that are compiled or copied for it."""
    kinds = {".c", ".h"} if os.access(ROOT, os.W_OK) else {".c", ".h", ".py"}
    sources = [path for path in sorted(Path(ROOT, "src").rglob("*.*")) if path.suffix in kinds]
    files = [Path(ROOT, "pyproject.toml"), Path(CONSTRAINTS), *sources]
    return digest(*(file.read_text(encoding="utf-8") for file in files))


def read_stamp(env: str) -> Stamp | None:
    """Read the stamp; None where there is none, or none that can be understood."""
    try:
        return Stamp(**json.loads(Path(env, STAMP).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_stamp(env: str, stamp: Stamp) -> None:
    """Write the stamp at one stroke: whoever reads it sees all of it or nothing."""
    draft = Path(env, STAMP + ".new")
    draft.write_text(json.dumps(stamp._asdict(), indent=1), encoding="utf-8")
    draft.replace(Path(env, STAMP))


def verdict(stamp: Stamp | None, env: str, extras: Sequence[str]) -> str:
    """Say what the environment needs: it is "ready", or "add" packages, or "build" it anew."""
    if stamp is None or stamp.place != place_of(env) or not os.path.exists(stamp.python):
        return "build"
    if stamp.wishes == wishes_now() and set(extras) <= set(stamp.extras):
        return "ready"
    # pip replaces nothing in a folder given by --target, so that one is always made from nothing.
    return "build" if stamp.plan == "target" else "add"


def ready(env: str, extras: Sequence[str]) -> Stamp | None:
    """Return the stamp of an environment that needs nothing."""
    stamp = read_stamp(env)
    return stamp if verdict(stamp, env, extras) == "ready" else None


def try_lock(file: BinaryIO) -> bool:
    """Take the lock if it is free. The system frees it when its holder ends, however it ends."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True  # some network drives know no locks; going on unlocked beats not starting
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


def host_python(env: str) -> str:
    """Return the Python to build from: this one, unless it lives in the environment itself."""
    if os.path.realpath(sys.prefix) != env:
        return sys.executable
    return str(getattr(sys, "_base_executable", "") or sys.executable)


def uv_found(environ: Mapping[str, str] = os.environ) -> str:
    """Return uv's path; nothing where pip alone was told where packages come from."""
    told_pip = any("PIP_" + name in environ for name in PIP_SOURCES)
    told_uv = any(name.startswith("UV_") for name in environ)
    found = shutil.which("uv", path=environ.get("PATH")) or ""
    return found if told_uv or not told_pip else ""


def plans(env: str, host: str, uv: str) -> list[Plan]:
    """List the ways to an environment, the best first."""
    inside = os.path.join(env, "Scripts" if os.name == "nt" else "bin", "python")
    inside += ".exe" if os.name == "nt" else ""
    found = []
    if uv:
        make = [uv, "venv", "--allow-existing", "--python", host, env]
        # uv would leave an installed sokkuri as it is, even where its C sources have changed.
        install = [uv, "pip", "install", "--reinstall-package", "sokkuri", "--python", inside]
        found.append(Plan("uv", [make], install, inside, []))
    make = [host, "-m", "venv", env]
    found.append(Plan("venv", [make], [inside, *PIP, "install"], inside, []))
    # Debian keeps ensurepip in a package of its own; pip from outside can fill a venv without it.
    outside = [host, *PIP, "--python", inside]
    prepare = [[host, "-m", "venv", "--without-pip", env], [*outside, "--version"]]
    found.append(Plan("outside", prepare, [*outside, "install"], inside, []))
    # The last resort, for a Python without venv and for a pip that does not know --python.
    target = os.path.join(env, "packages")
    install = [host, *PIP, "install", "--target", target]
    found.append(Plan("target", [[host, *PIP, "--version"]], install, host, [target]))
    return found


def call(command: Sequence[str], cwd: str, lock: int) -> str:
    """Run an installer without a word; return what went wrong, or nothing.

    It runs in a session of its own, so that all its children can be ended with it, and shares the
    lock, so that an installer whose run.py was killed is still waited for.
    """
    posix = os.name != "nt"
    with subprocess.Popen(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=posix,
        pass_fds=(lock,) if posix else (),
    ) as child:
        try:
            printed = child.communicate()[0].decode(errors="replace").rstrip()
        except BaseException:
            end(child)
            raise
    failed = f"This command failed with exit code {child.returncode}:\n    {shlex.join(command)}"
    return f"{printed}\n{failed}" if child.returncode else ""


def end(child: "subprocess.Popen[bytes]") -> None:
    """End an installer and its children: politely first, so that it removes its own remains."""
    if sys.platform == "win32":
        child.kill()
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(3)
            os.killpg(child.pid, signal.SIGKILL)


def source_folder(env: str) -> str:
    """Return the folder to install from: the checkout, or a copy where it cannot be written.

    Building a package writes into its source folder, even for an editable installation.
    """
    if os.access(ROOT, os.W_OK):
        return ROOT
    copy = os.path.join(env, "source")
    shutil.rmtree(copy, ignore_errors=True)
    src = os.path.join(copy, "src")
    shutil.copytree(os.path.join(ROOT, "src"), src, copy_function=shutil.copyfile)
    for folder, _, _ in os.walk(copy):
        os.chmod(folder, 0o700)  # copied folders are as read-only as the first ones
    for entry in os.scandir(ROOT):
        if entry.is_file():
            shutil.copyfile(entry.path, os.path.join(copy, entry.name))
    return copy


def follow(commands: Sequence[list[str]], source: str, lock: int) -> tuple[str, bool]:
    """Run a plan's commands up to the first failure; say what failed, and if it was the last."""
    for command in commands:
        failed = call(command, source, lock)
        if failed:
            return failed, command is commands[-1]
    return "", True


def make(env: str, extras: Sequence[str], lock: int) -> Stamp:
    """Build the environment or add to it, and stamp it when all is in place."""
    ways = plans(env, host_python(env), uv_found())
    stamp = read_stamp(env)
    adding = False
    if stamp is not None and verdict(stamp, env, extras) == "add":
        extras = [*extras, *stamp.extras]
        same = [plan for plan in ways if plan.name == stamp.plan]
        adding, ways = bool(same), same or ways
    wishes, extras = wishes_now(), sorted(set(extras))
    tell(f"{'adding to' if adding else 'making'} the environment (once, about a minute) …")
    with contextlib.suppress(FileNotFoundError):
        os.unlink(os.path.join(env, STAMP))  # from here on it is unfinished
    words = ["--constraint", CONSTRAINTS, "--editable", f".[{','.join(extras)}]"]
    failures, installs = list[str](), list[str]()
    for plan in ways:
        if not adding:
            clear(env)
        source = source_folder(env)
        commands = [*([] if adding else plan.prepare), [*plan.install, *words]]
        failed, installing = follow(commands, source, lock)
        if not failed:
            path = [os.path.join(source, "src"), *plan.path] if plan.path else []
            done = Stamp(place_of(env), wishes, extras, plan.name, plan.python, path)
            write_stamp(env, done)
            return done
        (installs if installing else failures).append(failed)
        # pip may know where packages come from when uv does not; no other plan could do better.
        if installing and plan.name != "uv":
            break
    if not installs and "No module named pip" in failed:
        raise StartError(NO_PIP)
    raise StartError("\n\n".join(installs or failures))


def ensure(extras: Sequence[str]) -> str:
    """Return the Python of an environment that has these extras; make it if need be.

    Where the environment is no venv, PYTHONPATH is set for what this process starts.
    """
    try:
        env = location()
        stamp = ready(env, extras)
        if stamp is None:
            with locked(env) as lock:
                # Another run.py may have made it while this one waited.
                stamp = ready(env, extras) or make(env, extras, lock)
    except (StartError, OSError) as error:
        tell(f"{error}\n\nThere is no environment yet; the next start tries to make it again.")
        tell("SOKKURI_VENV can name another folder for it.")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    if stamp.path:
        before = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join([*stamp.path, *([before] if before else [])])
    return stamp.python


def start(command: list[str]) -> int:
    """Become the command; on Windows, where that is not possible, run it and pass its code on."""
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606 - the words come from the person at the keyboard
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's to answer
    return subprocess.call(command)


def everyday() -> "list[str]":
    """Return the extras that everyone gets; simplejpeg has no wheels for musl, as on Alpine."""
    musl = "musl" in str(sysconfig.get_config_var("SOABI"))
    return ["plot", "ui"] if musl else ["fast", "plot", "ui"]


def main(words: list[str]) -> int:
    """Start the tests, the demo, or the sokkuri command."""
    if words[:1] == ["test"]:
        python = ensure([*everyday(), "test"])
        os.chdir(ROOT)
        if not os.access(ROOT, os.W_OK):  # pytest and hypothesis would fail to write their caches
            os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.path.join(location(), "tests"))
            words[1:1] = ["-p", "no:cacheprovider"]
        return start([python, "-m", "pytest", *words[1:]])
    os.environ["SOKKURI_CALLED_AS"] = "py run.py" if os.name == "nt" else "python3 run.py"
    # -P: a file click.py among someone's photos must not be taken for the package.
    return start([ensure(everyday()), "-P", "-m", "sokkuri", *(words or ["demo"])])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
