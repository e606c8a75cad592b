from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageOps
from tests.unit.copies.scenes import ROOM, finder_of, query_of, same_place, scene

from sokkuri.copies.candidates import KEY_RADIUS, PointTable
from sokkuri.copies.claim import copy_of, details_of
from sokkuri.copies.point_keys import keys_of
from sokkuri.hashers.copies_layout import records_of


def _jpeg(image: Image.Image, quality: int) -> Image.Image:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return Image.open(stream).convert("RGB")


EDITS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "same": lambda image: image,
    "jpeg": lambda image: _jpeg(image, 25),
    "small": lambda image: image.resize((200, 150)),
    "cropped": lambda image: image.crop((110, 60, 430, 300)),
    "mirrored": ImageOps.mirror,
    "turned": lambda image: image.transpose(Image.Transpose.ROTATE_90),
    "tilted": lambda image: image.rotate(7, Image.Resampling.BICUBIC),
    "bordered": lambda image: ImageOps.expand(image, 60, "white"),
    "gray": lambda image: image.convert("L").convert("RGB"),
    "squeezed": lambda image: image.resize((360, 360)),
}


@pytest.mark.parametrize("name", EDITS)
def test_edited_copies_are_found_and_nothing_else(name: str) -> None:
    images = [scene(seed) for seed in range(12)]
    finder = finder_of(*images)
    claims = finder.find(query_of(EDITS[name](images[5])))
    assert [claim.row for claim in claims] == [5]
    assert claims[0].mirrored == (name == "mirrored")
    assert int(claims[0].verdict["score"]) >= 1150


def test_the_edits_and_the_outline_are_those_that_were_done() -> None:
    images = [scene(seed) for seed in range(3)]
    finder = finder_of(*images)
    left, top, right, bottom = box = (96, 54, 432, 306)
    query = query_of(ImageOps.mirror(images[1].crop(box)))
    (claim,) = finder.find(query)
    copy = copy_of(claim, query, finder, "photo.jpg")
    assert copy.edits.mirrored
    assert copy.edits.fills == pytest.approx(0.49, abs=0.02)
    assert copy.edits.cropped_to == 1.0
    # The query's top left is the crop's top right: it was mirrored.
    truth = [(right, top), (left, top), (left, bottom), (right, bottom)]
    for (x, y), (u, v) in zip(copy.outline.query, truth, strict=True):
        assert x * 480 == pytest.approx(u, abs=5)
        assert y * 360 == pytest.approx(v, abs=5)
    assert copy.sure
    assert copy.points > 10


def test_a_copy_is_found_from_either_side() -> None:
    image = scene(3)
    part = image.crop((120, 90, 360, 270))
    (claim,) = finder_of(scene(9), part).find(query_of(image))
    query = query_of(image)
    copy = copy_of(claim, query, finder_of(scene(9), part), "part.png")
    assert copy.edits.fills == pytest.approx(1, abs=0.02)
    assert copy.edits.cropped_to == pytest.approx(0.25, abs=0.02)


def test_masks_and_thresholds() -> None:
    images = [scene(1), scene(1), scene(2)]
    finder = finder_of(*images)
    query = query_of(images[0])
    assert [claim.row for claim in finder.find(query)] == [0, 1]
    assert [claim.row for claim in finder.find(query, mask=np.array([False, True, True]))] == [1]
    assert finder.find(query, least=9999) == []


def test_nothing_to_tell_by_is_no_error() -> None:
    plain = Image.new("RGB", (300, 200), (90, 120, 200))
    finder = finder_of(plain, scene(1), Image.new("RGB", (1, 1)), Image.new("L", (4000, 9), 7))
    assert finder.find(query_of(plain)) == []
    assert [claim.row for claim in finder.find(query_of(scene(1)))] == [1]
    assert finder_of(plain).find(query_of(scene(1))) == []


def test_candidates_by_points_are_those_of_a_flat_scan() -> None:
    images = [scene(seed) for seed in range(6)]
    table = finder_of(*images).points
    query = records_of(np.frombuffer(query_of(images[2]).plain.code, np.uint8)[None], ROOM)
    keys = keys_of(query["codes"][0, : int(query["count"][0])])
    ((_, part),) = table.parts
    stored = part.searcher.codes
    assert len(stored) == sum(table.records["count"].tolist())
    far = np.bitwise_count(keys[:, None] ^ stored[None]).sum(-1, dtype=np.int64)
    hits = part.searcher.search(keys, max_distance=KEY_RADIUS)
    assert len(hits.rows) == int((far <= KEY_RADIUS).sum())
    assert 2 in table.candidates(query, KEY_RADIUS).rows.tolist()


def test_a_damaged_record_is_no_copy() -> None:
    finder = finder_of(scene(1), scene(2))
    codes = finder.points.stored.copy()
    codes[1] = np.random.default_rng(5).integers(0, 256, codes.shape[1], dtype=np.uint8)
    damaged = PointTable(codes, ROOM)
    ((_, part),) = damaged.parts
    assert len(part.starts) == 3
    finder = type(finder)(damaged)
    assert [claim.row for claim in finder.find(query_of(scene(1)))] == [0]


def test_the_evidence_lies_where_the_pictures_say() -> None:
    image = scene(4)
    finder = finder_of(scene(8), image)
    left, top, right, bottom = box = (60, 40, 420, 320)
    query = query_of(ImageOps.mirror(image.crop(box)))
    (claim,) = finder.find(query)
    details = details_of(claim, finder)
    assert len(details.lines) == int(claim.verdict["matched"])
    assert details.of >= len(details.lines) > 10
    assert details.agreement > 0.8
    for x, y, u, v in details.lines:
        assert u * 480 == pytest.approx(right - x * (right - left), abs=8)
        assert v * 360 == pytest.approx(top + y * (bottom - top), abs=8)
    assert len(details.blocks) > 50
    for block in details.blocks:
        assert -0.03 < block.box.left < block.box.right < 1.03
        assert -0.03 < block.box.top < block.box.bottom < 1.03


def test_blocks_lie_where_something_was_put_on() -> None:
    image = scene(6)
    changed = image.copy()
    changed.paste((250, 250, 250), (0, 0, 150, 360))  # on the right of the mirror image
    query = query_of(ImageOps.mirror(changed))
    finder = finder_of(image, scene(7))
    (claim,) = finder.find(query)
    blocks = details_of(claim, finder).blocks
    covered = np.array([block.middle[0] > 1 - 150 / 480 for block in blocks])
    agreement = np.array([block.agreement for block in blocks])
    assert agreement[covered].mean() < 0.3
    assert agreement[~covered].mean() > 0.8


def test_another_thing_in_the_same_scene_is_no_copy() -> None:
    photos = [same_place(21), same_place(22)]
    claims = finder_of(photos[1], photos[0]).find(query_of(photos[0]))
    assert [(claim.row, claim.same_scene) for claim in claims] == [(1, False), (0, True)]
