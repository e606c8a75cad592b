"""The command, run inside the process of the tests: the same words, bytes and exit codes.

Starting Python costs more than most commands do. What a process alone can show (terminals, signals,
locales, variables) runs as one: in test_terminal.py, in ``tests/docs``, and wherever a test gives
an environment.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.conftest import Runner

from sokkuri._entry import main


@pytest.fixture
def sokkuri(
    sokkuri: Runner, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Runner:
    """Return a function that runs the command: ``sokkuri("search", ...)``."""
    as_process = sokkuri

    def run(*words: str | bytes | os.PathLike[str], **options: Any) -> Any:
        folder = options.pop("cwd", None)
        if options:
            return as_process(*words, cwd=folder, **options)
        arguments = [os.fsdecode(word) for word in words]
        with monkeypatch.context() as patch, capfd.disabled(), _own_streams() as (out, err):
            patch.setattr(sys, "argv", ["sokkuri", *arguments])
            if folder is not None:
                patch.chdir(folder)
            try:
                code = main()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
            sys.stdout.flush()
            sys.stderr.flush()
            printed, told = (_content(file) for file in (out, err))
        return subprocess.CompletedProcess(arguments, code, printed, told)

    return run


@contextmanager
def _own_streams() -> Iterator[tuple[io.BufferedRandom, io.BufferedRandom]]:
    """Let both streams, and the descriptors below them, lead into files; keep signal handlers."""
    hook, usual = sys.unraisablehook, (sys.stdin, sys.stdout, sys.stderr)
    signals = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    kept = [os.dup(number) for number in range(3)]
    with (
        open(os.devnull, "rb") as nothing,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        try:
            for number, file in enumerate((nothing, out, err)):
                os.dup2(file.fileno(), number)
            with (
                open(0, encoding="utf-8", closefd=False) as sys.stdin,
                open(1, "w", encoding="utf-8", closefd=False) as sys.stdout,
                open(
                    2, "w", encoding="utf-8", errors="backslashreplace", closefd=False
                ) as sys.stderr,
            ):
                yield out, err
        finally:
            sys.stdin, sys.stdout, sys.stderr = usual
            for number, copy in enumerate(kept):
                os.dup2(copy, number)
                os.close(copy)
            sys.unraisablehook = hook
            for number, handler in signals.items():
                signal.signal(number, handler)


def _content(file: io.BufferedRandom) -> bytes:
    file.seek(0)
    return file.read()
