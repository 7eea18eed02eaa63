"""Very many made-up records for benchmarks, through the same signed batches as everything else.

Pictures are rows with a thumbnail each, 20,000 distinct ones shared out among them; no original is drawn.
"""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ranger_app.actions.patrol_days import Day, Leg, days_text, legs_text
from ranger_app.demo import cast, counts, drawing, finds, tracks
from ranger_app.demo.cast import Party
from ranger_app.demo.finds import Kind
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import Op, change, create
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
_LAKES = 20
PER_DEPLOYMENT = 5_000
_SUBJECTS = [subject for subject, chance in cast.CHANCES for _ticket in range(chance)]
_METHODS: tuple[tuple[str, ...], ...] = ((), ("machine", "human"), ("machine",), *(("human",),) * 7)
"""Who said what is on each of ten pictures: ten statements, one picture without and one with a machine's only."""
WALKS = 240
"""Distinct walks that a large demo lays down at many places."""
POINTS = 500
"""Points of each of its tracks."""
LONG_ENOUGH = 11_500
"""Metres after which a walk has at least POINTS points."""
YEARS = 3
"""So long before the newest the first patrol set out."""
NEWEST = datetime(cast.YEAR + 1, 1, 31, 6)
STATES = ("approved", "approved", "approved", "returned", "approved", "approved")
_EPOCH = datetime(1970, 1, 1)
_SOME_TIME = 1_700_000_000_000.0
"""Milliseconds: the walks are judged at a time that a receiver can have known."""


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
    """Walks of POINTS points with their effort, two places with finds each, and their steps to approval.

    The states follow in batches of their own, because what is approved has to be there before.
    """
    walks = [_Walk(random.Random(f"ranger demo walk {party.key} {n}"), party) for n in range(min(WALKS, count))]
    patrol_id, track_id, waypoint_id = _Ids(rng, count), _Ids(rng, count), _Ids(rng, count * 2)
    find_id = _Ids(rng, count * 4)
    made: list[Op] = []
    parts: list[Op] = []
    steps: dict[str, list[Op]] = {"submitted": [], "returned": [], "approved": []}
    for number in range(count):
        walk, patrol = walks[number % len(walks)], patrol_id()
        day = NEWEST - timedelta(days=(count - 1 - number) * YEARS * 365 // count)
        begun = day + timedelta(minutes=number * 37 % 540)
        start = begun - timedelta(minutes=party.utc_offset)
        leader = ("Ranger 1", "Ranger 2")[number % 2]
        crew = (people[leader], people["Ranger 2" if leader == "Ranger 1" else "Ranger 1"])
        made.append(create("patrol", patrol, _patrol(party, number, begun, begun + walk.lasts, crew)))
        parts.append(create("track", track_id(), {"patrol": patrol, "leg": 1, **walk.track(number, start, begun)}))
        for find, latitude, longitude, after in walk.marks(number):
            if find.symbol == "Snare" and number > count // 2 and number % 3 == 0:
                continue  # fewer in the later half, so that a trend shows
            waypoint = waypoint_id()
            place: dict[str, Value] = {
                "patrol": patrol,
                "leg": 1,
                "name": find.name,
                "latitude": latitude,
                "longitude": longitude,
                "at": _milliseconds(start + after),
                "remarks": find.remarks,
            }
            parts.append(create("waypoint", waypoint, place))
            parts += finds.write_up(rng, find, patrol, waypoint, crew[0], find_id)
        state = STATES[number % len(STATES)] if number < count - 60 else ("submitted", "draft")[number % 2]
        for place_in, step in enumerate(("submitted", "returned" if state == "returned" else "approved")):
            if state == "draft" or (place_in and state == "submitted"):
                continue
            by = people["Manager"] if place_in else crew[0]
            steps[step].append(change("patrol", patrol, _step(step, by, begun + timedelta(days=1 + 2 * place_in))))
        if len(parts) >= BATCH:
            yield from _handed_in(made, parts, steps)
    yield from _handed_in(made, parts, steps)


def _handed_in(made: list[Op], parts: list[Op], steps: dict[str, list[Op]]) -> Iterator[Turn]:
    """The patrols, what belongs to them, and then their steps; empties the lists."""
    for ops, label in ((made, "patrols"), (parts, "patrols"), (steps["submitted"], "submit patrol"),
                       (steps["returned"], "return patrol"), (steps["approved"], "approve patrol")):  # fmt: skip
        if ops:
            yield list(ops), label
        ops.clear()


def _patrol(party: Party, number: int, start: datetime, end: datetime, crew: tuple[bytes, bytes]) -> dict[str, Value]:
    transport = "ski" if start.month in (12, 1, 2) and number % 3 == 0 else "foot"
    leg = Leg(1, transport, crew[0], crew, "Snare search")
    return {
        "name": f"Benchmark patrol {number + 1:05d} (demo)",
        "date": f"{start:%Y-%m-%d}",
        "type": "ground",
        "mandate": "Snare search",
        "team": ("Day team", "River team", "Night team")[number % 3],
        "station": f"Post {party.name}",
        "leader": crew[0],
        "members": canonical(sorted(one.hex() for one in crew)),
        "transport": transport,
        "start": _written(start),
        "end": _written(end),
        "utc_offset": party.utc_offset,
        "legs": legs_text([leg]),
        "days": days_text([Day(1, f"{start:%Y-%m-%d}", _written(start), _written(end), 5 * (number % 8))]),
        "state": "draft",
    }


def _step(state: str, by: bytes, at: datetime) -> dict[str, Value]:
    comment = "Please add where the net was taken to." if state == "returned" else None
    return {"state": state, "state_by": by, "state_at": _milliseconds(at), "state_comment": comment}


class _Walk:
    """A walk that is judged once and laid down at many places: turned about the Earth's axis it keeps its lengths."""

    def __init__(self, rng: random.Random, party: Party) -> None:
        away = (rng.uniform(-0.03, 0.03), rng.uniform(-0.03, 0.03))
        fixes = tracks.walk(rng, party.post[0] + away[0], party.post[1] + away[1], _EPOCH, metres=LONG_ENOUGH)[:POINTS]
        self.lasts = fixes[-1].time - fixes[0].time
        self._marked = tracks.finds(rng, fixes, 2)
        self._fixes = fixes
        self._way = Way(name="Made up")
        for fix in fixes:
            self._way.add(fix.latitude, fix.longitude, fix.elevation, _SOME_TIME + _milliseconds(fix.time), 0)
        self._judged = effort.judge(self._way, "foot")

    def marks(self, number: int) -> Iterator[tuple[Kind, int, int, timedelta]]:
        """Kind, place (1e-7 degree) and time since the start of what is found on the walk for a patrol."""
        for find in self._marked:
            fix = find.fix
            yield (
                find.kind,
                round(fix.latitude * 10_000_000),
                round(fix.longitude * 10_000_000) + _turned(number),
                fix.time - _EPOCH,
            )

    def track(self, number: int, start: datetime, local: datetime) -> dict[str, Value]:
        """The values of the track: ``start`` is UTC, ``local`` the same by the station's clock."""
        judged, begun = self._judged, _milliseconds(start)
        moved = array("d", (round(one + _turned(number) / 10_000_000, 7) for one in self._way.longitude))
        times = array("d", (one - _SOME_TIME + begun for one in self._way.time))
        way = replace(self._way, longitude=moved, time=times)
        return {
            "name": "Made up",
            "points": effort.pack(way, judged.marks),
            "point_count": len(way),
            "raw_metres": round(judged.raw.metres * 1000),
            "cleaned_metres": round(judged.cleaned.metres * 1000),
            "raw_seconds": round(judged.raw.seconds or 0),
            "cleaned_seconds": round(judged.cleaned.seconds or 0),
            "still_seconds": None if judged.still is None else round(judged.still),
            "excluded": canonical(judged.reasons) if judged.reasons else None,
            "start": begun,
            "end": begun + round(self.lasts / timedelta(milliseconds=1)),
            "date": f"{local:%Y-%m-%d}",
        }


def _turned(number: int) -> int:
    """By how much the walk of a patrol lies further east, 1e-7 degree."""
    return number // WALKS % 50 * 15_000


def _surveys(rng: random.Random, count: int, offset: int, people: dict[str, bytes]) -> Iterator[Turn]:
    """Twenty counts a survey, at made-up sites of two sectors each that are visited in turn."""
    if not count:
        return
    names = ("East (demo)", "West (demo)")
    lakes = [(rng.randbytes(16), {name: rng.randbytes(16) for name in names}) for _nth in range(_LAKES)]
    ops = []
    for nth, (site, sectors) in enumerate(lakes, 1):
        ops.append(create("location", site, {"name": f"Benchmark lake {nth} (demo)", "type": "site"}))
        for name, sector in sectors.items():
            ops.append(create("location", sector, {"name": name, "type": "sector", "part_of": site}))
    yield ops, "site"
    surveys = -(-count // 20)
    survey_id, count_id = _Ids(rng, surveys), _Ids(rng, count)
    ops = []
    for number in range(surveys):
        (site, sectors), nth = lakes[number % _LAKES], number // _LAKES
        year = cast.YEAR - 1 - nth // 60 % 20
        rows = counts.survey(rng, "", names, nth, min(20, count - number * 20), year)
        survey = survey_id()
        visit: dict[str, Value] = {
            "site": site,
            "date": rows[0].date,
            "start": rows[0].start,
            "end": rows[0].end,
            "utc_offset": offset,
            "observers": f'["{people["Observer A"].hex()}"]',
            "season": counts.SEASONS[nth % len(counts.SEASONS)][0],
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
