"""Two photos beside each other: why they match, and what is said of both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sokkuri import settings
from sokkuri.explanation import explain_views
from sokkuri.images import Rejected
from sokkuri.metric import Metric
from sokkuri.pipeline.same_picture import same_file
from sokkuri.registry import hasher
from sokkuri.show.export import SCHEMA
from sokkuri.web.answers import FACTS, with_facts
from sokkuri.web.problems import unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from sokkuri.engine.options import SearchOptions
    from sokkuri.explanation import HashView
    from sokkuri.hashes import ImageHash
    from sokkuri.matches import Same
    from sokkuri.web.models import PairComparison, PairDistance
    from sokkuri.web.photo import Found
    from sokkuri.web.site import Site

# Each looks at something else: what a person sees, the tutorial's two, and two that withstand
# edits.
_BESIDE: Final = (settings.DEFAULT_HASH, settings.RGB_HASH, settings.GRAY_HASH, "phash-16", "pdq")
_FIELDS: Final = ("name", "folder", "bytes", "width", "height", "modified", *FACTS)


@dataclass(frozen=True, slots=True)
class PairQuery:
    """Two pictures by their ids, and the options that say how they are compared."""

    a: str
    b: str
    options: SearchOptions

    @property
    def hash(self) -> str:
        """Name of the hash."""
        return self.options.hasher.spec.name


def explanation_answer(site: Site, pair: PairQuery) -> dict[str, Any]:
    """Return why two photos match, as the page and its JSON show it.

    Parameters
    ----------
    site : Site
    pair : PairQuery
    """
    found = site.find(pair.a), site.find(pair.b)
    paths = [each.file() for each in found]
    asked = [site.pictures.portrait(path, pair.hash) for path in paths]
    a, b = (_good(future.result()) for future in asked)
    names = found[0].name, found[1].name
    explained = explain_views(
        a, b, pair.options.metric, names=names,
        same=lambda: _same(found, site.pictures.same(paths[0], paths[1:])),
    )  # fmt: skip
    photos = {key: site.photo(each) for key, each in zip("ab", found, strict=True)}
    return {**explained.as_dict(), **photos}


def explanation_figure(site: Site, pair: PairQuery, form: str) -> bytes:
    """Return the drawing of an explanation, as a file.

    Parameters
    ----------
    site : Site
    pair : PairQuery
    form : {"png", "pdf"}
    """
    found = site.find(pair.a), site.find(pair.b)
    paths = [each.file() for each in found]
    options = pair.options
    data = site.pictures.explanation_figure(
        (paths[0], paths[1]), (found[0].name, found[1].name), form,
        hash=pair.hash, emphasis=options.emphasis, mirror=options.mirror,
        same=_one_file(found),
    ).result()  # fmt: skip
    if isinstance(data, Rejected):
        raise unreadable(data)
    return data


def comparison_answer(site: Site, pair: PairQuery) -> PairComparison:
    """Return what is known of two photos, and how far apart they are under several hashes.

    Parameters
    ----------
    site : Site
    pair : PairQuery
    """
    found = [site.find(pair.a), site.find(pair.b)]
    paths = [each.file() for each in found]
    names = list(dict.fromkeys([pair.hash, *_BESIDE]))
    hashing = [site.pictures.hash(path, names, None) for path in paths]
    telling = [site.pictures.facts(path) for path in paths]
    same = site.pictures.same(paths[0], [paths[1]])
    hashed = [future.result() for future in hashing]
    for each, one in zip(found, hashed, strict=True):
        if one.rejected is not None:
            raise unreadable(replace(one.rejected, path=each.name))
        site.remember(each, one)
    told = [
        with_facts(site.photo(each), future.result())
        for each, future in zip(found, telling, strict=True)
    ]
    return {
        "schema": SCHEMA,
        "a": told[0],
        "b": told[1],
        "same": _same(found, same),
        "distances": [
            _distance(pair, name, a, b)
            for name, a, b in zip(names, hashed[0].hashes, hashed[1].hashes, strict=True)
        ],
        "fields": [
            {"field": name, "a": told[0][name], "b": told[1][name],
             "differs": told[0][name] != told[1][name]}
            for name in _FIELDS
        ],
    }  # fmt: skip


def _distance(pair: PairQuery, name: str, a: ImageHash, b: ImageHash) -> PairDistance:
    metric = pair.options.metric if name == pair.hash else Metric.of(hasher(name))
    distance, bits = metric.distance(a, b), metric.spec.bits
    return {
        "hash": metric.spec.name,
        "distance": distance,
        "bits": bits,
        "similarity": 1 - distance / bits,
    }


def _same(found: Sequence[Found], asked: Future[tuple[Same | None, ...] | Rejected]) -> Same | None:
    answer = asked.result()
    return _one_file(found) or (None if isinstance(answer, Rejected) else answer[0])


def _one_file(found: Sequence[Found]) -> Same | None:
    """Tell whether two pictures are one file; by their names, since links are opened resolved."""
    try:
        return same_file(found[0].path, found[1].path)
    except OSError:
        return None


def _good(found: HashView | Rejected) -> HashView:
    if isinstance(found, Rejected):
        raise unreadable(found)
    return found
