"""Compare two pictures: how far apart they are, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sokkuri.api.hash import hash_image, hashers_named, rereadable
from sokkuri.api.results import Comparison
from sokkuri.errors import ImageError
from sokkuri.explanation import HashView, explain_views
from sokkuri.images import Rejected, describe
from sokkuri.metric import Metric
from sokkuri.pipeline import same_as

if TYPE_CHECKING:
    from sokkuri._typing import ImageLike
    from sokkuri.explanation import Explanation
    from sokkuri.protocols import Hasher


def compare(
    a: ImageLike, b: ImageLike, *, hash: str | None = None, rgb: bool = False, gray: bool = False,
    emphasis: str | float | None = None, mirror: bool | None = None,
) -> Comparison:  # fmt: skip
    """Measure how far apart two pictures are.

    Parameters are those of :func:`search`.

    Raises
    ------
    ImageError
        If one of them cannot be read.
    UnknownHash
        If no hash goes by that name.
    """
    a, b = rereadable(a), rereadable(b)
    (hasher,) = hashers_named(hash, rgb=rgb, gray=gray)
    metric = Metric.of(hasher, emphasis=emphasis, mirror=mirror)
    hash_a, hash_b = (hash_image(image, hash=hasher.spec.name) for image in (a, b))
    distance = metric.distance(hash_a, hash_b)
    same = same_as(a, [b])[0] if distance == 0 else None
    return Comparison(describe(a), describe(b), hash_a, hash_b, distance, same, metric.spec)


def explain(
    a: ImageLike, b: ImageLike, *, hash: str | None = None, rgb: bool = False, gray: bool = False,
    emphasis: str | float | None = None, mirror: bool | None = None,
) -> Explanation:  # fmt: skip
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
    (hasher,) = hashers_named(hash, rgb=rgb, gray=gray)
    metric = Metric.of(hasher, emphasis=emphasis, mirror=mirror)
    left, right = (_view(hasher, image) for image in (a, b))
    names = (describe(a), describe(b))
    return explain_views(left, right, metric, names=names, same=lambda: same_as(a, [b])[0])


def _view(maker: Hasher, image: ImageLike) -> HashView:
    found = HashView.load(image, maker)
    if isinstance(found, Rejected):
        raise ImageError(found.path, found.reason)
    return found
