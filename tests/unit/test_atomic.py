from __future__ import annotations

import os
from pathlib import Path

import pytest

from sokkuri.atomic import discard_unfinished, write_atomically


def test_the_file_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "図.bin"
    target.write_bytes(b"old")
    with write_atomically(target) as file:
        file.write(b"new")
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["図.bin"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failed_write_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), write_atomically(tmp_path / "x") as file:
        file.write(b"half")
        raise error
    assert os.listdir(tmp_path) == []


def test_unfinished_files_can_be_discarded(tmp_path: Path) -> None:
    writing = write_atomically(tmp_path / "x")
    writing.__enter__().write(b"half")
    assert len(os.listdir(tmp_path)) == 1
    discard_unfinished()
    assert os.listdir(tmp_path) == []
    with pytest.raises(FileNotFoundError):
        writing.__exit__(None, None, None)


@pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX matter")
def test_the_result_has_the_usual_mode(tmp_path: Path) -> None:
    (tmp_path / "usual").write_bytes(b"")
    with write_atomically(tmp_path / "ours"):
        pass
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode
