"""Figures drawn in a worker process, into a file that whoever asked has made room for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sokkuri.explanation import HashView, explain_views
from sokkuri.images import Rejected
from sokkuri.metric import Metric
from sokkuri.pipeline.identity import same_as
from sokkuri.registry import hasher
from sokkuri.show.figure import save_figure
from sokkuri.web.outcomes import outcome_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sokkuri.explanation import Explanation

__all__ = ["draw_explanation", "draw_outcome"]


def draw_outcome(wish: Mapping[str, Any]) -> None:
    """Draw a search's outcome, as plain values, into the file ``into``."""
    save_figure(
        outcome_from(wish["outcome"]), wish["into"], columns=wish["columns"], limit=wish["limit"]
    )


def draw_explanation(wish: Mapping[str, Any]) -> Rejected | None:
    """Draw why two pictures match into the file ``into``; or say why one cannot be read."""
    from sokkuri.show.explanation import save_explanation

    found = _explained(wish)
    if isinstance(found, Rejected):
        return found
    save_explanation(found, wish["into"], photos=tuple(wish["paths"]))
    return None


def _explained(wish: Mapping[str, Any]) -> Explanation | Rejected:
    maker = hasher(wish["hash"])
    measure = Metric.of(maker, emphasis=wish["emphasis"], mirror=wish["mirror"])
    a = HashView.load(wish["paths"][0], maker)
    if isinstance(a, Rejected):
        return a
    b = HashView.load(wish["paths"][1], maker)
    if isinstance(b, Rejected):
        return b
    return explain_views(
        a, b, measure, names=tuple(wish["names"]),
        same=lambda: wish["same"] or same_as(wish["paths"][0], [wish["paths"][1]])[0],
    )  # fmt: skip
