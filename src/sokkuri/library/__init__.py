"""Libraries: what is known of a folder's photos, kept on the disk and kept fresh."""

from __future__ import annotations

from sokkuri.library.location import Location, location_of
from sokkuri.library.opened import State, open_state, table_of
from sokkuri.library.refresh import Refreshed

__all__ = ["Location", "Refreshed", "State", "location_of", "open_state", "table_of"]
