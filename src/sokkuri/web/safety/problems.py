"""The one shape of every error: problem details (RFC 9457) that also say what to do next."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from sokkuri.errors import SokkuriError
from sokkuri.web.safety.asgi import respond

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sokkuri.web.safety.asgi import Send

__all__ = ["PROBLEM_JSON", "Problem", "problem_json", "send_problem"]

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

    def fields(self) -> dict[str, Any]:
        """Return the members of the JSON object, all of which can be encoded as UTF-8."""
        return {
            "type": f"urn:sokkuri:{self.kind}",
            "title": _encodable(self.title),
            "status": self.status,
            "detail": _encodable(self.detail),
            "next": _encodable(self.next),
        }


def problem_json(problem: Problem) -> bytes:
    """Return the body of the answer, valid UTF-8 whatever the texts hold."""
    return json.dumps(problem.fields(), ensure_ascii=False).encode("utf-8")


async def send_problem(send: Send, problem: Problem) -> None:
    """Answer with a problem."""
    headers = [(b"content-type", PROBLEM_JSON.encode())]
    headers += [
        (k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in problem.headers.items()
    ]
    await respond(send, problem.status, problem_json(problem), headers)


def _encodable(text: str) -> str:
    r"""Spell out lone surrogates, which names that are not UTF-8 have, as ``\udcff``."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
