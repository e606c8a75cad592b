from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import starmap
from pathlib import Path

import pytest

from sokkuri.api.library import Library
from sokkuri.cli.library import _is_news
from sokkuri.library import Refreshed

Runner = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a test a data directory of its own."""
    monkeypatch.setenv("SOKKURI_LIBRARIES", str(tmp_path / "libraries"))
    return tmp_path / "libraries"


def _json(done: subprocess.CompletedProcess[bytes]) -> dict[str, object]:
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def test_index_counts_every_file_once(sokkuri: Runner, photos: Path, own: Path) -> None:
    (photos / "broken.jpg").write_text("no photo")
    done = sokkuri("index", photos, "--hash", "look-2", "--hash", "ahash-gray-8")
    assert done.returncode == 0
    assert b"seen 13 = unchanged 0 + hashed 11 + known 1 + rejected 1" in done.stderr + done.stdout
    assert b"broken.jpg" in done.stderr
    assert len(os.listdir(own)) == 1
    again = sokkuri("index", photos, "--json")
    assert again.returncode == 0
    assert _json(again)["decodes"] == 0
    assert sokkuri("index", photos, "--strict").returncode == 3


def test_a_search_makes_the_library_that_the_next_one_uses(
    sokkuri: Runner, photos: Path, own: Path
) -> None:
    query = photos / "photo-2.jpg"
    first, second, bare = (
        sokkuri("search", query, photos, "--json", *words) for words in ([], [], ["--no-library"])
    )
    assert first.returncode == 0
    assert first.stdout == second.stdout == bare.stdout
    shutil.rmtree(photos)
    gone = sokkuri("search", own.parent / "photos/photo-2.jpg", photos)
    assert gone.returncode == 2
    assert b"Traceback" not in gone.stderr


def test_no_refresh_searches_what_is_known(sokkuri: Runner, photos: Path, own: Path) -> None:
    query = photos / "photo-2.jpg"
    unknown = sokkuri("search", query, photos, "--no-refresh")
    assert unknown.returncode == 2
    assert b"sokkuri index" in unknown.stderr
    assert sokkuri("index", photos).returncode == 0
    shutil.copy(query, photos / "new.jpg")
    known = sokkuri("search", query, photos, "--no-refresh", "-l", "--max-distance", "0")
    assert b"new.jpg" not in known.stdout
    fresh = sokkuri("search", query, photos, "-l", "--max-distance", "0")
    assert b"new.jpg" in fresh.stdout


def test_a_portable_library_lies_where_it_is_told(
    sokkuri: Runner, photos: Path, own: Path, tmp_path: Path
) -> None:
    place = photos / ".kept"
    query = photos / "photo-2.jpg"
    assert sokkuri("index", photos, "--library", place).returncode == 0
    assert not own.exists()
    told = sokkuri("search", query, photos, "--library", place, "-l", "-k", "3")
    moved = tmp_path / "elsewhere"
    os.rename(photos, moved)
    there = sokkuri(
        "search", moved / "photo-2.jpg", moved, "--library", moved / ".kept", "-l", "-k", "3",
        "--no-refresh",
    )  # fmt: skip
    assert there.returncode == 0
    assert there.stdout == told.stdout.replace(bytes(photos), bytes(moved))
    clash = sokkuri("search", query, moved, "--no-library", "--library", place)
    assert clash.returncode == 2


def test_the_verbs_of_library(sokkuri: Runner, photos: Path, own: Path) -> None:
    missing = sokkuri("library", "info", photos)
    assert missing.returncode == 2
    assert b"sokkuri index" in missing.stderr
    sokkuri("index", photos)
    listed = _json(sokkuri("library", "list", "--json"))["libraries"]
    assert isinstance(listed, list)
    assert [each["root"] for each in listed] == [os.path.realpath(photos)]
    info = sokkuri("library", "info", photos)
    assert b"12, with 11 contents" in info.stdout
    assert b"look-2: 11 codes" in info.stdout
    assert sokkuri("library", "verify", photos).returncode == 0
    (codes,) = own.rglob("*.codes")
    whole = codes.read_bytes()
    codes.write_bytes(whole[:-3] + b"\x00\xff\x00")
    damaged = sokkuri("library", "verify", photos, "--json")
    assert damaged.returncode == 1
    assert not _json(damaged)["sound"]
    refused = sokkuri("search", photos / "photo-2.jpg", photos)
    assert refused.returncode == 2
    assert b"sokkuri library repair" in refused.stderr
    repaired = sokkuri("library", "repair", photos)
    assert repaired.returncode == 0
    assert b"hashed again: 1" in repaired.stdout
    assert sokkuri("library", "verify", photos).returncode == 0
    (photos / "photo-4.jpg").unlink()
    sokkuri("index", photos)
    compacted = sokkuri("library", "compact", photos)
    assert compacted.stdout == b"dropped what is gone: 1 photo and 1 code\n"
    removed = sokkuri("library", "remove", photos)
    assert removed.returncode == 0
    assert not list(own.iterdir())
    assert len(list(photos.rglob("*.jpg"))) == 10


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_watching_keeps_the_library_fresh(photos: Path, own: Path) -> None:
    import sokkuri

    child = subprocess.Popen(
        [sys.executable, "-m", "sokkuri", "watch", str(photos)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    try:
        assert "hashed 11" in child.stdout.readline()
        time.sleep(0.5)
        shutil.copy(photos / "photo-2.jpg", photos / "new.jpg")
        while "known" not in (line := child.stdout.readline()) or "known 0" in line:
            assert line, "it ended"
    finally:
        child.send_signal(signal.SIGINT)
        child.stdout.close()
        assert child.wait(20) == 130
    found = sokkuri.search(photos / "photo-2.jpg", photos, refresh=False, max_distance=0)
    assert str(photos / "new.jpg") in [match.path for match in found.matches]


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_watching_by_looking_now_and_then(photos: Path, own: Path) -> None:
    # Without watchfiles, which only waits for what a network drive never says.
    code = (
        "import sys; sys.modules['watchfiles'] = None; "
        "import sokkuri.library.location as location; location.network_drive = lambda _: 'cifs'; "
        "from sokkuri._entry import main; sys.exit(main())"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, "watch", str(photos), "--poll", "0.2"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    try:
        assert "hashed 11" in child.stdout.readline()
        shutil.copy(photos / "photo-2.jpg", photos / "new.jpg")
        while "seen 13" not in (line := child.stdout.readline()):
            assert line, "it ended"
    finally:
        child.send_signal(signal.SIGINT)
        child.stdout.close()
        assert child.wait(20) == 130
    refused = subprocess.run(
        [sys.executable, "-c", code, "watch", str(photos)],
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert refused.returncode == 2
    assert b"lies on a network drive (cifs)" in refused.stderr
    assert b"--poll 60" in refused.stderr


@pytest.mark.usefixtures("settled")
def test_turns_that_find_nothing_new_are_not_told(photos: Path) -> None:
    def turn(*exclude: str) -> Refreshed:
        return Library.open(photos).refresh(hash="ahash-gray-8", exclude=exclude, workers=1)

    turns = [turn(), turn()]
    (photos / "a.mov").touch()
    turns += [turn(), turn(), turn("gone/"), turn("gone/")]
    (photos / "lost.jpg").touch()
    turns += [turn("gone/"), turn("gone/")]
    told = [_is_news(turns[0], None), *starmap(_is_news, zip(turns[1:], turns[:-1], strict=True))]
    assert told == [True, False] * 4


def test_a_drive_that_is_away_is_said_and_can_be_forgotten(
    sokkuri: Runner, photos: Path, own: Path
) -> None:
    assert sokkuri("index", photos).returncode == 0
    away = photos.with_name("away")
    os.rename(photos, away)
    photos.mkdir()
    gone = sokkuri("search", away / "photo-2.jpg", photos)
    assert gone.returncode == 2
    assert b"12 files are out of reach, and kept; to forget them: sokkuri index" in gone.stderr
    (photos / ".DS_Store").touch()
    said = sokkuri("index", photos)
    assert b"12 out of reach, and kept" in said.stderr
    assert b"--forget-missing" in said.stderr
    assert b"away      12 files" in sokkuri("library", "info", photos).stdout
    compacted = sokkuri("library", "compact", photos)
    assert compacted.stdout.startswith(b"dropped what is gone: 0 photos and 0 codes\n12 files are")
    forgotten = _json(sokkuri("index", photos, "--forget-missing", "--json"))
    assert (forgotten["vanished"], forgotten["kept"]) == (12, 0)
    assert _json(sokkuri("library", "compact", photos, "--json"))["contents"] == 11
    again = _json(sokkuri("index", away, "--read-all", "--json"))
    assert again["hashed"] == 11


def test_a_date_that_no_calendar_expects(sokkuri: Runner, photos: Path, own: Path) -> None:
    for name, seconds in (("photo-2.jpg", 15_032_304_000), ("photo-4.jpg", -2_000_000_000)):
        os.utime(photos / name, ns=(seconds * 10**9,) * 2)
    plain = sokkuri("search", photos / "photo-8.jpg", photos, "--json", "--no-library")
    for _ in range(2):
        found = sokkuri("search", photos / "photo-8.jpg", photos, "--json")
        assert (found.returncode, found.stdout) == (0, plain.stdout)
    assert _json(sokkuri("index", photos, "--json"))["decodes"] == 0
