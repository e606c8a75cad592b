"""What is left out of a walk, by the caller and by files in the folders themselves."""

from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri.images import RejectKind
from sokkuri.pipeline import FileListing, list_files
from sokkuri.pipeline.exclude import IGNORE_FILE, Exclude, _ignores_case, kept_names

posix = pytest.mark.skipif(os.name != "posix", reason="names and rights as POSIX has them")

TREE = [
    "a.jpg", "b.png", "2024/in.jpg", "2024/raw/x.jpg", "old/2024/in.jpg", "old/b.png",
    "写真/が.jpg", "drafts/keep.jpg", "drafts/drop.jpg",
]  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return _tree(tmp_path / "tree", TREE)


def _tree(folder: Path, names: list[str]) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def _names(folder: Path, listing: FileListing) -> list[str]:
    return [Path(path).relative_to(folder).as_posix() for path in listing.files]


def _without(folder: Path, *patterns: str) -> list[str]:
    """Return what patterns leave out, which a list of names without a walk agrees upon."""
    kept = _names(folder, list_files([folder], exclude=patterns))
    every = [os.fsencode(os.path.normpath(name)) for name in sorted(TREE)]
    again = kept_names(str(folder), every, Exclude(patterns))
    assert {os.fsdecode(name).replace(os.sep, "/") for name in again} == set(kept)
    return sorted(set(TREE) - set(kept))


@pytest.mark.parametrize(
    ("patterns", "gone"),
    [
        (["2024/"], ["2024/in.jpg", "2024/raw/x.jpg", "old/2024/in.jpg"]),
        (["/2024/"], ["2024/in.jpg", "2024/raw/x.jpg"]),
        (["./2024"], ["2024/in.jpg", "2024/raw/x.jpg"]),
        (["2024/in.jpg"], ["2024/in.jpg"]),
        (["**/in.jpg"], ["2024/in.jpg", "old/2024/in.jpg"]),
        (["2024/**"], ["2024/in.jpg", "2024/raw/x.jpg"]),
        (["*.png"], ["b.png", "old/b.png"]),
        (["/*.png"], ["b.png"]),
        (["drafts/*", "!keep.jpg"], ["drafts/drop.jpg"]),
        (["drafts/", "!keep.jpg"], ["drafts/drop.jpg", "drafts/keep.jpg"]),
        ([unicodedata.normalize("NFD", "/写真/が.jpg")], ["写真/が.jpg"]),
        (["写真"], ["写真/が.jpg"]),
        (["a.jpg/"], []),
    ],
)  # fmt: skip
def test_patterns_with_folders(tree: Path, patterns: list[str], gone: list[str]) -> None:
    assert _without(tree, *patterns) == gone


def test_roots_are_never_left_out_and_each_anchors(tree: Path, tmp_path: Path) -> None:
    other = _tree(tmp_path / "other", ["in.jpg", "2024/in.jpg"])
    named = str(tree / "a.jpg")
    listing = list_files([named, tree / "2024", other], exclude=["/in.jpg", "a.jpg", "2024"])
    assert listing.files == (str(tree / "2024/raw/x.jpg"), named)
    assert listing.left_out == 3
    assert listing.unused == ("a.jpg",)


def test_patterns_that_leave_nothing_out_are_named(tree: Path) -> None:
    listing = list_files([tree], exclude=["tree/2024/", "*.png", "in.png", "", "in.png"])
    assert listing.unused == ("tree/2024/", "in.png", "")
    assert listing.left_out == 2
    assert list_files([tree]).unused == ()


def test_one_text_is_one_pattern(tree: Path) -> None:
    assert "a.jpg" in _names(tree, list_files([tree], exclude="*.png"))


@posix
def test_names_that_are_not_utf_8(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("names are text there")
    for name in (b"\xff.jpg", b"\xfe.jpg"):
        with open(os.path.join(os.fsencode(tmp_path), name), "wb"):
            pass
    (tmp_path / IGNORE_FILE).write_bytes(b"\xff*\n")
    (path,) = list_files([tmp_path], exclude=[IGNORE_FILE, "*\ud800"]).files[1:]
    assert os.fsencode(path).endswith(b"/\xfe.jpg")


@pytest.mark.parametrize("ignores", [True, False])
def test_case_is_one_where_the_file_system_takes_it_so(
    tree: Path, monkeypatch: pytest.MonkeyPatch, ignores: bool
) -> None:
    monkeypatch.setattr("sokkuri.pipeline.exclude._ignores_case", lambda folder: ignores)
    (tree / IGNORE_FILE).write_text("B.PNG\n")
    for exclude in (["OLD/"], ["/Drafts/KEEP.*"], ["A.JPG"]):
        kept = _names(tree, list_files([tree], exclude=exclude))
        assert ("b.png" in kept) != ignores
        assert (len(kept) == len(TREE) + 1) != ignores


@posix
def test_links_do_not_look_like_another_case(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    if (tmp_path / "A.JPG").exists():
        assert _ignores_case(str(tmp_path))
        return
    assert not _ignores_case(str(tmp_path))
    os.link(tmp_path / "a.jpg", tmp_path / "A.JPG")
    assert not _ignores_case(str(tmp_path))


def test_files_of_patterns_count_for_their_folder(tree: Path) -> None:
    (tree / IGNORE_FILE).write_text("*.jpg\n!keep.jpg\n")
    (tree / "2024" / IGNORE_FILE).write_text("# all of this year\n!*.jpg\n/raw/\n")
    assert _names(tree, list_files([tree])) == [
        IGNORE_FILE, f"2024/{IGNORE_FILE}", "2024/in.jpg", "b.png", "drafts/keep.jpg", "old/b.png",
    ]  # fmt: skip
    # What the caller says comes first, in either direction.
    kept = _names(tree, list_files([tree], exclude=["!a.jpg", "2024/in.jpg"]))
    assert "a.jpg" in kept
    assert "2024/in.jpg" not in kept


def test_a_file_of_patterns_in_a_folder_that_is_left_out_counts_for_nothing(tree: Path) -> None:
    (tree / IGNORE_FILE).write_text("old/\n")
    (tree / "old" / IGNORE_FILE).write_text("!*\n")
    assert not [name for name in _names(tree, list_files([tree])) if name.startswith("old")]


def test_a_folder_of_that_name_is_a_folder(tree: Path) -> None:
    _tree(tree, [f"{IGNORE_FILE}/x.jpg"])
    listing = list_files([tree])
    assert f"{IGNORE_FILE}/x.jpg" in _names(tree, listing)
    assert not listing.rejected


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"*\n" * 600_000, "bytes"),
        ("*.jpg\n".encode("utf-16"), "UTF-8"),
        (os.urandom(64) + b"\0", "UTF-8"),
        (b"*a\n" * 1001, "wildcards"),
    ],
    ids=["long", "utf-16", "binary", "many"],
)  # fmt: skip
def test_a_file_of_patterns_that_is_none_is_named(tree: Path, content: bytes, words: str) -> None:
    (tree / "old" / IGNORE_FILE).write_bytes(content)
    listing = list_files([tree])
    (rejected,) = listing.rejected
    assert rejected.path == str(tree / "old" / IGNORE_FILE)
    assert words in rejected.detail
    assert _names(tree, listing) == sorted(TREE)
    # The other ones still count.
    (tree / IGNORE_FILE).write_text("*.jpg\n")
    assert _names(tree, list_files([tree])) == [IGNORE_FILE, "b.png", "old/b.png"]


@posix
def test_what_cannot_be_read_as_patterns_holds_up_nobody(tree: Path, tmp_path: Path) -> None:
    os.mkfifo(tree / "old" / IGNORE_FILE)
    os.symlink("nowhere", tree / "2024" / IGNORE_FILE)
    os.symlink(IGNORE_FILE, tree / "drafts" / IGNORE_FILE)
    listing = list_files([tree])
    assert [each.kind for each in listing.rejected] == [RejectKind.UNREADABLE] * 3
    assert _names(tree, listing) == sorted(TREE)


def test_names_are_kept_as_a_walk_keeps_them(tree: Path) -> None:
    (tree / IGNORE_FILE).write_text("*.png\nold/\n")
    (tree / "drafts" / IGNORE_FILE).write_text("*.jpg\n!keep.jpg\n")
    every = [os.fsencode(os.path.normpath(name)) for name in TREE]
    every += [os.fsencode(IGNORE_FILE), os.fsencode(os.path.join("drafts", IGNORE_FILE))]
    exclude = Exclude(["/2024/raw/", "!b.png", "gone"])
    kept = kept_names(str(tree), every, exclude)
    walked = list_files([tree], exclude=exclude.patterns)
    assert sorted(kept) == [os.fsencode(os.path.relpath(path, tree)) for path in walked.files]
    assert exclude.unused == walked.unused == ("gone",)
    # A drive that is away takes its files of patterns with it; those of the caller still count.
    again = kept_names(str(tree / "away"), every, Exclude(["/2024/raw/"]))
    assert len(again) == len(every) - 1


NAMES = st.sampled_from(["a", "b", "c.jpg", "d.png"])
LINES = st.lists(
    st.sampled_from(
        ["a", "b/", "*.jpg", "!c.jpg", "/a", "a/**", "**/b/*", "!a", "!b/", "d*", "[cd].*", "/b/a"]
    ),
    max_size=4,
)


@given(
    st.sets(st.lists(NAMES, min_size=1, max_size=4).map(tuple), max_size=12),
    LINES,
    st.dictionaries(
        st.lists(st.sampled_from(["a", "b"]), max_size=2).map(tuple), LINES, max_size=3
    ),
)
def test_with_and_without_a_walk_the_same_is_left_out(
    tmp_path_factory: pytest.TempPathFactory,
    paths: set[tuple[str, ...]],
    exclude: list[str],
    files: dict[tuple[str, ...], list[str]],
) -> None:
    folder = tmp_path_factory.mktemp("any")
    wanted = {(*place, IGNORE_FILE): "\n".join(lines) for place, lines in files.items()}
    for parts in [*wanted, *paths]:
        try:
            folder.joinpath(*parts).parent.mkdir(parents=True, exist_ok=True)
            folder.joinpath(*parts).write_text(wanted.get(parts, ""))
        except OSError:
            continue  # a file stands where a folder was to be
    every = [os.fsencode(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
    walked = list_files([folder], exclude=exclude)
    listed = {os.fsencode(os.path.relpath(path, folder)) for path in walked.files}
    assert set(kept_names(str(folder), every, Exclude(exclude))) == listed
