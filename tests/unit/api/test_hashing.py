from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

import sokkuri


def test_hash_image_and_compare_agree(photos: Path) -> None:
    a, b = photos / "photo-2.jpg", photos / "photo-4.jpg"
    found = sokkuri.compare(a, b, rgb=True)
    assert found.distance == sokkuri.hash_image(a, rgb=True).distance(
        sokkuri.hash_image(b, rgb=True)
    )
    assert (found.rate, found.fraction) == (found.distance / 256, found.distance / 12288)
    assert (found.a, found.b, found.same) == (str(a), str(b), None)


def test_compare_tells_identity_for_any_source(photos: Path) -> None:
    a, copy = photos / "photo-2.jpg", photos / "copy of 2.jpg"
    pixels = photos / "same pixels as 2.png"
    assert sokkuri.compare(a, copy).same == "bytes"
    assert sokkuri.compare(a, pixels).same == "pixels"
    assert sokkuri.compare(a.read_bytes(), copy.read_bytes()).same == "bytes"
    with Image.open(pixels) as image:
        assert sokkuri.compare(a, image).same == "pixels"


def test_hash_files_gives_every_file_a_row(photos: Path, tmp_path: Path) -> None:
    (photos / "bad.jpg").write_bytes(b"")
    rows = list(sokkuri.hash_files([photos, tmp_path / "gone.jpg"], hash="ahash-gray-8"))
    assert len(rows) == 14
    bad = {Path(row.path).name: row.rejected for row in rows if row.hash is None}
    assert {name: str(item.kind) for name, item in bad.items() if item} == {
        "bad.jpg": "empty", "gone.jpg": "missing"
    }  # fmt: skip
    good = next(row for row in rows if row.path.endswith("photo-2.jpg"))
    assert good.hash == sokkuri.hash_image(photos / "photo-2.jpg", hash="ahash-gray-8")


def test_unreadable_pictures_raise_where_one_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(sokkuri.ImageError) as caught:
        sokkuri.hash_image(tmp_path / "gone.jpg")
    assert caught.value.path == str(tmp_path / "gone.jpg")
    assert caught.value.reason == "missing: no such file"
