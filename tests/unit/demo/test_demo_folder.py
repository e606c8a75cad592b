"""The demo folder: what it holds, that it is the same every time, and that it harms nothing."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import sokkuri.demo
from sokkuri.demo import DemoFolder, write_demo_folder


def _files(root: str | os.PathLike[str]) -> dict[str, str]:
    """Return the hash of every file by its name below ``root``."""
    top = Path(root)
    return {
        path.relative_to(top).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(top.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFolder:
    return write_demo_folder(tmp_path_factory.mktemp("made") / "demo")


def test_every_picture_loads_and_every_broken_file_does_not(demo: DemoFolder) -> None:
    paths = [path for path in Path(demo.photos_dir).rglob("*") if path.is_file()]
    broken = {Path(path) for path in demo.broken}

    assert len(broken) == 1
    assert broken <= set(paths)
    assert demo.photos == len(paths) - len(broken)
    for path in paths:
        with Image.open(path) as photo:
            if path in broken:
                with pytest.raises(OSError, match="truncated"):
                    photo.load()
            else:
                photo.load()


def test_query_is_one_of_the_photos(demo: DemoFolder) -> None:
    assert Path(demo.query).is_file()
    assert Path(demo.photos_dir) in Path(demo.query).parents
    assert Path(demo.photos_dir) == Path(demo.root) / "photos"


def test_query_has_a_copy_byte_for_byte(demo: DemoFolder) -> None:
    query = Path(demo.query).read_bytes()
    same = [
        path
        for path in Path(demo.photos_dir).rglob("*")
        if path.is_file() and path.read_bytes() == query
    ]

    assert len(same) == 2
    assert len({path.name for path in same}) == 2


def test_query_has_a_copy_pixel_for_pixel_in_another_container(demo: DemoFolder) -> None:
    with Image.open(demo.query) as query:
        pixels, container = np.asarray(query), query.format
    others = []
    for path in Path(demo.photos_dir).rglob("*.png"):
        with Image.open(path) as copy:
            if copy.format != container and np.array_equal(np.asarray(copy), pixels):
                others.append(path)

    assert len(others) == 1


def test_one_name_is_japanese(demo: DemoFolder) -> None:
    names = [path.name for path in Path(demo.photos_dir).rglob("*") if not path.name.isascii()]

    assert names == ["赤いワンピース 青いボタン.jpg"]


def test_folders_are_the_kinds_and_the_edits(demo: DemoFolder) -> None:
    folders = {path.name for path in Path(demo.photos_dir).iterdir()}

    assert folders == {"dresses", "edited", "hats", "shoes", "skirts", "tops", "trousers"}


def test_edits_are_nearer_to_the_query_than_other_kinds(demo: DemoFolder) -> None:
    def bits(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        with Image.open(path) as photo:
            small = photo.convert("RGB").resize((64, 64), Image.Resampling.LANCZOS)
        values = np.asarray(small, dtype=np.float64)
        return np.asarray(values > values.mean())

    query = bits(Path(demo.query))
    folder, stem = Path(demo.photos_dir), Path(demo.query).stem

    def far(path: Path) -> int:
        return int(np.count_nonzero(query != bits(path)))

    edits = [far(path) for path in (folder / "edited").glob(f"*{stem}*")]
    others = [far(path) for path in folder.glob("*/*.jpg") if path.parent.name in {"hats", "shoes"}]
    assert edits.count(0) == 2
    assert len(edits) == 13
    assert max(edits) < min(others)


def test_a_second_demo_has_the_same_bytes(demo: DemoFolder, tmp_path: Path) -> None:
    again = write_demo_folder(tmp_path / "again")

    assert _files(again.root) == _files(demo.root)


def test_a_complete_demo_is_used_again(tmp_path: Path) -> None:
    first = write_demo_folder(tmp_path / "demo")
    stamps = {path: path.stat().st_mtime_ns for path in Path(first.root).rglob("*")}

    def refuse(done: int, total: int | None) -> None:
        raise AssertionError("nothing should be written")

    assert write_demo_folder(tmp_path / "demo", progress=refuse) == first
    assert {path: path.stat().st_mtime_ns for path in Path(first.root).rglob("*")} == stamps


def test_a_demo_of_another_version_is_left_alone(tmp_path: Path) -> None:
    root = Path(write_demo_folder(tmp_path / "demo").root)
    manifest = json.loads((root / "demo.json").read_text(encoding="utf-8"))
    manifest["version"] -= 1
    (root / "demo.json").write_text(json.dumps(manifest), encoding="utf-8")
    before = _files(root)

    with pytest.raises(FileExistsError, match="another sokkuri demo"):
        write_demo_folder(root)
    assert _files(root) == before


def test_a_demo_without_its_query_is_not_used(tmp_path: Path) -> None:
    demo = write_demo_folder(tmp_path / "demo")
    Path(demo.query).unlink()

    with pytest.raises(FileExistsError, match="lacks photos"):
        write_demo_folder(tmp_path / "demo")


@pytest.mark.parametrize("manifest", [None, "", "[]", "{}", '{"format": "sokkuri demo"}', "\x00"])
def test_a_folder_of_the_user_is_never_touched(tmp_path: Path, manifest: str | None) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "holiday.jpg").write_bytes(b"precious")
    if manifest is not None:
        (mine / "demo.json").write_text(manifest, encoding="utf-8")
    before = _files(mine)

    with pytest.raises(FileExistsError, match="not a sokkuri demo"):
        write_demo_folder(mine)
    assert _files(mine) == before


def test_a_file_of_the_user_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "demo").write_bytes(b"precious")

    with pytest.raises(FileExistsError, match="not a sokkuri demo"):
        write_demo_folder(tmp_path / "demo")
    assert (tmp_path / "demo").read_bytes() == b"precious"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_interrupted_run_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    def stop(done: int, total: int | None) -> None:
        if done == 4:
            raise error

    with pytest.raises(error):
        write_demo_folder(tmp_path / "demo", progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    def intrude(done: int, total: int | None) -> None:
        if done == total:
            (tmp_path / "demo").mkdir()
            (tmp_path / "demo" / "holiday.jpg").write_bytes(b"precious")

    with pytest.raises(FileExistsError, match="appeared"):
        write_demo_folder(tmp_path / "demo", progress=intrude)
    assert _files(tmp_path) == {"demo/holiday.jpg": hashlib.sha256(b"precious").hexdigest()}


def test_progress_counts_every_file(tmp_path: Path) -> None:
    calls: list[tuple[int, int | None]] = []
    demo = write_demo_folder(
        tmp_path / "demo", progress=lambda done, total: calls.append((done, total))
    )

    files = demo.photos + len(demo.broken)
    assert calls == [(done, files) for done in range(1, files + 1)]


def test_missing_parents_are_made(tmp_path: Path) -> None:
    demo = write_demo_folder(tmp_path / "some" / "where")

    assert Path(demo.query).is_file()
    assert [path.name for path in (tmp_path / "some").iterdir()] == ["where"]


def test_the_shipped_photos_are_small_and_of_one_size(demo: DemoFolder) -> None:
    shipped = sorted((Path(sokkuri.demo.__file__).parent / "photos").rglob("*.jpg"))

    assert 90 <= len(shipped) <= 100
    assert sum(path.stat().st_size for path in shipped) < 1_000_000
    for path in shipped:
        with Image.open(path) as photo:
            assert (photo.size, photo.mode) == ((240, 320), "RGB")


def test_manifest_says_what_was_made(demo: DemoFolder) -> None:
    manifest = json.loads((Path(demo.root) / "demo.json").read_text(encoding="utf-8"))

    assert manifest["photos"] == demo.photos
    assert Path(demo.root, *manifest["query"].split("/")) == Path(demo.query)


def test_importing_the_demo_loads_nothing_heavy() -> None:
    code = (
        "import sys, sokkuri; before = set(sys.modules); import sokkuri.demo;"
        "print(*(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "sokkuri.demo" in done.stdout.split()
    assert not loaded & {"PIL", "numpy"}
