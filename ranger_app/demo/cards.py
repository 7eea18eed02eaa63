"""The memory cards of the demo: which animal passed which camera when, and the drawn files of each card."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from ranger_app.demo import cast, drawing
from ranger_app.demo.cast import Party
from ranger_app.demo.drawing import Shot

BURST = 3
PER_FOLDER = 999
DEPLOYED: tuple[tuple[datetime, datetime], ...] = (
    (datetime(cast.YEAR, 9, 20, 10), datetime(cast.YEAR, 11, 10, 9)),
    (datetime(cast.YEAR, 12, 5, 11), datetime(cast.YEAR + 1, 1, 20, 10)),
    (datetime(cast.YEAR, 8, 10, 9), datetime(cast.YEAR, 10, 1, 15)),
    (datetime(cast.YEAR, 10, 5, 8), datetime(cast.YEAR, 11, 30, 16)),
)
"""Set up and taken down, local time, in the order of a party's sites."""
_FIRST = ("tiger", "leopard", "sika_deer", "blank", "wild_boar", "person", "roe_deer", "badger", "tiger", "vehicle",
          "black_bear")  # fmt: skip
"""So that even a small demo shows every kind of subject once."""
_WARMTH = {"forest": 9, "snow": -9, "river": 19, "reeds": 5}


@dataclass(frozen=True, slots=True)
class CardShot:
    """A picture, its path on the card, the number of its burst within the station and its known animal, if any."""

    path: str
    shot: Shot
    burst: int
    individual: str = ""


def camera_name(party: Party, site: int) -> str:
    """The camera's name as its strip shows it."""
    return f"{party.key}-{site + 1:02d}"


def serial_number(party: Party, site: int) -> str:
    """A made-up serial number."""
    return f"DEMO-{party.country}-{site + 1:03d}"


def shots(party: Party, count: int) -> list[list[CardShot]]:
    """``count`` pictures shared out among the party's cameras: one list a camera, in the order of time."""
    rng = random.Random(f"ranger demo cards {party.key}")
    passes: list[list[tuple[datetime, int, int, Shot, str]]] = [[] for _site in party.sites]
    subjects, weights = zip(*cast.CHANCES, strict=True)
    for burst in range(-(-count // BURST)):
        site = burst % len(party.sites)
        start, end = DEPLOYED[site]
        time = start + timedelta(seconds=rng.randrange(int((end - start).total_seconds()) - 60))
        subject = _FIRST[burst] if burst < len(_FIRST) else rng.choices(subjects, weights)[0]
        night = time.hour < 6 or time.hour >= 19
        known = [one for one in cast.INDIVIDUALS if one.subject == subject]
        individual = known[(burst // 4) % len(known)].code if known else ""
        shot = Shot(
            camera_name(party, site),
            serial_number(party, site),
            party.sites[site].scene,
            time,
            night,
            subject,
            # The second tiger walks on both sides of the border, so its coat is the same there.
            individual if individual in cast.CROSSING else f"{party.key} {individual}",
            temperature=_WARMTH[party.sites[site].scene] + rng.randrange(-4, 5) - 5 * night,
            leftwards=rng.random() < 0.5,
        )
        passes[site].append((time, burst, min(BURST, count - burst * BURST), shot, individual))
    cards: list[list[CardShot]] = []
    for site_passes in passes:
        card: list[CardShot] = []
        for time, burst, frames, shot, individual in sorted(site_passes, key=lambda one: one[:2]):
            for frame in range(1, frames + 1):
                number = len(card)
                path = f"DCIM/{100 + number // PER_FOLDER}DEMO/IMG_{number % PER_FOLDER + 1:04d}.JPG"
                moment = time + timedelta(seconds=frame - 1)
                card.append(CardShot(path, replace(shot, time=moment, number=frame), burst, individual))
        cards.append(card)
    return cards


def write(folder: Path, card: list[CardShot]) -> Iterator[int]:
    """Draw the card's files into ``folder``; yields after each how many are done."""
    for parent in {(folder / one.path).parent for one in card}:
        parent.mkdir(parents=True, exist_ok=True)

    def draw(one: CardShot) -> None:
        (folder / one.path).write_bytes(drawing.draw(one.shot))

    with ThreadPoolExecutor(2, thread_name_prefix="draw") as pool:
        for done, _nothing in enumerate(pool.map(draw, card), start=1):
            yield done
