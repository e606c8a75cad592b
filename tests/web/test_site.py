"""What many requests share: nobody holds up the others."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from sokkuri.language import speaking
from sokkuri.web import server
from sokkuri.web.photo import PhotoRow
from sokkuri.web.server import Config, open_server


def test_reading_a_library_again_holds_up_nobody(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_server(Config(folders=[photos], port=0, uploads=tmp_path / "uploads")) as ready:
        (shelf,) = ready.site.shelves
        shelf.wait()
        (table,) = ready.site.tables("look-2")
        begun, go_on = threading.Event(), threading.Event()
        read = shelf._read_table

        def slowly(hash: str) -> object:
            begun.set()
            assert go_on.wait(30)
            return read(hash)

        # Another hash takes long to read; what is known of this one is there all the same.
        monkeypatch.setattr(shelf, "_read_table", slowly)
        thread = threading.Thread(target=ready.site.tables, args=("dhash-8",))
        thread.start()
        try:
            assert begun.wait(30)
            assert ready.site.tables("look-2") == [table]
            assert ready.site.find(PhotoRow(table, 0).file()["id"]).path == table.paths[0]
        finally:
            go_on.set()
            thread.join(30)


def test_a_photo_of_an_odd_date_is_shown_with_the_nearest_that_is_kept(
    photos: Path, tmp_path: Path
) -> None:
    for name, seconds in (("photo-2.jpg", 15_032_304_000), ("photo-4.jpg", -2_000_000_000)):
        os.utime(photos / name, ns=(seconds * 10**9,) * 2)
    if os.stat(photos / "photo-2.jpg").st_mtime_ns != 15_032_304_000 * 10**9:
        pytest.skip("NOT RUN: the file system here does not hold such a date")
    with open_server(Config(folders=[photos], port=0, uploads=tmp_path / "uploads")) as ready:
        ready.site.shelves[0].wait()
        (table,) = ready.site.tables("look-2")
        found = [PhotoRow(table, photo).answer() for photo in range(len(table))]
        shown = {photo["name"]: photo["modified"] for photo in found}
        assert len(shown) == 12
        assert shown["photo-2.jpg"] == "2262-04-11T23:47:16Z"
        assert shown["photo-4.jpg"] == "1906-08-16T20:26:40Z"
        assert ready.site.shelves[0].note == ""


def test_what_is_out_of_reach_is_said_on_the_page(photos: Path, tmp_path: Path) -> None:
    with open_server(Config(folders=[photos], port=0, uploads=tmp_path / "uploads")) as ready:
        (shelf,) = ready.site.shelves
        shelf.wait()
        os.rename(photos, photos.with_name("away"))
        photos.mkdir()
        shelf.refresh()
        shelf.wait()
        assert shelf.note == "photos: 12 files are out of reach, and kept"
        (table,) = ready.site.tables("look-2")
        assert len(table) == 0


def test_all_that_is_to_be_said_of_a_refresh_is_on_the_page(photos: Path, tmp_path: Path) -> None:
    wishes = Config(folders=[photos], port=0, uploads=tmp_path / "uploads", exclude=("gone/",))
    with open_server(wishes) as ready:
        (shelf,) = ready.site.shelves
        shelf.wait()
        assert shelf.note == "nothing is left out by: gone/"
        os.rename(photos, photos.with_name("away"))
        photos.mkdir()
        (photos / ".sokkuriignore").write_bytes(b"*\0")
        shelf.refresh()
        shelf.wait()
        first, second, third = shelf.note.split("; ", 2)
        assert first == "photos: 12 files are out of reach, and kept"
        assert second == "nothing is left out by: gone/"
        assert ".sokkuriignore: it is no text" in third
        with speaking("ja"):
            first, second, third = shelf.note.split("。", 2)
        assert first == "photos: 12 個のファイルに手が届きません（情報は残します）"
        assert "gone/" in second
        assert ".sokkuriignore: テキストではありません" in third


def test_the_file_manager_opens_only_for_who_sits_at_the_desktop(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_has_desktop", lambda: True)
    wishes = Config(folders=[photos], port=0, uploads=tmp_path / "uploads", reveals=True)
    token = "x" * 30
    for changes, may in (
        ({}, True),
        ({"reveals": False}, False),
        ({"read_only": True}, False),
        ({"host": "0.0.0.0", "token": token}, False),  # noqa: S104 - open to other machines
    ):
        with open_server(replace(wishes, **changes)) as ready:
            assert (ready.site.reveal is not None) == may
