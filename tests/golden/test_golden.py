"""No release changes a hash unnoticed: the codes of yesterday are those of today."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import imagehash
import numpy as np
import pytest
from tests.scripts import load_script

from sokkuri import ImageHash, hasher
from sokkuri.registry import families

ORACLES = {
    "ahash-gray": imagehash.average_hash,
    "dhash": imagehash.dhash,
    "dhash-vertical": imagehash.dhash_vertical,
    "phash": imagehash.phash,
    "phash-simple": imagehash.phash_simple,
    "whash": imagehash.whash,
    "colorhash": imagehash.colorhash,
}


MAKE: Any = load_script(Path(__file__).with_name("make.py"))
GOLDEN: dict[str, dict[str, str]] = json.loads(MAKE.FILE.read_text(encoding="ascii"))


@pytest.mark.parametrize("title", GOLDEN)
def test_every_code_is_the_one_of_yesterday(title: str) -> None:
    assert MAKE.hashes()[title] == GOLDEN[title]


def test_no_family_and_no_picture_is_left_out() -> None:
    prefixes = {family.prefix for family in families()}
    hashed = {name if name in prefixes else name.rpartition("-")[0] for name in MAKE.NAMES}
    assert hashed == prefixes
    assert set(GOLDEN) == set(MAKE.pictures())
    assert all(set(codes) == set(MAKE.NAMES) for codes in GOLDEN.values())


@pytest.mark.parametrize("title", GOLDEN)
def test_the_codes_are_those_of_imagehash(title: str) -> None:
    image = MAKE.pictures()[title].image
    for name, digits in GOLDEN[title].items():
        prefix, _, number = name.rpartition("-")
        if prefix in ORACLES:
            theirs = str(ORACLES[prefix](image.convert("RGB"), int(number)))
            spec = hasher(name).spec
            assert ImageHash.from_hex(spec, digits).imagehash_hex() == theirs, name


@pytest.mark.parametrize("title", GOLDEN)
def test_the_codes_are_those_of_pdqhash(title: str) -> None:
    pdqhash = pytest.importorskip("pdqhash")
    bits, quality = pdqhash.compute(np.ascontiguousarray(MAKE.pictures()[title].pixels()))
    assert GOLDEN[title]["pdq"] == f"{np.packbits(bits.astype(bool)).tobytes().hex()} {quality}"


def test_the_generator_is_the_one_that_is_written_down() -> None:
    # 1664525 * 1 + 1013904223 = 1015568748 = 0x3C88596C; the next is 0x5E8885DB.
    assert MAKE.noise(2, 1) == [0x3C, 0x5E]
