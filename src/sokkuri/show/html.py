"""An outcome as a piece of HTML for notebooks: no files beside it, no script, no style sheet."""

from __future__ import annotations

import base64
import html
import io
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from sokkuri import settings
from sokkuri.images import Rejected, load, thumbnail
from sokkuri.language import REASON, language, say, word_of
from sokkuri.names import escape
from sokkuri.show import captions
from sokkuri.show.canvas import RED

if TYPE_CHECKING:
    from sokkuri._typing import ImageLike
    from sokkuri.matches import Match, Outcome

_SIDE: Final = 160


def results_html(outcome: Outcome, *, limit: int = settings.FIGURE_TILES) -> str:
    """Return an outcome as a self-contained HTML fragment.

    The query comes first, then a tile for each match with rank, distance, rate and similarity;
    photos that are the query itself carry a red frame and a badge.  Photos are embedded as small
    JPEGs without metadata, and every name is escaped.

    Parameters
    ----------
    outcome : Outcome
    limit : int
        The largest number of matches shown.

    Raises
    ------
    ValueError
        If ``limit`` is below 0.
    """
    if limit < 0:
        raise ValueError(f"limit must be 0 or more, not {limit}")
    shown = outcome.matches[:limit]
    tiles = [_tile(outcome, rank, match) for rank, match in enumerate(shown, start=1)]
    lines = [_part("line", line=line) for line in captions.heading_words(outcome, len(shown))]
    name = captions.display_name(outcome.query)
    photo = _photo(captions.query_source(outcome), 240, say("query {name}", name=name))
    head = _part(
        "head", photo=photo, path=escape(outcome.query),
        name=captions.elide_middle(name, 60), lines=_Markup("".join(lines)),
    )  # fmt: skip
    grid = _part("grid", tiles=_Markup("".join(tiles))) if tiles else ""
    return _part("page", head=head, grid=grid)


class _Markup(str):
    """HTML, which needs no escapes any more."""

    __slots__ = ()


def _tile(outcome: Outcome, rank: int, match: Match) -> _Markup:
    name, distance = captions.display_name(match.path), captions.distance_words(match.distance)
    frame = badge = ""
    rate = f"rate {match.rate:.3f}" if outcome.rated else ""
    if match.same is not None:
        frame = _part("frame", colour=RED)
        badge = _part("badge", colour=RED, badge=captions.badge(match.same))
    return _part(
        "tile", side=_SIDE, frame=frame, badge=badge, rank=rank, distance=distance,
        photo=_photo(match.path, _SIDE, f"{name}, {distance}"), path=escape(match.path),
        name=captions.elide_middle(name, 18), rate=rate,
        similarity=captions.percent(outcome, match.distance),
    )  # fmt: skip


def _photo(source: ImageLike, side: int, words: str) -> _Markup:
    picture = load(source)
    if isinstance(picture, Rejected):
        return _part(
            "unreadable",
            side=side,
            words=words,
            problem=say("cannot be read"),
            reason=escape(word_of(language(), REASON, picture.kind)),
        )
    image, file = thumbnail(picture, side), io.BytesIO()
    image.save(file, "JPEG", quality=82, optimize=True)
    data = "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode("ascii")
    width, height = image.size
    return _part("photo", side=side, words=words, data=data, width=width, height=height)


def _part(part: str, /, **values: object) -> _Markup:
    """Fill the places of a part of the fragment; texts are escaped, markup stays."""
    filled = {
        key: html.escape(value) if isinstance(value, str) and type(value) is not _Markup else value
        for key, value in values.items()
    }
    return _Markup(_parts()[part].format(**filled))


@cache
def _parts() -> dict[str, str]:
    text = resources.files("sokkuri.show").joinpath("html.toml").read_text("utf-8")
    return tomllib.loads(text)
