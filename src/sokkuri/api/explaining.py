"""Say why two pictures match."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sokkuri.api.inputs import hasher_for, rereadable
from sokkuri.errors import ImageError
from sokkuri.explanation import HashView, explain_views
from sokkuri.images import Rejected, describe
from sokkuri.metric import Metric
from sokkuri.pipeline import same_as

if TYPE_CHECKING:
    from sokkuri._typing import ImageLike
    from sokkuri.explanation import Explanation
    from sokkuri.protocols import Hasher

__all__ = ["explain"]


def explain(
    a: ImageLike,
    b: ImageLike,
    *,
    hash: str | None = None,
    rgb: bool = False,
    gray: bool = False,
    emphasis: str | float | None = None,
    mirror: bool | None = None,
) -> Explanation:
    """Say why two pictures are as near as they are: which bits differ, where, and what they mean.

    Parameters are those of :func:`search`.

    Raises
    ------
    ImageError
        If one of them cannot be read.
    UnknownHash
        If no hash goes by that name.
    """
    a, b = rereadable(a), rereadable(b)
    maker = hasher_for(hash, rgb=rgb, gray=gray)
    measure = Metric.of(maker, emphasis=emphasis, mirror=mirror)
    left, right = (_view(maker, image) for image in (a, b))
    names = (describe(a), describe(b))
    return explain_views(left, right, measure, names=names, same=lambda: same_as(a, [b])[0])


def _view(maker: Hasher, image: ImageLike) -> HashView:
    found = HashView.load(image, maker)
    if isinstance(found, Rejected):
        raise ImageError(found.path, found.reason)
    return found
