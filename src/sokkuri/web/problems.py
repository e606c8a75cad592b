"""The one shape of every error: problem details (RFC 9457) that also say what to do next."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from sokkuri.errors import SokkuriError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sokkuri.images import Rejected

PROBLEM_JSON: Final = "application/problem+json"


class Problem(SokkuriError):
    """A request that gets an error for an answer.

    Parameters
    ----------
    status : int
        The HTTP status, 400 to 599.
    kind : str
        A short name for programs, such as ``"not-an-image"``; ``type`` is the URN made of it.
    title : str
        The kind in words, the same for every such error.
    detail : str
        What is wrong with this request.
    next : str
        What to do about it.
    headers : mapping of str to str, optional
        Further headers of the answer, such as ``Retry-After``.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        title: str,
        *,
        detail: str,
        next: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{title}: {detail}")
        self.status = status
        self.kind = kind
        self.title = title
        self.detail = detail
        self.next = next
        self.headers: Mapping[str, str] = headers or {}

    def fields(self) -> dict[str, str | int]:
        """Return the members of the JSON object, all of which can be encoded as UTF-8."""
        return {
            "type": f"urn:sokkuri:{self.kind}",
            "title": _encodable(self.title),
            "status": self.status,
            "detail": _encodable(self.detail),
            "next": _encodable(self.next),
        }

    def body(self) -> bytes:
        """Return the body of the answer, valid UTF-8 whatever the texts hold."""
        return json.dumps(self.fields(), ensure_ascii=False).encode("utf-8")


def wrong(detail: str) -> Problem:
    """Return the problem of a parameter that cannot be."""
    return Problem(
        400,
        "wrong-parameter",
        "The request says something that cannot be",
        detail=detail,
        next="correct it; the page /docs lists what each address takes",
    )


def not_found(detail: str, next: str) -> Problem:
    """Return the problem of a thing that is not there.

    Parameters
    ----------
    detail, next : str
    """
    return Problem(404, "not-found", "There is no such thing", detail=detail, next=next)


def unreadable(rejected: Rejected) -> Problem:
    """Return the problem of a picture that cannot be read."""
    return Problem(
        415,
        "not-an-image",
        "This picture cannot be read",
        detail=rejected.reason,
        next="give another picture: a JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF file",
    )


def not_hashed(hash: str, words: str, *, read_only: bool) -> Problem:
    """Return the problem of photos without a hash, with the way to make it.

    Parameters
    ----------
    hash : str
    words : str
        The words of a command line that name the library.
    read_only : bool
        No refresh may be asked for.
    """
    command = f"run: sokkuri index {words} --hash {hash}"
    ask = f"ask by POST /api/v1/library/KEY/refresh?hash={hash}, or {command}"
    return Problem(
        409,
        "not-hashed",
        "The library has no such hashes",
        detail=f"no photo has a {hash} hash",
        next=command if read_only else ask,
    )


def being_hashed(hash: str) -> Problem:
    """Return the problem of a hash that is being made."""
    return Problem(
        409,
        "being-hashed",
        "The photos are being hashed",
        detail=f"no photo has a {hash} hash yet; they are being made now",
        next="ask again in a moment; the page does so by itself",
        headers={"Retry-After": "1"},
    )


def bad_request(detail: str, next: str) -> Problem:
    """Return the problem of bytes that are no proper request.

    Parameters
    ----------
    detail, next : str
    """
    return Problem(400, "bad-request", "This is no proper request", detail=detail, next=next)


def no_token(
    status: int, detail: str, next: str, headers: Mapping[str, str] | None = None
) -> Problem:
    """Return the problem of a request without the token of this run.

    Parameters
    ----------
    status : int
    detail, next : str
    headers : mapping of str to str, optional
    """
    title = "A token is needed"
    return Problem(status, "no-token", title, detail=detail, next=next, headers=headers)


def _encodable(text: str) -> str:
    r"""Spell out lone surrogates, which names that are not UTF-8 have, as ``\udcff``."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
