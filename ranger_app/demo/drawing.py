"""One camera-trap picture: scene, animal, film grain, information strip and EXIF, all from its description.

The pictures stand in for real ones in the demo, so they carry what the program reads from real ones and nothing else.
"""

from __future__ import annotations

import functools
import io
import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from PIL import Image, ImageChops, ImageDraw, ImageFont

from ranger_app.demo import scenes, shapes

MAKE = "Demo"
MODEL = "DrawnCam 1"
STRIP = 56
NAMES = (*shapes.BODIES, "person", "vehicle", "blank")
"""What a picture may show: the animals, a person, a vehicle, or nothing."""

_NEW_MOON = datetime(2000, 1, 6, 18, 14, tzinfo=UTC)
_SYNODIC_DAYS = 29.530588853


@dataclass(frozen=True, slots=True)
class Shot:
    """Everything a picture is drawn from. ``subject`` is one of NAMES; ``animal`` seeds the coat, so that one
    individual keeps its stripes; ``number`` of ``burst`` moves it a step; ``temperature`` in whole °C."""

    camera: str
    serial_number: str
    scene: str
    time: datetime
    night: bool
    subject: str = "blank"
    animal: str = ""
    number: int = 1
    burst: int = 3
    temperature: int = 5
    leftwards: bool = False


def moon_phase(time: datetime) -> float:
    """The moon's age as a share of its month, 0 and 1 new, 0.5 full (mean synodic month from the new moon of
    2000-01-06; at most about half a day off)."""
    return ((time.replace(tzinfo=UTC) - _NEW_MOON).total_seconds() / 86_400 / _SYNODIC_DAYS) % 1.0


def draw(shot: Shot) -> bytes:
    """The picture as JPEG bytes with EXIF; the same shot always gives the same bytes."""
    image = scenes.background(shot.scene, shot.camera, shot.night).copy()
    begun = shot.time - timedelta(seconds=shot.number - 1)  # one second between the pictures of a burst
    seed = f"{shot.camera}/{begun.isoformat()}/{shot.subject}"
    if shot.subject != "blank":
        _place(image, shot, random.Random(seed))
    image = _grained(image, random.Random(f"{seed}/{shot.number}"), 34 if shot.night else 16)
    _strip(image, shot)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80, exif=_exif(shot))
    return out.getvalue()


def thumbnail(number: int, width: int = 320, height: int = 240) -> bytes:
    """A small distinct JPEG for benchmarks: a tinted field with its number as bars; about 2 kB and 0.3 ms."""
    rng = random.Random(number)
    image = _small_scene(number % 8, width, height).copy()
    pen = ImageDraw.Draw(image)
    x, y, size = rng.randrange(20, width - 120), rng.randrange(height // 3, height - 90), rng.randrange(30, 80)
    shade = rng.randrange(20, 230)
    pen.ellipse((x, y, x + size * 1.6, y + size), fill=(shade, shade * 3 // 4, shade // 2))
    pen.ellipse(
        (x + size * 1.4, y - size * 0.2, x + size * 2, y + size * 0.4), fill=(shade, shade * 3 // 4, shade // 2)
    )
    for bit in range(20):
        if number >> bit & 1:
            pen.rectangle((8 + bit * 15, height - 14, 18 + bit * 15, height - 4), fill=(250, 250, 250))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=60)
    return out.getvalue()


@functools.lru_cache(maxsize=8)
def _small_scene(number: int, width: int, height: int) -> Image.Image:
    scene = scenes.SCENES[number % 4]
    return scenes.background(scene, f"thumbnail {number}", number >= 4).resize((width, height), Image.Resampling.BOX)


def _place(image: Image.Image, shot: Shot, rng: random.Random) -> None:
    """Draw the subject on the ground, a step further with each picture of the burst."""
    near = rng.uniform(0.15, 1.0)
    ground = int(scenes.HORIZON + 170 + near * 270)
    phase = rng.random() + shot.number * 0.22
    if shot.subject == "person":
        shape = shapes.person(int(330 + near * 230), phase, rng)
        stride = 60
    elif shot.subject == "vehicle":
        shape = shapes.vehicle(int(520 + near * 260), rng)
        stride = 150
    else:
        length = int((210 + near * 250) * shapes.BODIES[shot.subject].length_metres / 1.5)
        coat = random.Random(shot.animal or f"{shot.subject}/{shot.camera}")
        shape = shapes.animal(shot.subject, length, phase, coat, summer=shot.scene != "snow")
        if shot.night:
            eye_x, eye_y = shapes.eye_at(shot.subject, length)
            shape = shapes.as_infrared(shape)
            ImageDraw.Draw(shape).ellipse((eye_x - 5, eye_y - 5, eye_x + 5, eye_y + 5), fill=(255, 255, 255, 255))
        stride = length // 5
    if shot.night and shot.subject in ("person", "vehicle"):
        shape = shapes.as_infrared(shape)
    walked = (shot.number - (shot.burst + 1) / 2) * stride
    if shot.leftwards:
        shape, walked = shape.transpose(Image.Transpose.FLIP_LEFT_RIGHT), -walked
    middle = rng.uniform(0.36, 0.64) * scenes.WIDTH + walked
    left, top = int(middle - shape.width / 2), ground - shape.height
    # A shadow keeps the animal on the ground instead of in front of the picture.
    shadow = Image.new("L", (shape.width, 36), 0)
    reach = {"person": (0.25, 0.75), "vehicle": (0.05, 0.93)}.get(shot.subject, (0.34, 0.88))
    if shot.leftwards:
        reach = (1 - reach[1], 1 - reach[0])
    ImageDraw.Draw(shadow).ellipse(
        (shape.width * reach[0], 4, shape.width * reach[1], 32), fill=70 if shot.night else 95
    )
    feet = ground - int(shape.width * 0.04 / {"person": 0.8, "vehicle": 1.1}.get(shot.subject, 1.75))
    image.paste(Image.new("RGB", shadow.size, (12, 12, 8)), (left, feet - 18), shadow)
    image.paste(shape, (left, top), shape)


@functools.lru_cache(maxsize=4)
def _grain_sheet(strength: int) -> Image.Image:
    raw = random.Random(f"grain {strength}").randbytes(1400 * 1080)
    grey = Image.frombytes("L", (1400, 1080), raw).resize((1680, 1296), Image.Resampling.BILINEAR)
    return grey.point([128 + (v - 128) * strength // 128 for v in range(256)])


def _grained(image: Image.Image, rng: random.Random, strength: int) -> Image.Image:
    """The picture with film grain and a slightly different brightness, so that no two pictures are the same file."""
    x, y = rng.randrange(0, 400), rng.randrange(0, 330)
    grain = _grain_sheet(strength).crop((x, y, x + scenes.WIDTH, y + scenes.HEIGHT))
    return ImageChops.add(image, Image.merge("RGB", (grain, grain, grain)), 1, -128 + rng.randrange(-4, 5))


@functools.lru_cache(maxsize=256)
def _text(text: str, scale: int) -> Image.Image:
    """The text as a mask in the coarse letters of a camera's own strip."""
    font = ImageFont.load_default_imagefont()
    left, top, right, bottom = font.getbbox(text)
    mask = Image.new("1", (max(1, int(right - left)), max(1, int(bottom - top))), 0)
    ImageDraw.Draw(mask).text((0, 0), text, font=font, fill=1)
    return mask.convert("L").resize((mask.width * scale, mask.height * scale), Image.Resampling.NEAREST)


def _strip(image: Image.Image, shot: Shot) -> None:
    """Black strip at the bottom as trail cameras print it, with the word DEMO."""
    top = scenes.HEIGHT - STRIP
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, top, scenes.WIDTH, scenes.HEIGHT), fill=(0, 0, 0))
    word = _text("DEMO", 3)
    pen.rectangle((14, top + 8, 14 + word.width + 24, top + 48), fill=(240, 190, 40))
    image.paste((0, 0, 0), (26, top + 12), word)
    white = (238, 238, 238)
    texts = (
        (150, f"{shot.time:%Y-%m-%d}  {shot.time:%H:%M:%S}"),
        (590, f"{shot.temperature:+d}C"),
        (770, shot.camera.upper()[:20]),
        (1165, f"M {shot.number}/{shot.burst}"),
    )
    for x, text in texts:
        image.paste(white, (x, top + 12), _text(text, 3))
    _moon(pen, 720, top + STRIP // 2, 15, moon_phase(shot.time))


def _moon(pen: ImageDraw.ImageDraw, x: int, y: int, radius: int, phase: float) -> None:
    """The lit part of the moon as seen from the north; ``phase`` as from :func:`moon_phase`."""
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(0, 0, 0), outline=(170, 170, 170))
    edge = math.cos(phase * math.tau)
    for dy in range(-radius + 1, radius):
        half = math.sqrt(radius * radius - dy * dy)
        from_x, to_x = (edge * half, half) if phase < 0.5 else (-half, -edge * half)
        if to_x > from_x:
            pen.line((x + from_x, y + dy, x + to_x, y + dy), fill=(238, 238, 238))


def _exif(shot: Shot) -> Image.Exif:
    """What a trail camera writes; no place, since cheap cameras have none."""
    stamp = shot.time.strftime("%Y:%m:%d %H:%M:%S")
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131], exif[0x0132] = MAKE, MODEL, "Ranger demo", stamp
    details = exif.get_ifd(0x8769)
    details[0x829A] = 1 / 60 if shot.night else 1 / 250
    details[0x8827] = 800 if shot.night else 100
    details[0x9003] = details[0x9004] = stamp
    details[0x9209] = 0x0F if shot.night else 0x00
    details[0xA431] = shot.serial_number
    return exif
