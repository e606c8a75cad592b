"""Broken and exotic files from the test suites of image libraries: what each must become."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

import sokkuri as library
from sokkuri.language import REASON, translated, word_of
from sokkuri.registry import families

Runner = Callable[..., "subprocess.CompletedProcess[bytes]"]
GIB = 1 << 30

# Children measure themselves: one child a file would measure Python's start 313 times.
# The kernel's own high-water mark of this process; ru_maxrss would begin at that of its parent.
PEAK = """
def peak_memory():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))
"""
PROBE = (
    PEAK
    + """
import json, sys, time
from sokkuri import Rejected, hasher, load
hashers = [hasher(name) for name in ("ahash-gray-64", "ahash-rgb-64", "ahash-rgb-256")]
for path in sys.stdin.read().split("\\0"):
    start = time.perf_counter()
    picture = load(path)
    codes = [] if isinstance(picture, Rejected) else [h.hash(picture).hex for h in hashers]
    peak = peak_memory()
    print(json.dumps([path, len(codes), time.perf_counter() - start, peak]), flush=True)
"""
)


OTHERS = {
    "Pillow/WAlaska.wind.7days.grb", "Pillow/dummy.container", "Pillow/hopper.im",
    "Pillow/raw_negative_stride.bin", "exiv2/Jp2Image_readMetadata_loop.poc",
}  # fmt: skip
"""Neither are they pictures by their first bytes, nor do their names claim it."""


def _rows(odd: Path) -> list[dict[str, str]]:
    with open(odd / "manifest.tsv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_every_label_is_met(odd: Path, sokkuri: Runner) -> None:
    rows = _rows(odd)
    done = sokkuri("hash", odd, "--nl", "-q")
    assert done.returncode == 0
    assert done.stderr == b""
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    fates = {line["path"]: "code" in line for line in lines}
    told = {row["file"] for row in rows if str(odd / row["file"]) in fates}
    assert {row["file"] for row in rows} - told == OTHERS
    assert len(fates) == len(told)
    wrong = []
    for row in rows:
        hashed = fates.get(str(odd / row["file"]), False)
        label = row["correct_behaviour"]
        if label.startswith("hash") and not hashed:
            wrong.append((row["file"], label, "rejected"))
        if label == "reject cleanly" and hashed:
            wrong.append((row["file"], label, "hashed"))
    assert not wrong


NAMES = re.compile(r"（.*?）|「.*?」|--[a-z-]+|SOKKURI_\w+")
"""What stays as it is in a sentence of any language: names, options, words of others."""


def test_every_reason_is_told_in_japanese(odd: Path, reported: Path, sokkuri: Runner) -> None:
    done = sokkuri("hash", odd, reported, "--nl", "-q", "--hash", "ahash-gray-8")
    rows = [json.loads(line) for line in done.stdout.decode().splitlines()]
    reasons = {row["error"] for row in rows if "error" in row}
    assert len(reasons) > 30
    for reason in reasons:
        said = translated(reason, "ja")
        kind = reason.partition(": ")[0]
        assert said.startswith(f"{word_of('ja', REASON, kind)}："), said
        assert not re.search("[a-z]{3,}", NAMES.sub("", said)), said


@pytest.mark.parametrize("fast", [False, True])
def test_every_hash_of_the_family_takes_the_same_files(
    odd: Path, sokkuri: Runner, fast: bool
) -> None:
    found = families()
    names = [(family.fast_example if fast else "") or family.example for family in found]
    options = [word for name in names for word in ("--hash", name)]
    done = sokkuri("hash", odd, "--nl", *options, timeout=250)
    assert done.returncode == 0
    taken: dict[str, set[str]] = defaultdict(set)
    for line in done.stdout.decode().splitlines():
        row = json.loads(line)
        taken[row["path"]].add(row["hash"] if "code" in row else "rejected")
    assert set(map(frozenset, taken.values())) == {frozenset(names), frozenset({"rejected"})}
    hashed = sum("rejected" not in fates for fates in taken.values())
    others = len(OTHERS) + 1  # the manifest itself
    rejected = f"rejected {len(taken) - hashed} + other files {others}"
    seen = f"seen {len(taken) + others} = hashed {hashed} + {rejected}"
    assert seen in done.stderr.decode()


@pytest.mark.skipif(sys.platform != "linux", reason="memory as Linux counts it")
def test_time_and_memory_stay_bounded(odd: Path) -> None:
    paths = "\0".join(str(odd / row["file"]) for row in _rows(odd))
    done = subprocess.run(
        [sys.executable, "-c", PROBE], input=paths.encode(), capture_output=True, check=True,
        timeout=300,
    )  # fmt: skip
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(results) == len(_rows(odd))
    assert max(seconds for _, _, seconds, _ in results) < 10
    assert results[-1][3] < GIB


def test_pictures_that_are_the_same_hash_alike(odd: Path) -> None:
    groups: dict[str, list[library.ImageHash]] = defaultdict(list)
    for row in _rows(odd):
        if row["relation"] in ("same-picture", "byte-identical", "damaged-copy"):
            picture = library.load(odd / row["file"])
            if isinstance(picture, library.Picture):
                groups[row["group"]].append(library.hasher("ahash-gray-8").hash(picture))
    assert len(groups) >= 10
    for name, hashes in groups.items():
        assert max(hashes[0].distance(other) for other in hashes) <= 4, name


def test_flat_sixteen_bit_files_are_not_all_zero(odd: Path) -> None:
    for row in _rows(odd):
        if "all-zero hash here = bug" in row["note"]:
            code = library.hash_image(odd / row["file"], hash="ahash-gray-8").code
            assert set(code) != {0}, row["file"]


@pytest.mark.skipif(sys.platform != "linux", reason="limits as Linux has them")
def test_a_picture_at_the_limit_fits_in_memory(tmp_path: Path) -> None:
    from PIL import Image

    with Image.new("RGBA", (12_000, 10_000), (200, 10, 10, 128)) as image:
        exif = Image.Exif()
        exif[0x0112] = 6
        image.save(tmp_path / "largest.png", compress_level=1, exif=exif)
    code = (
        f"{PEAK}\nimport sys, sokkuri\n"
        "sokkuri.hash_image(sys.argv[1], rgb=True)\nprint(peak_memory())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "largest.png"],
        capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    assert int(done.stdout) < GIB
