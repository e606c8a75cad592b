"""Answers of the calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, overload

from sokkuri import settings
from sokkuri.brief import brief, brief_repr, one_line
from sokkuri.copies.outcome import CopyOutcome
from sokkuri.matches import DistanceOfTwo, Outcome

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sokkuri._typing import PathLike
    from sokkuri.copies.copy import Copy
    from sokkuri.hashes import HashSpec, ImageHash
    from sokkuri.matches import Match, Same

_SHOWN: Final = 5
_ROOM: Final = 28
_PATH: Final = 48
_NAME: Final = 20


@dataclass(frozen=True)
class Results(Outcome, Sequence["Match"]):
    """The answer to one query: a sequence of matches, and everything behind it.

    The fields are those of :class:`~sokkuri.matches.Outcome`; :meth:`pairs` is the tutorial's list.
    """

    @overload
    def __getitem__(self, index: int) -> Match: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Match, ...]: ...
    def __getitem__(self, index: int | slice) -> Match | tuple[Match, ...]:
        return self.matches[index]

    def __len__(self) -> int:
        return len(self.matches)

    def pairs(self) -> list[list[float | str]]:
        """Return the tutorial's list, ``[[rate, path], ...]``."""
        return [[match.rate, match.path] for match in self.matches]

    def __repr__(self) -> str:
        """Return the counts and the nearest few; ``list(results)`` has all."""
        shown = [f"  [{match.rate!r}, {brief(match.path)}]" for match in self.matches[:_SHOWN]]
        rejected = [f"  {len(self.rejected):,} files rejected"] if self.rejected else []
        lines = [f"<{_counts(self)}", *shown, *_more(len(self), "  "), *rejected]
        return "\n".join(lines) + ">"

    def figure(
        self, *, columns: int = settings.FIGURE_COLUMNS, limit: int = settings.FIGURE_TILES
    ) -> Figure:
        """Draw the query above its matches; returns the Figure and shows nothing.

        Parameters
        ----------
        columns, limit : int
            Tiles in a row, and in all.

        Raises
        ------
        MissingExtra
            If matplotlib is not installed.
        """
        from sokkuri.show.figure import draw_figure

        return draw_figure(self, columns=columns, limit=limit)

    def save_figure(self, path: PathLike) -> None:
        """Write the figure as .png, .pdf or .svg; an existing file is replaced whole."""
        from sokkuri.show.export import figure_extension, write_figure

        figure_extension(path)
        write_figure(self.figure(), path)

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the answer as the JSON object that ``sokkuri search --json`` prints."""
        from sokkuri.show.export import dump_json, json_document

        return dump_json(json_document(self), indent=indent)

    def _repr_html_(self) -> str:
        from sokkuri.show.html import results_html

        return results_html(self)


@dataclass(frozen=True)
class Copies(CopyOutcome, Sequence["Copy"]):
    """The copies of one picture: a sequence, best first, and everything behind it.

    The fields are those of :class:`~sokkuri.copies.outcome.CopyOutcome`.
    """

    @overload
    def __getitem__(self, index: int) -> Copy: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Copy, ...]: ...
    def __getitem__(self, index: int | slice) -> Copy | tuple[Copy, ...]:
        return self.copies[index]

    def __len__(self) -> int:
        return len(self.copies)

    def __repr__(self) -> str:
        """Return the count and the best few; ``list(copies)`` has all."""
        query = brief(self.query, _ROOM)
        head = f"Copies of {query}: {len(self):,} of {self.searched:,} photos"
        if self.error is not None:
            head = f"Copies of {query}: {one_line(self.error, _ROOM)}"
        shown = [
            f"  [{copy.score:.2f}, {brief(copy.path, _PATH)}, {brief(copy.edits.text, _ROOM)}]"
            for copy in self.copies[:_SHOWN]
        ]
        return "\n".join([f"<{head}", *shown, *_more(len(self), "  ")]) + ">"

    def figure(self, *, columns: int = 4, limit: int = settings.FIGURE_TILES) -> Figure:
        """Draw the query above its copies, with the outline of the query in each.

        Parameters
        ----------
        columns, limit : int
            Tiles in a row, and in all.

        Raises
        ------
        MissingExtra
            If matplotlib is not installed.
        """
        from sokkuri.show.copies import draw_copies

        return draw_copies(self, columns=columns, limit=limit)

    def save_figure(self, path: PathLike) -> None:
        """Write the figure as .png, .pdf or .svg; an existing file is replaced whole."""
        from sokkuri.show.export import figure_extension, write_figure

        figure_extension(path)
        write_figure(self.figure(), path)

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the answer as the JSON object that ``sokkuri copies --json`` prints."""
        from sokkuri.show.export import dump_json
        from sokkuri.show.export_copies import copies_document

        return dump_json(copies_document(self), indent=indent)


class ResultsList(list[Results]):
    """The answers to several queries, in their order."""

    def __repr__(self) -> str:
        """Return a line for each of the first few."""
        shown = [f"<{_counts(results)}>" for results in self[:_SHOWN]]
        return "[" + "\n ".join([*shown, *_more(len(self), "")]) + "]"


def _counts(results: Results) -> str:
    """Return all but the matches, on one line."""
    query = f"Results for {brief(results.query, _ROOM)}"
    if results.error is not None:
        return f"{query}: {one_line(results.error, _ROOM)}"
    name = one_line(results.spec.name, _NAME)
    return f"{query}: {len(results):,} of {results.searched:,} photos by {name}"


def _more(count: int, indent: str) -> list[str]:
    """Return a line that says how many are not shown, if any."""
    return [f"{indent}… {count - _SHOWN:,} more"] if count > _SHOWN else []


@dataclass(frozen=True, slots=True)
class Comparison(DistanceOfTwo):
    """Distance of two pictures.

    Parameters
    ----------
    a, b : str
        What was compared.
    hash_a, hash_b : ImageHash
        Their hashes, of one recipe.
    distance : int
        Differing bits.
    same : {"bytes", "link", "pixels"}, optional
        Identity beyond the hash.
    spec : HashSpec
        The recipe of what was compared of them.
    """

    a: str
    b: str
    hash_a: ImageHash
    hash_b: ImageHash
    distance: int
    same: Same | None
    spec: HashSpec

    __repr__ = brief_repr
