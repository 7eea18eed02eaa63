"""Redacted copies: the strip that cameras print is gone, with its logo, and nothing of the file's data is left."""

from __future__ import annotations

import io
from pathlib import Path

import numpy
import pytest
from PIL import Image, ImageDraw, ImageFont

from ranger_app.media import examine, redacted
from ranger_app.media.exif import read

STRIPS = {
    # What was measured by eye on the pictures themselves, strip and logo, in hundredths of the height: top, bottom.
    "camera-images/sample-arc-01.jpg": (0, 7),
    "camera-images/sample-arc-02.jpg": (7, 0),
    "camera-images/sample-cfz-01.jpg": (0, 4),
    "camera-images/sample-crocdocs-01.jpg": (0, 8),
    "camera-images/sample-dzf-01.jpg": (0, 7),
    "camera-images/sample-sdsucheeseman-01.jpg": (3, 5),
    "camera-images/sample-snapshotsafari-01.jpg": (0, 5),
    "exif/Reconyx_HC500_Hyperfire.jpg": (3, 5),
    "camtrap-dp-example/media/20210531082538-RCNX0031.JPG": (3, 5),
}


def scene(width: int, height: int) -> Image.Image:
    """Something without an even row, as a forest floor is."""
    rough = numpy.random.default_rng(7).normal(128, 60, (height // 4, width // 4)).clip(0, 255).astype(numpy.uint8)
    return Image.fromarray(rough).resize((width, height), Image.Resampling.BILINEAR).convert("RGB")


def with_strip(image: Image.Image, share: float, ground: int, side: str) -> Image.Image:
    """The picture with a strip of text along a side."""
    turns = {"bottom": 0, "right": 1, "top": 2, "left": 3}[side]
    turned = image.rotate(-90 * turns, expand=True)
    height = round(turned.height * share)
    pen = ImageDraw.Draw(turned)
    pen.rectangle((0, turned.height - height, turned.width, turned.height), fill=(ground,) * 3)
    font = ImageFont.load_default(size=max(8, height * 0.6))
    text = "DEN-03  N43.12345 E131.54321  2024-01-14  07:12:00"
    pen.text((4, turned.height - height * 0.9), text, fill=(255 - ground,) * 3, font=font)
    return turned.rotate(90 * turns, expand=True)


def jpeg(image: Image.Image, quality: int = 80) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


@pytest.mark.parametrize("side", ["bottom", "top", "left", "right"])
@pytest.mark.parametrize("ground", [0, 255])
@pytest.mark.parametrize("share", [0.04, 0.13])
@pytest.mark.parametrize("edge", [320, 1280])
def test_a_strip_goes_whole(side: str, ground: int, share: float, edge: int) -> None:
    image = with_strip(scene(edge, edge * 3 // 4), share, ground, side)
    pixels = numpy.asarray(Image.open(io.BytesIO(jpeg(image))))
    cut = redacted.edges(pixels)
    height, width = pixels.shape[:2]
    expected = round((height if side in ("top", "bottom") else width) * share)
    assert getattr(cut, side) >= expected
    assert cut.top + cut.bottom <= height * 0.4
    others = [one for one in ("left", "right") if one != side]
    assert [getattr(cut, one) for one in others] == [0] * len(others)


@pytest.mark.parametrize("shade", [0, 12, 128, 245])
def test_a_night_or_a_sky_is_no_strip(shade: int) -> None:
    pixels = numpy.asarray(scene(640, 480)).copy()
    fade = numpy.linspace(0, 1, 300)[:, None, None]
    pixels[:300] = (shade * (1 - fade) + pixels[:300] * fade).astype(numpy.uint8)
    assert redacted.edges(pixels).top == -(-480 * redacted.TOP // 100)
    assert redacted.edges(numpy.full((480, 640, 3), shade, numpy.uint8)).left == 0


def test_nothing_of_the_file_is_left() -> None:
    image = with_strip(scene(640, 480), 0.04, 0, "bottom")
    exif = Image.Exif()
    exif[0x010F], exif[0x9286] = "RECONYX", "H500HF01141592"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"DEN-03")
    assert b"H500HF01141592" in out.getvalue()
    given = redacted.redacted(out.getvalue())
    assert given is not None
    assert b"Exif" not in given
    assert b"DEN-03" not in given
    assert read(given, "image/jpeg").serial_number is None
    assert Image.open(io.BytesIO(given)).size == (640, 480 - 39 - 44)


@pytest.mark.parametrize("broken", [b"", b"\xff\xd8", b"GIF89a", jpeg(scene(640, 480))[:3000]])
def test_what_is_no_whole_picture_gives_nothing(broken: bytes) -> None:
    assert redacted.redacted(broken) is None


def test_too_small_a_picture_gives_nothing() -> None:
    assert redacted.redacted(jpeg(scene(64, 20))) is None


@pytest.mark.realdata
@pytest.mark.parametrize("name", STRIPS)
@pytest.mark.parametrize("edge", [320, 1280])
def test_strips_of_real_cameras_go(real_data: Path, name: str, edge: int) -> None:
    preview = examine.preview_of(real_data / name, edge)
    assert preview is not None
    pixels = numpy.asarray(Image.open(io.BytesIO(preview)))
    cut, height = redacted.edges(pixels), pixels.shape[0]
    top, bottom = STRIPS[name]
    assert (cut.top * 100 >= top * height, cut.bottom * 100 >= bottom * height) == (True, True)
    assert cut.left == cut.right == 0
    given = redacted.redacted(preview)
    assert given is not None
    assert Image.open(io.BytesIO(given)).height >= height * 0.75
