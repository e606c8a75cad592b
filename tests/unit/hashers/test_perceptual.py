from __future__ import annotations

import pytest

from sokkuri import HashSpec
from sokkuri.hashers.frequency import PerceptualHash


def test_the_recipe() -> None:
    assert PerceptualHash(16).spec == HashSpec("phash-16", 256)
    assert PerceptualHash(16, simple=True).spec == HashSpec("phash-simple-16", 256)
    assert PerceptualHash(16).working_side == 64


@pytest.mark.parametrize("size", [0, 1, 65])
def test_size_has_bounds(size: int) -> None:
    with pytest.raises(ValueError, match="must be 2 to 64"):
        PerceptualHash(size)
