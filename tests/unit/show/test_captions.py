"""The sentences and lines that all views share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sokkuri.hashes import HashSpec
from sokkuri.images import Rejected, RejectKind
from sokkuri.matches import Match
from sokkuri.show import captions

if TYPE_CHECKING:
    from collections.abc import Callable

    from sokkuri.matches import Outcome

MATCHES = tuple(Match(f"{number}.jpg", number) for number in range(3))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "rate < 2.0 (distance ≤ 511)"),
        ({"rate": 10, "max_distance": 2559}, "rate < 10.0 (distance ≤ 2,559)"),
        ({"rate": 0.0, "max_distance": -1}, "rate < 0.0 (no distance is below it)"),
        ({"rate": None, "max_distance": 1234}, "distance ≤ 1,234"),
        ({"k": 20}, "rate < 2.0 (distance ≤ 511) · at most 20"),
        ({"rate": None, "max_distance": None, "k": 3}, "the 3 nearest"),
        ({"rate": None, "max_distance": None, "k": 20}, "the 3 nearest"),
        ({"rate": None, "max_distance": None, "k": 1, "matches": MATCHES[:1]}, "the nearest"),
        ({"rate": None, "max_distance": None, "k": 20, "matches": ()}, "the 20 nearest"),
        ({"rate": None, "max_distance": None}, "all photos, nearest first"),
        ({"min_distance": 40}, "rate < 2.0 (distance ≤ 511) · distance ≥ 40"),
    ],
)
def test_threshold(outcome: Callable[..., Outcome], fields: dict[str, Any], expected: str) -> None:
    assert captions._threshold_words(outcome(*MATCHES, **fields)) == expected


def test_recipe(outcome: Callable[..., Outcome]) -> None:
    expected = "ahash-rgb-64 · 12,288 bits · rate < 2.0 (distance ≤ 511)"
    assert captions.recipe_words(outcome()) == expected
    one = outcome(spec=HashSpec("tiny", 1), rate=None, max_distance=0)
    assert captions.recipe_words(one) == "tiny · 1 bit · distance ≤ 0"


@pytest.mark.parametrize(
    ("fields", "shown", "expected"),
    [
        ({"matched": 317}, 3, "317 matches among 1,799 photos · 3 of 317 shown"),
        ({}, 3, "3 matches among 1,799 photos"),
        ({}, 0, "3 matches among 1,799 photos · 0 of 3 shown"),
        ({"matched": 1, "searched": 1, "matches": MATCHES[:1]}, 1, "1 match among 1 photo"),
        ({"max_distance": None, "k": 3, "matched": 1799}, 3, "1,799 photos compared"),
        ({"max_distance": None, "matched": 3}, 2, "1,799 photos compared · 2 of 3 shown"),
    ],
)
def test_summary(
    outcome: Callable[..., Outcome], fields: dict[str, Any], shown: int, expected: str
) -> None:
    assert captions._summary_words(outcome(*MATCHES, **fields), shown) == expected


def test_summary_counts_the_rejected(outcome: Callable[..., Outcome]) -> None:
    bad = Rejected("x.jpg", RejectKind.EMPTY, "the file has no bytes")
    one, two = outcome(rejected=(bad,)), outcome(rejected=(bad, bad))
    assert captions._summary_words(one, 0).endswith(" · 1 file could not be read")
    assert captions._summary_words(two, 0).endswith(" · 2 files could not be read")


def test_summary_counts_the_links_that_were_left_out(outcome: Callable[..., Outcome]) -> None:
    for count, words_of_it in ((1, "1 link left out"), (2000, "2,000 links left out")):
        assert captions._summary_words(outcome(links_left_out=count), 0).endswith(
            f" · {words_of_it}"
        )
    for none in (None, 0):
        assert "left out" not in captions._summary_words(outcome(links_left_out=none), 0)


@pytest.mark.parametrize(
    ("distance", "expected"),
    [(0, "100%"), (1, ">99.9%"), (6, ">99.9%"), (7, "99.9%"), (6144, "50.0%"), (12_288, "0.0%")],
)
def test_percent(outcome: Callable[..., Outcome], distance: int, expected: str) -> None:
    assert captions.percent(outcome(), distance) == expected


def test_a_query_that_could_not_be_read_has_no_counts(outcome: Callable[..., Outcome]) -> None:
    lines = captions.heading_words(outcome(error="missing: no such file", searched=0), 0)
    assert lines[0].startswith("ahash-rgb-64")
    assert lines[1:] == list(captions._nothing_words(outcome(error="missing: no such file")))


def test_nothing_but_the_query_itself_found(outcome: Callable[..., Outcome]) -> None:
    copy, other = Match("copy.jpg", 0, "bytes"), Match("shop/other.jpg", 812)
    lines = captions.heading_words(outcome(copy, nearest_other=other), 1)
    assert lines[2:] == [
        "The nearest other is other.jpg: distance 812, rate 3.172, similarity 93.4%."
    ]
    assert len(captions.heading_words(outcome(copy), 1)) == 2


def test_nothing_found(outcome: Callable[..., Outcome]) -> None:
    assert captions._nothing_words(outcome(nearest=Match("shop/n\near.jpg", 812))) == (
        "No photo lies within the threshold.",
        r"The nearest is n\near.jpg: distance 812, rate 3.172, similarity 93.4%.",
    )
    near, look = Match("a.jpg", 812), HashSpec("look-2@balanced", 12_288)
    without_rate = "The nearest is a.jpg: distance 812, similarity 93.4%."
    assert captions._nothing_words(outcome(nearest=near, rate=None, spec=look))[1] == without_rate
    # The tutorial's hashes tell rates, others where one was asked for.
    for fields in ({"rate": None}, {"spec": look}):
        assert "rate 3.172" in captions._nothing_words(outcome(nearest=near, **fields))[1]
    assert captions._nothing_words(outcome()) == ("There was no photo to compare with.",)
    asked_none = outcome(nearest=Match("a.jpg", 1), max_distance=None, k=0)
    assert captions._nothing_words(asked_none)[0] == "No match was asked for."
    assert captions._nothing_words(outcome(error="missing: no\nsuch file")) == (
        "The query could not be read, so nothing was searched.",
        r"missing: no\nsuch file",
    )
