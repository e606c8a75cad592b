from __future__ import annotations

import numpy as np
import pytest

from sokkuri.index.planner import Planner, Statistics
from sokkuri.searchers.mih import MihSearcher
from sokkuri.searchers.pruned import PrunedSearcher
from sokkuri.testing import clustered_codes


def test_few_codes_are_scanned() -> None:
    planner = Planner(clustered_codes(1000, 8), 64)
    for _ in range(50):
        plan = planner.plan(k=10, max_distance=None, queries=1)
        assert plan.searcher == "flat"
    assert planner.built == ("flat",)
    assert "scanned at once" in str(plan)


@pytest.mark.slow
def test_tables_are_built_once_they_pay_for_themselves() -> None:
    codes = np.random.default_rng(0).integers(0, 256, (1_000_000, 8), np.uint8)
    planner = Planner(codes, 64, workers=1)
    chosen = [planner.plan(k=None, max_distance=5, queries=1) for _ in range(400)]
    assert chosen[0].searcher == "flat"
    assert chosen[-1].searcher == "mih"
    assert chosen[-1].milliseconds["mih"] < chosen[-1].milliseconds["flat"]
    # Once chosen, it is chosen again.
    names = [plan.searcher for plan in chosen]
    assert names == sorted(names)
    assert "not worth building yet" in {plan.why.split(", but is ")[-1] for plan in chosen}


def test_a_batch_counts_as_its_queries_do() -> None:
    codes = np.random.default_rng(0).integers(0, 256, (1_000_000, 8), np.uint8)
    plan = Planner(codes, 64, workers=1).plan(k=None, max_distance=5, queries=100_000)
    assert plan.searcher == "mih"


def test_a_large_radius_is_scanned_for() -> None:
    codes = np.random.default_rng(0).integers(0, 256, (1_000_000, 8), np.uint8)
    planner = Planner(codes, 64, workers=1)
    for _ in range(400):
        plan = planner.plan(k=None, max_distance=30, queries=1)
    assert plan.searcher == "flat"
    assert "cheapest" in plan.why


def test_the_same_calls_lead_to_the_same_choices() -> None:
    codes = clustered_codes(300_000, 8, 5)
    runs = [
        [planner.plan(k=5, max_distance=None, queries=7).searcher for _ in range(60)]
        for planner in (Planner(codes, 64, workers=2), Planner(codes, 64, workers=2))
    ]
    assert runs[0] == runs[1]


def test_what_is_asked_for_is_taken() -> None:
    planner = Planner(clustered_codes(100, 8), 64)
    assert planner.plan(k=1, max_distance=None, queries=1, searcher="mih").searcher == "mih"
    with pytest.raises(ValueError, match="give `blocks`"):
        planner.plan(k=1, max_distance=None, queries=1, searcher="pruned")


def test_a_survey_estimates_what_bounds_leave() -> None:
    codes = clustered_codes(5000, 16, 3)
    statistics = Statistics.of(codes, 128, [np.arange(128) // 64, np.arange(128) // 16], None)
    assert statistics.pruned_cost(10) < statistics.pruned_cost(60)
    assert statistics.mih_cost(2) < statistics.mih_cost(20)
    near = statistics.reach(1, None)
    assert 0 <= near <= statistics.reach(100, None) <= 128
    assert statistics.reach(None, 7) == 7
    assert statistics.reach(None, None) == 128


def test_what_would_fill_the_memory_is_not_built_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sokkuri.index.planner.MOST_SEARCHER_BYTES", 1 << 20)
    codes = np.random.default_rng(0).integers(0, 256, (400_000, 8), np.uint8)
    planner = Planner(codes, 64, workers=1)
    plan = planner.plan(k=None, max_distance=5, queries=100_000)
    assert plan.searcher == "flat"
    assert "ask for it by name" in plan.why
    assert planner.plan(k=None, max_distance=5, queries=1, searcher="mih").searcher == "mih"
    statistics = Statistics.of(codes, 64, [np.arange(64) // 8], None)
    mih, pruned = planner.searcher("mih"), PrunedSearcher.build(codes, [np.arange(64) // 8])
    assert isinstance(mih, MihSearcher)
    assert statistics.nbytes("mih") == mih.nbytes - 4 * len(mih.tables)
    assert statistics.nbytes("pruned") == pruned.nbytes
    assert statistics.nbytes("flat") == 0
