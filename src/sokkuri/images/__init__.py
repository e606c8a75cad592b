"""Pictures in: the only floor that opens and decodes image files.

:func:`load` takes a path, encoded bytes, a binary file object, a Pillow image or an array and
returns a :class:`Picture` or a :class:`Rejected` that says why not.  It does not raise for bad
input: deciding what a missing picture means is the caller's business.
"""

from __future__ import annotations

from sokkuri.images.decode import describe, load, read_picture_file
from sokkuri.images.exact import exact_digest
from sokkuri.images.limits import Rejected, RejectKind
from sokkuri.images.picture import Picture, Raster, encoded_thumbnail, thumbnail

__all__ = [
    "Picture",
    "Raster",
    "RejectKind",
    "Rejected",
    "describe",
    "encoded_thumbnail",
    "exact_digest",
    "load",
    "read_picture_file",
    "thumbnail",
]
