"""Very many made-up records for benchmarks, through the same signed batches as everything else.

Pictures are rows with a thumbnail each, 20,000 distinct ones shared out among them; no original is drawn.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ranger_app.demo import cast, counts, drawing, tracks
from ranger_app.demo.cast import Party
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import Op, create
from ranger_app.domain.values import canonical
from ranger_app.geo import tracks as effort
from ranger_app.geo.way import Way
from ranger_app.i18n import _
from ranger_app.jobs import Job, Progress
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store.haste import in_haste

THUMBNAILS = 20_000
"""Distinct thumbnails that a large demo shares out among its pictures."""
BATCH = 500
PER_DEPLOYMENT = 5_000
_SUBJECTS = [subject for subject, chance in cast.CHANCES for _ticket in range(chance)]
_METHODS: tuple[tuple[str, ...], ...] = ((), ("machine", "human"), ("machine",), *(("human",),) * 7)
"""Who said what is on each of ten pictures: ten statements, one picture without and one with a machine's only."""
_EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Amount:
    """How many records of each kind to add."""

    media: int = 0
    patrols: int = 0
    counts: int = 0


class _Ids:
    """Deterministic ids in rising order, because rows then land side by side on the disk; random enough to look at."""

    def __init__(self, rng: random.Random, total: int) -> None:
        self._rng = rng
        self._step = (1 << 128) // (total + 1)
        self._next = 0

    def __call__(self) -> bytes:
        value = self._next + self._rng.randrange(self._step)
        self._next += self._step
        return value.to_bytes(16, "big")


def fill(
    library: Library,
    party: Party,
    amount: Amount,
    people: dict[str, bytes],
    places: list[bytes],
    *,
    thumbnails: int = THUMBNAILS,
) -> Job[int]:
    """Add ``amount`` to the party's library; ``people`` by name, ``places`` its camera sites. Returns records written.

    There are as many observations as pictures, of which one in five still waits for a person. 20 counts make a survey.
    """
    rng = random.Random(f"ranger demo fast {party.key}")
    written = 0
    total = amount.media + amount.patrols + amount.counts
    hashes = yield from _thumbnails(library, party.key, min(thumbnails, amount.media))
    with in_haste(library.db):
        for ops, label in _all(rng, library, party, amount, people, places, hashes):
            library.commit(ops, label=label)
            written += len(ops)
            yield Progress(min(written // 2, total), total, _("Making records"))
        yield Progress(total, total, _("Making indexes"))
    return written


def _thumbnails(library: Library, seed: str, count: int) -> Job[list[str]]:
    """Draw ``count`` thumbnails under made-up hashes; returns the hashes."""
    rng = random.Random(f"{seed} hashes")
    hashes = [rng.randbytes(32).hex() for _number in range(count)]
    for prefix in range(256 if count else 0):
        (library.cache / "thumbs" / f"{prefix:02x}").mkdir(parents=True, exist_ok=True)
    for number, sha256 in enumerate(hashes):
        thumbs.place(library.cache, sha256).write_bytes(drawing.thumbnail(number))
        if number % 200 == 0:
            yield Progress(number, count, _("Drawing thumbnails"))
    return hashes


Turn = tuple[list[Op], str]
"""The operations of one batch and its label."""


def _all(
    rng: random.Random,
    library: Library,
    party: Party,
    amount: Amount,
    people: dict[str, bytes],
    places: list[bytes],
    hashes: list[str],
) -> Iterator[Turn]:
    offset = library.station.utc_offset
    yield from _pictures(rng, amount.media, offset, people, places, hashes)
    yield from _patrols(rng, party, amount.patrols, people)
    yield from _surveys(rng, amount.counts, offset, people)


def _pictures(
    rng: random.Random, count: int, offset: int, people: dict[str, bytes], places: list[bytes], hashes: list[str]
) -> Iterator[Turn]:
    """Deployments one after the other, each with bursts of three in the order of time."""
    media_id, observation_id = _Ids(rng, count), _Ids(rng, count)
    stations = -(-count // PER_DEPLOYMENT)
    deployment_id = _Ids(rng, stations)
    done = 0
    for number in range(stations):
        deployment = deployment_id()
        begin = datetime(cast.YEAR - 1 - number * 3 // max(stations, 1), 1 + number % 12, 1 + number % 28, 9)
        here = min(PER_DEPLOYMENT, count - done)
        gap = timedelta(days=170) / max(here // 3, 1)
        fields: dict[str, Value] = {
            "name": f"Benchmark {number + 1:03d} (demo)",
            "location": places[number % len(places)],
            "start": _written(begin),
            "end": _written(begin + timedelta(days=175)),
            "utc_offset": offset,
            "set_by": people["Ranger 1"],
        }
        yield [create("deployment", deployment, fields)], "deployment"
        for first in range(0, here, BATCH):
            ops: list[Op] = []
            statements: list[Op] = []
            for place in range(first, min(first + BATCH, here)):
                time = begin + gap * (place // 3) + timedelta(seconds=place % 3)
                media = media_id()
                ops.append(
                    create("media", media, _picture(deployment, hashes[(done + place) % len(hashes)], place, time))
                )
                for method in _METHODS[place % 10]:
                    subject = _SUBJECTS[(place // 3 * 7919 + number) % len(_SUBJECTS)]
                    statements.append(
                        create(
                            "observation",
                            observation_id(),
                            _statement(media, deployment, subject, method, time, people),
                        )
                    )
            yield ops + statements, "pictures"
        done += here


def _picture(deployment: bytes, sha256: str, place: int, time: datetime) -> dict[str, Value]:
    return {
        "deployment": deployment,
        "sha256": sha256,
        "bytes": 250_000,
        "media_type": "image/jpeg",
        "file_name": f"IMG_{place % 9999 + 1:04d}.JPG",
        "folder": f"DCIM/{100 + place // 9999}DEMO",
        "camera_time": _written(time),
        "camera_time_source": "exif",
        "width": 1280,
        "height": 960,
    }


def _statement(
    media: bytes, deployment: bytes, subject: str, method: str, time: datetime, people: dict[str, bytes]
) -> dict[str, Value]:
    kind = {"person": "human", "vehicle": "vehicle", "blank": "blank"}.get(subject, "animal")
    by_person = method == "human"
    return {
        "media": media,
        "deployment": deployment,
        "type": kind,
        "taxon": cast.TAXA.get(subject),
        "count": 1 if kind == "animal" else None,
        "by": people["Reviewer A"] if by_person else None,
        "at": _milliseconds(time) + 86_400_000 * 30,
        "method": method,
        "machine": None if by_person else "demo 1",
        "certainty": None if by_person else 8_700,
    }


def _patrols(rng: random.Random, party: Party, count: int, people: dict[str, bytes]) -> Iterator[Turn]:
    """Short walks with their effort and two marked places each."""
    patrol_id, track_id, waypoint_id = _Ids(rng, count), _Ids(rng, count), _Ids(rng, count * 2)
    ops: list[Op] = []
    for number in range(count):
        patrol = patrol_id()
        start = datetime(cast.YEAR - 4, 1, 1, 0, 30) + timedelta(hours=number * 4 % (24 * 365 * 4))
        fixes = tracks.walk(rng, *party.post, start, metres=5_000, every=120)
        local = timedelta(minutes=party.utc_offset)
        ops.append(
            create(
                "patrol",
                patrol,
                {
                    "name": f"Benchmark patrol {number + 1:05d} (demo)",
                    "date": f"{start + local:%Y-%m-%d}",
                    "type": "ground",
                    "leader": people["Ranger 1"],
                    "transport": "foot",
                    "start": _written(start + local),
                    "end": _written(fixes[-1].time + local),
                    "utc_offset": party.utc_offset,
                    "state": ("approved", "approved", "submitted", "draft")[number % 4],
                },
            )
        )
        ops.append(create("track", track_id(), {"patrol": patrol, "leg": 1, **_track(fixes)}))
        for find in tracks.finds(rng, fixes, 2):
            place: dict[str, Value] = {
                "patrol": patrol,
                "leg": 1,
                "name": find.name,
                "latitude": round(find.fix.latitude * 10_000_000),
                "longitude": round(find.fix.longitude * 10_000_000),
                "at": _milliseconds(find.fix.time),
                "category": find.symbol,
                "attributes": canonical([{"name": "symbol", "value": find.symbol}]),
                "remarks": find.remarks,
            }
            ops.append(create("waypoint", waypoint_id(), place))
        if len(ops) >= BATCH:
            yield ops, "patrols"
            ops = []
    if ops:
        yield ops, "patrols"


def _track(fixes: list[tracks.Fix]) -> dict[str, Value]:
    way = Way(name="track")
    for fix in fixes:
        way.add(fix.latitude, fix.longitude, fix.elevation, float(_milliseconds(fix.time)), 0)
    judged = effort.judge(way, "foot")
    return {
        "name": "Made up",
        "points": effort.pack(way, judged.marks),
        "point_count": len(way),
        "raw_metres": round(judged.raw.metres * 1000),
        "cleaned_metres": round(judged.cleaned.metres * 1000),
        "raw_seconds": round(judged.raw.seconds or 0),
        "cleaned_seconds": round(judged.cleaned.seconds or 0),
        "start": _milliseconds(fixes[0].time),
        "end": _milliseconds(fixes[-1].time),
    }


def _surveys(rng: random.Random, count: int, offset: int, people: dict[str, bytes]) -> Iterator[Turn]:
    """Twenty counts a survey, all at one made-up site."""
    if not count:
        return
    site, sectors = rng.randbytes(16), {name: rng.randbytes(16) for name in ("East (demo)", "West (demo)")}
    ops = [create("location", site, {"name": "Benchmark lakes (demo)", "type": "site"})]
    for name, sector in sectors.items():
        ops.append(create("location", sector, {"name": name, "type": "sector", "part_of": site}))
    yield ops, "site"
    surveys = -(-count // 20)
    survey_id, count_id = _Ids(rng, surveys), _Ids(rng, count)
    ops = []
    for number in range(surveys):
        year = cast.YEAR - 1 - number // 60 % 20
        rows = counts.survey(rng, "", tuple(sectors), number, min(20, count - number * 20), year)
        survey = survey_id()
        visit: dict[str, Value] = {
            "site": site,
            "date": rows[0].date,
            "start": rows[0].start,
            "end": rows[0].end,
            "utc_offset": offset,
            "observers": f'["{people["Observer A"].hex()}"]',
            "season": counts.SEASONS[number % len(counts.SEASONS)][0],
        }
        ops.append(create("survey", survey, visit))
        for row in rows:
            counted: dict[str, Value] = {
                "survey": survey,
                "sector": sectors[row.sector],
                "taxon": row.taxon,
                "count": row.count,
                "method": "counted",
                "remarks": row.remarks or None,
            }
            ops.append(create("count", count_id(), counted))
        if len(ops) >= BATCH:
            yield ops, "counts"
            ops = []
    if ops:
        yield ops, "counts"


def _written(time: datetime) -> str:
    return time.isoformat(timespec="seconds")


def _milliseconds(time: datetime) -> int:
    return int((time - _EPOCH) / timedelta(milliseconds=1))
