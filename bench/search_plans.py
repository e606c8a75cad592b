"""What the planner expects of each searcher, beside what each takes."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np

import datasets
from contest import contest
from search_long import blocks_of
from search_short import clouds_of
from sokkuri.hashes import HashSpec
from sokkuri.index.index import Index
from sokkuri.index.planner import CHOICES, SearcherName
from sokkuri.metric import Metric
from sokkuri.registry import hasher

# Nobody makes a single search of an index that has not been asked before.
ASKED_BEFORE = 1000
# Searches of which nothing good is said are not waited for.
HOPELESS = 4.0
# A call of several queries takes so many.
BATCH = 64

Asked = dict[str, Any]


def plans(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Every searcher timed for many ways to ask; all as shares of what a scan takes."""
    rows: list[dict[str, Any]] = []
    real = datasets.photo_codes(options.photos, options.rows, options.queries, options.cache)
    for name in ("ahash-rgb-64", "ahash-gray-64", "look-2@balanced"):
        if options.plans_for not in name:
            continue
        maker = hasher(name.partition("@")[0])
        codes, queries = real[maker.spec.name]
        blocks = blocks_of(maker)
        if "@" in name:
            measure = Metric.of(maker)
            codes, queries = measure.table(codes), measure.table(queries)
            blocks = measure.blocks(maker)
        bits = len(blocks[0])
        spec = HashSpec(f"bench-{bits}", bits)
        index = Index.from_codes(codes, spec=spec, blocks=blocks)
        radii = [bits // 50, bits // 24, bits // 12, bits // 6]
        rows += _table(name, index, queries, radii, options.rounds)
    for bits, radii in ((64, [2, 6, 9, 12, 16]), (256, [8, 16, 24, 40])):
        name = f"clouds of {bits}"
        if options.plans_for not in name:
            continue
        codes = clouds_of(options, options.plans_rows, bits)
        queries = datasets.queries_near(codes, options.queries, 0.03)
        rows += _table(name, Index.from_codes(codes), queries, radii, options.rounds)
    return rows


def _table(
    name: str, index: Index, queries: datasets.Codes, radii: list[int], rounds: int
) -> list[dict[str, Any]]:
    ways: list[Asked] = [{"max_distance": radius} for radius in radii]
    ways += [{"k": 1}, {"k": 10}, {"k": 100}]
    return [
        {"codes": name, "asked": _words(asked), "at once": count}
        | _compared(index, queries[: max(count, 16)], count, asked, rounds)
        for asked in ways
        for count in (1, BATCH)
    ]


def _words(asked: Asked) -> str:
    return ", ".join(f"{name} {value}" for name, value in asked.items())


def _compared(
    index: Index, queries: datasets.Codes, count: int, asked: Asked, rounds: int
) -> dict[str, Any]:
    told = _told(index, count, asked)
    scan = told["flat"]
    tried = [name for name in CHOICES if told.get(name, float("inf")) < HOPELESS * scan]
    # Searchers are the index's own, so that nothing is built twice.
    searchers = {name: index._plans().searcher(name) for name in tried}  # noqa: SLF001

    def runs(name: SearcherName) -> Callable[[], None]:
        def run() -> None:
            for at in range(0, len(queries), count):
                searchers[name].search(queries[at : at + count], **asked)

        return run

    # Each once for nothing: what it keeps for later is made then.
    for name in tried:
        runs(name)()
    some = [searchers[name].search(queries[:count], **asked) for name in tried]
    for hits in some[1:]:
        assert np.array_equal(hits.rows, some[0].rows), "two answers"
        assert np.array_equal(hits.distances, some[0].distances), "two answers"
    best = contest({name: runs(name) for name in tried}, rounds, pause=0.0)
    chosen = min(tried, key=lambda name: told[name])
    quickest = min(tried, key=lambda name: best[name])
    calls = -(-len(queries) // count)
    row: dict[str, Any] = {"scan told of took": scan / (best["flat"] / calls * 1e3)}
    for name in CHOICES[1:]:
        if name in tried:
            row[f"{name} told"] = told[name] / scan
            row[f"{name} took"] = best[name] / best["flat"]
    return row | {
        "chosen": chosen, "quickest": quickest, "times the quickest": best[chosen] / best[quickest],
    }  # fmt: skip


def _told(index: Index, count: int, asked: Asked) -> dict[SearcherName, float]:
    """Return estimated milliseconds of each searcher, as after many searches."""
    for _ in range(ASKED_BEFORE):
        plan = index.plan(**asked, queries=count)
        if len(plan.milliseconds) > 1:
            break
    return {name: plan.milliseconds[name] for name in CHOICES if name in plan.milliseconds}
