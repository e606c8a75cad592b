from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from sokkuri import hasher
from sokkuri.registry import families

Runner = Callable[..., "subprocess.CompletedProcess[bytes]"]


def test_a_pipe_gets_one_line_a_family(sokkuri: Runner) -> None:
    done = sokkuri("hashes")
    assert (done.returncode, done.stderr) == (0, b"")
    lines = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert [line[0] for line in lines] == [family.form for family in families()]
    assert {len(line) for line in lines} == {6}
    assert lines[0][:3] == ["look-2", "", "3513"]
    assert lines[2][:3] == ["copies-N", "N: 20 to 600", "176 N + 24752"]
    assert lines[3][:3] == ["ahash-gray-N", "N: 2 to 256", "N^2"]


def test_json_names_hashes_that_there_are(sokkuri: Runner) -> None:
    done = sokkuri("hashes", "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    found = json.loads(done.stdout)
    assert found["schema"] == 2
    assert list(found["hashes"][0]) == [
        "form", "parameter", "bits", "summary", "looks_at", "exact", "example", "fast",
    ]  # fmt: skip
    assert len(found["hashes"]) == len(families())
    for row in found["hashes"]:
        assert hasher(row["example"]).fast is (row["fast"] == "")
        assert not row["fast"] or hasher(row["fast"]).fast


def test_a_wrong_name_points_here(sokkuri: Runner, tmp_path: os.PathLike[str]) -> None:
    done = sokkuri("hash", tmp_path, "--hash", "phsh-8")
    assert done.returncode == 2
    assert b"did you mean phash-8" in done.stderr
    assert b"`sokkuri hashes` lists them all" in done.stderr


def test_a_plugin_that_is_broken_gets_a_line(tmp_path: os.PathLike[str]) -> None:
    info = os.path.join(tmp_path, "broken_hash-1.0.dist-info")
    os.mkdir(info)
    for name, text in (
        ("METADATA", "Metadata-Version: 2.1\nName: broken-hash\nVersion: 1.0\n"),
        ("entry_points.txt", "[sokkuri.hashers]\nzed = no_such_module:make\n"),
    ):
        with open(os.path.join(info, name), "w", encoding="ascii") as file:
            file.write(text)
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "sokkuri", "hashes"], capture_output=True, check=True,
        env=environment, timeout=60,
    )  # fmt: skip
    last = done.stdout.decode().splitlines()[-1].split("\t")
    assert last[0] == "zed"
    assert last[3].startswith("the plugin 'zed' of broken-hash cannot be loaded: ModuleNotFound")


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_terminal_gets_a_table() -> None:
    import pty

    control, terminal = pty.openpty()
    environment = os.environ | {"COLUMNS": "160", "TERM": "xterm", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "sokkuri", "hashes"]
    child = subprocess.Popen(command, stdout=terminal, stderr=terminal, env=environment)
    os.close(terminal)
    shown = b""
    try:
        while piece := os.read(control, 65536):
            shown += piece
    except OSError:
        pass  # Linux says so when the other side is closed
    finally:
        os.close(control)
    assert child.wait(timeout=60) == 0
    text = shown.decode()
    assert "what for" in text
    for family in families():
        assert f"{family.form} " in text
    assert "\t" not in text
