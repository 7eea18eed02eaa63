"""The drawn pictures: same description, same bytes; EXIF as a camera writes it; nothing that was not asked for."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from datetime import datetime

import pytest
from PIL import Image

from ranger_app.demo import drawing, scenes, shapes

SHOT = drawing.Shot("Khasan-01", "DX0001", "forest", datetime(2025, 10, 14, 21, 43, 7), True, "tiger", number=2)


def test_same_shot_same_bytes_even_with_a_cold_cache() -> None:
    first = drawing.draw(SHOT)
    scenes.background.cache_clear()
    assert drawing.draw(SHOT) == first


@pytest.mark.parametrize(
    "change",
    [{"number": 3}, {"subject": "blank"}, {"camera": "Khasan-02"}, {"time": datetime(2025, 10, 14, 21, 43, 8)}],
    ids=["next of the burst", "blank", "other camera", "a second later"],
)
def test_another_shot_is_another_file(change: dict[str, object]) -> None:
    assert drawing.draw(replace(SHOT, **change)) != drawing.draw(SHOT)  # type: ignore[arg-type]


def test_exif_reads_back_and_holds_no_place() -> None:
    exif = Image.open(io.BytesIO(drawing.draw(SHOT))).getexif()
    details = exif.get_ifd(0x8769)
    assert exif[0x010F] == "Demo"
    assert exif[0x0110] == drawing.MODEL
    assert details[0x9003] == "2025:10:14 21:43:07"
    assert details[0xA431] == "DX0001"
    assert not exif.get_ifd(0x8825)


@pytest.mark.parametrize("scene", scenes.SCENES)
def test_night_is_grey_and_day_is_not(scene: str) -> None:
    box = (0, 0, scenes.WIDTH, scenes.HEIGHT - drawing.STRIP)
    for night in (False, True):
        data = drawing.draw(replace(SHOT, scene=scene, night=night, subject="blank"))
        red, green, blue = Image.open(io.BytesIO(data)).crop(box).resize((80, 60)).convert("RGB").split()
        coloured = sum(abs(r - b) > 12 for r, b in zip(red.tobytes(), blue.tobytes(), strict=True))
        assert (coloured > 300) is not night
        assert len(set(green.tobytes())) > 20


@pytest.mark.parametrize("subject", drawing.NAMES)
def test_every_subject_can_be_seen(subject: str) -> None:
    blank = Image.open(io.BytesIO(drawing.draw(replace(SHOT, subject="blank", night=False)))).convert("L")
    shown = Image.open(io.BytesIO(drawing.draw(replace(SHOT, subject=subject, night=False)))).convert("L")
    different = sum(
        abs(a - b) > 40
        for a, b in zip(blank.resize((320, 240)).tobytes(), shown.resize((320, 240)).tobytes(), strict=True)
    )
    assert (different > 300) is (subject != "blank")


def test_an_individual_keeps_its_coat_and_another_has_its_own() -> None:
    def coat(animal: str) -> bytes:
        return shapes.animal("tiger", 300, 0.2, random.Random(animal)).tobytes()

    assert coat("T-01") == coat("T-01") != coat("T-02")


def test_moon() -> None:
    assert drawing.moon_phase(datetime(2025, 1, 13, 22, 27)) == pytest.approx(0.5, abs=0.03)
    assert min(drawing.moon_phase(datetime(2025, 3, 29, 11)), 1 - drawing.moon_phase(datetime(2025, 3, 29, 11))) < 0.03


def test_thumbnails_are_distinct() -> None:
    assert len({drawing.thumbnail(number) for number in range(400)}) == 400
