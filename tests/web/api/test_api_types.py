"""The types that the modules of the page are checked against are those of the API."""

from __future__ import annotations

import runpy
from pathlib import Path

from tests.web.api.conftest import Served

TOOL = Path(__file__).parents[3] / "tools/make_api_types.py"


def test_the_types_of_the_page_are_up_to_date(served: Served) -> None:
    tool = runpy.run_path(str(TOOL))
    types = tool["types_of"](served.client.get("/openapi.json").json())
    assert types == tool["TARGET"].read_text("utf-8"), f"run: python {TOOL}"
