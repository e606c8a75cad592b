"""What the page refuses, each with what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sokkuri.web.safety.problems import Problem

if TYPE_CHECKING:
    from sokkuri.images import Rejected

__all__ = [
    "being_hashed", "busy", "faulty", "missing_part", "no_page", "no_photo", "not_found",
    "not_hashed", "too_large", "unreadable", "wrong",
]  # fmt: skip


def wrong(detail: str) -> Problem:
    """Say that a request says something that cannot be."""
    return Problem(
        400, "wrong-parameter", "The request says something that cannot be",
        detail=detail, next="correct it; the page /docs lists what each address takes",
    )  # fmt: skip


def not_found(detail: str, next: str) -> Problem:
    """Say that there is no such thing."""
    return Problem(404, "not-found", "There is no such thing", detail=detail, next=next)


def no_photo() -> Problem:
    """Say that an id stands for nothing."""
    return not_found(
        "no photo has this id; it may have been moved or removed",
        "search again from a photo that is shown",
    )


def unreadable(rejected: Rejected) -> Problem:
    """Say why a picture cannot be read."""
    return Problem(
        415, "not-an-image", "This picture cannot be read", detail=rejected.reason,
        next="give another picture: a JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF file",
    )  # fmt: skip


def not_hashed(hash: str, words: str, *, read_only: bool) -> Problem:
    """Say that no photo has a hash, and how it is made."""
    command = f"sokkuri index {words} --hash {hash}"
    return Problem(
        409, "not-hashed", "The library has no such hashes", detail=f"no photo has a {hash} hash",
        next=f"run: {command}" if read_only else
        f"ask by POST /api/v1/library/KEY/refresh?hash={hash}, or run: {command}",
    )  # fmt: skip


def being_hashed(hash: str) -> Problem:
    """Say that a hash is being made."""
    return Problem(
        409, "being-hashed", "The photos are being hashed",
        detail=f"no photo has a {hash} hash yet; they are being made now",
        next="ask again in a moment; the page does so by itself",
        headers={"Retry-After": "1"},
    )  # fmt: skip


def busy(retry_after: int) -> Problem:
    """Say that so much is waiting that nothing more is taken in."""
    return Problem(
        429, "busy", "Too many pictures are waiting",
        detail="so many pictures are being read that no more can wait",
        next=f"ask again in {retry_after} s",
        headers={"Retry-After": str(retry_after)},
    )  # fmt: skip


def too_large(detail: str) -> Problem:
    """Say that an upload is too large."""
    return Problem(
        413, "too-large", "The upload is too large",
        detail=detail, next="give a smaller picture",
    )  # fmt: skip


def missing_part(detail: str) -> Problem:
    """Say that an optional package is absent; the detail holds the install line."""
    return Problem(
        501, "missing-part", "A part of sokkuri is not installed",
        detail=detail, next="install it, then start sokkuri again",
    )  # fmt: skip


def faulty(detail: str) -> Problem:
    """Say that the library cannot answer; the error says what repairs it."""
    return Problem(
        503, "library-unusable", "The library cannot answer",
        detail=detail, next="do what the message says, then reload",
    )  # fmt: skip


def no_page(status: int, detail: str, headers: dict[str, str]) -> Problem:
    """Say what is wrong with an address, a method or a body."""
    kinds = {
        404: ("not-found", "There is no such page", "begin at the home page: /"),
        405: ("wrong-method", "This address takes another method", "see the page /docs"),
    }
    kind, title, advice = kinds.get(
        status, ("bad-request", "The request cannot be understood", "see the page /docs")
    )
    return Problem(status, kind, title, detail=detail, next=advice, headers=headers)
