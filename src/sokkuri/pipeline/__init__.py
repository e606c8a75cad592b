"""From folders to hashes: list the files, decode and hash them on all cores, keep the reasons."""

from __future__ import annotations

from sokkuri.pipeline.cataloguing import Catalogued, catalogue_paths, digest_paths
from sokkuri.pipeline.companions import is_companion, parted
from sokkuri.pipeline.exclusion import IGNORE_FILE, Exclude, kept_names
from sokkuri.pipeline.hashed import Hashed
from sokkuri.pipeline.hashing import hash_paths
from sokkuri.pipeline.identity import same_as
from sokkuri.pipeline.jobs import Job, map_files
from sokkuri.pipeline.links import known_file_key, without_links
from sokkuri.pipeline.listing import Listing, list_files
from sokkuri.pipeline.parallel import ordered_map
from sokkuri.pipeline.sampling import sample_file
from sokkuri.pipeline.sources import hash_source
from sokkuri.pipeline.spelling import as_on_disk

__all__ = [
    "IGNORE_FILE",
    "Catalogued",
    "Exclude",
    "Hashed",
    "Job",
    "Listing",
    "as_on_disk",
    "catalogue_paths",
    "digest_paths",
    "hash_paths",
    "hash_source",
    "is_companion",
    "kept_names",
    "known_file_key",
    "list_files",
    "map_files",
    "ordered_map",
    "parted",
    "same_as",
    "sample_file",
    "without_links",
]
