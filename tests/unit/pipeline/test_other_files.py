"""What is no picture and claims to be none is counted, and told from photos that are lost."""

from __future__ import annotations

import os

import pytest

from sokkuri.images import Rejected, RejectKind
from sokkuri.pipeline import is_other_file, parted


@pytest.mark.parametrize(
    "name",
    [
        "LICENSE", "README", "README.md", "notes.txt", "data.json", "labels.csv", "package.json",
        "x.db", "train.py", "Makefile", "jpg", "mov", "model.onnx", "photos.zip", "paper.pdf",
        "._IMG_1.jpg", "._写真.heic", ".DS_Store", "Thumbs.db", "desktop.ini", ".nomedia", "Icon\r",
        ".picasa.ini", "IMG_1.xmp", "IMG_1.CR2.xmp", "IMG_1.AAE", "IMG_1.MOV", "写真.mp4",
        "GOPR1.LRV", ".sokkuriignore", "IMG_1.jpg.json", "IMG_1.jpg@SynoEAStream", "IMG_1.jpg.part",
        ".jpg", "a.jpg.", os.path.join("a.jpg", "notes.txt"),
    ],
)  # fmt: skip
def test_other_files(name: str) -> None:
    path = os.path.join("photos", "2024.jpg", name)
    assert is_other_file(path, RejectKind.NOT_AN_IMAGE)
    assert is_other_file(path, RejectKind.EMPTY)
    # A picture under such a name is a photo, and one that is damaged is a photo that is lost.
    others = set(RejectKind) - {RejectKind.NOT_AN_IMAGE, RejectKind.EMPTY}
    assert not any(is_other_file(path, kind) for kind in others)


@pytest.mark.parametrize(
    "name",
    [
        "IMG_1.jpg", "IMG_1.JPG", "_IMG_1.jpg", ".hidden.jpg", "IMG.xmp.jpg", "a.mov.jpeg",
        "desktop.ini.png", "写真.heic", "IMG_1.CR3", "IMG_1.dng", "scan.tif", "logo.svg",
        "layers.psd", "red.webp", os.path.join("a.xmp", "a.jpg"), os.path.join("._a", "a.jpg"),
    ],
)  # fmt: skip
def test_photos_that_are_lost(name: str) -> None:
    path = os.path.join("photos", name)
    assert not any(is_other_file(path, kind) for kind in RejectKind)


def test_what_was_asked_for_by_name_should_have_been_read() -> None:
    rejected = [
        Rejected(path, RejectKind.NOT_AN_IMAGE, "the content is text")
        for path in ("a.txt", "b.txt", "c.jpg")
    ]
    lost, other_files = parted(rejected, {"b.txt"})
    assert [each.path for each in lost] == ["b.txt", "c.jpg"]
    assert other_files == ("a.txt",)
