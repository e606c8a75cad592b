"""Keep Pillow's warnings out of the way while it decodes, from any number of threads.

Decoders warn about odd metadata of perfectly good pictures.  Where a program runs with warnings as
errors, such a warning would lose the pixels; where it does not, thousands of files would bury the
terminal.  ``warnings.catch_warnings`` alone is no answer: it swaps process-wide state, and two
threads that enter and leave crosswise restore the wrong one.  So the first decoder in swaps the
state and the last one out restores it.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["quiet_decoding"]

_lock = threading.Lock()
_inside = 0
_saved: warnings.catch_warnings[None] | None = None

# From Python 3.14 on the filters may belong to the context, and then each thread needs its own.
_PER_CONTEXT = bool(getattr(sys.flags, "context_aware_warnings", False))


@contextlib.contextmanager
def quiet_decoding() -> Iterator[None]:
    """Ignore every warning while the block runs; reentrant and safe across threads."""
    if _PER_CONTEXT:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
        return
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _inside, _saved  # noqa: PLW0603 - the filters themselves are process-wide
    with _lock:
        if _inside == 0:
            _saved = warnings.catch_warnings()
            _saved.__enter__()
            warnings.simplefilter("ignore")
        _inside += 1


def _leave() -> None:
    global _inside, _saved  # noqa: PLW0603 - see _enter
    with _lock:
        _inside -= 1
        if _inside == 0 and _saved is not None:
            _saved.__exit__(None, None, None)
            _saved = None
