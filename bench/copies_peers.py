"""Other ways to find edited copies, each as it is usually used, measured as the copy finder is.

Of each photo a peer keeps a description, and tells how much two of them differ.  A threshold is
chosen for it that lets through at most one in 100,000 pairs of different photos, as ``evaluate``
does for hashes; the copy finder keeps its fixed score.
"""

from __future__ import annotations

import io
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import imagehash
import numpy as np
import pdqhash
from numpy.typing import NDArray
from PIL import Image, ImageOps

from sokkuri.copies.finder import CopyFinder, CopyQuery, least_score
from sokkuri.copies.views import described_views, find_in_views
from sokkuri.evaluation import EDITS, HARDER_EDITS, Edit
from sokkuri.evaluation.edited import row_beside
from sokkuri.hashers.copies import CopiesHash
from sokkuri.pipeline import hash_source

_RATE = 1e-5
_ORB_SIDE = 512
_ORB_RATIO = 0.8


class Peer(Protocol):
    """A way to describe photos and to compare two of them."""

    name: str

    def describe(self, data: bytes) -> Any:
        """Describe the bytes of a picture as a photo among others."""

    def ask(self, data: bytes) -> Any:
        """Describe the bytes of a picture to look for."""

    def size(self, described: Any) -> int:
        """Return the bytes that a description takes."""

    def difference(self, query: Any, photo: Any) -> float:
        """Return how much a query differs from a photo; the less the more alike."""


class _PdqDihedral:
    """PDQ, asked in its eight turns and mirrors."""

    name = "PDQ, 8 turns"

    def describe(self, data: bytes) -> NDArray[np.uint8]:
        bits, _ = pdqhash.compute(_rgb(data))
        return np.packbits(bits)

    def ask(self, data: bytes) -> NDArray[np.uint8]:
        turns, _ = pdqhash.compute_dihedral(_rgb(data))
        return np.packbits(np.array(turns, np.uint8), axis=1)

    def size(self, described: NDArray[np.uint8]) -> int:
        return described.nbytes

    def difference(self, query: NDArray[np.uint8], photo: NDArray[np.uint8]) -> float:
        return float(np.bitwise_count(query ^ photo).sum(axis=1).min())


class _CropResistant:
    """imagehash's hash of bright and dark regions, compared as its documentation does."""

    name = "imagehash crop-resistant"

    def describe(self, data: bytes) -> Any:
        with Image.open(io.BytesIO(data)) as image:
            return imagehash.crop_resistant_hash(image.convert("RGB"))

    ask = describe

    def size(self, described: Any) -> int:
        return sum(each.hash.size // 8 for each in described.segment_hashes)

    def difference(self, query: Any, photo: Any) -> float:
        return float(query - photo)


class _Orb:
    """ORB of OpenCV: 500 points at 512 pixels, a ratio test, and RANSAC; asked mirrored as well."""

    name = "ORB, OpenCV"

    def __init__(self, cv2: Any) -> None:
        self._cv2 = cv2
        self._orb = cv2.ORB_create(500)
        self._matcher = cv2.BFMatcher(cv2.NORM_HAMMING)

    def describe(self, data: bytes) -> Any:
        return self._points(_gray(data))

    def ask(self, data: bytes) -> Any:
        gray = _gray(data)
        return [self._points(gray), self._points(np.ascontiguousarray(gray[:, ::-1]))]

    def size(self, described: Any) -> int:
        places, codes = described
        return int(places.nbytes + codes.nbytes)

    def difference(self, query: Any, photo: Any) -> float:
        return -float(max(self._inliers(view, photo) for view in query))

    def _points(self, gray: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        points, codes = self._orb.detectAndCompute(gray, None)
        places = np.array([point.pt for point in points], np.float32).reshape(-1, 2)
        return places, np.zeros((0, 32), np.uint8) if codes is None else codes

    def _inliers(self, query: Any, photo: Any) -> int:
        if len(query[1]) < 2 or len(photo[1]) < 2:
            return 0
        found = self._matcher.knnMatch(query[1], photo[1], k=2)
        good = [a for a, b in found if a.distance < _ORB_RATIO * b.distance]
        if len(good) < 3:
            return 0
        ends = query[0][[m.queryIdx for m in good]], photo[0][[m.trainIdx for m in good]]
        self._cv2.setRNGSeed(0)
        _, inliers = self._cv2.estimateAffinePartial2D(*ends, ransacReprojThreshold=4.0)
        return 0 if inliers is None else int(inliers.sum())


def peers() -> list[Peer]:
    """Return the peers that are installed."""
    found: list[Peer] = [_PdqDihedral(), _CropResistant()]
    try:
        import cv2
    except ImportError:
        print("no OpenCV: ORB is left out", file=sys.stderr)
    else:
        cv2.setNumThreads(1)
        found.append(_Orb(cv2))
    return found


def _rgb(data: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def _gray(data: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data)) as image:
        gray = ImageOps.exif_transpose(image).convert("L")
    gray.thumbnail((_ORB_SIDE, _ORB_SIDE))
    return np.asarray(gray)


@dataclass(frozen=True)
class Copies:
    """The edited copies of some photos: for each row the bytes by edit."""

    originals: Sequence[bytes]
    rows: Sequence[int]
    edits: Sequence[Edit]
    made: Sequence[Sequence[bytes]]


def copies_of(paths: Sequence[str], rows: Sequence[int]) -> Copies:
    """Make all edited copies of some photos, the other photo chosen as ``evaluate`` does."""
    originals, edits, made = [], (*EDITS, *HARDER_EDITS), []
    for path in paths:
        with open(path, "rb") as file:
            originals.append(file.read())
    for row in rows:
        beside = row_beside(row, len(paths))
        photo, other = (Image.fromarray(_rgb(originals[at])) for at in (row, beside))
        made.append([e.copy(photo, other) if e.changes else originals[row] for e in edits])
    return Copies(originals, rows, edits, made)


def measured(peer: Peer, copies: Copies) -> dict[str, Any]:
    """Measure a peer: recall by edit, milliseconds and bytes."""
    print(f"{peer.name} …", file=sys.stderr)
    start = time.process_time()
    photos = [peer.describe(data) for data in copies.originals]
    describe = (time.process_time() - start) / len(photos)
    asked = [peer.ask(copies.originals[row]) for row in copies.rows]
    start = time.process_time()
    unrelated = [
        peer.difference(query, photo)
        for row, query in zip(copies.rows, asked, strict=True)
        for other, photo in enumerate(photos)
        if other != row and not (other in copies.rows and other < row)
    ]
    compare = (time.process_time() - start) / len(unrelated)
    allowed = int(_RATE * len(unrelated))
    limit = sorted(unrelated)[allowed]
    recall = {
        edit.name: statistics.fmean(
            peer.difference(peer.ask(made[number]), photos[row]) < limit
            for row, made in zip(copies.rows, copies.made, strict=True)
        )
        for number, edit in enumerate(copies.edits)
    }
    return {
        "name": peer.name,
        "recall": recall,
        "describe_ms": 1e3 * describe,
        "compare_us": 1e6 * compare,
        "bytes": statistics.fmean(map(peer.size, photos)),
        "limit": limit,
        "unrelated_pairs": len(unrelated),
    }


def measured_finder(copies: Copies, room: int) -> dict[str, Any]:
    """Measure the copy finder on the same copies, each looked for among all photos."""
    views = CopiesHash(room), CopiesHash(room, mirrored=True)
    start = time.process_time()
    codes = [hash_source(views[:1], data).hashes[0].code for data in copies.originals]
    describe = (time.process_time() - start) / len(codes)
    table = np.frombuffer(b"".join(codes), np.uint8).reshape(len(codes), -1)
    finder = CopyFinder.of(table, room, workers=1)
    hits: dict[str, list[bool]] = {edit.name: [] for edit in copies.edits}
    false, seconds = 0, 0.0
    for row, made in zip(copies.rows, copies.made, strict=True):
        for edit, data in zip(copies.edits, made, strict=True):
            plain, mirrored = hash_source(views, data).hashes
            parts = partial(described_views, data, room)
            start = time.process_time()
            query = CopyQuery(plain, mirrored)
            claims = find_in_views(finder, query, parts, least=least_score(room))
            found = {claim.row for claim in claims if not claim.same_scene}
            seconds += time.process_time() - start
            hits[edit.name].append(row in found)
            shown = {row, row_beside(row, len(codes))} if edit.paste else {row}
            false += len(found - shown)
    queries = len(copies.rows) * len(copies.edits)
    return {
        "name": f"sokkuri copies-{room}",
        "recall": {name: statistics.fmean(each) for name, each in hits.items()},
        "describe_ms": 1e3 * describe,
        "compare_us": 1e6 * seconds / queries / len(codes),
        "bytes": float(table.shape[1]),
        "limit": least_score(room) / 1000,
        "unrelated_pairs": queries * (len(codes) - 1),
        "false_finds": false,
    }
