"""The tests of the page are never left out in silence."""

from __future__ import annotations

import pytest
from tests.web.browser import chromium


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CI", chromium.REQUIRED, chromium.VARIABLE):
        monkeypatch.delenv(name, raising=False)


def test_without_a_browser_tests_say_that_they_did_not_run() -> None:
    with pytest.raises(pytest.skip.Exception, match="NOT RUN: no chromium"):
        chromium.without_one()


@pytest.mark.parametrize(("name", "value"), [("CI", "true"), (chromium.REQUIRED, "1")])
def test_where_it_must_be_there_they_fail(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(pytest.fail.Exception, match="NOT RUN: no chromium"):
        chromium.without_one()
