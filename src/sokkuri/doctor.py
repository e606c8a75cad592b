"""Parts of this installation, and a check that it gives the right bits."""

from __future__ import annotations

import hashlib
import importlib.util
import platform
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import numpy as np
from PIL import Image, features

from sokkuri import __version__
from sokkuri.cpu_count import cpu_count
from sokkuri.images import Picture, Rejected, load
from sokkuri.images.jpeg import jpeg_decoder
from sokkuri.images.profiles import named_profile
from sokkuri.images.sniff import DECODED_FORMATS
from sokkuri.kernels import active_kernels
from sokkuri.registry import hasher

_CODECS: Final = (
    "jpg",
    "libjpeg_turbo",
    "zlib",
    "webp",
    "avif",
    "jpg_2000",
    "libtiff",
    "littlecms2",
)
_EXTRAS: Final = {
    "fast": ("simplejpeg",),
    "plot": ("matplotlib", "matplotlib_fontja"),
    "ui": ("fastapi", "jinja2", "python_multipart", "uvicorn"),
    "watch": ("watchfiles",),
}

# The codes of a picture made by arithmetic alone, so that no decoder can change them: any other
# value here means that resizing or packing has changed, and old hashes no longer compare.
_GOLDEN: Final = {
    "ahash-gray-8": "f406f5a5ebfcf9cd",
    "ahash-rgb-64": "3de10ce2c3e2b4e7",
}


# Two pixels, red and blue.
_TINY_PNG: Final = (
    "89504e470d0a1a0a0000000d49484452000000020000000108020000007b40e8dd0000000d494441"
    "5478da63f8cf0004ff01070001ff3d7d8c490000000049454e44ae426082"
)


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
        What was tried, and how it went.
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
        width = max(map(len, self.versions))
        return [
            *(f"{name:<{width}}  {value}" for name, value in self.versions.items()),
            f"{'formats':<{width}}  {', '.join(self.formats)}",
            *(f"{'[' + name + ']':<{width}}  {state}" for name, state in self.extras.items()),
            *(
                f"{'ok' if check.passed else 'FAILED':<{width}}  {check.name}: {check.detail}"
                for check in self.checks
            ),
        ]


def examine() -> Report:
    """Look at versions, codecs, formats and extras, and try the hashes."""
    return Report(
        _versions(), _formats(), _extras(), (_golden_check(), _decode_check(), _colour_check())
    )


def _versions() -> dict[str, str]:
    versions = {
        "sokkuri": __version__,
        "python": f"{platform.python_version()} ({sys.platform}, {platform.machine()})",
        "cores": str(cpu_count()),
        "numpy": np.__version__,
        "pillow": _installed("pillow"),
        "kernels": active_kernels(),
        "plain JPEGs": jpeg_decoder(),
    }
    for codec in _CODECS:
        found = features.version(codec)
        if found:
            versions[codec] = found
    return versions


def _formats() -> tuple[str, ...]:
    missing = {
        name
        for name, codec in (("WEBP", "webp"), ("AVIF", "avif"), ("JPEG2000", "jpg_2000"))
        if not features.check(codec)
    }
    return tuple(name for name in DECODED_FORMATS if name not in missing)


def _extras() -> dict[str, str]:
    return {
        extra: "installed"
        if all(importlib.util.find_spec(module) for module in modules)
        else f"not installed: pip install 'sokkuri[{extra}]'"
        for extra, modules in _EXTRAS.items()
    }


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def _golden_check() -> Check:
    rows, columns = np.mgrid[0:96, 0:128]
    pixels = np.stack([rows * 2, columns * 2 - 1, (rows * columns) % 251], axis=2) % 256
    picture = load(pixels.astype(np.uint8))
    if isinstance(picture, Rejected):
        return Check("golden hashes", passed=False, detail=picture.reason)
    wrong = [name for name, digest in _GOLDEN.items() if _digest(name, picture) != digest]
    detail = f"{', '.join(wrong)} gave other bits" if wrong else f"{len(_GOLDEN)} of known value"
    return Check("golden hashes", not wrong, detail)


def _digest(name: str, picture: Picture) -> str:
    code = hasher(name).hash(picture).code
    return hashlib.blake2b(code, digest_size=8).hexdigest()


def _decode_check() -> Check:
    data = bytes.fromhex(_TINY_PNG)
    picture = load(data)
    if isinstance(picture, Rejected):
        return Check("decoding", passed=False, detail=picture.reason)
    right = picture.pixels().tolist() == [[[255, 0, 0], [0, 0, 255]]]
    return Check("decoding", right, "a PNG gave its pixels" if right else "a PNG gave other pixels")


def _colour_check() -> Check:
    # Chunk and numbers of Display P3; in sRGB its (200, 100, 50) is (215, 93, 31).
    profile = named_profile(b"cICP\x0c\x0d\x00\x01IDAT", "PNG", {})
    picture = load(_with_profile(Image.new("RGB", (1, 1), (200, 100, 50)), profile))
    if isinstance(picture, Rejected):
        return Check("colour profiles", passed=False, detail=picture.reason)
    found = picture.srgb.pixels()[0, 0].astype(int)
    right = bool((np.abs(found - (215, 93, 31)) <= 1).all())
    detail = (
        "Display P3 became sRGB" if right else "ignored: look-2 gives other bits for some photos"
    )
    return Check("colour profiles", right, detail)


def _with_profile(image: Image.Image, profile: bytes | None) -> Image.Image:
    image.info["icc_profile"] = profile
    return image
