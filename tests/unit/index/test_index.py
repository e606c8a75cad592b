from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sokkuri import FormatError, HashMismatch, HashSpec, ImageHash, StoreError
from sokkuri._typing import Codes
from sokkuri.index.index import Index
from sokkuri.index.planner import CHOICES, SearcherName
from sokkuri.testing import CodeStore, StoreSuite, clustered_codes, expected_hits


class TestInMemory(StoreSuite):
    def make(self, codes: Codes, keys: list[str]) -> CodeStore:
        return Index.from_codes(codes, keys)


class TestSaved(StoreSuite):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def make(self, codes: Codes, keys: list[str]) -> CodeStore:
        return Index.from_codes(codes, keys)

    def reopened(self, store: CodeStore) -> CodeStore:
        cast("Index", store).save(self.folder / "codes.index")
        return Index.open(self.folder / "codes.index")


@pytest.mark.parametrize("name", CHOICES)
@given(seed=st.integers(0, 500), k=st.integers(1, 9), radius=st.integers(0, 30))
@settings(max_examples=15)
def test_every_searcher_gives_the_same_answer(
    name: SearcherName, seed: int, k: int, radius: int
) -> None:
    codes = clustered_codes(200, 16, seed)
    blocks = [np.arange(128) // 32]
    index = Index.from_codes(codes, searcher=name, blocks=blocks)
    every: list[dict[str, Any]] = [{"k": k}, {"max_distance": radius}]
    for asked in every:
        found = index.search(codes[3], **asked)
        assert [(each.number, each.distance) for each in found] == expected_hits(
            codes, codes[3], **asked
        )
    assert index.plan(k=k).searcher == name


@given(seed=st.integers(0, 500), k=st.integers(1, 9), radius=st.integers(0, 60))
def test_of_several_codes_of_a_photo_the_nearest_counts(seed: int, k: int, radius: int) -> None:
    random = np.random.default_rng(seed)
    codes = clustered_codes(60, 8, seed)
    owners = np.concatenate([np.arange(20), random.integers(0, 20, 40)])
    random.shuffle(owners)
    index = Index.from_codes(codes, [f"p{number}" for number in range(20)], owners=owners)
    index.remove(["p3"])
    distances = np.bitwise_count(codes ^ codes[0]).sum(axis=1, dtype=int)
    best: dict[int, tuple[int, int]] = {}
    for row in np.lexsort((np.arange(60), distances)).tolist():
        best.setdefault(int(owners[row]), (int(distances[row]), row))
    best.pop(3)
    ordered = sorted(best.items(), key=lambda item: item[1])
    expected = [(f"p{photo}", photo, distance) for photo, (distance, _) in ordered]
    assert [tuple(each) for each in index.search(codes[0], k=k)] == expected[:k]
    within = [each for each in expected if each[2] <= radius]
    assert [tuple(each) for each in index.search(codes[0], max_distance=radius)] == within
    hits = index.search_many(codes[:1], max_distance=radius, k=k)
    assert hits.totals.tolist() == [len(within)]
    assert hits.rows.tolist() == [each[1] for each in within[:k]]
    assert index.search_many(codes[:1], k=k).totals.tolist() == [19]


@pytest.mark.slow
@pytest.mark.parametrize("name", [None, "flat", "mih"])
@given(seed=st.integers(0, 500), radius=st.integers(0, 20), owned=st.booleans())
@settings(max_examples=20)
def test_pairs_are_all_pairs_once(
    name: SearcherName | None, seed: int, radius: int, owned: bool
) -> None:
    random = np.random.default_rng(seed)
    codes = clustered_codes(90, 8, seed)
    owners = random.permutation(np.arange(90) % 40) if owned else np.arange(90)
    index = Index.from_codes(codes, owners=owners if owned else None, searcher=name)
    index.remove([5])
    expected: dict[tuple[int, int], int] = {}
    for a in range(90):
        for b in range(90):
            first, second = int(owners[a]), int(owners[b])
            distance = int(np.bitwise_count(codes[a] ^ codes[b]).sum())
            if first < second and 5 not in (first, second) and distance <= radius:
                least = expected.get((first, second), distance)
                expected[first, second] = min(least, distance)
    told: list[tuple[int, int | None]] = []
    parts = list(index.pairs(radius, progress=lambda done, total: told.append((done, total))))
    found = [
        row
        for part in parts
        for row in zip(
            part.first.tolist(), part.second.tolist(), part.distances.tolist(), strict=True
        )
    ]
    assert found == [(a, b, distance) for (a, b), distance in sorted(expected.items())]
    assert told[-1][0] == told[-1][1]


def test_pairs_come_block_by_block_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    from sokkuri.index import neighbour as pairs

    monkeypatch.setattr(pairs, "_ROWS", 16)
    codes = clustered_codes(200, 8, 3)
    index = Index.from_codes(codes)
    parts = list(index.pairs(20))
    assert len(parts) == 13
    whole = np.concatenate([part.first for part in parts])
    assert (np.diff(whole) >= 0).all()

    def stop(done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(index.pairs(20, progress=stop))


def test_a_saved_index_is_read_only_and_shared(tmp_path: Path) -> None:
    codes = clustered_codes(50, 24, 1)
    path = tmp_path / "服.index"
    Index.from_codes(codes, [f"{n}" for n in range(50)]).save(path)
    index = Index.open(path)
    assert not index.codes.flags.writeable
    assert "7" in index
    assert "x" not in index
    assert len(index) == 50
    for change in (lambda: index.add(codes), lambda: index.remove(["1"])):
        with pytest.raises(StoreError, match="read-only"):
            change()
    code = (
        "import sys, sokkuri; index = sokkuri.Index.open(sys.argv[1]);"
        "print(index.search(bytes.fromhex(sys.argv[2]), k=1)[0].key)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), codes[9].tobytes().hex()],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.strip() == index.search(codes[9], k=1)[0].key


@pytest.mark.slow
def test_a_damaged_index_is_never_searched(tmp_path: Path) -> None:
    codes = clustered_codes(500, 24, 1)
    path = tmp_path / "codes.index"
    Index.from_codes(codes, [f"key {n}" for n in range(500)]).save(path)
    whole = path.read_bytes()
    expected = Index.open(path).search(codes[3], k=500)
    random = np.random.default_rng(4)
    for place in random.integers(0, len(whole), 150).tolist():
        damaged = bytearray(whole)
        damaged[place] ^= 1 << int(random.integers(0, 8))
        path.write_bytes(damaged)
        try:
            found = Index.open(path).search(codes[3], k=500)
        except FormatError:
            continue
        # What changed was padding.
        assert found == expected
    for cut in (0, 1, 4000, 4096, 9000, len(whole) - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises(FormatError):
            Index.open(path)


def test_queries_are_codes_or_hashes_of_the_recipe() -> None:
    codes = clustered_codes(5, 8)
    spec = HashSpec("mine", 64)
    index = Index.from_codes(codes, spec=spec)
    assert index.search(ImageHash(spec, codes[2].tobytes()), k=1)[0].number == 2
    assert index.search(codes[2].tobytes(), k=1)[0].number == 2
    with pytest.raises(HashMismatch, match="other-v1, and the index has mine-v1"):
        index.search(ImageHash(HashSpec("other", 64), codes[2].tobytes()))


def test_adding_nothing_changes_nothing() -> None:
    codes = clustered_codes(5, 8)
    index = Index.from_codes(codes, list("abcde"))
    assert index.add(codes[:0], []).tolist() == []
    assert index.search(codes[2], k=1)[0].key == "c"
    assert index.add(codes[:2], ["f", "g"]).tolist() == [5, 6]
    assert [index.key(number) for number in range(len(index))] == list("abcdefg")


def test_what_does_not_fit_is_refused() -> None:
    codes = clustered_codes(5, 8)
    for wrong, words in (
        (lambda: Index.from_codes(codes.astype(np.int64)), "must be uint8"),
        (lambda: Index.from_codes(codes, spec=HashSpec("mine", 72)), "9 bytes a code, not 8"),
        (lambda: Index.from_codes(codes, ["a"]), "1 `keys` for 5 photos"),
        (lambda: Index.from_codes(codes, list("abcda")), "'a' twice"),
        (lambda: Index.from_codes(codes, owners=np.array([0, 1, 3, 3, 0])), "leave out photo 2"),
        (lambda: Index.from_codes(codes, owners=np.zeros(4, int)), "4 `owners` for 5 codes"),
        (lambda: Index.from_codes(codes).search(codes[0], prefix="a"), "needs keys"),
        (lambda: Index.from_codes(codes).search(codes[0], mask=np.ones(4, bool)), "shape (5,)"),
        (lambda: Index.from_codes(codes).add(codes, list("abcde")), "either all photos"),
        (lambda: Index.from_codes(codes).add(codes[:, :7]), "8 bytes"),
        (lambda: Index.from_codes(codes, searcher="pruned").search(codes[0], k=1), "blocks"),
    ):
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - the words are checked below
            wrong()
        assert words in str(caught.value)
    with pytest.raises(KeyError):
        Index.from_codes(codes).remove([5])


class IndexMachine(RuleBasedStateMachine):
    """An index beside a dict that does the same."""

    def __init__(self) -> None:
        super().__init__()
        self.codes = clustered_codes(64, 8, 11)
        self.index = Index.from_codes(self.codes[:0], [])
        self.model: dict[str, int] = {}
        self.next = 0

    @rule(rows=st.lists(st.integers(0, 63), min_size=1, max_size=5))
    def add(self, rows: list[int]) -> None:
        keys = [f"k{self.next + number}" for number in range(len(rows))]
        self.next += len(rows)
        self.index.add(self.codes[rows], keys)
        self.model.update(zip(keys, rows, strict=True))

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.model)))
        self.index.remove([key])
        del self.model[key]

    @rule(row=st.integers(0, 63), k=st.integers(1, 6))
    def search(self, row: int, k: int) -> None:
        keys = list(self.model)
        codes = self.codes[list(self.model.values())]
        expected = [(keys[r], d) for r, d in expected_hits(codes, self.codes[row], k=k)]
        found = self.index.search(self.codes[row], k=k)
        assert [(each.key, each.distance) for each in found] == expected

    @invariant()
    def holds_the_same_keys(self) -> None:
        assert len(self.index) == len(self.model)
        assert all(key in self.index for key in self.model)


TestMachine = pytest.mark.slow(IndexMachine.TestCase)
