"""Which photos take part, and in which order: the page's filters for programs and the command."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import sokkuri
from sokkuri.engine.options import SearchOptions
from sokkuri.library import location_of, open_state
from sokkuri.stores.catalogue import CatalogueWriter
from sokkuri.stores.schema import resealed
from sokkuri.stores.segment_writer import SegmentWriter, rows_of

Waves = Callable[[int, int, int], NDArray[np.uint8]]
DAYS = {"photo-2.jpg": "2024-02-03", "photo-4.jpg": "2025-06-07", "photo-6.jpg": "2026-01-31"}

CASES: list[dict[str, Any]] = [
    {"folder": "内側"},
    {"folder": "/内側/"},
    {"folder": "nowhere"},
    {"after": "2024-02-03", "before": "2025-06-06"},
    {"before": "2024-02-03"},
    {"after": dt.date(2025, 6, 7), "before": dt.date(2025, 6, 7)},
    {"after": dt.datetime(2025, 6, 7, 12, 1, tzinfo=dt.UTC)},
    {"min_bytes": 1200},
    {"max_bytes": 1200},
]


@pytest.fixture
def dated(photos: Path) -> Path:
    for path in photos.rglob("*.*"):
        day = DAYS.get(path.name, "2023-01-01")
        noon = dt.datetime.fromisoformat(f"{day}T12:00:00+00:00").timestamp()
        os.utime(path, (noon, noon))
    return photos


def _passes(path: Path, root: Path, case: dict[str, Any]) -> bool:
    status = os.stat(path)
    moment = dt.datetime.fromtimestamp(status.st_mtime, dt.UTC)
    day, after = moment.date().isoformat(), case.get("after", "")
    late = moment >= after if isinstance(after, dt.datetime) else day >= str(after)
    folder = case.get("folder", "").strip("/")
    return (
        late
        and day <= str(case.get("before", "9999"))
        and case.get("min_bytes", 0) <= status.st_size <= case.get("max_bytes", 1 << 40)
        and (not folder or path.relative_to(root).as_posix().startswith(f"{folder}/"))
    )


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("library", ["auto", None])
def test_filters_leave_photos_out(dated: Path, case: dict[str, Any], library: str | None) -> None:
    query = dated / "photo-2.jpg"
    everything = sokkuri.search(query, dated, max_distance=9999, library=library)
    found = sokkuri.search(query, dated, max_distance=9999, library=library, **case)
    wanted = [match for match in everything if _passes(Path(match.path), dated, case)]
    assert list(found) == wanted
    assert (found.searched, found.seen) == (len(wanted), everything.seen)
    assert found.excluded == everything.searched - len(wanted)
    if library:
        again = sokkuri.Library.open(dated).search(query, max_distance=9999, **case)
        assert list(again) == wanted


def test_the_nearest_are_the_same_in_any_order(dated: Path) -> None:
    query = dated / "photo-2.jpg"
    nearest = sokkuri.search(query, dated, k=5)
    for sort in ("farthest", "newest", "oldest", "biggest", "smallest", "name"):
        found = sokkuri.search(query, dated, k=5, sort=sort)
        assert set(found) == set(nearest)
        assert found.nearest == nearest[0]
    newest = sokkuri.search(query, dated, k=12, sort="newest")
    times = [os.stat(match.path).st_mtime for match in newest]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rate": 1.0, "max_distance": 3}, "give `rate` or `max_distance`, not both"),
        ({"rate": -1.0}, "0 or more"),
        ({"k": 0}, "`k` must be 1 or more, not 0"),
        ({"min_bytes": -1}, "`min_bytes` must be 0 or more"),
        ({"min_quality": 101}, "`min_quality` must be 100 or less"),
        ({"after": "yesterday"}, "yesterday"),
        ({"sort": "best"}, "`sort` is one of 'nearest'"),
        (
            {"hash": "ahash-gray-8", "searcher": "pruned"},
            "pruned knows nothing of the bits of ahash-gray-8: take flat or mih",
        ),
        ({"searcher": "fast"}, "`searcher` is one of 'flat'"),
        ({"emphasis": "form"}, "`emphasis`"),
    ],
    ids=str,
)
def test_a_request_is_checked_before_anything_is_read(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        SearchOptions(**options)
    with pytest.raises(ValueError, match=words):
        sokkuri.search("no such photo", "no such folder", **options)


def test_a_photo_may_have_several_codes(photos: Path, waves: Waves) -> None:
    library = sokkuri.Library.open(photos)
    library.refresh()
    other = sokkuri.hash_image(waves(90, 60, 77))
    before = library.search(other, max_distance=9999)
    far = before[-1]
    _add_code(photos, os.path.relpath(far.path, photos), other)
    after = sokkuri.search_many([waves(90, 60, 77)], photos, max_distance=9999, refresh=False)[0]
    # Of its codes the nearest counts; all other photos stay where they were.
    assert after.matches[0] == sokkuri.Match(far.path, 0)
    assert after.matches[1:] == before.matches[:-1]
    assert (after.searched, after.matched) == (before.searched, before.matched)
    library = sokkuri.Library.open(photos)
    cases: list[dict[str, Any]] = [
        {"k": 3},
        {"max_distance": 0},
        {"k": 2, "max_distance": 9999, "links": False},
    ]
    for options in cases:
        found = library.search(other, **options)
        wanted = after.matches[: options.get("k", 1)]
        assert [match.path for match in found] == [match.path for match in wanted]
    query = photos / "photo-2.jpg"
    everything = library.search(query, max_distance=9999)
    assert library.search(query, max_distance=0).nearest_other == everything[3]
    table = library.table()
    assert table.hash_of(0) == sokkuri.hash_image(table.paths[0])


def _add_code(folder: Path, name: str, value: sokkuri.ImageHash) -> None:
    """Give a photo of a library one more code, with the store's own writers."""
    home = location_of(folder)
    with home.directory.write_lock():
        state = open_state(home)
        row = next(each for each in state.catalogue.segments.values() if each.spec == value.spec)
        content = state.catalogue.files[os.fsencode(name)].content
        stem = home.directory.stem(row.stem)
        with contextlib.closing(SegmentWriter(stem, value.spec, row.rows, row.blocks)) as segment:
            code = np.frombuffer(value.code, np.uint8)[np.newaxis]
            segment.append(code, rows_of([content], [90]))
        longer = resealed(row, rows=segment.rows, blocks=segment.blocks)
        with contextlib.closing(CatalogueWriter(home.directory, state.catalogue)) as writer:
            writer.commit([row], [longer])
