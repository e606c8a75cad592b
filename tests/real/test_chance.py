"""Chance on real photos: what one half of them foretells of the other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sokkuri.chance import ChanceModel
from sokkuri.metric import Metric
from sokkuri.pipeline import hash_paths, list_files
from sokkuri.registry import hasher

NAMES = ("ahash-rgb-64", "phash-16", "pdq", "look-2")


def test_halves_foretell_each_other(clothing: Path) -> None:
    makers = [hasher(name) for name in NAMES]
    records = [each for each in hash_paths(makers, list_files([clothing]).files) if each.hashes]
    for place, maker in enumerate(makers):
        metric = Metric.of(maker)
        codes = np.array([list(record.hashes[place].code) for record in records], np.uint8)
        table, random = metric.table(codes), np.random.default_rng(0)
        times: dict[float, list[float]] = {1e-3: [], 1e-4: []}
        for _ in range(4):
            order = random.permutation(len(table))
            for part in (slice(None, None, 2), slice(1, None, 2)):
                half = table[order[part]]
                other = table[np.setdiff1d(order, order[part])]
                model = ChanceModel.of(metric, half)
                assert model is not None
                distances = metric.distances(other, other)[np.triu_indices(len(other), 1)]
                for share, told in times.items():
                    at = int(np.quantile(distances, share, method="inverted_cdf"))
                    told.append(model.pairs_by_chance(at, 1) / float(np.mean(distances <= at)))
        assert 0.5 < min(times[1e-3]) <= max(times[1e-3]) < 2, maker.spec.name
        assert 0.5 < np.median(times[1e-4]) < 2, maker.spec.name


@pytest.mark.parametrize("name", ["phash-16", "look-2"])
def test_no_stranger_is_taken_for_alike(clothing: Path, name: str) -> None:
    from sokkuri import threshold

    found = threshold(clothing, hash=name, library=None)
    assert found.basis == "chance"
    assert found.max_distance is not None
    assert found.max_distance > found.spec.bits // 64
    assert found.found(found.max_distance) <= 3
