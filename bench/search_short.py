"""Search of short codes, and of any by a scan."""

from __future__ import annotations

import argparse
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

import datasets
import judge
from contest import contest
from sokkuri.index.index import Index
from sokkuri.index.neighbour import Pairs
from sokkuri.searchers.exact import do_all, ranges
from sokkuri.searchers.flat import FlatSearcher
from sokkuri.searchers.mih import MihSearcher
from sokkuri.settings import cpu_count

K = 10
JUDGED = 5
JUDGED_ROWS = 50
# As far as near-duplicates are: a query's own code is the only one nearer.
FLIPPED = 0.1
# Real codes whose bits are as uneven as those of photos, by width.
REAL = {64: "phash-8", 256: "phash-16"}


def flat(options: argparse.Namespace) -> list[dict[str, Any]]:
    """The ten nearest among random codes: one query, and a batch."""
    rows = []
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
    threads = cpu_count()
    ours, alone = FlatSearcher(codes), FlatSearcher(codes, workers=1)
    few = queries[:JUDGED]
    judge.check(ours.search(few, k=K), codes, few, k=K)
    judge.check_distances(theirs.search(few, K)[0], codes, few, K)

    def by_faiss(workers: int) -> None:
        faiss.omp_set_num_threads(workers)
        theirs.search(queries, K)

    best = contest(
        {
            "faiss": lambda: by_faiss(threads),
            "ours": lambda: ours.search(queries, k=K),
            "faiss alone": lambda: by_faiss(1),
            "ours alone": lambda: alone.search(queries, k=K),
            "sum": lambda: codes.view(np.uint64).sum(),
            "shared sum": lambda: _shared_sum(codes.view(np.uint64), threads),
        },
        rounds,
    )
    found = {
        "times faster than faiss": best["faiss"] / best["ours"],
        "both on one thread": best["faiss alone"] / best["ours alone"],
    }
    if len(queries) == 1:
        found |= {
            "of np.sum of the bytes": best["ours"] / best["sum"],
            "of np.sum on all threads": best["ours"] / best["shared sum"],
        }
    return found


def _shared_sum(words: NDArray[np.uint64], threads: int) -> int:
    """Sum in as many threads as our scan has; one thread alone does not use all of the memory."""
    parts = ranges(len(words), threads)
    return sum(do_all(lambda part: int(words[part[0] : part[1]].sum()), parts))


def mih(options: argparse.Namespace) -> list[dict[str, Any]]:
    """A small radius among codes in clouds: tables beside a scan."""
    codes = clouds_of(options, options.mih_rows, options.mih_bits)
    searcher, scan = MihSearcher.build(codes), FlatSearcher(codes)
    queries = datasets.queries_near(codes, 400, 0.03)
    radius = options.radius
    few = queries[: 4 * JUDGED]
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
            "bits": options.mih_bits, "codes": len(codes), "radius": radius,
            "times faster than a scan": scanned / looked, "memory of the codes": memory,
            "hits a query": float(hits.mean()),
        }
    ]  # fmt: skip


def pairs(options: argparse.Namespace) -> list[dict[str, Any]]:
    """All pairs within a radius, beside one range search of faiss for all codes."""
    codes = clouds_of(options, options.pairs_rows, 64)
    radius = options.pairs_radius
    theirs = faiss.IndexBinaryFlat(64)
    theirs.add(codes)
    faiss.omp_set_num_threads(cpu_count())
    found: list[Pairs] = []
    answer: list[Any] = []

    def ours() -> None:
        found[:] = Index.from_codes(codes).pairs(radius)

    def by_faiss() -> None:
        # The radius of faiss is exclusive.
        answer[:] = theirs.range_search(codes, radius + 1)

    best = contest({"ours": ours, "faiss": by_faiss}, 1)
    limits, distances, numbers = answer
    asked = np.repeat(np.arange(len(codes)), np.diff(limits.astype(np.int64)))
    later = numbers > asked
    first, second, apart = (
        np.concatenate([getattr(part, name) for part in found])
        for name in ("first", "second", "distances")
    )
    assert len(first) == int(later.sum()), "faiss found other pairs"
    assert int(apart.sum()) == int(distances[later].sum()), "faiss found other distances"
    judge.check_pairs(first, second, apart, codes, radius, JUDGED_ROWS)
    return [
        {
            "codes": len(codes), "radius": radius, "pairs": len(first),
            "times faster than faiss": best["faiss"] / best["ours"],
        }
    ]  # fmt: skip


def clouds_of(options: argparse.Namespace, rows: int, bits: int) -> datasets.Codes:
    """Return codes in clouds around those of photos."""
    real = datasets.photo_codes(options.photos, options.rows, options.queries, options.cache)
    return datasets.clouds(real[REAL[bits]][0], rows)
