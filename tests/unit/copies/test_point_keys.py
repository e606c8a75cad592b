"""Keys of points are the same kept and made; what is damaged or of other codes is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.unit.copies.scenes import ROOM, finder_of, scene

from sokkuri.copies import candidates, point_keys
from sokkuri.copies.candidates import KEY_RADIUS, PointTable
from sokkuri.copies.point_keys import PointKeys, keys_of, source_and_photos
from sokkuri.errors import FormatError
from sokkuri.hashers.copies_layout import records_of
from sokkuri.searchers.flat import FlatSearcher
from sokkuri.searchers.mih import MihSearcher

CODES = finder_of(*(scene(seed) for seed in range(6)), scene(9, 40, 300)).points.stored
SOURCE = bytes(range(16))


@pytest.fixture(params=["flat", "tables"])
def keys(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> PointKeys:
    if request.param == "tables":
        monkeypatch.setattr(point_keys, "_LEAST_FOR_TABLES", 1)
    made = PointKeys.of(CODES, ROOM)
    kind = MihSearcher if request.param == "tables" else FlatSearcher
    assert isinstance(made.searcher, kind)
    return made


def test_keys_are_those_of_the_points() -> None:
    made, records = PointKeys.of(CODES, ROOM), records_of(CODES, ROOM)
    assert np.diff(made.starts).tolist() == records["count"].tolist()
    for number, record in enumerate(records):
        own = made.searcher.codes[made.starts[number] : made.starts[number + 1]]
        assert np.array_equal(own, keys_of(record["codes"][: record["count"]]))
    assert np.array_equal(made.whole, records["whole"])


def test_distances_of_keys_are_those_of_half_of_the_bits() -> None:
    codes = np.random.default_rng(1).integers(0, 256, (2, 16), np.uint8)
    bits = np.unpackbits(codes, axis=1, bitorder="little").reshape(2, 2, 8, 8)
    black = np.indices((8, 8)).sum(0) % 2 == 0
    half = np.where(black, bits[:, 0], bits[:, 1])
    first, second = keys_of(codes)
    assert np.bitwise_count(first ^ second).sum() == (half[0] != half[1]).sum()


def test_kept_keys_are_those_that_were_made(keys: PointKeys, tmp_path: Path) -> None:
    keys.save(tmp_path / "keys", SOURCE)
    kept = PointKeys.open(tmp_path / "keys", SOURCE)
    assert source_and_photos(tmp_path / "keys") == (SOURCE, len(CODES))
    assert np.array_equal(kept.starts, keys.starts)
    assert np.array_equal(kept.whole, keys.whole)
    asked = keys.searcher.codes[::7]
    found, made = (each.searcher.search(asked, max_distance=6) for each in (kept, keys))
    assert np.array_equal(found.rows, made.rows)
    assert type(kept.searcher) is type(keys.searcher)


def test_keys_of_other_codes_are_refused(keys: PointKeys, tmp_path: Path) -> None:
    keys.save(tmp_path / "keys", SOURCE)
    with pytest.raises(FormatError, match="other codes"):
        PointKeys.open(tmp_path / "keys", bytes(16))


def test_no_flipped_bit_and_no_cut_is_believed(keys: PointKeys, tmp_path: Path) -> None:
    path = tmp_path / "keys"
    keys.save(path, SOURCE)
    data, random = path.read_bytes(), np.random.default_rng(3)
    padding = range(4096 + keys.searcher.codes.nbytes, len(data) - len(data) % 4096)
    for place in [8, *random.integers(0, len(data), 120).tolist()]:
        flipped = bytearray(data)
        flipped[place] ^= 1 << int(random.integers(8))
        path.write_bytes(flipped)
        if data[place] == 0 and place in padding:
            continue  # what fills up a page is not read
        with pytest.raises(FormatError):
            PointKeys.open(path, SOURCE)
    for length in (0, 3, 4096, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:length])
        with pytest.raises(FormatError):
            PointKeys.open(path, SOURCE)


def test_tables_that_point_outside_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(point_keys, "_LEAST_FOR_TABLES", 1)
    keys = PointKeys.of(CODES, ROOM)
    assert isinstance(keys.searcher, MihSearcher)
    keys.searcher.tables[1].ids[5] = len(keys.searcher.codes)
    keys.save(tmp_path / "keys", SOURCE)
    with pytest.raises(FormatError, match="contradict"):
        PointKeys.open(tmp_path / "keys", SOURCE)


@pytest.mark.parametrize("kept", [0, 1, 4, 7])
def test_candidates_do_not_depend_on_how_codes_lie(
    kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Rows in another order, one of them twice, one stored code that no row has.
    rows = np.array([5, 0, 3, 3, 1, 2, 6])
    plain = PointTable(CODES[rows], ROOM)
    first = PointKeys.of(CODES[:kept], ROOM) if kept else None
    stored = PointTable(CODES, ROOM, rows, first)
    assert len(stored.parts) == (2 if 0 < kept < len(CODES) else 1)
    mask = np.array([True, True, True, False, True, True, False])
    for most in (200, 2):
        monkeypatch.setattr(candidates, "_MOST_BY_POINTS", most)
        monkeypatch.setattr(candidates, "_MOST_WHOLE", most)
        for number in range(len(CODES)):
            query = records_of(CODES[number : number + 1], ROOM)
            for only in (None, mask):
                expected = plain.candidates(query, KEY_RADIUS, only)
                found = stored.candidates(query, KEY_RADIUS, only)
                assert found.rows.tolist() == expected.rows.tolist()
                assert found.ways.tolist() == expected.ways.tolist()
    assert {3, 2} <= set(plain.candidates(records_of(CODES[3:4], ROOM), KEY_RADIUS).rows.tolist())
