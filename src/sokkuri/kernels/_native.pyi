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
def force_portable(forced: bool, /) -> None: ...
def isa() -> str: ...
