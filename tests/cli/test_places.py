"""The words of a search: queries, folders, stdin, and what is neither."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from tests.conftest import Runner

GRAY = ("--hash", "ahash-gray-8")


def test_without_a_folder_the_current_one_is_searched(sokkuri: Runner, photos: Path) -> None:
    done = sokkuri("search", "photo-4.jpg", "-k", "1", "--paths", *GRAY, cwd=photos)
    assert (done.returncode, done.stdout) == (0, b"./photo-4.jpg\n")
    inner = photos / "inner"
    inner.mkdir()
    shutil.copy(photos / "photo-8.jpg", inner)
    done = sokkuri("search", "../photo-8.jpg", "--paths", "-k", "1", *GRAY, cwd=inner)
    assert done.stdout == b"./photo-8.jpg\n"


def test_several_folders_are_searched_together(
    sokkuri: Runner, photos: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(photos / "photo-4.jpg", other / "same.jpg")
    done = sokkuri("search", photos / "photo-4.jpg", photos, other, "-k", "2", "--json", *GRAY)
    found = json.loads(done.stdout)
    assert {os.path.basename(match["path"]) for match in found["matches"]} == {
        "photo-4.jpg", "same.jpg",
    }  # fmt: skip
    done = sokkuri("search", photos / "photo-4.jpg", other, photos / "photo-8.jpg")
    assert done.returncode == 2
    assert b"follows a folder and is none" in done.stderr


def test_a_picture_comes_in_on_stdin(sokkuri: Runner, photos: Path) -> None:
    data = (photos / "photo-4.jpg").read_bytes()
    done = sokkuri("search", "-", photos, "-k", "1", "--json", *GRAY, input=data)
    found = json.loads(done.stdout)
    assert found["query"] == "-"
    assert os.path.basename(found["matches"][0]["path"]) == "photo-4.jpg"
    done = sokkuri("search", "-", photos, *GRAY, input=b"")
    assert done.returncode == 2
    assert b"cannot read the query -: empty" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["https://example.org/a.jpg", "."], b"nothing is fetched from the network"),
        (["*.jpg", "."], b"no file is called that; without quotes the shell finds"),
        ([".", "."], b"give a QUERY before the DIR"),
        (["."], b"give a QUERY before the DIR"),
    ],
)
def test_what_cannot_be_meant_is_told(
    sokkuri: Runner, photos: Path, words: list[str], told: bytes
) -> None:
    done = sokkuri("search", *words, cwd=photos)
    assert (done.returncode, done.stdout) == (2, b"")
    assert told in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_a_file_with_wildcards_in_its_name_is_a_query(sokkuri: Runner, photos: Path) -> None:
    shutil.copy(photos / "photo-4.jpg", photos / "[a] b?.jpg")
    done = sokkuri("search", "[a] b?.jpg", ".", "-k", "1", *GRAY, cwd=photos)
    assert done.returncode == 0


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_out_of_reach_is_an_error(sokkuri: Runner, photos: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0)
    for more in ([], ["--no-library"]):
        done = sokkuri("search", photos / "photo-4.jpg", closed, *more, *GRAY)
        assert done.returncode == 2
        assert os.fsencode(closed) in done.stderr
    closed.chmod(0o700)
