"""Search of short codes, and of any by a scan."""

from __future__ import annotations

import argparse
from typing import Any

import faiss
import numpy as np

import datasets
import judge
from contest import contest
from sokkuri.cores import core_count
from sokkuri.index.index import Index
from sokkuri.searchers.flat import FlatSearcher
from sokkuri.searchers.mih import MihSearcher

K = 10
JUDGED = 5
# As far as near-duplicates are: a query's own code is the only one nearer.
FLIPPED = 0.1


def flat(options: argparse.Namespace) -> list[dict[str, Any]]:
    """The ten nearest among random codes: one query, and a batch."""
    rows = []
    faiss.omp_set_num_threads(core_count())
    for size in options.sizes.split(","):
        bits, count = map(int, size.split(":"))
        codes = datasets.random_codes(count, bits)
        theirs = faiss.IndexBinaryFlat(bits)
        theirs.add(codes)
        for asked in (1, options.batch):
            queries = datasets.queries_near(codes, asked, FLIPPED)
            row = {"bits": bits, "codes": count, "queries": asked}
            rows.append(row | _scanned(theirs, codes, queries, options.rounds))
    return rows


def _scanned(
    theirs: Any, codes: datasets.Codes, queries: datasets.Codes, rounds: int
) -> dict[str, Any]:
    ours = FlatSearcher(codes)
    few = queries[:JUDGED]
    judge.check(ours.search(few, k=K), codes, few, k=K)
    judge.check_distances(theirs.search(few, K)[0], codes, few, K)
    best = contest(
        {
            "faiss": lambda: theirs.search(queries, K),
            "ours": lambda: ours.search(queries, k=K),
            "sum": lambda: codes.view(np.uint64).sum(),
        },
        rounds,
    )
    return {
        "times faster than faiss": best["faiss"] / best["ours"],
        "of summing the bytes": best["ours"] / best["sum"],
    }


def mih(options: argparse.Namespace) -> list[dict[str, Any]]:
    """A small radius among 64-bit codes in clouds: tables beside a scan."""
    codes = _clouds(options, options.mih_rows)
    searcher, scan = MihSearcher.build(codes), FlatSearcher(codes)
    queries = datasets.queries_near(codes, 400, 0.03)
    radius = options.radius
    few = queries[:JUDGED]
    judge.check(searcher.search(few, max_distance=radius), codes, few, radius=radius)
    best = contest(
        {
            "tables": lambda: [searcher.search(q[None], max_distance=radius) for q in queries],
            "scan": lambda: [scan.search(q[None], max_distance=radius) for q in queries[:20]],
        },
        options.rounds,
    )
    scanned, looked = best["scan"] / 20, best["tables"] / len(queries)
    memory = (codes.nbytes + searcher.nbytes) / codes.nbytes
    hits = searcher.search(queries, max_distance=radius).totals
    return [
        {
            "codes": len(codes), "radius": radius, "times faster than a scan": scanned / looked,
            "memory of the codes": memory, "hits a query": float(hits.mean()),
        }
    ]  # fmt: skip


def pairs(options: argparse.Namespace) -> list[dict[str, Any]]:
    """All pairs within a radius, beside one range search of faiss for all codes."""
    codes = _clouds(options, options.pairs_rows)
    radius = options.pairs_radius
    theirs = faiss.IndexBinaryFlat(64)
    theirs.add(codes)
    index = Index.from_codes(codes)
    found = list(index.pairs(radius))
    # The radius of faiss is exclusive.
    best = contest(
        {
            "ours": lambda: sum(map(len, Index.from_codes(codes).pairs(radius))),
            "faiss": lambda: theirs.range_search(codes, radius + 1),
        },
        1,
    )
    limits, distances, numbers = theirs.range_search(codes, radius + 1)
    asked = np.repeat(np.arange(len(codes)), np.diff(limits.astype(np.int64)))
    later = numbers > asked
    count = sum(map(len, found))
    assert count == int(later.sum()), "other pairs"
    assert sum(int(part.distances.sum()) for part in found) == int(distances[later].sum())
    return [
        {
            "codes": len(codes), "radius": radius, "pairs": count,
            "times faster than faiss": best["faiss"] / best["ours"],
        }
    ]  # fmt: skip


def _clouds(options: argparse.Namespace, rows: int) -> datasets.Codes:
    real = datasets.photo_codes(options.photos, options.rows, options.queries, options.cache)
    return datasets.clouds(real["phash-8"][0], rows)
