"""The process around the command: Ctrl-C at any moment, closed pipes, exit codes.

Nothing heavy is imported before the handlers stand, so that no moment is left in which Ctrl-C
prints a traceback.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import FrameType

_INTERRUPTED: Final = 130
_TERMINATED: Final = 143
_CLOSED_PIPE: Final = 141


class _Interrupts:
    """The meaning of Ctrl-C right now: end at once, or unwind the work that is under way."""

    def __init__(self) -> None:
        self.working = False
        self.seen = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        if self.working and not self.seen:
            self.seen = True
            raise KeyboardInterrupt
        # Nothing is under way, or the user asked twice.
        _end_now(_INTERRUPTED)

    def unraisable(self, event: sys.UnraisableHookArgs) -> None:
        """End the process where Python would swallow the interrupt, as inside ``__del__``."""
        if self.seen or isinstance(event.exc_value, KeyboardInterrupt):
            _end_now(_INTERRUPTED)
        sys.__unraisablehook__(event)


def main() -> int:
    """Run the ``sokkuri`` command with the process's arguments and return its exit code."""
    interrupts = _Interrupts()
    # A process started in the background of a script is told to ignore Ctrl-C; then it should.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupts)
        sys.unraisablehook = interrupts.unraisable
    signal.signal(signal.SIGTERM, lambda _number, _frame: _end_now(_TERMINATED))
    interrupts.working = True
    try:
        from sokkuri.cli import run

        code = run(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        _end_now(_INTERRUPTED)
    except BrokenPipeError:
        _end_now(_CLOSED_PIPE)
    except Exception as error:
        # An interrupt in the middle of an import can come out as an error of another class.
        if interrupts.seen:
            _end_now(_INTERRUPTED)
        from sokkuri.cli.output import report_failure

        code = report_failure(error)
    if signal.getsignal(signal.SIGINT) is interrupts:
        # All is done and said; from here on Python's own shutdown would answer Ctrl-C.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    return code


def _end_now(code: int) -> None:
    """End without waiting for threads that still decode, leaving no temporary file behind."""
    from sokkuri.atomic import discard_unfinished

    discard_unfinished()
    _leave_terminal(code)
    os._exit(code)


def _leave_terminal(code: int) -> None:
    """Take a progress bar away and show the cursor that it hid, and after Ctrl-C the ``^C``."""
    # What was never imported shows nothing; an import has no place in the handler of a signal.
    bar = getattr(sys.modules.get("sokkuri.cli.output"), "live_bar", None)
    cut_short = code == _INTERRUPTED and os.environ.get("TERM") != "dumb"
    terminal = sys.__stderr__ if cut_short else None
    if bar is not None:
        terminal = bar.stream
    with contextlib.suppress(OSError, ValueError):  # the window may have been closed
        if terminal is not None and terminal.isatty():
            os.write(terminal.fileno(), b"\x1b[?25h\r\x1b[K")
