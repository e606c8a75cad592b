from __future__ import annotations

import pytest

from sokkuri import UnknownHash, hasher
from sokkuri.protocols import Hasher


@pytest.mark.parametrize(
    ("name", "bits"),
    [("ahash-gray-2", 4), ("ahash-gray-64", 4096), ("ahash-rgb-64", 12288),
     ("ahash-rgb-256", 196608)],
)  # fmt: skip
def test_names_lead_to_hashers(name: str, bits: int) -> None:
    maker = hasher(name)
    assert isinstance(maker, Hasher)
    assert (maker.spec.name, maker.spec.bits) == (name, bits)


@pytest.mark.parametrize(
    "name",
    ["", "ahash", "ahash-gray", "ahash-gray-1", "ahash-gray-257", "ahash-gray-064",
     "ahash-gray-６４",     "AHASH-GRAY-64", "ahash-gray-64 ", "ahash-hsv-8", "ahash-gray--8"],
)  # fmt: skip
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(UnknownHash, match="no hash is called"):
        hasher(name)
