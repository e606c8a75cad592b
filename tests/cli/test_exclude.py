"""What is left out, by options and by files, and what is only counted."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

Runner = Callable[..., "subprocess.CompletedProcess[bytes]"]

OTHERS = ["._photo-2.jpg", "IMG_1.xmp", "clip.mov", ".nomedia", "IMG_1.jpg.json", "LICENSE"]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a test a data directory of its own."""
    monkeypatch.setenv("SOKKURI_LIBRARIES", str(tmp_path / "libraries"))


def _found(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.decode().splitlines()


def _other_files(folder: Path) -> None:
    for name in OTHERS:
        (folder / name).write_bytes(b"\x00\x05\x16\x07 and more" * (name != ".nomedia"))


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("words", [[], ["--no-library"], ["--no-refresh"]])
def test_a_folder_is_left_out(sokkuri: Runner, photos: Path, words: list[str]) -> None:
    (photos / "2024").mkdir()
    shutil.copy(photos / "photo-2.jpg", photos / "2024/in.jpg")
    assert sokkuri("index", photos).returncode == 0
    search = ["search", photos / "photo-2.jpg", photos, "-k", "50", "-l", *words]
    assert len(_found(sokkuri(*search))) == 13
    for pattern in ("2024/", "/2024", "**/in.jpg", "2024/in.jpg", "./2024/*"):
        done = sokkuri(*search, "-E", pattern)
        assert len(_found(done)) == 12
        assert b"/2024/" not in done.stdout
        assert b"nothing is left out" not in done.stderr
    assert len(_found(sokkuri(*search, "-E", "*.jpg", "-E", "!in.jpg"))) == 2


@pytest.mark.usefixtures("own")
def test_a_pattern_that_leaves_nothing_out_is_named(sokkuri: Runner, photos: Path) -> None:
    query = photos / "photo-2.jpg"
    assert sokkuri("index", photos).returncode == 0
    for words in ([], ["--no-library"], ["--no-refresh"]):
        patterns = ["-E", "photos/内側/", "-E", "*.png"]
        done = sokkuri("search", query, photos, "--json", *words, *patterns)
        assert json.loads(done.stdout)["unused_exclude"] == ["photos/内側/"]
        assert "nothing is left out by: photos/内側/; a path begins at".encode() in done.stderr
    for verb in (["index", photos], ["hash", photos], ["evaluate", photos, "--no-classes"]):
        done = sokkuri(*verb, "-E", "2024\\in.jpg")
        assert b"nothing is left out by: 2024\\in.jpg; folders are separated by /" in done.stderr
    done = sokkuri("index", photos, "--json", "-E", "gone")
    assert json.loads(done.stdout)["unused_exclude"] == ["gone"]
    done = sokkuri("search", query, photos, "--json", "-E", "*")
    assert done.returncode == 2
    assert b"left out" in done.stderr


@pytest.mark.usefixtures("own")
def test_patterns_in_the_folder_count(sokkuri: Runner, photos: Path) -> None:
    search = ["search", photos / "photo-2.jpg", photos, "-k", "50", "-l"]
    assert len(_found(sokkuri(*search))) == 12
    (photos / "内側/.sokkuriignore").write_text("*\n!photo-0.jpg\n")
    for words in ([], ["--no-library"], ["--no-refresh"]):
        names = sorted(os.path.basename(line) for line in _found(sokkuri(*search, *words)))
        assert len(names) == 9
        assert "photo-0.jpg" in names
        assert "photo-6.jpg" not in names
    # What is left out is kept, and is there at once when it is wanted again.
    (photos / "内側/.sokkuriignore").unlink()
    done = sokkuri("index", photos, "--json")
    assert json.loads(done.stdout)["decodes"] == 0
    assert len(_found(sokkuri(*search))) == 12
    (photos / ".sokkuriignore").write_bytes(b"*\0")
    done = sokkuri(*search, "--strict")
    assert done.returncode == 3
    assert b".sokkuriignore: unreadable: it is no text" in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.usefixtures("own")
def test_watching_notices_patterns(photos: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "sokkuri", "watch", str(photos)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    noticed = threading.Event()

    def write() -> None:
        # Again and again, for nobody tells when the watching has begun.
        lines = "内側/\n"
        while not noticed.wait(0.5):
            (photos / ".sokkuriignore").write_text(lines)
            lines += "\n"

    writer = threading.Thread(target=write)
    try:
        assert child.stdout.readline().startswith("seen 12 ")
        writer.start()
        while not (line := child.stdout.readline()).startswith("seen 9 "):
            assert line, "it ended"
        assert "other files 1" in line
    finally:
        noticed.set()
        child.send_signal(signal.SIGINT)
        child.stdout.close()
        assert child.wait(60) == 130
    writer.join()


@pytest.mark.usefixtures("own")
def test_other_files_are_counted_quietly(sokkuri: Runner, photos: Path) -> None:
    _other_files(photos)
    query = photos / "photo-2.jpg"
    for words in ([], [], ["--no-library"], ["--no-refresh"]):
        done = sokkuri("search", query, photos, "--json", "--strict", *words)
        assert done.returncode == 0
        document = json.loads(done.stdout)
        assert (document["searched"], document["rejected"], document["other_files"]) == (12, [], 6)
        assert b"seen 18 = hashed 12 + rejected 0 + other files 6" in done.stderr
        assert b".xmp" not in done.stderr
    done = sokkuri("index", photos, "--json", "--strict")
    assert done.returncode == 0
    counts = json.loads(done.stdout)
    assert (counts["seen"], counts["rejected"], counts["other_files"]) == (18, 0, 6)
    done = sokkuri("library", "info", photos, "--json")
    info = json.loads(done.stdout)
    assert (info["files"], info["rejected"], info["other_files"]) == (18, 0, 6)
    done = sokkuri(
        "evaluate", photos, "--json", "--no-classes", "--strict", "--hash", "ahash-gray-8"
    )
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)["counts"]
    assert (counts["seen"], counts["rejected"], counts["other_files"]) == (18, 0, 6)


@pytest.mark.usefixtures("own")
def test_hashing_counts_other_files_but_not_those_that_are_named(
    sokkuri: Runner, photos: Path
) -> None:
    _other_files(photos)
    done = sokkuri("hash", photos, "--nl", "--strict")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 12
    assert b"seen 18 = hashed 12 + rejected 0 + other files 6" in done.stderr
    named = sokkuri("hash", photos / "IMG_1.xmp")
    assert named.returncode == 2
    assert b"not an image" in named.stderr


@pytest.mark.usefixtures("own")
def test_a_picture_is_a_photo_under_any_name(sokkuri: Runner, photos: Path) -> None:
    for name in ("._a.jpg", "b.mov", "notes.txt"):
        shutil.copy(photos / "photo-2.jpg", photos / name)
    (photos / "._cut.jpg").write_bytes((photos / "photo-2.jpg").read_bytes()[:900])
    (photos / "text.jpg").write_text("no photo")
    lost = [str(photos / "._cut.jpg"), str(photos / "text.jpg")]
    for words in ([], ["--no-library"]):
        done = sokkuri("search", photos / "photo-2.jpg", photos, "--json", "--strict", *words)
        assert done.returncode == 3
        document = json.loads(done.stdout)
        assert (document["searched"], document["other_files"]) == (15, 0)
        assert [each["path"] for each in document["rejected"]] == lost


@pytest.mark.skipif(sys.platform != "linux", reason="names as bytes")
@pytest.mark.usefixtures("own")
@pytest.mark.parametrize(("form", "other"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_names_in_another_unicode_form_are_found(
    sokkuri: Runner, photos: Path, form: Literal["NFC", "NFD"], other: Literal["NFC", "NFD"]
) -> None:
    folder = photos.parent / unicodedata.normalize(form, "ガーデン")
    photos.rename(folder)
    name = unicodedata.normalize(form, "が é.jpg")
    (folder / "photo-2.jpg").rename(folder / name)
    asked = Path(unicodedata.normalize(other, str(folder / name)))
    assert not asked.exists()
    for words in ([], ["--no-library"], ["--no-refresh"]):
        done = sokkuri("search", asked, asked.parent, "-l", "--max-distance", "0", *words)
        assert str(folder / name) in _found(done)
    assert sokkuri("hash", asked).returncode == 0
    assert sokkuri("index", asked.parent, "--strict").returncode == 0
    assert len(os.listdir(os.environ["SOKKURI_LIBRARIES"])) == 1
    assert (
        sokkuri("compare", asked, folder / "copy of 2.jpg", "--max-distance", "0").returncode == 0
    )
    drawn = ("-o", photos.parent / "why.png")
    assert sokkuri("explain", asked, folder / "copy of 2.jpg", *drawn).returncode == 0
    done = sokkuri("search", folder / name, folder, "-E", asked.name, "--exclude-query", "-l")
    assert str(folder / name) not in _found(done)
    assert b"nothing is left out" not in done.stderr
