"""Photos made small."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from sokkuri.images import Picture, load, thumbnail
from sokkuri.show.captions import query_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from sokkuri._typing import ImageLike
    from sokkuri.matches import Outcome


def _shrunk(source: ImageLike) -> Image.Image:
    picture = load(source)
    assert isinstance(picture, Picture)
    return thumbnail(picture, 80)


def test_the_whole_photo_shrinks_in_its_proportions() -> None:
    image = _shrunk(Image.new("L", (400, 100)))
    assert (image.mode, image.size) == ("RGB", (80, 20))


def test_a_small_photo_keeps_its_size_and_the_original_is_untouched() -> None:
    original = Image.new("RGB", (10, 8), "red")
    image = _shrunk(original)
    assert image is not original
    assert image.size == (10, 8)


def test_no_metadata_is_left() -> None:
    exif = Image.Exif()
    exif[0x010E] = "a secret"
    data = io.BytesIO()
    Image.new("RGB", (9, 9)).save(data, "JPEG", exif=exif, comment=b"a secret", icc_profile=b"x")
    image = _shrunk(data.getvalue())
    assert image.info == {}
    again = io.BytesIO()
    image.save(again, "JPEG")
    assert b"secret" not in again.getvalue()


def test_the_query_is_read_where_it_was_given(outcome: Callable[..., Outcome]) -> None:
    array = np.zeros((4, 4, 3), np.uint8)
    assert query_source(outcome(query="<array>", source=array)) is array
    assert query_source(outcome(query="a.jpg")) == "a.jpg"
