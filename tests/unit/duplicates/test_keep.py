"""Which photo of a group is suggested, and that its reasons follow from its traits."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri.copies.edits import Edits
from sokkuri.duplicates.group_member import GroupMember, protecting_folder, substances
from sokkuri.duplicates.keep import CRITERIA, Reason, criteria_of, suggest
from sokkuri.images.traits import PhotoTraits
from sokkuri.language import speaking

PLAIN = PhotoTraits(
    size=(1600, 1200), length=500_000, mtime=1_600_000_000, format="JPEG", coarseness=200,
    detail=30, camera=True, place=True, date=True,
)  # fmt: skip
UNCHANGED = Edits(
    mirrored=False, turned=0.0, squeezed=1.0, cropped_to=1.0, fills=1.0, bordered=None, covered=0.0
)


def member(path: str, protected_by: str | None = None, **changes: Any) -> GroupMember:
    return GroupMember(path, replace(PLAIN, **changes), protected_by)


def texts(reasons: tuple[Reason, ...]) -> list[str]:
    return [reason.text for reason in reasons]


def test_the_larger_one_with_tags_wins_and_says_so_also_against_its_age() -> None:
    original = member("a.jpg", size=(4032, 3024), mtime=1_600_000_100)
    found = suggest([member("b.jpg", camera=False), original], {})
    assert found.order == ("a.jpg", "b.jpg")
    assert found.keep == ("a.jpg",)
    assert texts(found.reasons["a.jpg"]) == [
        "+ 4032x3024 against 1600x1200", "+ original camera tags", "- newer",
    ]  # fmt: skip
    assert texts(found.reasons["b.jpg"]) == [
        "- 1600x1200 against 4032x3024", "- without camera tags", "+ older",
    ]  # fmt: skip


def test_reasons_are_said_in_the_readers_language() -> None:
    found = suggest([member("a.jpg"), member("b.jpg", camera=False)], {})
    with speaking("ja"):
        (text,) = texts(found.reasons["a.jpg"])
    assert text.startswith("+ ")
    assert not text.isascii()


def test_an_enlargement_stands_behind_what_it_was_made_of() -> None:
    large = member("large.jpg", size=(3200, 2400), detail=15, coarseness=20, mtime=0)
    found = suggest([large, member("small.jpg")], {})
    assert found.keep == ("small.jpg",)
    assert "+ 1600x1200, of which 3200x2400 is only an enlargement" in texts(
        found.reasons["small.jpg"]
    )
    assert "- 3200x2400 with no more detail than 1600x1200" in texts(found.reasons["large.jpg"])


def test_a_reduced_copy_does_not_make_its_soft_original_an_enlargement() -> None:
    soft = member("large.jpg", size=(3200, 2400), detail=15)
    assert suggest([soft, member("small.jpg", camera=False)], {}).keep == ("large.jpg",)


def test_a_copy_reduced_and_enlarged_again_has_less_fine_detail() -> None:
    found = suggest([member("a.jpg"), member("b.jpg", detail=15, mtime=0)], {})
    assert found.keep == ("a.jpg",)
    assert texts(found.reasons["b.jpg"])[0] == "- less fine detail"


def test_crops_and_borders_lose_although_they_are_larger_or_older() -> None:
    members = [
        member("whole.jpg"),
        member("part.jpg", size=(1700, 1300), detail=24, mtime=0),
        member("frame.jpg", size=(1700, 1300), mtime=0),
    ]
    seen = {
        ("whole.jpg", "part.jpg"): replace(UNCHANGED, cropped_to=0.6),
        ("whole.jpg", "frame.jpg"): replace(UNCHANGED, bordered="photo"),
    }
    found = suggest(members, seen)
    assert found.keep == ("whole.jpg",)
    assert "- cropped to 60 %" in texts(found.reasons["part.jpg"])
    assert "- with a border" in texts(found.reasons["frame.jpg"])
    turned = {
        ("part.jpg", "whole.jpg"): replace(UNCHANGED, fills=0.6),
        ("frame.jpg", "whole.jpg"): replace(UNCHANGED, bordered="query"),
    }
    assert suggest(members, turned) == found


def test_saved_again_at_a_better_quality_is_no_better() -> None:
    again = member("again.png", lossless=True, coarseness=210, resaved=True, mtime=0)
    found = suggest([again, member("once.jpg")], {})
    assert found.keep == ("once.jpg",)
    assert texts(found.reasons["once.jpg"])[:2] == ["+ less compressed", "+ not saved again"]


def test_each_criterion_decides_where_all_above_it_are_equal() -> None:
    worse: list[dict[str, Any]] = [
        {"size": (1599, 1200)}, {"camera": False}, {"date": False}, {"place": False},
        {"coarseness": 201}, {"resaved": True}, {"mtime": PLAIN.mtime + 1},
    ]  # fmt: skip
    for changes in worse:
        assert suggest([member("a", None, **changes), member("longer")], {}).keep == ("longer",), (
            changes
        )
    assert suggest([member("longer"), member("a")], {}).keep == ("a",)


def test_what_is_preferred_comes_first() -> None:
    old = member("old.jpg", size=(800, 600), mtime=0)
    assert suggest([member("new.jpg"), old], {}).keep == ("new.jpg",)
    found = suggest([member("new.jpg"), old], {}, prefer=criteria_of(["older"]))
    assert found.keep == ("old.jpg",)
    assert found.reasons["old.jpg"][0].what == "older"


def test_a_name_that_is_no_criterion_is_refused() -> None:
    assert criteria_of(CRITERIA) == CRITERIA
    with pytest.raises(ValueError, match="largest is nothing to prefer; there are: pixels"):
        criteria_of(["largest"])


def test_a_group_without_photos_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one photo"):
        suggest([], {})


def test_a_folder_protects_what_lies_in_it_by_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "best"
    folder.mkdir()
    (folder / "a.jpg").touch()
    assert protecting_folder(str(folder / "a.jpg"), [str(folder)]) == str(folder)
    assert protecting_folder(str(folder) + "2/a.jpg", [str(folder)]) is None
    if os.name == "posix":
        (tmp_path / "link").symlink_to(folder)
        assert protecting_folder(str(tmp_path / "link/a.jpg"), [str(folder)]) == str(folder)


sizes = st.sampled_from([(400, 300), (600, 450), (800, 600), (1600, 1200)])
traits = st.builds(
    PhotoTraits, size=sizes, length=st.just(1000), mtime=st.integers(0, 3), format=st.just("JPEG"),
    lossless=st.booleans(), coarseness=st.none() | st.integers(0, 300), resaved=st.booleans(),
    detail=st.integers(1, 32), camera=st.booleans(), place=st.booleans(), date=st.booleans(),
)  # fmt: skip
groups = st.lists(st.tuples(traits, st.sampled_from([None, None, "kept"])), min_size=1, max_size=6)
preferences = st.lists(st.sampled_from(CRITERIA), max_size=3, unique=True)


def members_of(group: list[tuple[PhotoTraits, str | None]]) -> list[GroupMember]:
    return [GroupMember(f"{number}.jpg", *each) for number, each in enumerate(group)]


@given(groups, preferences, st.randoms(use_true_random=False))
def test_the_order_of_members_does_not_matter(group, prefer, source) -> None:  # type: ignore[no-untyped-def]
    members = members_of(group)
    before = suggest(members, {}, prefer=prefer)
    source.shuffle(members)
    assert suggest(members, {}, prefer=prefer) == before


@given(groups, preferences)
def test_protected_photos_are_kept_and_say_why(group, prefer) -> None:  # type: ignore[no-untyped-def]
    members = members_of(group)
    found = suggest(members, {}, prefer=prefer)
    protected = {each.path for each in members if each.protected_by}
    assert set(found.keep) == protected or (not protected and found.keep == found.order[:1])
    for path in protected:
        assert found.reasons[path][0].text == "+ in kept, which is to be kept"


@given(groups, st.data())
def test_a_worse_member_never_changes_the_winner(group, data) -> None:  # type: ignore[no-untyped-def]
    members = members_of([(each, None) for each, _ in group])
    winner = suggest(members, {}).order[0]
    best = next(each.traits for each in members if each.path == winner)
    coarseness = (
        None if best.coarseness is None else best.coarseness + data.draw(st.integers(0, 50))
    )
    worse = replace(
        best,
        size=data.draw(st.sampled_from([size for size in SIZES if size <= best.size])),
        detail=data.draw(st.integers(1, best.detail)),
        mtime=best.mtime + data.draw(st.integers(0, 2)),
        coarseness=coarseness,
        lossless=best.lossless and data.draw(st.booleans()),
        resaved=best.resaved or data.draw(st.booleans()),
        camera=best.camera and data.draw(st.booleans()),
        place=best.place and data.draw(st.booleans()),
        date=best.date and data.draw(st.booleans()),
    )
    assert suggest([*members, GroupMember("worse.jpg", worse)], {}).order[0] == winner


SIZES = [(400, 300), (600, 450), (800, 600), (1600, 1200)]


@given(groups)
def test_an_enlargement_never_wins_by_its_pixels(group) -> None:  # type: ignore[no-untyped-def]
    members = members_of([(each, None) for each, _ in group])
    assert substances(members, {})[suggest(members, {}).order[0]].shown_by is None
