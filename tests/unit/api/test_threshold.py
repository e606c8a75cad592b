"""The threshold that a folder chooses for itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import sokkuri
from sokkuri.duplicates.alike import alike_by_chance, alike_groups
from sokkuri.engine.distinct import DistinctCodes
from sokkuri.engine.options import SearchOptions
from sokkuri.engine.search import Engines
from sokkuri.engine.table import PhotoTable
from sokkuri.engine.thresholds import ThresholdOutcome, chosen_threshold
from sokkuri.hashes import HashSpec
from sokkuri.metric import Metric
from sokkuri.pipeline import hash_source
from sokkuri.registry import hasher
from sokkuri.show.threshold import choice_words, threshold_words

Waves = Callable[[int, int, int], NDArray[np.uint8]]


def chosen(codes: NDArray[np.uint8]) -> ThresholdOutcome:
    bits = 8 * codes.shape[1]
    spec = HashSpec(f"codes-{bits}", bits)
    paths = [f"{number:05}" for number in range(len(codes))]
    table = PhotoTable(spec, paths, codes, np.full(len(codes), 90, np.int8))
    return ThresholdOutcome(**chosen_threshold(DistinctCodes.of(table, Metric(spec))))


def with_copies(photos: int, copies: int, bits: int = 256) -> NDArray[np.uint8]:
    """Return unrelated codes, and for some of them another one that differs in up to 12 bits."""
    random = np.random.default_rng(photos)
    plain = random.random((photos, bits)) < 0.3
    near = plain[:copies].copy()
    for row in near:
        row[random.integers(0, bits, 12)] ^= True
    return np.packbits(np.concatenate([plain, near]), axis=1)


def test_copies_are_within_and_strangers_beyond() -> None:
    found = chosen(with_copies(900, 40))
    assert found.basis == "chance"
    assert found.max_distance is not None
    assert 12 <= found.max_distance < 80
    assert found.found(found.max_distance) == 40
    assert 0.1 < (found.by_chance(found.max_distance) or 0) <= 1
    assert found.pairs == 940 * 939 // 2


def test_a_longer_list_may_have_one_in_a_hundred_by_chance() -> None:
    few, many = chosen(with_copies(900, 0)), chosen(with_copies(900, 600))
    assert few.max_distance is not None
    assert many.max_distance is not None
    chance = many.by_chance(many.max_distance) or 0
    assert 1 < chance <= many.found(many.max_distance) / 100


def test_groups_by_chance_are_those_of_the_threshold() -> None:
    codes = with_copies(900, 40)
    spec = HashSpec("codes-256", 256)
    paths = [f"{number:05}" for number in range(len(codes))]
    table = PhotoTable(spec, paths, codes, np.full(len(codes), 90, np.int8))
    distinct = DistinctCodes.of(table, Metric(spec))
    groups, fields = alike_by_chance(distinct)
    outcome = ThresholdOutcome(**fields)
    assert outcome == chosen(codes)
    assert outcome.max_distance is not None
    assert groups == alike_groups(distinct, outcome.max_distance)
    assert [group.members for group in groups.groups] == [(n, 900 + n) for n in range(40)]


def test_searches_of_several_folders_ask_those_that_can_tell() -> None:
    options = SearchOptions(hash="phash-16", max_distance=70, min_distance=60)
    spec = options.metric.spec
    tables = []
    for codes in (with_copies(900, 0), with_copies(60, 0)):
        paths = [f"{number:05}" for number in range(len(codes))]
        tables.append(PhotoTable(spec, paths, codes, np.full(len(codes), 90, np.int8)))
    engines = Engines()
    numbers = engines.by_chance(tables, options, 480)
    model = engines.of(tables[0], options).chance
    assert numbers is not None
    assert model is not None
    assert np.allclose(numbers, model.shares * 480)
    assert engines.by_chance(tables[1:], options, 60) is None
    within = engines.of(tables[0], options).by_chance(options, 900)
    assert within == pytest.approx(900 * (model.shares[70] - model.shares[59]))
    bare = SearchOptions(hash="phash-16", k=3)
    assert engines.of(tables[0], bare).by_chance(bare, 900) is None


def test_few_photos_get_a_careful_threshold_and_hear_so() -> None:
    found = chosen(with_copies(100, 5))
    assert (found.basis, found.max_distance, found.model) == ("few photos", 4, None)
    assert choice_words(found).startswith("105 photos are too few")
    assert threshold_words(found, 4) == "at 4 bits: 0 pairs"


def test_a_hash_of_few_bits_has_no_safe_distance() -> None:
    random = np.random.default_rng(1)
    found = chosen(random.integers(0, 1 << 12, 2500).astype(">u2").view(np.uint8).reshape(-1, 2))
    assert (found.basis, found.max_distance) == ("no distance", None)
    assert choice_words(found).startswith("no distance is safe")


def test_it_is_said_in_words() -> None:
    found = chosen(with_copies(900, 40))
    assert found.max_distance is not None
    words = choice_words(found)
    assert words == f"at {found.max_distance} bits: 40 pairs, about 1 of them by chance"
    assert threshold_words(found, 12) == "at 12 bits: 40 pairs, fewer than one by chance"
    bare = replace(found, counts=np.zeros_like(found.counts))
    assert choice_words(bare).endswith("0 pairs, where chance would make about 1")


def test_a_folder_is_asked(waves: Waves, tmp_path: Path) -> None:
    for number in range(4):
        Image.fromarray(waves(60, 50, number)).save(tmp_path / f"{number}.png")
    Image.fromarray(np.full((40, 40, 3), 90, np.uint8)).save(tmp_path / "flat.png")
    found = sokkuri.threshold(tmp_path, hash="phash-16", library=None)
    assert (found.photos, found.low_quality, found.searched) == (4, 1, 5)
    assert (found.max_distance, found.basis) == (4, "few photos")
    document = json.loads(found.to_json())
    assert document["schema"] == 2
    assert document["hash"] == "phash-16"
    assert [row["distance"] for row in document["distances"]] == [0, 1, 2, 3, 4]
    assert {row["by_chance"] for row in document["distances"]} == {None}
    with pytest.raises(ValueError, match="has no distance"):
        sokkuri.threshold(tmp_path, hash="copies-150", library=None)


def test_figures_show_both_lines_and_the_threshold() -> None:
    pytest.importorskip("matplotlib")
    from sokkuri.show.threshold import draw_threshold

    found = chosen(with_copies(900, 40))
    axes = draw_threshold(found).axes[0]
    assert {line.get_gid() for line in axes.collections} == {"chance", "found"}
    texts = {text.get_gid(): text.get_text() for text in axes.texts}
    assert texts["threshold-words"] == f"{found.max_distance} bits"
    assert texts["choice"] == choice_words(found)
    bare = draw_threshold(chosen(with_copies(20, 2))).axes[0]
    assert not bare.collections


@pytest.mark.parametrize("name", ["look-2", "phash-16", "ahash-rgb-64"])
def test_a_slow_drift_makes_no_group_wider_than_the_threshold(name: str, waves: Waves) -> None:
    start, end = (waves(96, 96, seed).astype(np.float64) for seed in (1, 2))
    maker = hasher(name)
    codes, qualities = [], []
    for step in range(60):
        frame = start + (end - start) * step / 59
        record = hash_source([maker], Image.fromarray(frame.astype(np.uint8)))
        codes.append(np.frombuffer(record.hashes[0].code, np.uint8))
        qualities.append(record.hashes[0].quality or 0)
    paths = [f"{step:02}.png" for step in range(60)]
    table = PhotoTable(maker.spec, paths, np.array(codes), np.array(qualities, np.int8))
    metric = Metric.of(maker)
    distinct = DistinctCodes.of(table, metric)
    compared = metric.table(table.codes)
    distances = metric.distances(compared, compared)
    steps = np.diagonal(distances, 1)
    limit = int(steps.max())  # each frame is alike to the next
    assert distances[0, 59] > 2 * limit
    found = alike_groups(distinct, limit)
    assert len(found.groups) >= 2
    for group in found.groups:
        members = list(group.members)
        assert group.diameter == distances[np.ix_(members, members)].max() <= limit
    assert any(group.touches for group in found.groups)
