"""What the pages tell a reader to type works."""

from __future__ import annotations

import inspect
import itertools
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import sokkuri
from sokkuri.cli import app

Waves = Callable[[int, int, int], NDArray[np.uint8]]

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    f"{page}{language}.md"
    for page in (
        "README",
        "docs/article",
        "docs/outputs",
        "docs/evaluate",
        "docs/library",
        "docs/explain",
        "docs/thresholds",
        "docs/review",
    )
    for language in ("", ".ja")
]
VERBS = app.list_commands(click.Context(app))


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", _text(name), re.MULTILINE | re.DOTALL)


def _lines(name: str) -> Iterator[str]:
    """Yield every command line of a page: in shell blocks, after a prompt, and in the prose."""
    for block in _blocks(name, "sh"):
        yield from block.splitlines()
    for block in _blocks(name, "console"):
        yield from (line[2:] for line in block.splitlines() if line.startswith("$ "))
    prose = re.sub(r"^```.*?^```$", "", _text(name), flags=re.MULTILINE | re.DOTALL)
    yield from re.findall(r"`((?:sokkuri|py run\.py|python3 run\.py)(?: [^`\n]+)?)`", prose)


def _words(line: str) -> list[str] | None:
    """Return what the ``sokkuri`` command is given in a line, None where it is not asked."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words = list(itertools.takewhile(lambda word: word[0] not in "|&;<>()", lexer))
    if words[0] == "sokkuri":
        return words[1:] or None
    if words[0] in ("python3", "py") and words[1] == "run.py":
        return None if words[2:3] in (["check"], ["test"]) else words[2:] or ["demo"]
    return None


def _verb(name: str) -> click.Command:
    command = app.get_command(click.Context(app), name)
    assert command is not None, f"no verb is called {name}"
    return command


def _flags(command: click.Command) -> Iterator[str]:
    """Yield the options of a verb, and of the verbs in it."""
    for parameter in command.params:
        yield from parameter.opts
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from _flags(inner)


def _parse(words: list[str]) -> None:
    command = _verb(words[0])
    if len(words) == 1:
        return  # prose that speaks of the verb
    try:
        command.make_context(words[0], words[1:]).close()
    except click.exceptions.Exit:
        assert "--help" in words


@pytest.mark.parametrize("page", PAGES)
def test_every_command_line_parses(page: str) -> None:
    found = [words for words in map(_words, _lines(page)) if words is not None]
    assert len(found) >= 5
    for words in found:
        try:
            _parse(words)
        except click.UsageError as error:
            pytest.fail(f"{page} shows {shlex.join(words)!r}: {error.format_message()}")


def test_a_line_that_does_not_parse_is_noticed() -> None:
    words = _words("sokkuri search sample.jpg photos --rate 2 | head")
    assert words == ["search", "sample.jpg", "photos", "--rate", "2"]
    assert _words("py run.py test -x") is None
    with pytest.raises(click.NoSuchOption):
        _parse(["search", "sample.jpg", "photos", "--colour"])
    with pytest.raises(click.BadParameter):
        _parse(["search", "sample.jpg", "photos", "--rate", "high"])


@pytest.mark.parametrize("page", ["README.md", "README.ja.md"])
def test_the_readme_names_every_verb(page: str) -> None:
    assert {words[0] for words in map(_words, _lines(page)) if words} == set(VERBS)


@pytest.mark.parametrize("page", ["docs/outputs.md", "docs/outputs.ja.md"])
@pytest.mark.parametrize("verb", VERBS)
def test_every_option_is_named(page: str, verb: str) -> None:
    named = {word for code in re.findall(r"`([^`\n]+)`", _text(page)) for word in code.split()}
    for parameter in _verb(verb).params:
        if isinstance(parameter, click.Option) and "--help" not in parameter.opts:
            assert named.intersection(parameter.opts), f"{verb} {parameter.opts}"


@pytest.mark.parametrize("page", PAGES)
def test_every_option_that_is_named_exists(page: str) -> None:
    known = {"--", *(flag for verb in VERBS for flag in _flags(_verb(verb)))}
    for code in re.findall(r"`(-[^`\n]+)`", _text(page)):
        assert known.issuperset(word for word in code.split() if word[0] == "-"), code


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str) -> None:
    command = _verb(verb)
    assert command.short_help
    assert command.short_help.endswith(".")
    help_text = inspect.cleandoc(command.help or "")
    assert " ".join(help_text.split("\n\n")[0].split()).endswith(".")
    for line in help_text.splitlines():
        words = _words(line) if line.startswith("sokkuri ") else None
        if words is not None:
            _parse(words)


@pytest.mark.parametrize("page", PAGES)
def test_python_compiles(page: str) -> None:
    for number, block in enumerate(_blocks(page, "python"), start=1):
        compile(block, f"{page}, Python block {number}", "exec")


def test_the_first_python_is_three_lines() -> None:
    assert _blocks("README.md", "python")[0].splitlines() == [
        "import sokkuri",
        'r = sokkuri.search("sample.jpg", "photos")',
        'r.save_figure("result.png")',
    ]


@pytest.mark.parametrize("page", ["README.md", "docs/article.md"])
def test_python_runs(page: str, tmp_path: Path, waves: Waves) -> None:
    (tmp_path / "photos/tops").mkdir(parents=True)
    Image.fromarray(waves(90, 60, 1)).save(tmp_path / "sample.jpg")
    Image.fromarray(waves(90, 60, 1)).save(tmp_path / "photos/tops/white-01.png")
    Image.fromarray(waves(80, 60, 2)).save(tmp_path / "photos/tops/white-02.jpg")
    (tmp_path / "photos/notes.jpg").write_text("no photo")
    code = "\n".join(_blocks(page, "python"))
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    with Image.open(tmp_path / "result.png") as figure:
        assert figure.width > 600


def test_the_python_of_codes_runs(tmp_path: Path) -> None:
    code = "\n".join(_blocks("docs/codes.md", "python"))
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.startswith(b"shop/7.jpg 7 0\n")
    assert done.stdout.endswith(b"100001\n")


@pytest.mark.parametrize("name", sokkuri.__all__)
def test_every_public_name_is_documented(name: str) -> None:
    documented = inspect.getdoc(getattr(sokkuri, name)) or ""
    first = documented.split("\n\n")[0]
    assert first.endswith("."), first
    # What a dataclass writes for itself is no documentation.
    assert not first.startswith(f"{name}(")
