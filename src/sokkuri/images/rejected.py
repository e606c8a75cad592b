"""Why a file did not become a picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sokkuri.brief import brief_repr


class RejectKind(StrEnum):
    """Class of what kept a file from becoming a picture; the first words of every reason."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    NOT_A_FILE = "not a regular file"
    EMPTY = "empty"
    NOT_AN_IMAGE = "not an image"
    UNSUPPORTED = "unsupported"
    TOO_LARGE = "too large"
    DAMAGED = "damaged"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that could not be read as a picture.

    Parameters
    ----------
    path : str
        The file as the caller named it, or a word such as ``"<bytes>"``.
    kind : RejectKind
        The class of the cause.
    detail : str
        The cause in words, and what to do where something can be done.
    """

    path: str
    kind: RejectKind
    detail: str

    __repr__ = brief_repr

    @property
    def reason(self) -> str:
        """Kind and detail on one line, such as ``"empty: the file has no bytes"``."""
        return f"{self.kind}: {self.detail}"


class Unusable(Exception):
    """Carries a kind and a detail out of the decoding steps; never leaves this package."""

    def __init__(self, kind: RejectKind, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
