"""Forms of answers that the routes share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import TypeAdapter

from sokkuri.show.export import dump_json
from sokkuri.web.models import ProblemDetails
from sokkuri.web.words import language_headers

_PROBLEM: Final = TypeAdapter(ProblemDetails).json_schema()

_PROBLEM_BODY: Final = {"application/problem+json": {"schema": _PROBLEM}}

UNHASHED: Final[dict[int | str, dict[str, Any]]] = {
    202: {"description": "The photos are being hashed; ask again.", "content": _PROBLEM_BODY}
}
"""The answer to who asks for a photo, or for hashes, a moment too early."""

PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"description": words, "content": _PROBLEM_BODY}
    for status, words in (
        (400, "The request says something that cannot be."),
        (401, "No token, or a wrong one."),
        (403, "The request comes from another site, or changes what may not be changed here."),
        (404, "There is no such thing."),
        (409, "The photos have no such hashes yet."),
        (413, "The upload is too large."),
        (415, "The upload is no picture that can be read."),
        (429, "So much is waiting that nothing more is taken in; ask again."),
        (501, "A part of sokkuri that this needs is not installed."),
        (503, "A picture could not be read in time."),
    )
}
"""Every error has one shape."""


class Router(APIRouter):
    """Routes that bear the names of their functions and answer with what these return, as JSON."""

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Add a route.

        Parameters
        ----------
        path : str
        endpoint : callable
            Returns the values of the answer, or a response of its own.
        **options
            As of :class:`fastapi.APIRouter`.
        """
        options["name"] = options["name"] or endpoint.__name__.removeprefix("_")
        super().add_api_route(path, _answering(endpoint, options["status_code"] or 200), **options)


def _answering(endpoint: Callable[..., Any], status: int) -> Callable[..., Any]:
    # The framework's own way would look at each value again, and fail at names that are not UTF-8.
    def answer(found: object) -> Response:
        if isinstance(found, Response):
            return found
        return Response(dump_json(found), status, language_headers(), "application/json")

    @wraps(endpoint)
    def respond(**values: Any) -> Response:
        return answer(endpoint(**values))

    @wraps(endpoint)
    async def respond_later(**values: Any) -> Response:
        return answer(await endpoint(**values))

    return respond_later if iscoroutinefunction(endpoint) else respond


twins: Final = Router(include_in_schema=False)
"""What the pages show, as JSON at the addresses of the pages."""

FIGURES: Final = {"png": "image/png", "pdf": "application/pdf"}
"""Media types of figures by their format."""


def file_answers(words: str, *kinds: str) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI says of an answer that is a file.

    Parameters
    ----------
    words, *kinds : str
        Its description and media types.
    """
    return {200: {"description": words, "content": {kind: {} for kind in kinds}}}


TABLES: Final = file_answers("A file.", "application/json", "text/csv")
DRAWN: Final = file_answers("A file.", *FIGURES.values())
"""What OpenAPI says of answers that are kept as files: of tables, and of figures."""


def attachment(data: bytes, kind: str, name: str) -> Response:
    """Return bytes as a file to be kept, never to be shown in place.

    Parameters
    ----------
    data : bytes
    kind : str
        Its media type.
    name : str
    """
    return Response(data, media_type=kind, headers={"Content-Disposition": disposition(name)})


def disposition(name: str) -> str:
    """Return the header's value for a file name in any script (RFC 6266, RFC 8187)."""
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\%;' else "_"
        for letter in name
    )
    whole = quote(name.encode("utf-8", "replace"), safe="")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}"
