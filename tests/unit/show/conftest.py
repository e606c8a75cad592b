"""Pictures and outcomes for the views."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from PIL import Image

from sokkuri.hashes import HashSpec
from sokkuri.matches import Match, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class MakePhoto(Protocol):
    def __call__(self, name: str = ..., size: tuple[int, int] = ..., colour: str = ...) -> str: ...


@pytest.fixture
def photo(tmp_path: Path) -> MakePhoto:
    """Write a JPEG of one colour and return its path."""

    def make(name: str = "a.jpg", size: tuple[int, int] = (40, 30), colour: str = "teal") -> str:
        path = os.path.join(tmp_path, name)
        with open(path, "wb") as file:
            Image.new("RGB", size, colour).save(file, "JPEG")
        return path

    return make


@pytest.fixture
def outcome(photo: MakePhoto) -> Callable[..., Outcome]:
    """Make an outcome whose query is a photo; keyword arguments replace its fields."""

    def make(*matches: Match, **fields: Any) -> Outcome:
        usual: dict[str, Any] = {
            "query": photo("query.jpg"),
            "spec": HashSpec("ahash-rgb-64", 12_288),
            "searched": 1799,
            "rejected": (),
            "matches": matches,
            "matched": len(matches),
            "max_distance": 511,
            "rate": 2.0,
            "nearest": matches[0] if matches else None,
        }
        return Outcome(**(usual | fields))

    return make
