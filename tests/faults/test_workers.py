"""Decoders that die, hang or eat memory: those files are named, all others are hashed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import sokkuri
from sokkuri.pipeline import hash_paths, hashing
from sokkuri.pipeline.faults import VARIABLE
from sokkuri.pipeline.workers import WorkerPool
from sokkuri.registry import hasher

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and limits as POSIX has them")
MAKERS = [hasher("ahash-gray-8"), hasher("ahash-rgb-16")]


@pytest.fixture
def many(photos: Path) -> list[str]:
    """Return three hundred paths of photos, enough for worker processes."""
    source = photos / "photo-2.jpg"
    for number in range(300):
        os.link(source, photos / f"many-{number:03}.jpg")
    return sorted(str(path) for path in photos.glob("many-*.jpg"))


def _with_faults(monkeypatch: pytest.MonkeyPatch, faults: dict[str, str]) -> None:
    monkeypatch.setenv(VARIABLE, json.dumps(faults))


def test_workers_and_threads_agree(many: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    Path(many[7]).unlink()
    Path(many[7]).write_text("no photo")
    by_workers = list(hash_paths(MAKERS, many, workers=2))
    monkeypatch.setattr(hashing, "_MANY_FILES", 10_000)
    assert by_workers == list(hash_paths(MAKERS, many, workers=2))
    assert [len(item.hashes) for item in by_workers[:8]] == [2] * 7 + [0]


def test_files_that_kill_their_decoder_are_named(
    many: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = {
        f"many-{number:03}": "kill" if number % 2 else "segfault" for number in range(0, 300, 50)
    }
    _with_faults(monkeypatch, bad)
    results = list(hash_paths(MAKERS, many, workers=2))
    assert [item.path for item in results] == many
    rejected = {Path(item.path).stem: item.rejected for item in results if item.rejected}
    assert set(rejected) == set(bad)
    for item in rejected.values():
        assert item is not None
        assert item.reason.startswith("crashed: its decoder died 2 times (signal ")


def test_memory_that_runs_out_costs_one_file(
    many: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_faults(monkeypatch, {"many-005": "memory"})
    results = list(hash_paths(MAKERS, many, workers=2))
    rejected = [item for item in results if item.rejected]
    assert [Path(item.path).stem for item in rejected] == ["many-005"]


def test_an_endless_decoder_is_given_up(many: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _with_faults(monkeypatch, {"many-003": "hang"})
    start = time.monotonic()
    with WorkerPool(MAKERS, seconds=1.0) as pool:
        for path in many[:6]:
            if "003" in path:
                begun = time.monotonic()
                _, answer = pool.ask(path)
                # The limit, and two seconds more, as promised.
                assert time.monotonic() - begun < 3.0
                assert isinstance(answer, sokkuri.Rejected)
                assert "did not end within 1 seconds" in answer.reason
            else:
                assert not isinstance(pool.ask(path)[1], sokkuri.Rejected)
    assert time.monotonic() - start < 60


def test_a_generator_is_read_only_as_needed(many: list[str]) -> None:
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield many[taken % len(many)]

    results = hash_paths(MAKERS, endless(), workers=2)
    for _ in range(5):
        assert next(results).hashes
    assert taken < 600
    results.close()  # type: ignore[attr-defined]


def test_a_script_needs_no_main_guard(many: list[str], tmp_path: Path) -> None:
    import subprocess
    import sys

    script = tmp_path / "script.py"
    folder = os.path.dirname(many[0])
    script.write_text(
        f"import sokkuri\nprint(len(list(sokkuri.hash_files({folder!r}))))\nprint('once')\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, check=True, timeout=120)
    assert done.stdout.decode().split() == ["312", "once"]


def test_no_worker_outlives_the_run(many: list[str]) -> None:
    results = hash_paths(MAKERS, many, workers=2)
    next(results)
    before = _children()
    assert before
    results.close()  # type: ignore[attr-defined]
    time.sleep(0.5)
    assert not _children() & before


def _children() -> set[int]:
    listing = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    found: set[int] = set()
    for task in Path(f"/proc/{os.getpid()}/task").iterdir():
        found |= {int(pid) for pid in (task / listing.name).read_text().split()}
    return found
