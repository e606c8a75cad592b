"""The command in Japanese: what a person reads changes with the language, nothing else does."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from PIL import Image
from tests.conftest import Runner

JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")
VARIABLES = ("SOKKURI_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "SOKKURI_CONFIG")


def surroundings(**variables: str) -> dict[str, str]:
    """Return an environment without a language but for what is given."""
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return kept | {"SOKKURI_CONFIG": ""} | variables


def is_japanese(text: bytes) -> bool:
    return JAPANESE.search(text.decode()) is not None


@pytest.mark.parametrize(
    ("words", "variables", "lang"),
    [
        ((), {}, "en"),
        ((), {"LANG": "ja_JP.UTF-8"}, "ja"),
        ((), {"LANG": "C.UTF-8"}, "en"),
        ((), {"SOKKURI_LANG": "ja", "LANG": "C.UTF-8"}, "ja"),
        ((), {"SOKKURI_LANG": "en", "LANG": "ja_JP.UTF-8"}, "en"),
        ((), {"SOKKURI_LANG": "fr"}, "en"),
        (("--lang", "ja"), {}, "ja"),
        (("--lang=ja",), {"SOKKURI_LANG": "en"}, "ja"),
        (("--lang", "en"), {"LANG": "ja_JP.UTF-8"}, "en"),
        (("--lang", "ja", "--lang", "en"), {}, "en"),
    ],
)
def test_words_go_before_the_variable_and_that_before_the_locale(
    sokkuri: Runner, words: tuple[str, ...], variables: dict[str, str], lang: str
) -> None:
    # What click says by itself comes in the same language as what we say.
    told = {
        "en": ("Usage: ", "Show this message", "Find the photos", "Output:"),
        "ja": ("使い方：", "このヘルプを表示", "写真を DIR の中から", "出力："),
    }
    hint = {
        "en": "there is no option --nothing; did you mean",
        "ja": "--nothing というオプションはありません。",
    }
    for arguments in ((*words, "search"), ("search", *words)):
        helped = sokkuri(*arguments, "--help", env=surroundings(**variables))
        assert helped.returncode == 0
        assert [part in helped.stdout.decode() for part in told[lang]] == [True] * 4
        wrong = sokkuri(*arguments, "a.jpg", "--nothing", env=surroundings(**variables))
        assert wrong.returncode == 2
        assert hint[lang] in wrong.stderr.decode()


@pytest.mark.parametrize("words", [("--lang", "fr"), ("--lang=fr",)])
def test_a_language_that_is_none_is_an_error(sokkuri: Runner, words: tuple[str, ...]) -> None:
    for arguments in ((*words, "hashes"), ("hashes", *words)):
        done = sokkuri(*arguments, env=surroundings())
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"--lang" in done.stderr
        assert b"'en', 'ja'" in done.stderr


def test_the_file_may_ask_and_whoever_asks_otherwise_wins(sokkuri: Runner, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('lang = "ja"\n[compare]\nlang = "en"\n')
    named = {"SOKKURI_CONFIG": str(file)}

    def helped(*words: str, **variables: str) -> bool:
        done = sokkuri(*words, env=surroundings(**named, **variables))
        return is_japanese(done.stdout + done.stderr)

    assert helped("--help")
    assert helped("search", "--help")
    assert helped("library", "list", "--help")
    assert helped("config", "show", "--help", LANG="C")
    wrong = ("compare", "no.jpg", "no.jpg", "--rate", "nan")
    assert not helped(*wrong)
    assert helped(*wrong, SOKKURI_LANG="ja")
    assert helped("--lang", "ja", *wrong)
    assert helped(*wrong, "--lang", "ja")
    assert not helped("search", "--help", SOKKURI_LANG="en")
    assert not helped("--lang", "en", "search", "--help")
    assert not helped("search", "--lang", "en", "--help")
    file.write_text("lang = \n")
    assert helped("--help", LANG="ja_JP.UTF-8")
    assert not helped("--help")


def test_a_viewer_inherits_the_language_of_the_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from sokkuri.cli.help import use_language

    monkeypatch.setattr(os, "environ", surroundings(LANG="de_DE.UTF-8"))
    use_language("en")
    assert "LANGUAGE" not in os.environ
    use_language("ja")
    assert os.environ["LANGUAGE"] == "ja"
    use_language("en")
    assert os.environ["LANGUAGE"] == "en"


_PAIR = ("photo-2.jpg", "photo-4.jpg")
_GRAY = ("--hash", "ahash-gray-8")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("search", "photo-2.jpg", ".", "--json", *_GRAY), 0),
        (("search", "photo-2.jpg", ".", "--nl", "--rate", "0.1", *_GRAY), 0),
        (("search", "photo-2.jpg", ".", "--csv", *_GRAY), 0),
        (("search", "photo-2.jpg", ".", "--arrays", *_GRAY), 0),
        (("search", "photo-2.jpg", ".", "--strict", *_GRAY), 3),
        (("search", "flat.png", ".", "--max-distance", "0", "--exclude-query", *_GRAY), 1),
        (("search", "broken.jpg", ".", "--json", *_GRAY), 2),
        (("search", "photo-2.jpg", "nowhere"), 2),
        (("hash", "broken.jpg", ".", "--nl", *_GRAY), 2),
        (("hash", ".", *_GRAY), 0),
        (("hashes",), 0),
        (("hashes", "--json"), 0),
        (("compare", *_PAIR, "--json", "--max-distance", "1"), 1),
        (("explain", *_PAIR, "--json"), 0),
        (("evaluate", ".", "--no-classes", "--sample", "2", *_GRAY), 0),
        (("evaluate", ".", "--no-classes", "--sample", "2", "--json", *_GRAY), 0),
        (("library", "info", ".", "--json"), 2),
        (("config", "show", "search", "--all"), 0),
        (("config", "show", "--json"), 0),
        (("completion", "zsh"), 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_a_program_reads_never_changes(
    sokkuri: Runner, photos: Path, tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    (photos / "broken.jpg").write_text("no photo")
    Image.new("RGB", (90, 60), (200, 30, 30)).save(photos / "flat.png")
    plain, japanese = (
        sokkuri(
            *words, cwd=photos,
            env=surroundings(SOKKURI_LANG=lang, XDG_DATA_HOME=str(tmp_path / "data")),
        )
        for lang in ("en", "ja")
    )  # fmt: skip
    assert plain.returncode == japanese.returncode == code, plain.stderr + japanese.stderr
    assert plain.stdout == japanese.stdout
    assert not is_japanese(plain.stderr.replace("写真".encode(), b"").replace("内側".encode(), b""))
    if plain.stderr:
        assert is_japanese(japanese.stderr)
