"""What README says is done, line by line as it is written, in both languages."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser
from tests.newcomer.newcomer import Newcomer, blocks, dialogues
from tests.patience import PATIENCE
from tests.web.browser import chromium
from tests.web.browser.watching import Watch

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a shell and signals as POSIX has them")

PAGES = {"README.md": "en", "README.ja.md": "ja"}

SUITE = "python3 run.py test"
UI = "python3 run.py ui photos"
PIP = 'pip install ".[plot,ui]"'
"""Needs the network; what it installs is tried by the job that builds wheels."""

HASHES = ("look-2", "ahash-rgb-64", "ahash-gray-64")
WRITES = {
    "python3 run.py": ["sokkuri-demo/result.png", "sokkuri-demo/demo.json"],
    SUITE: [],
    "python3 run.py search sample.jpg photos --figure result.png": ["result.png"],
    f"sokkuri evaluate clothing --no-edits --hash {' --hash '.join(HASHES)}": [],
}
"""The lines for a shell, and the files that each writes."""

TELLS = {
    "python3 run.py": r"(?s)dress-000\.jpg.*python3 run\.py search .*python3 run\.py ui ",
    SUITE: r"\d+ passed",
    "python3 run.py search sample.jpg photos --figure result.png": r"\A0\.0\tphotos/.*\n0\.0\t",
}
"""What stands in their output."""

SHOWN_IN = {"README.md": "en", "README.ja.md": "en"}
"""The language of the terminal that each page shows."""


@pytest.fixture(scope="module", params=PAGES)
def page(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def newcomer(page: str, tmp_path_factory: pytest.TempPathFactory) -> Newcomer:
    return Newcomer(tmp_path_factory.mktemp("newcomer"), PAGES[page])


def _lines(page: str) -> list[str]:
    return [line for language, lines in blocks(page) if language == "sh" for line in lines]


def test_both_languages_say_to_do_the_same() -> None:
    def typed(page: str) -> list[tuple[str, list[str]]]:
        return [
            (language, [line for line, _ in dialogues(lines)] if language == "console" else lines)
            for language, lines in blocks(page)
        ]

    english, japanese = map(typed, PAGES)
    assert english == japanese
    assert _lines("README.md") == [*list(WRITES)[:3], PIP, UI, *list(WRITES)[3:]]


# The suite speaks one language.
@pytest.mark.parametrize(
    ("page", "line"),
    [(page, line) for page in PAGES for line in WRITES if (page, line) != ("README.ja.md", SUITE)],
    indirect=["page"],
)
def test_a_line_does_what_it_should(newcomer: Newcomer, line: str) -> None:
    done = newcomer.types(line)
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert "Traceback" not in told
    assert re.search(TELLS.get(line, ""), told), told
    for name in WRITES[line]:
        assert (newcomer.clone / name).stat().st_size > 0
        if name.endswith(".png"):
            with Image.open(newcomer.clone / name) as figure:
                assert figure.width > 600


def test_measured_is_what_is_asked_for(newcomer: Newcomer) -> None:
    (line,) = (line for line in WRITES if "evaluate" in line)
    header, *rows = (row.split("\t") for row in newcomer.types(line).stdout.splitlines())
    assert [name.partition("@")[0] for name in header[2:-1]] == list(HASHES)
    assert {"P@10", "colour", "both"} <= {row[0] for row in rows}


def _pattern(line: str) -> str:
    """Return what a shown line looks like with any numbers, and where it is cut."""
    pattern = re.escape(line).replace(re.escape("..."), ".*")
    pattern = re.sub(r"(\\ )+", " +", pattern)
    return re.sub(r"\d(?:[\d,]|\\\.\d)*", r"\\d[\\d.,]*", pattern)


def test_a_terminal_shows_what_is_shown(newcomer: Newcomer, page: str) -> None:
    for lines in (lines for language, lines in blocks(page) if language == "console"):
        for line, shown in dialogues(lines):
            seen = newcomer.sees(line, lang=SHOWN_IN[page])
            told = "\n".join(seen.lines)
            assert seen.code == 0, told
            assert len(seen.lines) == len(shown), told
            for found, expected in zip(seen.lines, shown, strict=True):
                assert re.fullmatch(_pattern(expected), found), f"{page} shows:\n{expected}\n{told}"


def test_python_runs(newcomer: Newcomer, page: str) -> None:
    first, second = (lines for language, lines in blocks(page) if language == "python")
    (newcomer.clone / "result.png").unlink(missing_ok=True)
    done = newcomer.runs([*first, *second])
    assert (done.returncode, done.stderr) == (0, "")
    assert (newcomer.clone / "result.png").stat().st_size > 0
    printed = done.stdout.splitlines()
    assert [line.split() for line in printed[:2]] == [
        ["0.0", "0", "0.0", "pixels", "photos/edited/lossless.png"],
        ["0.0", "0", "0.0", "bytes", "photos/tops/white-01.jpg"],
    ]
    assert any("not an image" in line for line in printed)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.running() as running:
        yield running


@pytest.mark.browser
def test_the_page_opens_by_its_link(newcomer: Newcomer, browser: Browser) -> None:
    with newcomer.starts(UI) as process:
        try:
            assert process.stderr is not None
            link = next(
                found[0]
                for found in (
                    re.search(r"http://\S+ticket=[\w-]+", told) for told in process.stderr
                )
                if found
            )
            until = time.monotonic() + PATIENCE
            while not newcomer.opened.exists():  # the browser that the command itself opens
                assert time.monotonic() < until, "no browser was opened"
                time.sleep(0.05)
            opened = newcomer.opened.read_text()
            assert opened != link  # each lets one browser in
            assert opened.partition("=")[0] == link.partition("=")[0]
            context = browser.new_context(locale={"en": "en-US", "ja": "ja-JP"}[newcomer.lang])
            context.set_default_timeout(chromium.PATIENCE)
            watch = Watch(context, link.split("/")[2])
            window = context.new_page()
            window.goto(link)
            window.locator('[data-role="cell"] img').nth(20).wait_for()
            assert window.locator("html").get_attribute("lang") == newcomer.lang
            assert watch.troubles() == []
            context.close()
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(PATIENCE) == 130
        finally:
            process.kill()
