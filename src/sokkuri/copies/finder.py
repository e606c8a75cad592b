"""The finder: candidates by points, each verified on aligned pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sokkuri.copies.alignment import WHOLE, Frame
from sokkuri.copies.candidates import HARDER_RADIUS, KEY_RADIUS, Candidates, PointTable
from sokkuri.copies.scene import is_same_scene
from sokkuri.hashers.copies_layout import records_of
from sokkuri.kernels.judge import VERDICT, judge
from sokkuri.searchers.exact import do_all
from sokkuri.settings import worker_count

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.hashes import ImageHash

LEAST_SCORE: Final = 1150
HARDER_LEAST_SCORE: Final = 1100
SURE_SCORE: Final = 1300
"""Thousandths from which a photo is called a copy, also by more points, and is sure to be one."""

# Judging so many takes ten times as long as starting a thread.
_CANDIDATES_A_THREAD: Final = 24

HARDER_ROOM: Final = 300
"""Points from which on keys may differ in more bits."""


def least_score(room: int) -> int:
    """Return from which score in thousandths on a photo with room for such points is a copy."""
    return HARDER_LEAST_SCORE if room >= HARDER_ROOM else LEAST_SCORE


class CopyQuery(NamedTuple):
    """A picture to look for: its description, and that of its mirror image.

    Parameters
    ----------
    plain, mirrored : ImageHash
        Of one ``copies`` recipe.
    window : Frame
        The part of the picture that they describe.
    """

    plain: ImageHash
    mirrored: ImageHash
    window: Frame = WHOLE


class Claim(NamedTuple):
    """A photo that was found.

    Parameters
    ----------
    row : int
        Its row of the table.
    mirrored : bool
        Whether it was the mirrored query that was found.
    verdict : ndarray of shape ()
        As :func:`sokkuri.kernels.judge.judge` gives it.
    same_scene : bool
        Whether it is no copy: the same scene with another thing on it.
    query : CopyQuery
        What of the picture was found.
    """

    row: int
    mirrored: bool
    verdict: NDArray[np.void]
    same_scene: bool
    query: CopyQuery

    @property
    def score(self) -> int:
        """The verdict's, in thousandths."""
        return int(self.verdict["score"])


@dataclass(frozen=True, eq=False)
class CopyFinder:
    """Finds copies among photos.

    Parameters
    ----------
    points : PointTable
        The photos' points, ready to be searched.
    """

    points: PointTable

    @classmethod
    def of(cls, codes: Codes, room: int, workers: int | None = None) -> CopyFinder:
        """Make a finder of codes.

        Parameters
        ----------
        codes : ndarray of shape (N, B), uint8
            Of a ``copies`` hash.
        room : int
            Points that each has room for.
        workers : int, optional
            Threads to use at most; as many as there are cores if not given.
        """
        return cls(PointTable(codes, room, workers=workers))

    @property
    def room(self) -> int:
        """Points that a description has room for."""
        return self.points.room

    @property
    def radius(self) -> int:
        """Bits in which keys of points may differ."""
        return HARDER_RADIUS if self.room >= HARDER_ROOM else KEY_RADIUS

    def find(
        self, query: CopyQuery, *, least: int = LEAST_SCORE, mask: NDArray[np.bool_] | None = None
    ) -> list[Claim]:
        """Return the photos that match a picture, best first, each once.

        Parameters
        ----------
        query : CopyQuery
        least : int
            The least score that counts, in thousandths.
        mask : ndarray of shape (N,), bool, optional
            Only photos where it is true.
        """
        found = [self._judged(view, mask) for view in (query.plain, query.mirrored)]
        rows = np.concatenate([candidates.rows for candidates, _ in found])
        verdicts = np.concatenate([verdicts for _, verdicts in found])
        mirrored = np.repeat([False, True], [len(candidates.rows) for candidates, _ in found])
        order = np.lexsort((mirrored, rows, -verdicts["score"].astype(np.int64)))
        order = order[verdicts["score"][order] >= least]
        _, first = np.unique(rows[order], return_index=True)
        kept = order[np.sort(first)]
        return [
            Claim(int(rows[k]), bool(mirrored[k]), verdicts[k], of_same_scene(verdicts[k]), query)
            for k in kept
        ]

    def _judged(
        self, view: ImageHash, mask: NDArray[np.bool_] | None
    ) -> tuple[Candidates, NDArray[np.void]]:
        code = np.frombuffer(view.code, np.uint8)[np.newaxis]
        candidates = self.points.candidates(records_of(code, self.room), self.radius, mask)
        return candidates, self.verdicts(code[0], candidates)

    def verdicts(self, code: Codes, candidates: Candidates) -> NDArray[np.void]:
        """Judge photos by themselves, whatever makes them candidates.

        Parameters
        ----------
        code : ndarray of shape (B,), uint8
            Of the query.
        candidates : Candidates

        Returns
        -------
        ndarray of shape (C,)
            As of :func:`sokkuri.kernels.judge.judge`.
        """
        points, stored = self.points, self.points.stored_of(candidates.rows)
        workers = min(worker_count(points.workers), 1 + len(stored) // _CANDIDATES_A_THREAD)
        verdicts = np.empty(len(stored), VERDICT)

        def judge_some(first: int) -> None:
            some = slice(first, None, workers)
            verdicts[some] = judge(
                code, points.stored, stored[some], candidates.ways[some], self.room
            )

        do_all(judge_some, range(workers))
        return verdicts


def of_same_scene(verdict: NDArray[np.void]) -> bool:
    """Tell whether a verdict is on the same scene with another thing on it, and no copy.

    Parameters
    ----------
    verdict : ndarray of shape ()
        As of :func:`sokkuri.kernels.judge.judge`.
    """
    return is_same_scene(judged_blocks(verdict), int(verdict["matched"]), int(verdict["of"]))


def judged_blocks(verdict: NDArray[np.void]) -> NDArray[np.int16]:
    """Return the agreement of each block in thousandths, shape (rows, columns), int16."""
    rows, columns = int(verdict["rows"]), int(verdict["columns"])
    return np.asarray(verdict["blocks"][: rows * columns]).reshape(rows, columns)
