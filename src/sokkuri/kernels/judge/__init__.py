"""Candidates judged by points and on aligned pixels: are these photos copies of a query?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sokkuri.kernels import NATIVE, native
from sokkuri.kernels.judge import reference
from sokkuri.kernels.judge.reference import BY_POINTS, VERDICT, WHOLE
from sokkuri.kernels.votes import TABLES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes

__all__ = ["BY_POINTS", "VERDICT", "WHOLE", "judge"]


def judge(
    query: Codes, records: Codes, rows: NDArray[np.int64], ways: NDArray[np.uint8], room: int
) -> NDArray[Any]:
    """Judge candidates, each by the best map that takes the query onto it.

    Parameters
    ----------
    query : ndarray of shape (B,), uint8
        Code of a ``copies`` hash.
    records : ndarray of shape (N, B), uint8
        Codes of photos.  One that is damaged gets a verdict of zeros.
    rows : ndarray of shape (C,), int64
        The candidates, as rows of ``records``.
    ways : ndarray of shape (C,), uint8
        Bit 0: fit a map to pairs of similar points; bit 1: lay the whole on the whole.
    room : int
        Points that a code has room for.

    Returns
    -------
    ndarray of shape (C,), ``VERDICT``

    Raises
    ------
    ValueError
        If the codes are not of this room, or rows and ways do not fit them.
    """
    size = reference.record_type(room).itemsize
    if query.shape != (size,) or records.shape[1:] != (size,):
        raise ValueError(f"codes of {size} bytes, got {query.shape} and {records.shape}")
    if rows.shape != ways.shape or rows.ndim != 1:
        raise ValueError(f"one way a row, got {rows.shape} and {ways.shape}")
    if len(rows) and not 0 <= int(rows.min()) <= int(rows.max()) < len(records):
        raise ValueError(f"rows from 0 to {len(records) - 1}")
    if not NATIVE:
        return reference.judge_reference(query, records, rows, ways, room)
    if not records.flags.c_contiguous:
        records, rows = records[rows], np.arange(len(rows))
    verdicts = np.zeros(len(rows), VERDICT)
    native.judge(
        np.ascontiguousarray(query, np.uint8), np.ascontiguousarray(records, np.uint8),
        np.ascontiguousarray(rows, np.int64), np.ascontiguousarray(ways, np.uint8), room,
        verdicts, TABLES,
    )  # fmt: skip
    return verdicts
