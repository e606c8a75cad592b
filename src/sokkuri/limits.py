"""Limits on what one file may ask for, their defaults, and the ways to set them.

A limit is an environment variable, read when it is needed, so that a command's options, a script
and every worker process agree on it.  The options of the command set the variables.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from sokkuri import settings
from sokkuri.errors import BadLimit
from sokkuri.language import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER: Final = r"\s*([0-9][0-9,_]*(?:\.[0-9]+)?|\.[0-9]+)\s*"
_UNITS: Final = {
    sentence("bytes"): (r"([kmgt]?)(?:ib|b)?\s*", 1024, "512M or 1.5G"),
    sentence("pixels"): (r"([kmgt]?)(?:px|p)?\s*", 1000, "200M or 120000000"),
    sentence("seconds"): (r"()(?:sec|s)?\s*", 1, "30 or 2.5"),
}
"""The ends of a number, the step from one of K, M, G and T to the next, and examples."""

_LARGEST: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: ``"max-pixels"`` is set by ``--max-pixels`` and ``SOKKURI_MAX_PIXELS``."""

    name: str
    unit: Literal["bytes", "pixels", "seconds"]
    default: float

    @property
    def option(self) -> str:
        """The option of the command."""
        return f"--{self.name}"

    @property
    def variable(self) -> str:
        """The environment variable."""
        return f"SOKKURI_{self.name.upper().replace('-', '_')}"

    @property
    def ways(self) -> str:
        """The ways to raise it, in words."""
        return sentence(f"{self.option} or {self.variable} raises it")

    def value(self) -> float:
        """Return the limit that holds now; BadLimit is raised for a variable that holds none."""
        text = os.environ.get(self.variable)
        return self.default if text is None else self.parsed(text, self.variable)

    def count(self) -> int:
        """Return :meth:`value` of a limit that counts whole things."""
        return int(self.value())

    def parsed(self, text: str, where: str = "") -> float:
        """Return the number that a text such as ``"200M"`` or ``"1.5 GiB"`` means.

        Parameters
        ----------
        text : str
            K, M, G and T are steps of 1,024 for bytes, and of 1,000 elsewhere.
        where : str
            Where it stands, for the message.

        Raises
        ------
        BadLimit
            If it is no positive number, or one without meaning here.
        """
        ends, step, examples = _UNITS[self.unit]
        where = where or self.option
        found = re.fullmatch(_NUMBER + ends, text.lower(), re.ASCII)
        if found is None:
            raise BadLimit(f"{where} is {text!r}; give {self.unit}, such as {examples}")
        scale = step ** ("", "k", "m", "g", "t").index(found[2])
        number = float(found[1].replace(",", "").replace("_", "")) * scale
        if not (0 < number < _LARGEST) or (self.unit != "seconds" and number < 1):
            raise BadLimit(f"{where} is {text!r}; give more than 0 {self.unit}")
        return number if self.unit == "seconds" else int(number)


MAX_FILE_SIZE: Final = Limit("max-file-size", "bytes", settings.MAX_FILE_BYTES)
MAX_PIXELS: Final = Limit("max-pixels", "pixels", settings.MAX_PIXELS)
MAX_SIDE: Final = Limit("max-side", "pixels", settings.MAX_SIDE)
DECODE_SECONDS: Final = Limit("decode-seconds", "seconds", 10.0)
"""Longest time of a worker process for one file, before it is killed and the file rejected."""

WORKER_MEMORY: Final = Limit("worker-memory", "bytes", 3 << 29)
"""Most bytes of a worker process for its files, on Linux: 1.5 GiB."""

SETTLE_SECONDS: Final = Limit("settle-seconds", "seconds", 2.0)
"""A file that changed less long ago may change again without its times showing it.  No option of
the command: it bounds no file, but what is believed of one."""

ALL: Final = (MAX_FILE_SIZE, MAX_PIXELS, MAX_SIDE, DECODE_SECONDS, WORKER_MEMORY)


def check_limits() -> None:
    """Raise BadLimit if the environment sets a limit to what is none, before any work begins."""
    for limit in (*ALL, SETTLE_SECONDS):
        limit.value()


def changed_limits() -> dict[str, float]:
    """Return the limits that are not their defaults, by name."""
    return {limit.name: value for limit in ALL if (value := limit.value()) != limit.default}


def set_variables() -> dict[str, str]:
    """Return the environment variables that set limits, for another process."""
    names = (limit.variable for limit in ALL)
    return {name: os.environ[name] for name in names if name in os.environ}


def take_variables(variables: Mapping[str, str]) -> None:
    """Set the limits of another process, and no others."""
    for limit in ALL:
        os.environ.pop(limit.variable, None)
    os.environ.update(variables)
