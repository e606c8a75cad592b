"""The words of every error are in one file, and each is used."""

from __future__ import annotations

import json
import re
import string
import tomllib
from pathlib import Path
from typing import Any

import pytest

import sokkuri.web
from sokkuri.web.problems import problem

WEB = Path(sokkuri.web.__path__[0])
WORDS: dict[str, dict[str, Any]] = tomllib.loads((WEB / "problems.toml").read_text("utf-8"))


def test_every_name_is_of_the_file_and_the_other_way_round() -> None:
    code = "".join(path.read_text("utf-8") for path in WEB.rglob("*.py"))
    named = set(re.findall(r'problem\(\s*"([a-z-]+)"', code))
    assert named <= set(WORDS)
    assert {name for name in WORDS if f'"{name}"' not in code} == set()


@pytest.mark.parametrize("name", WORDS)
def test_words_are_filled_in(name: str) -> None:
    texts = [text for text in WORDS[name].values() if isinstance(text, str)]
    holes = {hole for text in texts for _, hole, _, _ in string.Formatter().parse(text) if hole}
    answer = problem(name, **dict.fromkeys(holes, 12_345)).response()
    fields = json.loads(bytes(answer.body))
    assert fields["status"] == answer.status_code == WORDS[name]["status"]
    assert re.fullmatch(r"urn:sokkuri:[a-z]+(-[a-z]+)*", fields["type"])
    for part in ("title", "detail", "next"):
        assert fields[part]
        assert not re.search(r"[{}]|  |\n", fields[part])
    assert set(answer.headers) >= {header.lower() for header in WORDS[name].get("headers", ())}
