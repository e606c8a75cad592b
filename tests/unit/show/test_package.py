"""What importing the views costs."""

from __future__ import annotations

import os
import subprocess
import sys


def test_importing_loads_neither_matplotlib_nor_pillow_for_text() -> None:
    program = (
        "import sys; import sokkuri.show.captions; "
        "assert not {'matplotlib', 'PIL', 'numpy'} & set(sys.modules); "
        "import sokkuri.show.figure, sokkuri.show.html; "
        "import sokkuri.show.explanation, sokkuri.evaluation.chart; "
        "assert 'matplotlib' not in sys.modules"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)
