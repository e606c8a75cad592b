"""What a worker answers, whatever it is asked: values, and pictures without their metadata."""

from __future__ import annotations

import io
import json
import os
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageDraw
from PIL.PngImagePlugin import PngInfo
from tests.unit.copies.scenes import scene

from sokkuri import find_copies, matches
from sokkuri.api.hash import hash_image
from sokkuri.explanation import HashView
from sokkuri.images import Rejected, RejectKind, load
from sokkuri.language import LANGUAGES, Lang, language
from sokkuri.pipeline import FileRecord
from sokkuri.pipeline.messages import BadMessage, pack
from sokkuri.pipeline.task import task_of
from sokkuri.registry import hasher
from sokkuri.settings import FIGURE_TILES
from sokkuri.show import explanation, figure
from sokkuri.show.captions import heading_words
from sokkuri.web.worker_tasks import (
    copies_from,
    outcome_from,
    page_task,
    plain_copies,
    plain_outcome,
)

posix = pytest.mark.skipif(os.name != "posix", reason="files as POSIX has them")
Waves = Callable[[int, int, int], NDArray[np.uint8]]


TASK = page_task()


def _ask(**wish: Any) -> Any:
    request = json.dumps(wish)
    return TASK.result(request, TASK.answer(request))


def _bytes(found: Any) -> bytes:
    assert isinstance(found, bytes), found
    return found


def _facts(path: Path) -> dict[str, Any]:
    facts = _ask(do="facts", path=str(path))
    assert isinstance(facts, dict)
    return facts


def _secretive_photo(path: Path, orientation: int = 6) -> None:
    """Save a photo, red at its top as it is to be seen, with all that a file can tell of itself."""
    upright = Image.new("RGB", (600, 800), (0, 0, 200))
    ImageDraw.Draw(upright).rectangle((0, 0, 600, 200), fill=(200, 0, 0))
    stored = upright.transpose(Image.Transpose.ROTATE_90) if orientation == 6 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Canon\x1b[31m\0"
    exif[0x0110] = "Canon EOS\x07 5D"
    exif[0x8769] = {0x9003: "2024:02:29 12:34:56"}
    exif[0x8825] = {1: "N", 2: (35.0, 41.0, 22.0)}
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    stored.save(path, "JPEG", exif=exif, icc_profile=profile, comment=b"SECRET", quality=95)


def test_a_picture_is_upright_and_says_nothing_but_its_pixels(tmp_path: Path) -> None:
    _secretive_photo(tmp_path / "a.jpg")
    for side, size in ((320, (240, 320)), (640, (480, 640)), (2048, (600, 800))):
        data = _bytes(_ask(do="picture", path=str(tmp_path / "a.jpg"), side=side))
        with Image.open(io.BytesIO(data)) as image:
            assert (image.format, image.mode, image.size) == ("JPEG", "RGB", size)
            red = image.getpixel((size[0] // 2, size[1] // 16))
            blue = image.getpixel((size[0] // 2, size[1] - 9))
            assert isinstance(red, tuple)
            assert isinstance(blue, tuple)
            assert red[0] > 150 > blue[0]
            assert blue[2] > 150 > red[2]
            assert not dict(image.getexif())
            assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        for word in (b"Exif", b"ICC_PROFILE", b"SECRET", b"Canon", b"http"):
            assert word not in data


def test_a_text_in_a_png_does_not_get_out(tmp_path: Path) -> None:
    info = PngInfo()
    info.add_text("Comment", "SECRET")
    Image.new("RGBA", (40, 20), (9, 9, 9, 0)).save(tmp_path / "a.png", pnginfo=info)
    data = _bytes(_ask(do="picture", path=str(tmp_path / "a.png"), side=160))
    assert b"SECRET" not in data
    with Image.open(io.BytesIO(data)) as image:
        assert (image.mode, image.size) == ("RGB", (40, 20))
        assert image.getpixel((5, 5)) == (255, 255, 255), "what is transparent is white"


def test_a_comment_does_not_get_out(tmp_path: Path) -> None:
    Image.new("RGB", (40, 20), (200, 0, 0)).save(tmp_path / "a.gif", comment=b"SECRET")
    Image.new("CMYK", (40, 20)).save(tmp_path / "a.jpg", comment=b"SECRET")
    for name in ("a.gif", "a.jpg"):
        assert b"SECRET" in (tmp_path / name).read_bytes()
        assert b"SECRET" not in _bytes(_ask(do="picture", path=str(tmp_path / name), side=160))


def test_large_pictures_are_near_to_those_shrunk_from_a_full_decode(
    tmp_path: Path, waves: Waves
) -> None:
    path = tmp_path / "large.jpg"
    Image.fromarray(waves(2500, 1900, 5)).save(path, quality=95)
    picture = load(str(path))
    assert not isinstance(picture, Rejected)
    for side in (160, 320, 640, 1280, 2048):
        data = _bytes(_ask(do="picture", path=str(path), side=side))
        wanted = picture.image.resize((side, round(side * 1900 / 2500)), Image.Resampling.LANCZOS)
        with Image.open(io.BytesIO(data)) as image:
            assert image.size == wanted.size
            error = np.asarray(image).astype(float) - np.asarray(wanted)
        assert np.abs(error).mean() < 1.5


def test_facts(tmp_path: Path) -> None:
    _secretive_photo(tmp_path / "a.jpg")
    assert _facts(tmp_path / "a.jpg") == {
        "format": "JPEG",
        "mode": "RGB",
        "orientation": 6,
        "width": 600,
        "height": 800,
        "taken": "2024-02-29T12:34:56",
        "camera": "Canon[31m Canon EOS 5D",
        "gps": True,
        "animated": False,
    }


def test_facts_of_files_that_say_little(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (30, 20), (80 * frame, 0, 0)) for frame in range(4)]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    Image.new("L", (30, 20)).save(tmp_path / "gray.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (30, 20)).save(tmp_path / "turned.tif", exif=exif)
    moving, gray, turned = (
        _facts(tmp_path / name) for name in ("moving.gif", "gray.png", "turned.tif")
    )
    assert (moving["format"], moving["animated"]) == ("GIF", True)
    assert (gray["format"], gray["mode"], gray["animated"]) == ("PNG", "L", False)
    assert (gray["taken"], gray["camera"], gray["gps"]) == (None, None, False)
    assert (turned["width"], turned["height"], turned["orientation"]) == (20, 30, 6)
    for name, facts in (("moving.gif", moving), ("turned.tif", turned)):
        picture = load(str(tmp_path / name))
        assert not isinstance(picture, Rejected)
        assert picture.size == (facts["width"], facts["height"])


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "2024:02:30 12:00:00", "yesterday", ""])
def test_a_date_that_makes_no_sense_is_none(tmp_path: Path, taken: str) -> None:
    exif = Image.Exif()
    exif[0x8769] = {0x9003: taken}
    Image.new("L", (8, 8)).save(tmp_path / "a.jpg", exif=exif)
    assert _facts(tmp_path / "a.jpg")["taken"] is None


def test_frames_are_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL.GifImagePlugin import GifImageFile

    frames = [Image.new("RGB", (30, 20), (25 * frame, 0, 0)) for frame in range(9)]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    seen: list[int] = []
    real = GifImageFile._seek

    def seek(self: GifImageFile, frame: int, update_image: bool = True) -> None:
        seen.append(frame)
        real(self, frame, update_image)

    monkeypatch.setattr(GifImageFile, "_seek", seek)
    assert _facts(tmp_path / "moving.gif")["animated"]
    assert max(seen) <= 1


def test_hashes_are_those_of_the_library(photos: Path) -> None:
    names = ["look-2", "ahash-rgb-64"]
    path = str(photos / "photo-2.jpg")
    hashed = _ask(do="hash", path=path, hashes=names)
    assert isinstance(hashed, FileRecord)
    assert list(hashed.hashes) == [hash_image(path, hash=name) for name in names]


def test_identity(photos: Path) -> None:
    others = ["copy of 2.jpg", "same pixels as 2.png", "写真 1.jpg", "not there.jpg"]
    paths = [str(photos / name) for name in others]
    found = _ask(do="same", path=str(photos / "photo-2.jpg"), paths=paths)
    assert found == ("bytes", "pixels", None, None)


def test_portraits(photos: Path) -> None:
    path = str(photos / "photo-2.jpg")
    portrait = _ask(do="portrait", path=path, hash="look-2")
    assert isinstance(portrait, HashView)
    assert portrait.hash == hash_image(path, hash="look-2")
    gone = _ask(do="portrait", path=str(photos / "gone.jpg"), hash="look-2")
    assert isinstance(gone, Rejected)
    assert gone.kind is RejectKind.MISSING


@posix
def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"\xff\n\xe3\x81.jpg")
    Image.new("L", (8, 8)).save(tmp_path / "a.jpg")
    os.rename(tmp_path / "a.jpg", path)
    name = os.fsdecode(path)
    assert _bytes(_ask(do="picture", path=name, side=160)).startswith(b"\xff\xd8")
    assert _ask(do="same", path=name, paths=[name]) == ("bytes",)


def _broken_files(folder: Path) -> list[str]:
    buffer = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 256, (60, 80, 3)).astype(np.uint8)
    Image.fromarray(noise).save(buffer, "PNG")
    png = buffer.getvalue()
    bomb = bytearray(png)
    bomb[16:24] = (65_000).to_bytes(4, "big") * 2
    bomb[29:33] = zlib.crc32(bytes(bomb[12:29])).to_bytes(4, "big")
    contents = {
        "empty": b"", "text": b"no photo", "html": b"<script>alert(1)</script>",
        "svg": b"<svg onload='alert(1)'/>", "cut": png[:900], "head": png[:33], "bomb": bytes(bomb),
        "jpeg": b"\xff\xd8\xff\xe0" + b"\0" * 500, "gif": b"GIF89a" + b"\xff" * 300,
        "tiff": b"II*\0" + b"\xff" * 64, "webp": b"RIFF\xff\xff\xff\xffWEBPVP8L" + b"\xff" * 40,
        "bmp": b"BM" + b"\xff" * 60, "ico": b"\0\0\1\0" + b"\xff" * 60, "qoi": b"qoif" + b"\0" * 40,
        "ppm": b"P6 99999999 99999999 255 ", "avif": b"\0\0\0\x20ftypavif" + b"\0" * 90,
    }  # fmt: skip
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    (folder / "folder").mkdir()
    names = [*contents, "folder", "missing", "nul\0byte"]
    if os.name == "posix":
        os.mkfifo(folder / "pipe")
        os.symlink("loop", folder / "loop")
        names += ["pipe", "loop"]
    return [os.path.join(folder, name) for name in names]


@pytest.mark.parametrize("do", ["picture", "facts", "hash", "portrait"])
def test_what_is_broken_is_rejected_with_its_reason(tmp_path: Path, do: str) -> None:
    more: dict[str, dict[str, Any]] = {
        "picture": {"side": 320},
        "facts": {},
        "hash": {"hashes": ["look-2"]},
        "portrait": {"hash": "look-2"},
    }
    for path in _broken_files(tmp_path):
        found = _ask(do=do, path=path, **more[do])
        if do == "facts" and os.path.basename(path) in {"cut", "bomb", "qoi", "head", "ppm"}:
            continue  # a header that says something is all that facts need
        assert isinstance(found, Rejected), (path, found)
        assert str(tmp_path) not in found.detail


@pytest.mark.parametrize(
    "request_text",
    ["", "{", "[]", "7", "{}", '{"do": "nonsense"}', '{"do": ["picture"]}', '{"do": "picture"}',
     '{"do": "picture", "path": 3, "side": "x"}', '{"do": "picture", "path": "x", "side": -1}',
     '{"do": "hash", "path": "x", "hashes": ["no-such-hash"]}',
     '{"do": "figure"}', '{"do": "facts", "path": null}', "[" * 100_000],
)  # fmt: skip
def test_a_request_without_sense_is_answered(request_text: str) -> None:
    assert isinstance(TASK.result(request_text, TASK.answer(request_text)), Rejected)


def test_another_process_makes_the_same_task() -> None:
    again = task_of(TASK.recipe())
    assert TASK.portable
    assert TASK.result('{"do": "nothing"}', again.answer('{"do": "nothing"}')) == b""


@pytest.mark.parametrize(
    "wish",
    [
        {"do": "picture", "path": "a.jpg", "side": 9}, {"do": "facts", "path": "a.jpg"},
        {"do": "hash", "path": "a.jpg", "hashes": ["look-2"]},
        {"do": "portrait", "path": "a.jpg", "hash": "look-2"},
        {"do": "same", "path": "a.jpg", "paths": ["a.jpg"]},
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "message", [b"", b"[nonsense", pack(None), pack(7), pack([], b"x"), pack(["a", "b"], b"GIF8")]
)
def test_sense_is_asked_of_answers(wish: dict[str, Any], message: bytes) -> None:
    with pytest.raises(BadMessage):
        TASK.result(json.dumps(wish), message)


def test_an_outcome_survives_as_plain_values() -> None:
    found = tuple(
        matches.Match(f"写真-\udcff-{n}.jpg", n, "bytes" if n < 2 else None, 80)
        for n in range(FIGURE_TILES + 5)
    )
    outcome = matches.Outcome(
        "query \udcfe.jpg", hasher("look-2").spec, 500,
        (Rejected("x", RejectKind.DAMAGED, "x"),) * 3, found, 77,
        max_distance=300, k=999, rate=1.5, nearest=found[0], source="/some/where", excluded=5,
        links_left_out=5,
    )  # fmt: skip
    plain = json.loads(json.dumps(plain_outcome(outcome)))
    again = outcome_from(plain)
    assert again.matches[:FIGURE_TILES] == found[:FIGURE_TILES]
    assert len(plain["matches"]) == FIGURE_TILES
    assert heading_words(again, FIGURE_TILES) == heading_words(outcome, FIGURE_TILES)
    assert (again.query, again.source, again.nearest) == (
        "query \udcfe.jpg",
        "/some/where",
        found[0],
    )


def test_an_outcome_without_matches_survives() -> None:
    spec = hasher("look-2").spec
    nothing = matches.Outcome("q", spec, 0, (), (), 0, max_distance=3, error="empty: no bytes")
    assert outcome_from(plain_outcome(nothing)) == nothing


def test_copies_survive_as_far_as_a_figure_shows_them(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    query = tmp_path / "scene.png"
    scene(1, 240, 180).save(query)
    (found,) = find_copies(query, tmp_path)
    many = replace(found, copies=found.copies * (FIGURE_TILES + 6), query="query \udcfe.jpg")
    plain = json.loads(json.dumps(plain_copies(many)))
    assert len(plain["copies"]) == FIGURE_TILES
    again = copies_from(plain)
    assert (len(again.copies), again.query, again.source) == (70, many.query, str(query))
    assert again.copies[0].edits == many.copies[0].edits
    corners = [[*each] for each in again.copies[0].outline.query]
    assert corners == [[*each] for each in many.copies[0].outline.query]
    for lang in LANGUAGES:
        words = {"lang": lang, "path": str(query), "form": "png"}
        assert _bytes(_ask(do="copies_figure", outcome=plain_copies(found), **words))[1:4] == b"PNG"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_figures_are_drawn_in_the_language_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, waves: Waves, lang: Lang
) -> None:
    pytest.importorskip("matplotlib")
    spoken: list[Lang] = []

    def watched(draw: Callable[..., Any]) -> Callable[..., Any]:
        def drawn(*args: Any, **options: Any) -> Any:
            spoken.append(language())
            return draw(*args, **options)

        return drawn

    for room, name in ((figure, "draw_figure"), (explanation, "draw_explanation")):
        monkeypatch.setattr(room, name, watched(getattr(room, name)))
    path = str(tmp_path / "a.png")
    Image.fromarray(waves(40, 30, 1)).save(path)
    nothing = matches.Outcome("q", hasher("look-2").spec, 0, (), (), 0, source=path)
    plain = {"lang": lang, "path": path, "form": "png"}
    _bytes(_ask(do="figure", outcome=plain_outcome(nothing), **plain))
    pair = {"paths": [path, path], "names": ["a", "b"], "same": None}
    _bytes(_ask(do="explanation", hash="pdq", emphasis=None, mirror=None, **pair, **plain))
    assert spoken == [lang, lang]
    assert language() == "en"
