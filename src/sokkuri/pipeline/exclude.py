"""Leave files out: by patterns of the caller, and by those that lie in a folder itself."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from sokkuri.images import Rejected, RejectKind
from sokkuri.images.reader import OPEN_FLAGS
from sokkuri.pipeline.gitignore import Patterns, comparable, parse_lines, parse_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
        for read in self._read.values():
            rest &= read.unused
        return tuple(dict.fromkeys(self.patterns[number] for number in sorted(rest)))

    def read(self, *, fold: bool) -> Patterns:
        """Return the patterns as they count where case is told apart, or not."""
        if fold not in self._read:
            self._read[fold] = Patterns(parse_pattern(each, fold=fold) for each in self.patterns)
        return self._read[fold]

    def under(self, root: str) -> Rules:
        """Return what counts at the top of a folder."""
        return Rules(_Root(root, self))


@dataclass(frozen=True)
class _Root:
    """A folder that is walked; whether its file system ignores case is asked where it matters."""

    path: str
    exclude: Exclude

    @cached_property
    def fold(self) -> bool:
        return _ignores_case(self.path)

    @cached_property
    def patterns(self) -> Patterns | None:
        return self.exclude.read(fold=self.fold) if self.exclude.patterns else None


@dataclass(frozen=True, slots=True)
class Rules:
    """Patterns that count in one folder."""

    root: _Root
    parts: tuple[str, ...] = ()
    """The folder's path below the root, made comparable."""
    nested: tuple[tuple[int, Patterns], ...] = ()
    """The patterns of ignore files on the way, and how deep they lie; the deepest last."""

    def leave_out(self, name: str, *, is_folder: bool) -> bool:
        """Tell whether a file or folder that lies here is left out.

        The caller's patterns have the first word, then those of the nearest ignore file.

        Parameters
        ----------
        name : str
        is_folder : bool
        """
        own = self.root.patterns
        if own is None and not self.nested:
            return False
        if name == IGNORE_FILE and not is_folder:
            return False  # so that a library knows where there are any
        parts = (*self.parts, comparable(name, fold=self.root.fold))
        found = None if own is None else own.decide(parts, is_folder=is_folder)
        for depth, patterns in reversed(self.nested):
            if found is not None:
                break
            found = patterns.decide(parts[depth:], is_folder=is_folder)
        return bool(found)

    def enter(self, name: str) -> Rules:
        """Return what counts in a folder that lies here, before its ignore file is read."""
        # Where nothing is left out paths are not looked at, only how deep they are.
        if self.root.patterns is not None or self.nested:
            name = comparable(name, fold=self.root.fold)
        return Rules(self.root, (*self.parts, name), self.nested)

    def with_file(self, path: str) -> Rules | Rejected:
        """Return what counts here with the ignore file ``path``; Rejected if that is unreadable."""
        text = _read_text(path)
        if isinstance(text, Rejected):
            return text
        patterns = parse_lines(text, fold=self.root.fold)
        if sum(not pattern.plain for pattern in patterns) > _MOST_WILD:
            return _unusable(path, f"it has more than {_MOST_WILD:,} patterns with wildcards")
        return Rules(self.root, self.parts, (*self.nested, (len(self.parts), Patterns(patterns))))


def _ignores_case(folder: str) -> bool:
    """Tell whether the file system of a folder takes ``a.jpg`` and ``A.JPG`` for one name."""
    with contextlib.suppress(OSError):
        names = os.listdir(folder)
        for name in names:
            other = name.swapcase()
            if name.isascii() and other != name:
                place = os.path.join(folder, other)
                return (
                    os.path.lexists(place)
                    and os.path.samestat(os.lstat(os.path.join(folder, name)), os.lstat(place))
                    and other not in names  # two names of one file that both are listed are links
                )
    return sys.platform in ("win32", "darwin")


def kept_names(root: str, names: Iterable[bytes], exclude: Exclude) -> list[bytes]:
    """Return the names that a walk of the folder would not leave out, without that walk.

    Parameters
    ----------
    root : str
        The folder.
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
    known = _Known(root, files, exclude)
    return [name for name in names if known.keeps(name)]


class _Known:
    """The rules of all folders on the way to some names; None for a folder that is left out."""

    def __init__(self, root: str, files: set[bytes], exclude: Exclude) -> None:
        self._root = os.fsencode(root)
        self._files = files
        self._rules: dict[bytes, Rules | None] = {b"": self._with_file(exclude.under(root), b"")}

    def keeps(self, path: bytes) -> bool:
        folder, name = os.path.split(path)
        rules = self._of(folder)
        return rules is not None and not rules.leave_out(os.fsdecode(name), is_folder=False)

    def _of(self, folder: bytes) -> Rules | None:
        unknown = []
        while folder not in self._rules:
            unknown.append(folder)
            folder = os.path.dirname(folder)
        rules = self._rules[folder]
        for inner in reversed(unknown):
            name = os.fsdecode(os.path.basename(inner))
            if rules is not None and rules.leave_out(name, is_folder=True):
                rules = None
            self._rules[inner] = rules = rules and self._with_file(rules.enter(name), inner)
        return rules

    def _with_file(self, rules: Rules, folder: bytes) -> Rules:
        file = os.path.join(folder, os.fsencode(IGNORE_FILE))
        if file not in self._files:
            return rules
        found = rules.with_file(os.fsdecode(os.path.join(self._root, file)))
        return rules if isinstance(found, Rejected) else found


def _read_text(path: str) -> str | Rejected:
    try:
        with open(path, "rb", opener=lambda name, _: os.open(name, OPEN_FLAGS)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return _unusable(path, "it is no regular file")
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        return _unusable(path, (error.strerror or str(error)).lower())
    if len(data) > _MOST_BYTES:
        return _unusable(path, f"it has more than {_MOST_BYTES:,} bytes")
    if b"\0" in data:
        return _unusable(path, "it is no text; save it as UTF-8")
    return os.fsdecode(data) if os.name == "posix" else data.decode("utf-8", "surrogateescape")


def _unusable(path: str, problem: str) -> Rejected:
    return Rejected(path, RejectKind.UNREADABLE, f"{problem}; its patterns leave nothing out")
