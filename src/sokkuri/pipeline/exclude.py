"""Leave files out: by patterns of the caller, and by those that lie in a folder itself."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from sokkuri.images import Rejected, RejectKind
from sokkuri.images.reader import OPEN_FLAGS
from sokkuri.language import sentence
from sokkuri.pipeline.gitignore import Patterns, pattern_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

IGNORE_FILE: Final = ".sokkuriignore"
"""A file of this name holds patterns for the folder it lies in, and for all within."""

_MOST_BYTES: Final = 1 << 20
_MOST_WILD: Final = 1000


class Exclude:
    """Patterns, as :func:`sokkuri.search` takes them; knows afterwards which fitted nothing."""

    def __init__(self, patterns: Sequence[str] = ()) -> None:
        # A string is a sequence of letters, and "*" among them would leave out everything.
        self.patterns = (patterns,) if isinstance(patterns, str) else tuple(patterns)
        self._read: dict[bool, Patterns] = {}

    @property
    def unused(self) -> tuple[str, ...]:
        """The patterns that no file and no folder has matched so far."""
        rest = set(range(len(self.patterns)))
        rest.intersection_update(*(read.unused for read in self._read.values()))
        return tuple(dict.fromkeys(self.patterns[number] for number in sorted(rest)))

    def under(self, root: str) -> Rules:
        """Return what counts at the top of a folder."""
        fold = cache(partial(_ignores_case, root))
        if not self.patterns:
            return Rules(fold, 0, ())
        if (folds := fold()) not in self._read:
            self._read[folds] = Patterns(self.patterns, fold=folds)
        return Rules(fold, 1, (("", self._read[folds]),))


@dataclass(frozen=True, slots=True)
class Rules:
    """Patterns that count in one folder."""

    fold: Callable[[], bool]
    """Whether its file system ignores case; asked only where it matters."""
    own: int
    """1 where the caller has patterns, else 0."""
    layers: tuple[tuple[str, Patterns], ...]
    """The folder's path below patterns, and these: the caller's, then the nearest ignore file's."""

    def leave_out(self, name: str, *, is_folder: bool) -> bool:
        """Tell whether a file or folder that lies here is left out.

        Parameters
        ----------
        name : str
        is_folder : bool
        """
        if name == IGNORE_FILE and not is_folder:
            return False  # a library has to know where there are ignore files
        for folder, patterns in self.layers:
            found = patterns.decide(folder + name, is_folder=is_folder)
            if found is not None:
                return found
        return False

    def enter(self, name: str) -> Rules:
        """Return what counts in a folder that lies here, before its ignore file is read."""
        inner = tuple((f"{folder}{name}/", patterns) for folder, patterns in self.layers)
        return Rules(self.fold, self.own, inner)

    def with_file(self, path: str) -> Rules | Rejected:
        """Return what counts here with the ignore file ``path``; Rejected if that is unreadable."""
        text = _read_text(path)
        if isinstance(text, Rejected):
            return text
        patterns = Patterns(pattern_lines(text), fold=self.fold())
        if len(patterns.wild) > _MOST_WILD:
            problem = f"it has more than {_MOST_WILD:,} patterns with wildcards"
            return _unusable(path, problem)
        own, above = self.layers[: self.own], self.layers[self.own :]
        return Rules(self.fold, self.own, (*own, ("", patterns), *above))


def _ignores_case(folder: str) -> bool:
    """Tell whether the file system of a folder takes ``a.jpg`` and ``A.JPG`` for one name."""
    with contextlib.suppress(OSError):
        names = os.listdir(folder)
        for name in names:
            other = name.swapcase()
            if name.isascii() and other != name:
                here, there = os.path.join(folder, name), os.path.join(folder, other)
                # Two names of one file that both are listed are links.
                same = os.path.lexists(there) and os.path.samestat(os.lstat(here), os.lstat(there))
                return same and other not in names
    return sys.platform in ("win32", "darwin")


def kept_names(root: str, names: Iterable[bytes], exclude: Exclude) -> list[bytes]:
    """Return the names that a walk of the folder would not leave out, without that walk.

    Parameters
    ----------
    root : str
    names : iterable of bytes
        Paths below it.  Ignore files among them are read; what cannot be read leaves nothing out,
        as on a walk.
    exclude : Exclude
    """
    names = list(names)
    end = os.fsencode(IGNORE_FILE)
    files = {name for name in names if name.endswith(end) and os.path.basename(name) == end}
    if not exclude.patterns and not files:
        return names

    def with_file(rules: Rules, folder: bytes) -> Rules:
        file = os.path.join(folder, end)
        found = rules.with_file(os.path.join(root, os.fsdecode(file))) if file in files else rules
        return rules if isinstance(found, Rejected) else found

    # The rules of all folders on the way to the names; None for one that is left out.
    known: dict[bytes, Rules | None] = {b"": with_file(exclude.under(root), b"")}
    for folder in sorted(_folders_of(names)):  # each after the one that it lies in
        rules = known[os.path.dirname(folder)]
        name = os.fsdecode(os.path.basename(folder))
        left_out = rules is not None and rules.leave_out(name, is_folder=True)
        known[folder] = None if left_out else rules and with_file(rules.enter(name), folder)

    def keeps(path: bytes) -> bool:
        folder, name = os.path.split(path)
        rules = known[folder]
        return rules is not None and not rules.leave_out(os.fsdecode(name), is_folder=False)

    return [name for name in names if keeps(name)]


def _folders_of(names: Iterable[bytes]) -> set[bytes]:
    folders: set[bytes] = set()
    for name in names:
        while (name := os.path.dirname(name)) and name not in folders:
            folders.add(name)
    return folders


def _read_text(path: str) -> str | Rejected:
    try:
        with open(path, "rb", opener=lambda name, _: os.open(name, OPEN_FLAGS)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return _unusable(path, sentence("it is no regular file"))
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        return _unusable(path, (error.strerror or str(error)).lower())
    if len(data) > _MOST_BYTES:
        return _unusable(path, sentence(f"it has more than {_MOST_BYTES:,} bytes"))
    if b"\0" in data:
        return _unusable(path, sentence("it is no text; save it as UTF-8"))
    return os.fsdecode(data) if os.name == "posix" else data.decode("utf-8", "surrogateescape")


def _unusable(path: str, problem: str) -> Rejected:
    return Rejected(path, RejectKind.UNREADABLE, f"{problem}; its patterns leave nothing out")
