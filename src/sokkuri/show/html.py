"""An outcome as a piece of HTML for notebooks: no files beside it, no script, no style sheet."""

from __future__ import annotations

import base64
import io
from html import escape as _quoted
from typing import TYPE_CHECKING, Final

from sokkuri import settings
from sokkuri.images import Rejected
from sokkuri.names import escape
from sokkuri.show import captions
from sokkuri.show.canvas import RED, thumbnail
from sokkuri.show.text import display_name, elide_middle

if TYPE_CHECKING:
    from PIL.Image import Image

    from sokkuri._typing import ImageLike
    from sokkuri.matches import Match, Outcome

_SIDE: Final = 160
_QUERY_SIDE: Final = 240
_JPEG_QUALITY: Final = 82

_NAME_WIDTH: Final = 18
_QUERY_NAME_WIDTH: Final = 60

# Greys that are half transparent and the page's own ink suit light and dark themes alike.
_PAGE: Final = "font-family:sans-serif;font-size:12px;line-height:1.4;color:inherit"
_HEAD: Final = "text-align:center;margin:8px 0 34px"
_GRID: Final = "display:flex;flex-wrap:wrap;gap:26px 12px"
_TILE: Final = (
    "display:flex;align-items:center;justify-content:center;margin:0 auto;"
    "background:rgba(128,128,128,.14);overflow:hidden"
)
_SOFT: Final = "opacity:.72"
_LINE: Final = "display:flex;justify-content:space-between;gap:6px"
_BADGE: Final = (
    f"position:absolute;left:-4px;top:-21px;background:{RED};color:#fff;"
    "font-size:11px;font-weight:bold;line-height:18px;padding:0 6px"
)


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
    tiles = "".join(_tile(outcome, rank, match) for rank, match in enumerate(shown, start=1))
    grid = f'<div style="{_GRID}">{tiles}</div>' if tiles else ""
    return f'<div class="sokkuri" style="{_PAGE}">{_head(outcome, len(shown))}{grid}</div>'


def _head(outcome: Outcome, shown: int) -> str:
    name = elide_middle(display_name(outcome.query), _QUERY_NAME_WIDTH)
    source = captions.query_source(outcome)
    photo = _photo(source, _QUERY_SIDE, f"query {display_name(outcome.query)}")
    path = _quoted(escape(outcome.query))
    lines = captions.heading_words(outcome, shown)
    return (
        f'<div style="{_HEAD}">'
        f"{photo}"
        f'<div style="font-size:15px;margin-top:6px" title="{path}">'
        f"<bdi>{_quoted(name)}</bdi></div>"
        + "".join(f'<div style="{_SOFT}">{_quoted(line)}</div>' for line in lines)
        + "</div>"
    )


def _tile(outcome: Outcome, rank: int, match: Match) -> str:
    name = display_name(match.path)
    distance = captions.distance_words(match.distance)
    photo = _photo(match.path, _SIDE, f"{name}, {distance}")
    frame = badge = ""
    if match.same is not None:
        frame = f";box-shadow:0 0 0 4px {RED}"
        badge = f'<span style="{_BADGE}">{captions.BADGES[match.same]}</span>'
    return (
        f'<div style="width:{_SIDE}px">'
        f'<div style="position:relative{frame}">{badge}{photo}</div>'
        f'<div style="margin-top:6px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis" '
        f'title="{_quoted(escape(match.path))}"><b>{rank}</b> '
        f'<bdi style="{_SOFT}">{_quoted(elide_middle(name, _NAME_WIDTH))}</bdi></div>'
        f'<div style="{_LINE}"><span>{distance}</span>'
        f"<span>{_quoted(captions.percent(outcome, match.distance))}</span></div>"
        f'<div style="{_SOFT}">rate {match.rate:.3f}</div></div>'
    )


def _photo(source: ImageLike, side: int, alternative: str) -> str:
    image = thumbnail(source, side)
    style = f"{_TILE};width:{side}px;height:{side}px"
    if isinstance(image, Rejected):
        reason = f"cannot be read<br>{_quoted(escape(str(image.kind)))}"
        return (
            f'<div style="{style}" role="img" aria-label="{_quoted(alternative)}">'
            f'<span style="{_SOFT};text-align:center">{reason}</span></div>'
        )
    width, height = image.size
    return (
        f'<div style="{style}"><img src="{_data_url(image)}" alt="{_quoted(alternative)}" '
        f'width="{width}" height="{height}" style="margin:0;max-width:none"></div>'
    )


def _data_url(image: Image) -> str:
    data = io.BytesIO()
    image.save(data, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode("ascii")
