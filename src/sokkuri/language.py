"""The reader's language: one catalogue of words for the command, the page and the figures.

Sentences are English where they arise: in code, in errors, in what a library holds, in JSON.  They
are put into another language where a person reads them: by :func:`say` where they are written for
that, and by :func:`translated` where they come from below, finished.  ``locales/`` has the
catalogue in the form of GNU gettext; ``tools/catalogue.py`` brings it up to date, and finds the
sentences of errors and reasons by itself, others where :func:`sentence` marks them.
"""

from __future__ import annotations

import contextlib
import gettext
import os
import re
import sys
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Lang = Literal["en", "ja"]

LANGUAGES: Final[tuple[Lang, ...]] = get_args(Lang)
VARIABLE: Final = "SOKKURI_LANG"
DOMAIN: Final = "sokkuri"

_LOCALE_VARIABLES: Final = (VARIABLE, "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set counts, as for every program that uses gettext."""

_PLACE: Final = re.compile(r"\{(\w+)[^{}]*\}")
_SENTENCES: Final = (
    "advice", "cause", "detail", "error", "feature", "found", "hint", "problem", "raw", "reason",
    "size", "strerror", "unit", "unwritten", "wanted", "ways", "what", "why",
)  # fmt: skip
"""Places that hold sentences or words of their own; all others hold names and numbers."""

_END: Final[Mapping[Lang, str]] = {"en": "; ", "ja": "。"}
"""Between two sentences of one message."""

_KIND: Final[Mapping[Lang, tuple[str, str]]] = {
    "en": ("{kind}: {detail}", "{kind}: {detail}"),
    "ja": ("{kind}：{detail}", "{kind}（{detail}）"),
}
"""A kind of reason before its detail, and before a detail in the words of another program."""

REASON: Final = "reason"
"""Context of the kinds of reasons in the catalogue."""

FINISHED: Final = "finished"
"""Context of the sentences that come from below, filled in, to find them among all others."""

_LEAST: Final = 6
"""So many letters a sentence with places must have beside them, or any text would be it."""

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


def joined(sentences: Iterable[str]) -> str:
    """Return several sentences as one message in the reader's language."""
    return _END[language()].join(sentences)


def sentence(text: str) -> str:
    """Return a sentence as it is; the catalogue has it, for :func:`translated` to find it."""
    return text


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
    return text if lang == "en" or not text else _translated(lang, text)


@lru_cache(maxsize=4096)  # a folder has thousands of files, and few reasons
def _translated(lang: Lang, text: str) -> str:
    known = _known(lang, text)
    if known is not None:
        return known
    said = ""
    parts = text.split("; ")
    found = [_known(lang, part) for part in parts]
    for number, part in enumerate(parts):
        if number:
            both = found[number - 1] is not None and found[number] is not None
            said += _END[lang] if both else "; "
        said += part if (here := found[number]) is None else here
    return said


def _known(lang: Lang, text: str) -> str | None:
    """Translate a text of which every sentence is known, None for another."""
    whole = _whole(lang, text)
    if whole is not None:
        return whole
    for end in _places("; ", text):
        first, second = text[:end], text[end + 2 :]
        if (said := _known(lang, second)) and (before := _known(lang, first)):
            return before + _END[lang] + said
    for colon in _places(": ", text):
        name, rest = text[:colon], text[colon + 2 :]
        said, kind = _known(lang, rest), _kind(lang, name)
        # A file may be called like a kind, which stands before a reason with its own kind then.
        if kind is not None and _kind(lang, rest.partition(": ")[0]) is None:
            own, foreign = _KIND[lang]
            return (foreign if said is None else own).format(kind=kind, detail=said or rest)
        if said is not None:
            return f"{name}: {said}"
    return None


def _places(mark: str, text: str) -> Iterator[int]:
    """Yield the places of a mark in a text."""
    return (found.start() for found in re.finditer(re.escape(mark), text))


def _kind(lang: Lang, text: str) -> str | None:
    """Translate a kind of reason, None if it is none."""
    said = _catalogue(lang).pgettext(REASON, text)
    return None if said == text else said


def _whole(lang: Lang, text: str) -> str | None:
    """Translate a text that is one sentence of the catalogue, None if it is none."""
    for template in _templates(lang):
        if template.literal in text and (found := re.fullmatch(template.pattern, text, re.DOTALL)):
            values = {
                name: translated(value, lang) if _holds_sentences(name) else value
                for name, value in found.groupdict().items()
            }
            return _PLACE.sub("{\\1}", template.text).format(**values)
    return None


def _holds_sentences(place: str) -> bool:
    return place.rstrip("0123456789") in _SENTENCES


class _Template(NamedTuple):
    """An English sentence as a pattern, and its translation."""

    literal: str
    pattern: str
    places: frozenset[str]
    text: str


SYSTEMS_SAY: Final = (
    sentence("Permission denied"),
    sentence("permission denied"),
    sentence("Operation not permitted"),
    sentence("No such file or directory"),
    sentence("Not a directory"),
    sentence("Is a directory"),
    sentence("File exists"),
    sentence("File name too long"),
    sentence("No space left on device"),
    sentence("Disk quota exceeded"),
    sentence("Read-only file system"),
    sentence("Input/output error"),
    sentence("Device or resource busy"),
    sentence("Too many open files"),
    sentence("Address already in use"),
    sentence("Cannot assign requested address"),
)
"""Errors in the words of an operating system, those that are met."""


@cache
def _templates(lang: Lang) -> tuple[_Template, ...]:
    """Return the sentences of a catalogue that come finished, those that say most first."""
    # The standard library keeps a catalogue's sentences to itself; there is no other door to them.
    entries: Mapping[str, str] = vars(_catalogue(lang))["_catalog"]
    found = []
    for key, text in entries.items():
        context, _, english = str(key).partition("\x04")
        if context != FINISHED:
            continue
        pieces = _PLACE.split(english)
        literals, seen = pieces[::2], set[str]()
        pattern = re.escape(literals[0])
        for name, literal in zip(pieces[1::2], literals[1:], strict=True):
            # A name does not reach from one sentence into another, and at the front it does not
            # take what stands before it for a part of itself.
            less = ("" if _holds_sentences(name) else ";") + ("" if pattern else ":")
            text_of = f"(?:(?![{less}] ).)+?" if less else ".+?"
            pattern += f"(?P={name})" if name in seen else f"(?P<{name}>{text_of})"
            pattern += re.escape(literal)
            seen.add(name)
        said = "".join(literals)
        if sum(map(str.isalpha, said)) >= _LEAST or not seen:
            template = _Template(max(literals, key=len), pattern, frozenset(seen), text)
            found.append((len(said), template))
    return tuple(template for _, template in sorted(found, key=lambda each: -each[0]))


@cache
def _catalogue(lang: Lang) -> gettext.NullTranslations:
    if lang == "en":
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, locale_directory(), [lang])
