"""The calls behind the front door: search, hash, compare, and what they answer."""

from __future__ import annotations

from sokkuri.api.hashing import compare, hash_files, hash_image
from sokkuri.api.libraries import Library
from sokkuri.api.results import Comparison, Results
from sokkuri.api.searching import search, search_many

__all__ = [
    "Comparison",
    "Library",
    "Results",
    "compare",
    "hash_files",
    "hash_image",
    "search",
    "search_many",
]
