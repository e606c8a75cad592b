"""Search of long codes of real photos, through counts of blocks and by a scan."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import faiss
import numpy as np

import datasets
import judge
from contest import contest
from sokkuri.matches import max_distance_of_rate
from sokkuri.metric import Metric
from sokkuri.protocols import Hasher, SupportsBlocks
from sokkuri.registry import hasher
from sokkuri.searchers.flat import FlatSearcher
from sokkuri.searchers.pruned import PrunedSearcher
from sokkuri.settings import cpu_count

K = 10
JUDGED = 5
RATE = 2.0


def pruned(options: argparse.Namespace) -> list[dict[str, Any]]:
    """One query at a time: a radius, and the ten nearest."""
    faiss.omp_set_num_threads(cpu_count())
    real = datasets.photo_codes(options.photos, options.rows, options.queries, options.cache)
    rows = []
    for name in ("ahash-rgb-64", "ahash-gray-64", "look-2", "look-2@balanced"):
        maker = hasher(name.partition("@")[0])
        measure = Metric.of(maker)
        codes, queries = real[maker.spec.name]
        levels = measure.blocks(maker) if "@" in name else blocks_of(maker)
        if "@" in name:
            codes, queries = measure.table(codes), measure.table(queries)
        bits = len(levels[0])
        # The tutorial's rate for its own hash, and the same share of the bits for others.
        radius = max_distance_of_rate(RATE) * bits // 12_288
        every: list[tuple[str, dict[str, Any]]] = [
            (f"radius {radius}", {"max_distance": radius}),
            (f"{K} nearest", {"k": K}),
        ]
        for words, asked in every:
            row = {"hash": name, "bits": bits, "codes": len(codes), "asked": words}
            rows.append(row | _measured(codes, queries, levels, asked, options.rounds))
    return rows


def blocks_of(maker: Hasher) -> tuple[Any, ...]:
    return maker.blocks() if isinstance(maker, SupportsBlocks) else ()


def _measured(
    codes: datasets.Codes,
    queries: datasets.Codes,
    levels: tuple[Any, ...],
    asked: dict[str, Any],
    rounds: int,
) -> dict[str, Any]:
    theirs = _faiss_of(codes)
    bounded, scan = PrunedSearcher.build(codes, levels), FlatSearcher(codes)
    alone = replace(bounded, workers=1)
    radius = asked.get("max_distance")
    for searcher in (bounded, scan):
        hits = searcher.search(queries[:JUDGED], **asked)
        judge.check(hits, codes, queries[:JUDGED], k=asked.get("k"), radius=radius)
    few = queries[: max(1, len(queries) // 10)]
    padded = np.pad(few, ((0, 0), (0, theirs.d // 8 - codes.shape[1])))

    # One query is one thread's work to faiss, whatever it may use.
    def by_faiss() -> None:
        for query in padded:
            if radius is None:
                theirs.search(query[None], K)
            else:
                theirs.range_search(query[None], radius + 1)

    def ours(searcher: FlatSearcher | PrunedSearcher, these: datasets.Codes) -> Callable[[], None]:
        def run() -> None:
            for query in these:
                searcher.search(query[None], **asked)

        return run

    best = contest(
        {
            "faiss": by_faiss,
            "pruned": ours(bounded, queries),
            "alone": ours(alone, queries),
            "flat": ours(scan, few),
        },
        rounds,
    )
    each = best["pruned"] / len(queries)
    return {
        "times faster than faiss": best["faiss"] / len(few) / each,
        "on one thread": best["faiss"] / len(few) / (best["alone"] / len(queries)),
        "than our scan": best["flat"] / len(few) / each,
        "memory of the codes": (codes.nbytes + bounded.nbytes) / codes.nbytes,
    }


def _faiss_of(codes: datasets.Codes) -> Any:
    """Return faiss' index; it wants whole words, so codes are padded with zeros."""
    width = -(-codes.shape[1] // 8) * 8
    index = faiss.IndexBinaryFlat(8 * width)
    index.add(np.pad(codes, ((0, 0), (0, width - codes.shape[1]))))
    return index
