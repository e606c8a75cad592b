"""Shares of differing bits about shape: ``python bench/explain_shares.py --photos clothing``.

Where the words "shapes agree" and "shapes differ" of an explanation come from.  Prints percentiles
over all pairs of a sample of photos, those of one folder and those of two, as ``look-2`` compares
them by default.
"""

from __future__ import annotations

import argparse
import os

import numpy as np

import sokkuri
from sokkuri.explanation.sentence import AGREEING_SHARE, DIFFERING_SHARE
from sokkuri.hashers.look_layout import CENTRE_AT
from sokkuri.metric import Metric

PERCENTS = (1, 5, 25, 40, 50, 75, 95)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", required=True, help="a folder with a folder for each class")
    parser.add_argument("--sample", type=int, default=400)
    options = parser.parse_args()
    hashed = [item for item in sokkuri.hash_files(options.photos) if item.hash is not None]
    random = np.random.default_rng(1)
    sample = random.choice(len(hashed), min(options.sample, len(hashed)), replace=False)
    codes = np.array([np.frombuffer(hashed[at].hashes[0].code, np.uint8) for at in sample])
    classes = np.array([os.path.dirname(hashed[at].path) for at in sample])
    shares = _shape_shares(codes)
    upper = np.triu(np.ones_like(shares, np.bool_), 1)
    alike = classes[:, None] == classes[None, :]
    print("percentile", *PERCENTS, sep="\t")
    for word, chosen in (("one kind", alike & upper), ("two kinds", ~alike & upper)):
        found = np.percentile(shares[chosen], PERCENTS).round(3)
        near, far = shares[chosen] <= AGREEING_SHARE, shares[chosen] >= DIFFERING_SHARE
        print(word, *found.tolist(), sep="\t")
        print(f"  agree {near.mean():.1%}, differ {far.mean():.1%}")
    return 0


def _shape_shares(
    codes: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    measure = Metric.of(sokkuri.hasher("look-2"))
    assert measure.chosen is not None
    bits = np.unpackbits(measure.table(codes), axis=1)[:, : measure.spec.bits].astype(np.float32)
    mirrored = bits[:, measure.mirrored]
    shape = measure.chosen < CENTRE_AT
    whole = [_apart(bits, each) for each in (bits, mirrored)]
    shapes = [_apart(bits[:, shape], each[:, shape]) for each in (bits, mirrored)]
    nearer = np.where(whole[1] < whole[0], shapes[1], shapes[0])
    return np.asarray(nearer / float(shape.sum()), np.float64)


def _apart(
    a: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    b: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Count the differing bits of every pair of rows."""
    both = a @ b.T
    apart = a.sum(axis=1)[:, None] + b.sum(axis=1)[None, :] - 2 * both
    return np.asarray(np.rint(apart), np.float64)


if __name__ == "__main__":
    raise SystemExit(main())
