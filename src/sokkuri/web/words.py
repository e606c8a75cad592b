"""The language that a request is answered in, and the words of the pages."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from starlette.requests import HTTPConnection

from sokkuri.language import language, preferred, word_of

if TYPE_CHECKING:
    from starlette.types import Scope

    from sokkuri.language import Lang

LANGUAGE_COOKIE: Final = "sokkuri-lang"
"""Holds the language that was chosen on the page."""


def language_of(scope: Scope) -> Lang:
    """Return the language that a request asks for; English if it asks for none.

    What a browser opens, a page or a file behind a link, is in the language of the address, of the
    choice on the page, or of the browser.  What a module of a page fetches is in that page's
    language, which may be another by then; it and programs say theirs by ``Accept-Language``.

    Parameters
    ----------
    scope : Scope
        Of an HTTP request.
    """
    request = HTTPConnection(scope)
    wish = request.headers.get("accept-language")
    if request.headers.get("sec-fetch-mode", "navigate") != "navigate":
        return preferred(wish)
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return preferred(request.query_params.get("lang"), chosen, wish)


def language_headers() -> dict[str, str]:
    """Return the headers of an answer that holds sentences, as they are said now."""
    return {"Content-Language": language(), "Vary": "Accept-Language, Cookie"}


@cache
def words_of(lang: Lang) -> dict[str, str]:
    """Return all words of a language by their keys, for the modules of a page."""
    text = resources.files("sokkuri.web").joinpath("words.toml").read_text("utf-8")
    return {
        f"{part}.{key}": word_of(lang, f"web: {part}.{key}", sentence)
        for part, sentences in tomllib.loads(text).items()
        for key, sentence in sentences.items()
    }


def page_word(lang: Lang, key: str, **values: object) -> str:
    """Return the sentence of a key, its ``{places}`` filled.

    Where ``count`` is 1 and the key has a form ``.one``, that is taken, as in the browser.

    Parameters
    ----------
    lang : {"en", "ja"}
    key : str
    **values

    Raises
    ------
    KeyError
        If there is no such word.
    """
    words = words_of(lang)
    one = f"{key}.one"
    sentence = words[one] if values.get("count") == 1 and one in words else words[key]
    for name, value in values.items():
        text = f"{value:,}" if isinstance(value, int) else str(value)
        sentence = sentence.replace(f"{{{name}}}", text)
    return sentence


def full_sentence(lang: Lang, text: str) -> str:
    """Write what an error says, which has no capital and no full stop, as the page writes it.

    Parameters
    ----------
    lang : {"en", "ja"}
    text : str
    """
    text = text[:1].upper() + text[1:]
    stop = "。" if lang == "ja" else "."
    return text + stop if text[-1:].isalnum() or text.endswith((")", "）")) else text
