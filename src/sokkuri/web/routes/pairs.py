"""Two photos beside each other: why they match, and what is said of both."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends
from fastapi.responses import Response

from sokkuri import settings
from sokkuri.engine.options import SearchOptions
from sokkuri.explanation import explain_views
from sokkuri.hashes import ImageHash
from sokkuri.images import Rejected
from sokkuri.matches import Same
from sokkuri.metric import Metric
from sokkuri.pipeline.same_picture import same_file
from sokkuri.registry import hasher
from sokkuri.show.export import SCHEMA
from sokkuri.web.models import PairComparison, PairDistance, PairExplanation
from sokkuri.web.photo import FACTS, Apart, Found, readable, with_facts
from sokkuri.web.routes.parameters import FigureFormat, MetricOf, OneImage, SiteOf
from sokkuri.web.routes.responses import (
    FIGURES,
    PROBLEMS,
    UNHASHED,
    Router,
    attachment,
    file_answers,
    twins,
)

router: Final = Router(tags=["pairs"], responses=PROBLEMS | UNHASHED)

# Each looks at something else: what a person sees, the tutorial's two, and two that withstand
# edits.
_BESIDE: Final = (settings.DEFAULT_HASH, settings.RGB_HASH, settings.GRAY_HASH, "phash-16", "pdq")
_FIELDS: Final = ("name", "folder", "bytes", "width", "height", "modified", *FACTS)
_PICTURE: Final = file_answers("A picture.", *FIGURES.values())


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two pictures, their files, and the options that say how they are compared."""

    a: Found
    b: Found
    paths: tuple[str, str]
    options: SearchOptions

    @property
    def hash(self) -> str:
        return self.options.hasher.spec.name

    @property
    def names(self) -> tuple[str, str]:
        return self.a.name, self.b.name

    def one_file(self) -> Same | None:
        """Tell whether both are one file; by their names, since links are opened resolved."""
        try:
            return same_file(self.a.path, self.b.path)
        except OSError:
            return None

    def same(self, asked: Future[tuple[Same | None, ...] | Rejected]) -> Same | None:
        answer = asked.result()
        return self.one_file() or (None if isinstance(answer, Rejected) else answer[0])


def _pair(site: SiteOf, a: OneImage, b: OneImage, options: MetricOf) -> _Pair:
    one, other = site.find(a), site.find(b)
    return _Pair(one, other, (one.file(), other.file()), options)


_PairOf = Annotated[_Pair, Depends(_pair)]


@twins.get("/explain.json")
@router.get("/explain", response_model=PairExplanation)
def _explain(site: SiteOf, pair: _PairOf) -> dict[str, Any]:
    """Return the very bits of two photos that agree and differ."""
    asked = [site.pictures.portrait(path, pair.hash) for path in pair.paths]
    a, b = (readable(future.result()) for future in asked)
    explained = explain_views(
        a, b, pair.options.metric, names=pair.names,
        same=lambda: pair.same(site.pictures.same(pair.paths[0], pair.paths[1:])),
    )  # fmt: skip
    return {**explained.as_dict(), "a": site.photo(pair.a), "b": site.photo(pair.b)}


@router.get("/explain/figure", response_class=Response, responses=_PICTURE)
def _explain_figure(site: SiteOf, pair: _PairOf, format: FigureFormat = "png") -> Response:
    """Draw why two photos match."""
    drawn = site.pictures.explanation_figure(
        pair.paths, pair.names, pair.options, format, same=pair.one_file()
    )
    return attachment(readable(drawn.result()), FIGURES[format], f"explanation.{format}")


@twins.get("/compare.json")
@router.get("/compare")
def _compare(site: SiteOf, pair: _PairOf) -> PairComparison:
    """Return what is known of two photos, side by side."""
    pictures, both = site.pictures, (pair.a, pair.b)
    names = list(dict.fromkeys([pair.hash, *_BESIDE]))
    hashing = [pictures.hash(path, names) for path in pair.paths]
    telling = [pictures.facts(path) for path in pair.paths]
    same = pictures.same(pair.paths[0], pair.paths[1:])
    hashed = [readable(future.result()) for future in hashing]
    for each, record in zip(both, hashed, strict=True):
        site.remember(each.id, record)
    a, b = (
        with_facts(site.photo(each), future.result())
        for each, future in zip(both, telling, strict=True)
    )
    return {
        "schema": SCHEMA,
        "a": a,
        "b": b,
        "same": pair.same(same),
        "distances": [
            _distance(pair.options.metric if name == pair.hash else Metric.of(hasher(name)), *codes)
            for name, *codes in zip(names, *(record.hashes for record in hashed), strict=True)
        ],
        "fields": [
            {"field": name, "a": a[name], "b": b[name], "differs": a[name] != b[name]}
            for name in _FIELDS
        ],
    }


def _distance(metric: Metric, a: ImageHash, b: ImageHash) -> PairDistance:
    apart = Apart(metric.distance(a, b), metric.spec)
    return {
        "hash": apart.spec.name,
        "distance": apart.distance,
        "bits": apart.spec.bits,
        "similarity": apart.similarity,
    }
