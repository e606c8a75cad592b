"""Segments: what was written comes back, and nothing else ever does."""

from __future__ import annotations

import io
import os
import pickle
import random
import zipfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sokkuri.errors import FormatError, NewerFormat
from sokkuri.hashes import HashSpec
from sokkuri.stores.segment import (
    BLOCK_BYTES,
    HEADER_BYTES,
    SEALED,
    SegmentHeader,
    open_growing,
    open_sealed,
)
from sokkuri.stores.segment_writer import SegmentWriter, create_segment, rows_of, write_segment

WIDTHS = [64, 488, 1764, 12288]


def _codes(count: int, bits: int, seed: int = 1) -> NDArray[np.uint8]:
    size = (count, (bits + 7) // 8)
    return np.random.default_rng(seed).integers(0, 256, size, dtype=np.uint8)


def _grown(folder: Path, spec: HashSpec, batches: list[NDArray[np.uint8]]) -> Path:
    stem = folder / "grown"
    create_segment(stem, spec)
    with closing(SegmentWriter(stem, spec)) as writer:
        for batch in batches:
            first = writer.rows
            writer.append(batch, rows_of(np.arange(first, first + len(batch)) + 7))
    return stem


@pytest.mark.parametrize("bits", WIDTHS)
@pytest.mark.parametrize("count", [0, 1, 3, 2500])
def test_a_sealed_segment_comes_back(tmp_path: Path, bits: int, count: int) -> None:
    spec, codes = HashSpec("some-hash", bits, 3), _codes(count, bits)
    write_segment(tmp_path / "bare", spec, codes, extra=[b"ke", b"ys"])
    bare = open_sealed(tmp_path / "bare")
    assert (bare.spec, len(bare), bytes(bare.extra)) == (spec, count, b"keys")
    assert len(bare.owners) == 0
    assert np.array_equal(bare.verified_codes(), codes)
    assert not bare.codes.flags.writeable
    owners = np.arange(count) * 1000
    write_segment(tmp_path / "full", spec, codes, rows=rows_of(owners, [9] * count))
    full = open_sealed(tmp_path / "full")
    assert np.array_equal(full.verified_codes(), codes)
    assert np.array_equal(full.owners, owners)
    assert np.array_equal(full.rows["quality"], [9] * count)
    assert full.damaged_blocks() == []


@pytest.mark.parametrize("bits", WIDTHS)
def test_a_growing_segment_has_every_committed_length(tmp_path: Path, bits: int) -> None:
    spec = HashSpec("h", bits)
    large = BLOCK_BYTES // spec.code_bytes + 3  # one block and a little
    batches = [_codes(count, bits, count) for count in (1, 7, large if bits > 64 else 20)]
    stem = _grown(tmp_path, spec, batches)
    length = 0
    for count in range(len(batches) + 1):
        segment = open_growing(stem, length)
        expected = np.concatenate([_codes(0, bits), *batches[:count]])
        assert np.array_equal(segment.verified_codes(), expected)
        assert np.array_equal(segment.owners, np.arange(length) + 7)
        length += len(batches[count]) if count < len(batches) else 0
    assert len(open_growing(stem, length)) == length
    with pytest.raises(FormatError, match="rows were committed"):
        open_growing(stem, length + 1)
    with pytest.raises(FormatError, match="rows were committed"):
        open_growing(stem, 5)


def test_bytes_past_the_committed_length_do_not_exist(tmp_path: Path) -> None:
    spec = HashSpec("h", 64)
    stem = _grown(tmp_path, spec, [_codes(5, 64, 1), _codes(6, 64, 2)])
    with open(f"{stem}.codes", "ab") as file:
        file.write(b"torn")
    with open(f"{stem}.sums", "ab") as file:
        file.write(b"torn")
    assert len(open_growing(stem, 5)) == 5
    with closing(SegmentWriter(stem, spec, 5, 1)) as writer:
        writer.append(_codes(2, 64, 3), rows_of([1, 2]))
        assert writer.rows == 7
    again = open_growing(stem, 7)
    assert np.array_equal(
        again.verified_codes(), np.concatenate([_codes(5, 64, 1), _codes(2, 64, 3)])
    )
    assert os.path.getsize(f"{stem}.codes") == HEADER_BYTES + 7 * 8


def test_a_batch_that_fails_leaves_the_length(tmp_path: Path) -> None:
    spec = HashSpec("h", 64)
    stem = _grown(tmp_path, spec, [_codes(5, 64, 1)])
    with closing(SegmentWriter(stem, spec, 5, 1)) as writer:
        with pytest.raises(ValueError, match="shape"):
            writer.append(_codes(2, 128), rows_of([1, 2]))
        with pytest.raises(ValueError, match="one value for each"):
            writer.append(_codes(2, 64), rows_of([1, 2, 3]))
        writer.append(_codes(0, 64), rows_of([]))
        assert writer.rows == 5


def test_what_is_reserved_is_taken_over(tmp_path: Path) -> None:
    spec = HashSpec("h", 64)
    create_segment(tmp_path / "grown", spec)
    with closing(SegmentWriter(tmp_path / "grown", spec)) as writer:
        reserved = rows_of([1, 2, 3, 4])
        reserved["view"] = [0, 3, 1, 0]
        writer.append(_codes(4, 64), reserved)
        writer.append(_codes(1, 64), rows_of([5]))
    rows = open_growing(tmp_path / "grown", 5).rows
    assert rows["view"].tolist() == [0, 3, 1, 0, 0]
    assert rows["quality"].tolist() == [-1] * 5


@pytest.mark.parametrize("kind", ["sealed", "growing"])
def test_no_flipped_bit_goes_unseen(tmp_path: Path, kind: str) -> None:
    spec, codes = HashSpec("h", 488), _codes(300, 488)
    path = tmp_path / "sealed"
    if kind == "sealed":
        write_segment(path, spec, codes, rows=rows_of(np.arange(300) + 7), extra=[b"extra"])
        files = [path]
    else:
        path = _grown(tmp_path, spec, [codes[:200], codes[200:]])
        files = [Path(f"{path}{ending}") for ending in (".codes", ".rows", ".sums")]
    dice = random.Random(5)
    noticed = 0
    for _ in range(120):
        file = dice.choice(files)
        original = file.read_bytes()
        changed = bytearray(original)
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
        file.write_bytes(changed)
        try:
            segment = open_sealed(path) if kind == "sealed" else open_growing(path, 300)
            bad = segment.damaged_blocks()
            got = segment.verified_codes()
            assert not bad
            # Only the padding of a sealed file says nothing.
            assert np.array_equal(got, codes)
            assert np.array_equal(segment.owners, np.arange(300) + 7)
            assert kind == "sealed"
        except FormatError:
            noticed += 1
        file.write_bytes(original)
    assert noticed > 60


def test_damage_names_its_rows(tmp_path: Path) -> None:
    spec, codes = HashSpec("h", 12288), _codes(3000, 12288)
    stem = _grown(tmp_path, spec, [codes])
    with open(f"{stem}.codes", "r+b") as file:
        file.seek(HEADER_BYTES + 1000 * 1536)
        file.write(b"\0" * 4)
    segment = open_growing(stem, 3000)
    (bad,) = segment.damaged_blocks()
    assert (bad.first <= 1000 < bad.end, bad.codes, bad.rows) == (True, True, False)
    with pytest.raises(FormatError, match=f"rows {bad.first:,} to {bad.end - 1:,} are damaged"):
        segment.verified_codes()


def test_what_was_found_good_stays_so_for_a_longer_segment(tmp_path: Path) -> None:
    spec = HashSpec("h", 64)
    stem = _grown(tmp_path, spec, [_codes(5, 64, 1), _codes(6, 64, 2)])
    short = open_growing(stem, 5)
    short.verified_codes()
    long = open_growing(stem, 11).trust(short)
    assert long._good == {0}
    long.verified_codes()
    assert long._good == {0, 1}


def test_every_cut_is_refused(tmp_path: Path) -> None:
    path, spec, codes = tmp_path / "sealed", HashSpec("h", 488), _codes(50, 488)
    write_segment(path, spec, codes, rows=rows_of(np.arange(50)))
    whole = path.read_bytes()
    for part in range(64):
        path.write_bytes(whole[: len(whole) * part // 64])
        with pytest.raises(FormatError):
            open_sealed(path)
    path.write_bytes(whole + b"more")
    with pytest.raises(FormatError, match="another length"):
        open_sealed(path)


def test_foreign_files_are_refused(tmp_path: Path) -> None:
    zipped, saved = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a", "b" * 5000)
    np.save(saved, np.zeros(5000))
    dice = random.Random(6)
    foreign = {
        "empty": b"",
        "zeros": bytes(10_000),
        "random": dice.randbytes(10_000),
        "pickle": pickle.dumps(list(range(5000))),
        "zip": zipped.getvalue(),
        "npy": saved.getvalue(),
    }
    for name, data in foreign.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(FormatError, match=name):
            open_sealed(tmp_path / name)


def test_a_newer_version_is_told_from_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "later"
    monkeypatch.setattr("sokkuri.stores.segment.FORMAT_VERSION", 2)
    write_segment(path, HashSpec("h", 64), _codes(3, 64))
    monkeypatch.undo()
    with pytest.raises(NewerFormat, match="version 2, and this sokkuri reads up to 1"):
        open_sealed(path)


def test_files_of_two_segments_do_not_mix(tmp_path: Path) -> None:
    spec = HashSpec("h", 64)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        _grown(tmp_path / name, spec, [_codes(5, 64)])
    os.replace(tmp_path / "two/grown.sums", tmp_path / "one/grown.sums")
    with pytest.raises(FormatError, match="another segment"):
        open_growing(tmp_path / "one/grown", 5)
    os.replace(tmp_path / "two/grown.rows", tmp_path / "one/grown.codes")
    with pytest.raises(FormatError, match="another one's place"):
        open_growing(tmp_path / "one/grown", 5)


def test_lengths_are_checked_before_anything_is_allocated(tmp_path: Path) -> None:
    # A header with right checksums that speaks of a petabyte.
    header = SegmentHeader(SEALED, HashSpec("h", 1 << 31), b"s" * 16, rows=1 << 40)
    (tmp_path / "vast").write_bytes(header.pack())
    with pytest.raises(FormatError, match="ends before row"):
        open_sealed(tmp_path / "vast")


def test_a_failed_write_keeps_the_earlier_file(tmp_path: Path) -> None:
    path, spec = tmp_path / "kept", HashSpec("h", 64)
    write_segment(path, spec, _codes(3, 64))
    with pytest.raises(ValueError, match="one value for each"):
        write_segment(path, spec, _codes(4, 64), rows=rows_of([1]))
    assert len(open_sealed(path)) == 3
    assert os.listdir(tmp_path) == ["kept"]
