"""What a value looks like in a Python session fits a screen, whatever it holds."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sokkuri
from sokkuri.api.results import ResultsList
from sokkuri.brief import brief, brief_repr
from sokkuri.copies.alignment import Outline
from sokkuri.evaluation.results import Parameters
from sokkuri.evaluation.retrieval import HashRetrieval, Retrieval
from sokkuri.images import RejectKind
from sokkuri.library.admin import HashUsage, Info
from sokkuri.library.repair import Repaired, Verified
from sokkuri.matches import Hits
from sokkuri.registry import families
from sokkuri.removal.journal import Entry, Head
from sokkuri.removal.outcome import FileState, Way
from sokkuri.stores.catalogue import Damage

MANY = 3000
LINES, COLUMNS = 20, 100

SPEC = sokkuri.HashSpec("look-2", 3513)
HASH = sokkuri.ImageHash(SPEC, bytes(SPEC.code_bytes), quality=87)


def _path(number: int) -> str:
    return f"/home/somebody/写真/{'とても長い名前 ' * 20}/{number:05}.jpg"


REJECTED = tuple(
    sokkuri.Rejected(_path(each), RejectKind.DAMAGED, "the data ends too early: " + "x" * each)
    for each in range(MANY)
)
MATCHES = tuple(sokkuri.Match(_path(each), each) for each in range(MANY))
RESULTS = sokkuri.Results(
    _path(0), SPEC, 2 * MANY, REJECTED, MATCHES, MANY, max_distance=9000, nearest=MATCHES[0],
    skipped=tuple(map(_path, range(MANY))), notes=tuple(map(_path, range(MANY))), plan="flat" * 99,
)  # fmt: skip
UNREAD = sokkuri.Results(_path(0), SPEC, 0, (), (), 0, error="damaged: " + "it ends here, " * 99)
EDITS = sokkuri.Edits(True, 12.3, 0.987, 0.512, 0.731, "photo", 0.123)
SQUARE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
COPIES = tuple(
    sokkuri.Copy(_path(each), each / 9, True, EDITS, Outline(SQUARE, SQUARE), each)
    for each in range(MANY)
)
DAMAGES = tuple(Damage(_path(each), "a block of codes " * 9) for each in range(MANY))
RETRIEVAL = Retrieval("上着" * 99, MANY, tuple(each / MANY for each in range(MANY)), 0.5, 0.25)


def _values() -> Iterator[tuple[str, Any]]:
    """Yield one large value of every kind that a public call returns."""
    codes = np.zeros((MANY, SPEC.code_bytes), np.uint8)
    numbers = np.arange(MANY)
    yield "Results", RESULTS
    yield "Results of an unreadable query", UNREAD
    yield "results of many queries", ResultsList([RESULTS, UNREAD] * MANY)
    found = sokkuri.Copies(
        query=_path(0), spec=SPEC, searched=MANY, copies=COPIES, rejected=REJECTED
    )
    yield "Copies", found
    error = "damaged: " + "it ends here, " * 99
    yield "Copies of an unreadable query", dataclasses.replace(found, copies=(), error=error)
    yield "Copy", COPIES[-1]
    yield "Edits", EDITS
    yield "Comparison", sokkuri.Comparison(_path(1), _path(2), HASH, HASH, 99, "pixels", SPEC)
    yield "ImageHash", HASH
    yield "HashSpec", SPEC
    yield "Neighbour", sokkuri.Neighbour(_path(1), MANY, MANY)
    yield "Match", MATCHES[-1]
    yield "Rejected", REJECTED[-1]
    yield "FileRecord", sokkuri.FileRecord(_path(1), (HASH,) * 99, (9, 9), None, 1, bytes(MANY))
    yield "FileRecord, rejected", sokkuri.FileRecord(_path(1), rejected=REJECTED[-1])
    yield "Hits", Hits(numbers, numbers, numbers.astype(np.uint32), numbers)
    yield "Pairs", sokkuri.Pairs(numbers, numbers, numbers.astype(np.uint32))
    yield "Plan", sokkuri.Plan("flat", "because " * 99, {f"way {each}": 1.5 for each in range(99)})
    yield "Index", sokkuri.Index.from_codes(codes, map(_path, range(MANY)), spec=SPEC)
    yield "Library", sokkuri.Library.open(_path(0))
    yield "Verified", Verified(DAMAGES, MANY, MANY, MANY)
    yield "Repaired", Repaired(DAMAGES)
    yield (
        "Info",
        Info(_path(0), _path(1), hashes=(HashUsage("look-2", 9, 9),) * 99, problem="x" * 999),
    )
    yield "Picture", sokkuri.Picture(np.zeros((MANY, 99, 4), np.uint8), "JPEG", "RGB")
    yield "Evaluation", sokkuri.Evaluation(
        _path(0), (SPEC,) * 99, Parameters(1, 2, classes=True, edits=True, harder=True), MANY,
        REJECTED, ("x",) * MANY,
        rankings=(HashRetrieval("look-2", RETRIEVAL, (RETRIEVAL,) * 99),) * 99, failed=REJECTED,
    )  # fmt: skip
    planned = sokkuri.PlannedFile("x" * 300, MANY, bytes(32))
    removed = tuple(sokkuri.PlannedFile(f"{n}.jpg", n, bytes(32)) for n in range(MANY))
    group = sokkuri.PlannedGroup("7", "copy", (planned,), removed)
    yield "PlannedFile", planned
    yield "PlannedGroup", group
    yield "RemovalPlan", sokkuri.RemovalPlan("/photos", (group,), ("raw",) * MANY)
    line = sokkuri.FileOutcome(_path(1), MANY, FileState.LEFT, "because " * 99, "7")
    yield "FileOutcome", line
    yield (
        "RemovalOutcome",
        sokkuri.RemovalOutcome("/photos", "20260131-101500-a1b2", (line,) * MANY),
    )
    entries = (Entry(1, "x" * 300, _path(1), MANY),) * MANY
    head = Head("20260131-101500-a1b2", MANY, Way.HOLD)
    yield "RemovalBatch", sokkuri.RemovalBatch("/photos", head, entries)
    yield "Threshold", sokkuri.Threshold(
        spec=SPEC, max_distance=MANY, basis="chance", photos=MANY, low_quality=MANY,
        counts=numbers, model=None, rejected=REJECTED, notes=("x" * 999,) * 99,
    )  # fmt: skip
    for family in families():
        yield f"Family {family.form}", family


VALUES = dict(_values())


def _check(text: str) -> None:
    lines = text.split("\n")
    assert len(lines) <= LINES, text
    for line in lines:
        wide = sum(1 + (unicodedata.east_asian_width(each) in "WF") for each in line)
        assert wide <= COLUMNS, line


@pytest.mark.parametrize("name", VALUES)
def test_every_result_fits_a_screen(name: str) -> None:
    _check(repr(VALUES[name]))
    if not isinstance(VALUES[name], sokkuri.ImageHash | sokkuri.HashSpec | sokkuri.Plan):
        _check(str(VALUES[name]))  # of those three the text is a form of their own


def test_no_public_kind_is_forgotten() -> None:
    kinds = {
        name
        for name in sokkuri.__all__
        if isinstance(kind := getattr(sokkuri, name), type) and not issubclass(kind, Exception)
    }
    shown = {type(value).__name__ for value in VALUES.values()}
    assert kinds - shown == {"Explanation"}  # which is made from photos below


def test_what_is_left_out_is_counted() -> None:
    text = repr(RESULTS)
    assert f"{MANY:,} of {2 * MANY:,} photos by look-2\n" in text
    assert text.endswith(f"\n  {MANY:,} files rejected>")
    assert f"… {MANY - 5:,} more" in text
    assert f"… {2 * MANY - 5:,} more" in repr(VALUES["results of many queries"])
    assert f"… {MANY - 1:,} more" in repr(VALUES["Verified"])
    assert "<440 bytes: 0000000000000000…>" in repr(HASH)


def test_results_show_the_nearest_and_the_list_shows_all() -> None:
    matches = (sokkuri.Match("a.jpg", 0), sokkuri.Match("青い 'b'.jpg", 64))
    found = sokkuri.Results("q.jpg", SPEC, 7, (), matches, 2)
    assert repr(found).splitlines() == [
        "<Results for 'q.jpg': 2 of 7 photos by look-2",
        "  [0.0, 'a.jpg']",
        "  [0.25, \"青い 'b'.jpg\"]>",
    ]
    assert str(found) == repr(found)
    assert repr(found.pairs()) == "[[0.0, 'a.jpg'], [0.25, \"青い 'b'.jpg\"]]"
    assert len(list(RESULTS)) == repr(list(RESULTS)).count(".jpg") == MANY
    none = dataclasses.replace(found, matches=())
    assert repr(none) == "<Results for 'q.jpg': 0 of 7 photos by look-2>"
    assert repr(ResultsList([none])) == f"[{none!r}]"
    assert repr(ResultsList()) == "[]"


def test_a_small_value_is_shown_whole() -> None:
    assert repr(sokkuri.Match("a.jpg", 3, "bytes")) == (
        "Match(path='a.jpg', distance=3, same='bytes', quality=None)"
    )
    small = sokkuri.ImageHash(sokkuri.HashSpec("h", 8), b"\x0f")
    assert repr(small) == (
        "ImageHash(spec=HashSpec(name='h', bits=8, version=1), code=b'\\x0f', quality=None)"
    )
    assert str(HASH) == f"look-2:{'00' * 440}"


def test_refreshes_and_explanations_of_real_folders_fit(photos: Path) -> None:
    for number in range(40):
        (photos / f"broken {number}.jpg").write_text("no photo")
    library = sokkuri.Library.open(photos)
    a, b = photos / "photo-2.jpg", photos / "photo-4.jpg"
    for value in (
        library.refresh(hash="ahash-gray-8"),
        library.info(),
        library.verify(),
        library.repair(),
        library.compact(),
        library.table("ahash-gray-8"),
        sokkuri.explain(a, b),
        sokkuri.explain(a, b, hash="ahash-rgb-64"),
        *sokkuri.explain(a, b).panels,
        sokkuri.compare(a, b),
        sokkuri.search(a, photos, hash="ahash-gray-8"),
        sokkuri.search_many([a, b, photos / "broken 1.jpg"], photos, hash="ahash-gray-8"),
        sokkuri.load(a),
        *sokkuri.hash_files([photos]),
    ):
        _check(repr(value))
        assert "object at 0x" not in repr(value)


TREES = st.recursive(
    st.none() | st.integers() | st.floats() | st.text(max_size=300) | st.binary(max_size=300),
    lambda inner: st.lists(inner, max_size=30) | st.lists(inner, max_size=30).map(tuple),
    max_leaves=40,
)


@dataclass(frozen=True)
class _Any:
    first: Any
    second: Any
    third: Any = None

    __repr__ = brief_repr


@pytest.mark.slow
@given(TREES, TREES, st.integers(10, 200))
def test_whatever_a_value_holds_it_stays_short(first: Any, second: Any, width: int) -> None:
    _check(repr(_Any(first, _Any(second, first), [second, first] * 30)))
    assert "\n" not in brief(first, width)


@given(st.lists(st.integers(0, 99), max_size=300))
def test_items_shown_and_counted_are_all_there_are(items: list[int]) -> None:
    text = brief(items)
    shown, _, more = text.strip("[]").partition("… ")
    count = int(more.removesuffix(" more").replace(",", "")) if more else 0
    assert len([each for each in shown.split(", ") if each]) + count == len(items)
