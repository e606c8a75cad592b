"""What can still be read of a damaged segment, block by block, without trusting its headers."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from sokkuri.stores.segment_layout import HEADER_BYTES, RECORD, ROW, record_sums, rows_in_a_block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.hashes import HashSpec

__all__ = ["good_blocks"]


def good_blocks(stem: str, spec: HashSpec, rows: int) -> Iterator[tuple[Codes, NDArray[Any]]]:
    """Yield codes and rows of every block whose checksums are right.

    Parameters
    ----------
    stem : str
        Of a growing segment; files that are missing are as good as damaged.
    spec : HashSpec
        The recipe that the catalogue has noted.
    rows : int
        How many rows were committed.
    """
    try:
        with (
            open(f"{stem}.codes", "rb") as codes_file,
            open(f"{stem}.rows", "rb") as rows_file,
            open(f"{stem}.sums", "rb") as sums_file,
        ):
            data = sums_file.read()[HEADER_BYTES:]
            records = np.frombuffer(data[: len(data) // RECORD.itemsize * RECORD.itemsize], RECORD)
            sums = record_sums(records)
            for record, found in zip(records, sums, strict=True):
                first, end = int(record["first"]), int(record["end"])
                plausible = 0 <= first < end <= rows and end - first <= rows_in_a_block(spec)
                if found != record["sum"] or not plausible:
                    continue
                codes_file.seek(HEADER_BYTES + first * spec.code_bytes)
                codes = codes_file.read((end - first) * spec.code_bytes)
                rows_file.seek(HEADER_BYTES + first * ROW.itemsize)
                known = rows_file.read((end - first) * ROW.itemsize)
                if (zlib.crc32(codes), zlib.crc32(known)) != (record["codes"], record["rows"]):
                    continue
                yield (
                    np.frombuffer(codes, np.uint8).reshape(-1, spec.code_bytes),
                    np.frombuffer(known, ROW),
                )
    except OSError:
        return
