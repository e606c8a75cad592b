"""A toy server that all tests of a file share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .toy import Served, start


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """Serve with the usual settings, but for waits that would make the tests long."""
    with start(keep_alive_seconds=1, header_seconds=1.0) as running:
        yield running
