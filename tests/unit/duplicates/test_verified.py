"""What is there twice: equal files, equal pictures and copies, each round the best."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from tests.unit.copies.scenes import scene

import sokkuri
from sokkuri.duplicates.verified import VerifiedGroup, verified_groups
from sokkuri.engine.table import PhotoTable, read_photos


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "写真"
    folder.mkdir()
    image = scene(1)
    image.save(folder / "a.png")
    shutil.copy(folder / "a.png", folder / "a copy.png")
    os.link(folder / "a.png", folder / "a link.png")
    image.save(folder / "a.bmp")
    image.save(folder / "a.jpg", quality=60)
    ImageOps.mirror(image).crop((30, 20, 450, 340)).save(folder / "a part.png")
    scene(2).save(folder / "b.png")
    scene(2).resize((240, 180)).save(folder / "b small.png")
    scene(3).save(folder / "alone.png")
    # Too little in them: only what is equal is told.
    Image.new("RGB", (90, 60), (200, 30, 30)).save(folder / "flat.png")
    Image.new("RGB", (90, 60), (200, 30, 30)).save(folder / "flat.bmp")
    Image.new("RGB", (90, 60), (200, 30, 31)).save(folder / "flat too.png")
    shutil.copy(folder / "flat.png", folder / "flat copy.png")
    return folder


def _table(folder: Path) -> PhotoTable:
    return read_photos([folder], sokkuri.hasher("copies-150"))


def _told(table: PhotoTable, groups: tuple[VerifiedGroup, ...]) -> dict[str, dict[str, str]]:
    return {
        table.names[group.best]: {
            table.names[each.photo]: "link" if each.link else each.kind for each in group.others
        }
        for group in groups
    }


def _best_first(table: PhotoTable) -> list[int]:
    wanted = ["a.png", "b.png", "flat.png"]
    rest = sorted(set(table.names) - set(wanted))
    return [table.names.index(name) for name in (*wanted, *rest)]


EXPECTED = {
    "a.png": {
        "a copy.png": "file", "a link.png": "link", "a.bmp": "picture", "a.jpg": "copy",
        "a part.png": "copy",
    },
    "b.png": {"b small.png": "copy"},
    "flat.png": {"flat copy.png": "file", "flat.bmp": "picture"},
}  # fmt: skip


def test_each_kind_is_told_apart(folder: Path) -> None:
    table = _table(folder)
    groups = verified_groups(table, _best_first(table))
    assert _told(table, groups) == EXPECTED
    (first, *_) = groups
    claims = {table.names[each.photo]: each.claim for each in first.others}
    part = claims["a part.png"]
    assert part is not None
    assert part.mirrored
    assert part.score > 1300


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_neither_the_order_of_codes_nor_threads_change_a_group(folder: Path, seed: int) -> None:
    table = _table(folder)
    order = np.random.default_rng(seed).permutation(len(table))
    stored = PhotoTable(
        table.spec, table.paths, table.codes[order], table.qualities, np.argsort(order)
    )
    assert np.array_equal(stored.codes, table.codes)
    groups = verified_groups(stored, _best_first(table), workers=1 + seed % 2)
    assert _told(table, groups) == EXPECTED


def test_the_best_of_a_group_is_the_first_of_its_members(folder: Path) -> None:
    table = _table(folder)
    names = list(table.names)
    order = [names.index("a part.png"), *(n for n in range(len(names)))]
    groups = verified_groups(table, list(dict.fromkeys(order)))
    told = _told(table, groups)
    assert set(told["a part.png"]) == set(EXPECTED["a.png"]) - {"a part.png"} | {"a.png"}
    assert set(told["a part.png"].values()) == {"copy"}


def test_a_folder_without_duplicates_has_no_groups(tmp_path: Path) -> None:
    for seed in range(3):
        scene(seed).save(tmp_path / f"{seed}.png")
    assert verified_groups(_table(tmp_path), [0, 1, 2]) == ()
