from __future__ import annotations

import os
import subprocess
import sys

import pytest

CODE = """
import numpy as np, sokkuri
from sokkuri.kernels import active_kernels
from sokkuri.testing import clustered_codes
print(active_kernels())
for width in (8, 32, 61, 512):
    codes = clustered_codes(3000, width, 5)
    blocks = [np.arange(8 * width) // 64]
    for name in ("flat", "pruned", "mih"):
        if name == "mih" and width > 61:
            continue
        index = sokkuri.Index.from_codes(codes, searcher=name, blocks=blocks)
        for asked in ({"k": 9}, {"max_distance": 12}):
            hits = index.search_many(codes[:5], **asked)
            print(name, width, hits.rows.tolist(), hits.distances.tolist(), hits.totals.tolist())
"""


def _told(**environ: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=os.environ | environ, capture_output=True, text=True,
        check=True, timeout=120,
    )  # fmt: skip
    return done.stdout.splitlines()


@pytest.mark.slow
def test_numpy_alone_gives_the_same_answers_where_it_is_forced(native: None) -> None:
    forced, usual = _told(SOKKURI_KERNELS="reference"), _told(SOKKURI_KERNELS="")
    assert forced[0] == "numpy"
    assert usual[0] in {"avx512", "avx2", "neon", "portable"}
    assert forced[1:] == usual[1:]
    assert len(usual) == 1 + 2 * 11
