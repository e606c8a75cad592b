"""Options that several verbs share, so that they read and mean the same everywhere.

They bear the names of the library's parameters: what a verb does not look at itself it hands on.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click

from sokkuri import limits, settings
from sokkuri.cli.output import Exit, tell_of_decoder, write, write_json
from sokkuri.language import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Verb: TypeAlias = Callable[..., Any]
    Answer: TypeAlias = tuple[dict[str, Any], str, bool]
    """Fields for JSON, the same as text, and False where the exit code is 1."""

_Source = click.core.ParameterSource

FIGURE: Final = click.Path(dir_okay=False)

_PARAMETER: Final = re.compile("`(rate|max_distance)`")

_LIMITS: Final = (
    (limits.MAX_PIXELS, "N", "Pixels that may be decoded of one picture.  [default: 120M]"),
    (limits.MAX_SIDE, "N", "Pixels that its longer side may have.  [default: 1M]"),
    (limits.MAX_FILE_SIZE, "SIZE", "Bytes that a file may have.  [default: 256M]"),
    (limits.DECODE_SECONDS, "S", "Seconds that a worker process may take for it.  [default: 10]"),
    (limits.WORKER_MEMORY, "SIZE", "Bytes that a worker process may take.  [default: 1.5G]"),
)


class _Whole(click.IntRange):
    """A number without a fraction, which its complaints call so in the reader's language."""

    name = "whole number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        self.name = say("whole number")
        return super().convert(value, param, ctx)


WHOLE: Final = _Whole(min=0)
COUNT: Final = _Whole(min=1)


class _Option(click.Option):
    """An option of a verb, whose help says nothing of numbers that nobody would try."""

    def get_help_extra(self, ctx: click.Context) -> Any:
        extra = super().get_help_extra(ctx)
        extra.pop("range", None)
        return extra


def strongest(*names: str) -> set[str]:
    """Return those of some options that were given where that counts most.

    A word that was typed goes before a variable of the environment, and that before a file.

    Parameters
    ----------
    *names : str
        Of parameters of the verb.
    """
    context = click.get_current_context()
    for source in (_Source.COMMANDLINE, _Source.ENVIRONMENT, _Source.DEFAULT_MAP):
        given = {name for name in names if context.get_parameter_source(name) is source}
        if given:
            return given
    return set()


def _emphasis(text: str) -> str | float:
    """Return a number where the text is one; which words there are, the hash knows."""
    try:
        return float(text)
    except ValueError:
        return text


def option(words: str, text: str, kind: Any = None, **how: Any) -> Callable[[Verb], Verb]:
    """Return an option as its help shows it: ``"-k N"`` takes a value, ``"--ascii"`` is a flag.

    ``"--no-links links"`` turns ``links`` off, which is True without it.

    Parameters
    ----------
    words : str
        Its names, the name of the verb's parameter where that is another, and in capitals what it
        takes; without that it is a flag, unless it has a type.
    text : str
        Its help.
    kind : type, click.ParamType or callable, optional
    **how
        Further arguments of ``click.option``.
    """
    names = words.split()
    metavar = names.pop() if names[-1][0].isupper() else None
    is_flag = not (metavar or kind)
    if names[0] == f"--no-{names[-1]}":
        how = {"flag_value": False, "default": True, **how}
    return click.option(
        *names, cls=_Option, metavar=metavar, type=kind, is_flag=is_flag, help=text, **how
    )


def all_of(*options: Callable[[Verb], Verb]) -> Callable[[Verb], Verb]:
    """Add several options, in the order in which ``--help`` lists them."""
    return lambda verb: functools.reduce(lambda made, add: add(made), reversed(options), verb)


def _hash_options(verb: Verb, *, repeatable: bool) -> Verb:
    """Add ``--hash``, ``--rgb`` and ``--gray``; the verb gets ``hash``, one name or a list."""

    @functools.wraps(verb)
    def with_hashes(
        *, hash: tuple[str, ...] | str | None, rgb: bool, gray: bool, **others: Any
    ) -> Any:
        said = strongest("hash", "rgb", "gray")
        rgb, gray = rgb and "rgb" in said, gray and "gray" in said
        short = [settings.RGB_HASH] * rgb + [settings.GRAY_HASH] * gray
        named = ((hash,) if isinstance(hash, str) else hash or ()) if "hash" in said else ()
        hashes = list(dict.fromkeys((*named, *short))) or [settings.DEFAULT_HASH]
        if len(hashes) > 1 and not repeatable:
            word = "rgb" if rgb else "gray"
            raise click.UsageError(f"--{word} is short for --hash {short[0]}; give one of them")
        return verb(hash=hashes if repeatable else hashes[0], **others)

    text = f"Such as ahash-gray-64; `sokkuri hashes` lists them.{' Repeatable.' * repeatable}"
    text += f"  [default: {settings.DEFAULT_HASH}]"
    add = all_of(
        option("--hash NAME", text, multiple=repeatable),
        option("--rgb", f"The tutorial's colour hash, short for --hash {settings.RGB_HASH}."),
        option("--gray", f"The tutorial's gray hash, short for --hash {settings.GRAY_HASH}."),
    )
    return add(with_hashes)


hash_options = functools.partial(_hash_options, repeatable=False)
hashes_options = functools.partial(_hash_options, repeatable=True)

mirror_option = option(
    "--no-mirror mirror", "Do not take mirrored photos for alike (look-2).", default=None
)
# The comparison of two codes.
measure_options = all_of(
    option(
        "--emphasis WHAT",
        "What counts for look-2: shape, balanced, colour, or a number from 0 to 1, the share "
        f"of colour.  [default: {settings.DEFAULT_EMPHASIS}]",
        _emphasis,
    ),
    mirror_option,
)
library_option = option(
    "--library PATH", "Where DIR's library lies.  [default: in your data directory]", click.Path()
)
json_option = option("--json as_json", "Print JSON on stdout.")


def answers(verb: Callable[..., Answer]) -> Verb:
    """Add ``--json``; what the verb returns is printed as JSON or as text."""

    @functools.wraps(verb)
    def with_answer(*, as_json: bool, **others: Any) -> int:
        fields, text, is_well = verb(**others)
        if as_json:
            write_json(fields)
        else:
            write(text)
        return Exit.FOUND if is_well else Exit.NONE

    return json_option(with_answer)


errors_option = option("--errors", "List every rejected file, not only a few.")
# The options of every verb that walks folders.
walk_options = all_of(
    option("-E --exclude GLOB",
           "Leave out files and folders, as a line of .gitignore does; may be repeated.",
           multiple=True),
    option("--follow", "Enter linked folders too."),
    option("-j --jobs --workers workers N", "Cores to use.  [default: all]", COUNT),
)  # fmt: skip


def _set_limit(
    limit: limits.Limit, context: click.Context, _parameter: click.Parameter, text: str | None
) -> None:
    """Set the limit's environment variable for this run."""
    if context.resilient_parsing:
        return
    limit.value()  # what the environment says is checked before any work begins
    if text is None:
        return
    with usage_errors():
        limit.parsed(text)
    context.call_on_close(functools.partial(limits.take_variables, limits.set_variables()))
    os.environ[limit.variable] = text


_set_limits = all_of(
    *(
        option(
            f"{limit.option} {metavar}",
            text,
            expose_value=False,
            envvar=limit.variable,
            callback=functools.partial(_set_limit, limit),
        )
        for limit, metavar, text in _LIMITS
    )
)


def limit_options(verb: Verb) -> Verb:
    """Add the limits of what is decoded, to every verb that decodes pictures."""

    @functools.wraps(verb)
    def with_decoder(*given: Any, **asked: Any) -> Any:
        if not asked.get("quiet"):
            tell_of_decoder()
        return verb(*given, **asked)

    return _set_limits(with_decoder)


# And of every one that then ends.
scan_options = all_of(
    walk_options,
    option("--strict", "Exit with 3 if any file was rejected."),
    option("-q --quiet", "No progress and no notes on stderr."),
    limit_options,
)


@contextlib.contextmanager
def usage_errors() -> Iterator[None]:
    """Turn what the library refuses into a usage error that names the options.

    Raises
    ------
    click.UsageError
        In place of a ValueError.
    """
    try:
        yield
    except ValueError as error:
        text = _PARAMETER.sub(lambda found: f"--{found[1].replace('_', '-')}", str(error))
        raise click.UsageError(text) from error


def check_figure(path: str | None) -> None:
    """Refuse a figure that could not be written before the photos are read, not after."""
    if path is not None:
        from sokkuri.show.export import check_figure_path

        with usage_errors():
            check_figure_path(path)
