from __future__ import annotations

import base64
import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

Runner = Callable[..., "subprocess.CompletedProcess[bytes]"]
Waves = Callable[[int, int, int], NDArray[np.uint8]]

ODD_NAMES = [
    "普通の写真 青い服.jpg", "emoji 👕🧵.jpg", "new\nline.jpg", "tab\tquote\"'.jpg", "-dash.jpg",
    "=1+1.jpg", "<script>alert(1)<script>.jpg", "rtl \u202egpj.jpg", "カ\u3099.jpg", "ガ.jpg",
    ".hidden.jpg", "\x1b[31mred.jpg", "percent %41 #1.jpg", "x" * 251 + ".jpg",
]  # fmt: skip


@pytest.fixture
def odd_names(tmp_path: Path, waves: Waves) -> Path:
    """Return a folder of one photo under many odd names, one of them no UTF-8 where that works."""
    folder = tmp_path / "odd"
    folder.mkdir()
    stream = io.BytesIO()
    Image.fromarray(waves(24, 24, 1)).save(stream, "JPEG")
    for name in ODD_NAMES if os.name == "posix" else ODD_NAMES[:2]:
        (folder / name).write_bytes(stream.getvalue())
    if sys.platform == "linux":
        with open(os.fsencode(folder) + b"/not \xff utf-8.jpg", "wb") as file:
            file.write(stream.getvalue())
    return folder


def _files(folder: Path) -> list[str]:
    return sorted((str(folder / name) for name in os.listdir(folder)), key=os.fsencode)


def _search(run: Runner, folder: Path, *words: str, **options: Any) -> bytes:
    query = folder / "普通の写真 青い服.jpg"
    done = run("search", query, folder, "--max-distance", "0", *words, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_json_keeps_every_name(sokkuri: Runner, odd_names: Path) -> None:
    for flags in (["--json"], ["--json", "--ascii"]):
        document = json.loads(_search(sokkuri, odd_names, *flags).decode("utf-8"))
        assert [match["path"] for match in document["matches"]] == _files(odd_names)
        for match in document["matches"]:
            assert match["same"] == "bytes"
            if "path_b64" in match:
                assert base64.b64decode(match["path_b64"]) == os.fsencode(match["path"])
                assert "\\udcff" in json.dumps(match["path"])
    assert _search(sokkuri, odd_names, "--json", "--ascii").isascii()


def test_lines_arrays_and_tables_keep_every_name(sokkuri: Runner, odd_names: Path) -> None:
    files = _files(odd_names)
    lines = _search(sokkuri, odd_names, "--nl").decode().splitlines()
    assert [json.loads(line)["path"] for line in lines] == files
    pairs = json.loads(_search(sokkuri, odd_names, "--arrays"))
    assert pairs == [[0.0, file] for file in files]
    for flag, delimiter in (("--csv", ","), ("--tsv", "\t")):
        text = os.fsdecode(_search(sokkuri, odd_names, flag))
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
        assert [row["path"] for row in rows] == files
        assert {(row["distance"], row["rate"], row["same"]) for row in rows} == {
            ("0", "0.0", "bytes")
        }
    text = os.fsdecode(_search(sokkuri, odd_names))
    piped = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t"))
    assert piped == [["0.0", file] for file in files]
    nul = _search(sokkuri, odd_names, "--paths", "-0")
    assert nul.split(b"\0")[:-1] == [os.fsencode(file) for file in files]


def test_names_survive_any_locale(sokkuri: Runner, odd_names: Path) -> None:
    for locale in ("C", "POSIX", "ja_JP.eucJP"):
        environment = {**os.environ, "LC_ALL": locale, "PYTHONCOERCECLOCALE": "0"}
        environment.pop("PYTHONUTF8", None)
        nul = _search(sokkuri, odd_names, "--paths", "-0", env=environment)
        assert len(nul.split(b"\0")) == len(_files(odd_names)) + 1


@pytest.mark.skipif(os.name != "posix", reason="names as POSIX has them")
def test_a_formula_in_a_table_is_the_same_file(
    sokkuri: Runner, photos: Path, tmp_path: Path
) -> None:
    os.rename(photos, tmp_path / "=photos")
    done = sokkuri("search", "=photos/photo-2.jpg", "=photos", "-k1", "--csv", cwd=tmp_path)
    row = next(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert row["path"].startswith("./=photos/")
    assert (tmp_path / row["path"]).exists()


def test_a_name_that_begins_with_a_dash(sokkuri: Runner, odd_names: Path) -> None:
    done = sokkuri("search", "--json", "--", "-dash.jpg", ".", cwd=odd_names)
    assert done.returncode == 0
    assert json.loads(done.stdout)["query"] == "-dash.jpg"


def test_the_documented_object(sokkuri: Runner, photos: Path) -> None:
    done = sokkuri("search", photos / "photo-2.jpg", photos, "--rgb", "--json", "-k", "2")
    document = json.loads(done.stdout)
    assert list(document) == [
        "schema", "query", "hash", "bits", "searched", "rejected", "other_files", "matches"
    ]  # fmt: skip
    assert (document["hash"], document["bits"], document["searched"]) == ("ahash-rgb-64", 12288, 12)
    assert [list(match) for match in document["matches"]] == [
        ["path", "distance", "rate", "same"]
    ] * 2
    assert b"seen 12 = hashed 12 + rejected 0" in done.stderr


def test_several_queries_give_a_list(sokkuri: Runner, photos: Path) -> None:
    queries = [photos / "photo-2.jpg", photos / "photo-4.jpg"]
    done = sokkuri("search", *queries, photos, "--json", "-k1")
    assert [item["query"] for item in json.loads(done.stdout)] == [str(path) for path in queries]
    piped = sokkuri("search", *queries, photos, "-k1").stdout.decode().splitlines()
    assert [line.split("\t")[0] for line in piped] == [str(path) for path in queries]
    arrays = json.loads(sokkuri("search", *queries, photos, "--arrays", "-k1").stdout)
    assert [len(pairs) for pairs in arrays] == [1, 1]


def test_the_library_and_the_command_agree(sokkuri: Runner, photos: Path) -> None:
    from sokkuri import search

    done = sokkuri("search", photos / "photo-2.jpg", photos, "--json")
    assert done.stdout.decode() == search(photos / "photo-2.jpg", photos).to_json() + "\n"


def test_exit_codes(sokkuri: Runner, photos: Path, tmp_path: Path, waves: Waves) -> None:
    stranger = tmp_path / "stranger.png"
    Image.fromarray(waves(30, 30, 77)).save(stranger)
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    query = photos / "photo-2.jpg"
    assert sokkuri("search", query, photos).returncode == 0
    assert sokkuri("search", stranger, photos, "--max-distance", "0").returncode == 1
    assert sokkuri("search", tmp_path / "gone.jpg", photos).returncode == 2
    assert sokkuri("search", query, tmp_path / "gone").returncode == 2
    assert sokkuri("search", query, photos, "--hash", "nope").returncode == 2
    assert sokkuri("search", photos).returncode == 2
    assert sokkuri("search", query, photos, "--rate", "1", "--max-distance", "1").returncode == 2
    assert sokkuri("search", query, photos, "--rate", "nan").returncode == 2
    assert sokkuri("search", query, photos, "--strict").returncode == 3


def test_nothing_found_says_what_would_be(
    sokkuri: Runner, photos: Path, tmp_path: Path, waves: Waves
) -> None:
    stranger = tmp_path / "stranger.png"
    Image.fromarray(waves(30, 30, 77)).save(stranger)
    done = sokkuri("search", stranger, photos, "--rate", "0.1", "--json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert document["matches"] == []
    message = done.stderr.decode()
    advice = message.split("try --max-distance ")[1].split()
    bits, rate = int(advice[0]), float(advice[3])
    assert bits == document["nearest"]["distance"]
    for words in (["--max-distance", str(bits)], ["--rate", str(rate)]):
        assert sokkuri("search", stranger, photos, *words).returncode == 0
    assert sokkuri("search", stranger, photos, "--max-distance", str(bits - 1)).returncode == 1


def test_nothing_but_the_query_itself_names_the_nearest_other(
    sokkuri: Runner, photos: Path
) -> None:
    search = ["search", photos / "photo-2.jpg", photos, "--rgb"]
    for words in ([], ["--exclude-query"]):
        done = sokkuri(*search, "--rate", "0.1", "--json", *words)
        assert done.returncode == 0
        document = json.loads(done.stdout)
        assert all(match["same"] for match in document["matches"])
        other = document["nearest_other"]
        message = done.stderr.decode()
        told = f"  the nearest other is {other['path']} at {other['distance']:,} bits (rate "
        assert told in message
        bits, rate = message.split("try --max-distance ")[1].split()[:4:3]
        assert int(bits) == other["distance"]
        for way in (["--max-distance", bits], ["--rate", rate]):
            found = json.loads(sokkuri(*search, *words, *way, "--json").stdout)
            assert len(found["matches"]) > len(document["matches"])
            assert "nearest_other" not in found
    done = sokkuri(*search, "--max-distance", "0")
    assert f"bits: try --max-distance {bits}\n".encode() in done.stderr
    for words in (["-k", "1"], ["-k", "3"], [], ["--max-distance", bits]):
        assert b"nearest other" not in sokkuri(*search, *words).stderr


def test_a_threshold_that_leaves_nothing_out_is_named(sokkuri: Runner, photos: Path) -> None:
    search = ["search", photos / "photo-2.jpg", photos, "--rgb"]
    told = b"; no two photos are farther apart than that\n"
    for words in (["--rate", "9999"], ["--max-distance", "12288"]):
        done = sokkuri(*search, *words)
        assert done.returncode == 0
        assert told in done.stderr
    for words in (["--rate", "0.9"], ["--max-distance", "12287"], ["-k", "100"]):
        assert told not in sokkuri(*search, *words).stderr


def test_a_lower_bound_that_is_too_high_is_named(sokkuri: Runner, photos: Path) -> None:
    search = ["search", photos / "photo-2.jpg", photos]
    done = sokkuri(*search, "--min-distance", "1500")
    assert done.returncode == 1
    assert b"at 0 bits: try --min-distance 0\nseen 12 = " in done.stderr
    done = sokkuri(*search, "--min-distance", "1", "--max-distance", "1")
    bits = done.stderr.decode().split("try --max-distance ")[1].split()[0]
    assert sokkuri(*search, "--min-distance", "1", "--max-distance", bits).returncode == 0


def test_bad_queries_are_named_and_the_rest_goes_on(
    sokkuri: Runner, photos: Path, tmp_path: Path
) -> None:
    (tmp_path / "text.jpg").write_text("no photo")
    done = sokkuri("search", tmp_path / "text.jpg", photos / "photo-2.jpg", photos, "--json", "-k1")
    assert done.returncode == 2
    bad, good = json.loads(done.stdout)
    assert bad["error"] == "not an image: the content is text"
    assert good["matches"]
    assert b"cannot read the query" in done.stderr
    assert b"text.jpg: not an image: the content is text" in done.stderr


def test_empty_and_missing_folders_are_named(sokkuri: Runner, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    done = sokkuri("search", photos / "photo-2.jpg", tmp_path / "空")
    assert done.returncode == 2
    assert "空: no files in there; name a folder with photos" in done.stderr.decode()
    done = sokkuri("search", photos / "photo-2.jpg", tmp_path / "gone")
    assert b"gone: no such folder" in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_rejected_files_are_listed(sokkuri: Runner, photos: Path) -> None:
    for number in range(7):
        (photos / f"bad {number}.jpg").write_text("no photo")
    done = sokkuri("search", photos / "photo-2.jpg", photos)
    assert b"seen 19 = hashed 12 + rejected 7" in done.stderr
    assert done.stderr.count(b"  rejected ") == 5
    assert b"and 2 more (2 not an image); --errors lists them all" in done.stderr
    every = sokkuri("search", photos / "photo-2.jpg", photos, "--errors")
    assert every.stderr.count(b"  rejected ") == 7
    assert sokkuri("search", photos / "photo-2.jpg", photos, "-q").stderr == b""


def test_codecs_do_not_write_to_the_terminal(sokkuri: Runner, photos: Path) -> None:
    # A TIFF strip that lies beyond the end makes libtiff complain from C.
    Image.new("1", (64, 64)).save(photos / "cut.tif", compression="group4")
    data = bytearray((photos / "cut.tif").read_bytes())
    (photos / "cut.tif").write_bytes(bytes(data[:8]) + b"\x55" * (len(data) - 200) + data[-192:])
    (photos / "cut2.tif").write_bytes(data[:-20])
    done = sokkuri("search", photos / "photo-2.jpg", photos)
    for line in done.stderr.decode().splitlines():
        assert line.startswith(("look-2", "seen", "  "))


def test_figures(sokkuri: Runner, photos: Path, tmp_path: Path) -> None:
    target = tmp_path / "結果.png"
    done = sokkuri("search", photos / "photo-2.jpg", photos, "--figure", target)
    assert done.returncode == 0
    with Image.open(target) as image:
        assert image.width > 600
    assert f"saved {target}" in done.stderr.decode()
    several = sokkuri(
        "search", photos / "photo-2.jpg", photos / "photo-4.jpg", photos,
        "--figure", tmp_path / "two.svg", "-k3",
    )  # fmt: skip
    assert several.returncode == 0
    assert (tmp_path / "two-1.svg").exists()
    assert (tmp_path / "two-2.svg").exists()
    wrong = sokkuri("search", photos / "photo-2.jpg", photos, "--figure", tmp_path / "x.jpeg")
    assert wrong.returncode == 2
    assert b".png, .pdf" in wrong.stderr
    nowhere = sokkuri("search", photos / "photo-2.jpg", photos, "--figure", tmp_path / "gone/x.png")
    assert nowhere.returncode == 2
    assert b"gone" in nowhere.stderr


def test_words_without_effect_are_refused(sokkuri: Runner, photos: Path) -> None:
    query = photos / "photo-2.jpg"
    for words, message in (
        (["--ascii"], b"--ascii goes with"),
        (["-0", "--json"], b"-0 ends paths"),
        (["--rgb", "--hash", "ahash-gray-8"], b"--rgb is short for"),
        (["--gray", "--hash", "look-2"], b"--gray is short for"),
        (["--gray", "--rgb"], b"--rgb is short for"),
        (["--emphasis", "form"], b"`emphasis` is shape, balanced, colour, or a number"),
        (["--emphasis", "1.5"], b"lies within 0 and 1"),
        (["--gray", "--emphasis", "shape"], b"`emphasis` goes with look-2"),
    ):
        done = sokkuri("search", query, photos, *words)
        assert (done.returncode, message in done.stderr) == (2, True), words


def test_an_excluded_query_still_counts_as_seen(sokkuri: Runner, photos: Path) -> None:
    done = sokkuri("search", photos / "photo-2.jpg", photos, "--exclude-query", "--json")
    assert b"seen 12 = hashed 12 + rejected 0" in done.stderr
    assert json.loads(done.stdout)["searched"] == 11


@pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")
def test_links_are_named_and_can_be_left_out(sokkuri: Runner, photos: Path) -> None:
    query = photos / "photo-2.jpg"
    os.link(query, photos / "hard.jpg")
    os.symlink("photo-2.jpg", photos / "別名.jpg")
    words = ("search", query, photos, "--max-distance", "0")
    rows = list(csv.DictReader(io.StringIO(sokkuri(*words, "--csv").stdout.decode(), newline="")))
    assert {os.path.basename(row["path"]): row["same"] for row in rows} == {
        "copy of 2.jpg": "bytes", "hard.jpg": "link", "photo-2.jpg": "bytes",
        "same pixels as 2.png": "pixels", "別名.jpg": "link",
    }  # fmt: skip
    done = sokkuri(*words, "--no-links", "--paths")
    names = [os.path.basename(line) for line in done.stdout.decode().splitlines()]
    assert names == ["copy of 2.jpg", "photo-2.jpg", "same pixels as 2.png"]
    assert b"seen 14 = hashed 14 + rejected 0" in done.stderr
    assert b"3 of 12 match" in done.stderr
    assert b"2 links left out" in done.stderr
    assert b"the same file under another name" in sokkuri("compare", query, rows[1]["path"]).stdout


def test_folders_that_were_not_entered_are_named(sokkuri: Runner, photos: Path) -> None:
    (photos / "@eaDir").mkdir()
    done = sokkuri("search", photos / "photo-2.jpg", photos)
    assert b"not entered: 1 folder of trash, thumbnails or links" in done.stderr
    assert b"@eaDir" in done.stderr


def test_a_folder_without_any_picture(sokkuri: Runner, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/a.jpg").write_text("no photo")
    done = sokkuri("search", photos / "photo-2.jpg", tmp_path / "texts")
    assert done.returncode == 1
    assert b"no file could be read as a picture" in done.stderr


def test_notes_in_an_old_encoding(sokkuri: Runner, photos: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = sokkuri("search", photos / "photo-2.jpg", photos, "--max-distance", "9", env=environment)
    assert b"look-2@balanced - 1,513 bits - distance <= 9" in done.stderr


def test_the_way_of_comparing_can_be_named_and_is_explained(
    sokkuri: Runner, tmp_path: Path, waves: Waves
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(8):
        Image.fromarray(waves(40, 60, number % 6)).save(folder / f"{number}.png")
    asked = ("search", folder / "1.png", folder, "--gray", "-k", "5", "--json")
    usual = sokkuri(*asked, "--explain-plan")
    assert b"compared by flat: 8 codes of 512 bytes are scanned at once" in usual.stderr
    for name in ("flat", "pruned"):
        done = sokkuri(*asked, "--searcher", name, "--explain-plan")
        assert done.stdout == usual.stdout
        assert f"compared by {name}: you asked for it".encode() in done.stderr
    refused = sokkuri(
        "search", folder / "1.png", folder, "--hash", "phash-8", "--searcher", "pruned"
    )
    assert refused.returncode == 2
    assert b"pruned" in refused.stderr


def test_numpy_alone_finds_the_same(
    sokkuri: Runner, tmp_path: Path, waves: Waves, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(8):
        Image.fromarray(waves(40, 60, number % 6)).save(folder / f"{number}.png")
    asked = ("search", folder / "1.png", folder, "-k", "5", "--json", "--no-library")
    usual = sokkuri(*asked)
    monkeypatch.setenv("SOKKURI_KERNELS", "reference")
    forced = sokkuri(*asked)
    assert forced.stdout == usual.stdout
    assert b"C kernels" not in forced.stderr
