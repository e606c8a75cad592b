"""Photos for the servers of these tests; each file starts its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

Waves = Callable[[int, int, int], NDArray[np.uint8]]


def fill(folder: Path, waves: Waves, count: int) -> None:
    """Put photos into a folder, a third of them one level deeper."""
    (folder / "内側").mkdir(parents=True)
    for seed in range(count):
        place = folder / "内側" if seed % 3 == 0 else folder
        picture = Image.fromarray(waves(80 + seed % 50, 60, seed))
        picture.save(place / f"photo-{seed:03}.jpg", quality=92)


@pytest.fixture(scope="session")
def picture(waves: Waves, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the bytes of a photo that is in no folder."""
    path = tmp_path_factory.mktemp("picture") / "query.jpg"
    Image.fromarray(waves(120, 90, 999)).save(path, quality=92)
    return path.read_bytes()
