from typing import Any

def lanczos(
    source: Any,
    width: int,
    height: int,
    channels: int,
    across: tuple[Any, ...],
    down: tuple[Any, ...],
    columns_first: bool,
) -> bytearray: ...
def lanczos_spans(inputs: int, outputs: int, /) -> tuple[bytearray, bytearray, bytearray]: ...
def above_mean(values: Any, channels: int, used: int, by_channel: bool, /) -> bytes: ...
def quality_counts(
    source: Any, width: int, height: int, channels: int, columns: Any, rows: Any, /
) -> bytes: ...
def luma(source: Any, width: int, height: int, /) -> bytearray: ...
def colour_counts(source: Any, luma: Any, width: int, height: int, /) -> bytes: ...
def block_sums(luma: Any, width: int, height: int, blocks: int, /) -> bytearray: ...
def haar_averages(values: Any, side: int, size: int, /) -> bytearray: ...
def pdq_frequencies(
    source: Any,
    width: int,
    height: int,
    channels: int,
    columns: Any,
    rows: Any,
    across: int,
    down: int,
    waves: Any,
    /,
) -> tuple[bytes, int]: ...
def limit_isa(name: str, /) -> str: ...
def isa() -> str: ...
def look(source: Any, width: int, height: int, linear: Any, roots: Any, /) -> bytes: ...
def look_frame(
    source: Any, width: int, height: int, channels: int, /
) -> tuple[int, int, int, int]: ...
def points(
    luma: Any, width: int, height: int, most: int, tables: tuple[Any, ...], /
) -> tuple[bytes, bytes]: ...
def count_votes(
    own: Any,
    others: Any,
    points: Any,
    photos: Any,
    tolerance: int,
    votes: Any,
    tables: tuple[Any, ...],
    /,
) -> None: ...
def judge(
    query: Any,
    records: Any,
    rows: Any,
    ways: Any,
    room: int,
    verdicts: Any,
    tables: tuple[Any, ...],
    /,
) -> None: ...
def hamming_all(
    codes: Any, query: Any, width: int, first: int, last: int, metric: int, distances: Any, /
) -> None: ...
def hamming_nearest(
    codes: Any,
    queries: Any,
    mask: Any,
    width: int,
    first: int,
    last: int,
    metric: int,
    k: int,
    distances: Any,
    rows: Any,
    sizes: Any,
    /,
) -> None: ...
def hamming_within(
    codes: Any,
    queries: Any,
    mask: Any,
    width: int,
    first: int,
    last: int,
    metric: int,
    limit: int,
    numbers: Any,
    rows: Any,
    distances: Any,
    block: int,
    query: int,
    /,
) -> tuple[int, int, int, int]: ...
def hamming_refine(
    codes: Any,
    query: Any,
    mask: Any,
    width: int,
    metric: int,
    limit: int,
    listed: Any,
    distances: Any,
    /,
) -> int: ...
def hamming_refine_nearest(
    codes: Any,
    query: Any,
    mask: Any,
    width: int,
    listed: Any,
    k: int,
    distances: Any,
    rows: Any,
    size: int,
    /,
) -> int: ...
def mih_sort(codes: Any, width: int, first: int, bits: int, starts: Any, ids: Any, /) -> None: ...
def mih_candidates(codes: Any, queries: Any, width: int, tables: tuple[Any, ...], /) -> int: ...
def mih_within(
    codes: Any,
    queries: Any,
    mask: Any,
    width: int,
    tables: tuple[Any, ...],
    limit: int,
    numbers: Any,
    rows: Any,
    distances: Any,
    query: int,
    /,
) -> tuple[int, int, int]: ...
def choose_bits(codes: Any, chosen: Any, result: Any, /) -> None: ...
def count_blocks(
    codes: Any, width: int, starts: Any, words: Any, masks: Any, result: Any, stride: int, /
) -> None: ...
def join(*arguments: Any) -> tuple[int, int]: ...
