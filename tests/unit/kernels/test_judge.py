"""The kernel that judges candidates equals its NumPy twin bit for bit, and the twin is right."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from tests.unit.kernels.twin import Twin

from sokkuri.hashers import copies_layout
from sokkuri.kernels import NATIVE, judge
from sokkuri.kernels.judge.reference import VERDICT, record_type, score_of
from sokkuri.kernels.points import find_points
from sokkuri.kernels.votes import TABLES

if NATIVE:
    from sokkuri.kernels import _native

reference = Twin(judge)

ROOM = 60
SIZE = record_type(ROOM).itemsize
COPY = 1150

# The loops stay the same for all examples of a test.
ONCE = [HealthCheck.function_scoped_fixture]


def description(image: Image.Image) -> NDArray[np.uint8]:
    """Describe a picture: shape (B,), uint8."""
    scale = 256 / max(image.size)
    sides = [max(16, 2 * round(side * scale / 2)) for side in image.size]
    luma = np.asarray(image.convert("L").resize((sides[0], sides[1])))
    share = min(1.0, (3072 / luma.size) ** 0.5)
    small = image.convert("L").resize(
        (max(8, int(sides[0] * share)), max(8, int(sides[1] * share))), Image.Resampling.BOX
    )
    found = find_points(luma, ROOM)
    record = np.zeros(1, record_type(ROOM))
    record["count"], record["halves"], record["small"] = (
        len(found.places), [side // 2 for side in sides], small.size,
    )  # fmt: skip
    places = record["places"][0, : len(found.places)]
    places["at"], places["size"], places["direction"] = (
        found.places[:, :2], found.places[:, 2], found.places[:, 3],
    )  # fmt: skip
    record["codes"][0, : len(found.codes)] = found.codes
    pixels = np.asarray(small).ravel()
    record["thumbnail"][0, : len(pixels)] = pixels
    return record.view(np.uint8)


def photo(seed: int, width: int = 320, height: int = 240) -> Image.Image:
    """Make a picture with things of all sizes in it."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    values = (x * random.integers(0, 3) + y * random.integers(0, 3)) // 8 + 60
    for _ in range(160):
        cx, cy = random.integers(0, width), random.integers(0, height)
        wide, high = random.integers(4, 30, 2)
        inside = (x - cx) ** 2 * high**2 + (y - cy) ** 2 * wide**2 <= (wide * high) ** 2
        values[inside] = random.integers(0, 256)
    return Image.fromarray(values.astype(np.uint8))


def edited(image: Image.Image, edit: str) -> Image.Image:
    """Make a copy of a picture."""
    width, height = image.size
    if edit == "cropped":
        return image.crop((width // 6, height // 8, width, height))
    if edit == "turned":
        return image.rotate(13, Image.Resampling.BICUBIC, fillcolor=255)
    if edit == "quarter":
        return image.transpose(Image.Transpose.ROTATE_90)
    if edit == "squeezed":
        return image.resize((width, height * 2 // 3))
    if edit == "bordered":
        framed = Image.new("L", (width + 60, height + 40), 250)
        framed.paste(image, (30, 20))
        return framed
    if edit == "covered":
        covered = image.copy()
        covered.paste(20, (0, height * 3 // 4, width, height))
        return covered
    return image.resize((width // 2, height // 2)).point(
        [min(255, 30 + v * 3 // 4) for v in range(256)]
    )


EDITS = ("cropped", "turned", "quarter", "squeezed", "bordered", "covered", "toned")


@cache
def records() -> NDArray[np.uint8]:
    """Describe the edits of one picture, that picture, and others: shape (N, B), uint8."""
    original = photo(0)
    images = [*(edited(original, edit) for edit in EDITS), original, photo(1), photo(2, 200, 200)]
    flat = Image.new("L", (300, 200), 90)
    return np.stack([description(each) for each in (*images, flat)])


def asked(ways: int, query: int = len(EDITS)) -> tuple[Any, ...]:
    """Return arguments that ask for all records."""
    found = records()
    return (
        found[query], found, np.arange(len(found)), np.full(len(found), ways, np.uint8), ROOM,
    )  # fmt: skip


@pytest.mark.parametrize("room", [1, ROOM, 150, 300])
def test_descriptions_are_laid_out_as_the_hash_says(room: int) -> None:
    ours, theirs = record_type(room), copies_layout.record_type(room)
    assert ours.itemsize == theirs.itemsize
    offsets = {name: theirs.fields[name][1] for name in theirs.names or ()} if theirs.fields else {}
    renamed = {"half_width": "halves", "thumbnail_width": "small"}
    for name, offset in offsets.items():
        if name not in ("half_height", "thumbnail_height"):
            assert ours.fields is not None
            assert ours.fields[renamed.get(name, name)][1] == offset
    assert offsets["half_height"] == offsets["half_width"] + 1
    assert offsets["thumbnail_height"] == offsets["thumbnail_width"] + 1


@pytest.mark.parametrize("ways", [0, 1, 2, 3])
@pytest.mark.parametrize("query", [len(EDITS), 0, len(EDITS) + 3])
def test_the_kernel_equals_the_twin(loops: str, ways: int, query: int) -> None:
    ours, theirs = judge.judge(*asked(ways, query)), reference.judge(*asked(ways, query))
    assert ours.tobytes() == theirs.tobytes()


def test_copies_are_told_from_others() -> None:
    found = judge.judge(*asked(3))
    scores = dict(
        zip((*EDITS, "itself", "another", "a third", "flat"), found["score"], strict=True)
    )
    assert scores["itself"] == max(scores.values())
    assert all(scores[edit] >= COPY for edit in EDITS)
    assert all(scores[name] < COPY for name in ("another", "a third", "flat"))


def test_the_map_says_what_was_done() -> None:
    verdicts = dict(zip(EDITS, judge.judge(*asked(1)), strict=False))
    # The sides of the picture are 320 x 240, of its luma 256 x 192; places are in quarters.
    linear = verdicts["cropped"]["map"] / 65536
    scale = 256 / (320 - 53) / (256 / 320)
    assert np.abs(linear[:, :2] - scale * np.eye(2)).max() < 0.01
    moved = -4 * scale * np.array([53, 30]) * 0.8
    assert np.abs(linear[:, 2] - moved).max() < 4
    linear = verdicts["quarter"]["map"] / 65536
    assert np.abs(linear[:, :2] - [[0, 1], [-1, 0]]).max() < 0.01
    linear = verdicts["squeezed"]["map"] / 65536
    assert np.abs(linear[:, :2] - np.diag([1, 2 / 3])).max() < 0.01
    assert all(verdict["way"] == 1 and verdict["pairs"] >= 6 for verdict in verdicts.values())


def test_blocks_show_what_was_painted_over() -> None:
    verdict = judge.judge(*asked(1))[EDITS.index("covered")]
    rows, columns = int(verdict["rows"]), int(verdict["columns"])
    blocks = verdict["blocks"][: rows * columns].reshape(rows, columns)
    kept = blocks[: rows // 2]
    assert np.median(kept[kept > -32768]) > 900
    assert np.median(blocks[-1]) < 300


def test_thumbnails_are_mapped_as_the_pictures_are() -> None:
    own = records()[len(EDITS)].view(record_type(ROOM))[0]
    for record, verdict in zip(records(), judge.judge(*asked(1))[: len(EDITS)], strict=False):
        other = record.view(record_type(ROOM))[0]
        share, others = (each["small"] / (2.0 * each["halves"]) for each in (own, other))
        whole, small = verdict["map"] / 65536, verdict["thumbnails"] / 65536
        for place in ((0.0, 0.0), (250.0, 0.0), (30.0, 180.0)):
            mapped = whole[:, :2] @ place + whole[:, 2] / 4
            there = small[:, :2] @ ((place + np.array(0.5)) * share - 0.5) + small[:, 2]
            assert np.abs(there - ((mapped + 0.5) * others - 0.5)).max() < 0.02


@settings(suppress_health_check=ONCE, deadline=None, max_examples=30)
@given(
    record=st.integers(0, len(EDITS) + 3), ways=st.integers(0, 255), seed=st.integers(0, 1 << 30),
    kind=st.sampled_from(["noise", "flips", "head", "count", "places", "same places"]),
    query=st.booleans(),
)  # fmt: skip
def test_damaged_descriptions_are_judged_alike(
    loops: str, record: int, ways: int, seed: int, kind: str, query: bool
) -> None:
    random, codes = np.random.default_rng(seed), records()[[record, len(EDITS)]].copy()
    code = codes[0]
    if kind == "noise":
        code[:] = random.integers(0, 256, SIZE)
    elif kind == "flips":
        code[random.integers(0, SIZE, 40)] ^= random.integers(1, 256, 40).astype(np.uint8)
    elif kind == "head":
        code[random.integers(0, 6, 2)] = random.integers(0, 256, 2)
    elif kind == "count":
        code[0] = random.integers(0, 256)
    else:
        places = code.view(record_type(ROOM))["places"][0]
        many = len(places) if kind == "places" else 1
        places["at"] = random.integers(0, 700, (many, 2))
        places["size"], places["direction"] = random.integers(0, 192, many), random.integers(0, 256)
    if query:
        codes = codes[::-1]
    arguments = codes[1], codes, np.arange(2), np.full(2, ways, np.uint8), ROOM
    assert judge.judge(*arguments).tobytes() == reference.judge(*arguments).tobytes()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("count", ROOM + 1), ("halves", (7, 96)), ("halves", (129, 96)), ("halves", (128, 0)),
        ("small", (0, 48)), ("small", (7, 48)), ("small", (64, 255)), ("small", (64, 49)),
        ("places", ((1025, 0), 9, 9)), ("places", ((0, 769), 9, 9)), ("places", ((9, 9), 192, 9)),
    ],
)  # fmt: skip
def test_what_is_no_description_scores_nothing(field: str, value: Any) -> None:
    whole = records()[[len(EDITS), len(EDITS)]].copy()
    record = whole.view(record_type(ROOM))[:, 0]
    if field == "places":
        record["places"][0, 3] = value
    else:
        record[field][0] = value
    for first, second in ((0, 1), (1, 0)):
        found = judge.judge(whole[first], whole, np.array([second]), np.array([3], np.uint8), ROOM)
        assert not any(found.tobytes())
    found = judge.judge(whole[1], whole, np.array([0, 1]), np.array([3, 3], np.uint8), ROOM)
    assert found["score"][0] == 0 < COPY < found["score"][1]


def test_scores_are_as_the_formula_says() -> None:
    for agreement, matched, of in [
        (0, 0, 6),
        (-400, 9, 9),
        (913, 3, 6),
        (700, 88, 140),
        (1, 1024, 6),
    ]:
        wanted = max(agreement, 0) + 300 * np.log2(1 + matched * matched / of)
        assert abs(score_of(agreement, matched, of) - wanted) < 1.2


def test_arguments_that_do_not_fit_are_refused() -> None:
    query, found, rows, ways, room = asked(3)
    for arguments in [
        (query[1:], found, rows, ways, room), (query, found[:, 1:], rows, ways, room),
        (query, found, rows, ways, room + 1), (query, found, rows[1:], ways, room),
        (query, found, rows[None], ways[None], room), (query, found, rows + 1, ways, room),
        (query, found, rows - 1, ways, room),
    ]:  # fmt: skip
        with pytest.raises(ValueError, match=r"codes of|one way|rows from"):
            judge.judge(*arguments)
    assert judge.judge(query, found, rows[:0], ways[:0], room).shape == (0,)


def test_records_that_lie_apart_are_judged_as_they_are(native: None) -> None:
    query, found, rows, ways, room = asked(2)
    apart = np.repeat(found, 2, axis=0)[::2]
    assert np.array_equal(judge.judge(query, apart, rows, ways, room)["score"],
                          judge.judge(query, found, rows, ways, room)["score"])  # fmt: skip


def test_the_kernel_refuses_what_would_lead_it_astray(native: None) -> None:
    query, found, rows, ways, room = asked(3)
    verdicts, call = np.zeros(len(rows), VERDICT), vars(_native)["judge"]
    tables: tuple[Any, ...] = TABLES
    good: tuple[Any, ...] = (query, found, rows, ways, room, verdicts, tables)
    assert call(*good) is None
    assert verdicts["score"].max() >= COPY
    bad: list[tuple[int, Any]] = [
        (0, query[1:]), (1, found.ravel()[1:]), (2, rows[1:]), (2, rows + 1), (2, rows - 1),
        (3, ways[1:]), (4, 0), (4, 1025), (4, room + 1), (5, verdicts[1:]),
    ]  # fmt: skip
    for at, table in enumerate(tables):
        low, high = np.full_like(table, -99_999), np.full_like(table, np.iinfo(table.dtype).max)
        bad += [(6, (*tables[:at], broken, *tables[at + 1 :])) for broken in (table[1:], low, high)]
    for at, value in bad:
        with pytest.raises(ValueError, match="bounds"):
            call(*good[:at], value, *good[at + 1 :])
    with pytest.raises(BufferError):
        call(*good[:5], verdicts.tobytes(), tables)
