"""The functions of a kernel's module as they work where no compiler was there."""

from __future__ import annotations

from contextlib import ExitStack
from types import ModuleType
from typing import Any
from unittest import mock


class Twin:
    """The NumPy twins of the functions of a module, by the names of those.

    Parameters
    ----------
    module : module
    others : module
        Those whose functions its own call.
    """

    def __init__(self, module: ModuleType, *others: ModuleType) -> None:
        self._modules = (module, *others)

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            with ExitStack() as stack:
                for module in self._modules:
                    stack.enter_context(mock.patch.object(module, "NATIVE", False))
                return getattr(self._modules[0], name)(*arguments, **options)

        return call
