"""Pages made of templates, in the reader's language."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from sokkuri import __version__, settings
from sokkuri.matches import RATE_UNIT
from sokkuri.web.asked import TILES
from sokkuri.web.words import language_of, translate, words_of

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["LANGUAGE_COOKIE", "page_html", "page_settings"]

LANGUAGE_COOKIE: Final = "sokkuri-lang"


def page_html(request: Request, name: str, title: str, **values: Any) -> str:
    """Return a page.

    Parameters
    ----------
    request : Request
        Whose language counts: the address, a cookie, the browser's wish.
    name : str
        Of the page and its template.
    title : str
        The key of its title among the words.
    **values
        What else the template uses.
    """
    lang = language_of(
        request.query_params.get("lang"),
        request.cookies.get(LANGUAGE_COOKIE),
        request.headers.get("accept-language"),
    )
    template = _environment().get_template(f"{name}.html")
    return template.render(
        lang=lang,
        t=partial(translate, lang),
        words=dict(words_of(lang)),
        page=name,
        title=translate(lang, title),
        version=__version__,
        settings=page_settings(request),
        **values,
    )


def page_settings(request: Request) -> dict[str, Any]:
    """Return what the page's modules start from: the one set of defaults that all faces share."""
    site = request.app.state.site
    return {
        "hash": site.default_hash,
        "emphasis": settings.DEFAULT_EMPHASIS,
        "nearest": settings.DEFAULT_NEAREST,
        "tiles": TILES,
        "low_quality": settings.LOW_QUALITY,
        "rate_unit": RATE_UNIT,
        "has_explain": True,
        "has_compare": True,
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
