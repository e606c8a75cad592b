"""What a worker process does for the page: everything that opens a picture.

A request is a JSON object whose ``do`` names one of the functions here; JSON keeps file names that
are not UTF-8, since it can escape the surrogates that Python holds them with.  The answer is
one message: a letter and what belongs to it.  Whatever the picture is, the answer is a value.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from sokkuri.images import Rejected, RejectKind, encoded_thumbnail, load
from sokkuri.pipeline.hashed import decode_rejected, encode_hashed, encode_rejected
from sokkuri.pipeline.identity import same_as
from sokkuri.pipeline.jobs import Job
from sokkuri.pipeline.sources import hash_source
from sokkuri.pipeline.warming import warm_up
from sokkuri.registry import hasher
from sokkuri.settings import DEFAULT_HASH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["answer", "answering", "page_job", "understand"]

_ANSWER: Final = b"a"

# A view is looked at closely, a tile is not; a tile of 320 pixels has some 15 kB.
_LARGE_SIDE: Final = 640
_QUALITY: Final = 82
_LARGE_QUALITY: Final = 90


def page_job() -> Job[bytes | Rejected]:
    """Return the job for a :class:`~sokkuri.pipeline.desk.Desk` that serves the page."""
    return Job(answer, understand, f"{__name__}:answering", {}, early=True)


def answering(**arguments: Any) -> Callable[[str], bytes]:
    """Return :func:`answer` for a worker process, with everything imported that pictures need.

    Parameters
    ----------
    **arguments
        ``hashes``: names of hashes to make ready; the default one if there are none.
    """
    warm_up([hasher(name) for name in arguments.get("hashes", [DEFAULT_HASH])])
    return answer


def answer(request: str) -> bytes:
    """Do what a request says and return the answer as a message; never raises."""
    wish: Mapping[str, Any] = {}
    try:
        wish = json.loads(request)
        found = _DONE[wish["do"]](wish)
    except MemoryError:
        detail = "not enough memory to decode it"
        return encode_rejected(Rejected("", RejectKind.TOO_LARGE, detail))
    except Exception as error:
        return encode_rejected(Rejected("", RejectKind.DAMAGED, _words(error)))
    return encode_rejected(found) if isinstance(found, Rejected) else _ANSWER + found


def understand(request: str, message: bytes) -> bytes | Rejected:
    """Return what an answer holds: bytes that the request's own reader knows, or the reason.

    Raises
    ------
    EOFError
        If it is no answer.
    """
    if message[:1] == _ANSWER:
        return message[1:]
    rejected = decode_rejected(request, message)
    if rejected is None:
        raise EOFError(request)
    return rejected


def _nothing(_: Mapping[str, Any]) -> bytes:
    """Answer at once: whoever asks wants a worker to be there."""
    return b""


def _hash(wish: Mapping[str, Any]) -> bytes | Rejected:
    makers = [hasher(name) for name in wish["hashes"]]
    return encode_hashed(hash_source(makers, wish["path"], thumbnail=wish["side"]))


def _picture(wish: Mapping[str, Any]) -> bytes | Rejected:
    side = int(wish["side"])
    picture = load(wish["path"], least_side=side)
    if isinstance(picture, Rejected):
        return picture
    quality = _LARGE_QUALITY if side > _LARGE_SIDE else _QUALITY
    return encoded_thumbnail(picture, side, quality=quality)


def _facts(wish: Mapping[str, Any]) -> bytes | Rejected:
    from sokkuri.web.facts import facts_of

    found = facts_of(wish["path"])
    return found if isinstance(found, Rejected) else json.dumps(found).encode("ascii")


def _same(wish: Mapping[str, Any]) -> bytes:
    return json.dumps(same_as(wish["path"], wish["paths"])).encode("ascii")


def _portrait(wish: Mapping[str, Any]) -> bytes | Rejected:
    from sokkuri.explanation import HashView, encode_view

    found = HashView.load(wish["path"], hasher(wish["hash"]))
    return found if isinstance(found, Rejected) else encode_view(found)


def _figure(wish: Mapping[str, Any]) -> bytes:
    from sokkuri.web.drawing import draw_outcome

    draw_outcome(wish)
    return b""


def _explanation(wish: Mapping[str, Any]) -> bytes | Rejected:
    from sokkuri.web.drawing import draw_explanation

    return draw_explanation(wish) or b""


_DONE: Final[Mapping[str, Callable[[Mapping[str, Any]], bytes | Rejected]]] = {
    "nothing": _nothing,
    "hash": _hash,
    "picture": _picture,
    "facts": _facts,
    "same": _same,
    "portrait": _portrait,
    "figure": _figure,
    "explanation": _explanation,
}


def _words(error: Exception) -> str:
    """Say what went wrong; the system's errors would name the file with its whole path."""
    text = error.strerror if isinstance(error, OSError) else str(error)
    return f"{type(error).__name__}: {text}"
