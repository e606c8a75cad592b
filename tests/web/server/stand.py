"""The real app as a process of its own: ``python stand.py '{"folder": ..., "uploads": ...}'``.

The command has no words for bounds such as the largest upload, so they are set here.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from typing import Any

from sokkuri import settings as house
from sokkuri.web.app import make_app
from sokkuri.web.pictures import Pictures
from sokkuri.web.safety import Guarded, settings_for
from sokkuri.web.server import bind
from sokkuri.web.shelf import Shelf
from sokkuri.web.site import Site
from sokkuri.web.uploads import Uploads
from sokkuri.web.uvicorn_server import Service


def main(wish: dict[str, Any]) -> None:
    """Serve until told to stop; the first line printed says where, and the token."""
    listener = bind()
    safety = settings_for("127.0.0.1", listener.getsockname()[1])
    safety = dataclasses.replace(safety, **wish.get("safety", {}))
    pictures = Pictures(**wish.get("pictures", {}))
    uploads = Uploads(wish["uploads"], largest=safety.upload_bytes)
    shelf = Shelf(wish["folder"], workers=wish.get("workers"))
    # No file manager opens in a test: what it is given is looked up instead.
    reveal = os.stat if wish.get("reveals") else None
    site = Site([shelf], uploads, pictures, default_hash=house.DEFAULT_HASH, reveal=reveal)
    try:
        if hashes := wish.get("hashes", [house.DEFAULT_HASH]):
            shelf.refresh(*hashes)
        told = {"url": safety.url, "token": safety.token}
        app = Guarded(make_app(site), safety)
        Service(app, listener, lambda: print(json.dumps(told), flush=True)).run_until_stopped()  # noqa: T201
    finally:
        site.stop()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
