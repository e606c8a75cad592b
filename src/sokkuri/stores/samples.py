"""Samples of contents, packed many to a row, for they are rarely asked for and always read."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.stores.catalogue_rows import SampleRow, seal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["packed_samples", "samples_in"]

_IN_A_ROW: Final = 4096
_CONTENT: Final = np.dtype("<i8")


def packed_samples(samples: Mapping[int, bytes], first: int) -> Iterator[SampleRow]:
    """Yield rows that hold samples by content, numbered from ``first`` on."""
    items = iter(sorted(samples.items()))
    number = first
    while part := list(islice(items, _IN_A_ROW)):
        contents = np.array([content for content, _ in part], _CONTENT).tobytes()
        yield seal(SampleRow, number, contents, b"".join(sample for _, sample in part))
        number += 1


def samples_in(rows: Iterable[SampleRow]) -> dict[int, bytes]:
    """Return the samples that rows hold, by content."""
    found: dict[int, bytes] = {}
    for row in rows:
        contents = np.frombuffer(row.contents, _CONTENT).tolist()
        width = len(row.samples) // max(len(contents), 1)
        for place, content in enumerate(contents):
            found[content] = row.samples[place * width : (place + 1) * width]
    return found
