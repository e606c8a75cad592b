"""A worker process: hashes the files it is told of, one after another, until its input ends.

Started as a plain Python process of its own, not by ``multiprocessing``: that would import the
user's main module again, and ask every script for a ``__main__`` guard.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING, Final

from sokkuri.pipeline.faults import act_out
from sokkuri.pipeline.frames import Answer, encode_answer, read_frame, write_frame

if TYPE_CHECKING:
    from sokkuri.images import Rejected
    from sokkuri.protocols import Hasher

__all__ = ["main"]

_MEMORY_LIMIT: Final = 3 << 29  # 1.5 GiB


def main() -> None:
    """Answer paths on stdin with hashes on stdout, as frames."""
    # Ctrl-C goes to the whole group; the run itself decides what happens to its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Whatever a codec prints must not get between the messages.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    from sokkuri.registry import hasher

    with contextlib.suppress(EOFError, BrokenPipeError):
        hashers = [hasher(name) for name in read_frame(requests)]
        _warm_up()
        _limit_memory()
        while True:
            path = os.fsdecode(bytes.fromhex(read_frame(requests)))
            write_frame(answers, encode_answer(_answer(hashers, path)))


def _answer(hashers: list[Hasher], path: str) -> Answer | Rejected:
    from sokkuri.pipeline.hashing import hash_source

    act_out(path)
    hashed = hash_source(hashers, path)
    if hashed.rejected is not None:
        return hashed.rejected
    return Answer(hashed.hashes, hashed.size or (0, 0))


def _warm_up() -> None:
    """Import what decoding needs before memory is limited and the first file is timed."""
    from PIL import Image

    Image.init()


def _limit_memory() -> None:
    """Turn a picture that wants too much memory into a MemoryError of this process alone."""
    if sys.platform != "linux":
        return
    import resource

    with open("/proc/self/statm", encoding="ascii") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    limit = used + _MEMORY_LIMIT
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
