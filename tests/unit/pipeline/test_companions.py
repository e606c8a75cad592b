"""What goes with photos is counted, and told from photos that are lost."""

from __future__ import annotations

import os

import pytest

from sokkuri.images import Rejected, RejectKind
from sokkuri.pipeline import is_companion, parted


@pytest.mark.parametrize(
    "name",
    [
        "._IMG_1.jpg", "._写真.heic", ".DS_Store", "Thumbs.db", "thumbs.db", "desktop.ini",
        "Desktop.ini",
        ".nomedia", ".picasa.ini", "Picasa.ini", "IMG_1.xmp", "IMG_1.CR2.xmp", "IMG_1.AAE",
        "IMG_1.MOV", "写真.mp4", "VID_1.3gp", "MVI_1.THM", "GOPR1.LRV", ".sokkuriignore", "Icon\r",
        "IMG_1.jpg.json", "IMG_1.HEIC.json", "IMG_1.jpg.supplemental-metadata.json",
        "IMG_1.jpg.supplemental-meta.json", "IMG_1.jpg(2).json", "IMG_1.jpg.s.json",
        "IMG_1.jpg.supplemental-metadata(1).json", "metadata.json", ".directory",
        "IMG_1.jpg@SynoEAStream", "SYNOINDEX_MEDIA_INFO", os.path.join("@eaDir", "anything"),
    ],
)  # fmt: skip
def test_companions(name: str) -> None:
    path = os.path.join("photos", "2024.jpg", name)
    assert is_companion(path, RejectKind.NOT_AN_IMAGE)
    assert is_companion(path, RejectKind.EMPTY)
    # A picture under such a name is a photo, and one that is damaged is a photo that is lost.
    for kind in (RejectKind.DAMAGED, RejectKind.UNREADABLE, RejectKind.UNSUPPORTED):
        assert not is_companion(path, kind)


@pytest.mark.parametrize(
    "name",
    [
        "IMG_1.jpg", "notes.txt", "data.json", "package.json", "jpg.json", "LICENSE", "_IMG_1.jpg",
        ".hidden.jpg", "IMG.xmp.jpg", "mov", "a.mov.jpg", "photo.heic", "desktop.ini.png", "x.db",
        os.path.join("a.xmp", "a.jpg"), os.path.join("._a", "a.jpg"),
        os.path.join("@eaDir", "a", "b"),
    ],
)  # fmt: skip
def test_photos_that_are_lost(name: str) -> None:
    assert not is_companion(os.path.join("photos", name), RejectKind.NOT_AN_IMAGE)


def test_what_was_asked_for_by_name_is_no_companion() -> None:
    rejected = [
        Rejected(path, RejectKind.NOT_AN_IMAGE, "the content is text")
        for path in ("a.xmp", "b.xmp", "c.jpg")
    ]
    lost, companions = parted(rejected, {"b.xmp"})
    assert [each.path for each in lost] == ["b.xmp", "c.jpg"]
    assert companions == ("a.xmp",)
