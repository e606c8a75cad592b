"""Uploads live by their content, in a directory whose content may be anything."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sokkuri.errors import StoreError
from sokkuri.web.problems import Problem
from sokkuri.web.uploads import Uploads

posix = pytest.mark.skipif(os.name != "posix", reason="rights and links as POSIX has them")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "uploads"


def _id(data: bytes) -> str:
    return "u" + hashlib.blake2b(data, digest_size=16).hexdigest()


def _used_long_ago(uploads: Uploads, id: str, seconds: int) -> None:
    for name in (id, f"{id}.json"):
        os.utime(os.path.join(uploads.directory, name), (seconds, seconds))


def test_an_upload_is_found_by_its_content(folder: Path) -> None:
    kept = Uploads(folder).keep([b"pic", b"", b"ture"], "写真.jpg")
    assert (kept.id, kept.name) == (_id(b"picture"), "写真.jpg")
    assert Path(kept.path).read_bytes() == b"picture"
    assert Path(kept.path).parent == folder
    assert Uploads(folder).find(kept.id) == kept, "another run finds it, too"


@posix
def test_nobody_else_may_look(folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o755)
    kept = Uploads(folder).keep([b"1"], "a.jpg")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.iterdir()]}
    assert modes == {"uploads": 0o700, kept.id: 0o600, f"{kept.id}.json": 0o600}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\x.jpg", "x.jpg"),
        ("/", "upload"),
        ("", "upload"),
        ("..", ".."),
        ("a\0b\x1b[31m\n\u202egpj.exe\x85.jpg", "ab[31m gpj.exe.jpg"),
        ("\udcff\ud800é.png", "é.png"),
        ("n" * 4000, "n" * 255),
        ("<script>alert(1)</script>", "script>"),
    ],
)
def test_a_name_is_for_showing_only(folder: Path, name: str, shown: str) -> None:
    kept = Uploads(folder).keep([b"x"], name)
    assert kept.name == shown
    assert sorted(os.listdir(folder)) == [kept.id, f"{kept.id}.json"]
    assert os.listdir(folder.parent) == ["uploads"]
    assert Uploads(folder).find(kept.id) == kept


@pytest.mark.parametrize(
    "id",
    [
        "", "u", "u" + "0" * 31, "u" + "0" * 33, "U" + "0" * 32, "u" + "A" * 32,
        "u" + "0" * 32 + "\n", "../" + "u" + "0" * 32, "u" + "0" * 29 + "/..",
        "u" + "0" * 32 + ".json", "u" + "０" * 32, "u" + "0" * 32 + "\0",
    ],
)  # fmt: skip
def test_what_is_no_id_finds_nothing(folder: Path, id: str) -> None:
    uploads = Uploads(folder)
    (folder / ("u" + "0" * 32)).write_bytes(b"x")
    (folder / ("u" + "0" * 32 + ".json")).write_text("{}")
    assert uploads.find("u" + "0" * 32) is not None
    assert uploads.find(id) is None


def test_an_upload_that_ends_early_leaves_nothing(folder: Path) -> None:
    uploads = Uploads(folder, largest=10)

    def broken() -> Iterator[bytes]:
        yield b"1234"
        assert any(name.startswith("part-") for name in os.listdir(folder))
        raise ConnectionError

    with pytest.raises(ConnectionError):
        uploads.keep(broken(), "a.jpg")
    assert os.listdir(folder) == []


def test_too_many_bytes_are_not_read_to_their_end(folder: Path) -> None:
    uploads = Uploads(folder, largest=10)
    given = 0

    def endless() -> Iterator[bytes]:
        nonlocal given
        while True:
            given += 4
            yield b"1234"

    with pytest.raises(Problem, match="may have 10 bytes"):
        uploads.keep(endless(), "a.jpg")
    assert given == 12
    assert os.listdir(folder) == []
    assert os.path.getsize(uploads.keep([b"1234567890"], "a.jpg").path) == 10


def test_the_same_bytes_from_many_at_once(folder: Path) -> None:
    uploads = Uploads(folder)
    start = threading.Barrier(8)
    ids: list[str] = []

    def keep(number: int) -> None:
        start.wait()
        ids.extend(uploads.keep([b"same"] * 100, f"{number}.jpg").id for _ in range(5))

    threads = [threading.Thread(target=keep, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 40
    assert set(ids) == {_id(b"same" * 100)}
    assert sorted(os.listdir(folder)) == [ids[0], f"{ids[0]}.json"]
    found = uploads.find(ids[0])
    assert found is not None
    assert Path(found.path).read_bytes() == b"same" * 100


def test_the_longest_unused_make_room(folder: Path) -> None:
    uploads = Uploads(folder, most_files=3, most_bytes=100)
    ids = [uploads.keep([bytes([number])], "x").id for number in range(3)]
    for age, one in enumerate(ids, start=1):
        _used_long_ago(uploads, one, 1000 * age)
    assert uploads.find(ids[0]) is not None, "this is use"
    newest = uploads.keep([b"new"], "x").id
    assert [uploads.find(one) is not None for one in [*ids, newest]] == [True, False, True, True]
    assert len(os.listdir(folder)) == 6, "notes go with their files"
    large = uploads.keep([b"." * 100], "x").id
    assert sorted(os.listdir(folder)) == [large, f"{large}.json"]
    huge = uploads.keep([b"." * 500], "x").id
    assert sorted(os.listdir(folder)) == [huge, f"{huge}.json"], "the newest always stays"


def test_an_upload_can_be_forgotten(folder: Path) -> None:
    uploads = Uploads(folder)
    kept, other = uploads.keep([b"x"], "x"), uploads.keep([b"y"], "y")
    (folder.parent / "x").write_bytes(b"outside")
    for name in (kept.id, kept.id, "../x", "", f"../uploads/{other.id}"):
        uploads.forget(name)
    assert uploads.find(kept.id) is None
    assert sorted(os.listdir(folder)) == [other.id, f"{other.id}.json"]
    assert sorted(os.listdir(folder.parent)) == ["uploads", "x"]


def test_use_does_not_change_the_file_itself(folder: Path) -> None:
    uploads = Uploads(folder)
    kept = uploads.keep([b"x"], "x")
    _used_long_ago(uploads, kept.id, 1000)
    uploads.find(kept.id)
    assert os.stat(kept.path).st_mtime == 1000, "views of it are kept by this time"


def test_what_a_dead_run_left_is_removed(folder: Path) -> None:
    Uploads(folder)
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    left = folder / f"part-{int(dead.stdout)}-{'0' * 16}"
    old = folder / f"part-{os.getpid()}-{'1' * 16}.json"
    mine = folder / f"part-{os.getpid()}-{'2' * 16}"
    orphan = folder / f"u{'3' * 32}.json"
    for path in (left, old, mine, orphan):
        path.write_bytes(b"x")
    os.utime(old, (1000, 1000))
    os.utime(left, (1000, 1000) if os.name != "posix" else None)
    Uploads(folder)
    assert os.listdir(folder) == [mine.name]


@posix
def test_links_planted_there_are_not_followed(folder: Path, tmp_path: Path) -> None:
    uploads = Uploads(folder)
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"secret")
    (tmp_path / "note").write_text('{"name": "stolen"}')
    name = _id(b"picture")
    (folder / name).symlink_to(secret)
    (folder / f"{name}.json").symlink_to(tmp_path / "note")
    before = secret.stat().st_mtime_ns, (tmp_path / "note").stat().st_mtime_ns
    assert uploads.find(name) is None
    kept = uploads.keep([b"picture"], "mine.jpg")
    assert uploads.find(name) == kept
    assert not Path(kept.path).is_symlink()
    assert not Path(f"{kept.path}.json").is_symlink()
    assert secret.read_bytes() == b"secret"
    os.unlink(f"{kept.path}.json")
    (folder / f"{name}.json").symlink_to(tmp_path / "note")
    found = uploads.find(name)
    assert found is not None
    assert found.name == "upload"
    assert (secret.stat().st_mtime_ns, (tmp_path / "note").stat().st_mtime_ns) == before


@posix
def test_a_directory_that_is_a_link_is_refused(folder: Path, tmp_path: Path) -> None:
    folder.parent.mkdir()
    (tmp_path / "elsewhere").mkdir(mode=0o755)
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="no folder of yours"):
        Uploads(folder)
    assert stat.S_IMODE((tmp_path / "elsewhere").stat().st_mode) == 0o755


def test_a_directory_that_was_removed_is_made_again(folder: Path) -> None:
    uploads = Uploads(folder)
    folder.rmdir()
    folder.parent.rmdir()
    assert uploads.find(_id(b"x")) is None
    kept = uploads.keep([b"x"], "x.jpg")
    assert uploads.find(_id(b"x")) == kept


@posix
def test_anything_may_lie_there(folder: Path) -> None:
    Uploads(folder)
    name = _id(b"picture")
    (folder / name / "deep").mkdir(parents=True)
    (folder / f"{name}.json").mkdir()
    os.mkfifo(folder / f"u{'1' * 32}")
    pipe_note = f"u{'2' * 32}"
    (folder / pipe_note).write_bytes(b"2")
    os.mkfifo(folder / f"{pipe_note}.json")
    (folder / "\udcff.jpg").write_bytes(b"?")
    (folder / "part-99999999999999999999-0000000000000000").write_bytes(b"?")
    (folder / "part-9999999999-0000000000000000").write_bytes(b"?")
    for number, note in enumerate(
        [
            b"",
            b"\xff",
            b"[1]",
            b'{"name": 7, "bytes": 1}',
            b"[" * 8000,
            b'{"name": "x", "bytes": 9}',
        ]
    ):
        (folder / f"u{number:032x}").write_bytes(b"x")
        (folder / f"u{number:032x}.json").write_bytes(note)
    uploads = Uploads(folder, most_files=100)
    found = [uploads.find(f"u{number:032x}") for number in range(6)]
    assert [one and one.name for one in found] == ["upload"] * 5 + [None]
    assert uploads.find(name) is None
    assert uploads.find(f"u{'1' * 32}") is None
    assert uploads.find(pipe_note) is not None
    kept = uploads.keep([b"picture"], "x.jpg")
    assert uploads.find(name) == kept
    assert json.loads(Path(f"{kept.path}.json").read_bytes()) == {"name": "x.jpg", "bytes": 7}
