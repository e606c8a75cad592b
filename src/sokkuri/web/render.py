"""Pages made of templates, in the reader's language; the words stand in ``locales/``."""

from __future__ import annotations

import tomllib
from functools import cache, partial
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from jinja2 import Environment, PackageLoader, StrictUndefined

from sokkuri import __version__, settings
from sokkuri.matches import RATE_UNIT

if TYPE_CHECKING:
    from starlette.requests import Request

Lang = Literal["en", "ja"]

LANGUAGES: Final[tuple[Lang, ...]] = get_args(Lang)
LANGUAGE_COOKIE: Final = "sokkuri-lang"


def page_html(request: Request, name: str, **values: Any) -> str:
    """Return a page.

    Parameters
    ----------
    request : Request
        Whose language counts: the address, a cookie, the browser's wish.
    name : str
        Name of the page and its template; its title is the word ``title.NAME``.
    **values
        Further values for the template.
    """
    lang = language_of(
        request.query_params.get("lang"),
        request.cookies.get(LANGUAGE_COOKIE),
        request.headers.get("accept-language"),
    )
    return _environment().get_template(f"{name}.html").render(
        request=request,
        lang=lang,
        t=partial(translate, lang),
        words=words_of(lang),
        page=name,
        title=translate(lang, f"title.{name}"),
        version=__version__,
        settings=_page_settings(request),
        **values,
    )  # fmt: skip


@cache
def words_of(lang: Lang) -> dict[str, str]:
    """Return all words of a language by their keys, for the modules of a page."""
    text = resources.files("sokkuri.web").joinpath("locales", f"{lang}.toml").read_text("utf-8")
    return {
        f"{part}.{key}": sentence
        for part, sentences in tomllib.loads(text).items()
        for key, sentence in sentences.items()
    }


def translate(lang: Lang, key: str, **values: object) -> str:
    """Return the sentence of a key, its ``{places}`` filled.

    Parameters
    ----------
    lang : {"en", "ja"}
    key : str
    **values
        Where ``count`` is 1 and the key has a form ``.one``, that is taken, as in the browser.

    Raises
    ------
    KeyError
        If there is no such key.
    """
    words = words_of(lang)
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


def _page_settings(request: Request) -> dict[str, Any]:
    """Return the defaults that a page's modules share with all other faces."""
    return {
        "hash": request.app.state.site.default_hash,
        "emphasis": settings.DEFAULT_EMPHASIS,
        "nearest": settings.DEFAULT_NEAREST,
        "tiles": settings.FIGURE_TILES,
        "low_quality": settings.LOW_QUALITY,
        "rate_unit": RATE_UNIT,
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("sokkuri.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
