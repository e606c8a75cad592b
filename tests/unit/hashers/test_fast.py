from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sokkuri import HashMismatch, HashSpec, Picture, UnknownHash, hasher, load
from sokkuri.hashers.spatial import AverageHash
from sokkuri.hashers.variants import Fast
from sokkuri.pipeline.record import least_side
from sokkuri.protocols import ChoosesScale, Hasher
from sokkuri.registry import families

Waves = Callable[[int, int, int], NDArray[np.uint8]]


SUFFIXED = [family for family in families() if not family.always_fast]


@pytest.mark.parametrize("family", SUFFIXED, ids=lambda family: family.prefix)
def test_it_is_the_same_hash_under_another_name(family, waves: Waves) -> None:  # type: ignore[no-untyped-def]
    full, fast = hasher(family.example), hasher(f"{family.example}-fast")
    assert isinstance(fast, Hasher)
    assert (full.fast, fast.fast) == (False, True)
    assert fast.spec == HashSpec(f"{full.spec.name}-fast", full.spec.bits, full.spec.version)
    assert fast.working_side == full.working_side
    picture = Picture(Image.fromarray(waves(80, 60, 1)))
    ours, theirs = fast.hash(picture), full.hash(picture)
    assert (ours.code, ours.quality) == (theirs.code, theirs.quality)
    with pytest.raises(HashMismatch):
        ours.distance(theirs)


def test_a_scaled_decode_gives_close_bits(waves: Waves) -> None:
    stream = io.BytesIO()
    Image.fromarray(waves(1200, 900, 3)).save(stream, "JPEG", quality=90)
    scaled = load(stream.getvalue(), least_side=128)
    whole = load(stream.getvalue())
    assert isinstance(scaled, Picture)
    assert isinstance(whole, Picture)
    assert scaled.size < whole.size
    plain = AverageHash(16)
    distance = plain.hash(scaled).distance(plain.hash(whole))
    assert distance <= 0.05 * plain.spec.bits


@pytest.mark.parametrize("family", [f for f in families() if f.always_fast], ids=lambda f: f.form)
def test_what_is_always_fast_has_no_suffix(family) -> None:  # type: ignore[no-untyped-def]
    assert hasher(family.example).fast
    assert family.fast_example == ""
    with pytest.raises(UnknownHash, match="reduced scale always"):
        hasher(f"{family.example}-fast")


def test_there_is_no_faster_than_fast() -> None:
    with pytest.raises(ValueError, match="ahash-gray-64-fast is fast already"):
        Fast(Fast(AverageHash()))


@pytest.mark.parametrize(
    ("name", "side"),
    [("ahash-gray-64-fast", 96), ("ahash-rgb-8-fast", 96), ("ahash-rgbmean-129-fast", 194),
     ("phash-8-fast", 128), ("pdq-fast", 128), ("phash-64-fast", 512), ("look-2", 128),
     ("look-2-compact", 128), ("ahash-gray-64", None), ("pdq", None)],
)  # fmt: skip
def test_how_far_a_decode_is_scaled_down_is_part_of_the_recipe(name: str, side: int | None) -> None:
    assert least_side(hasher(name)) == side


def test_hashes_with_a_rule_for_their_scale_say_so_in_the_words_of_the_contract() -> None:
    for name in ("ahash-gray-64", "look-2", "ahash-gray-64-fast"):
        assert isinstance(hasher(name), ChoosesScale), name
