"""Pictures and explanations of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from sokkuri import Picture, load
from sokkuri.explanation import Explanation, HashView, explain_views
from sokkuri.metric import Metric
from sokkuri.registry import hasher

Waves = Callable[[int, int, int], NDArray[np.uint8]]
Explainer = Callable[..., Explanation]


@pytest.fixture(scope="session")
def wave(waves: Waves) -> Callable[[int], Picture]:
    """Return the maker of decoded pictures of changing sizes: ``wave(seed)``."""

    def make(seed: int) -> Picture:
        picture = load(waves(90 + seed % 7, 70 + seed % 5, seed))
        assert isinstance(picture, Picture)
        return picture

    return make


@pytest.fixture(scope="session")
def explained() -> Explainer:
    """Return a function that explains two pictures by the name of a hash."""

    def explain(
        a: Picture, b: Picture, name: str, *, emphasis: str | float | None = None,
        mirror: bool | None = None,
    ) -> Explanation:  # fmt: skip
        maker = hasher(name)
        measure = Metric.of(maker, emphasis=emphasis, mirror=mirror)
        return explain_views(HashView.of(a, maker), HashView.of(b, maker), measure)

    return explain
