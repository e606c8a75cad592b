"""What a window shows of a session, the same on every machine."""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import matplotlib as mpl
from tests.cli.screens.sessions import SESSIONS, Line, make_folder
from tests.cli.terminal import Screen, Seen, run_in_terminal

from sokkuri.language import Lang, say, speaking

WIDTHS: Final = (80, 110)
GOES_ON: Final = "↩"
"""At the end of a row that the window broke; every other break is ours."""

_SHOWN_AS: Final = "/home/hanako/Pictures/sokkuri"
"""Stands for the folder of a session, which is as long, so that columns stay where they are."""

_INSTALLED: Final = (
    "sokkuri|python|cores|numpy|pillow|kernels|plain JPEGs|jpg|libjpeg_turbo|zlib|webp|avif"
    "|jpg_2000|libtiff|littlecms2|コア|カーネル|普通の JPEG"
)
_STEADY: Final = tuple(
    (re.compile(pattern, re.MULTILINE), text)
    for pattern, text in (
        (r"(?<=127\.0\.0\.1:)\d+", "8000"),
        (r"(?<=ticket=)[\w-]+", "Dx4Zp0aTqLr8ViWm"),
        (r"((?:token: |TOKEN=|トークンが要ります：))[\w-]+", r"\1Kq7tXw2RbN5cYs9EvJ3hUoGf6Md1Az8P"),
        (r"(?<=libraries/photos-)[0-9a-f]{16}", "0123456789abcdef"),
        (r"(?<=libraries/)[0-9a-f]{16}", "fedcba9876543210"),
        (r" *\d+\.\d kB", "   65.5 kB"),
        (r"\b20\d{6}-\d{6}-[0-9a-f]{4}\b", "20260131-101500-a1b2"),
        (r"\d+,\d{3} (bytes|バイト)", r"65,536 \1"),
        (rf"^((?:{_INSTALLED})  +)\S[^\r\n]*", r"\1as installed"),
        (r"^(sokkuri )\d+\.\d+\.\d+\S*", r"\g<1>1.2.3"),
    )
)


def golden_file(verb: str, language: Lang, columns: int) -> Path:
    """Return the path of the text that a session is to look like."""
    return Path(__file__).parent / f"{language}-{columns}" / f"{verb}.txt"


def shown(verb: str, language: Lang, columns: int) -> str:
    """Run the session of a verb; return all that its window shows, from the first line on."""
    with tempfile.TemporaryDirectory(dir="/tmp") as own:
        place = Path(os.path.realpath(own))
        place /= "s" * (len(_SHOWN_AS) - len(str(place)) - 1)
        place.mkdir()
        make_folder(place)
        surroundings = _surroundings(place, language)
        rows: list[str] = []
        for line in SESSIONS[verb]:
            program, *words = shlex.split(line.words)
            assert program == "sokkuri"
            with speaking(language):
                until = say(line.until, token="").encode() if line.until else b""
            seen = run_in_terminal(
                *words, columns=columns, stop_at=until, answer=line.answer,
                folder=str(place), surroundings=surroundings,
            )  # fmt: skip
            rows += _drawn(line, seen, place, columns)
    return "\n".join(rows)


def _surroundings(place: Path, language: Lang) -> dict[str, str]:
    """Return an environment in which nothing of this machine's user is known."""
    return {
        "SOKKURI_LANG": language,
        "SOKKURI_LIBRARIES": str(place / "libraries"),
        "SOKKURI_CONFIG": str(place / "config.toml"),
        "SOKKURI_TOKEN": "",
        "SOKKURI_CALLED_AS": "sokkuri",
        "SOKKURI_SETTLE_SECONDS": "0.000000001",  # no file is too young to be trusted
        "XDG_CACHE_HOME": str(place / "cache"),
        "MPLCONFIGDIR": mpl.get_cachedir(),  # to look through all fonts again would take a while
        "CI": "true",  # no viewer opens
    }


def _drawn(line: Line, seen: Seen, place: Path, columns: int) -> Iterator[str]:
    """Yield the prompt, what stands below it, and the exit code where it is not 0."""
    text = seen.raw.decode().replace(str(place), _SHOWN_AS)
    for pattern, steady in _STEADY:
        text = pattern.sub(steady, text)
    screen = Screen(columns)
    screen.feed(text)
    rows = [f"{row}{GOES_ON}" if goes_on else row for row, goes_on in screen.rows]
    yield f"$ {line.words}"
    yield from rows[:-1] if not rows[-1] else rows  # the last line has an end, as it should
    if seen.code:
        yield f"[exit {seen.code}]"
    yield ""
