"""A worker process: hashes the files it is told of, one after another, until its input ends.

Started as a plain Python process of its own, not by ``multiprocessing``: that would import the
user's main module again, and ask every script for a ``__main__`` guard.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Final

from sokkuri.pipeline.faults import act_out
from sokkuri.pipeline.frames import (
    Answer,
    Inbox,
    decode_paths,
    encode_answer,
    read_json,
    write_frame,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sokkuri.images import Rejected
    from sokkuri.protocols import Hasher

__all__ = ["main", "own_streams", "serve", "warm_up"]

_MEMORY_LIMIT: Final = 3 << 29  # 1.5 GiB


def main() -> None:
    """Serve on stdin and stdout; the names of the hashes come first."""
    requests, answers = own_streams()
    from sokkuri.registry import hasher

    try:
        inbox = Inbox(requests)
        hashers = [hasher(name) for name in read_json(inbox)]
        warm_up(hashers)
        serve(hashers, inbox, answers)
    except (EOFError, BrokenPipeError):
        return


def own_streams() -> tuple[int, int]:
    """Take stdin and stdout for messages, and let nothing else print to them.

    Returns
    -------
    requests, answers : int
        File descriptors.
    """
    # Ctrl-C goes to the whole group; the run itself decides what happens to its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = os.dup(0), os.dup(1)
    # Whatever a codec prints must not get between the messages.
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    return requests, answers


def serve(hashers: Sequence[Hasher], inbox: Inbox, answers: int) -> None:
    """Hash whole batches of files and answer for each at once, until the input ends.

    An answer is on its way before the next file is looked at, so whoever asked knows by how many
    answers there were which file ended this process.
    """
    _limit_memory()
    write_frame(answers, b"")  # ready: from here on time counts
    while True:
        for batch in inbox.some():
            for path in decode_paths(batch):
                write_frame(answers, encode_answer(_answer(hashers, path)))


def warm_up(hashers: Sequence[Hasher]) -> None:
    """Import and compute what every picture needs before memory is limited and time counts."""
    import numpy as np
    from PIL import Image

    from sokkuri.images import Rejected, load
    from sokkuri.images.jpeg import jpeg_decoder

    Image.preinit()
    jpeg_decoder()
    picture = load(np.zeros((64, 64, 3), np.uint8))
    if not isinstance(picture, Rejected):
        for hasher in hashers:
            hasher.hash(picture)


def _answer(hashers: Sequence[Hasher], path: str) -> Answer | Rejected:
    from sokkuri.pipeline.hashing import hash_source

    act_out(path)
    hashed = hash_source(hashers, path)
    if hashed.rejected is not None:
        return hashed.rejected
    return Answer(hashed.hashes, hashed.size or (0, 0))


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
