"""``sokkuri compare``: how far apart are two pictures?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from sokkuri.cli import options
from sokkuri.cli.output import hidden_codec_noise

if TYPE_CHECKING:
    from sokkuri.cli.options import Answer

_SAME: Final = {
    "bytes": "the same file, byte for byte",
    "link": "the same file under another name",
    "pixels": "the same pixels",
}


@click.command("compare", short_help="Measure how far apart two pictures are.")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@options.option("--rate R", "Same if distance / 256 is strictly below R.", float)
@options.option("--max-distance BITS", "Same if at most so many bits differ.", options.WHOLE)
@options.hash_options
@options.measure_options
@options.answers
@options.limit_options
def _compare(
    a: str, b: str, *, rate: float | None, max_distance: int | None, **asked: Any
) -> Answer:
    """Print the distance between two pictures.

    \b
    sokkuri compare a.jpg b.jpg --rgb
    sokkuri compare a.jpg b.jpg --max-distance 200 && echo "near copies"

    Exit status: 0 within the threshold (or none was given), 1 beyond it, 2 error.
    """  # noqa: D301 - the escape is click's mark
    from sokkuri.api.explain import compare
    from sokkuri.engine.options import threshold
    from sokkuri.show.export import path_fields

    with options.usage_errors(), hidden_codec_noise():
        limit = threshold(rate, max_distance)
        found = compare(a, b, **asked)
    spec = found.spec
    same = _SAME[found.same] if found.same else "no" if found.distance else "the hashes only"
    text = (
        f"distance    {found.distance:,} of {spec.bits:,} bits ({spec.name})\n"
        f"rate        {found.rate:.3f}\n"
        f"similarity  {found.similarity:.1%}\n"
        f"same        {same}\n"
    )
    fields = {
        **path_fields(found.a, "a"),
        **path_fields(found.b, "b"),
        "hash": spec.name,
        "bits": spec.bits,
        "distance": found.distance,
        "rate": found.rate,
        "fraction": found.fraction,
        "same": found.same,
    }
    return fields, text, limit is None or found.distance <= limit
