"""Bounds that are checked before any pixel is read."""

from __future__ import annotations

from dataclasses import dataclass

from sokkuri import settings
from sokkuri.images.rejected import RejectKind, Unusable

__all__ = ["DEFAULT_LIMITS", "Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file and a picture may be.

    Parameters
    ----------
    file_bytes : int
        Largest encoded size in bytes.
    pixels : int
        Largest width times height.
    side : int
        Largest width and largest height, in pixels.
    """

    file_bytes: int = settings.MAX_FILE_BYTES
    pixels: int = settings.MAX_PIXELS
    side: int = settings.MAX_SIDE

    def check_bytes(self, count: int) -> None:
        """Refuse an encoded size over the limit."""
        if count > self.file_bytes:
            raise Unusable(
                RejectKind.TOO_LARGE,
                f"{count:,} bytes, over the limit of {self.file_bytes:,} bytes for a file",
            )

    def check_size(self, size: tuple[int, int]) -> None:
        """Refuse a picture whose header announces too many pixels, or none."""
        width, height = size
        if width < 1 or height < 1:
            raise Unusable(RejectKind.DAMAGED, f"the header says {width} x {height} pixels")
        if width * height > self.pixels or max(size) > self.side:
            raise Unusable(
                RejectKind.TOO_LARGE,
                f"{width:,} x {height:,} pixels, over the limit of {self.pixels:,} pixels "
                f"and {self.side:,} a side",
            )


DEFAULT_LIMITS = Limits()
