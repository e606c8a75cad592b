"""sokkuri: similar-image search without deep learning.

>>> import sokkuri
>>> results = sokkuri.search("sample.jpg", "photos", rate=2.0, rgb=True)  # doctest: +SKIP
>>> results.figure().savefig("result.png")                                # doctest: +SKIP

Everything public is listed in ``__all__`` and loaded when it is first used, so that importing the
package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sokkuri.api.explaining import explain
    from sokkuri.api.hashing import compare, hash_files, hash_image
    from sokkuri.api.libraries import Library
    from sokkuri.api.results import Comparison, Results
    from sokkuri.api.searching import search, search_many
    from sokkuri.errors import (
        BadHashText,
        BadLimit,
        FormatError,
        HashMismatch,
        ImageError,
        Locked,
        MissingExtra,
        NewerFormat,
        NothingToSearch,
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
    from sokkuri.index.neighbour import Neighbour
    from sokkuri.index.pairs import Pairs
    from sokkuri.index.plan import Plan
    from sokkuri.matches import Match, max_distance_of_rate, rate_of
    from sokkuri.pipeline import FileRecord
    from sokkuri.registry import Family, families, hasher, parse_hash

__all__ = [
    "BadHashText",
    "BadLimit",
    "Comparison",
    "Evaluation",
    "Explanation",
    "Family",
    "FileRecord",
    "FormatError",
    "HashMismatch",
    "HashSpec",
    "ImageError",
    "ImageHash",
    "Index",
    "Library",
    "Locked",
    "Match",
    "MissingExtra",
    "Neighbour",
    "NewerFormat",
    "NothingToSearch",
    "Pairs",
    "Picture",
    "Plan",
    "Rejected",
    "Results",
    "SokkuriError",
    "StoreError",
    "UnknownHash",
    "WorkersFailed",
    "compare",
    "evaluate",
    "explain",
    "families",
    "hash_files",
    "hash_image",
    "hasher",
    "load",
    "max_distance_of_rate",
    "parse_hash",
    "rate_of",
    "search",
    "search_many",
]

__version__ = "0.1.0"

_HOMES: Final = {
    "api.explaining": ("explain",),
    "api.hashing": ("compare", "hash_files", "hash_image"),
    "api.libraries": ("Library",),
    "api.results": ("Comparison", "Results"),
    "api.searching": ("search", "search_many"),
    "errors": (
        "BadHashText", "BadLimit", "FormatError", "HashMismatch", "ImageError", "Locked",
        "MissingExtra", "NewerFormat", "NothingToSearch", "SokkuriError", "StoreError",
        "UnknownHash", "WorkersFailed",
    ),
    "evaluation.evaluate": ("evaluate",),
    "evaluation.results": ("Evaluation",),
    "explanation": ("Explanation",),
    "hashes": ("HashSpec", "ImageHash"),
    "index.index": ("Index",),
    "index.pairs": ("Pairs",),
    "index.plan": ("Plan",),
    "index.neighbour": ("Neighbour",),
    "images": ("Picture", "Rejected", "load"),
    "matches": ("Match", "max_distance_of_rate", "rate_of"),
    "pipeline": ("FileRecord",),
    "registry": ("Family", "families", "hasher", "parse_hash"),
}  # fmt: skip
_HOME_OF: Final = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'sokkuri' has no attribute {name!r}")
    value = getattr(import_module(f"sokkuri.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
