"""The work of worker processes for the page: everything that opens a picture.

A request is a JSON object whose ``do`` names one of the functions here; JSON keeps file names that
are not UTF-8, since it can escape the surrogates that Python holds them with.  Each gives the
header and the parts of a message, or a Rejected: whatever the picture is, the answer is a value.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Final, cast

from sokkuri.copies.alignment import Frame, Outline
from sokkuri.copies.copy import Copy
from sokkuri.copies.edits import Edits
from sokkuri.copies.finder import CopyQuery
from sokkuri.copies.outcome import CopyOutcome
from sokkuri.copies.views import described_views
from sokkuri.hashers.copies import CopiesHash
from sokkuri.hashes import HashSpec, ImageHash
from sokkuri.images import Rejected, RejectKind, encoded_thumbnail, load
from sokkuri.language import speaking
from sokkuri.matches import Match, Outcome
from sokkuri.metric import Metric
from sokkuri.pipeline import Task, hash_source, hashers_of, same_as
from sokkuri.pipeline.record import decode_record, encode_record
from sokkuri.registry import hasher
from sokkuri.settings import DEFAULT_HASH, FIGURE_TILES
from sokkuri.web.exif import facts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

# A view is looked at closely, a tile is not; a tile of 320 pixels has some 15 kB.
_LARGE_SIDE: Final = 640
_QUALITY: Final = 82
_LARGE_QUALITY: Final = 90
_BOTH_WAYS: Final = 2  # a picture and its mirror image


def page_task(hashers: Sequence[str] = (DEFAULT_HASH,)) -> Task[Any]:
    """Return the task for a :class:`~sokkuri.pipeline.pool.WorkerPool` that serves the page.

    Parameters
    ----------
    hashers : sequence of str
        Names of hashes to make ready.
    """
    return Task(_run, tuple, _decode, f"{__name__}:page_task", hashers_of(hashers))


def plain_outcome(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as values that JSON knows, but for what a figure does not show.

    Its source, if there is one, must be a path.
    """
    shown = replace(outcome, matches=outcome.matches[:FIGURE_TILES], rejected=(), source=None)
    plain = asdict(shown)
    for name in ("skipped", "other_files", "unused_exclude", "notes"):
        del plain[name]
    return {
        **plain,
        "source": None if outcome.source is None else os.fsdecode(cast("str", outcome.source)),
        "rejected": len(outcome.rejected),
        "unseen": len(outcome.matches) - len(shown.matches),
    }


def outcome_from(plain: Mapping[str, Any]) -> Outcome:
    """Return the outcome that :func:`plain_outcome` was given, as far as a figure shows it."""
    values = dict(plain)
    # How many there are is counted, who they are is not shown.
    unseen = (Match("", 0),) * values.pop("unseen")
    values["spec"] = HashSpec(**plain["spec"])
    values["rejected"] = (Rejected("", RejectKind.DAMAGED, ""),) * plain["rejected"]
    values["matches"] = (*(Match(**match) for match in plain["matches"]), *unseen)
    for name in ("nearest", "nearest_other"):
        values[name] = plain[name] and Match(**plain[name])
    return Outcome(**values)


def plain_copies(outcome: CopyOutcome) -> dict[str, Any]:
    """Return an answer with copies as values that JSON knows, but for what a figure does not show.

    Its source, if there is one, must be a path.
    """
    source = None if outcome.source is None else os.fsdecode(cast("str", outcome.source))
    shown = outcome.copies[:FIGURE_TILES]
    return {
        "query": outcome.query,
        "spec": asdict(outcome.spec),
        "searched": outcome.searched,
        "source": source,
        "error": outcome.error,
        "copies": [asdict(copy) for copy in shown],
        "unseen": len(outcome.copies) - len(shown),
    }


def copies_from(plain: Mapping[str, Any]) -> CopyOutcome:
    """Return the answer that :func:`plain_copies` was given, as far as a figure shows it."""
    values = dict(plain)
    copies = [
        Copy(**{**copy, "edits": Edits(**copy["edits"]), "outline": Outline(*copy["outline"])})
        for copy in values["copies"]
    ]
    # How many there are is counted, who they are is not shown.
    values["copies"] = (*copies, *copies[:1] * values.pop("unseen"))
    values["spec"] = HashSpec(**plain["spec"])
    return CopyOutcome(**values)


def _run(request: str) -> tuple[Any, ...] | Rejected:
    """Do what a request says; never raises."""
    try:
        wish = json.loads(request)
        return _DONE[wish["do"]](wish)
    except MemoryError:
        return Rejected("", RejectKind.TOO_LARGE, "not enough memory to decode it")
    except Exception as error:
        # The system's errors would name the file with its whole path.
        words = error.strerror if isinstance(error, OSError) else str(error)
        return Rejected("", RejectKind.DAMAGED, f"{type(error).__name__}: {words}")


def _nothing(_: Mapping[str, Any]) -> tuple[Any, ...]:
    """Answer at once: whoever asks wants a worker to be there."""
    return None, b""


def _hash(wish: Mapping[str, Any]) -> tuple[Any, ...] | Rejected:
    record = hash_source(hashers_of(wish["hashes"]), wish["path"])
    return record.rejected or encode_record(record)


def _describe(wish: Mapping[str, Any]) -> tuple[Any, ...] | Rejected:
    """Describe a picture and its mirror image."""
    record = hash_source(CopiesHash(int(wish["room"])).both_ways, wish["path"])
    return record.rejected or encode_record(record)


def _views(wish: Mapping[str, Any]) -> tuple[Any, ...]:
    """Describe parts of a picture."""
    found = described_views(wish["path"], int(wish["room"]))
    codes = (code for view in found for code in (view.plain.code, view.mirrored.code))
    return [[view.plain.quality, *view.window] for view in found], *codes


def _picture(wish: Mapping[str, Any]) -> tuple[Any, ...] | Rejected:
    side = int(wish["side"])
    picture = load(wish["path"], least_side=side)
    if isinstance(picture, Rejected):
        return picture
    quality = _LARGE_QUALITY if side > _LARGE_SIDE else _QUALITY
    return None, encoded_thumbnail(picture, side, quality=quality)


def _facts(wish: Mapping[str, Any]) -> tuple[Any, ...] | Rejected:
    found = facts_of(wish["path"])
    return found if isinstance(found, Rejected) else (found,)


def _same(wish: Mapping[str, Any]) -> tuple[Any, ...]:
    return (same_as(wish["path"], wish["paths"]),)


def _portrait(wish: Mapping[str, Any]) -> tuple[Any, ...] | Rejected:
    from sokkuri.explanation import HashView, encode_view

    found = HashView.load(wish["path"], hasher(wish["hash"]))
    return found if isinstance(found, Rejected) else encode_view(found)


def _figure(wish: Mapping[str, Any]) -> tuple[Any, ...]:
    """Draw a search's outcome."""
    from sokkuri.show.export import figure_bytes
    from sokkuri.show.figure import draw_figure

    with speaking(wish["lang"]):
        return None, figure_bytes(draw_figure(outcome_from(wish["outcome"])), wish["form"])


def _copies_figure(wish: Mapping[str, Any]) -> tuple[Any, ...]:
    """Draw a query above its copies."""
    from sokkuri.show.copies import draw_copies
    from sokkuri.show.export import figure_bytes

    with speaking(wish["lang"]):
        return None, figure_bytes(draw_copies(copies_from(wish["outcome"])), wish["form"])


def _explanation(wish: Mapping[str, Any]) -> tuple[Any, ...] | Rejected:
    """Draw why two pictures match."""
    from sokkuri.explanation import HashView, explain_views
    from sokkuri.show.explanation import draw_explanation
    from sokkuri.show.export import figure_bytes

    maker = hasher(wish["hash"])
    metric = Metric.of(maker, emphasis=wish["emphasis"], mirror=wish["mirror"])
    path, other = wish["paths"]
    a = HashView.load(path, maker)
    if isinstance(a, Rejected):
        return a
    b = HashView.load(other, maker)
    if isinstance(b, Rejected):
        return b
    found = explain_views(
        a, b, metric, names=tuple(wish["names"]),
        same=lambda: wish["same"] or same_as(path, [other])[0],
    )  # fmt: skip
    with speaking(wish["lang"]):
        return None, figure_bytes(draw_explanation(found, photos=(path, other)), wish["form"])


_DONE: Final[Mapping[str, Callable[[Mapping[str, Any]], tuple[Any, ...] | Rejected]]] = {
    work.__name__.removeprefix("_"): work
    for work in (
        _nothing,
        _hash,
        _describe,
        _views,
        _picture,
        _facts,
        _same,
        _portrait,
        _figure,
        _copies_figure,
        _explanation,
    )
}


def _decode(request: str, header: Any, parts: list[Any]) -> Any:
    """Return what was asked for; a worker is not trusted to give sense."""
    wish = json.loads(request)
    match wish["do"]:
        case "hash":
            specs = {maker.spec.name: maker.spec for maker in hashers_of(wish["hashes"])}
            return decode_record(specs, wish["path"], header, parts)
        case "describe":
            spec = CopiesHash(int(wish["room"])).spec
            record = decode_record({spec.name: spec}, wish["path"], header, parts)
            if len(record.hashes) != _BOTH_WAYS:
                raise ValueError("not two descriptions")
            return record
        case "views":
            return tuple(_decoded_views(CopiesHash(int(wish["room"])).spec, header, parts))
        case "portrait":
            from sokkuri.explanation import decode_view

            return decode_view(header, parts)
        case "facts" if isinstance(header, dict):
            return header
        case "same" if len(header) == len(wish["paths"]):
            return tuple(header)
        case "picture" | "figure" | "copies_figure" | "explanation" | "nothing":
            data = bytes(*parts)
            if wish["do"] == "picture" and not data.startswith(b"\xff\xd8\xff"):
                raise ValueError("not a JPEG")
            return data
    raise ValueError("not what was asked for")


def _decoded_views(spec: HashSpec, header: Any, parts: list[Any]) -> Iterator[CopyQuery]:
    for (quality, *window), plain, mirrored in zip(header, parts[::2], parts[1::2], strict=True):
        one, other = (ImageHash(spec, bytes(code), quality) for code in (plain, mirrored))
        yield CopyQuery(one, other, Frame(*window))
