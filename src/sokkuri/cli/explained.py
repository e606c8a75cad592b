"""An explanation in lines of plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sokkuri.names import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sokkuri.explanation import Explanation


def text_lines(found: Explanation) -> Iterator[str]:
    """Yield the photos, the sentence, the warnings, and the distance by parts and by areas."""
    yield f"A  {escape(found.a)}"
    yield f"B  {escape(found.b)}"
    yield found.sentence.en
    for warning in found.warnings:
        yield warning.en
    yield ""
    yield f"{'part':<8}{'distance':>10}{'bits':>8}{'alike':>8}"
    for part in found.parts:
        alike = f"{1 - part.share:.1%}" if part.bits else ""
        yield f"{part.name:<8}{part.distance:>10,}{part.bits:>8,}{alike:>8}"
    if found.areas is not None:
        yield ""
        what = "box around the thing" if found.boxed else "picture"
        yield f"differing bits by area of the {what}"
        for row in found.areas.differing.tolist():
            yield "".join(f"{count:>8,}" for count in row)
