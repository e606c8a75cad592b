"""A saved index of very many codes, opened and searched by a fresh process."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from typing import Any

import numpy as np

import datasets
import judge
from sokkuri.index.index import Index
from sokkuri.matches import Hits

K = 10
QUERIES = 8

CHILD = """
import json, sys, time
import numpy as np
from sokkuri import Index
started = time.perf_counter()
index = Index.open(sys.argv[1])
opened = time.perf_counter() - started
queries = np.load(sys.argv[2])
started = time.perf_counter()
first = index.search_many(queries[:1], k=10)
told = {"open": opened, "first": time.perf_counter() - started, "hits": []}
started = time.perf_counter()
for query in queries:
    hits = index.search_many(query[None], k=10)
    told["hits"].append([hits.rows.tolist(), hits.distances.tolist()])
told["each"] = (time.perf_counter() - started) / len(queries)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
for name in ("VmRSS", "VmHWM"):
    told[name] = int(status[name].split()[0]) * 1024
print(json.dumps(told))
"""


def large(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Time to open, memory, and every answer recomputed."""
    codes = datasets.random_codes(options.large_rows, 64)
    queries = datasets.queries_near(codes, QUERIES, 0.1)
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(options.cache or scratch, f"random-{len(codes)}.index")
        asked = os.path.join(scratch, "queries.npy")
        if not os.path.exists(path):
            Index.from_codes(codes).save(path)
        np.save(asked, queries)
        done = subprocess.run(
            [sys.executable, "-c", CHILD, path, asked], capture_output=True, text=True, check=True
        )
    told = json.loads(done.stdout)
    for query, (rows, distances) in zip(queries, told["hits"], strict=True):
        hits = Hits(
            np.array([0, len(rows)]), np.array(rows), np.array(distances, np.uint32), np.array([0])
        )
        judge.check(hits, codes, query[None], k=K)
    return [
        {
            "codes": len(codes), "seconds to open": told["open"],
            "first search, of a later one": told["first"] / told["each"],
            "memory after, MB": told["VmRSS"] / 1e6, "at most, MB": told["VmHWM"] / 1e6,
            "answers checked": len(told["hits"]),
        }
    ]  # fmt: skip
