"""Options for the limits: how much one file may ask for."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from sokkuri import limits
from sokkuri.errors import BadLimit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["limit_options"]

Verb = TypeVar("Verb", bound="Callable[..., Any]")

_TEXTS: Final = (
    (limits.MAX_PIXELS, "N", "Pixels that may be decoded of one picture.  [default: 120M]"),
    (limits.MAX_SIDE, "N", "Pixels that its longer side may have.  [default: 1M]"),
    (limits.MAX_FILE_SIZE, "SIZE", "Bytes that a file may have.  [default: 256M]"),
    (limits.DECODE_SECONDS, "S", "Seconds that a worker process may take for it.  [default: 10]"),
    (limits.WORKER_MEMORY, "SIZE", "Bytes that a worker process may take.  [default: 1.5G]"),
)


def limit_options(verb: Verb) -> Verb:
    """Add an option for each limit; it sets the environment variable for this run."""
    for limit, metavar, text in reversed(_TEXTS):
        verb = click.option(
            limit.option, metavar=metavar, expose_value=False, callback=_setting(limit), help=text
        )(verb)
    return verb


def _setting(limit: limits.Limit) -> Callable[[click.Context, click.Parameter, str | None], None]:
    def take(context: click.Context, _parameter: click.Parameter, text: str | None) -> None:
        if context.resilient_parsing:
            return
        if text is None:
            limit.value()  # what the environment says is checked before any work begins
            return
        try:
            limit.parsed(text)
        except BadLimit as error:
            raise click.UsageError(str(error)) from error
        context.with_resource(_variable(limit.variable, text))

    return take


@contextlib.contextmanager
def _variable(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
