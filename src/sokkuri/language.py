"""The reader's language: one catalogue of words for the command, the page and the figures.

Sentences are English where they arise: in code, in errors, in what a library holds, in JSON.  They
are put into another language where a person reads them: by :func:`say` where they are written for
that, and by :func:`translated` where they come from below, finished.  ``locales/`` has the
catalogue in the form of GNU gettext; ``tools/catalogue.py`` brings it up to date.
"""

from __future__ import annotations

import contextlib
import gettext
import os
import re
import sys
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, get_args

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Lang = Literal["en", "ja"]

LANGUAGES: Final[tuple[Lang, ...]] = get_args(Lang)
VARIABLE: Final = "SOKKURI_LANG"
DOMAIN: Final = "sokkuri"

_LOCALE_VARIABLES: Final = (VARIABLE, "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set counts, as for every program that uses gettext."""

_PLACE: Final = re.compile(r"\{(\w+)[^{}]*\}")
_SENTENCES: Final = ("advice", "cause", "detail", "error", "problem", "reason", "why")
"""Places that hold sentences of their own; all others hold names and numbers."""

_END: Final[Mapping[Lang, str]] = {"en": "; ", "ja": "。"}
"""Between two sentences of one message."""

_LEAST: Final = 4
"""So many letters a sentence must have beside its places, or any text would be it."""

_language: ContextVar[Lang] = ContextVar("language", default="en")


def language() -> Lang:
    """Return the language in which a person is spoken to right now."""
    return _language.get()


def speak(lang: Lang) -> None:
    """Speak ``lang`` from here on."""
    _language.set(lang)


@contextlib.contextmanager
def speaking(lang: Lang) -> Iterator[None]:
    """Speak ``lang`` while the block runs."""
    token = _language.set(lang)
    try:
        yield
    finally:
        _language.reset(token)


def preferred(*wishes: str | None) -> Lang:
    """Return the first wish that is a language of ours, English if none is.

    A wish is as a locale or ``Accept-Language`` writes it; of its languages the first known counts.
    """
    for wish in wishes:
        for part in re.split("[,:]", wish or ""):
            for lang in LANGUAGES:
                if part.strip().lower().startswith(lang):
                    return lang
    return "en"


def language_of_environment(environ: Mapping[str, str] = os.environ) -> Lang:
    """Return the language that the environment asks for.

    Parameters
    ----------
    environ : mapping of str to str
    """
    for name in _LOCALE_VARIABLES:
        if wish := environ.get(name):
            return preferred(wish)
    if sys.platform == "win32":
        import locale

        return preferred(locale.getlocale()[0])
    return "en"


def locale_directory() -> str:
    """Return the directory of the catalogues."""
    return os.path.join(os.path.dirname(__file__), "locales")


def say(text: str, /, **values: Any) -> str:
    """Return a sentence in the reader's language, its ``{places}`` filled as by ``str.format``.

    Parameters
    ----------
    text : str
        In English, as the catalogue knows it.
    **values
    """
    return _catalogue(language()).gettext(text).format(**values)


def say_count(one: str, many: str, count: int, /, **values: Any) -> str:
    """Return a sentence that counts something, which ``{count}`` stands for.

    Parameters
    ----------
    one, many : str
        In English.
    count : int
    **values
    """
    text = _catalogue(language()).ngettext(one, many, count)
    return text.format(count=count, **values)


def word_of(lang: Lang, key: str, english: str) -> str:
    """Return a word that goes by a key, as those of the page do.

    Parameters
    ----------
    lang : {"en", "ja"}
    key, english : str
    """
    return _catalogue(lang).pgettext(key, english) if lang != "en" else english


def translated(text: str, lang: Lang | None = None) -> str:
    """Put a finished English sentence into the reader's language, as far as the catalogue has it.

    What was filled in is found by the sentence around it.  Sentences that ``"; "`` joins, and what
    stands behind a name and ``": "``, are looked up by themselves.

    Parameters
    ----------
    text : str
    lang : {"en", "ja"}, optional
        Instead of :func:`language`.
    """
    lang = lang or language()
    if lang == "en":
        return text
    whole = _whole(lang, text)
    if whole is not None:
        return whole
    parts = text.split("; ")
    said = [_clause(lang, part) for part in parts]
    return text if said == parts else _END[lang].join(said)


def _clause(lang: Lang, text: str) -> str:
    """Translate a sentence, or what stands behind ``name: ``."""
    whole = _whole(lang, text)
    if whole is not None:
        return whole
    name, colon, rest = text.partition(": ")
    return f"{name}: {_clause(lang, rest)}" if colon else text


def _whole(lang: Lang, text: str) -> str | None:
    """Translate a text that is one sentence of the catalogue, None if it is none."""
    for template in _templates(lang):
        if template.literal in text and (found := re.fullmatch(template.pattern, text, re.DOTALL)):
            values = {
                name: translated(value, lang) if name in _SENTENCES else value
                for name, value in found.groupdict().items()
            }
            return _PLACE.sub("{\\1}", template.text).format(**values)
    return None


class _Template(NamedTuple):
    """An English sentence as a pattern, and its translation."""

    literal: str
    pattern: str
    places: frozenset[str]
    text: str


@cache
def _templates(lang: Lang) -> tuple[_Template, ...]:
    """Return all sentences of a catalogue, those that say most first."""
    # The standard library keeps a catalogue's sentences to itself; there is no other door to them.
    entries: Mapping[Any, str] = vars(_catalogue(lang))["_catalog"]
    found = []
    for key, text in entries.items():
        english = key[0] if isinstance(key, tuple) else key
        if not english or "\x04" in english:  # the header, and words that go by a key
            continue
        pieces = _PLACE.split(english)
        literals, seen = pieces[::2], set[str]()
        pattern = re.escape(literals[0])
        for name, literal in zip(pieces[1::2], literals[1:], strict=True):
            pattern += f"(?P={name})" if name in seen else f"(?P<{name}>.*?)"
            pattern += re.escape(literal)
            seen.add(name)
        # A plural may count what its singular does not: such a sentence is never finished below.
        fillable = set(_PLACE.findall(text)) <= seen | {"count"}
        if fillable and sum(map(len, literals)) >= _LEAST:
            found.append(_Template(max(literals, key=len), pattern, frozenset(seen), text))
    return tuple(sorted(found, key=lambda each: -len(each.pattern)))


@cache
def _catalogue(lang: Lang) -> gettext.NullTranslations:
    if lang == "en":
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, locale_directory(), [lang])
