"""Several ways to do one thing, timed in turn; the shortest time of each counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

# OpenMP's threads spin for a while after their work, on the cores that the next one needs.
_PAUSE = 0.25
_LEAST_SECONDS = 0.1


def contest(
    contenders: Mapping[str, Callable[[], object]], rounds: int, *, pause: float = _PAUSE
) -> dict[str, float]:
    """Run every contender for a while, and all of them again, and return the shortest seconds."""
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(rounds):
        for name, run in contenders.items():
            time.sleep(pause)
            began = time.perf_counter()
            while time.perf_counter() - began < _LEAST_SECONDS:
                start = time.perf_counter()
                run()
                best[name] = min(best[name], time.perf_counter() - start)
    return best
