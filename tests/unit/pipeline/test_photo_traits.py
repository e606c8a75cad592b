"""Traits of many files: in order, with reasons, and the same from another process."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from sokkuri.images import Rejected
from sokkuri.images.traits import PhotoTraits, read_traits
from sokkuri.pipeline.photo_traits import _traits_task, traits_of_files


def test_traits_come_in_order_and_a_bad_file_does_not_end_the_run(tmp_path: Path) -> None:
    for name in ("a.png", "c.png"):
        Image.new("RGB", (80, 60)).save(tmp_path / name)
    (tmp_path / "b.png").write_bytes(b"no photo")
    paths = [str(tmp_path / name) for name in ("a.png", "b.png", "c.png")]
    found = list(traits_of_files(paths, workers=2))
    assert [path for path, _ in found] == paths
    assert [type(value) for _, value in found] == [PhotoTraits, Rejected, PhotoTraits]


def test_a_message_holds_all_traits(tmp_path: Path) -> None:
    path = str(tmp_path / "a.png")
    Image.new("RGB", (80, 60)).save(path)
    task = _traits_task()
    assert task.portable
    assert task.result(path, task.answer(path)) == read_traits(path)


@pytest.mark.parametrize("header", [None, [], [[1, 2]], {"size": 1}])
def test_a_message_without_traits_is_refused(header: object) -> None:
    with pytest.raises(ValueError, match="no traits"):
        _traits_task().decode("a.png", header, [])
