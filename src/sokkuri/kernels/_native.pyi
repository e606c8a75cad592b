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
def above_mean(values: Any, channels: int, used: int, by_channel: bool, /) -> bytes: ...
def quality_counts(
    source: Any, width: int, height: int, channels: int, columns: Any, rows: Any, /
) -> bytes: ...
def limit_isa(name: str, /) -> str: ...
def isa() -> str: ...
