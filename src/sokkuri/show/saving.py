"""From a drawn figure to a file: the same bytes each time, and names drawn rightly everywhere."""

from __future__ import annotations

import errno
import importlib.util
import io
import os
from typing import IO, TYPE_CHECKING, Any, Final

from sokkuri.atomic import write_atomically
from sokkuri.errors import MissingExtra
from sokkuri.names import escape

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sokkuri._typing import PathLike

__all__ = ["DPI", "check_figure_path", "extension_of", "figure_bytes", "require_matplotlib",
           "write_figure"]  # fmt: skip

DPI: Final = 160
"""Makes the usual page 1600 pixels wide."""

# Typed loosely, since matplotlib types the keys by version.
_SAVING: Final[Any] = {
    "pdf.fonttype": 42,
    "pdf.use14corefonts": False,
    "pdf.inheritcolor": False,
    "savefig.bbox": None,
    "svg.fonttype": "path",
    "svg.hashsalt": "sokkuri",
    "svg.id": None,
    "svg.image_inline": True,
    "text.usetex": False,
}

_METADATA: Final[dict[str, dict[str, None]]] = {
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None},
    ".svg": {"Date": None},
}


def write_figure(figure: Figure, path: PathLike, *, dpi: int = DPI) -> None:
    """Write a figure into a file: whole or not at all, and the same bytes for the same figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    path : str or os.PathLike
        Ends in .png, .pdf or .svg, which decides the format.
    dpi : int
        Pixels per inch, of the photos too where the format is .pdf or .svg.

    Raises
    ------
    ValueError
        If the extension is another one.
    OSError
        If the file cannot be written.
    """
    extension = extension_of(path)
    with write_atomically(path) as file:
        _write(figure, file, extension, dpi)


def figure_bytes(figure: Figure, format: str, *, dpi: int = DPI) -> bytes:
    """Return a figure as the bytes of a file, ``format`` being ``"png"``, ``"pdf"`` or ``"svg"``.

    Raises
    ------
    ValueError
        If the format is another one.
    """
    file = io.BytesIO()
    _write(figure, file, extension_of(f"figure.{format}"), dpi)
    return file.getvalue()


def _write(figure: Figure, file: IO[bytes], extension: str, dpi: int) -> None:
    from matplotlib import rc_context

    with rc_context(_SAVING):
        figure.savefig(
            file,
            format=extension[1:],
            dpi=dpi,
            facecolor="white",
            edgecolor="white",
            transparent=False,
            metadata=_METADATA[extension],
        )


def check_figure_path(path: PathLike) -> None:
    """Find out before the work whether a figure could be saved there after it.

    Raises
    ------
    MissingExtra
        If matplotlib is not installed.
    ValueError
        If the extension is none of .png, .pdf and .svg.
    FileNotFoundError, NotADirectoryError, PermissionError
        If the folder is not there or may not be written.
    """
    extension_of(path)
    folder = os.path.dirname(os.fspath(path)) or "."
    if not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, "no such folder for the figure", folder)
    if not os.access(folder, os.W_OK):
        raise PermissionError(errno.EACCES, "this folder may not be written", folder)
    # Only looked up, not imported: plotting may be far away still.
    if importlib.util.find_spec("matplotlib") is None:
        raise MissingExtra("the figure", "plot")


def extension_of(path: PathLike) -> str:
    """Return the extension that decides the format.

    Raises
    ------
    ValueError
        If it is none of .png, .pdf and .svg.
    """
    extension = os.path.splitext(os.fspath(path))[1].lower()
    if extension not in _METADATA:
        found = f"{escape(extension)!r}" if extension else "a name without extension"
        raise ValueError(f"a figure is saved as .png, .pdf or .svg, not as {found}")
    return extension


def require_matplotlib() -> None:
    """Raise MissingExtra if matplotlib is not installed."""
    try:
        import matplotlib as mpl  # noqa: F401 - only whether it is there
    except ModuleNotFoundError as error:
        # Another name means that matplotlib is there but broken, which no extra repairs.
        if error.name != "matplotlib":
            raise
        raise MissingExtra("the figure", "plot") from error
