"""Bad files, vanishing files, closed folders, full disks: the rest of the run is unharmed."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

import sokkuri as library

posix = pytest.mark.skipif(os.name != "posix", reason="files as POSIX has them")
Runner = Callable[..., "subprocess.CompletedProcess[bytes]"]


def _bomb(path: Path, side: int = 65_000) -> None:
    Image.new("L", (1, 1)).save(path)
    data = bytearray(path.read_bytes())
    data[16:24] = side.to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    path.write_bytes(data)


@posix
def test_every_kind_of_bad_file_at_once(sokkuri: Runner, photos: Path) -> None:
    (photos / "text.jpg").write_text("no photo")
    (photos / "empty.jpg").write_bytes(b"")
    (photos / "cut.jpg").write_bytes((photos / "photo-2.jpg").read_bytes()[:900])
    _bomb(photos / "bomb.png")
    os.mkfifo(photos / "pipe.jpg")
    os.symlink("nowhere.jpg", photos / "dangling.jpg")
    os.symlink("loop.jpg", photos / "loop.jpg")
    os.symlink("..", photos / "up")
    done = sokkuri("search", photos / "photo-2.jpg", photos, "--json")
    assert done.returncode == 0
    document = json.loads(done.stdout)
    reasons = {os.path.basename(item["path"]): item["reason"] for item in document["rejected"]}
    assert {name: reason.split(":")[0] for name, reason in reasons.items()} == {
        "text.jpg": "not an image",
        "empty.jpg": "empty",
        "cut.jpg": "damaged",
        "bomb.png": "too large",
        "pipe.jpg": "not a regular file",
        "dangling.jpg": "missing",
        "loop.jpg": "unreadable",
    }
    assert "limit of 120,000,000 pixels" in reasons["bomb.png"]
    assert document["searched"] == 12
    assert b"seen 19 = hashed 12 + rejected 7" in done.stderr


as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="root drops rights"
)


def _open_the_way_to(folder: Path) -> None:
    """Let other users reach a folder."""
    for each in (folder, *folder.parents):
        if each != Path("/") and os.stat(each).st_uid == os.geteuid():
            each.chmod(each.stat().st_mode | 0o755)


@posix
@as_root
def test_closed_files_and_folders_as_another_user(photos: Path) -> None:
    closed = photos / "closed"
    closed.mkdir()
    shutil.copy(photos / "photo-2.jpg", closed / "inside.jpg")
    (photos / "photo-4.jpg").chmod(0o000)
    closed.chmod(0o000)
    _open_the_way_to(photos)
    # Everything that is imported late must be there before the rights are gone.
    code = (
        "import os, sys; import sokkuri, sokkuri.library, sokkuri.show.export; "
        "sokkuri.search(sys.argv[1], sys.argv[1]); os.setgid(65534); os.setuid(65534); "
        "print(sokkuri.search(sys.argv[1], sys.argv[2], library=None).to_json())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, photos / "photo-2.jpg", photos],
        capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    closed.chmod(0o755)
    reasons = {
        os.path.basename(item["path"]): item["reason"]
        for item in json.loads(done.stdout)["rejected"]
    }
    assert reasons == {
        "closed": "unreadable: the folder may not be opened; change its rights",
        "photo-4.jpg": "unreadable: permission denied; change the file's rights",
    }


@posix
@as_root
def test_a_closed_folder_as_another_user_is_an_error(photos: Path) -> None:
    closed = photos / "closed"
    closed.mkdir()
    shutil.copy(photos / "photo-2.jpg", closed / "inside.jpg")
    closed.chmod(0o000)
    _open_the_way_to(photos)
    # A first search imports what a second one needs when the rights are gone.
    code = (
        "import os, sys; from sokkuri import _entry, cli; import sokkuri.cli.output; "
        "words = ['search', sys.argv[1], '--no-library', '--hash', 'ahash-gray-8']; "
        "cli.run([*words, '-q', os.path.dirname(sys.argv[1])]); "
        "os.setgid(65534); os.setuid(65534); "
        "sys.argv[1:] = [*words, sys.argv[2]]; sys.exit(_entry.main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, photos / "photo-2.jpg", closed],
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    closed.chmod(0o755)
    assert done.returncode == 2, done.stderr
    assert os.fsencode(closed) in done.stderr
    assert b"Traceback" not in done.stderr


def test_files_that_vanish_change_and_grow_during_the_scan(photos: Path) -> None:
    for number in range(200):
        shutil.copy(photos / "photo-2.jpg", photos / f"extra-{number:03}.jpg")
    stop = threading.Event()

    def disturb() -> None:
        chance = random.Random(5)
        while not stop.is_set():
            path = photos / f"extra-{chance.randrange(200):03}.jpg"
            action = chance.randrange(3)
            try:
                if action == 0:
                    path.unlink(missing_ok=True)
                elif action == 1:
                    path.write_bytes(b"\xff\xd8\xff now something else")
                else:
                    with open(path, "ab") as file:
                        file.write(b"more")
            except OSError:
                pass

    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        for _ in range(5):
            found = library.search(photos / "photo-2.jpg", photos)
            assert found.seen == found.searched + len(found.rejected)
            assert found.searched >= 12
    finally:
        stop.set()
        thread.join()


@posix
def test_a_full_disk_leaves_no_half_figure(photos: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "result.png").write_bytes(b"the figure of yesterday")
    limit = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
    code = (
        f"{limit} resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000));"
        "import sys; from sokkuri._entry import main; sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, "search", photos / "photo-2.jpg", photos, "--figure",
         target / "result.png"],
        capture_output=True, check=False, timeout=120,
        env={**os.environ, "MPLCONFIGDIR": str(tmp_path / "mpl")},
    )  # fmt: skip
    assert done.returncode == 2
    assert b"File too large" in done.stderr
    assert b"Traceback" not in done.stderr
    assert os.listdir(target) == ["result.png"]
    assert (target / "result.png").read_bytes() == b"the figure of yesterday"


def test_mutants_of_valid_files_never_end_a_run(photos: Path, tmp_path: Path) -> None:
    chance = random.Random(11)
    mutants = tmp_path / "mutants"
    mutants.mkdir()
    seeds: list[tuple[str, bytes]] = []
    with Image.open(photos / "photo-2.jpg") as image:
        for kind in ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "JPEG2000", "ICO", "QOI"):
            image.save(tmp_path / "seed", kind)
            seeds.append((kind, (tmp_path / "seed").read_bytes()))
    for number in range(400):
        kind, data = seeds[number % len(seeds)]
        damaged = bytearray(data)
        for _ in range(chance.choice([1, 2, 8])):
            place = chance.randrange(min(len(damaged), chance.choice([64, 512, 100_000])))
            damaged[place] = chance.randrange(256)
        if chance.random() < 0.3:
            del damaged[chance.randrange(len(damaged)) :]
        (mutants / f"{number:03}.{kind.lower()}").write_bytes(damaged)
    found = library.search(photos / "photo-2.jpg", mutants)
    assert found.seen == 400
    assert found.searched > 50
    assert len(found.rejected) > 50
