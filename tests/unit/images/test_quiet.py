from __future__ import annotations

import threading
import warnings

import pytest

from sokkuri.images.reader import quiet_decoding


def test_crosswise_threads_restore_the_filters() -> None:
    before = list(warnings.filters)
    inside, leave = threading.Event(), threading.Event()

    def first() -> None:
        with quiet_decoding():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=first)
    thread.start()
    inside.wait(10)
    with quiet_decoding():
        leave.set()
        thread.join()
        warnings.warn("still quiet here", stacklevel=1)
    assert list(warnings.filters) == before
    with pytest.warns(UserWarning, match="loud again"):
        warnings.warn("loud again", stacklevel=1)
