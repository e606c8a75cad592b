"""Photos to try a search on: drawn garments, copies of some of them, and one broken file.

Nothing is drawn, and no imaging library is loaded, until :func:`write_demo_folder` is called.
"""

from __future__ import annotations

from sokkuri.demo.folder import DemoFolder, write_demo_folder

__all__ = ["DemoFolder", "write_demo_folder"]
