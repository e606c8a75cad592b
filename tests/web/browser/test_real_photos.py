"""The main way through the page, on photos that a camera took."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import expect
from tests.web.browser.served import served_folder
from tests.web.browser.visiting import Visitor, role, tiles, wait_for_results, wait_until

import sokkuri

PHOTOS = 60


def test_search_explain_and_compare_real_photos(
    clothing: Path, tmp_path: Path, visitor: Visitor
) -> None:
    folder = tmp_path / "clothing"
    folder.mkdir()
    for photo in sorted(clothing.rglob("*.jpg"))[:: 1800 // PHOTOS]:
        shutil.copy(photo, folder / f"{photo.parent.name} {photo.name}")
    with served_folder(folder, tmp_path) as served:
        page = visitor.open(served)
        expect(role(page, "browse-count")).to_have_text(f"{len(list(folder.iterdir()))} photos")
        link = role(page, "cell").locator("a").first
        name = link.get_attribute("title") or ""
        link.click()
        page.wait_for_url("**/search?**")
        wait_for_results(page)
        found = sokkuri.search(folder / name, folder, k=len(tiles(page))).matches
        assert [int(tile["distance"]) for tile in tiles(page)] == [each.distance for each in found]
        assert [tile["path"] for tile in tiles(page)] == [Path(each.path).name for each in found]
        second = role(page, "tile").nth(1)
        second.hover()
        role(second, "explain").click()
        page.locator('[data-role="explain"][data-state="shown"]').wait_for()
        explanation = sokkuri.explain(folder / name, folder / Path(found[1].path).name)
        expect(role(page, "headline")).to_have_text(explanation.headline.en)
        role(page, "to-compare").click()
        page.locator('[data-role="compare"][data-state="shown"]').wait_for()
        wait_until(page, "() => [...document.images].every((image) => image.naturalWidth > 0)")
