"""``python -m sokkuri``: the same as the ``sokkuri`` command."""

from __future__ import annotations

import sys

from sokkuri._entry import main

if __name__ == "__main__":
    sys.exit(main())
