"""The benchmark of hashes: how well do they find photos of the same kind, and edited copies?"""

from __future__ import annotations

from sokkuri.evaluation.edits import EDITS, Edit
from sokkuri.evaluation.evaluate import DEFAULT_HASHES, evaluate
from sokkuri.evaluation.harder import HARDER_EDITS
from sokkuri.evaluation.photos import central_colour
from sokkuri.evaluation.results import Evaluation
from sokkuri.evaluation.retrieval import precision_at
from sokkuri.evaluation.robustness import false_positives, threshold_at_rate

__all__ = [
    "DEFAULT_HASHES",
    "EDITS",
    "HARDER_EDITS",
    "Edit",
    "Evaluation",
    "central_colour",
    "evaluate",
    "false_positives",
    "precision_at",
    "threshold_at_rate",
]
