"""A search's outcome as plain values, for the worker that draws it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from sokkuri.api.results import Results
from sokkuri.hashes import HashSpec
from sokkuri.images import Rejected, RejectKind
from sokkuri.matches import Match

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sokkuri.matches import Outcome

__all__ = ["outcome_from", "plain_outcome"]


def plain_outcome(outcome: Outcome, *, limit: int) -> dict[str, Any]:
    """Return what a figure needs of an outcome, as values that JSON knows.

    Parameters
    ----------
    outcome : Outcome
        Its source, if there is one, must be a path.
    limit : int
        How many matches are drawn; the others are left out.
    """
    source = outcome.source
    if source is not None and not isinstance(source, str | os.PathLike):
        raise TypeError("the query's picture must be a file")
    return {
        "query": outcome.query,
        "source": None if source is None else os.fsdecode(source),
        "spec": [outcome.spec.name, outcome.spec.bits, outcome.spec.version],
        "searched": outcome.searched,
        "rejected": len(outcome.rejected),
        "matches": [_plain_match(match) for match in outcome.matches[:limit]],
        "found": len(outcome.matches),
        "matched": outcome.matched,
        "max_distance": outcome.max_distance,
        "min_distance": outcome.min_distance,
        "k": outcome.k,
        "rate": outcome.rate,
        "nearest": None if outcome.nearest is None else _plain_match(outcome.nearest),
        "error": outcome.error,
        "links_left_out": outcome.links_left_out,
    }


def outcome_from(plain: Mapping[str, Any]) -> Results:
    """Return the outcome that :func:`plain_outcome` was given, as far as a figure shows it."""
    nearest = plain["nearest"]
    matches = [_match(values) for values in plain["matches"]]
    # How many there are is counted, who they are is not shown.
    unseen = [Match("", 0)] * (plain["found"] - len(matches))
    return Results(
        plain["query"],
        HashSpec(*plain["spec"]),
        plain["searched"],
        (Rejected("", RejectKind.DAMAGED, ""),) * plain["rejected"],
        (*matches, *unseen),
        plain["matched"],
        max_distance=plain["max_distance"],
        min_distance=plain["min_distance"],
        k=plain["k"],
        rate=plain["rate"],
        nearest=None if nearest is None else _match(nearest),
        source=plain["source"],
        error=plain["error"],
        links_left_out=plain["links_left_out"],
    )


def _plain_match(match: Match) -> list[Any]:
    return [match.path, match.distance, match.same, match.quality]


def _match(values: list[Any]) -> Match:
    return Match(*values)
