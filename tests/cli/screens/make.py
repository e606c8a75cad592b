"""Write what every verb shows in a window, as ``test_screens.py`` expects it.

Run it after a change of words, and read the difference as whoever sees the screen would:
``python -m tests.cli.screens.make``, with the names of verbs for these alone.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import product

from tests.cli.screens.screens import WIDTHS, golden_file, shown
from tests.cli.screens.sessions import SESSIONS

from sokkuri.language import LANGUAGES, Lang


def _write(verb: str, language: Lang, columns: int) -> None:
    file = golden_file(verb, language, columns)
    file.parent.mkdir(exist_ok=True)
    file.write_text(shown(verb, language, columns), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    asked = product(sys.argv[1:] or SESSIONS, LANGUAGES, WIDTHS)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(_write, *zip(*asked, strict=True)):
            pass  # an error comes to light
