"""Which searcher does a search, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from sokkuri.brief import brief_repr

__all__ = ["CHOICES", "Plan", "SearcherName"]

SearcherName = Literal["flat", "pruned", "mih"]
CHOICES: Final[tuple[SearcherName, ...]] = ("flat", "pruned", "mih")


@dataclass(frozen=True, slots=True)
class Plan:
    """The choice for one call.

    Parameters
    ----------
    searcher : {"flat", "pruned", "mih"}
        Every one of them gives the same answer.
    why : str
        The reason, in a sentence.
    milliseconds : dict of str to float
        What each of them that was considered would take, estimated; without building it.
    """

    searcher: SearcherName
    why: str
    milliseconds: dict[str, float] = field(default_factory=dict)

    __repr__ = brief_repr

    def __str__(self) -> str:
        told = ", ".join(f"{name} {cost:.3g} ms" for name, cost in self.milliseconds.items())
        return f"{self.searcher}: {self.why}" + (f" (estimated: {told})" if told else "")
