"""A library of very many known animals, made once and kept: what the ledger and the catalogue are timed on.

Twenty neighbouring animals share the stations around them; one in ten is also in a second catalogue of the same
station and joined with it.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from ranger_app.demo.chance import Chance
from ranger_app.domain.ops import Op, create
from ranger_app.library import Library
from ranger_app.store.haste import in_haste

INDIVIDUALS, ENCOUNTERS = 2_000, 200_000
JOINED = 10
"""One animal in so many has a second record that a statement joins with it."""
PLACES = 400
YEARS = 5
BEGIN = 1_356_998_400
"""2013-01-01 00:00 UTC."""
_A_TURN = 2_000


def make(folder: Path, individuals: int = INDIVIDUALS, encounters: int = ENCOUNTERS) -> None:
    """Fill a new library in ``folder``: an encounter is one picture with one statement, hours from the next."""
    rng = random.Random("many known animals")
    chance = Chance("many known animals")
    made = Library.create(folder, name="Many", country="RU", utc_offset=600, keys=chance.keys(), clock=chance.now_ms)
    with made as library, in_haste(library.db):
        places = _places(library, rng)
        animals = _animals(library, rng, individuals)
        _encounters(library, rng, places, animals, encounters)


def _commit(library: Library, ops: list[Op]) -> None:
    for start in range(0, len(ops), _A_TURN):
        library.commit(ops[start : start + _A_TURN], label="made")


def _places(library: Library, rng: random.Random) -> list[bytes]:
    """Cameras on both sides of the border around 42.4 to 43.5 degrees north; returns the deployments."""
    ops: list[Op] = []
    deployments = []
    for number in range(PLACES):
        location, deployment = rng.randbytes(16), rng.randbytes(16)
        latitude, longitude = rng.randint(424_000_000, 435_000_000), rng.randint(1_303_000_000, 1_315_000_000)
        ops.append(
            create(
                "location",
                location,
                {"name": f"P{number}", "latitude": latitude, "longitude": longitude, "uncertainty": 10},
            )
        )
        ops.append(
            create(
                "deployment",
                deployment,
                {
                    "name": f"D{number}",
                    "location": location,
                    "utc_offset": 600,
                    "start": "2013-01-01T00:00:00",
                    "end": "2018-01-01T00:00:00",
                },
            )
        )
        deployments.append(deployment)
    _commit(library, ops)
    return deployments


def _animals(library: Library, rng: random.Random, individuals: int) -> list[bytes]:
    ids = [rng.randbytes(16) for _number in range(individuals)]
    species = ("Panthera tigris", "Panthera pardus")
    ops = [
        create("individual", one, {"code": f"T-{n}", "taxon": species[n // JOINED % 2], "status": "alive"})
        for n, one in enumerate(ids)
    ]
    for n in range(0, individuals - 1, JOINED):
        words = {"one": ids[n], "other": ids[n + 1], "answer": "same", "at": BEGIN * 1000}
        ops.append(create("same_animal", rng.randbytes(16), words))
    _commit(library, ops)
    return ids


def _encounters(
    library: Library, rng: random.Random, places: list[bytes], animals: list[bytes], encounters: int
) -> None:
    species = ("Panthera tigris", "Panthera pardus")
    step = YEARS * 365 * 86_400 // encounters
    ops: list[Op] = []
    for n in range(encounters):
        animal = rng.randrange(len(animals))
        place = places[(animal // 20 * 7 + rng.randrange(12)) % len(places)]
        media = rng.randbytes(16)
        seconds = BEGIN + 36_000 + n * step
        ops.append(
            create(
                "media",
                media,
                {
                    "deployment": place,
                    "media_type": "image/jpeg",
                    "file_name": f"{n}.JPG",
                    "sha256": sha256(str(n).encode()).hexdigest(),
                    "camera_time": _text(seconds),
                },
            )
        )
        ops.append(
            create(
                "observation",
                rng.randbytes(16),
                {
                    "media": media,
                    "deployment": place,
                    "type": "animal",
                    "taxon": species[animal // JOINED % 2],
                    "individual": animals[animal],
                    "method": "human",
                    "flank": ("left", "right")[n % 2],
                    "sureness": None if n % 20 else "possible",
                },
            )
        )
    _commit(library, ops)


def _text(seconds: int) -> str:
    return (datetime(1970, 1, 1) + timedelta(seconds=seconds)).isoformat()
