"""Shapes of ASGI that the layers share: types, headers of a request, one whole answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import TYPE_CHECKING, Any, TypeAlias

from sokkuri.web.problems import PROBLEM_JSON

if TYPE_CHECKING:
    from sokkuri.web.problems import Problem

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


class ClientGone(OSError):
    """The client went away, or does not read its answer."""


def header_values(scope: Scope, name: bytes) -> list[bytes]:
    """Return all values of a header of the request, in order.

    Parameters
    ----------
    scope : Scope
    name : bytes
        In lower case.
    """
    return [value for key, value in scope["headers"] if key.lower() == name]


async def respond(
    send: Send, status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]]
) -> None:
    """Send one whole answer.

    Parameters
    ----------
    send : Send
    status : int
    body : bytes
    headers : iterable of pair of bytes
    """
    everything = [*headers, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": everything})
    await send({"type": "http.response.body", "body": body})


async def send_problem(send: Send, problem: Problem) -> None:
    """Answer with a problem.

    Parameters
    ----------
    send : Send
    problem : Problem
    """
    await respond(send, problem.status, problem.body(), problem_headers(problem))


def problem_headers(problem: Problem) -> list[tuple[bytes, bytes]]:
    """Return the headers of a problem's answer, names in lower case."""
    own = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in problem.headers.items()]
    return [(b"content-type", PROBLEM_JSON.encode("ascii")), *own]
