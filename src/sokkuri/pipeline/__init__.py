"""From folders to hashes: list the files, decode and hash them on all cores, keep the reasons."""

from __future__ import annotations

from sokkuri.pipeline.exclude import IGNORE_FILE, Exclude, kept_names
from sokkuri.pipeline.ordered import map_files, ordered_map
from sokkuri.pipeline.record import FileRecord, digest_file, hash_paths, hash_source, least_side
from sokkuri.pipeline.same_picture import known_file_key, same_as, sample_file, without_links
from sokkuri.pipeline.task import Task, hashers_of
from sokkuri.pipeline.walk import FileListing, as_on_disk, is_companion, list_files, parted

__all__ = [
    "IGNORE_FILE",
    "Exclude",
    "FileListing",
    "FileRecord",
    "Task",
    "as_on_disk",
    "digest_file",
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
