from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri.errors import BadPlan
from sokkuri.removal import PlannedFile, PlannedGroup, RemovalPlan

DIGEST = bytes(range(32))


def _file(path: str, size: int = 3) -> PlannedFile:
    return PlannedFile(path, size, DIGEST)


def _group(name: str, keep: list[str], remove: list[str]) -> PlannedGroup:
    return PlannedGroup(name, "bytes", tuple(map(_file, keep)), tuple(map(_file, remove)))


PLAN = RemovalPlan(
    "/photos",
    (_group("1", ["a.jpg"], ["内側/b.jpg", "c.jpg"]), _group("2", [], ["d.jpg"])),
    ("raw",),
)


def test_a_plan_survives_its_file(tmp_path: Path) -> None:
    PLAN.save(tmp_path / "plan.json")
    assert RemovalPlan.load(tmp_path / "plan.json") == PLAN
    assert PLAN.files == 3
    assert PLAN.bytes == 9
    assert [group.is_whole for group in PLAN.groups] == [False, True]


def test_the_file_is_what_the_decision_says(tmp_path: Path) -> None:
    """The form is a promise to whoever writes plans by other means."""
    RemovalPlan("/p", (_group("1", ["a.jpg"], ["x/b.jpg"]),), ("raw",)).save(tmp_path / "plan.json")
    assert json.loads((tmp_path / "plan.json").read_bytes()) == {
        "schema": 1,
        "what": "sokkuri removal plan",
        "root": "/p",
        "protected": [{"path": "raw"}],
        "groups": [
            {
                "id": "1",
                "kind": "bytes",
                "keep": [{"path": "a.jpg", "bytes": 3, "digest": DIGEST.hex()}],
                "remove": [{"path": "x/b.jpg", "bytes": 3, "digest": DIGEST.hex()}],
            }
        ],
    }


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX")
@given(name=st.binary(min_size=1, max_size=40))
def test_every_name_survives(name: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    name = name.replace(b"/", b"-").replace(b"\0", b"-")
    if name in (b".", b".."):
        return
    path = os.fsdecode(name)
    plan = RemovalPlan(f"/{path}", (_group("1", [f"k/{path}"], [path]),), (path,))
    file = tmp_path_factory.getbasetemp() / "odd.json"
    plan.save(file)
    file.read_bytes().decode()  # which every reader of JSON can read
    assert RemovalPlan.load(file) == plan


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../a.jpg", "a/../../b.jpg", "./a.jpg", "a//b.jpg", "a/", "a\0b", "."],
)
def test_a_path_that_leads_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(BadPlan, match="no path below"):
        _file(path)
    with pytest.raises(BadPlan, match="no path below"):
        RemovalPlan("/p", (), (path,))


def test_what_cannot_be_is_refused() -> None:
    for groups, words in (
        ([_group("1", ["a"], ["b"]), _group("2", ["c"], ["b"])], "removes a file once"),
        ([_group("1", ["a"], ["b"]), _group("2", ["b"], ["c"])], "keep a file and remove it"),
        ([_group("1", ["a"], ["a"])], "keep a file and remove it"),
        ([_group("1", ["a"], ["b"]), _group("1", ["c"], ["d"])], "called '1'"),
        ([_group("", ["a"], ["b"])], "no name"),
    ):
        with pytest.raises(BadPlan, match=words):
            RemovalPlan("/p", tuple(groups))
    with pytest.raises(BadPlan, match="size and the digest"):
        PlannedFile("a", -1, DIGEST)
    with pytest.raises(BadPlan, match="size and the digest"):
        PlannedFile("a", 1, b"short")


def _fields(tmp_path: Path) -> Any:
    PLAN.save(tmp_path / "plan.json")
    return json.loads((tmp_path / "plan.json").read_bytes())


def _load(tmp_path: Path, fields: object) -> RemovalPlan:
    (tmp_path / "plan.json").write_text(json.dumps(fields))
    return RemovalPlan.load(tmp_path / "plan.json")


def test_a_later_plan_is_refused_in_words(tmp_path: Path) -> None:
    fields = _fields(tmp_path)
    fields["schema"] = 2
    with pytest.raises(BadPlan, match=r"plan\.json: this plan has schema 2.*install a newer"):
        _load(tmp_path, fields)


OTHERS: tuple[Any, ...] = (None, 7, [], {"a": 1})


def _with_holes(value: Any) -> Iterator[Any]:
    """Yield a document without each of its parts, and with each of them as something else."""
    if isinstance(value, dict):
        for key in value:
            yield {name: each for name, each in value.items() if name != key}
            yield from ({**value, key: other} for other in OTHERS)
            yield from ({**value, key: inner} for inner in _with_holes(value[key]))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            rest = value[:number], value[number + 1 :]
            yield from ([*rest[0], inner, *rest[1]] for inner in _with_holes(each))


def test_every_hole_in_a_plan_is_an_error_of_the_plan(tmp_path: Path) -> None:
    good = 0
    for fields in _with_holes(_fields(tmp_path)):
        with contextlib.suppress(BadPlan):
            _load(tmp_path, fields)
            good += 1
    # Sizes of four files may be 7; lists of protected folders, of groups, and four within them
    # may be empty.
    assert good == 4 + 1 + 1 + 4


@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_plan_or_none(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.json"
    file.write_bytes(data)
    with pytest.raises(BadPlan, match="no plan of sokkuri"):
        RemovalPlan.load(file)
