"""Two photos: why they match, and how they differ."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response

from sokkuri.web.models import PairComparison, PairExplanation
from sokkuri.web.pairs import comparison_answer, explanation_answer, explanation_figure
from sokkuri.web.routes.parameters import PROBLEMS, PairOf, SiteOf, json_answer
from sokkuri.web.routes.sending import attachment

__all__ = ["router"]

router: Final = APIRouter(tags=["pairs"], responses=PROBLEMS)

_PNG: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "A picture.", "content": {"image/png": {}, "application/pdf": {}}}
}


@router.get("/explain", response_model=PairExplanation)
def explain(site: SiteOf, pair: PairOf) -> Response:
    """Return the very bits of two photos that agree and differ."""
    return json_answer(explanation_answer(site, pair))


@router.get("/explain/figure", response_class=Response, responses=_PNG)
def explain_figure(
    site: SiteOf, pair: PairOf, format: Annotated[Literal["png", "pdf"], Query()] = "png"
) -> Response:
    """Draw why two photos match."""
    kinds = {"png": "image/png", "pdf": "application/pdf"}
    data = explanation_figure(site, pair, format)
    return attachment(data, kinds[format], f"explanation.{format}")


@router.get("/compare", response_model=PairComparison)
def compare(site: SiteOf, pair: PairOf) -> Response:
    """Return what is known of two photos, side by side."""
    return json_answer(comparison_answer(site, pair))
