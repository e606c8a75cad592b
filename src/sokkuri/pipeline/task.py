"""A task: work on one file after the other, in this process or in another."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sokkuri.errors import UnknownHash
from sokkuri.images import Rejected, RejectKind
from sokkuri.pipeline.messages import BadMessage, pack, unpack
from sokkuri.registry import hasher, is_built_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sokkuri.protocols import Hasher

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Task(Generic[Value]):
    """Work, and the way of its results from another process.

    Parameters
    ----------
    run : callable
        ``run(request)`` gives a value or a Rejected.  A request is a text, mostly a path.
    encode : callable
        ``encode(value)`` gives the header and the parts of a message.  No header is an object with
        the key ``"rejected"``.
    decode : callable
        ``decode(request, header, parts)`` gives the value again, or raises ValueError, TypeError
        or LookupError for what is none.
    home : str
        ``"module:function"``, which gives this very task when it is called in another process.
        Empty if none can make it.
    hashers : sequence of Hasher
        The function gets their names as ``hashers``.  They are warmed up there, once.
    arguments : mapping
        Further arguments of the function: names to plain values.
    """

    run: Callable[[str], Value | Rejected]
    encode: Callable[[Value], tuple[Any, ...]]
    decode: Callable[[str, Any, list[Any]], Value]
    home: str
    hashers: Sequence[Hasher] = ()
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def portable(self) -> bool:
        """True if another process can make it: it gets the same hashers from their names."""
        with contextlib.suppress(UnknownHash):
            found = [hasher(maker.spec.name) for maker in self.hashers]
            return bool(self.home) and found == list(self.hashers)
        return False

    def recipe(self) -> dict[str, Any]:
        """Return plain values from which :func:`task_of` makes it elsewhere.

        ``early`` tells that making it starts no threads and opens nothing, so that processes may
        be forked afterwards: there is no plugin in it.
        """
        names = [maker.spec.name for maker in self.hashers]
        early = self.home.startswith("sokkuri.") and all(map(is_built_in, names))
        arguments = {"hashers": names, **self.arguments}
        return {"home": self.home, "arguments": arguments, "early": early}

    def answer(self, request: str) -> bytes:
        """Do the work and return its result as a message."""
        value = self.run(request)
        if isinstance(value, Rejected):
            return pack({"rejected": [value.kind.value, value.detail]})
        return pack(*self.encode(value))

    def result(self, request: str, message: bytes) -> Value | Rejected:
        """Return the result in a message.

        Parameters
        ----------
        request : str
            It stands for the path in a Rejected.
        message : bytes

        Raises
        ------
        BadMessage
            If there is none in it: the worker is not to be trusted any more.
        """
        header, parts = unpack(message)
        try:
            if isinstance(header, dict) and "rejected" in header:
                kind, detail = header["rejected"]
                return Rejected(request, RejectKind(kind), str(detail))
            return self.decode(request, header, parts)
        except (ValueError, TypeError, LookupError, ArithmeticError) as error:
            raise BadMessage(str(error)) from error


def task_of(recipe: Mapping[str, Any]) -> Task[Any]:
    """Make a task from its recipe."""
    task: Task[Any] = resolve_name(recipe["home"])(**recipe["arguments"])
    return task


def hashers_of(hashers: Sequence[Hasher | str]) -> list[Hasher]:
    """Return hashers for names; those that are hashers already stay what they are."""
    return [hasher(each) if isinstance(each, str) else each for each in hashers]
