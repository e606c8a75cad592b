"""From folders to hashes: list the files, decode and hash them on all cores, keep the reasons."""

from __future__ import annotations

from sokkuri.pipeline.companions import is_companion, parted
from sokkuri.pipeline.exclusion import IGNORE_FILE, Exclude, kept_names
from sokkuri.pipeline.identity import same_as
from sokkuri.pipeline.links import known_file_key, without_links
from sokkuri.pipeline.listing import Listing, list_files
from sokkuri.pipeline.ordered import map_files, ordered_map
from sokkuri.pipeline.record import (
    FileRecord,
    digest_paths,
    hash_paths,
    hash_source,
    least_side,
)
from sokkuri.pipeline.sampling import sample_file
from sokkuri.pipeline.spelling import as_on_disk
from sokkuri.pipeline.task import Task, hashers_of

__all__ = [
    "IGNORE_FILE",
    "Exclude",
    "FileRecord",
    "Listing",
    "Task",
    "as_on_disk",
    "digest_paths",
    "hash_paths",
    "hash_source",
    "hashers_of",
    "is_companion",
    "kept_names",
    "known_file_key",
    "least_side",
    "list_files",
    "map_files",
    "ordered_map",
    "parted",
    "same_as",
    "sample_file",
    "without_links",
]
