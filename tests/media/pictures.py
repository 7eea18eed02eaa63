"""Small pictures made for the tests, with just the EXIF each of them needs."""

from __future__ import annotations

import io
import random
from pathlib import Path
from typing import Any

from PIL import Image

ORIGINAL, DIGITIZED, CHANGED, MAKE, MODEL, ORIENTATION, SERIAL = 0x9003, 0x9004, 0x0132, 0x010F, 0x0110, 0x0112, 0xA431
_IN_SUB_IFD = (ORIGINAL, DIGITIZED, SERIAL)


def drawn(seed: int = 0, size: tuple[int, int] = (640, 480), mode: str = "RGB") -> Image.Image:
    """A picture with some structure; each seed another one."""
    random_ = random.Random(seed)
    picture = Image.radial_gradient("L").resize(size).convert("RGB")
    for _ in range(30):
        x, y = random_.randrange(size[0]), random_.randrange(size[1])
        colour = tuple(random_.randrange(256) for _ in range(3))
        picture.paste(colour, (x, y, min(size[0], x + 60), min(size[1], y + 40)))
    return picture.convert(mode)


def with_tags(tags: dict[int, Any], gps: dict[int, Any] | None = None) -> Image.Exif:
    """EXIF holding ``tags`` where cameras put them."""
    exif = Image.Exif()
    sub = exif.get_ifd(0x8769)
    for tag, value in tags.items():
        (sub if tag in _IN_SUB_IFD else exif)[tag] = value
    if gps:
        exif.get_ifd(0x8825).update(gps)
    return exif


def encoded(picture: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    """The picture as a file's bytes."""
    stream = io.BytesIO()
    picture.save(stream, form, **options)
    return stream.getvalue()


def jpeg(seed: int = 0, taken: str | None = "2024:05:01 06:07:08", size: tuple[int, int] = (640, 480)) -> bytes:
    """A JPEG as a camera writes it, its time in DateTimeOriginal."""
    tags = {MAKE: "Testcam", MODEL: "One"} | ({ORIGINAL: taken} if taken else {})
    return encoded(drawn(seed, size), exif=with_tags(tags))


def card(folder: Path, pictures: int, first: int = 0) -> Path:
    """A card's folder with JPEGs one minute apart."""
    for number in range(first, first + pictures):
        target = folder / "DCIM" / "100TEST" / f"IMG_{number:04}.JPG"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(jpeg(number, f"2024:05:{1 + number // 1440:02} {number // 60 % 24:02}:{number % 60:02}:00"))
    return folder
