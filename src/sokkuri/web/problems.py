"""The one shape of every error: problem details (RFC 9457) that also say what to do next."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from sokkuri.errors import SokkuriError
from sokkuri.language import translated
from sokkuri.web.words import language_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

PROBLEM_JSON: Final = "application/problem+json"


class Problem(SokkuriError):
    """A request that gets an error for an answer; :func:`problem` finds the words.

    Parameters
    ----------
    status : int
        The HTTP status: 400 to 599, or 202 where the answer will be there in a moment.
    kind : str
        A short name for programs, such as ``"not-an-image"``; ``type`` is the URN made of it.
    title : str
        The kind in words.
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
        self.headers = headers or {}
        self.fields: dict[str, Any] = {
            "type": f"urn:sokkuri:{kind}",
            "title": _encodable(title),
            "status": status,
            "detail": _encodable(detail),
            "next": _encodable(next),
        }

    def said(self) -> dict[str, Any]:
        """Return the members of the JSON object, its sentences in the reader's language."""
        words = ("title", "detail", "next")
        return {**self.fields, **{name: translated(self.fields[name]) for name in words}}

    def response(self) -> Response:
        """Return the whole answer."""
        body = json.dumps(self.said(), ensure_ascii=False).encode("utf-8")
        return Response(body, self.status, {**self.headers, **language_headers()}, PROBLEM_JSON)


def problem(name: str, **values: object) -> Problem:
    """Return a problem of ``problems.toml``.

    Parameters
    ----------
    name : str
        Name of its table there.
    **values : object
        What is filled in for the names in braces.
    """
    known = _known()[name]
    texts = {part: known[part].format(**values) for part in ("title", "detail", "next")}
    headers = {part: text.format(**values) for part, text in known.get("headers", {}).items()}
    return Problem(known["status"], known.get("kind", name), **texts, headers=headers)


def wrong(detail: str) -> Problem:
    """Return the problem of a parameter that cannot be."""
    return problem("wrong-parameter", detail=detail)


def not_found(detail: str, next: str) -> Problem:
    """Return the problem of a thing that is not there.

    Parameters
    ----------
    detail, next : str
    """
    return problem("not-found", detail=detail, next=next)


def _encodable(text: str) -> str:
    r"""Spell out lone surrogates, which names that are not UTF-8 have, as ``\udcff``."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


@cache
def _known() -> dict[str, dict[str, Any]]:
    return tomllib.loads(
        resources.files("sokkuri.web").joinpath("problems.toml").read_text("utf-8")
    )
