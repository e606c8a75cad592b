"""A description that was mirrored is nearly that of the mirrored photo."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.copies.scenes import ROOM, finder_of, scene

from sokkuri.copies.mirrored import mirrored_record
from sokkuri.hashers.copies import CopiesHash
from sokkuri.hashers.copies_layout import record_of
from sokkuri.images import Picture


@pytest.mark.parametrize("sides", [(480, 360), (301, 407)])
def test_a_mirrored_description_is_nearly_that_of_the_mirrored_photo(
    sides: tuple[int, int],
) -> None:
    picture = Picture(scene(3, *sides))
    plain, truth = (
        record_of(CopiesHash(ROOM, mirrored=mirrored).hash(picture).code, ROOM)
        for mirrored in (False, True)
    )
    found = mirrored_record(plain)
    for name in ("count", "half_width", "thumbnail_width", "thumbnail_height"):
        if name != "count":
            assert found[name] == truth[name]
    assert np.array_equal(found["whole"], truth["whole"])
    assert np.array_equal(found["thumbnail"], truth["thumbnail"])
    near, bits = 0, []
    for place, code in zip(_places(found), found["codes"], strict=False):
        far = np.abs(_places(truth) - place)
        far[:, 3] = np.minimum(far[:, 3], 256 - far[:, 3])
        partner = int(far.sum(1).argmin())
        if far[partner].max() <= 4:
            near += 1
            bits.append(int(np.bitwise_count(truth["codes"][partner] ^ code).sum()))
    assert near > 0.6 * int(found["count"])
    assert np.mean(bits) < 4
    assert np.array_equal(mirrored_record(found)["thumbnail"], plain["thumbnail"])


def test_a_damaged_description_is_refused() -> None:
    record = finder_of(scene(1)).points.record(0).copy()
    record["count"] = ROOM + 1
    with pytest.raises(ValueError, match="more than there is room for"):
        mirrored_record(record)


def _places(
    record: np.ndarray[tuple[()], np.dtype[np.void]],
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    places = record["places"][: int(record["count"])]
    names = ("x", "y", "size", "direction")
    return np.stack([places[name] for name in names], 1).astype(np.int64)
