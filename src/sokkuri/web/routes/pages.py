"""The pages, in the reader's language; ``words.toml`` has the words in English."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from sokkuri import __version__, settings
from sokkuri.engine.copies import CopyOptions
from sokkuri.language import LANGUAGES
from sokkuri.matches import RATE_UNIT
from sokkuri.web.words import LANGUAGE_COOKIE, full_sentence, language_of, page_word, words_of

router: Final = APIRouter(include_in_schema=False)

_PAGES: Final = ("home", "search", "explain", "copy", "compare", "library", "docs")
"""Each is at the address of its name, but for the first."""

_YEAR: Final = 365 * 24 * 3600


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
    lang = language_of(request.scope)
    return _environment().get_template(f"{name}.html").render(
        request=request,
        lang=lang,
        t=partial(page_word, lang),
        full=partial(full_sentence, lang),
        words=words_of(lang),
        page=name,
        title=page_word(lang, f"title.{name}"),
        version=__version__,
        settings={
            "hash": request.app.state.site.default_hash,
            "emphasis": settings.DEFAULT_EMPHASIS,
            "nearest": settings.DEFAULT_NEAREST,
            "tiles": settings.FIGURE_TILES,
            "low_quality": settings.LOW_QUALITY,
            "copies": CopyOptions().hashers[0].spec.name,
            "copies_harder": CopyOptions(harder=True).hashers[0].spec.name,
            "rate_unit": RATE_UNIT,
            "reveals": request.app.state.site.reveal is not None,
        },
        **values,
    )  # fmt: skip


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


def _page(name: str) -> Callable[..., Response]:
    """Return what answers with a page; its modules fetch what it shows."""

    def page(request: Request, lang: Annotated[str, Query(max_length=16)] = "") -> Response:
        answer = HTMLResponse(page_html(request, name))
        if lang in LANGUAGES:  # whoever chose a language meets it again on the next page
            answer.set_cookie(LANGUAGE_COOKIE, lang, max_age=_YEAR, samesite="strict")
        return answer

    return page


for _name in _PAGES:
    router.add_api_route("/" if _name == "home" else f"/{_name}", _page(_name), name=_name)
