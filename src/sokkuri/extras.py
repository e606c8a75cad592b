"""The optional parts of the package, and the line that adds one to the installation that runs."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

EXTRAS: Final[Mapping[str, tuple[str, ...]]] = {
    "fast": ("simplejpeg",),
    "plot": ("matplotlib", "matplotlib_fontja"),
    "trash": ("send2trash",),
    "ui": ("fastapi", "jinja2", "python_multipart", "uvicorn"),
    "watch": ("watchfiles",),
}
"""The modules that each part needs."""


def install_line(extra: str) -> str:
    """Return the command that adds a part to this very installation, ready to be pasted."""
    import shlex  # and what is imported below: only who lacks a part waits for it

    command = [*_installer(), *_requirement(extra)]
    if os.name == "nt":
        from subprocess import list2cmdline

        return list2cmdline(command)
    return shlex.join(command)


def _installer() -> list[str]:
    """Return pip as it reaches the environment of this Python, or uv where that has no pip."""
    import shutil
    from importlib.util import find_spec

    pip = shutil.which("pip")
    if pip and os.path.dirname(pip) == os.path.dirname(sys.executable):
        return ["pip", "install"]
    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "install"]
    return ["uv", "pip", "install", "--python", sys.executable]


def _requirement(extra: str) -> list[str]:
    """Name the package as it was installed: from an index, a checkout, a file or a repository."""
    import json
    from importlib import metadata
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    by_name = [f"sokkuri[{extra}]"]
    try:
        # Written by every installer, where it was not an index (PEP 610).
        text = metadata.distribution("sokkuri").read_text("direct_url.json")
        origin = json.loads(text or "{}")
        url = origin.get("url", "")
    except (metadata.PackageNotFoundError, ValueError):
        return by_name
    if vcs := origin.get("vcs_info", {}).get("vcs"):
        return [f"sokkuri[{extra}] @ {vcs}+{url}"]
    if not url.startswith("file:"):
        return [f"sokkuri[{extra}] @ {url}"] if url else by_name
    place = url2pathname(urlsplit(url).path)
    if not os.path.exists(place):
        return by_name
    editable = origin.get("dir_info", {}).get("editable")
    return [*["-e"] * bool(editable), f"{place}[{extra}]"]
