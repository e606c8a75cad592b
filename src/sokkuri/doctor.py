"""Parts of this installation, and a check that it gives the right bits."""

from __future__ import annotations

import hashlib
import importlib.util
import platform
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import PIL
from PIL import Image, features

from sokkuri import __version__
from sokkuri.extras import EXTRAS, install_line
from sokkuri.images import Picture, Rejected, load
from sokkuri.images.jpeg import jpeg_decoder, unlike_decoder
from sokkuri.images.profiles import named_profile
from sokkuri.images.sniff import DECODED_FORMATS
from sokkuri.kernels import active_kernels
from sokkuri.language import say, sentence, translated
from sokkuri.registry import hasher
from sokkuri.settings import cpu_count
from sokkuri.show.captions import display_width, padded

if TYPE_CHECKING:
    from collections.abc import Callable

    from sokkuri._typing import ImageLike

_CODECS: Final = (
    "jpg", "libjpeg_turbo", "zlib", "webp", "avif", "jpg_2000", "libtiff", "littlecms2",
)  # fmt: skip
_BY_CODEC: Final = {"WEBP": "webp", "AVIF": "avif", "JPEG2000": "jpg_2000"}

# The codes of a picture made by arithmetic alone, so that no decoder can change them: any other
# value here means that resizing or packing has changed, and old hashes no longer compare.
_GOLDEN: Final = {"ahash-gray-8": "f406f5a5ebfcf9cd", "ahash-rgb-64": "3de10ce2c3e2b4e7"}

# Two pixels, red and blue.
_TINY_PNG: Final = (
    "89504e470d0a1a0a0000000d49484452000000020000000108020000007b40e8dd0000000d494441"
    "5478da63f8cf0004ff01070001ff3d7d8c490000000049454e44ae426082"
)
# A colour in Display P3, and the same one in sRGB.
_DISPLAY_P3: Final = (200, 100, 50)
_SRGB: Final = (215, 93, 31)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried."""

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    """The state of this installation.

    Parameters
    ----------
    versions : dict of str to str
        Of sokkuri, Python, the libraries and the codecs inside them.
    formats : tuple of str
        Formats that can be decoded here.
    extras : dict of str to str
        Each optional feature: "installed", or the line that installs it.
    checks : tuple of Check
    """

    versions: dict[str, str]
    formats: tuple[str, ...]
    extras: dict[str, str]
    checks: tuple[Check, ...]

    @property
    def healthy(self) -> bool:
        """True if every check passed."""
        return all(check.passed for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON."""
        return {**asdict(self), "healthy": self.healthy}

    def lines(self) -> list[str]:
        """Return the report as lines of text."""
        names = {
            "cores": say("cores"), "kernels": say("kernels"), "plain JPEGs": say("plain JPEGs"),
        }  # fmt: skip
        checks = (
            (
                say("ok") if each.passed else say("FAILED"),
                say("{name}: {words}", name=translated(each.name), words=translated(each.detail)),
            )
            for each in self.checks
        )
        rows = [
            *((names.get(name, name), translated(value)) for name, value in self.versions.items()),
            (say("formats"), ", ".join(self.formats)),
            *((f"[{name}]", translated(state)) for name, state in self.extras.items()),
            *checks,
        ]
        width = max(display_width(names.get(name, name)) for name in self.versions)
        return [f"{padded(left, width)}  {right}" for left, right in rows]


def examine() -> Report:
    """Look at versions, codecs, formats and extras, and try the hashes."""
    formats = (
        name for name in DECODED_FORMATS if name not in _BY_CODEC or features.check(_BY_CODEC[name])
    )
    extras = {
        extra: sentence("installed")
        if all(importlib.util.find_spec(module) for module in modules)
        else sentence(f"not installed: {install_line(extra)}")
        for extra, modules in EXTRAS.items()
    }
    rows, columns = np.mgrid[0:96, 0:128]
    pixels = np.stack([rows * 2, columns * 2 - 1, (rows * columns) % 251], axis=2) % 256
    coloured = Image.new("RGB", (1, 1), _DISPLAY_P3)
    # The chunk of a PNG that says Display P3.
    coloured.info["icc_profile"] = named_profile(b"cICP\x0c\x0d\x00\x01IDAT", "PNG", {})
    checks = (
        _check(sentence("golden hashes"), pixels.astype(np.uint8), _golden),
        _check(sentence("decoding"), bytes.fromhex(_TINY_PNG), _decoded),
        _check(sentence("colour profiles"), coloured, _coloured),
    )
    return Report(_versions(), tuple(formats), extras, checks)


def _versions() -> dict[str, str]:
    decoder, unlike = jpeg_decoder(), unlike_decoder()
    return {
        "sokkuri": __version__,
        "python": f"{platform.python_version()} ({sys.platform}, {platform.machine()})",
        "cores": str(cpu_count()),
        "numpy": np.__version__,
        "pillow": PIL.__version__,
        "kernels": active_kernels(),
        "plain JPEGs": decoder
        if unlike is None
        else sentence(f"{decoder}; {unlike} gives other pixels"),
        **{codec: found for codec in _CODECS if (found := features.version(codec))},
    }


def _check(name: str, source: ImageLike, judge: Callable[[Picture], tuple[bool, str]]) -> Check:
    picture = load(source)
    if isinstance(picture, Rejected):
        return Check(name, passed=False, detail=picture.reason)
    return Check(name, *judge(picture))


def _golden(picture: Picture) -> tuple[bool, str]:
    codes = {name: hasher(name).hash(picture).code for name in _GOLDEN}
    digests = {name: hashlib.blake2b(code, digest_size=8) for name, code in codes.items()}
    wrong = [name for name, digest in _GOLDEN.items() if digests[name].hexdigest() != digest]
    if wrong:
        names = ", ".join(wrong)
        return False, sentence(f"{names} gave other bits")
    number = len(_GOLDEN)
    return True, sentence(f"{number} of known value")


def _decoded(picture: Picture) -> tuple[bool, str]:
    right = picture.pixels().tolist() == [[[255, 0, 0], [0, 0, 255]]]
    if right:
        return True, sentence("a PNG gave its pixels")
    return False, sentence("a PNG gave other pixels")


def _coloured(picture: Picture) -> tuple[bool, str]:
    found = picture.srgb.pixels()[0, 0].astype(int)
    if (np.abs(found - _SRGB) <= 1).all():
        return True, sentence("Display P3 became sRGB")
    return False, sentence("ignored: look-2 gives other bits for some photos")
