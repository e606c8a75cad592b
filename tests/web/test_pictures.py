"""Pictures for the page: decoded elsewhere, kept for a while, asked for once by many."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import os
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.patience import PATIENCE

import sokkuri
from sokkuri.api.copies import described_query
from sokkuri.copies.views import described_views
from sokkuri.engine.copies import CopyOptions
from sokkuri.engine.options import SearchOptions
from sokkuri.errors import MissingExtra
from sokkuri.explanation import explain_views
from sokkuri.images import Rejected, RejectKind
from sokkuri.metric import Metric
from sokkuri.pipeline.pool import Busy
from sokkuri.pipeline.spawn import FAULTS
from sokkuri.registry import hasher
from sokkuri.show.explanation import draw_explanation
from sokkuri.show.export import write_figure
from sokkuri.web.pictures import Pictures

posix = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
Waves = Callable[[int, int, int], NDArray[np.uint8]]


@pytest.fixture(scope="module")
def shop() -> Iterator[Pictures]:
    """Return one for all tests that do nothing odd to it."""
    made = Pictures(workers=2, queue=2000)
    yield made
    made.close()


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Pictures]]:
    """Return the maker of one with faults: ``make({"name": "hang"}, workers=1)``."""
    made: list[Pictures] = []

    def one(faults: dict[str, str] | None = None, **options: Any) -> Pictures:
        monkeypatch.setenv(FAULTS, json.dumps(faults or {}))
        made.append(Pictures(**options))
        return made[-1]

    yield one
    for each in made:
        each.close()


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nobody stand in for a worker, however long it takes."""
    monkeypatch.setattr("sokkuri.pipeline.worker_thread._STALLED_AFTER", 60.0)


def _count_requests(shop: Pictures, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []
    real = shop._pool.submit

    def submit(request: str, **options: Any) -> Future[Any]:
        asked.append(request)
        return real(request, **options)

    monkeypatch.setattr(shop._pool, "submit", submit)
    return asked


def test_nothing_is_decoded_in_this_process(
    shop: Pictures, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a picture was opened in the server's own process")

    shop.warm().result(30)
    path, other = str(photos / "photo-2.jpg"), str(photos / "copy of 2.jpg")
    outcome = sokkuri.search(path, photos, library=None)
    wanted, views = described_query(path, CopyOptions()), described_views(path, 150)
    assert not isinstance(wanted, Rejected)
    assert len(views) == 5
    monkeypatch.setattr(Image, "open", never)
    monkeypatch.setattr("sokkuri.images.decode._load", never)
    found = shop.hash(path, ["look-2"]).result(30)
    assert not isinstance(found, Rejected)
    assert found.hash is not None
    described = shop.describe(path, 150).result(30)
    assert not isinstance(described, Rejected)
    assert described.hashes == wanted[:2]
    assert shop.views(path, 150).result(30) == views
    assert isinstance(shop.picture(path, 320).result(30), bytes)
    facts = shop.facts(path).result(30)
    assert not isinstance(facts, Rejected)
    assert (facts["width"], facts["height"]) == (82, 60)
    assert shop.same(path, [other, path]).result(30) == ("bytes", "bytes")
    assert shop.same(path, []).result(30) == ()
    a, b = (shop.portrait(each, "look-2").result(30) for each in (path, other))
    assert not isinstance(a, Rejected)
    assert not isinstance(b, Rejected)
    measure = Metric.of(hasher("look-2"))
    assert explain_views(a, b, measure, names=("a", "b")).distance == 0
    assert isinstance(shop.figure(outcome, "png").result(60), bytes)


def test_a_figure_is_the_one_that_the_command_saves(
    shop: Pictures, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    outcome = sokkuri.search(photos / "photo-2.jpg", photos, library=None)
    left: list[str] = []
    for form in ("png", "pdf", "exe"):
        drawn = shop.figure(outcome, form)
        drawn.add_done_callback(lambda _: left.extend(os.listdir(tmp_path)))
        if form == "exe":
            assert isinstance(drawn.result(60), Rejected)
            continue
        outcome.save_figure(tmp_path / f"saved.{form}")
        assert drawn.result(60) == (tmp_path / f"saved.{form}").read_bytes()
    assert left
    assert not [name for name in left if name.startswith("sokkuri-figure")]


def test_an_explanation_is_drawn_as_the_command_does(
    shop: Pictures, photos: Path, tmp_path: Path
) -> None:
    paths = str(photos / "photo-2.jpg"), str(photos / "photo-4.jpg")
    a, b = (shop.portrait(path, "look-2").result(30) for path in paths)
    assert not isinstance(a, Rejected)
    assert not isinstance(b, Rejected)
    measure = Metric.of(hasher("look-2"), emphasis="shape")
    explained = explain_views(a, b, measure, names=("one", "two"))
    write_figure(draw_explanation(explained, photos=paths), tmp_path / "saved.png")
    asked = SearchOptions(hash="look-2", emphasis="shape")
    drawn = shop.explanation_figure(paths, ("one", "two"), asked, "png").result(60)
    assert drawn == (tmp_path / "saved.png").read_bytes()
    gone = shop.explanation_figure((paths[0], "gone.jpg"), ("one", "two"), asked, "png").result(60)
    assert isinstance(gone, Rejected)
    assert gone.kind is RejectKind.MISSING


def test_figures_want_their_package(
    shop: Pictures, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(MissingExtra):
        shop.explanation_figure(("a", "b"), ("a", "b"), SearchOptions(hash="look-2"), "png")


@posix
def test_a_figure_that_crashes_or_is_dropped_leaves_nothing(
    make: Callable[..., Pictures],
    photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    alone: None,
) -> None:
    shop = make({"figure": "kill", "hold": "hang"}, workers=1, queue=1)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    outcome = sokkuri.search(photos / "photo-2.jpg", photos, library=None)
    before = set(os.listdir(tmp_path))
    found = shop.figure(outcome, "png").result(60)
    assert isinstance(found, Rejected)
    assert found.kind is RejectKind.CRASHED
    stuck = shop.facts(str(tmp_path / "hold.jpg"))
    _wait_for(lambda: shop._pool.waiting() == 0)
    waiting = shop.figure(outcome, "png")
    with pytest.raises(Busy):
        shop.figure(outcome, "png")
    shop.close()
    assert waiting.cancelled()
    assert not isinstance(stuck.exception(PATIENCE), AssertionError)
    assert set(os.listdir(tmp_path)) == before


def _wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_views_are_kept_until_the_file_changes(
    shop: Pictures, photos: Path, waves: Waves, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _count_requests(shop, monkeypatch)
    path = photos / "same size.bmp"
    Image.fromarray(waves(90, 70, 76)).save(path)
    os.utime(path, ns=(10**18, 10**18))
    first = shop.picture(str(path), 160).result(30)
    assert shop.picture(str(path), 160).result(30) is first
    assert shop.picture(str(photos / "." / "same size.bmp"), 160).result(30) is first
    assert len(asked) == 1
    assert shop.picture(str(path), 320).result(30) is not first
    assert len(asked) == 2
    Image.fromarray(waves(90, 70, 77)).save(photos / "new.bmp")
    path.write_bytes((photos / "new.bmp").read_bytes())
    os.utime(path, ns=(10**18 + 1000, 10**18 + 1000))
    second = shop.picture(str(path), 160).result(30)
    assert isinstance(second, bytes)
    assert second != first


def test_many_who_ask_for_the_same_cost_one_decode(
    shop: Pictures, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _count_requests(shop, monkeypatch)
    path = str(photos / "photo-4.jpg")
    found = {future.result(30) for future in [shop.picture(path, 640) for _ in range(20)]}
    assert len(found) == 1
    assert len(asked) == 1
    assert not shop._shared._under_way


def test_in_asyncio_a_client_that_leaves_takes_nothing_from_others(
    make: Callable[..., Pictures], photos: Path
) -> None:
    shop = make({"slow": "hang"}, workers=1, seconds=2.0)
    shop.warm().result(30)
    path = str(photos / "photo-2.jpg")

    async def page() -> Any:
        stuck = asyncio.wrap_future(shop.facts(str(photos / "slow.jpg")))
        leaving = asyncio.wrap_future(shop.picture(path, 160))
        staying = asyncio.wrap_future(shop.picture(path, 160))
        await asyncio.sleep(0.05)
        leaving.cancel()
        found = await staying
        assert isinstance(await stuck, Rejected)
        alone = asyncio.wrap_future(shop.picture(path, 1280))
        alone.cancel()
        await asyncio.sleep(0.05)
        return found

    assert asyncio.run(page()).startswith(b"\xff\xd8")


def test_work_that_nobody_waits_for_any_more_is_dropped(
    make: Callable[..., Pictures], alone: None
) -> None:
    shop = make({"slow": "hang"}, workers=1, queue=10)
    shop.facts("slow.jpg")
    _wait_for(lambda: shop._pool.waiting() == 0)
    path = __file__
    both = [shop.picture(path, 160), shop.picture(path, 160)]
    assert shop._pool.waiting() == 1
    both[0].cancel()
    assert shop._pool.waiting() == 1
    both[1].cancel()
    assert shop._pool.waiting() == 0
    again = shop.picture(path, 160)
    assert shop._pool.waiting() == 1, "asked anew, not attached to what was dropped"
    again.cancel()


def test_a_full_queue_refuses_and_nothing_is_stuck(
    make: Callable[..., Pictures], photos: Path, alone: None
) -> None:
    shop = make({"slow": "hang"}, workers=1, queue=2, seconds=2.0)
    shop.warm().result(30)
    stuck = shop.facts(str(photos / "slow.jpg"))
    _wait_for(lambda: shop._pool.waiting() == 0)
    path = str(photos / "photo-2.jpg")
    kept = [shop.picture(path, side) for side in (160, 320)]
    for _ in range(3):
        with pytest.raises(Busy) as caught:
            shop.picture(path, 640)
        assert caught.value.retry_after >= 1
    assert not stuck.done()
    assert all(isinstance(future.result(30), bytes) for future in kept)
    assert isinstance(stuck.result(30), Rejected)
    assert isinstance(shop.picture(path, 640).result(30), bytes)


@posix
@pytest.mark.parametrize("fault", ["kill", "hang"])
def test_bad_photos_cost_themselves_only(
    make: Callable[..., Pictures], photos: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = make({"photo-4": fault}, workers=2, seconds=2.0 if fault == "hang" else 10.0)
    shop.warm().result(30)
    paths = sorted(str(path) for path in photos.rglob("*.*"))
    found = {path: future for path in paths for future in [shop.picture(path, 160)]}
    rejected = [path for path, future in found.items() if isinstance(future.result(60), Rejected)]
    bad = str(photos / "photo-4.jpg")
    assert rejected == [bad]
    asked = _count_requests(shop, monkeypatch)
    again = shop.picture(bad, 160).result(30)
    assert isinstance(again, Rejected)
    assert again.path == bad
    assert asked == [], "not tried again at once"


def test_a_reason_names_the_file_as_it_was_asked_for(shop: Pictures, tmp_path: Path) -> None:
    path = str(tmp_path / "not there \udcff.jpg")
    wanted = Rejected(path, RejectKind.MISSING, "no such file")
    assert shop.picture(path, 320).result(30) == wanted
    assert shop.facts(path).result(30) == wanted
    assert shop.portrait(path, "look-2").result(30) == wanted
    assert shop.hash(path, ["look-2"]).result(30) == wanted
    assert shop.same(path, [path, path]).result(30) == (None, None)


def test_what_was_answered_is_freed_at_once(shop: Pictures, photos: Path) -> None:
    gc.disable()
    try:
        futures: list[Future[Any]] = []
        futures += [shop.facts(str(photos / "photo-2.jpg")) for _ in range(3)]
        futures += [shop.picture(str(photos / "photo-0.jpg"), 640) for _ in range(3)]
        for future in futures:
            future.result(30)
        alive = [weakref.ref(future) for future in futures]
        del futures, future
        _wait_for(lambda: not any(reference() for reference in alive))
    finally:
        gc.enable()


def _memory() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(sys.platform != "linux", reason="memory as Linux tells it")
def test_memory_stays_flat(shop: Pictures, tmp_path: Path) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (1200, 1200, 3)).astype(np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.jpg", quality=90)
    (tmp_path / "broken.jpg").write_bytes((tmp_path / "noise.jpg").read_bytes()[:5000])

    def ask() -> int:
        asked = [
            shop._ask(str(tmp_path / name), "picture", side=2048)
            for name in ("noise.jpg", "broken.jpg")
        ]
        found = [future.result(60) for future in asked]
        return len(found[0]) if isinstance(found[0], bytes) else 0

    size = ask()
    gc.disable()  # so that nothing which ought to be freed at once is freed by chance
    try:
        before = _memory()
        for _ in range(30):
            assert ask() == size
        assert _memory() - before < 10 * size
    finally:
        gc.enable()


def test_odd_files_end_in_bytes_or_a_reason(shop: Pictures, odd: Path) -> None:
    files = [str(path) for path in odd.rglob("*") if path.is_file()]
    assert len(files) >= 300
    pictures = [shop.picture(path, 320) for path in files]
    hashed = [shop.hash(path, ["look-2"]) for path in files]
    kinds = {path: future.result(60) for path, future in zip(files, pictures, strict=True)}
    assert sum(isinstance(found, bytes) for found in kinds.values()) > 150
    for path, future in zip(files, hashed, strict=True):
        answer, found = future.result(60), kinds[path]
        assert not isinstance(answer, Rejected) or answer.kind is not RejectKind.CRASHED
        assert isinstance(answer, Rejected) != isinstance(found, bytes)
        if isinstance(found, bytes):
            with Image.open(io.BytesIO(found), formats=["JPEG"]) as image:
                assert (image.mode, not dict(image.getexif())) == ("RGB", True)
