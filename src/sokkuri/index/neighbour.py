"""What an index answers about one photo."""

from __future__ import annotations

from typing import NamedTuple

from sokkuri.brief import brief

__all__ = ["Neighbour"]


class Neighbour(NamedTuple):
    """One photo that was found.

    Parameters
    ----------
    key : str or int
        What the photo was added under; its number where it has no key.
    number : int
        Its number: how many were added before it.
    distance : int
        Differing bits; of several codes of a photo the nearest counts.
    """

    key: str | int
    number: int
    distance: int

    def __repr__(self) -> str:
        key = brief(self.key, 48)
        return f"Neighbour(key={key}, number={self.number}, distance={self.distance})"
