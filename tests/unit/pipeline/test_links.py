from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri.pipeline.same_picture import _file_key, _is_one_name, known_file_key, without_links

posix = pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")


@posix
def test_all_names_of_a_file_have_one_key(tmp_path: Path) -> None:
    file, copy, hard, symbolic = (tmp_path / name for name in ("a", "copy", "hard", "symbolic"))
    file.write_bytes(b"same")
    copy.write_bytes(b"same")
    os.link(file, hard)
    os.symlink("hard", symbolic)
    keys = [_file_key(str(path)) for path in (file, hard, symbolic)]
    assert len(set(keys)) == 1
    assert _file_key(str(copy)) != keys[0]


def test_a_file_that_is_gone_is_its_name(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone")
    with pytest.raises(FileNotFoundError):
        _file_key(gone)
    assert known_file_key(gone) == gone
    assert known_file_key("no\0name") == "no\0name"


def test_disks_that_do_not_number_their_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [str(tmp_path / name) for name in ("a", "b")]
    for path in paths:
        Path(path).write_bytes(b"same")
    real = os.stat

    def stat(path: str) -> os.stat_result:
        values = list(real(path))
        values[1] = 0
        return os.stat_result(values)

    monkeypatch.setattr(os, "stat", stat)
    assert _file_key(paths[0]) != _file_key(paths[1])
    assert _file_key(paths[0]) == _file_key(os.path.join(str(tmp_path), ".", "a"))


def test_disks_that_give_two_files_one_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [str(tmp_path / name) for name in ("a", "b", "c")]
    for place, path in enumerate(paths):
        Path(path).write_bytes(b"same" if place < 2 else b"another")
        os.utime(path, (1_000_000, 1_000_000 + (place == 1)))
    real = os.stat

    def stat(path: str) -> os.stat_result:
        values = list(real(path))
        values[1] = 7
        return os.stat_result(values, {"st_mtime_ns": real(path).st_mtime_ns})

    monkeypatch.setattr(os, "stat", stat)
    assert len({_file_key(path) for path in paths}) == 3
    assert without_links(paths, paths[0]).all()


def test_names_are_compared_as_they_are_meant() -> None:
    here = os.getcwd()
    assert _is_one_name("a", os.path.join(here, "b", "..", "a"))
    assert not _is_one_name("a", "A")
    # Composed and taken apart: a disk may take them for equal, and they are two names.
    assert not _is_one_name("ガ.jpg", "カ\u3099.jpg")


@posix
@given(st.lists(st.integers(0, 4), max_size=12), st.integers(0, 5))
def test_each_file_is_left_once(
    tmp_path_factory: pytest.TempPathFactory, files: list[int], query: int
) -> None:
    folder = tmp_path_factory.mktemp("links")
    for file in range(6):
        (folder / f"real {file}").write_bytes(b"same")
    names = [str(folder / f"{place:02}") for place in range(len(files))]
    for place, (name, file) in enumerate(zip(names, files, strict=True)):
        make = os.link if place % 2 else os.symlink
        make(folder / f"real {file}", name)
    own = str(folder / f"real {query}")
    kept = without_links(names, None)
    assert [file for file, keep in zip(files, kept, strict=True) if keep] == list(
        dict.fromkeys(files)
    )
    # The query is one of these files, but has none of these names: all of them go.
    kept = without_links(names, own)
    assert [file for file, keep in zip(files, kept, strict=True) if keep] == [
        file for file in dict.fromkeys(files) if file != query
    ]
    # Its own name stays, wherever it stands, and no other.
    kept = without_links([*names, own], own)
    assert kept[-1]
    assert kept[:-1].tolist() == without_links(names, own).tolist()
