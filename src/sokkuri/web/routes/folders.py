"""Folders: what is indexed, what was rejected, and a refresh."""

from __future__ import annotations

import os
from collections import Counter
from operator import itemgetter
from typing import Annotated, Final, Literal

from fastapi import Query

from sokkuri import settings
from sokkuri.errors import UnknownHash
from sokkuri.language import translated
from sokkuri.names import escape, shown_name
from sokkuri.protocols import SupportsEmphasis
from sokkuri.registry import families, hasher
from sokkuri.show.export import SCHEMA
from sokkuri.web import models
from sokkuri.web.photo import iso_time
from sokkuri.web.problems import problem, wrong
from sokkuri.web.routes.parameters import FolderKey, HashName, Limit, Offset, SiteOf
from sokkuri.web.routes.responses import PROBLEMS, Router, twins
from sokkuri.web.shelf import Shelf
from sokkuri.web.site import Site

router: Final = Router(tags=["folders"], responses=PROBLEMS)

_Column = Literal["folder", "-folder", "name", "-name", "reason", "-reason"]


@twins.get("/library.json")
@router.get("/library")
def _library(site: SiteOf) -> models.LibraryStatus:
    """Return what is indexed, and how far the indexing is."""
    return {"schema": SCHEMA, "folders": [_folder(site, shelf) for shelf in site.shelves]}


@router.get("/folders")
def _folders(site: SiteOf) -> models.FolderList:
    """List the folders that hold photos; what is counted lies in them or below."""
    tables = site.tables(site.default_hash)
    counts: Counter[str] = Counter()
    for folder, photos in Counter(each for table in tables for each in table.folders).items():
        names = folder.split("/") if folder else []
        for depth in range(len(names)):
            counts["/".join(names[: depth + 1])] += photos
    found = sorted(counts.items(), key=lambda each: (each[0].casefold(), each[0]))
    return {
        "photos": sum(map(len, tables)),
        "folders": [{"folder": folder, "photos": photos} for folder, photos in found],
    }


@router.get("/library/{key}/rejected")
def _rejected(
    site: SiteOf,
    key: FolderKey,
    kind: Annotated[str, Query(max_length=32, description="Only for this kind of reason.")] = "",
    sort: Annotated[_Column, Query(description="A minus turns the order round.")] = "folder",
    offset: Offset = 0,
    limit: Limit = 100,
) -> models.RejectionList:
    """List the files of a folder that have no hash, and why."""
    shelf = site.shelf(key)
    table = shelf.table(site.default_hash)
    rejected = () if table is None else table.rejected
    start = len(os.path.join(shelf.folder, ""))
    found: list[models.RejectedFile] = [
        {
            "name": shown_name(os.path.basename(each.path)),
            "folder": shown_name(os.path.dirname(each.path[start:])),
            "kind": each.kind,
            "reason": escape(translated(each.reason)),
        }
        for each in rejected
        if kind in ("", each.kind)
    ]
    column = itemgetter(sort.removeprefix("-"))
    found.sort(key=lambda each: column(each).casefold(), reverse=sort.startswith("-"))
    return {
        "total": len(found),
        "kinds": [
            {"kind": name, "count": count}
            for name, count in Counter(each.kind for each in rejected).most_common()
        ],
        "rejected": found[offset : offset + limit],
    }


@router.post("/library/{key}/refresh", status_code=202)
def _refresh(site: SiteOf, key: FolderKey, hash: HashName = "") -> models.FolderStatus:
    """Look for what has changed in a folder, and hash what is new, in the background.

    With a hash that the library does not keep yet, every photo gets it.
    """
    shelf = site.shelf(key)
    try:
        name = hasher(hash or site.default_hash).spec.name
    except UnknownHash as error:
        raise wrong(str(error)) from error
    if site.read_only:
        raise problem("not-hashed-and-read-only", hash=name, words=shelf.cli_args)
    shelf.refresh(name)
    return _folder(site, shelf)


@router.get("/hashes")
def _hashes(site: SiteOf) -> models.HashList:
    """List the hashes that can be searched with."""
    kept = {name for shelf in site.shelves for name in shelf.hashes}
    names = [settings.DEFAULT_HASH, settings.RGB_HASH, settings.GRAY_HASH]
    names += [family.example for family in families()] + sorted(kept)
    summaries = {family.example: family.summary for family in families()}
    listed = dict.fromkeys(filter(None, [site.default_hash, *names]))
    return {
        "default": site.default_hash,
        "hashes": [
            {
                "name": name,
                "bits": maker.spec.bits,
                "summary": translated(summaries.get(name, "")),
                "emphasis": isinstance(maker, SupportsEmphasis) and not name.endswith("-compact"),
                "in_library": name in kept,
            }
            for name, maker in zip(listed, map(hasher, listed), strict=True)
            if not maker.spec.verified
        ],
    }


def _folder(site: Site, shelf: Shelf) -> models.FolderStatus:
    # Before the rest: whoever hears that nothing runs any more does not ask again.
    indexing = shelf.indexing
    info = shelf.info()
    table = shelf.table(site.default_hash)
    return {
        "key": shelf.key,
        "name": shelf.name,
        "path": shown_name(os.path.abspath(shelf.folder)),
        "looked": None if shelf.looked_ns is None else iso_time(shelf.looked_ns),
        "photos": 0 if table is None else len(table),
        "photo_bytes": 0 if table is None else int(table.facts.bytes.sum()),
        "files": 0 if info is None else info.files,
        "rejected": 0 if table is None else len(table.rejected),
        "other_files": 0 if table is None else len(table.other_files),
        "bytes": 0 if info is None else info.bytes,
        "hashes": [
            {"name": kept.name, "photos": kept.rows} for kept in (info.hashes if info else ())
        ],
        "indexing": indexing,
        "note": shelf.note or translated(info.problem if info is not None else ""),
    }
