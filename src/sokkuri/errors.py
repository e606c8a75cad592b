"""Every error sokkuri raises, as one tree.

::

    SokkuriError
    ├── ImageError              a picture could not be read; ``.rejected`` says why
    ├── HashMismatch            two recipes were compared        (also ValueError)
    ├── BadHashText             a text form could not be parsed  (also ValueError)
    ├── UnknownHash             no hash of that name             (also LookupError)
    ├── BadLimit                a limit was set to what is none  (also ValueError)
    ├── BadPlan                 a plan of removal says what cannot be   (also ValueError)
    ├── NothingToUndo           nothing is held by that name     (also LookupError)
    ├── NothingToSearch         the folder is missing or empty   (also FileNotFoundError)
    ├── WorkersFailed           no worker process can be started (also OSError)
    ├── StoreError              a library, or a file of codes, cannot be used (also OSError)
    │   ├── FormatError         it is damaged, or no such file at all
    │   │   └── NewerFormat     a later version of sokkuri wrote it
    │   └── Locked              another process writes to it
    └── MissingExtra            an optional package is absent    (also ImportError)

Catch :class:`SokkuriError` to catch them all.  Inside a run no bad file raises: it becomes a
:class:`sokkuri.images.Rejected` value, so one picture can never end the work on the others.
"""

from __future__ import annotations

from sokkuri.extras import install_line


class SokkuriError(Exception):
    """The root of sokkuri's errors."""


class ImageError(SokkuriError):
    """A picture that the caller asked for could not be read.

    Parameters
    ----------
    path, reason : str
        As the caller named it; kind and detail, such as ``"missing: no such file"``.
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


class BadLimit(SokkuriError, ValueError):
    """A limit was set to something that is no limit."""


class BadPlan(SokkuriError, ValueError):
    """A plan of removal is none, or says what cannot be."""


class NothingToUndo(SokkuriError, LookupError):
    """No batch and no file that could be put back goes by that name."""


class NothingToSearch(SokkuriError, FileNotFoundError):
    """A folder to search is missing, or holds no picture."""


class WorkersFailed(SokkuriError, OSError):
    """The system lets no further process start, so many files cannot be hashed safely."""


class StoreError(SokkuriError, OSError):
    """A library, or a file of codes, cannot be read or written.

    Parameters
    ----------
    path, problem : str
        The file or directory, and what is wrong with it.
    advice : str
        What to do: the command to run, where there is one.
    """

    def __init__(self, path: str, problem: str, advice: str = "") -> None:
        super().__init__(f"{path}: {problem}{'; ' if advice else ''}{advice}")
        self.path = path
        self.problem = problem
        self.advice = advice


class FormatError(StoreError):
    """A file of the library is damaged, or is no such file at all; nothing in it was used."""


class NewerFormat(FormatError):
    """A later version of sokkuri wrote the file; it was left as it is.

    Parameters
    ----------
    path : str
    found, known : int
        Its format version, and the highest that this version of sokkuri reads.
    """

    def __init__(self, path: str, found: int, known: int) -> None:
        super().__init__(
            path,
            f"its format has version {found}, and this sokkuri reads up to {known}",
            "install a newer sokkuri, or name another place with --library",
        )
        self.found = found
        self.known = known


class Locked(StoreError):
    """Another process writes to the library: ``pid``, where that is known."""

    def __init__(self, path: str, pid: int | None = None) -> None:
        problem = f"process {pid} is writing to it"
        if pid is None:
            problem = "another process is writing to it"
        super().__init__(path, problem, "wait until it is done, and run again")
        self.pid = pid


class MissingExtra(SokkuriError, ImportError):
    """A feature needs an optional package; the message holds the install line.

    Parameters
    ----------
    feature, extra : str
        In words, and the name of the part.
    """

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs an optional package: {install_line(extra)}")
        self.feature = feature
        self.extra = extra
