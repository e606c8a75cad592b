from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from sokkuri import ImageHash

Runner = Callable[..., "subprocess.CompletedProcess[bytes]"]


def test_hash_lines(sokkuri: Runner, photos: Path) -> None:
    (photos / "bad.jpg").write_text("no photo")
    done = sokkuri("hash", "--hash", "ahash-gray-9", photos, "--nl")
    assert done.returncode == 0
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == 13
    for row in rows:
        if row["path"].endswith("bad.jpg"):
            assert row == {"path": str(photos / "bad.jpg"),
                           "error": "not an image: the content is text"}  # fmt: skip
        else:
            assert list(row) == ["path", "hash", "code", "bits"]
            assert (row["hash"], row["bits"], len(row["code"])) == ("ahash-gray-9", 81, 22)
    assert b"seen 13 = hashed 12 + rejected 1" in done.stderr


def test_hash_text_can_be_parsed(sokkuri: Runner, photos: Path) -> None:
    done = sokkuri("hash", photos / "photo-2.jpg", photos / "copy of 2.jpg")
    first, second = done.stdout.decode().splitlines()
    a, b = (ImageHash.parse(line.split("  ", 1)[0]) for line in (first, second))
    assert a == b
    assert a.spec.name == "look-2"


def test_hash_exit_codes(sokkuri: Runner, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad/text.jpg").write_text("no photo")
    done = sokkuri("hash", tmp_path / "gone.jpg", photos / "photo-2.jpg")
    assert done.returncode == 2
    assert b"gone.jpg: missing: no such file" in done.stderr
    assert done.stdout.count(b"\n") == 1
    assert sokkuri("hash", tmp_path / "bad").returncode == 1
    assert sokkuri("hash", photos, tmp_path / "bad").returncode == 0
    assert sokkuri("hash", photos, tmp_path / "bad", "--strict").returncode == 3


def test_compare(sokkuri: Runner, photos: Path) -> None:
    a, b, copy = (photos / name for name in ("photo-2.jpg", "photo-4.jpg", "copy of 2.jpg"))
    document = json.loads(sokkuri("compare", a, b, "--rgb", "--json").stdout)
    assert document["bits"] == 12288
    assert document["rate"] == document["distance"] / 256
    distance = str(document["distance"])
    assert sokkuri("compare", a, b, "--rgb", "--max-distance", distance).returncode == 0
    below = str(document["distance"] - 1)
    assert sokkuri("compare", a, b, "--rgb", "--max-distance", below).returncode == 1
    assert sokkuri("compare", a, b, "--rgb", "--rate", str(document["rate"])).returncode == 1
    same = sokkuri("compare", a, copy)
    assert b"distance    0 of 1,513 bits (look-2@balanced)" in same.stdout
    assert b"the same file, byte for byte" in same.stdout
    assert b"the same file, byte for byte" in sokkuri("compare", a, a).stdout
    assert sokkuri("compare", a, b).stdout.endswith(b"same        no\n")
    missing = sokkuri("compare", a, photos / "gone.jpg")
    assert missing.returncode == 2
    assert b"gone.jpg: missing: no such file" in missing.stderr


def test_compare_says_the_same_pixels_of_the_same_pixels_alone(
    sokkuri: Runner, tmp_path: Path
) -> None:
    for name, box in (("wide", (2, 8, 22, 16)), ("tall", (8, 2, 16, 22))):
        image = Image.new("RGBA", (24, 24), (255, 255, 255, 0))
        image.paste((255, 255, 255, 255), box)
        image.save(tmp_path / f"{name}.png")
        image.save(tmp_path / f"{name}.webp", lossless=True, exact=True)
    wide = tmp_path / "wide.png"
    for other, same in (("wide.webp", "pixels"), ("tall.png", None), ("tall.webp", None)):
        found = json.loads(sokkuri("compare", wide, tmp_path / other, "--json").stdout)
        assert (found["distance"], found["same"]) == (0, same)
    assert b"same        the hashes only" in sokkuri("compare", wide, tmp_path / "tall.png").stdout


def test_doctor(sokkuri: Runner) -> None:
    done = sokkuri("doctor")
    assert done.returncode == 0
    assert b"golden hashes" in done.stdout
    assert json.loads(sokkuri("doctor", "--json").stdout)["healthy"] is True


def test_demo(sokkuri: Runner, tmp_path: Path) -> None:
    done = sokkuri("demo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert os.listdir(tmp_path) == ["sokkuri-demo"]
    with Image.open(tmp_path / "sokkuri-demo/result.png") as figure:
        assert figure.width >= 1200
    assert b"bytes" in done.stdout
    assert b"rejected 1" in done.stderr
    assert b"sokkuri search PHOTO FOLDER" in done.stderr
    again = sokkuri("demo", cwd=tmp_path)
    assert again.stdout == done.stdout


@pytest.mark.parametrize("verb", ["", "search", "hash", "compare", "doctor", "demo"])
def test_help(sokkuri: Runner, verb: str) -> None:
    done = sokkuri(*verb.split(), "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(b"Usage: sokkuri")
    lines = done.stdout.decode().splitlines()
    assert max(map(len, lines)) <= 96
    # An example stands on a line of its own, as it would be typed.
    examples = [line for line in lines if line.startswith("  sokkuri ")]
    assert len(examples) >= (2 if verb in ("search", "hash", "compare") else 0)
    assert "\\b" not in done.stdout.decode()


def test_unknown_words(sokkuri: Runner) -> None:
    done = sokkuri("serach")
    assert done.returncode == 2
    assert b"serach" in done.stderr
    assert sokkuri("--version").stdout.startswith(b"sokkuri ")


@pytest.mark.skipif(os.name != "posix", reason="names as POSIX has them")
def test_hash_keeps_one_line_a_file(sokkuri: Runner, photos: Path) -> None:
    name = "new\nline \\ back.jpg"
    os.rename(photos / "photo-2.jpg", photos / name)
    done = sokkuri("hash", photos / name, "-q")
    assert done.stdout.count(b"\n") == 1
    assert done.stdout.startswith(b"\\look-2:")
    assert done.stdout.endswith(b"new\\nline \\\\ back.jpg\n")


def test_several_hashes_from_one_decode(sokkuri: Runner, photos: Path) -> None:
    names = ["ahash-gray-8", "ahash-rgb-16"]
    both = sokkuri("hash", "--hash", names[0], "--hash", names[1], photos, "--nl", "-q")
    rows = [json.loads(line) for line in both.stdout.splitlines()]
    assert [row["hash"] for row in rows] == names * 12
    for name in names:
        alone = sokkuri("hash", "--hash", name, photos, "--nl", "-q")
        assert [json.loads(line) for line in alone.stdout.splitlines()] == [
            row for row in rows if row["hash"] == name
        ]


WITHOUT = """
import sys
finders, gone = list(sys.meta_path), sys.argv.pop(1).split(",")
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in gone:
            return None
        return next(filter(None, (each.find_spec(name, path, target) for each in finders)), None)
sys.meta_path[:] = [Finder()]
from sokkuri._entry import main
sys.exit(main())
"""
"""Runs sokkuri as an installation does that lacks some packages."""


@pytest.mark.parametrize(
    ("gone", "named"),
    [
        ("matplotlib,fastapi", ["sokkuri search PHOTO FOLDER"]),
        ("matplotlib", ["sokkuri search PHOTO FOLDER", "sokkuri ui FOLDER"]),
        ("fastapi", ["sokkuri search PHOTO FOLDER --figure result.png"]),
    ],
)
def test_the_demo_names_commands_that_work_here(
    tmp_path: Path, gone: str, named: list[str]
) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", WITHOUT, gone, *words]
        return subprocess.run(
            command, check=False, capture_output=True, text=True, encoding="utf-8", cwd=tmp_path
        )

    done = run("demo", "--no-open")
    assert done.returncode == 0, done.stderr
    advice = done.stderr.split("Now your own photos:\n")[1].splitlines()
    assert [line.strip() for line in advice if line.startswith("  sokkuri ")] == named
    assert ("matplotlib" in gone) == ("no figure: the figure needs" in done.stderr)
    assert ("fastapi" in gone) == ("the page needs an optional package: " in advice[-1])
    photo = "sokkuri-demo/photos/dresses/red-button-dress-000.jpg"
    words = named[0].replace("PHOTO", photo).replace("FOLDER", "sokkuri-demo/photos").split()
    again = run(*words[1:])
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "result.png").exists() == ("--figure" in words)
