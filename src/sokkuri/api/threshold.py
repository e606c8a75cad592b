"""The threshold that a folder chooses for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sokkuri.api.hash import chosen_hash
from sokkuri.api.photos import photos_in
from sokkuri.engine.distinct import DistinctCodes
from sokkuri.engine.thresholds import ThresholdOutcome, chosen_threshold
from sokkuri.metric import Metric
from sokkuri.registry import hasher

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.figure import Figure

    from sokkuri._typing import PathLike, Progress


class Threshold(ThresholdOutcome):
    """The distance up to which the photos of a folder are alike, and what speaks for it.

    The fields are those of :class:`~sokkuri.engine.thresholds.ThresholdOutcome`.
    """

    def figure(self) -> Figure:
        """Draw the shares of pairs by distance, those by chance, and the threshold.

        Raises
        ------
        MissingExtra
            If matplotlib is not installed.
        """
        from sokkuri.show.threshold import draw_threshold

        return draw_threshold(self)

    def save_figure(self, path: PathLike) -> None:
        """Write the figure as .png, .pdf or .svg; an existing file is replaced whole."""
        from sokkuri.show.export import figure_extension, write_figure

        figure_extension(path)
        write_figure(self.figure(), path)

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return it as JSON, with every distance that was looked at."""
        from sokkuri.show.export import SCHEMA, dump_json

        return dump_json({"schema": SCHEMA, **self.as_dict()}, indent=indent)


def threshold(
    where: PathLike | Iterable[PathLike], *, hash: str | None = None, rgb: bool = False,
    gray: bool = False, emphasis: str | float | None = None, mirror: bool | None = None,
    exclude: Sequence[str] = (), follow: bool = False, library: PathLike | None = "auto",
    refresh: bool = True, workers: int | None = None, progress: Progress | None = None,
) -> Threshold:  # fmt: skip
    """Choose the distance up to which the photos of a folder are alike, from their own distances.

    Most pairs of photos have nothing to do with each other, and tell how many of them come near by
    chance.  The threshold is the largest distance at which chance makes at most one pair in all, or
    at most one in a hundred of the pairs that are found.

    Parameters
    ----------
    where : path or iterable of paths
        Folders, searched with all folders within them, or single files.
    hash, rgb, gray, emphasis, mirror, exclude, follow, library, refresh, workers, progress
        As of :func:`search`.

    Returns
    -------
    Threshold
        Its ``max_distance`` goes into :func:`search`; with fewer than 200 photos that say enough it
        is a careful constant, and ``basis`` says so.

    Raises
    ------
    NothingToSearch
        If a folder is missing, or holds no file.
    StoreError
        If the library is damaged, with the command that repairs it.
    UnknownHash
        If no hash goes by that name.
    ValueError
        If the hash has no distance, or no such emphasis.
    """
    maker = hasher(chosen_hash(hash, rgb=rgb, gray=gray))
    metric = Metric.of(maker, emphasis=emphasis, mirror=mirror)
    table = photos_in(
        where, maker, library, refresh=refresh,
        exclude=exclude, follow=follow, workers=workers, progress=progress,
    )  # fmt: skip
    chosen = chosen_threshold(
        DistinctCodes.of(table, metric), blocks=metric.blocks(maker), workers=workers
    )
    return Threshold(
        **chosen, searched=len(table), rejected=table.rejected, skipped=table.skipped,
        other_files=table.other_files, unused_exclude=table.unused_exclude, notes=table.notes,
    )  # fmt: skip
