from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path

import pytest

from sokkuri.pipeline import as_on_disk

# Where the file system itself takes both forms for one name there is nothing to find.
linux = pytest.mark.skipif(sys.platform != "linux", reason="names as bytes")


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@linux
@pytest.mark.parametrize("name", ["ガ.jpg", "café.png", "Ångström", "한글.webp"])
@pytest.mark.parametrize(("kept", "asked"), [(_nfc, _nfd), (_nfd, _nfc)])
def test_the_other_form_is_found(tmp_path: Path, name: str, kept: object, asked: object) -> None:
    assert callable(kept)
    assert callable(asked)
    on_disk = tmp_path / kept("写真 が") / kept(name)
    on_disk.parent.mkdir()
    on_disk.touch()
    wish = str(tmp_path / asked("写真 が") / asked(name))
    assert not os.path.exists(wish)
    assert as_on_disk(wish) == str(on_disk)
    assert as_on_disk(Path(wish)) == str(on_disk)


@linux
def test_what_exists_is_meant_as_it_is(tmp_path: Path) -> None:
    for form in (_nfc, _nfd):
        (tmp_path / form("ガ.jpg")).touch()
    for form in (_nfc, _nfd):
        path = tmp_path / form("ガ.jpg")
        assert as_on_disk(path) is path


@linux
def test_two_that_could_be_meant_are_none(tmp_path: Path) -> None:
    # Three forms of one name: the singleton Å, the composed Å, and A with a ring.
    for name in ("\u212b.jpg", "A\u030a.jpg"):
        (tmp_path / name).touch()
    path = str(tmp_path / "\u00c5.jpg")
    assert as_on_disk(path) == path


@linux
def test_relative_paths_keep_their_shape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / _nfd("が")).mkdir()
    (tmp_path / _nfd("が") / "a.jpg").touch()
    monkeypatch.chdir(tmp_path)
    for wish in ("が", "が/", "./が/a.jpg", "が//a.jpg", "が/../が/a.jpg"):
        assert as_on_disk(_nfc(wish)) == _nfd(wish)


def test_what_is_not_there_stays_as_it_was_named(tmp_path: Path) -> None:
    for name in ("gone.jpg", "が.jpg", "が/ば.jpg", "a\0が.jpg", "\udcff が.jpg", "が" * 300):
        path = os.path.join(tmp_path, name)
        assert as_on_disk(path) is path
    assert as_on_disk("") == ""
