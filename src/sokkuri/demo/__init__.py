"""Photos to try a search on: drawn garments, edited copies of some, and one broken file.

No imaging library is loaded until :func:`write_demo_folder` is called.
"""

from __future__ import annotations

from sokkuri.demo.folder import DemoFolder, write_demo_folder

__all__ = ["DemoFolder", "write_demo_folder"]
