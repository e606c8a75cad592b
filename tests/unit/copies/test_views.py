from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from PIL import Image, ImageOps
from tests.unit.copies.scenes import ROOM, finder_of, query_of, scene

from sokkuri.copies.alignment import Frame
from sokkuri.copies.claim import copy_of
from sokkuri.copies.finder import LEAST_SCORE, Claim, CopyFinder, CopyQuery
from sokkuri.copies.views import described_views, find_in_views

Corner = tuple[float, float]

SMALL = (192, 144)
PLACES = [(0, 0), (288, 216), (144, 108), (200, 20)]


def pasted(host: Image.Image, image: Image.Image, at: tuple[int, int]) -> Image.Image:
    """Paste a picture, 40 % as wide and high, into another."""
    whole = host.copy()
    whole.paste(image.resize(SMALL), at)
    return whole


def claims_of(finder: CopyFinder, image: Image.Image) -> list[Claim]:
    """Look for the copies of a picture, its views included."""
    return find_in_views(
        finder, query_of(image), lambda: described_views(image, ROOM), least=LEAST_SCORE
    )


@pytest.mark.parametrize("at", PLACES)
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_photo_in_a_picture_is_found_and_where_it_is(at: tuple[int, int], mirrored: bool) -> None:
    image = scene(1)
    query = pasted(scene(2), ImageOps.mirror(image) if mirrored else image, at)
    finder = finder_of(image, scene(2), scene(3))
    claims = claims_of(finder, query)
    assert {claim.row for claim in claims} == {0, 1}
    (claim,) = (claim for claim in claims if claim.row == 0)
    assert claim.mirrored == mirrored
    copy = copy_of(claim, query_of(query), finder, "photo.jpg")
    assert copy.edits.mirrored == mirrored
    corners = sorted((480 * x, 360 * y) for x, y in copy.outline.photo)
    (left, top), (right, bottom) = at, (at[0] + SMALL[0], at[1] + SMALL[1])
    truth = sorted([(left, top), (left, bottom), (right, top), (right, bottom)])
    # Left ones first, and no order among those: their columns may differ by a hair.
    for found, true in zip(_by_column(corners), _by_column(truth), strict=True):
        assert found == pytest.approx(true, abs=6)


def _by_column(corners: Iterable[Corner]) -> list[Corner]:
    ordered = sorted(corners)
    return sorted(ordered[:2], key=lambda at: at[1]) + sorted(ordered[2:], key=lambda at: at[1])


def test_views_are_not_looked_at_where_a_photo_is_all_of_the_query() -> None:
    image = scene(4)

    def none() -> list[CopyQuery]:
        raise AssertionError

    finder = finder_of(scene(5), image)
    for query in (image, image.crop((40, 30, 440, 330)), ImageOps.mirror(image)):
        claims = find_in_views(finder, query_of(query), none, least=LEAST_SCORE)
        assert [claim.row for claim in claims] == [1]


@pytest.mark.parametrize("edit", ["bordered", "none is a copy", "painted over"])
def test_views_are_looked_at_where_something_is_left(edit: str) -> None:
    image, photo = scene(4), scene(6) if edit == "none is a copy" else scene(4)
    if edit == "bordered":
        image = ImageOps.expand(image, 60, "white")
    elif edit == "painted over":
        image.paste(scene(7).crop((0, 0, 200, 150)), (140, 100))
    asked = list[str]()

    def views() -> list[CopyQuery]:
        asked.append("views")
        return []

    find_in_views(finder_of(photo), query_of(image), views, least=LEAST_SCORE)
    assert asked == ["views"]


def test_a_view_only_finds_what_it_is_for() -> None:
    # All of the photo at half its size, and a corner of it by a window: neither is a find.
    image = scene(8)
    finder = finder_of(image)
    halved, *windows = described_views(image, ROOM)
    assert [claim.row for claim in finder.find(halved)] == [0]
    assert [claim.row for claim in finder.find(windows[0])] == [0]
    other = query_of(scene(9))
    assert find_in_views(finder, other, lambda: [halved], least=LEAST_SCORE) == []
    assert find_in_views(finder, other, lambda: windows, least=LEAST_SCORE) == []
    # An enlarged part is what the halved picture is for.
    part = described_views(image.crop((120, 90, 360, 270)).resize((480, 360)), ROOM)[0]
    (claim,) = find_in_views(finder, other, lambda: [part], least=LEAST_SCORE)
    assert claim.query.window == Frame(0, 0, 1, 1)


def test_the_views_of_a_picture() -> None:
    halved, *windows = described_views(scene(1), ROOM)
    assert halved.window == Frame(0, 0, 1, 1)
    assert {(view.window.left, view.window.top) for view in windows} == {
        (0.0, 0.0), (0.4, 0.0), (0.0, 0.4), (0.4, 0.4)
    }  # fmt: skip
    assert len({view.plain.code for view in (halved, *windows)}) == 5
    # The smallest picture has views, too, and what is none has none.
    assert described_views(b"no picture", ROOM) == ()
    assert len(described_views(Image.new("RGB", (1, 1)), ROOM)) == 5


def test_masks_count_for_views() -> None:
    image = scene(1)
    query = pasted(scene(2), image, (0, 0))
    finder = finder_of(image, image, scene(3))
    views = described_views(query, ROOM)
    mask = np.array([False, True, True])
    claims = find_in_views(finder, query_of(query), lambda: views, least=LEAST_SCORE, mask=mask)
    assert [claim.row for claim in claims] == [1]
