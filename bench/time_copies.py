"""The copy finder: describing, a query among many photos, bytes, and other ways to find copies.

Run ``python bench/time_copies.py --photos DIR``.  One run prints a table for each part, and writes
all of them with ``--json``:

- *describe*: milliseconds a photo, decoding included, by one thread, beside other hashes;
- *query*: milliseconds of one query, description included, on all cores, among real photos and,
  above their number, photos made from them by crops, mirrors and shifts (``--sizes``).  The judge
  recomputes keys within the radius with NumPy, and candidates are compared with a flat scan's;
- *projection*: to a million and ten million photos, from what the two largest sizes took;
- *peers*: recall by edit, milliseconds and bytes of imagehash's crop-resistant hash, of PDQ with
  its eight turns, and of ORB where OpenCV is installed (``pip install opencv-python-headless``).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import copies_peers
import judge
from contest import contest
from copies_table import descriptions
from sokkuri.copies.candidates import PointTable
from sokkuri.copies.finder import CopyFinder, CopyQuery, least_score
from sokkuri.copies.point_keys import PointKeys, keys_of
from sokkuri.copies.views import described_views, find_in_views
from sokkuri.evaluation import EDITS
from sokkuri.evaluation.chart import ShareTable, draw_chart
from sokkuri.evaluation.photos import sample_rows
from sokkuri.hashers.copies import CopiesHash
from sokkuri.hashers.copies_layout import records_of
from sokkuri.images import Rejected, load
from sokkuri.pipeline import hash_source
from sokkuri.registry import hasher
from sokkuri.searchers.flat import FlatSearcher
from sokkuri.settings import cpu_count
from sokkuri.show.export import write_figure

_BESIDE = ("ahash-rgb-64", "look-2", "pdq")
_LARGE = (1_000_000, 10_000_000)
_JUDGED_KEYS = 8


def main() -> int:
    options = _options()
    report: dict[str, Any] = {"bench": "copies", "cores": cpu_count(), "points": options.points}
    with tempfile.TemporaryDirectory() as scratch:
        paths = _photos(options.photos, scratch)
        report["describe"] = _describing(paths[: options.limit], options)
        report["query"] = [_querying(paths, size, options) for size in options.sizes]
        _print_queries(report["query"])
        report["projection"] = _projected(report["query"])
        if options.peers:
            report["peers"] = _peers(paths, options)
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", help="folder of photos; drawn ones if not given")
    parser.add_argument("--points", type=int, default=150, help="300 is `copies --harder`")
    parser.add_argument("--limit", type=int, default=100, help="describe at most so many photos")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--queries", type=int, default=30)
    parser.add_argument("--judged", type=int, default=3, help="queries that are judged")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--peer-photos", type=int, default=300)
    parser.add_argument("--peer-queries", type=int, default=20)
    parser.add_argument("--figure", help="draw the recall of all ways: .png, .pdf or .svg")
    parser.add_argument("--cache", help="keep descriptions here for the next run")
    parser.add_argument("--json", help="write the figures to this file")
    return parser.parse_args()


def _photos(folder: str | None, scratch: str) -> list[str]:
    if folder is None:
        from sokkuri.demo import write_demo_folder

        folder = write_demo_folder(os.path.join(scratch, "demo")).photos_dir
    paths = sorted(str(path) for path in Path(folder).rglob("*") if path.is_file())
    return [path for path in paths if not isinstance(load(path, least_side=64), Rejected)]


def _describing(paths: list[str], options: argparse.Namespace) -> dict[str, float]:
    """Return milliseconds a photo by one thread, the shortest of some runs summed."""
    step = max(1, len(paths) // options.limit)
    chosen = paths[::step][: options.limit]
    makers = {name: [hasher(name)] for name in _BESIDE}
    copies = CopiesHash(options.points)
    makers |= {
        copies.spec.name: [copies],
        f"{copies.spec.name} and look-2": [copies, hasher("look-2")],
        "a query": [copies, CopiesHash(options.points, mirrored=True)],
    }
    best = {name: dict.fromkeys(chosen, float("inf")) for name in makers}
    for _ in range(options.runs):
        for path in chosen:
            for name, hashers in makers.items():
                start = time.perf_counter()
                hash_source(hashers, path)
                best[name][path] = min(best[name][path], time.perf_counter() - start)
    found = {name: 1e3 * statistics.fmean(times.values()) for name, times in best.items()}
    print(f"{len(chosen)} photos described, decoding included, by one thread")
    for name, milliseconds in found.items():
        ratio = milliseconds / found["look-2"]
        print(f"  {name:<24} {milliseconds:7.2f} ms   {ratio:5.2f} x look-2")
    print(f"  a description takes {copies.spec.code_bytes:,} bytes\n")
    return found


def _querying(paths: list[str], size: int, options: argparse.Namespace) -> dict[str, Any]:
    """Time queries among so many photos, and judge some of the answers."""
    codes = descriptions(paths, size, options.points, options.cache)
    finder = CopyFinder.of(codes, options.points)
    start = time.perf_counter()
    ((_, keys),) = finder.points.parts
    tables = time.perf_counter() - start
    views = CopiesHash(options.points), CopiesHash(options.points, mirrored=True)
    rows = sample_rows(paths[:size], os.path.dirname(paths[0]), options.queries, 0)
    parts: dict[str, list[float]] = {"describe": [], "candidates": [], "find": []}
    counts = []
    for row in rows:
        plain, mirrored = hash_source(views, paths[row]).hashes
        query = CopyQuery(plain, mirrored)
        asked = [_record(view.code, options.points) for view in (plain, mirrored)]
        seconds = contest(
            {
                "describe": partial(hash_source, views, paths[row]),
                "candidates": partial(_candidates, finder, asked),
                "find": partial(
                    find_in_views,
                    finder,
                    query,
                    partial(described_views, paths[row], options.points),
                    least=least_score(options.points),
                ),
            },
            1,
            pause=0,
        )
        for name, each in seconds.items():
            parts[name].append(1e3 * each)
        counts.append(sum(map(len, _candidates(finder, asked))))
        assert row in {claim.row for claim in finder.find(query)}, "a photo is not found"
    judged = [_record(hash_source(views[:1], paths[row]).hashes[0].code, options.points)
              for row in rows[: options.judged]]  # fmt: skip
    _judge(finder, judged)
    whole = [a + b for a, b in zip(parts["describe"], parts["find"], strict=True)]
    return {
        "photos": len(codes),
        "keys": len(keys.searcher.codes),
        "tables_s": tables,
        "query_ms": statistics.median(whole),
        "slowest_ms": max(whole),
        **{f"{name}_ms": statistics.median(times) for name, times in parts.items()},
        "candidates": statistics.fmean(counts),
        "judged": len(judged),
    }


def _record(code: bytes, room: int) -> Any:
    return records_of(np.frombuffer(code, np.uint8)[np.newaxis], room)


def _candidates(finder: CopyFinder, asked: list[Any]) -> list[NDArray[np.int64]]:
    return [finder.points.candidates(view, finder.radius).rows for view in asked]


def _judge(finder: CopyFinder, queries: list[Any]) -> None:
    """Compare keys with NumPy's scan, and candidates with those of a flat scan."""
    points = finder.points
    ((_, keys),) = points.parts
    codes = np.asarray(keys.searcher.codes)
    scan = PointKeys(keys.starts, keys.whole, FlatSearcher(codes))
    scanned = PointTable(points.stored, points.room, kept=scan)
    for query in queries:
        asked = keys_of(query["codes"][0, : int(query["count"][0])])
        asked = np.ascontiguousarray(asked[:: max(1, len(asked) // _JUDGED_KEYS)])
        judge.check(
            keys.searcher.search(asked, max_distance=finder.radius), codes, asked,
            radius=finder.radius,
        )  # fmt: skip
        found, flat = (each.candidates(query, finder.radius) for each in (points, scanned))
        assert np.array_equal(found.rows, flat.rows), "other candidates than a flat scan's"
        assert np.array_equal(found.ways, flat.ways), "candidates come otherwise than in a scan"


def _print_queries(rows: list[dict[str, Any]]) -> None:
    heads = ("photos", "keys", "tables s", "query ms", "slowest", "describe", "candidates", "find")
    print(f"one query, {cpu_count()} cores; candidates are those of a flat scan")
    print("".join(f"{head:>12}" for head in heads) + "   to verify")
    for row in rows:
        times = ("query_ms", "slowest_ms", "describe_ms", "candidates_ms", "find_ms")
        cells = [f"{row['photos']:,}", f"{row['keys']:,}", f"{row['tables_s']:.2f}"]
        cells += [f"{row[name]:.1f}" for name in times]
        print("".join(f"{cell:>12}" for cell in cells) + f"{row['candidates']:12.0f}")
    print()


def _projected(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Project the query's time from the two largest sizes: what is fixed, and what each photo adds.

    Candidates to verify are bounded, so only their search grows.
    """
    if len(rows) < 2:
        return {}
    small, large = sorted(rows, key=lambda row: row["photos"])[-2:]
    more = large["photos"] - small["photos"]
    each = max(0.0, (large["query_ms"] - small["query_ms"]) / more)
    fixed = large["query_ms"] - each * large["photos"]
    keys = large["keys"] / large["photos"]
    found = {"ms_per_million": 1e6 * each, "fixed_ms": fixed, "keys_per_photo": keys, "to": []}
    print(f"projection: {fixed:.1f} ms, and {1e6 * each:.0f} ms for each million photos")
    for photos in _LARGE:
        milliseconds = fixed + each * photos
        found["to"].append({"photos": photos, "query_ms": milliseconds})
        print(f"  {photos:>12,} photos {milliseconds:10.0f} ms {keys * photos:16,.0f} keys")
    print()
    return found


def _peers(paths: list[str], options: argparse.Namespace) -> list[dict[str, Any]]:
    step = max(1, len(paths) // options.peer_photos)
    chosen = paths[::step][: options.peer_photos]
    rows = sample_rows(chosen, os.path.dirname(chosen[0]), options.peer_queries, 0)
    copies = copies_peers.copies_of(chosen, rows)
    found = [copies_peers.measured_finder(copies, options.points)]
    found += [copies_peers.measured(peer, copies) for peer in copies_peers.peers()]
    title = f"{len(rows)} photos edited, among {len(chosen):,}"
    print(f"{title}; recall in percent")
    print(f"  {'':<18}" + "".join(f"{each['name']:>26}" for each in found))
    groups = _recall_groups(found, [edit.name for edit in copies.edits])
    for name, values in (line for group in groups for line in group):
        print(f"  {name:<18}" + "".join(f"{100 * value:26.1f}" for value in values))
    for key, words in (("describe_ms", "ms to describe"), ("compare_us", "µs a photo"),
                       ("bytes", "bytes a photo")):  # fmt: skip
        print(f"  {words:<18}" + "".join(f"{each[key]:26,.1f}" for each in found))
    if options.figure:
        note = "percent · others where 1 in 100,000 unrelated pairs may pass"
        table = ShareTable("Recall by edit", note, [each["name"] for each in found], groups)
        write_figure(draw_chart("Ways to find edited copies", title, [table], []), options.figure)
    return found


def _recall_groups(
    found: list[dict[str, Any]], names: list[str]
) -> list[list[tuple[str, list[float]]]]:
    """Return the recall by edit, with the means of the eighteen and of the harder ones apart."""
    groups = []
    for words, part in (("mean", names[: len(EDITS)]), ("mean of the harder", names[len(EDITS) :])):
        groups.append([(name, [each["recall"][name] for each in found]) for name in part])
        means = [statistics.fmean(each["recall"][name] for name in part) for each in found]
        groups.append([(words, means)])
    return groups


if __name__ == "__main__":
    sys.exit(main())
