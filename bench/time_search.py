"""Exact search measured beside faiss' binary flat index, and our searchers beside each other.

Run ``python bench/time_search.py flat``, or ``pruned``, ``mih``, ``pairs``, ``plans``,
``large``, ``all``.
It needs faiss: ``pip install 'sokkuri[bench]'``.  Real codes come from ``--photos DIR``, from drawn
photos without it.  All figures are ratios of times measured in turn in this run; every answer is
checked by comparing with NumPy.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import search_large
import search_long
import search_plans
import search_short
from sokkuri.kernels import active_kernels
from sokkuri.settings import cpu_count

BENCHES = {
    "flat": search_short.flat,
    "pruned": search_long.pruned,
    "mih": search_short.mih,
    "pairs": search_short.pairs,
    "plans": search_plans.plans,
    "large": search_large.large,
}


def main() -> int:
    options = _options()
    if options.kernels:
        from sokkuri.kernels import _native

        if _native.limit_isa(options.kernels) != options.kernels:
            print(f"this machine has no {options.kernels}", file=sys.stderr)
            return 2
    report: dict[str, Any] = {
        "bench": "search", "kernels": active_kernels(), "threads": cpu_count(), "results": {},
    }  # fmt: skip
    print(f"kernels: {report['kernels']}, threads: {report['threads']}")
    for name in BENCHES if options.bench == "all" else [options.bench]:
        rows = BENCHES[name](options)
        report["results"][name] = rows
        _print(name, rows)
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", choices=[*BENCHES, "all"])
    parser.add_argument("--photos", help="folder of photos; drawn ones if not given")
    parser.add_argument("--cache", help="folder where real codes are kept for the next run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kernels", choices=["portable", "neon", "avx2", "avx512"])
    parser.add_argument("--json", help="write the figures to this file")
    flat = parser.add_argument_group("flat")
    flat.add_argument(
        "--sizes",
        default="64:8000000,256:2000000,12288:100000",
        help="bits:codes, separated by commas",
    )
    flat.add_argument("--batch", type=int, default=64)
    real = parser.add_argument_group("pruned")
    real.add_argument("--rows", type=int, default=200_000)
    real.add_argument("--queries", type=int, default=100)
    short = parser.add_argument_group("mih and pairs")
    short.add_argument("--mih-rows", type=int, default=10_000_000)
    short.add_argument("--mih-bits", type=int, default=64, choices=sorted(search_short.REAL))
    short.add_argument("--radius", type=int, default=6)
    short.add_argument("--pairs-rows", type=int, default=500_000)
    short.add_argument("--pairs-radius", type=int, default=5)
    planned = parser.add_argument_group("plans")
    planned.add_argument("--plans-rows", type=int, default=1_000_000)
    planned.add_argument("--plans-for", default="", help="only codes whose name holds this")
    large = parser.add_argument_group("large")
    large.add_argument("--large-rows", type=int, default=100_000_000)
    return parser.parse_args()


def _print(name: str, rows: list[dict[str, Any]]) -> None:
    print(f"\n{name}")
    columns = list(dict.fromkeys(key for row in rows for key in row))
    texts = [[_text(row.get(column, "")) for column in columns] for row in rows]
    widths = [max(map(len, cells)) for cells in zip(columns, *texts, strict=True)]
    for line in (columns, *texts):
        print("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)))


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3g}" if value < 10 else f"{value:.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    sys.exit(main())
