"""The ruler: how well do hashes find photos of the same kind, and edited copies?

:func:`evaluate` measures hashes on a folder; the modules beside it hold the pure measures, so that
other work can use the same ones.
"""

from __future__ import annotations

from sokkuri.evaluation.colour import central_colour
from sokkuri.evaluation.edits import EDITS, Edit
from sokkuri.evaluation.metrics import (
    false_positives,
    precision_at,
    recall_at_rate,
    threshold_at_rate,
)
from sokkuri.evaluation.results import (
    EditRecall,
    Evaluation,
    NearPair,
    Parameters,
    Ranking,
    Retrieval,
    Robustness,
)
from sokkuri.evaluation.running import default_hashes, evaluate

__all__ = [
    "EDITS",
    "Edit",
    "EditRecall",
    "Evaluation",
    "NearPair",
    "Parameters",
    "Ranking",
    "Retrieval",
    "Robustness",
    "central_colour",
    "default_hashes",
    "evaluate",
    "false_positives",
    "precision_at",
    "recall_at_rate",
    "threshold_at_rate",
]
