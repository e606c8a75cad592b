"""sokkuri: similar-image search without deep learning.

>>> import sokkuri
>>> for match in sokkuri.search("sample.jpg", "photos"):  # doctest: +SKIP
...     print(match.distance, match.path)

The article's list, and its figure:

>>> results = sokkuri.search("sample.jpg", "photos", rate=2.0, rgb=True)  # doctest: +SKIP
>>> results.pairs()                                                       # doctest: +SKIP
>>> results.figure().savefig("result.png")                                # doctest: +SKIP

Everything public is listed in ``__all__`` and loaded when it is first used, so that importing the
package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sokkuri.api.copies import find_copies
    from sokkuri.api.explain import compare, explain
    from sokkuri.api.hash import hash_files, hash_image
    from sokkuri.api.library import Library
    from sokkuri.api.removal import apply_plan, empty_holding, held, undo
    from sokkuri.api.results import Comparison, Copies, Results
    from sokkuri.api.search import search, search_many
    from sokkuri.api.threshold import Threshold, threshold
    from sokkuri.copies.copy import Copy
    from sokkuri.copies.edits import Edits
    from sokkuri.errors import (
        BadHashText,
        BadLimit,
        BadPlan,
        FormatError,
        HashMismatch,
        ImageError,
        Locked,
        MissingExtra,
        NewerFormat,
        NothingToSearch,
        NothingToUndo,
        SokkuriError,
        StoreError,
        UnknownHash,
        WorkersFailed,
    )
    from sokkuri.evaluation.evaluate import evaluate
    from sokkuri.evaluation.results import Evaluation
    from sokkuri.explanation import Explanation
    from sokkuri.hashes import HashSpec, ImageHash
    from sokkuri.images import Picture, Rejected, load
    from sokkuri.index.index import Index
    from sokkuri.index.neighbour import Neighbour, Pairs
    from sokkuri.index.planner import Plan
    from sokkuri.matches import Match
    from sokkuri.pipeline import FileRecord
    from sokkuri.registry import Family, hasher
    from sokkuri.removal import (
        FileOutcome,
        PlannedFile,
        PlannedGroup,
        RemovalBatch,
        RemovalOutcome,
        RemovalPlan,
    )

__all__ = [
    "BadHashText", "BadLimit", "BadPlan", "Comparison", "Copies", "Copy", "Edits", "Evaluation",
    "Explanation", "Family", "FileOutcome", "FileRecord", "FormatError", "HashMismatch", "HashSpec",
    "ImageError", "ImageHash", "Index", "Library", "Locked", "Match", "MissingExtra", "Neighbour",
    "NewerFormat", "NothingToSearch", "NothingToUndo", "Pairs", "Picture", "Plan", "PlannedFile",
    "PlannedGroup", "Rejected", "RemovalBatch", "RemovalOutcome", "RemovalPlan", "Results",
    "SokkuriError", "StoreError", "Threshold", "UnknownHash", "WorkersFailed", "apply_plan",
    "compare", "empty_holding", "evaluate", "explain", "find_copies", "hash_files", "hash_image",
    "hasher", "held", "load", "search", "search_many", "threshold", "undo",
]  # fmt: skip

__version__ = "0.1.0"

_HOMES: Final = {
    "api.copies": ("find_copies",),
    "api.explain": ("compare", "explain"),
    "api.hash": ("hash_files", "hash_image"),
    "api.library": ("Library",),
    "api.removal": ("apply_plan", "empty_holding", "held", "undo"),
    "api.results": ("Comparison", "Copies", "Results"),
    "api.search": ("search", "search_many"),
    "api.threshold": ("Threshold", "threshold"),
    "copies.copy": ("Copy",),
    "copies.edits": ("Edits",),
    "errors": (
        "BadHashText", "BadLimit", "BadPlan", "FormatError", "HashMismatch", "ImageError", "Locked",
        "MissingExtra", "NewerFormat", "NothingToSearch", "NothingToUndo", "SokkuriError",
        "StoreError", "UnknownHash", "WorkersFailed",
    ),
    "evaluation.evaluate": ("evaluate",),
    "evaluation.results": ("Evaluation",),
    "explanation": ("Explanation",),
    "hashes": ("HashSpec", "ImageHash"),
    "images": ("Picture", "Rejected", "load"),
    "index.index": ("Index",),
    "index.neighbour": ("Neighbour", "Pairs"),
    "index.planner": ("Plan",),
    "matches": ("Match",),
    "pipeline": ("FileRecord",),
    "registry": ("Family", "hasher"),
    "removal": (
        "FileOutcome", "PlannedFile", "PlannedGroup", "RemovalBatch", "RemovalOutcome",
        "RemovalPlan",
    ),
}  # fmt: skip
_HOME_OF: Final = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'sokkuri' has no attribute {name!r}")
    value = getattr(import_module(f"sokkuri.{home}"), name)
    value.__module__ = __name__  # where users find it, and errors and help name it
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
