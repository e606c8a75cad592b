from __future__ import annotations

import contextlib
import math
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, EntryPoints
from typing import Any

import pytest

from sokkuri import HashSpec, ImageHash, Picture, UnknownHash, hasher
from sokkuri.protocols import Hasher
from sokkuri.registry import Family, families


@pytest.mark.parametrize(
    ("name", "bits"),
    [("ahash-gray-2", 4), ("ahash-gray-64", 4096), ("ahash-rgb-64", 12288),
     ("ahash-rgb-256", 196608), ("ahash-rgbmean-16", 768), ("dhash-8", 64), ("dhash-256", 65536),
     ("dhash-vertical-3", 9), ("phash-64", 4096), ("phash-simple-2", 4), ("whash-32", 1024),
     ("colorhash-1", 14), ("colorhash-8", 112), ("blockmean-16", 256), ("pdq", 256)],
)  # fmt: skip
def test_names_lead_to_hashers(name: str, bits: int) -> None:
    for full in (name, f"{name}-fast"):
        maker = hasher(full)
        assert isinstance(maker, Hasher)
        assert (maker.spec.name, maker.spec.bits) == (full, bits)
        assert maker.fast == full.endswith("-fast")
        assert maker == hasher(full)  # which is how worker processes know them


@pytest.mark.parametrize(
    "name",
    ["", "ahash", "ahash-gray", "ahash-gray-1", "ahash-gray-257", "ahash-gray-064", "-8", "-fast",
     "ahash-gray-６４", "AHASH-GRAY-64", "ahash-gray-64 ", "ahash-hsv-8", "ahash-gray--8",
     "dhash-1", "phash-65", "phash-simple", "whash-12", "whash-128", "colorhash-0", "colorhash-9",
     "pdq-8", "pdq-fast-fast", "PDQ", "phash-8-fast-fast", "phash-fast-8", "phash-99999999999999"],
)  # fmt: skip
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(UnknownHash, match="no hash is called"):
        hasher(name)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("ahash-64", "ahash-gray-64 or ahash-rgb-64"), ("phsh-16", "phash-16"), ("pdq-8", "pdq"),
     ("phash", "phash-8"), ("PHASH-12", "phash-12"), ("color-hash-3", "colorhash-3")],
)  # fmt: skip
def test_close_names_are_offered(name: str, meant: str) -> None:
    with pytest.raises(UnknownHash, match=f"did you mean .*{meant}.*`sokkuri hashes` lists"):
        hasher(name)


def test_nothing_close_is_nothing_offered() -> None:
    with pytest.raises(UnknownHash, match=re.escape("'zzz'; `sokkuri hashes` lists them all")):
        hasher("zzz")


def test_the_bounds_are_said() -> None:
    with pytest.raises(UnknownHash, match="`size` must be 2 to 64, not 65"):
        hasher("phash-65")


def _announced(parameter: str) -> list[int]:
    numbers = [int(number) for number in re.findall(r"\d+", parameter)]
    if " to " in parameter:
        return list(range(numbers[0], numbers[1] + 1))
    return numbers


def _bits(formula: str, number: int) -> int:
    terms = formula.replace("N^2", "N N").split(" + ")
    letters = {"N": number, "B": number}
    return sum(
        math.prod(letters.get(factor) or int(factor) for factor in term.split()) for term in terms
    )


@pytest.mark.parametrize("family", families(), ids=lambda family: family.prefix)
def test_the_table_says_what_is_true(family: Family) -> None:
    assert hasher(family.example).spec.name == family.example
    if not family.parameter:
        assert family.form == family.example == family.prefix
        assert hasher(family.form).spec.bits == int(family.bits)
        return
    possible = {}
    for number in range(700):
        with contextlib.suppress(UnknownHash):
            possible[number] = hasher(f"{family.prefix}-{number}").spec.bits
    assert possible == {n: _bits(family.bits, n) for n in _announced(family.parameter)}


def test_the_table_is_read_without_numpy() -> None:
    code = (
        "import sys, sokkuri.registry; sokkuri.registry.families(); "
        "print('numpy' in sys.modules or 'PIL' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@dataclass(frozen=True)
class Custom:
    name: str
    working_side: int = 8
    fast: bool = False

    @property
    def spec(self) -> HashSpec:
        return HashSpec(self.name, 8)

    def hash(self, picture: Picture) -> ImageHash:
        return ImageHash(self.spec, bytes([picture.size[0] % 256]))


def make_described(name: str) -> Custom:
    return Custom(name)


make_described.family = Family(  # type: ignore[attr-defined]
    "zed-N", "N: 1 to 9", "8", "widths", "zed-1", "nothing", "yes"
)


def refuse(name: str) -> Custom:
    raise UnknownHash(f"no hash is called {name!r}: widths only")


def fail(name: str) -> Custom:
    raise KeyError("oops")


def rename(name: str) -> Custom:
    return Custom("another")


def give_text(name: str) -> str:
    return "text"


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that pretends plugins are installed: ``plugged(prefix="attribute")``."""

    def install(**plugins: str) -> None:
        points = [
            EntryPoint(name.replace("_", "-"), value, "sokkuri.hashers")
            for name, value in plugins.items()
        ]
        monkeypatch.setitem(sys.modules, "plugin_under_test", sys.modules[__name__])
        monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: EntryPoints(points))

    return install


Plugged = Callable[..., None]


def test_a_plugin_answers_for_its_names(plugged: Plugged) -> None:
    plugged(
        zed="plugin_under_test:make_described", zed_long="plugin_under_test:Custom",
        broken="no_such_module:make",
    )  # fmt: skip
    for name in ("zed", "zed-3", "zed-long", "zed-long-7", "zed-3-fast"):
        assert hasher(name).spec == HashSpec(name, 8)
    assert hasher("zed-long") == Custom("zed-long")
    assert [family.form for family in families()[-2:]] == ["zed-N", "zed-long-..."]
    assert "the plugin 'zed-long'" in families()[-1].summary
    with pytest.raises(UnknownHash, match="no hash is called 'zedlong'"):
        hasher("zedlong")


@pytest.mark.parametrize(
    ("value", "message"),
    [("no_such_module:make", "the plugin 'zed' of .* cannot make 'zed-3': ModuleNotFoundError"),
     ("plugin_under_test:nothing", "cannot make 'zed-3': AttributeError"),
     ("plugin_under_test:fail", "cannot make 'zed-3': KeyError: 'oops'"),
     ("plugin_under_test:rename", "made 'another' when asked for 'zed-3'"),
     ("plugin_under_test:give_text", "made no hasher of 'zed-3', but 'text'"),
     ("plugin_under_test:refuse", "no hash is called 'zed-3': widths only")],
)  # fmt: skip
def test_a_broken_plugin_is_named_and_breaks_nothing_else(
    plugged: Plugged, value: str, message: str
) -> None:
    plugged(zed=value, fine="plugin_under_test:Custom")
    with pytest.raises(UnknownHash, match=message):
        hasher("zed-3")
    assert hasher("fine").spec.name == "fine"
    assert hasher("phash-8").spec.name == "phash-8"
    assert len(families()) == 16


def test_the_longest_prefix_answers(plugged: Plugged) -> None:
    plugged(zed="plugin_under_test:fail", zed_long="plugin_under_test:Custom")
    assert hasher("zed-long-7") == Custom("zed-long-7")


def test_a_plugin_that_cannot_be_loaded_has_a_line_that_says_so(plugged: Plugged) -> None:
    plugged(zed="no_such_module:make")
    assert families()[-1].form == "zed"
    assert "cannot be loaded: ModuleNotFoundError" in families()[-1].summary


def test_a_plugin_takes_no_built_in_name(plugged: Plugged) -> None:
    plugged(phash="plugin_under_test:Custom")
    assert not isinstance(hasher("phash-8"), Custom)


def test_plugins_are_left_alone_until_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse_to_be_asked(**_: Any) -> EntryPoints:
        raise AssertionError

    monkeypatch.setattr("importlib.metadata.entry_points", refuse_to_be_asked)
    assert hasher("dhash-8-fast")


@pytest.mark.parametrize("name", ["look-1", "look-1-compact"])
def test_a_hash_that_was_replaced_names_its_successor(name: str) -> None:
    with pytest.raises(
        UnknownHash, match=rf"{name} is not made any more.*use {name.replace('1', '2')}"
    ):
        hasher(name)
