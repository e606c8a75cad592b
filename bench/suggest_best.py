"""How often the original is suggested: ``python bench/suggest_best.py --photos DIR``.

Each group is a photo with camera tags, place and date, and what was made of it: recompressed, saved
again at a better quality, enlarged twice, cropped, metadata stripped, with a border, reduced, saved
without loss; copies are older and newer by chance, and so are their names shorter and longer.  What
was cropped or bordered is told as the copy finder would.  A reason is false if it does not agree
with how its photo was made.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from PIL.ExifTags import Base

from sokkuri.copies.edits import Edits
from sokkuri.duplicates.group_member import GroupMember
from sokkuri.duplicates.keep import Reason, Suggestion, suggest
from sokkuri.images import Rejected
from sokkuri.pipeline.photo_traits import traits_of_files

_RESAMPLERS = [Image.Resampling[name] for name in ("NEAREST", "BILINEAR", "BICUBIC", "LANCZOS")]
_YEAR = 365 * 86_400
_NOW = 1_700_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", required=True, help="a folder of JPEGs saved once")
    parser.add_argument("--groups", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tell", action="store_true", help="print the reasons of each group")
    asked = parser.parse_args()
    paths = sorted(str(path) for path in Path(asked.photos).rglob("*.jp*g"))
    source = random.Random(asked.seed)  # noqa: S311 - no secret
    chosen = source.sample(paths, min(asked.groups, len(paths)))
    right, reasons = 0, 0
    wrong: Counter[str] = Counter()
    false: Counter[str] = Counter()
    for number, path in enumerate(chosen):
        with tempfile.TemporaryDirectory() as folder:
            found, made = group_of(path, folder, source)
            best = made[found.order[0]]
            right += best == "original"
            if best != "original":
                wrong[best] += 1
            for photo, kind in made.items():
                reasons += len(found.reasons[photo])
                for reason in found.reasons[photo]:
                    if not is_true(reason, photo, kind):
                        false[f"{kind}: {reason.text}"] += 1
            if asked.tell or best != "original":
                print(number, path, best)
                for photo in found.order:
                    print("   ", made[photo], ", ".join(each.text for each in found.reasons[photo]))
    print(f"the original is suggested in {right} of {len(chosen)} groups; else: {dict(wrong)}")
    print(f"{sum(false.values())} of {reasons} reasons are false")
    for text, count in false.most_common():
        print(f"    {count} x {text}")


def group_of(path: str, folder: str, source: random.Random) -> tuple[Suggestion, dict[str, str]]:
    """Make the copies of a photo and ask which to keep; the second says how each was made."""
    made: dict[str, str] = {}
    seen: dict[str, Edits] = {}
    for kind, file, edits in copies_of(path, folder, source):
        made[file] = kind
        age = source.choice((-1, 1)) * source.randrange(1, _YEAR) if kind != "original" else 0
        os.utime(file, (_NOW + age, _NOW + age))
        if edits is not None:
            seen[file] = edits
    (original,) = (file for file, kind in made.items() if kind == "original")
    members = []
    for file, traits in traits_of_files(made, workers=1):
        assert not isinstance(traits, Rejected), traits
        members.append(GroupMember(file, traits))
    source.shuffle(members)
    return suggest(members, {(original, file): edits for file, edits in seen.items()}), made


def copies_of(
    path: str, folder: str, source: random.Random
) -> Iterator[tuple[str, str, Edits | None]]:
    """Write a photo and its copies, and yield how each was made, its path, and what is seen."""
    with Image.open(path) as stored:
        plain = stored.convert("RGB")
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model] = "Sokkuri", "Box 1"
    exif.get_ifd(Base.ExifOffset)[Base.DateTimeOriginal] = "2019:05:02 10:00:00"
    exif.get_ifd(Base.GPSInfo)[1] = "N"
    tags = exif.tobytes()

    def file(name: str) -> str:
        return os.path.join(folder, "x" * source.randrange(1, 20) + name)

    def saved(kind: str, image: Image.Image, quality: int, end: str = "jpg") -> str:
        target = file(f"{kind}.{end}")
        image.save(target, quality=quality, exif=tags)
        return target

    original, bare = file("original.jpg"), file("bare.jpg")
    with_tags(path, original, tags)
    shutil.copy(path, bare)
    yield "original", original, None
    yield "stripped", bare, None
    yield "recompressed", saved("recompressed", plain, source.randrange(30, 66)), None
    yield "resaved", saved("resaved", plain, source.randrange(85, 98)), None
    for factor in (1.5, 2.0):
        size = round(plain.width * factor), round(plain.height * factor)
        larger = plain.resize(size, source.choice(_RESAMPLERS))
        yield f"enlarged {factor}", saved("enlarged", larger, source.randrange(75, 96)), None
    share = source.uniform(0.75, 0.95)
    wide, high = int(plain.width * share), int(plain.height * share)
    left, top = source.randrange(plain.width - wide + 1), source.randrange(plain.height - high + 1)
    part = plain.crop((left, top, left + wide, top + high))
    area = round(wide * high / plain.width / plain.height, 3)
    yield "cropped", saved("cropped", part, source.randrange(75, 96)), edited(cropped_to=area)
    framed = Image.new("RGB", (plain.width + 40, plain.height + 40), "white")
    framed.paste(plain, (20, 20))
    yield "bordered", saved("bordered", framed, source.randrange(75, 96)), edited(bordered=True)
    small = plain.resize((plain.width // 2, plain.height // 2), Image.Resampling.LANCZOS)
    target = file("reduced.jpg")
    small.save(target, quality=90)  # as messengers do it, without tags
    yield "reduced", target, None
    yield "lossless", saved("lossless", plain, 0, "png"), None


def with_tags(path: str, target: str, tags: bytes) -> None:
    """Copy a JPEG with other tags, its pixels as they are stored."""
    data = Path(path).read_bytes()
    body = tags if tags.startswith(b"Exif") else b"Exif\0\0" + tags
    segment = b"\xff\xe1" + (len(body) + 2).to_bytes(2) + body
    Path(target).write_bytes(data[:2] + segment + data[2:])


def edited(*, cropped_to: float = 1.0, bordered: bool = False) -> Edits:
    return Edits(
        mirrored=False, turned=0.0, squeezed=1.0, cropped_to=cropped_to, fills=1.0,
        bordered="photo" if bordered else None, covered=0.0,
    )  # fmt: skip


def is_true(reason: Reason, photo: str, kind: str) -> bool:
    """Tell whether a reason agrees with how its photo was made, and with its file."""
    what, plus = reason.what, reason.sign == "+"
    own, other = reason.value, reason.against
    if isinstance(own, tuple) and isinstance(other, tuple):
        with Image.open(photo) as image:
            if image.size != own:
                return False
        enlarged = kind.startswith("enlarged")
        if what == "pixels":
            return (own[0] * own[1] > other[0] * other[1]) == plus and not (enlarged and plus)
        # Coarse steps take detail away.
        return plus != (enlarged or (what == "softer" and kind == "recompressed"))
    if isinstance(own, int) and isinstance(other, int) and what in {"older", "short-path"}:
        return (own < other) == plus
    less = {
        "camera": {"stripped", "reduced"},
        "date": {"stripped", "reduced"},
        "place": {"stripped", "reduced"},
        # A crop on the grid of blocks is seen to be one, off it it is not.
        "first-save": {"resaved", "recompressed", "lossless", "" if plus else "cropped"},
        "uncropped": {"cropped"},
        "borderless": {"bordered"},
    }
    if what in less:
        return plus != (kind in less[what])
    return not plus or kind not in {"recompressed", "resaved"}


if __name__ == "__main__":
    main()
