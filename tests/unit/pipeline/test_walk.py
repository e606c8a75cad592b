from __future__ import annotations

import os
from pathlib import Path

import pytest

from sokkuri.pipeline import list_files

posix = pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")


def _touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    return path


def test_every_file_in_byte_order(tmp_path: Path) -> None:
    names = ["b.jpg", "a/b.jpg", ".hidden.jpg", "a/猫.png", "Z.gif", "a b.jpg", "-dash.jpg"]
    for name in names:
        _touch(tmp_path / name)
    listing = list_files([tmp_path])
    expected = sorted((str(tmp_path / name) for name in names), key=os.fsencode)
    assert list(listing.files) == expected
    assert not listing.rejected
    assert not listing.skipped


def test_paths_begin_as_the_root_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _touch(tmp_path / "photos/a.jpg")
    monkeypatch.chdir(tmp_path)
    assert list_files(["photos"]).files == (os.path.join("photos", "a.jpg"),)
    assert list_files(["."]).files == (os.path.join(".", "photos", "a.jpg"),)


def test_a_root_may_be_a_file_and_may_repeat(tmp_path: Path) -> None:
    file = str(_touch(tmp_path / "a.jpg"))
    assert list_files([file, file, str(tmp_path)]).files == (file,)


def test_a_missing_root_is_listed_as_a_file(tmp_path: Path) -> None:
    assert list_files([tmp_path / "gone"]).files == (str(tmp_path / "gone"),)


def test_trash_and_thumbnails_are_left_out(tmp_path: Path) -> None:
    for folder in ("@eaDir", ".Trash-1000", "$RECYCLE.BIN", ".git", "kept"):
        _touch(tmp_path / folder / "x.jpg")
    listing = list_files([tmp_path])
    assert [os.path.basename(os.path.dirname(path)) for path in listing.files] == ["kept"]
    assert len(listing.skipped) == 4
    # Asked for by name, such a folder is searched.
    assert len(list_files([tmp_path / "@eaDir"]).files) == 1


def test_a_holding_area_is_never_listed(tmp_path: Path) -> None:
    held = _touch(tmp_path / "photos/.sokkuri-holding/20260101-000000-0000/files/a.jpg")
    _touch(tmp_path / "photos/inner/.SOKKURI-HOLDING/b.jpg")
    kept = str(_touch(tmp_path / "photos/c.jpg"))
    listing = list_files([tmp_path / "photos"])
    assert listing.files == (kept,)
    assert len(listing.skipped) == 2
    # Not even by its name, nor under another: what is held is nobody's photo any more.
    for named in (held, held.parent, tmp_path / "photos/.sokkuri-holding"):
        assert list_files([named]).files == ()
        assert list_files([named]).skipped == (str(named),)


def test_the_trash_of_a_desktop_is_left_out(tmp_path: Path) -> None:
    for name in (
        "Trash/files/a.jpg",
        "Trash/info/a.jpg.trashinfo",
        "art/Trash/b.jpg",
        "#recycle/c",
    ):
        _touch(tmp_path / name)
    assert list_files([tmp_path]).files == (str(tmp_path / "art/Trash/b.jpg"),)


def test_patterns_leave_out(tmp_path: Path) -> None:
    for name in ("a.jpg", "a.png", "old/b.jpg"):
        _touch(tmp_path / name)
    listing = list_files([tmp_path], exclude=["*.png", "old"])
    assert listing.files == (str(tmp_path / "a.jpg"),)


@posix
def test_links(tmp_path: Path) -> None:
    root = tmp_path / "root"
    _touch(root / "a.jpg")
    _touch(tmp_path / "elsewhere/b.jpg")
    os.symlink(root / "a.jpg", root / "link to file.jpg")
    os.symlink(root, root / "link to parent")
    os.symlink(tmp_path / "elsewhere", root / "link to elsewhere")
    os.symlink("nothing", root / "dangling.jpg")
    os.symlink("loop", root / "loop")
    plain = list_files([root])
    assert [os.path.basename(path) for path in plain.files] == [
        "a.jpg", "dangling.jpg", "link to file.jpg", "loop"
    ]  # fmt: skip
    assert len(plain.skipped) == 2
    followed = list_files([root], follow=True)
    assert [os.path.basename(path) for path in followed.files] == [
        "a.jpg", "dangling.jpg", "b.jpg", "link to file.jpg", "loop"
    ]  # fmt: skip


@posix
def test_a_deep_tree_does_not_exhaust_the_stack(tmp_path: Path) -> None:
    folder = tmp_path
    for _ in range(300):
        folder = folder / "d"
    _touch(folder / "deep.jpg")
    assert len(list_files([tmp_path]).files) == 1


def test_progress_counts_files(tmp_path: Path) -> None:
    for number in range(2100):
        (tmp_path / f"{number}").write_bytes(b"")
    calls: list[tuple[int, int | None]] = []
    list_files([tmp_path], progress=lambda done, total: calls.append((done, total)))
    assert calls == [(1000, None), (2000, None)]
