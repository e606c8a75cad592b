"""The app keeps to its own description, whatever is made up from it."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from schemathesis import hooks
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from tests.patience import PATIENCE
from tests.web.server.clients import Standing, standing
from tests.web.server.conftest import Waves, fill

CASES = 2000
GROWTH = 64 << 20

# What a description of single parameters cannot say: these are refused with the reason.
REASONS = re.compile(
    "give `rate` or `max_distance`, not both|no hash is called|emphasis|"
    "day is out of range|month must be in|year .* is out of range|hour must be in|"
    "minute must be in|second must be in|Invalid isoformat string|out of range|"
    "offset must be|has no distance"
)


@dataclasses.dataclass
class Seen:
    """What has come back so far."""

    statuses: collections.Counter[tuple[str, int]] = dataclasses.field(
        default_factory=collections.Counter
    )
    good: collections.Counter[tuple[str, bool]] = dataclasses.field(
        default_factory=collections.Counter
    )
    faults: list[str] = dataclasses.field(default_factory=list)

    def note(self, event: Any) -> None:
        """Look at all requests of one scenario."""
        recorder = event.recorder
        for key, interaction in recorder.interactions.items():
            case, response = recorder.cases[key].value, interaction.response
            if response is None:
                self.faults.append(f"no answer: {event.label}")
                continue
            self.statuses[event.phase.value, response.status_code] += 1
            if case.meta.generation.mode.is_positive and response.status_code != 405:
                self.good[case.operation.label, response.status_code < 300] += 1
            self.faults += [f"{case.operation.label}: {fault}" for fault in _faults(response)]
            for check in recorder.checks.get(key, ()):
                if check.status is Status.FAILURE and not _is_explained(check.name, response):
                    info = check.failure_info
                    self.faults.append(
                        f"{case.operation.label}: {info.failure.title} {info.failure.message}\n"
                        f"{response.status_code} {response.content[:400]!r}\n{info.code_sample}"
                    )


def _faults(response: Any) -> Iterator[str]:
    """Yield what is wrong with an answer, apart from what schemathesis looks at."""
    status = response.status_code
    if status >= 500:
        yield f"{status} {response.content[:200]!r}"
    if status >= 400:
        if response.headers["content-type"] != ["application/problem+json"]:
            yield f"{status} as {response.headers['content-type']}"
        else:
            problem = response.json()
            if problem["status"] != status or not problem["detail"] or not problem["next"]:
                yield f"{status} says {problem}"
    if status in (429, 503) and "retry-after" not in response.headers:
        yield f"{status} without Retry-After"


def _is_explained(check: str, response: Any) -> bool:
    """Tell whether a request that looks good is refused for a reason all the same."""
    if check != "positive_data_acceptance":
        return False
    if response.status_code == 415:
        return True  # made-up bytes are no picture
    return response.status_code == 400 and bool(REASONS.search(response.json()["detail"]))


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory, waves: Waves) -> Iterator[Standing]:
    """Serve twelve photos with four hashes, and a file that is no photo."""
    home = tmp_path_factory.mktemp("described")
    fill(home / "photos", waves, 12)
    (home / "photos" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not much of a photo")
    hashes = ["look-2", "ahash-rgb-64", "copies-150", "copies-300"]
    with standing(home / "photos", home, hashes=hashes, reveals=True) as server:
        server.wait_until_indexed()
        yield server


@contextlib.contextmanager
def _meant_well(id: str) -> Iterator[None]:
    """Let requests that are meant well name a photo that there is, and one threshold."""

    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        if case.meta is None or not case.meta.generation.mode.is_positive:
            return
        for values in filter(None, (case.path_parameters, case.query)):
            for name in ("id", "img", "a", "b"):
                # Figures take half a second each; fuzzing asks for enough of them.
                if values.get(name) == "000000.1" and not case.path.endswith("/figure"):
                    values[name] = id
            if "key" in values:
                values["key"] = id.partition(".")[0]
            if "max_distance" in values:
                values.pop("rate", None)

    schemathesis.hook(before_call)
    try:
        yield
    finally:
        hooks.unregister(before_call)


def _config(server: Standing, ids: list[str]) -> SchemathesisConfig:
    known = {
        "ids": ids,
        "keys": [ids[0].partition(".")[0]],
        "hashes": ["look-2", "ahash-rgb-64", ""],
        "emphases": ["", "shape", "colour", "0.3"],
    }
    used = {
        "path.id": "ids", "path.key": "keys", "query.img": "ids", "query.a": "ids",
        "query.b": "ids", "query.ids": "ids", "query.hash": "hashes",
        "query.emphasis": "emphases", "body.id": "ids",
    }  # fmt: skip
    drawing = [
        {"include-path": path, "phases": {"fuzzing": {"generation": {"max-examples": 12}}}}
        for path in ("/api/v1/figure", "/api/v1/explain/figure", "/api/v1/copies/figure")
    ]
    return SchemathesisConfig.from_dict(
        {
            "seed": 6,
            "headers": server.bearer,
            "dictionaries": {name: {"values": values} for name, values in known.items()},
            "parameters": {
                name: {"dictionary": words, "probability": 0.8} for name, words in used.items()
            },
            "generation": {
                "deterministic": True, "max-examples": 20, "database": "none", "no-shrink": True,
            },
            "operations": drawing,
            "continue-on-failure": True,
            "request-timeout": PATIENCE,
        }
    )  # fmt: skip


def test_the_app_keeps_to_its_description(described: Standing, picture: bytes) -> None:
    uploaded = described.client.post("/api/v1/uploads", files={"file": picture}).json()["id"]
    ids = [photo["id"] for photo in described.photos()] + [uploaded]
    schema = schemathesis.openapi.from_url(
        f"{described.url}/openapi.json",
        headers=described.bearer,
        config=_config(described, ids),
    )

    for harder in ("0", "1"):  # the files of a library's hash stay open once it was asked for
        query = {"img": ids[0], "harder": harder}
        assert described.client.get("/api/v1/copies", params=query).status_code == 200
    handles, memory = described.handles(), described.rss()
    seen = Seen()
    with _meant_well(ids[0]):
        for event in from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                seen.note(event)
            assert not isinstance(event, events.NonFatalError | events.FatalError), event
    assert not seen.faults, f"{len(seen.faults)} faults\n" + "\n\n".join(seen.faults[:5])
    paths = described.client.get("/openapi.json").json()["paths"].items()
    _assert_enough(seen, {f"{m.upper()} {path}" for path, methods in paths for m in methods})
    described.assert_alive()
    described.assert_quiet(handles + 16)  # workers, and connections that are kept for a while
    assert described.rss() < memory + GROWTH


def _assert_enough(seen: Seen, operations: set[str]) -> None:
    """Assert that many requests of each kind were made, and that the good ones were answered."""
    assert seen.statuses.total() >= CASES
    phases = {phase for phase, _ in seen.statuses}
    assert phases == {"coverage", "fuzzing", "stateful"}
    assert seen.statuses["coverage", 405] >= 100
    assert {label for label, _ in seen.good} == operations
    answered = sum(count for (_, good), count in seen.good.items() if good)
    assert answered >= 0.5 * seen.good.total()
    for label in operations:
        assert seen.good[label, True] >= 2, label


def test_the_description_is_for_those_with_a_token(described: Standing) -> None:
    paths = described.client.get("/openapi.json").json()["paths"]
    assert len(paths) >= 15
    with described.new_client() as client:
        client.headers.pop("Authorization")
        assert client.get("/openapi.json").status_code == 401
        for path in paths:
            status = client.get(path.replace("{id}", "000000.1").replace("{key}", "000000"))
            assert status.status_code == (200 if path == "/healthz" else 401), path
