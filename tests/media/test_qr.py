"""QR codes drawn and read, from clean pictures and from photographs, and hostile pictures that hold none."""

from __future__ import annotations

import io
import random
from pathlib import Path

import numpy
import pillow_heif
import pytest
from PIL import Image, ImageFilter

from ranger_app.media import qr

TEXT = "RGC1:" + "aB3_-" * 45


def photograph(text: str) -> Image.Image:
    """A screen taken with a telephone: tilted, soft, grainy, not quite white."""
    code = Image.open(io.BytesIO(qr.draw(text, 7))).convert("L")
    ground = Image.new("L", (1200, 900), 90)
    ground.paste(code, (330, 180))
    turned = ground.rotate(11, fillcolor=70, resample=Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(1.5))
    grain = numpy.random.default_rng(5).normal(0, 12, (900, 1200))
    values = numpy.clip(numpy.asarray(turned) * 0.8 + 20 + grain, 0, 255).astype(numpy.uint8)
    return Image.fromarray(values).convert("RGB")


def test_what_is_drawn_is_read(tmp_path: Path) -> None:
    for text in ("A", TEXT, "Хасан 红松 " * 8):
        path = tmp_path / "code.png"
        path.write_bytes(qr.draw(text))
        assert qr.read(path) == [text]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "HEIC"])
def test_a_photograph_is_read(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"IMG_2034.{form.lower()}"
    if form == "HEIC":
        pillow_heif.from_pillow(photograph(TEXT)).save(path, quality=60)
    else:
        photograph(TEXT).save(path, form)
    assert qr.read(path) == [TEXT]


def test_the_drawing_for_a_page_is_the_same_code(tmp_path: Path) -> None:
    rows = qr.matrix(TEXT)
    drawn = qr.svg(TEXT, 'a <"title">')
    assert drawn.count("h1v1h-1z") == sum(map(sum, rows))
    assert "a &lt;&quot;title&quot;&gt;" in drawn
    assert f'viewBox="0 0 {len(rows) + 8} {len(rows) + 8}"' in drawn


def test_a_text_too_long_for_a_code_is_refused() -> None:
    with pytest.raises(ValueError):
        qr.draw("x" * 4000)


def test_no_picture_and_broken_pictures_hold_no_code(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    whole = qr.draw(TEXT)
    chance = random.Random(3)
    for data in (b"", b"RGC1:abc", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0" + bytes(200), whole[: len(whole) // 3]):
        path.write_bytes(data)
        assert qr.read(path) == []
    for _turn in range(60):
        broken = bytearray(whole)
        for _spot in range(6):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        path.write_bytes(broken)
        assert set(qr.read(path)) <= {TEXT}


def test_a_bomb_is_not_decoded(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (16_000, 16_000)).save(path)
    assert path.stat().st_size < 2_000_000
    assert qr.read(path) == []
    large = tmp_path / "large.jpg"
    with large.open("wb") as file:
        file.truncate(qr.MOST_BYTES + 1)
    assert qr.read(large) == []
