"""What the pages say, in English and Japanese, by keys that templates and modules share."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, get_args

from sokkuri.web import words_pairs, words_places, words_problems, words_search, words_shell

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LANGUAGES", "Lang", "language_of", "translate", "words_of"]

Lang = Literal["en", "ja"]

LANGUAGES: Final[tuple[Lang, ...]] = get_args(Lang)

_TABLES: Final = tuple(
    table.WORDS for table in (words_shell, words_places, words_problems, words_search, words_pairs)
)


def _of(place: int) -> Mapping[str, str]:
    return MappingProxyType(
        {key: sentences[place] for table in _TABLES for key, sentences in table.items()}
    )


_WORDS: Final[Mapping[Lang, Mapping[str, str]]] = MappingProxyType(
    {lang: _of(place) for place, lang in enumerate(LANGUAGES)}
)


def words_of(lang: Lang) -> Mapping[str, str]:
    """Return all words of a language by their keys, for the modules of a page."""
    return _WORDS[lang]


def translate(lang: Lang, key: str, **values: object) -> str:
    """Return the sentence of a key, its ``{places}`` filled.

    Where ``count`` is 1 and the key has a form ``.one``, that is taken, as in the browser.

    Raises
    ------
    KeyError
        If there is no such key.
    """
    words = _WORDS[lang]
    one = f"{key}.one"
    sentence = words[one] if values.get("count") == 1 and one in words else words[key]
    for name, value in values.items():
        text = f"{value:,}" if isinstance(value, int) else str(value)
        sentence = sentence.replace(f"{{{name}}}", text)
    return sentence


def language_of(*wishes: str | None) -> Lang:
    """Return the first wish that is a language of ours, English if none is.

    Parameters
    ----------
    *wishes : str, optional
        In order of weight: the address, the cookie, the browser's ``Accept-Language``, of which
        the first language known counts.
    """
    for wish in wishes:
        for part in (wish or "").split(","):
            for lang in LANGUAGES:
                if part.strip().lower().startswith(lang):
                    return lang
    return "en"
