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

if TYPE_CHECKING:
    from collections.abc import Mapping


_NUMBER: Final = r"\s*([0-9][0-9,_]*(?:\.[0-9]+)?|\.[0-9]+)\s*"
_ENDS: Final = {
    "bytes": r"([kmgt]?)(?:ib|b)?\s*",
    "pixels": r"([kmgt]?)(?:px|p)?\s*",
    "seconds": r"()(?:sec|s)?\s*",
}
_STEPS: Final = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_STEP: Final = {"bytes": 1024, "pixels": 1000, "seconds": 1000}
_EXAMPLES: Final = {"bytes": "512M or 1.5G", "pixels": "200M or 120000000", "seconds": "30 or 2.5"}
_LARGEST: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit.

    Parameters
    ----------
    name : str
        Such as ``"max-pixels"``, which makes ``--max-pixels`` and ``SOKKURI_MAX_PIXELS``.
    unit : {"bytes", "pixels", "seconds"}
        What it counts.
    default : float
        What holds where nobody has said anything.
    """

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
        return f"{self.option} or {self.variable} raises it"

    def value(self) -> float:
        """Return the limit that holds now.

        Raises
        ------
        BadLimit
            If the environment variable holds no such number.
        """
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
        found = re.fullmatch(_NUMBER + _ENDS[self.unit], text.lower(), re.ASCII)
        if found is None:
            advice = f"give {self.unit}, such as {_EXAMPLES[self.unit]}"
            raise BadLimit(where or self.option, text, advice)
        scale = _STEP[self.unit] ** _STEPS[found[2]]
        number = float(found[1].replace(",", "").replace("_", "")) * scale
        if not (0 < number < _LARGEST) or (self.unit != "seconds" and number < 1):
            raise BadLimit(where or self.option, text, f"give more than 0 {self.unit}")
        return number if self.unit == "seconds" else int(number)


MAX_FILE_SIZE: Final = Limit("max-file-size", "bytes", settings.MAX_FILE_BYTES)
MAX_PIXELS: Final = Limit("max-pixels", "pixels", settings.MAX_PIXELS)
MAX_SIDE: Final = Limit("max-side", "pixels", settings.MAX_SIDE)
DECODE_SECONDS: Final = Limit("decode-seconds", "seconds", settings.DECODE_SECONDS)
WORKER_MEMORY: Final = Limit("worker-memory", "bytes", settings.WORKER_MEMORY)

# No option of the command: it bounds no file, but what is believed of one.
SETTLE_SECONDS: Final = Limit("settle-seconds", "seconds", settings.SETTLE_SECONDS)

ALL: Final = (MAX_FILE_SIZE, MAX_PIXELS, MAX_SIDE, DECODE_SECONDS, WORKER_MEMORY)


def check_limits() -> None:
    """Refuse an environment that sets a limit to what is none, before any work begins.

    Raises
    ------
    BadLimit
        For the first one that does.
    """
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
