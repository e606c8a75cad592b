"""The system's trash, by Send2Trash, which is loaded when it is asked for."""

from __future__ import annotations

from sokkuri.errors import MissingExtra


def check_trash() -> None:
    """See that the trash can be reached at all.

    Raises
    ------
    MissingExtra
        If Send2Trash is not installed.
    """
    try:
        import send2trash  # noqa: F401 - whether it is there is all
    except ModuleNotFoundError as error:
        if error.name != "send2trash":
            raise
        raise MissingExtra("the system's trash", "trash") from error


def send_to_trash(path: str) -> None:
    """Put a file into the system's trash, where sokkuri cannot take it back from.

    Raises
    ------
    OSError
        If the system refuses.
    """
    from send2trash import send2trash

    send2trash(path)
