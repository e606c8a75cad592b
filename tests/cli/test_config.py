"""Defaults by file and environment, completion, the verbs' names and the parts of their help."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.conftest import Runner

from sokkuri.cli import _VERBS


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the configuration file lies."""
    path = tmp_path / "設定.toml"
    monkeypatch.setenv("SOKKURI_CONFIG", str(path))
    return path


def _bits(done: subprocess.CompletedProcess[bytes]) -> int:
    assert done.returncode == 0, done.stderr
    return int(json.loads(done.stdout)["bits"])


def test_flags_go_before_the_environment_and_that_before_the_file(
    sokkuri: Runner, photos: Path, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("search", photos / "photo-2.jpg", photos, "--json")
    assert _bits(sokkuri(*words)) == 1513
    config.write_text('hash = "ahash-gray-16"\n')
    assert _bits(sokkuri(*words)) == 256
    config.write_text('hash = "ahash-gray-16"\n[search]\nhash = "ahash-gray-8"\nk = 2\n')
    assert _bits(sokkuri(*words)) == 64
    assert len(json.loads(sokkuri(*words).stdout)["matches"]) == 2
    monkeypatch.setenv("SOKKURI_SEARCH_HASH", "dhash-8")
    shown = sokkuri("config", "show", "search", "--json")
    values = {row["option"]: row["source"] for row in json.loads(shown.stdout)["values"]}
    assert values == {"--hash": "environment", "-k": "file"}
    assert json.loads(sokkuri(*words).stdout)["hash"] == "dhash-8"
    assert _bits(sokkuri(*words, "--hash", "ahash-gray-32")) == 1024


def test_a_file_with_faults_names_them_and_hides_no_help(sokkuri: Runner, config: Path) -> None:
    for text, told in (
        ("[search]\nhsh = 'x'\n", "did you mean hash?"),
        ("hash = \n", "leave it out with: SOKKURI_CONFIG="),
    ):
        config.write_text(text)
        done = sokkuri("search", "a.jpg", ".")
        assert done.returncode == 2
        assert told in done.stderr.decode()
        assert str(config) in done.stderr.decode()
        assert sokkuri("--help").returncode == 0
        assert sokkuri("config", "path").stdout.decode() == f"{config}\n"
    config.write_text("nothing = 1\n")
    done = sokkuri("config", "show")
    assert (done.returncode, b"there is no option nothing" in done.stderr) == (2, True)


def test_every_built_in_value_is_listed(sokkuri: Runner, config: Path) -> None:
    assert sokkuri("config", "show").stdout == b""
    shown = sokkuri("config", "show", "search", "--all").stdout.decode()
    assert "search\t--min-distance\t0\tbuilt in\n" in shown
    assert sokkuri("config", "show", "serch").returncode == 2


def test_a_flag_in_the_file_means_what_it_means_in_words(
    sokkuri: Runner, photos: Path, config: Path
) -> None:
    (photos / "another name.jpg").hardlink_to(photos / "photo-2.jpg")
    words = ("search", photos / "photo-2.jpg", photos, "-q")
    config.write_text("[search]\ncsv = true\nno-links = true\nk = 30\n")
    as_words = sokkuri(*words, "--csv", "--no-links", "-k", "30")
    assert as_words.stdout.count(b"\n") == 1 + 12
    assert sokkuri(*words).stdout == as_words.stdout
    assert sokkuri("config", "show").stdout.decode().splitlines() == [
        "search\t-k\t30\tfile", "search\t--no-links\ttrue\tfile", "search\t--csv\ttrue\tfile",
    ]  # fmt: skip
    # What is typed goes before it, also where two options exclude each other.
    assert "matches" in json.loads(sokkuri(*words, "--json").stdout)
    config.write_text('hash = "look-2"\nlibrary = "elsewhere"\n')
    typed = sokkuri(*words, "--rgb", "--no-library", "--json")
    assert json.loads(typed.stdout)["hash"] == "ahash-rgb-64", typed.stderr
    config.write_text("[search]\nrgb = true\n")
    assert json.loads(sokkuri(*words, "--gray", "--json").stdout)["hash"] == "ahash-gray-64"
    assert sokkuri(*words, "--gray", "--rgb").returncode == 2


def test_a_pattern_of_the_file_that_leaves_nothing_out_is_no_news(
    sokkuri: Runner, photos: Path, config: Path
) -> None:
    config.write_text('exclude = ["*.tmp"]\n')
    for words in (["search", photos / "photo-2.jpg", photos], ["index", photos], ["hash", photos]):
        assert b"nothing is left out" not in sokkuri(*words).stderr
        assert b"nothing is left out by: *.bak" in sokkuri(*words, "-E", "*.bak").stderr


def test_values_are_shown_as_they_are_written(
    sokkuri: Runner, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text('exclude = ["*.tmp", "old"]\n[evaluate]\nedits = false\n')
    monkeypatch.setenv("SOKKURI_MAX_PIXELS", "5M")
    shown = sokkuri("config", "show", "evaluate", "--all").stdout.decode().splitlines()
    told = dict(line.split("\t", 2)[1:] for line in shown)
    assert told["--exclude"] == "*.tmp, old\tfile"
    assert told["--edits"] == "false\tfile"
    assert told["--max-pixels"] == "5M\tenvironment"
    assert told["--max-side"] == "1M\tbuilt in"
    assert told["--sample"] == "200\tbuilt in"
    assert told["--strict"] == "false\tbuilt in"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(sokkuri: Runner, shell: str) -> None:
    done = sokkuri("completion", shell)
    assert done.returncode == 0
    assert b"_SOKKURI_COMPLETE" in done.stdout


def test_a_verb_that_is_misspelt_is_suggested(sokkuri: Runner) -> None:
    done = sokkuri("serch", "a.jpg")
    assert done.returncode == 2
    assert done.stderr.startswith(b"sokkuri: no verb is called 'serch'; did you mean 'search'?")
    assert b"`sokkuri --help` lists the verbs" in sokkuri("qqq").stderr
    assert b"did you mean 'info'?" in sokkuri("library", "inf").stderr
    assert b"did you mean 'search'?" in sokkuri("config", "show", "serch").stderr
    assert sokkuri("search", "--rgbb").stderr == (
        b"sokkuri: there is no option --rgbb; did you mean --rgb?\n"
    )


def test_an_error_of_usage_is_one_line(sokkuri: Runner) -> None:
    for words in (["search", "--%"], ["search"], ["compare", "a"], ["search", "a", "-k", "0"]):
        done = sokkuri(*words)
        assert (done.returncode, done.stdout) == (2, b"")
        (line,) = done.stderr.decode().splitlines()
        assert line.startswith("sokkuri: ")
        assert line.endswith(f"; see: sokkuri {words[0]} --help")


def test_the_help_of_a_search_has_headings(sokkuri: Runner) -> None:
    text = sokkuri("search", "--help").stdout.decode()
    heads = [line for line in text.splitlines() if line.endswith(":") and line[0] != " "]
    assert heads == [
        "Threshold and number:", "Hash and comparison:", "Photos that take part:", "Output:",
        "Library:", "Limits, and how the work is done:", "Options:",
    ]  # fmt: skip


@pytest.mark.parametrize("verb", _VERBS)
def test_every_verb_has_help(sokkuri: Runner, verb: str) -> None:
    done = sokkuri(verb, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: sokkuri {verb}".encode())
