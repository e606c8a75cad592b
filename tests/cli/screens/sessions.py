"""What a person types into a terminal, verb by verb, and the folder that it is about."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tests.removable import group_of

from sokkuri.removal import RemovalPlan

LONG: Final = "夏の終わりに海辺の町で見つけた赤いワンピース、後ろから撮った一枚（大きいほう）.png"
"""A name that no window of 80 columns has room for beside anything."""

_SIDE: Final = 96


@dataclass(frozen=True)
class Line:
    """A command line, and the words of the screen at which Ctrl-C is pressed, or an answer given.

    They are English, as the catalogue has them.
    """

    words: str
    until: str = ""
    answer: str = ""


def _lines(*words: str) -> tuple[Line, ...]:
    return tuple(Line(each) for each in words)


_LONG_PAIR: Final = f"photos/red.png 'photos/内側/{LONG}'"

_ASKED: Final = "another browser is asked for the token: {token}"

SESSIONS: Final[dict[str, tuple[Line, ...]]] = {
    "sokkuri": _lines(
        "sokkuri",
        "sokkuri --help",
        "sokkuri --version",
        "sokkuri serch sample.png photos",
        "sokkuri --colour",
    ),
    "search": _lines(
        "sokkuri search --help",
        "sokkuri search sample.png photos",
        "sokkuri search sample.png photos --rgb --rate 2.0",
        "sokkuri search sample.png photos -k 2 --figure result.png --explain-plan --strict",
        "sokkuri search photos/red.png photos/青い服.png photos -k 2 -q",
        "sokkuri search photos/flat.png photos --min-distance 1 --max-distance 5",
        "sokkuri search photos/broken.jpg photos",
        "sokkuri search sample.png empty",
        "sokkuri search sample.png nowhere",
        "sokkuri search sample.png photos -k none",
    ),
    "copies": _lines(
        "sokkuri copies --help",
        "sokkuri copies photos/red.png photos",
        "sokkuri copies sample.png photos/red.png photos --explain --sure --figure result.png",
        "sokkuri copies photos/flat.png photos",
        "sokkuri copies photos/broken.jpg photos",
        "sokkuri copies sample.png empty",
    ),
    "apply": (
        Line("sokkuri apply --help"),
        Line("sokkuri apply plan.json --dry-run"),
        Line("sokkuri apply plan.json", until="[y/N]", answer="n"),
        Line("sokkuri apply plan.json --keep-in album/内側 --to moved", until="[y/N]", answer="y"),
        Line("sokkuri apply plan.json", until="[y/N]", answer="y"),
        Line("sokkuri apply plan.json --whole-groups 2"),
        Line("sokkuri apply plan.json --whole-groups 1", until="[y/N]", answer="n"),
        Line("sokkuri apply plan.json --link --trash"),
        Line("sokkuri apply photos/notes.txt --yes"),
        Line("sokkuri apply plan.json"),
    ),
    "undo": _lines(
        "sokkuri undo --help",
        "sokkuri undo",
        "sokkuri apply plan.json --yes -q --link",
        "sokkuri undo 'album/copy of red.png'",
        "sokkuri undo",
        "sokkuri undo nothing",
    ),
    "holding": (
        Line("sokkuri holding --help"),
        Line("sokkuri holding list --help"),
        Line("sokkuri holding list"),
        Line("sokkuri apply plan.json --yes -q"),
        Line("sokkuri holding list"),
        Line("sokkuri holding restore --help"),
        Line("sokkuri holding restore 'album/copy of red.png'"),
        Line("sokkuri holding restore"),
        Line("sokkuri holding empty --help"),
        Line("sokkuri holding empty"),
        Line("sokkuri holding empty --in album", until="[y/N]", answer="y"),
        Line("sokkuri holding list"),
    ),
    "ui": (
        Line("sokkuri ui --help"),
        Line(
            "sokkuri ui photos --no-browser --port 0",
            until="another browser is asked for the token: {token}",
        ),
        Line("sokkuri ui nowhere --no-browser"),
    ),
    "serve": (
        Line("sokkuri serve --help"),
        Line("sokkuri serve photos --port 0", until="SOKKURI_TOKEN="),
        Line("sokkuri serve"),
    ),
    "index": _lines(
        "sokkuri index --help",
        "sokkuri index photos",
        "sokkuri index photos --strict -E '*.gif'",
        "sokkuri index photos --hash look-2 --json",
        "sokkuri index nowhere",
    ),
    "library": _lines(
        "sokkuri library --help",
        "sokkuri library list",
        "sokkuri index photos -q",
        "sokkuri index photos/内側 -q --rgb",
        "sokkuri library list --help",
        "sokkuri library list",
        "sokkuri library info --help",
        "sokkuri library info photos",
        "sokkuri library verify --help",
        "sokkuri library verify photos",
        "sokkuri library repair --help",
        "sokkuri library repair photos",
        "sokkuri library compact --help",
        "sokkuri library compact photos",
        "sokkuri library remove --help",
        "sokkuri library remove photos",
        "sokkuri library info photos",
        "sokkuri library inf photos",
    ),
    "watch": (
        Line("sokkuri watch --help"),
        Line("sokkuri watch photos", until="Ctrl-C"),
        Line("sokkuri watch nowhere"),
    ),
    "compare": _lines(
        "sokkuri compare --help",
        "sokkuri compare sample.png photos/red.png",
        f"sokkuri compare {_LONG_PAIR} --rgb --rate 2",
        "sokkuri compare photos/red.png photos/broken.jpg",
    ),
    "explain": _lines(
        "sokkuri explain --help",
        "sokkuri explain photos/red.png photos/青い服.png",
        f"sokkuri explain {_LONG_PAIR} --gray",
        "sokkuri explain sample.png photos/red.png -o why.png",
        "sokkuri explain photos/red.png photos/broken.jpg",
    ),
    "hash": _lines(
        "sokkuri hash --help",
        "sokkuri hash photos",
        "sokkuri hash photos/red.png --hash ahash-gray-8 --json",
        "sokkuri hash photos/broken.jpg",
        "sokkuri hash photos/red.png --hash lok-2",
    ),
    "hashes": _lines("sokkuri hashes --help", "sokkuri hashes"),
    "threshold": _lines(
        "sokkuri threshold --help",
        "sokkuri threshold photos",
        "sokkuri threshold photos --hash ahash-gray-8 -o chance.png",
        "sokkuri threshold photos --hash copies-150",
        "sokkuri threshold nowhere",
    ),
    "evaluate": _lines(
        "sokkuri evaluate --help",
        "sokkuri evaluate photos --hash look-2 --hash ahash-rgb-8 --sample 2",
        "sokkuri evaluate empty",
    ),
    "demo": _lines(
        "sokkuri demo --help",
        "sokkuri demo --no-open",
        "sokkuri demo --out photos",
    ),
    "doctor": _lines("sokkuri doctor --help", "sokkuri doctor"),
    "config": _lines(
        "sokkuri config --help",
        "sokkuri config path --help",
        "sokkuri config path",
        "sokkuri config show --help",
        "sokkuri config show",
        "sokkuri config show compare --all",
        "sokkuri config show serch",
    ),
    "completion": _lines(
        "sokkuri completion --help",
        "sokkuri completion bash",
        "sokkuri completion tcsh",
    ),
}
"""By verb; what is about none of them is under the name of the command itself."""

CONFIG: Final = '# Mine\nexclude = ["*.tmp"]\n[search]\nhash = "look-2"\nk = 12\n'


def make_folder(place: Path) -> None:
    """Write a small folder of pictures, of which one is none, and what lies beside it."""
    photos, inner = place / "photos", place / "photos/内側"
    inner.mkdir(parents=True)
    (place / "empty").mkdir()
    _save(_garment(200, 30, 40), photos / "red.png")
    _save(_garment(200, 30, 40), place / "sample.png", compress_level=1)
    _save(_garment(40, 70, 190), photos / "青い服.png")
    _save(_garment(205, 60, 50, waist=14), inner / LONG)
    _save(_garment(30, 120, 60, waist=20), inner / "green.png")
    _save(_garment(40, 60, 170, waist=20), inner / "navy.png")
    _save(np.full((_SIDE, _SIDE, 3), 180, np.uint8), photos / "flat.png")
    shutil.copyfile(photos / "red.png", photos / "copy of red.png")
    (photos / "broken.jpg").write_text("no photo", encoding="utf-8")
    (photos / "notes.txt").write_text("The red ones are from last summer.\n", encoding="utf-8")
    _write_plan(place, place / "album")
    (place / "config.toml").write_text(CONFIG, encoding="utf-8")


def _write_plan(place: Path, album: Path) -> None:
    """Write a plan: two copies may go, one is another picture by now, and one has no copy."""
    (album / "内側").mkdir(parents=True)
    red, copy = album / "red.png", album / "copy of red.png"
    blue, long, flat = album / "青い服.png", album / "内側" / LONG, album / "flat.png"
    changed = album / "changed.png"
    for name, paths in (("red", (red, copy, changed)), ("青い服", (blue, long)), ("flat", (flat,))):
        for path in paths:
            shutil.copy2(place / f"photos/{name}.png", path)
    groups = (
        group_of(album, "1", [red], [copy, changed]),
        group_of(album, "2", [blue], [long]),
        group_of(album, "3", [], [flat]),
    )
    RemovalPlan(str(album), groups).save(place / "plan.json")
    _save(_garment(200, 30, 45), changed)


def _save(pixels: NDArray[np.uint8], path: Path, **how: int) -> None:
    Image.fromarray(pixels).save(path, **how)  # type: ignore[arg-type]
    os.utime(path, (1_700_000_000, 1_700_000_000))


def _garment(*colour: int, waist: int = 8) -> NDArray[np.uint8]:
    """Draw a dress on white by whole numbers alone, so that it is the same everywhere."""
    y, x = np.mgrid[0:_SIDE, 0:_SIDE]
    half = np.where(y < 40, waist + abs(40 - y) // 3, waist + (y - 40) // 2)
    inside = (abs(x - _SIDE // 2) <= half) & (y >= 10) & (y < 88)
    shade = (abs(x - _SIDE // 2) * 2 + y // 4)[..., None]
    cloth = np.clip(np.array(colour) + 30 - shade, 0, 255)
    return np.where(inside[..., None], cloth, 250).astype(np.uint8)
