"""The evaluation on one page: what is found, what is survived, and how well the two sides part."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from sokkuri.evaluation.histogram import draw_histograms
from sokkuri.evaluation.panel import INK, SOFT_INK, Cells, draw_cells, panel_width
from sokkuri.evaluation.results import RANKS
from sokkuri.show.saving import DPI, check_figure_path, require_matplotlib, write_figure
from sokkuri.show.text import display_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sokkuri._typing import PathLike
    from sokkuri.evaluation.results import Evaluation

__all__ = ["draw_figure", "save_figure"]

_MARGIN: Final = 0.4
_GAP: Final = 0.5
_TOP: Final = 1.0
_BOTTOM: Final = 0.35
_HISTOGRAM_WIDTH: Final = 3.9
_NARROWEST: Final = 6.0

_TITLE_SIZE: Final = 14.0
_NOTE_SIZE: Final = 8.0

_MOST_CLASSES: Final = 40
"""More rows than this make a page that nobody reads; the table has them all."""


def draw_figure(evaluation: Evaluation) -> Figure:
    """Draw an evaluation: a panel for the classes, one for the edits, and the distances.

    Parameters
    ----------
    evaluation : Evaluation
        What was measured; a part that was not has no panel.

    Returns
    -------
    matplotlib.figure.Figure
        With a canvas of its own, so ``savefig`` works anywhere.

    Raises
    ------
    MissingExtra
        If matplotlib is not installed.
    """
    require_matplotlib()
    from sokkuri.show.sheet import Sheet

    panels = _panels(evaluation)
    ruler = Sheet(1, 1, DPI)
    widths = [panel_width(ruler, cells) for cells in panels]
    if evaluation.robustness:
        widths.append(_HISTOGRAM_WIDTH)
    inner = sum(widths) + _GAP * (len(widths) - 1)
    height = max(cells.height for cells in panels)
    width = max(inner + 2 * _MARGIN, _NARROWEST)
    sheet = Sheet(width, _TOP + height + _BOTTOM, DPI)
    _draw_heading(sheet, evaluation, width - 2 * _MARGIN)
    left = _MARGIN
    for cells, wide in zip(panels, widths, strict=False):
        draw_cells(sheet, cells, left, _TOP)
        left += wide + _GAP
    if evaluation.robustness:
        draw_histograms(sheet, evaluation.robustness, left, _TOP, _HISTOGRAM_WIDTH, height)
    return sheet.figure


def save_figure(evaluation: Evaluation, path: PathLike) -> None:
    """Draw an evaluation into a file: whole or not at all, the same bytes for the same input.

    Parameters
    ----------
    evaluation : Evaluation
        What was measured.
    path : str or os.PathLike
        Ends in .png, .pdf or .svg, which decides the format.

    Raises
    ------
    MissingExtra
        If matplotlib is not installed.
    ValueError
        If the extension is another one.
    OSError
        If the file cannot be written.
    """
    check_figure_path(path)
    write_figure(draw_figure(evaluation), path)


def _panels(evaluation: Evaluation) -> list[Cells]:
    panels = []
    if evaluation.rankings:
        panels.append(_retrieval_cells(evaluation))
    if evaluation.robustness:
        panels.append(_recall_cells(evaluation))
    return panels


def _retrieval_cells(evaluation: Evaluation) -> Cells:
    overall = [ranking.overall for ranking in evaluation.rankings]
    rows = [(f"P@{k}", [part.precision[at] for part in overall]) for at, k in enumerate(RANKS)]
    rows.append(("colour", [part.colour for part in overall]))
    rows.append(("both", [part.both for part in overall]))
    classes = [
        (
            f"{display_name(part.name)} ({part.photos:,})",
            [ranking.classes[number].precision[-1] for ranking in evaluation.rankings],
        )
        for number, part in enumerate(evaluation.rankings[0].classes[:_MOST_CLASSES])
    ]
    return Cells(
        title="Same class among the nearest",
        note="percent of the nearest k (P@k); of the nearest 10: colour, both, each class",
        columns=tuple(ranking.hash for ranking in evaluation.rankings),
        groups=(tuple(rows), tuple(classes)),
    )


def _recall_cells(evaluation: Evaluation) -> Cells:
    measured = evaluation.robustness
    rows = [
        (edit.edit, [item.edits[number].recall for item in measured])
        for number, edit in enumerate(measured[0].edits)
    ]
    return Cells(
        title="Edited copies that are recognised",
        note="percent · where 1 in 100,000 unrelated pairs may pass",
        columns=tuple(item.spec.name for item in measured),
        groups=(tuple(rows), (("mean", [item.mean_recall for item in measured]),)),
    )


def _draw_heading(sheet: Any, evaluation: Evaluation, room: float) -> None:
    name = display_name(os.path.abspath(evaluation.where))
    title = sheet.elided(f"How well do hashes find photos in {name}?", room, size=_TITLE_SIZE)
    sheet.text(_MARGIN, 0.46, title, size=_TITLE_SIZE, colour=INK, gid="title")
    parts = [f"{evaluation.photos:,} photos"]
    if evaluation.rankings:
        parts.append(f"{len(evaluation.rankings[0].classes):,} classes")
    if evaluation.robustness:
        copies = evaluation.sampled * len(evaluation.robustness[0].edits)
        parts += [f"{copies:,} edited copies", f"{evaluation.pairs:,} unrelated pairs"]
    line = sheet.elided(" · ".join(parts), room, size=_NOTE_SIZE)
    sheet.text(_MARGIN, 0.68, line, size=_NOTE_SIZE, colour=SOFT_INK, gid="counts")
