from __future__ import annotations

from collections.abc import Callable

import imagehash
import numpy as np
import pytest

from sokkuri import HashSpec, Picture
from sokkuri.hashers import frequency
from sokkuri.hashers.frequency import WaveletHash, _analysed, _averaged_to, _synthesised

Maker = Callable[[str, int, int, int], Picture]


def test_one_step_equals_pywavelets_to_the_last_bit() -> None:
    pywt = pytest.importorskip("pywt")
    values = np.random.default_rng(5).random((16, 16))
    averages, details = _analysed(values)
    theirs, (down, across, diagonal) = pywt.dwt2(values, "haar")
    assert np.array_equal(averages, theirs)
    assert np.array_equal(_averaged_to(values, 8), theirs)
    # Their names for the details say which way the edges run.
    for ours, other in zip(details, (down, across, diagonal), strict=True):
        assert np.array_equal(ours, other)
    back = pywt.idwt2((theirs, (down, across, diagonal)), "haar")
    assert np.array_equal(_synthesised(averages, details), back)


@pytest.mark.parametrize("tile", [1, 4, 32])
@pytest.mark.parametrize("kind", ["noise", "flat", "mirrored", "rows"])
def test_tiles_change_nothing(
    picture: Maker, monkeypatch: pytest.MonkeyPatch, kind: str, tile: int
) -> None:
    image = picture(kind, 150, 130, 3)
    whole = [WaveletHash(size).hash(image).code for size in (2, 8, 64)]
    monkeypatch.setattr(frequency, "_TILE", tile)
    assert [WaveletHash(size).hash(image).code for size in (2, 8, 64)] == whole


@pytest.mark.slow
def test_a_picture_of_several_tiles(picture: Maker) -> None:
    large = picture("noise", 2100, 2050, 9)
    theirs = np.packbits(imagehash.whash(large.image).hash).tobytes()
    assert WaveletHash(8).hash(large).code == theirs


def test_the_recipe() -> None:
    assert WaveletHash(16).spec == HashSpec("whash-16", 256)


@pytest.mark.parametrize(("size", "message"), [(1, "2 to 64"), (128, "2 to 64"), (12, "power")])
def test_size_has_bounds(size: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        WaveletHash(size)
