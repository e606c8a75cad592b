"""Pictures full of things, and what it takes to search them for copies."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from sokkuri.copies.finder import CopyFinder, CopyQuery
from sokkuri.hashers.copies import CopiesHash
from sokkuri.images import Picture

ROOM = 150


def scene(seed: int, width: int = 480, height: int = 360) -> Image.Image:
    """Draw a picture of many things of many tones that no other seed resembles."""
    random = np.random.default_rng(seed)
    image = Image.new("RGB", (width, height), tuple(random.integers(60, 200, 3).tolist()))
    draw = ImageDraw.Draw(image)
    for _ in range(90):
        x, y = random.uniform(0, width), random.uniform(0, height)
        w, h = random.uniform(6, 70, 2)
        tone = tuple(random.integers(0, 256, 3).tolist())
        if random.random() < 0.5:
            draw.ellipse((x - w / 2, y - h / 2, x + w / 2, y + h / 2), fill=tone)
        else:
            corners = [(x + dx, y + dy) for dx, dy in random.uniform(-45, 45, (4, 2))]
            draw.polygon(corners, fill=tone)
    return image


def same_place(seed: int) -> Image.Image:
    """Return a photo of one place with another thing on it for each seed, 300 x 220 pixels large.

    Two photos of one place are never as alike as two copies of one photo: each has its own light
    and noise.
    """
    random = np.random.default_rng(seed)
    photo = scene(31)
    photo.paste(scene(seed).crop((0, 0, 300, 220)), (90, 70))
    shades = Image.fromarray(random.normal(0, 8, (27, 36)).astype(np.float32))
    light = np.asarray(shades.resize(photo.size, Image.Resampling.BICUBIC))[..., np.newaxis]
    noise = random.normal(0, 24, (360, 480, 3))
    return Image.fromarray((np.asarray(photo) + light + noise).clip(0, 255).astype(np.uint8))


def query_of(image: Image.Image) -> CopyQuery:
    """Describe a picture to look for."""
    picture = Picture(image)
    return CopyQuery(CopiesHash(ROOM).hash(picture), CopiesHash(ROOM, mirrored=True).hash(picture))


def finder_of(*images: Image.Image) -> CopyFinder:
    """Return a finder over some pictures."""
    codes = [CopiesHash(ROOM).hash(Picture(image)).code for image in images]
    return CopyFinder.of(np.frombuffer(b"".join(codes), np.uint8).reshape(len(codes), -1), ROOM)
