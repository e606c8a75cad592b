"""Plans of removal: which files of a folder are to go, which stay for them, and their JSON."""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sokkuri.atomic import write_atomically
from sokkuri.brief import brief_repr
from sokkuri.errors import BadPlan

if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterable

    from sokkuri._typing import PathLike

SCHEMA: Final = 1
"""Version of the JSON of plans; raised when a field changes its meaning or goes away."""

_WHAT: Final = "sokkuri removal plan"
_DIGEST_BYTES: Final = 32
_MOST_BYTES: Final = 1 << 30
_NOT_IN_WINDOWS_NAMES: Final = '\\:*?"<>|'


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file of a plan, as it was when the plan was made.

    Parameters
    ----------
    path : str
        Below the plan's root, as the operating system writes it.
    bytes : int
    digest : bytes
        BLAKE2b of the file's bytes, 32 bytes, as :func:`sokkuri.pipeline.digest_file` has it.
    """

    path: str
    bytes: int
    digest: builtins.bytes = field(repr=False)

    __repr__ = brief_repr

    def __post_init__(self) -> None:
        if not _is_inner(self.path):
            raise BadPlan(f"{self.path!r} is no path below the folder of a plan")
        if self.bytes < 0 or len(self.digest) != _DIGEST_BYTES:
            raise BadPlan(f"{self.path}: a plan has the size and the digest of each file")


@dataclass(frozen=True, slots=True)
class PlannedGroup:
    """Files that belong together: some that stay, and some that are to go because those stay.

    Parameters
    ----------
    id : str
        Names the group within its plan.
    kind : str
        What makes the files one group, such as ``"bytes"`` or ``"pixels"``; for the reader alone.
    keep, remove : tuple of PlannedFile
        A group that keeps nothing would vanish whole.
    """

    id: str
    kind: str
    keep: tuple[PlannedFile, ...]
    remove: tuple[PlannedFile, ...]

    __repr__ = brief_repr

    @property
    def is_whole(self) -> bool:
        """True if nothing of the group would stay."""
        return not self.keep


@dataclass(frozen=True, slots=True)
class RemovalPlan:
    """A plan: what is to happen to files of one folder; nothing happens by it alone.

    >>> import sokkuri
    >>> plan = sokkuri.RemovalPlan.load("plan.json")          # doctest: +SKIP
    >>> for line in sokkuri.apply_plan(plan, dry_run=True):   # doctest: +SKIP
    ...     print(line.state, line.path, line.reason)

    Parameters
    ----------
    root : str
        The folder that all paths are below.
    groups : tuple of PlannedGroup
    protected : tuple of str
        Folders below the root of which no file goes, whatever groups say.

    Raises
    ------
    BadPlan
        If a path is named twice where it may go, is kept and removed, or does not lie below the
        root; or if two groups go by one name.
    """

    root: str
    groups: tuple[PlannedGroup, ...]
    protected: tuple[str, ...] = ()

    __repr__ = brief_repr

    def __post_init__(self) -> None:
        kept = {file.path for group in self.groups for file in group.keep}
        removed = Counter(file.path for group in self.groups for file in group.remove)
        for path, count in removed.items():
            if count > 1:
                raise BadPlan(f"{path}: a plan removes a file once")
            if path in kept:
                raise BadPlan(f"{path}: a plan cannot keep a file and remove it")
        for name, count in Counter(group.id for group in self.groups).items():
            if count > 1 or not name:
                raise BadPlan(f"two groups of a plan are called {name!r}, or one has no name")
        for folder in self.protected:
            if not _is_inner(folder):
                raise BadPlan(f"{folder!r} is no path below the folder of a plan")

    @property
    def files(self) -> int:
        """Number of files that are to go."""
        return sum(len(group.remove) for group in self.groups)

    @property
    def bytes(self) -> int:
        """Bytes of the files that are to go."""
        return sum(file.bytes for group in self.groups for file in group.remove)

    def save(self, path: PathLike) -> None:
        """Write the plan as JSON, whole or not at all."""
        text = json.dumps(_fields_of(self), indent=1, ensure_ascii=False)
        with write_atomically(path) as file:
            file.write(text.encode("utf-8", "backslashreplace") + b"\n")

    @classmethod
    def load(cls, path: PathLike) -> RemovalPlan:
        """Read a plan from its JSON.

        Raises
        ------
        BadPlan
            If it is none, or one of a later version of sokkuri.
        OSError
            If the file cannot be read.
        """
        name = os.fsdecode(path)
        with open(path, "rb") as file:
            data = file.read(_MOST_BYTES)
        problem = "this is no plan of sokkuri"
        try:
            return _plan_of(json.loads(data))
        except BadPlan as error:
            raise BadPlan(f"{name}: {error}") from error
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            raise BadPlan(f"{name}: {problem}") from error


def _fields_of(plan: RemovalPlan) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "what": _WHAT,
        **_name_fields("root", plan.root),
        "protected": [_name_fields("path", _with_slashes(each)) for each in plan.protected],
        "groups": [
            {
                "id": group.id,
                "kind": group.kind,
                "keep": [_file_fields(file) for file in group.keep],
                "remove": [_file_fields(file) for file in group.remove],
            }
            for group in plan.groups
        ],
    }


def _file_fields(file: PlannedFile) -> dict[str, Any]:
    fields = _name_fields("path", _with_slashes(file.path))
    return {**fields, "bytes": file.bytes, "digest": file.digest.hex()}


def _name_fields(key: str, name: str) -> dict[str, str]:
    """Return a name as text, and where it is no UTF-8 its bytes as base64, too."""
    try:
        name.encode()
    except UnicodeEncodeError:
        data = os.fsencode(name)
        shown = data.decode("utf-8", "replace")
        return {key: shown, f"{key}_b64": base64.b64encode(data).decode()}
    return {key: name}


def _plan_of(fields: Any) -> RemovalPlan:
    if fields["what"] != _WHAT:
        raise BadPlan("this is no plan of sokkuri")
    if fields["schema"] != SCHEMA:
        found = fields["schema"]
        raise BadPlan(
            f"this plan has schema {found}, and this sokkuri reads {SCHEMA}; "
            "install a newer sokkuri, or make the plan again"
        )
    groups = tuple(
        PlannedGroup(
            _text(group["id"]), _text(group["kind"]), _files_of(group["keep"]),
            _files_of(group["remove"]),
        )
        for group in fields["groups"]
    )  # fmt: skip
    protected = tuple(_with_separators(_name_of(each, "path")) for each in fields["protected"])
    return RemovalPlan(_name_of(fields, "root"), groups, protected)


def _files_of(several: Iterable[Any]) -> tuple[PlannedFile, ...]:
    found = []
    for fields in several:
        if type(fields["bytes"]) is not int:
            raise BadPlan("a plan has the size of each file in bytes")
        path = _with_separators(_name_of(fields, "path"))
        found.append(PlannedFile(path, fields["bytes"], bytes.fromhex(fields["digest"])))
    return tuple(found)


def _name_of(fields: Any, key: str) -> str:
    if f"{key}_b64" not in fields:
        return _text(fields[key])
    try:
        return os.fsdecode(base64.b64decode(fields[f"{key}_b64"], validate=True))
    except binascii.Error as error:
        raise BadPlan("a name of the plan is no base64") from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise BadPlan("a name of the plan is no text")
    return value


def _with_slashes(path: str) -> str:
    return path.replace(os.sep, "/")


def _with_separators(path: str) -> str:
    if os.sep != "/" and any(sign in path for sign in _NOT_IN_WINDOWS_NAMES):
        raise BadPlan(f"{path!r} is no path below the folder of a plan")
    return path.replace("/", os.sep)


def _is_inner(path: str) -> bool:
    """Tell whether a path leads straight down from a folder."""
    plain = not os.path.isabs(path) and not os.path.splitdrive(path)[0] and "\0" not in path
    return plain and not {"", os.curdir, os.pardir}.intersection(path.split(os.sep))
