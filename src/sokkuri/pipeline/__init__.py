"""From folders to hashes: list the files, decode and hash them on all cores, keep the reasons."""

from __future__ import annotations

from sokkuri.pipeline.ordered import map_files, ordered_map
from sokkuri.pipeline.other_files import is_other_file, parted
from sokkuri.pipeline.record import FileRecord, digest_file, hash_paths, hash_source
from sokkuri.pipeline.same_picture import same_as
from sokkuri.pipeline.task import Task, hashers_of
from sokkuri.pipeline.walk import HOLDING_FOLDER, FileListing, as_on_disk, list_files

__all__ = [
    "HOLDING_FOLDER",
    "FileListing",
    "FileRecord",
    "Task",
    "as_on_disk",
    "digest_file",
    "hash_paths",
    "hash_source",
    "hashers_of",
    "is_other_file",
    "list_files",
    "map_files",
    "ordered_map",
    "parted",
    "same_as",
]
