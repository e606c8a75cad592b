"""What an evaluation answers, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri.brief import brief_repr

if TYPE_CHECKING:
    from sokkuri._typing import PathLike
    from sokkuri.hashes import HashSpec
    from sokkuri.images import Rejected

__all__ = [
    "FALSE_POSITIVE_RATE",
    "RANDOM",
    "RANKS",
    "EditRecall",
    "Evaluation",
    "NearPair",
    "Parameters",
    "Ranking",
    "Retrieval",
    "Robustness",
]

RANKS: Final = (1, 5, 10)
"""Where the precision is measured; colour is measured at the last."""

RANDOM: Final = "random"
"""Name of the baseline: the expected value over all orders of the photos."""

FALSE_POSITIVE_RATE: Final = 1e-5
"""Share of unrelated pairs that may pass the threshold of the recall."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What was asked for, beyond the folder and the hashes.

    Parameters
    ----------
    sample : int
        Photos to edit at most.
    seed : int
        Chooses which ones.
    classes : bool
        Whether retrieval by class was measured.
    edits : bool
        Whether the recall of edited copies was measured.
    """

    sample: int
    seed: int
    classes: bool
    edits: bool


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How good the nearest photos of some queries are; every value is a share, 0 to 1.

    Parameters
    ----------
    name : str
        The class of the queries, or "" for all of them.
    photos : int
        Number of queries.
    precision : tuple of float
        Share of the same class among the first 1, 5 and 10.
    colour : float
        Share of the first 10 that agree in colour.
    both : float
        Share of the first 10 that are of the same class and agree in colour.
    """

    name: str
    photos: int
    precision: tuple[float, ...]
    colour: float
    both: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Leave-one-out retrieval with one hash, or by chance.

    Parameters
    ----------
    hash : str
        Name of the hash, or "random".
    overall : Retrieval
        Over all photos that have a class.
    classes : tuple of Retrieval
        One for each class, in byte order of the names.
    """

    hash: str
    overall: Retrieval
    classes: tuple[Retrieval, ...]

    __repr__ = brief_repr


@dataclass(frozen=True, slots=True)
class EditRecall:
    """How one edit is survived.

    Parameters
    ----------
    edit : str
        Name of the edit.
    recall : float
        Share of the copies at or below the threshold; a copy that could not be made is a miss.
    median_distance : int, optional
        The (lower) median distance of copy and original; None if no copy could be made.
    """

    edit: str
    recall: float
    median_distance: int | None


@dataclass(frozen=True, slots=True)
class NearPair:
    """Two photos that count as unrelated and yet have near hashes: look whether they are."""

    a: str
    b: str
    distance: int


@dataclass(frozen=True, slots=True)
class Robustness:
    """How edited copies are told from unrelated photos with one hash.

    Parameters
    ----------
    spec : HashSpec
        The recipe.
    threshold : int
        The largest distance that lets through at most one in 100,000 unrelated pairs; -1 if none.
    false_positives : int
        Unrelated pairs at or below it.
    edits : tuple of EditRecall
        In the order of :data:`sokkuri.evaluation.EDITS`.
    genuine, unrelated : tuple of int
        How many pairs lie at each distance, 0 to ``spec.bits``.
    closest : tuple of NearPair
        The nearest unrelated pairs.
    """

    spec: HashSpec
    threshold: int
    false_positives: int
    edits: tuple[EditRecall, ...]
    genuine: tuple[int, ...]
    unrelated: tuple[int, ...]
    closest: tuple[NearPair, ...]

    __repr__ = brief_repr

    @property
    def pairs(self) -> int:
        """Number of unrelated pairs."""
        return sum(self.unrelated)

    @property
    def mean_recall(self) -> float:
        """The recall of an edit, averaged over all edits."""
        return sum(edit.recall for edit in self.edits) / len(self.edits)


@dataclass(frozen=True)
class Evaluation:
    """All that was measured on one folder.

    Parameters
    ----------
    where : str
        The folder as it was named.
    specs : tuple of HashSpec
        The recipes, in the order asked for.
    parameters : Parameters
        What else was asked for.
    photos : int
        Photos that could be read.
    rejected : tuple of Rejected
        Files that could not, sorted by path.
    skipped : tuple of str
        Folders that were not entered.
    ranked : int
        Photos with a class, which took part in the retrieval.
    rankings : tuple of Ranking
        One for each hash, then the random one; empty if classes were not measured.
    sampled : int
        Photos that were edited.
    same_pixels : int
        Pairs left out of the unrelated ones for showing the same pixels.
    failed : tuple of Rejected
        Edited copies that could not be made or read.
    robustness : tuple of Robustness
        One for each hash; empty if edits were not measured.
    companions : tuple of str
        Files that only go with photos.
    unused_exclude : tuple of str
        Patterns to leave out that were about nothing.
    """

    where: str
    specs: tuple[HashSpec, ...]
    parameters: Parameters
    photos: int
    rejected: tuple[Rejected, ...]
    skipped: tuple[str, ...]
    ranked: int = 0
    rankings: tuple[Ranking, ...] = ()
    sampled: int = 0
    same_pixels: int = 0
    failed: tuple[Rejected, ...] = ()
    robustness: tuple[Robustness, ...] = ()
    companions: tuple[str, ...] = ()
    unused_exclude: tuple[str, ...] = ()

    __repr__ = brief_repr

    @property
    def pairs(self) -> int:
        """Number of unrelated pairs; the same for every hash."""
        return self.robustness[0].pairs if self.robustness else 0

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the evaluation as the JSON object that ``sokkuri evaluate --json`` prints."""
        from sokkuri.evaluation.export import json_document
        from sokkuri.show.export import dump_json

        return dump_json(json_document(self), indent=indent)

    def save_figure(self, path: PathLike) -> None:
        """Draw the evaluation as .png, .pdf or .svg; an existing file is replaced whole."""
        from sokkuri.evaluation.figure import draw_figure
        from sokkuri.show.export import check_figure_path, write_figure

        check_figure_path(path)
        write_figure(draw_figure(self), path)
