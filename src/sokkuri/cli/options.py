"""Options that several verbs share, so that they read and mean the same everywhere."""

from __future__ import annotations

import contextlib
import functools
import os
import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypedDict

import click

from sokkuri import limits, settings
from sokkuri.errors import BadLimit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Verb: TypeAlias = Callable[..., Any]

_PARAMETER: Final = re.compile("`(rate|max_distance)`")

_LIMITS: Final = (
    (limits.MAX_PIXELS, "N", "Pixels that may be decoded of one picture.  [default: 120M]"),
    (limits.MAX_SIDE, "N", "Pixels that its longer side may have.  [default: 1M]"),
    (limits.MAX_FILE_SIZE, "SIZE", "Bytes that a file may have.  [default: 256M]"),
    (limits.DECODE_SECONDS, "S", "Seconds that a worker process may take for it.  [default: 10]"),
    (limits.WORKER_MEMORY, "SIZE", "Bytes that a worker process may take.  [default: 1.5G]"),
)


class ScanArguments(TypedDict):
    """Arguments of every call of the library that walks folders."""

    exclude: Sequence[str]
    follow: bool
    workers: int | None


class _Emphasis(click.ParamType[Any]):
    """A number where the text is one; which words there are, the hash knows."""

    name = "emphasis"

    def convert(self, value: Any, *_: object) -> str | float:
        try:
            return float(value)
        except ValueError:
            return str(value)


def all_of(*options: Callable[[Verb], Verb]) -> Callable[[Verb], Verb]:
    """Add several options, in the order in which ``--help`` lists them."""
    return lambda verb: functools.reduce(lambda made, add: add(made), reversed(options), verb)


def hash_options(verb: Verb) -> Verb:
    """Add ``--hash``, ``--rgb`` and ``--gray``; the verb gets ``hash``, one name."""

    @functools.wraps(verb)
    def with_hash(*, hash_name: str | None, rgb: bool, gray: bool, **others: Any) -> Any:
        short = _short_names(rgb=rgb, gray=gray)
        if len({hash_name, *short} - {None}) > 1:
            word = "rgb" if rgb else "gray"
            raise click.UsageError(f"--{word} is short for --hash {short[0]}; give one of them")
        return verb(hash=short[0] if short else hash_name or settings.DEFAULT_HASH, **others)

    return _hash_flags(with_hash)


def hashes_options(verb: Verb) -> Verb:
    """Add the same, ``--hash`` repeatable; the verb gets ``hashes``, each name once."""

    @functools.wraps(verb)
    def with_hashes(*, hash_name: tuple[str, ...], rgb: bool, gray: bool, **others: Any) -> Any:
        names = dict.fromkeys((*hash_name, *_short_names(rgb=rgb, gray=gray)))
        return verb(hashes=list(names) or [settings.DEFAULT_HASH], **others)

    return _hash_flags(with_hashes, repeatable=True)


def _hash_flags(verb: Verb, *, repeatable: bool = False) -> Verb:
    names = f"Such as ahash-gray-64; `sokkuri hashes` lists them.{' Repeatable.' * repeatable}"
    text = f"{names}  [default: {settings.DEFAULT_HASH}]"
    short = "The tutorial's {} hash, short for --hash {}."
    add = all_of(
        click.option("--hash", "hash_name", metavar="NAME", multiple=repeatable, help=text),
        click.option("--rgb", is_flag=True, help=short.format("colour", settings.RGB_HASH)),
        click.option("--gray", is_flag=True, help=short.format("gray", settings.GRAY_HASH)),
    )
    return add(verb)


def _short_names(*, rgb: bool, gray: bool) -> list[str]:
    return [settings.RGB_HASH] * rgb + [settings.GRAY_HASH] * gray


def measure_options(verb: Verb) -> Verb:
    """Add ``--emphasis`` and ``--no-mirror``: how two codes are compared."""
    text = (
        "What counts for look-2: shape, balanced, colour, or a number from 0 to 1, the share "
        f"of colour.  [default: {settings.DEFAULT_EMPHASIS}]"
    )
    option = click.option("--emphasis", type=_Emphasis(), metavar="WHAT", help=text)
    return option(mirror_option(verb))


def mirror_option(verb: Verb) -> Verb:
    """Add ``--no-mirror``."""
    text = "Do not take mirrored photos for alike (look-2)."
    return click.option("--no-mirror", "mirror", flag_value=False, default=None, help=text)(verb)


def walk_options(verb: Verb) -> Verb:
    """Add ``--exclude``, ``--follow`` and ``--jobs``; the verb gets them as ``scan``."""

    @functools.wraps(verb)
    def with_scan(
        *, exclude: tuple[str, ...], follow: bool, workers: int | None, **others: Any
    ) -> Any:
        return verb(scan=ScanArguments(exclude=exclude, follow=follow, workers=workers), **others)

    text = "Leave out files and folders, as a line of .gitignore does; may be repeated."
    add = all_of(
        click.option("-E", "--exclude", multiple=True, metavar="GLOB", help=text),
        click.option("--follow", is_flag=True, help="Enter linked folders too."),
        click.option("-j", "--jobs", "--workers", "workers", type=click.IntRange(min=1),
                     metavar="N", help="Cores to use.  [default: all]"),
    )  # fmt: skip
    return add(with_scan)


def scan_options(verb: Verb) -> Verb:
    """Add the options of every verb that walks folders and then ends."""
    add = all_of(
        walk_options,
        click.option("--strict", is_flag=True, help="Exit with 3 if any file was rejected."),
        click.option("-q", "--quiet", is_flag=True, help="No progress and no notes on stderr."),
        limit_options,
    )
    return add(verb)


def library_option(verb: Verb) -> Verb:
    """Add ``--library``."""
    text = "Where DIR's library lies.  [default: in your data directory]"
    return click.option("--library", type=click.Path(), metavar="PATH", help=text)(verb)


def json_option(verb: Verb) -> Verb:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")(verb)


def figure_option(text: str, *names: str) -> Callable[[Verb], Verb]:
    """Add ``--figure``, or an option of other names.

    Parameters
    ----------
    text : str
        Help, to be followed by the formats.
    *names : str
    """
    path, text = click.Path(dir_okay=False), f"{text}: .png, .pdf or .svg."
    return click.option(*(names or ["--figure"]), type=path, metavar="FILE", help=text)


def errors_option(verb: Verb) -> Verb:
    """Add ``--errors``."""
    text = "List every rejected file, not only a few."
    return click.option("--errors", is_flag=True, help=text)(verb)


def limit_options(verb: Verb) -> Verb:
    """Add an option for each limit; it sets the environment variable for this run."""
    add = all_of(
        *(
            click.option(
                limit.option,
                metavar=metavar,
                expose_value=False,
                callback=_setting(limit),
                help=text,
            )
            for limit, metavar, text in _LIMITS
        )
    )
    return add(verb)


def _setting(limit: limits.Limit) -> Callable[[click.Context, click.Parameter, str | None], None]:
    def take(context: click.Context, _parameter: click.Parameter, text: str | None) -> None:
        if context.resilient_parsing:
            return
        if text is None:
            limit.value()  # what the environment says is checked before any work begins
            return
        try:
            limit.parsed(text)
        except BadLimit as error:
            raise click.UsageError(str(error)) from error
        context.with_resource(_variable(limit.variable, text))

    return take


@contextlib.contextmanager
def usage_errors() -> Iterator[None]:
    """Turn what the library refuses into a usage error that names the options."""
    try:
        yield
    except ValueError as error:
        text = _PARAMETER.sub(lambda found: f"--{found[1].replace('_', '-')}", str(error))
        raise click.UsageError(text) from error


@contextlib.contextmanager
def _variable(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def check_figure(path: str | None) -> None:
    """Refuse a figure that could not be written before the photos are read, not after."""
    if path is None:
        return
    from sokkuri.show.export import check_figure_path

    with usage_errors():
        check_figure_path(path)
