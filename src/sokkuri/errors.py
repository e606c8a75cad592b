"""Every error sokkuri raises, as one tree.

::

    SokkuriError
    ├── ImageError              a picture could not be read; ``.rejected`` says why
    ├── HashMismatch            two recipes were compared        (also ValueError)
    ├── BadHashText             a text form could not be parsed  (also ValueError)
    ├── UnknownHash             no hash of that name             (also LookupError)
    ├── NothingToSearch         the folder is missing or empty   (also FileNotFoundError)
    ├── WorkersFailed           no worker process can be started (also OSError)
    └── MissingExtra            an optional package is absent    (also ImportError)

Catch :class:`SokkuriError` to catch them all.  Inside a run no bad file raises: it becomes a
:class:`sokkuri.images.Rejected` value, so one picture can never end the work on the others.
"""

from __future__ import annotations

__all__ = [
    "BadHashText",
    "HashMismatch",
    "ImageError",
    "MissingExtra",
    "NothingToSearch",
    "SokkuriError",
    "UnknownHash",
    "WorkersFailed",
]


class SokkuriError(Exception):
    """The root of sokkuri's errors."""


class ImageError(SokkuriError):
    """A picture that the caller asked for by name could not be read.

    Parameters
    ----------
    path : str
        What was to be read, as the caller named it.
    reason : str
        Kind and detail, such as ``"missing: no such file"``.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class HashMismatch(SokkuriError, ValueError):
    """Two hashes made by different recipes were compared."""


class BadHashText(SokkuriError, ValueError):
    """A text is not the text form of a hash."""


class UnknownHash(SokkuriError, LookupError):
    """No hash goes by that name."""


class NothingToSearch(SokkuriError, FileNotFoundError):
    """A folder to search is missing, or holds no picture."""


class WorkersFailed(SokkuriError, OSError):
    """The system lets no further process start, so many files cannot be hashed safely."""


class MissingExtra(SokkuriError, ImportError):
    """A feature needs an optional package; the message holds the install line."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs an optional package: pip install 'sokkuri[{extra}]' "
            f"(in a checkout: pip install '.[{extra}]')"
        )
        self.extra = extra
