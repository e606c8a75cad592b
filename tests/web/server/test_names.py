"""Whatever a photo is called, its name is data: shown escaped, and given back whole."""

from __future__ import annotations

import base64
import html
import io
import json
import os
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote, unquote_to_bytes

import pytest
from PIL import Image
from tests.web.server.clients import Standing, standing
from tests.web.server.conftest import Waves

import sokkuri

pytestmark = pytest.mark.skipif(os.name != "posix", reason="names as POSIX has them")

SCRIPT = "<script>alert(1)</script>".replace("/", "\u2215")
NAMES: list[str | bytes] = [
    f"{SCRIPT}.jpg",
    "<img src=x onerror=alert(1)>.jpg",
    "<svg onload=alert(1)>.jpg",
    "'><script>alert(1).jpg",
    '"onmouseover="alert(1).jpg',
    "' onfocus='alert(1)' autofocus='.jpg",
    "`${alert(1)}`.jpg",
    "{{7*7}}{% raw %}.jpg",
    "${7*7}#{7*7}.jpg",
    "javascript:alert(1).jpg",
    "data:text;html,<b>.jpg",
    "&lt;b&gt;&amp;&#60;.jpg",
    "--><!--.jpg",
    "]]>.jpg",
    "<!DOCTYPE.jpg",
    "\u202egpj.exe.jpg",
    "\u2066isolated\u2069.jpg",
    "\u200bzero\u200bwidth.jpg",
    "\ufefffirst.jpg",
    "a\u2028b\u2029c.jpg",
    "line\nfeed.jpg",
    "carriage\rreturn.jpg",
    "tab\there.jpg",
    "\r\nSet-Cookie: x=y.jpg",
    "a\r\n\r\n<b>body.jpg",
    "esc\x1b[31mred\x1b]0;title\x07.jpg",
    "bell\x07del\x7f\x01.jpg",
    "c1\x9b31m.jpg",
    b"latin \xe9\xff.jpg",
    b"half \xe5\x86.jpg",
    b"\xed\xa0\x80 surrogate.jpg",
    b"\xc0\xaf overlong.jpg",
    b"shift \x83\x5c\x83\x41.jpg",
    "写真 五月.jpg",
    "👩\u200d🚀🇯🇵.jpg",
    unicodedata.normalize("NFC", "が é.jpg"),
    unicodedata.normalize("NFD", "が é.jpg"),
    "x" * 251 + ".jpg",
    "青" * 83 + ".jpg",
    "<" * 251 + ".jpg",
    "-rf.jpg",
    "--help.jpg",
    "=cmd|' 'A1.jpg",
    "@SUM(A1).jpg",
    "%2e%2e%2fetc%2fpasswd.jpg",
    "%00.jpg",
    "..\\..\\windows.jpg",
    "C:\\con.jpg",
    "a;b&c|d`e$(f).jpg",
    "quote\"back\\slash.jpg",
    "CON.jpg",
    "percent %s %d %n.jpg",
    " leading and trailing .jpg",
    "question?mark#hash&amp=1.jpg",
]  # fmt: skip
FOLDER = '"><script>alert(2)<b>'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, waves: Waves) -> Iterator[Standing]:
    """Serve a photo of each name, no two alike, in a folder with a name as bad."""
    home = tmp_path_factory.mktemp("names")
    folder = os.fsencode(home / FOLDER)
    os.mkdir(folder)
    for seed, name in enumerate(NAMES):
        path = os.path.join(folder, os.fsencode(name))
        assert not os.path.lexists(path)
        file = io.BytesIO()
        Image.fromarray(waves(80, 60, 300 + seed)).save(file, "JPEG")
        with open(path, "xb") as photo:
            photo.write(file.getvalue())
        os.utime(path, (1_700_000_000 + seed,) * 2)
    with open(os.path.join(folder, b"<b>broken\xff.jpg"), "wb") as broken:
        broken.write(b"\xff\xd8\xff\xe0 none")
    with standing(home / FOLDER, home) as server:
        server.wait_until_indexed()
        yield server


@pytest.fixture(scope="module")
def ids(server: Standing) -> list[str]:
    """Return the id of each photo, in the order of the names."""
    found = server.json("/images", sort="oldest", limit=1000)
    assert found["total"] == len(NAMES) >= 50
    return [photo["id"] for photo in found["images"]]


def _content(server: Standing, name: str | bytes) -> bytes:
    with open(os.path.join(os.fsencode(server.home / FOLDER), os.fsencode(name)), "rb") as file:
        return file.read()


def test_ids_lead_back_to_the_very_file(server: Standing, ids: list[str]) -> None:
    for name, image in zip(NAMES, ids, strict=True):
        answer = server.get(f"/images/{image}/file")
        assert answer.content == _content(server, name)
        match = server.json("/search", img=image, k=1, limit=1)["matches"][0]
        path = os.fsencode(server.home / FOLDER / os.fsdecode(os.fsencode(name)))
        assert (match["id"], match["distance"], match["same"]) == (image, 0, "bytes")
        if "path_b64" in match:
            assert base64.b64decode(match["path_b64"]) == path
        else:
            assert match["path"].encode() == path


def test_headers_of_downloads_are_legal_and_carry_the_name(
    server: Standing, ids: list[str]
) -> None:
    legal = re.compile(rb"attachment; filename=\"[ !#-\[\]-~]+\"; filename\*=UTF-8''[\w.~%-]+")
    for name, image in zip(NAMES, ids, strict=True):
        answer = server.get(f"/images/{image}/file")
        fields = [value for key, value in answer.headers.raw if key == b"content-disposition"]
        assert len(fields) == 1
        assert legal.fullmatch(fields[0]), fields[0]
        assert answer.headers["content-type"] == "application/octet-stream"
        assert "set-cookie" not in answer.headers
        told = unquote_to_bytes(fields[0].rpartition(b"''")[2])
        told.decode("utf-8")
        if isinstance(name, str) and name.isprintable() and not set(name) & set('\\/:*?"<>|%'):
            assert told.decode("utf-8") == name


def test_every_answer_is_json_in_utf_8(server: Standing, ids: list[str]) -> None:
    for a, b in zip(ids, ids[1:] + ids[:1], strict=True):
        for path in (
            f"/images/{a}", f"/search?img={a}&k=5", f"/phrases?img={a}", f"/export?img={a}&k=5",
            f"/compare?a={a}&b={b}",
        ):  # fmt: skip
            answer = server.client.get(f"/api/v1{path}")
            assert answer.status_code == 200, answer.text
            text = answer.content.decode("utf-8")
            json.loads(text).keys()
            assert not re.search("[\x00-\x09\x0b-\x1f]", text)
    for path in ("/images?limit=1000", "/library", f"/distances?img={ids[0]}"):
        json.loads(server.client.get(f"/api/v1{path}").content.decode("utf-8"))
    key = ids[0].partition(".")[0]
    rejected = server.json(f"/library/{key}/rejected")["rejected"]
    assert [each["name"] for each in rejected] == [r"<b>broken\xff.jpg"]


def test_the_command_names_the_very_file(server: Standing, ids: list[str]) -> None:
    told = 'sokkuri() { printf "%s\\0" "$2"; }\n'
    script = told + "\n".join(server.json("/phrases", img=image)["command"] for image in ids)
    assert script.count("\n") == len(NAMES)
    done = subprocess.run(["bash", "-c", script], check=True, capture_output=True)
    folder = os.fsencode(server.home / FOLDER)
    assert done.stdout.split(b"\0")[:-1] == [os.path.join(folder, os.fsencode(n)) for n in NAMES]


def test_names_that_are_shown_cannot_disturb_a_line(server: Standing) -> None:
    for photo in server.photos():
        photo["name"].encode("utf-8")
        for letter in photo["name"]:
            hidden = unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
            assert not hidden or letter == "\u200d", ascii(photo["name"])


def test_pages_hold_no_name_unescaped(server: Standing, ids: list[str]) -> None:
    asked = "/search?img={a}", "/explain?a={a}&b={b}", "/compare?a={a}&b={b}", "/library", "/"
    marks = (
        "<script>alert",
        "<img src=x",
        "<svg onload",
        'onmouseover="alert',
        "<b>",
        "onfocus='a",
    )
    for a, b in zip(ids, ids[1:] + ids[:1], strict=True):
        for path in asked:
            answer = server.client.get(path.format(a=a, b=b))
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
            assert not any(mark in answer.text for mark in marks), path
    for name in NAMES:
        text = name if isinstance(name, str) else name.decode("utf-8", "replace")
        for path in ("/search?img=", "/search?folder=", "/?lang=", "/explain?a=", "/nowhere/"):
            answer = server.client.get(path + quote(text, safe=""), headers={"Accept": "text/html"})
            assert answer.status_code in (200, 400, 404), path
            if "html" in answer.headers["content-type"]:
                assert not any(mark in answer.text for mark in marks), path
            else:
                assert answer.headers["content-type"] == "application/problem+json"


def test_the_same_names_come_from_the_library(server: Standing, ids: list[str]) -> None:
    query = server.home / FOLDER / os.fsdecode(os.fsencode(NAMES[0]))
    expected = sokkuri.search(query, server.home / FOLDER, k=20)
    answer = server.json("/search", img=ids[0])
    found = [match["path"] for match in answer["matches"]]
    assert found == [match.path for match in expected.matches]


def test_names_of_uploads_are_as_harmless(server: Standing, picture: bytes) -> None:
    for number, name in enumerate(NAMES):
        text = os.fsencode(name).decode("utf-8", "replace")
        file = {"file": (text, picture + bytes(number))}
        answer = server.client.post("/api/v1/uploads", files=file)
        assert answer.status_code == 201, answer.text
        photo = answer.json()
        assert photo["name"].isprintable() or "\u200d" in photo["name"]
        assert "/" not in photo["name"]
        download = server.get(f"/images/{photo['id']}/file")
        assert download.content == picture + bytes(number)
        page = server.client.get(f"/search?img={photo['id']}").text
        assert html.unescape(page).count("<script>alert") == 0
    kept = [entry for entry in os.listdir(server.uploads) if not entry.endswith(".json")]
    assert all(re.fullmatch("u[0-9a-f]{32}", entry) for entry in kept)
