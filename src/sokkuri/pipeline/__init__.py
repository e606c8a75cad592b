"""From folders to hashes: list the files, decode and hash them on all cores, keep the reasons."""

from __future__ import annotations

from sokkuri.pipeline.cataloguing import Catalogued, catalogue_paths, digest_paths
from sokkuri.pipeline.hashed import Hashed
from sokkuri.pipeline.hashing import hash_paths
from sokkuri.pipeline.identity import same_as
from sokkuri.pipeline.jobs import Job, map_files
from sokkuri.pipeline.listing import Listing, list_files
from sokkuri.pipeline.parallel import ordered_map
from sokkuri.pipeline.sampling import sample_file
from sokkuri.pipeline.sources import hash_source

__all__ = [
    "Catalogued",
    "Hashed",
    "Job",
    "Listing",
    "catalogue_paths",
    "digest_paths",
    "hash_paths",
    "hash_source",
    "list_files",
    "map_files",
    "ordered_map",
    "same_as",
    "sample_file",
]
