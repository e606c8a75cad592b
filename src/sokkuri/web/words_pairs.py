"""Words of the pages about two photos, Explain and Compare, and of the API's reference."""

from __future__ import annotations

from typing import Final

from sokkuri.web import words_compare, words_docs, words_explain

__all__ = ["WORDS"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    "title.explain": ("Explain", "違いの説明"),
    "title.compare": ("Compare", "見比べる"),
    **words_explain.WORDS,
    **words_compare.WORDS,
    **words_docs.WORDS,
}
