"""Every variant of the C kernels in turn."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from sokkuri.kernels import NATIVE

if NATIVE:
    from sokkuri.kernels import _native


@pytest.fixture
def native() -> None:
    """Skip where no compiler built the kernels; where all checks must run, that is a failure."""
    if not NATIVE:
        reason = "NOT RUN: no C compiler built the kernels"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(params=["avx512", "avx2", "neon", "portable"])
def loops(request: pytest.FixtureRequest, native: None) -> Iterator[str]:
    """Run a test with the loops of one kind."""
    if _native.limit_isa(request.param) != request.param:
        pytest.skip(f"this machine has no {request.param}")
    yield request.param
    _native.limit_isa("avx512")
