"""``sokkuri compare``: how far apart are two pictures?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sokkuri.cli.options import (
    WHOLE,
    hash_options,
    json_option,
    limit_options,
    measure_options,
    option,
    usage_errors,
)
from sokkuri.cli.output import Exit, hidden_codec_noise, write, write_json

if TYPE_CHECKING:
    from sokkuri.api.results import Comparison


@click.command("compare", short_help="Measure how far apart two pictures are.")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@option("--rate R", "Same if distance / 256 is strictly below R.", click.FLOAT)
@option("--max-distance BITS", "Same if at most so many bits differ.", WHOLE)
@hash_options
@measure_options
@json_option
@limit_options
def _compare(
    a: str,
    b: str,
    *,
    rate: float | None,
    max_distance: int | None,
    hash: str,
    emphasis: str | float | None,
    mirror: bool | None,
    as_json: bool,
) -> int:
    """Print the distance between two pictures.

    \b
    sokkuri compare a.jpg b.jpg --rgb
    sokkuri compare a.jpg b.jpg --max-distance 200 && echo "near copies"

    Exit status: 0 within the threshold (or none was given), 1 beyond it, 2 error.
    """  # noqa: D301 - the escape is click's mark
    from sokkuri.api.explain import compare
    from sokkuri.engine.options import threshold

    with usage_errors(), hidden_codec_noise():
        limit = threshold(rate, max_distance)
        found = compare(a, b, hash=hash, emphasis=emphasis, mirror=mirror)
    if as_json:
        write_json(_fields(found))
    else:
        write(_text(found))
    return Exit.FOUND if limit is None or found.distance <= limit else Exit.NONE


def _fields(found: Comparison) -> dict[str, object]:
    from sokkuri.show.export import path_fields

    return {
        **path_fields(found.a, "a"),
        **path_fields(found.b, "b"),
        "hash": found.spec.name,
        "bits": found.spec.bits,
        "distance": found.distance,
        "rate": found.rate,
        "fraction": found.fraction,
        "same": found.same,
    }


def _text(found: Comparison) -> str:
    spec = found.spec
    same = {
        "bytes": "the same file, byte for byte",
        "link": "the same file under another name",
        "pixels": "the same pixels",
    }
    unsaid = "no" if found.distance else "the hashes only"
    return (
        f"distance    {found.distance:,} of {spec.bits:,} bits ({spec.name})\n"
        f"rate        {found.rate:.3f}\n"
        f"similarity  {1 - found.fraction:.1%}\n"
        f"same        {same[found.same] if found.same else unsaid}\n"
    )
