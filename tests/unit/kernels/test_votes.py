"""Votes of hits: the C kernel equals NumPy, and what agrees is what lies alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.unit.kernels.twin import Twin

from sokkuri.kernels import NATIVE, votes
from sokkuri.kernels.votes import TABLES, count_votes

if NATIVE:
    from sokkuri.kernels import _native

Places = NDArray[np.int64]

reference = Twin(votes)

# The loops stay the same for all examples of a test.
ONCE = [HealthCheck.function_scoped_fixture]


def hits(
    seed: int, number: int, photos: int, *, damaged: bool = False
) -> tuple[Places, Places, Places, Places]:
    """Make hits: some photos have the query's points turned, scaled and moved, others any."""
    random = np.random.default_rng(seed)
    most = 65536 if damaged else 1025
    query = np.stack([random.integers(0, each, 40) for each in (1000, 700, 100, 256)], 1)
    points, owner = random.integers(0, 40, number), random.integers(0, photos, number)
    order = np.lexsort((points, owner))
    points, owner = points[order], owner[order]
    others = np.stack([random.integers(0, each, number) for each in (most, most, 250, 256)], 1)
    if not damaged:
        others[:, 2] %= 192
    alike = (owner % 2 == 0) & (random.random(number) < 0.7)
    others[alike] = query[points[alike]] + random.integers(-2, 3, (int(alike.sum()), 4))
    others[alike] += np.array([30, 20, 3, 5])
    others[:, 3] %= 256
    return query[points], others.clip(0), points, owner


@settings(suppress_health_check=ONCE, deadline=None)
@given(
    seed=st.integers(0, 1 << 30), number=st.integers(0, 300), photos=st.integers(1, 40),
    tolerance=st.sampled_from([0, 16, 1024]), damaged=st.booleans(),
)  # fmt: skip
def test_the_kernel_equals_numpy(
    loops: str, seed: int, number: int, photos: int, tolerance: int, damaged: bool
) -> None:
    asked = (*hits(seed, number, photos, damaged=damaged), tolerance)
    ours, theirs = count_votes(*asked), reference.count_votes(*asked)
    assert np.array_equal(ours, theirs)
    assert ours.dtype == theirs.dtype == np.int64


def test_many_photos_are_counted_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = hits(1, 400, 30)
    whole = reference.count_votes(*asked, 16)
    monkeypatch.setattr(votes, "_PAIRS_AT_A_TIME", 300)
    assert np.array_equal(reference.count_votes(*asked, 16), whole)
    assert whole.max() > 5


@pytest.mark.parametrize("native_or_not", [count_votes, reference.count_votes])
def test_what_was_turned_and_moved_as_one_agrees(native_or_not: Any) -> None:
    query = np.array([[100, 100, 20, 0], [300, 120, 30, 40], [200, 400, 25, 200]])
    # A quarter turn: (x, y) becomes (1000 - y, x), directions go on by 64.
    turned = np.stack([1000 - query[:, 1], query[:, 0], query[:, 2], (query[:, 3] + 64) % 256], 1)
    points, photos = np.arange(3), np.zeros(3, np.int64)
    assert native_or_not(query, turned, points, photos, 16).tolist() == [3, 3, 3]
    strayed = turned.copy()
    strayed[2, 0] += 250
    assert native_or_not(query, strayed, points, photos, 16).tolist() == [2, 2, 1]
    # Hits of other photos say nothing, and two of one point count once.
    assert native_or_not(query, turned, points, points, 16).tolist() == [1, 1, 1]
    again = np.array([0, 0, 1])
    pick = again[:, None]
    counted = native_or_not(query[pick[:, 0]], turned[pick[:, 0]], again, photos, 16)
    assert counted.tolist() == [2, 2, 2]


def test_the_kernel_refuses_what_would_lead_it_astray(native: None) -> None:
    asked, call = hits(2, 50, 5), vars(_native)["count_votes"]
    counts = np.zeros(50, np.int64)
    good: tuple[Any, ...] = (*asked, 16, counts, TABLES)
    assert call(*good) is None
    assert counts.min() == 1 < counts.max()
    bad: list[tuple[int, Any]] = [
        *((at, each[1:]) for at, each in enumerate(asked)), (0, asked[0] - 2000),
        (1, asked[1] + 65_536), (4, -1), (4, 1025), (5, counts[1:]),
        (6, (TABLES[1], *TABLES[1:])), (6, (*TABLES[:3], -TABLES[3])),
    ]  # fmt: skip
    for at, value in bad:
        with pytest.raises(ValueError, match="bounds"):
            call(*good[:at], value, *good[at + 1 :])
    with pytest.raises(BufferError):
        call(*good[:5], counts.tobytes(), TABLES)
