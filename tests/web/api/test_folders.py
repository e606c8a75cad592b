"""Several folders on one page, folders that change, and servers that change nothing."""

from __future__ import annotations

import shutil
import threading
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.web.api.conftest import Waves, served_folder

import sokkuri
from sokkuri.web.server import Config, open_server


def _second(tmp_path: Path, waves: Waves) -> Path:
    folder = tmp_path / "more"
    folder.mkdir()
    for seed in range(20, 26):
        Image.fromarray(waves(90, 60, seed)).save(folder / f"{seed}.jpg", quality=92)
    return folder


def test_two_folders_are_searched_as_one(photos: Path, tmp_path: Path, waves: Waves) -> None:
    more = _second(tmp_path, waves)
    shutil.copy(photos / "photo-2.jpg", more / "twin.jpg")
    with served_folder(photos, more) as served:
        library: Any = served.json("/library")
        assert [folder["name"] for folder in library["folders"]] == ["photos", "more"]
        ids = served.ids()
        assert {"photos/photo-2.jpg", "photos/内側/photo-6.jpg", "more/twin.jpg"} <= set(ids)
        answer: Any = served.json("/search", img=ids["more/20.jpg"], k=30)
        expected = sokkuri.search(more / "20.jpg", [photos, more], k=30)
        found = [(match["distance"], match["path"]) for match in answer["matches"]]
        assert sorted(found) == sorted((m.distance, m.path) for m in expected.matches)
        assert [distance for distance, _ in found] == sorted(distance for distance, _ in found)
        twins: Any = served.json("/search", img=ids["more/twin.jpg"], max_distance=0)
        assert {match["path"]: match["same"] for match in twins["matches"]} == {
            str(more / "twin.jpg"): "bytes",
            str(photos / "photo-2.jpg"): "bytes",
            str(photos / "copy of 2.jpg"): "bytes",
            str(photos / "same pixels as 2.png"): "pixels",
        }
        inside: Any = served.json("/images", folder="more")
        assert inside["total"] == 7


def test_folders_are_counted_with_what_lies_below(
    photos: Path, tmp_path: Path, waves: Waves
) -> None:
    deep = photos / "内側/deep"
    deep.mkdir()
    shutil.copy(photos / "photo-2.jpg", deep)
    more = _second(tmp_path, waves)
    with served_folder(photos) as served:
        answer: Any = served.json("/folders")
        paths = served.ids()
        assert answer["photos"] == len(paths)
        assert answer["folders"] == [
            {"folder": folder, "photos": sum(path.startswith(f"{folder}/") for path in paths)}
            for folder in ("内側", "内側/deep")
        ]
        for each in answer["folders"]:
            listed: Any = served.json("/images", folder=each["folder"])
            assert listed["total"] == each["photos"]
    with served_folder(photos, more) as served:
        answer = served.json("/folders")
        names = [each["folder"] for each in answer["folders"]]
        assert names == ["more", "photos", "photos/内側", "photos/内側/deep"]


def test_what_changes_in_a_folder_is_seen_after_a_refresh(photos: Path, waves: Waves) -> None:
    with served_folder(photos) as served:
        before = served.ids()
        Image.fromarray(waves(90, 60, 99)).save(photos / "new.jpg")
        (photos / "photo-4.jpg").unlink()
        (photos / "photo-2.jpg").rename(photos / "renamed.jpg")
        key = served.json("/library")["folders"][0]["key"]  # type: ignore[index]
        assert served.client.post(f"/api/v1/library/{key}/refresh").status_code == 202
        served.ready.site.shelves[0].wait()
        after = served.ids()
        assert set(after) - set(before) == {"new.jpg", "renamed.jpg"}
        assert set(before) - set(after) == {"photo-4.jpg", "photo-2.jpg"}
        assert served.get("/search", img=before["photo-4.jpg"]).status_code == 404
        kept = set(before) & set(after)
        assert all(before[name] == after[name] for name in kept)
        found: Any = served.json("/search", img=after["new.jpg"], k=1)
        assert found["matches"][0]["name"] == "new.jpg"


def test_a_hash_is_made_when_that_is_asked_for_and_not_before(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served_folder(photos) as served:
        (shelf,) = served.ready.site.shelves
        image = served.ids()["photo-2.jpg"]
        answer = served.get("/search", img=image, hash="dhash-8")
        assert answer.status_code == 409
        assert answer.json()["type"] == "urn:sokkuri:not-hashed"
        assert "refresh?hash=dhash-8" in answer.json()["next"]
        assert shelf.indexing is None  # asking changes nothing
        path = f"/api/v1/library/{shelf.key}/refresh"
        assert served.client.post(path, params={"hash": "no-such-hash"}).status_code == 400
        go_on = threading.Event()
        progress = shelf._progress

        def held(done: int, total: int | None) -> None:
            assert go_on.wait(30)
            progress(done, total)

        monkeypatch.setattr(shelf, "_progress", held)
        assert served.client.post(path, params={"hash": "dhash-8"}).status_code == 202
        answer = served.get("/search", img=image, hash="dhash-8")
        assert answer.status_code == 202  # no error: the page asks again until it is there
        assert answer.json()["type"] == "urn:sokkuri:being-hashed"
        later = f"{shelf.key}.99999"
        assert served.get(f"/images/{later}").status_code == 202
        named: Any = served.json("/images", ids=f"{image},{later}")
        assert [each["id"] for each in named["images"]] == [image]
        assert answer.headers["retry-after"] == "1"
        go_on.set()
        shelf.wait()
        assert served.get(f"/images/{later}").status_code == 404
        found: Any = served.json("/search", img=image, hash="dhash-8", k=12)
        expected = sokkuri.search(photos / "photo-2.jpg", photos, hash="dhash-8", k=12)
        assert [m["path"] for m in found["matches"]] == [m.path for m in expected.matches]


def test_a_server_that_may_not_change_anything_says_so(photos: Path) -> None:
    sokkuri.Library.open(photos).refresh()
    with served_folder(photos, read_only=True) as served:
        image = served.ids()["photo-2.jpg"]
        answer = served.get("/search", img=image, hash="dhash-8")
        assert answer.status_code == 409
        assert f"sokkuri index {photos} --hash dhash-8" in answer.json()["next"]
        key = served.json("/library")["folders"][0]["key"]  # type: ignore[index]
        assert served.client.post(f"/api/v1/library/{key}/refresh").status_code in (403, 409)
        sent = {"file": (photos / "photo-2.jpg").read_bytes()}
        assert served.client.post("/api/v1/search", files=sent).status_code == 200
        assert served.ready.site.shelves[0].hashes == ("look-2",)


def test_a_folder_that_vanishes_is_said_and_kept(photos: Path) -> None:
    with served_folder(photos) as served:
        names = set(served.ids())
        photos.rename(photos.with_name("elsewhere"))
        served.ready.site.shelves[0].refresh()
        served.ready.site.shelves[0].wait()
        library: Any = served.json("/library")
        assert "no such folder" in library["folders"][0]["note"]
        assert set(served.ids()) == names
        image = next(iter(served.ids().values()))
        answer = served.get(f"/images/{image}/picture")
        assert answer.status_code == 404
        assert answer.json()["next"]


def test_a_server_stops_while_it_hashes(tmp_path: Path, waves: Waves) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    Image.fromarray(waves(700, 500, 1)).save(folder / "0.jpg", quality=92)
    data = (folder / "0.jpg").read_bytes()
    for number in range(1, 600):
        (folder / f"{number}.jpg").write_bytes(data + b"%d" % number)
    wishes = Config(folders=[folder], port=0, uploads=tmp_path / "uploads", workers=1)
    with open_server(wishes) as ready:
        (shelf,) = ready.site.shelves
        while (shelf.indexing is None or not shelf.indexing["done"]) and shelf.hashes == ():
            time.sleep(0.01)
        ready.site.stop()
        assert shelf.indexing is None
    # What was complete is kept, and the next run goes on from there.
    done = sokkuri.Library.open(folder).refresh()
    assert done.unchanged + done.hashed + done.known == 600


def test_names_are_shown_in_one_piece_and_found_by_it(photos: Path, waves: Waves) -> None:
    apart = unicodedata.normalize("NFD", "ガラス")
    (photos / apart).mkdir()
    Image.fromarray(waves(90, 60, 77)).save(photos / apart / f"{apart}.jpg")
    with served_folder(photos) as served:
        listing: Any = served.json("/images", folder=unicodedata.normalize("NFC", "ガラス"))
        (image,) = listing["images"]
        assert image["name"] == unicodedata.normalize("NFC", "ガラス.jpg")
        assert served.json("/images", folder=apart) == listing
        found: Any = served.json("/search", img=image["id"], k=1)
        # What names the file stays as the file has it.
        assert found["matches"][0]["path"] == str(photos / apart / f"{apart}.jpg")


def test_a_folder_that_is_named_twice_is_shown_once(photos: Path) -> None:
    with served_folder(photos, photos / "内側" / "..") as served:
        library: Any = served.json("/library")
        assert len(library["folders"]) == 1
        assert served.json("/images")["total"] == 12


def test_a_photo_of_a_library_is_not_read_again_for_a_search(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served_folder(photos) as served:
        (shelf,) = served.ready.site.shelves
        shelf.refresh("dhash-8")
        shelf.wait()
        image = served.ids()["photo-4.jpg"]
        read: list[str] = []
        asked = served.ready.site.pictures.hash

        def noted(path: str, *rest: Any) -> Any:
            read.append(path)
            return asked(path, *rest)

        monkeypatch.setattr(served.ready.site.pictures, "hash", noted)
        for path in ("/search", "/distances", "/export"):
            for name in ("look-2", "dhash-8"):
                assert served.get(path, img=image, hash=name).status_code == 200
        assert read == []


def test_what_is_left_out_is_not_shown(photos: Path) -> None:
    # The library knows all of it from before.
    sokkuri.search(photos / "photo-2.jpg", photos, k=1)
    (photos / "a.xmp").write_text("<x:xmpmeta/>")
    (photos / "lost.jpg").write_text("no photo")
    (photos / ".sokkuriignore").write_text("*.png\n")
    with served_folder(photos, exclude=["内側/", "gone/"]) as served:
        library: Any = served.json("/library")
        (folder,) = library["folders"]
        counts = tuple(folder[name] for name in ("photos", "rejected", "other_files"))
        assert counts == (7, 1, 2)
        assert "nothing is left out by: gone/" in folder["note"]
        rejected: Any = served.json(f"/library/{folder['key']}/rejected")
        assert [each["name"] for each in rejected["rejected"]] == ["lost.jpg"]
        ids = served.ids()
        assert not [name for name in ids if "内側" in name or name.endswith(".png")]
        answer: Any = served.json("/search", img=ids["photo-2.jpg"], k=50)
        assert (answer["searched"], answer["rejected"]) == (7, 1)
        assert any("gone/" in note for note in answer["notes"])
        phrases: Any = served.json("/phrases", img=ids["photo-2.jpg"], k=50)
        assert "--exclude '内側/' --exclude gone/" in phrases["command"]
        assert "exclude=['内側/', 'gone/']" in phrases["python"]


def test_a_file_of_patterns_that_cannot_be_read_is_said(photos: Path) -> None:
    (photos / ".sokkuriignore").write_bytes(b"*\0")
    with served_folder(photos) as served:
        library: Any = served.json("/library")
        (folder,) = library["folders"]
        assert folder["photos"] == 12
        assert ".sokkuriignore: it is no text" in folder["note"]
