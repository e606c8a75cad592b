"""How well one half of a folder foretells the pairs that are near by chance in the other half.

Run ``python bench/foretell_false_pairs.py --photos DIR``, with photos of which no two are copies:
then all near pairs are there by chance.  The photos are dealt into two halves, again and again; a
model is made of each half, and at the distance within which 1 in 1,000, 10,000 and 100,000 of the
other half's pairs lie it is asked for that share.  The table says how many times the true share is
foretold: the median, and the least and the most; how often it is within a factor of 2; and how many
pairs of the other half are within the threshold that this half would choose for it, where about one
is foretold.  ``--spread`` says beside it how well one half's own share tells that of the other,
without any model: no model can do much better than that.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sokkuri.chance import ChanceModel
from sokkuri.metric import Metric
from sokkuri.pipeline import hash_paths, list_files
from sokkuri.registry import hasher
from sokkuri.settings import LOW_QUALITY

Codes = NDArray[np.uint8]

HASHES = ("ahash-rgb-64", "phash-16", "pdq", "look-2", "look-2@shape", "look-2@colour")
SHARES = (1e-3, 1e-4, 1e-5)


def main() -> int:
    options = _options()
    rows = []
    for name, (metric, codes) in _compared(options.photos, options.hash).items():
        halves = list(_halves(len(codes), options.splits))
        times, spread, within = _measured(metric, codes, halves)
        rows.append({
            "hash": name, "photos": len(codes), "splits": options.splits,
            "foretold": {f"{share:g}": _summary(values) for share, values in times.items()},
            "other_half": {f"{share:g}": _summary(values) for share, values in spread.items()},
            "pairs_within_chosen": {"mean": float(np.mean(within)), "most": int(max(within))},
        })  # fmt: skip
        _print(rows[-1], spread=options.spread)
    if options.json:
        Path(options.json).write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", required=True, help="folder of photos without copies")
    parser.add_argument("--hash", nargs="+", default=HASHES)
    parser.add_argument("--splits", type=int, default=16, help="how often to deal into halves")
    parser.add_argument("--spread", action="store_true", help="tell what the halves differ by")
    parser.add_argument("--json", help="write the numbers to this file")
    return parser.parse_args()


def _compared(folder: str, names: Sequence[str]) -> dict[str, tuple[Metric, Codes]]:
    """Return how codes are compared, and the codes of the photos that say enough, by name."""
    parted = {name: name.partition("@") for name in names}
    makers = {plain: hasher(plain) for plain, _, _ in parted.values()}
    files = list_files([folder]).files
    records = [each for each in hash_paths(list(makers.values()), files) if not each.rejected]
    found = {}
    for name, (plain, _, emphasis) in parted.items():
        place = list(makers).index(plain)
        hashes = [record.hashes[place] for record in records]
        said = [each.code for each in hashes if each.quality is None or each.quality >= LOW_QUALITY]
        metric = Metric.of(makers[plain], emphasis=emphasis or None)
        found[name] = metric, metric.table(np.array([list(code) for code in said], np.uint8))
    return found


def _halves(photos: int, splits: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield the photos of one half and of the other, and the same the other way round."""
    random = np.random.default_rng(0)
    for _ in range(splits):
        order = random.permutation(photos)
        one, other = np.sort(order[: photos // 2]), np.sort(order[photos // 2 :])
        yield one, other
        yield other, one


def _measured(
    metric: Metric, codes: Codes, halves: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]
) -> tuple[dict[float, list[float]], dict[float, list[float]], list[int]]:
    """Return how many times shares are foretold, and told by the other half; pairs within."""
    distances = metric.distances(codes, codes)
    times: dict[float, list[float]] = {share: [] for share in SHARES}
    spread: dict[float, list[float]] = {share: [] for share in SHARES}
    within = []
    for one, other in halves:
        model = ChanceModel.of(metric, codes[one])
        assert model is not None, "too few photos"
        mine, true = (
            _shares(distances[np.ix_(half, half)], metric.spec.bits) for half in (one, other)
        )
        for share in SHARES:
            at = int(np.searchsorted(true, share * (1 - 1e-9)))
            times[share].append(float(model.shares[at] / true[at]))
            spread[share].append(float(mine[at] / true[at]))
        pairs = len(other) * (len(other) - 1) // 2
        chosen = model.reach(pairs, 1.0)
        within.append(round(true[chosen] * pairs) if chosen >= 0 else 0)
    return times, spread, within


def _shares(distances: NDArray[np.uint32], bits: int) -> NDArray[np.float64]:
    """Return the share of pairs within each distance, shape (bits + 1,)."""
    above = distances[np.triu_indices(len(distances), 1)]
    return np.asarray(np.cumsum(np.bincount(above, minlength=bits + 1)) / len(above))


def _summary(values: Sequence[float]) -> dict[str, float]:
    low, middle, high = np.percentile(values, [0, 50, 100]).tolist()
    near = np.mean([0.5 <= value <= 2 for value in values])
    return {"least": low, "median": middle, "most": high, "within_2": float(near)}


def _print(row: dict[str, object], *, spread: bool) -> None:
    print(f"{row['hash']:20}{'share':>8}{'median':>8}{'least':>7}{'most':>7}{'within 2':>10}")
    for kind, label in (("foretold", "foretold"), *([("other_half", "other half")] * spread)):
        table = row[kind]
        assert isinstance(table, dict)
        for share, told in table.items():
            ends = f"{told['median']:8.2f}{told['least']:7.2f}{told['most']:7.2f}"
            print(f"  {label:18}{share:>8}{ends}{told['within_2']:10.0%}")
    print(f"  pairs where about one is foretold: {row['pairs_within_chosen']}")


if __name__ == "__main__":
    raise SystemExit(main())
