"""The pages in English and Japanese are in step, and what they point at is there."""

from __future__ import annotations

import itertools
import re
import unicodedata
from pathlib import Path

import pytest

import sokkuri

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = ["README.md", "docs/article.md", "docs/outputs.md", "docs/evaluate.md", "docs/hashes.md",
           "docs/look.md", "docs/codes.md", "docs/library.md", "docs/page.md", "docs/api.md",
           "docs/explain.md", "docs/thresholds.md", "docs/review.md",
           "docs/glossary.md"]  # fmt: skip
JAPANESE = [name.replace(".md", ".ja.md") for name in ENGLISH]
PAIRS = list(zip(ENGLISH, JAPANESE, strict=True))
PAGES = [*ENGLISH, *JAPANESE, "CHANGELOG.md"]

FENCE = re.compile(r"^```(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
INLINE = re.compile(r"`([^`\n]+)`")


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _prose(name: str) -> str:
    """Return a page without its fenced blocks."""
    return FENCE.sub("", _text(name))


def _headings(name: str) -> list[str]:
    return re.findall(r"^#+ .+$", _prose(name), re.MULTILINE)


def _anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    words = heading.lstrip("# ").lower()
    kept = (c for c in words if c in " -_" or unicodedata.category(c)[0] in "LN")
    return "".join(kept).replace(" ", "-")


def _tables(name: str) -> list[tuple[int, int]]:
    """Return rows and columns of each table."""
    tables = re.findall(r"(?:^\|.*\|\n)+", _prose(name), re.MULTILINE)
    return [(table.count("\n"), table.splitlines()[1].count("|") - 1) for table in tables]


def _links(name: str) -> list[str]:
    return LINK.findall(_prose(name))


@pytest.mark.parametrize(("english", "japanese"), PAIRS)
def test_pairs_show_the_same_code(english: str, japanese: str) -> None:
    blocks = FENCE.findall(_text(english))
    assert blocks
    assert FENCE.findall(_text(japanese)) == blocks
    assert _text(english).count("```") == 2 * len(blocks)


@pytest.mark.parametrize(("english", "japanese"), PAIRS)
def test_pairs_have_the_same_sections(english: str, japanese: str) -> None:
    levels = [[heading.split()[0] for heading in _headings(page)] for page in (english, japanese)]
    assert levels[0] == levels[1]
    assert _tables(english) == _tables(japanese)


@pytest.mark.parametrize(("english", "japanese"), PAIRS)
def test_pairs_name_the_same_things(english: str, japanese: str) -> None:
    there, here = ({*INLINE.findall(_prose(page))} for page in (english, japanese))
    assert there == here


@pytest.mark.parametrize(("english", "japanese"), PAIRS)
def test_pairs_have_the_same_links(english: str, japanese: str) -> None:
    def targets(page: str) -> list[str]:
        return [link.split("#")[0].replace(".ja.md", ".md") for link in _links(page)]

    assert targets(japanese) == targets(english)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for link in _links(page):
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = (ROOT / page).parent / file
        assert target.exists(), f"{page} links {link}"
        if anchor:
            name = target.resolve().relative_to(ROOT).as_posix()
            assert anchor in map(_anchor, _headings(name)), f"{page} links {link}"


@pytest.mark.parametrize("page", JAPANESE)
def test_japanese_pages_link_japanese_pages(page: str) -> None:
    # The language switch at the top is the one link that leads to the other language.
    english = [link for link in _links(page) if link.split("#")[0].replace("../", "") in ENGLISH]
    assert english == (["README.md"] if page == "README.ja.md" else [])


def test_the_picture_on_the_first_screen_is_there() -> None:
    picture = sokkuri.load(ROOT / "docs/images/demo.png")
    assert isinstance(picture, sokkuri.Picture), picture
    alone = re.findall(r"!\[([^\]]+)\]\(docs/images/demo\.png\)", _text("README.md"))
    assert len(alone) == 1
    assert _text("README.md").index("demo.png") < _text("README.md").index("\n## ")


@pytest.mark.parametrize("page", PAGES)
def test_files_that_are_named_exist(page: str) -> None:
    known = {path.name for path in ROOT.iterdir()}
    for name in INLINE.findall(_prose(page)):
        if name.split("/")[0] in known and not name.startswith("."):
            assert (ROOT / name).exists(), f"{page} names {name}"


@pytest.mark.parametrize("page", JAPANESE)
def test_japanese_lines_break_at_a_sentence(page: str) -> None:
    # A browser shows a line break as a space, which has no place inside a Japanese sentence.
    lines = _prose(page).splitlines()
    for line, following in itertools.pairwise(lines):
        starts_anew = re.match(r"\s*(#|\||[-*] |\d+\. |!\[|$)", following)
        prose = line.strip() and not line.startswith(("#", "|"))
        assert starts_anew or not prose or line.endswith("。"), line


def test_floors_that_are_named_exist() -> None:
    table = _text("README.md").split("| floor of ")[1].split("\n\n")[0]
    floors = [row.split(" | ")[0] for row in table.splitlines()[2:]]
    assert len(floors) > 5
    for floor in INLINE.findall(" ".join(floors)):
        package = ROOT / "src/sokkuri" / floor
        assert package.is_dir() or package.with_suffix(".py").is_file(), floor


def test_the_changelog_has_a_place_for_what_is_new() -> None:
    assert "## Unreleased" in _headings("CHANGELOG.md")
