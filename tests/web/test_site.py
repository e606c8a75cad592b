"""What many requests share: nobody holds up the others."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from sokkuri.web.launching import Wishes, prepared


def test_reading_a_library_again_holds_up_nobody(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with prepared(Wishes(folders=[photos], port=0, uploads=tmp_path / "uploads")) as ready:
        (shelf,) = ready.site.shelves
        shelf.wait()
        (sheet,) = ready.site.sheets("look-2")
        begun, go_on = threading.Event(), threading.Event()
        read = shelf._read_snapshot

        def slowly(hash: str) -> object:
            begun.set()
            assert go_on.wait(30)
            return read(hash)

        # Another hash takes long to read; what is known of this one is there all the same.
        monkeypatch.setattr(shelf, "_read_snapshot", slowly)
        thread = threading.Thread(target=ready.site.sheets, args=("dhash-8",))
        thread.start()
        try:
            assert begun.wait(30)
            assert ready.site.sheets("look-2") == [sheet]
            assert ready.site.find(sheet.id_of(0)).path == sheet.snapshot.paths[0]
        finally:
            go_on.set()
            thread.join(30)
