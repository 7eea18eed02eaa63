"""One station's season as its people would enter it: set-up, cards, identifications, patrols, surveys, samples, notes.

Everything goes through the same actions as real work, so the demo also shows that these work.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from ranger_app.actions import patrol_days, patrol_photos, patrol_state, records
from ranger_app.actions.deployment_times import add_clock_correction, add_failure
from ranger_app.actions.identify import Answer, identify
from ranger_app.actions.ingest import IngestRequest, ingest
from ranger_app.actions.patrol_days import Day, Leg
from ranger_app.actions.patrol_import import import_patrol
from ranger_app.actions.survey_import import import_surveys
from ranger_app.demo import cards, cast, drawing, finds, tracks
from ranger_app.demo import counts as birds
from ranger_app.demo.cards import CardShot
from ranger_app.demo.cast import Party
from ranger_app.demo.chance import Chance
from ranger_app.demo.drawing import Shot
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import change, create
from ranger_app.domain.values import canonical
from ranger_app.i18n import _
from ranger_app.jobs import Job, Progress
from ranger_app.library import Library

TRAILS = ("Ridge Trail", "Stream Trail", "Lake Path", "Border Hills")
TEAMS = ("Day team", "River team")
MANDATES = ("Snare search", "Border trail", "Winter tracks")
_MONTHS = (
    (1, 1), (0, 12), (0, 1), (1, 1), (0, 12), (0, 1), (1, 1), (0, 11), (-1, 12), (0, 12), (1, 1), (0, 10),
)  # fmt: skip
"""Year from the season's own and month of the patrols: two months, what was a year before, and two more."""
_WEATHER = {"spring": ("clear, light frost", 2, 20), "autumn": ("cloudy", 3, 0), "wintering": ("clear, -14 °C", 4, 85)}
"""Weather, wind in Bft and ice cover in per cent, by season."""
_MACHINE = "demo model 1"
_YEARS = 6  # of surveys, so that criteria have seasons to rest on


@dataclass(slots=True)
class Story:
    """A library being filled. ``people`` by name and ``places``, the camera sites, are there after the set-up."""

    library: Library
    party: Party
    chance: Chance
    people: dict[str, bytes] = field(default_factory=dict)
    places: list[bytes] = field(default_factory=list)
    area: bytes = b""
    cameras: list[bytes] = field(default_factory=list)
    deployments: list[bytes] = field(default_factory=list)
    individuals: dict[str, bytes] = field(default_factory=dict)
    patrols: list[bytes] = field(default_factory=list)

    def tell(self, scratch: Path, media: int, patrols: int, counts: int) -> Job[None]:
        """Fill the library with so many pictures, patrols and counts; ``scratch`` takes cards and files meanwhile."""
        yield Progress(0, media, _("Setting up"))
        self._people()
        self._places()
        yield from self._cards(scratch, media)
        yield Progress(0, patrols, _("Writing up patrols"))
        states = (["approved"] * max(1, patrols - 3) + ["submitted", "returned", "draft"])[:patrols]
        for number, (day, state) in enumerate(zip(_days_of_patrols(patrols), states, strict=True)):
            yield from self._patrol(scratch, number, day, state)
        yield Progress(0, counts, _("Entering counts"))
        self._surveys(scratch, counts)
        self._samples_and_notes()

    def _work_as(self, name: str, time: datetime) -> None:
        """From now on ``name`` works, at ``time`` on the station's clocks."""
        self.library.person = self.people[name]
        self.chance.time = time - timedelta(minutes=self.party.utc_offset)

    def _add(self, kind: str, **values: Value) -> bytes:
        return records.add(self.library, kind, values)

    def _people(self) -> None:
        for name, role in cast.PEOPLE:
            self.people[name] = self._add("person", name=name, role=role, active=1)

    def _places(self) -> None:
        party = self.party
        self._work_as("Manager", datetime(cast.YEAR, 3, 1, 9))
        self.area = self._add(
            "protected_area", name=party.area, country=party.country, designation="Made up", **_outline(party.post)
        )
        common: dict[str, Value] = {"country": party.country, "protected_area": self.area}
        self._add("location", name=f"Post {party.name}", type="post", **_place(*party.post), **common)
        water = self._add(
            "location", name=party.water, type="site", **_place(party.post[0] - 0.03, party.post[1] + 0.02), **common
        )
        for sector in party.sectors:
            self._add("location", name=sector, type="sector", part_of=water, **common)
        for number, site in enumerate(party.sites):
            place = self._add(
                "location",
                name=site.name,
                type="camera_site",
                uncertainty=10,
                **_place(site.latitude, site.longitude),
                **common,
            )
            self.places.append(place)
            self.cameras.append(
                self._add(
                    "camera",
                    name=cards.camera_name(party, number).upper(),
                    make="Demo",
                    model="DrawnCam 1",
                    serial_number=cards.serial_number(party, number),
                )
            )
            self._deployment(number, place)
        for known in cast.INDIVIDUALS:
            code = f"{party.country}-{known.code}"
            self.individuals[known.code] = self._add(
                "individual", code=code, taxon=known.taxon, sex=known.sex, status="alive"
            )

    def _deployment(self, number: int, place: bytes) -> None:
        site = self.party.sites[number]
        start, end = cards.DEPLOYED[number]
        self._work_as("Ranger 1", start)
        deployment = self._add(
            "deployment",
            name=f"{site.name} {start:%Y-%m}",
            location=place,
            camera=self.cameras[number],
            start=_written(start),
            end=_written(end),
            # One camera came from a neighbour and kept that clock.
            utc_offset=self.party.utc_offset + (60 if site.scene == "reeds" else 0),
            set_by=self.people["Ranger 1"],
            height=45,
            heading=(number * 95 + 20) % 360,
            bait=0,
            feature="waterSource" if site.scene in ("river", "reeds") else "trailGame",
            habitat={"forest": "oak forest", "snow": "birch and pine", "river": "gravel bank", "reeds": "reed bed"}[
                site.scene
            ],
        )
        self.deployments.append(deployment)
        if site.scene == "snow":
            add_failure(self.library, deployment, *_days(cast.YEAR, 12, 20, 27), "snow", "Lens covered")
        if site.scene == "river":
            entry: dict[str, str | int | None] = {
                "method": "shift",
                "seconds": -3600,
                "reason": "Clock was an hour fast",
            }
            add_clock_correction(self.library, deployment, entry)

    def _cards(self, scratch: Path, media: int) -> Job[None]:
        """Draw each camera's card, ingest it and say what most pictures show."""
        for number, card in enumerate(cards.shots(self.party, media)):
            if not card:
                continue
            folder = scratch / cards.camera_name(self.party, number)
            for done in cards.write(folder, card):
                yield Progress(done, len(card), _("Drawing pictures"))
            taken_down = cards.DEPLOYED[number][1]
            self._work_as("Ranger 1", taken_down + timedelta(hours=6))
            request = IngestRequest(folder, self.party.sites[number].name, deployment=self.deployments[number])
            yield from ingest(self.library, request)
            self._identify(number, card, taken_down + timedelta(days=2))

    def _identify(self, number: int, card: Sequence[CardShot], time: datetime) -> None:
        """A reviewer names three bursts in five, a machine one, and one still waits."""
        with self.library.read() as db:
            rows = db.conn.execute(
                "SELECT coalesce(folder, '') || '/' || file_name, id FROM media WHERE deployment=? AND deleted=0",
                (self.deployments[number],),
            )
            media = dict(rows.fetchall())
        bursts: dict[int, list[CardShot]] = defaultdict(list)
        for shot in card:
            bursts[shot.burst].append(shot)
        for burst, shots in sorted(bursts.items()):
            ids = [media[one.path] for one in shots]
            subject = shots[0].shot.subject
            self._work_as("Reviewer A", time + timedelta(minutes=burst))
            if burst % 5 < 3:
                individual = self.individuals.get(shots[0].individual)
                identify(self.library, ids, _answer(subject, individual))
                if individual is not None:
                    side = "left_picture" if shots[0].shot.leftwards else "right_picture"
                    self.library.commit([change("individual", individual, {side: ids[0]})], label="edit individual")
            elif burst % 5 == 3:
                self._machine(ids, number, subject)

    def _machine(self, media: Sequence[bytes], number: int, subject: str) -> None:
        answer = _answer(subject, None)
        common: dict[str, Value] = {
            "deployment": self.deployments[number],
            "type": answer.type,
            "taxon": answer.taxon,
            "at": self.library.now_ms(),
            "method": "machine",
            "machine": _MACHINE,
        }
        ops = [
            create("observation", self.library.new_id(), {**common, "media": one, "certainty": 7_800 + place * 400})
            for place, one in enumerate(media)
        ]
        self.library.commit(ops, label="identify")

    def _patrol(self, scratch: Path, number: int, day: datetime, state: str) -> Job[None]:
        """A walk with the handheld, imported, written up and handed on as far as its state says."""
        party = self.party
        rng = random.Random(f"ranger demo patrol {party.key} {number}")
        start = day + timedelta(minutes=rng.randrange(90))
        away = (rng.uniform(-0.02, 0.02), rng.uniform(-0.02, 0.02))
        fixes = tracks.walk(
            rng,
            party.post[0] + away[0],
            party.post[1] + away[1],
            start - timedelta(minutes=party.utc_offset),
            metres=rng.randrange(7_000, 13_000),
        )
        file = scratch / f"patrol-{number + 1:03d}.gpx"
        name = f"{TRAILS[number % len(TRAILS)]} {number // len(TRAILS) + 1} (demo)"
        marked = tracks.finds(rng, fixes, 3 + number % 3)
        file.write_text(tracks.gpx(name, fixes, marked), encoding="utf-8", newline="\n")
        leader, other = ("Ranger 1", "Ranger 2") if number % 2 == 0 else ("Ranger 2", "Ranger 1")
        transport = ("foot", "foot", "ski" if day.month in (12, 1, 2) else "horse")[number % 3]
        # The older ones were typed in when the library began.
        self._work_as(leader, max(start + timedelta(hours=10), datetime(cast.YEAR, 3, 2, 8) + timedelta(hours=number)))
        self._import(file, name, leader, transport)
        patrol = self.patrols[-1]
        with self.library.read() as db:
            record = records.existing(db, "patrol", patrol)
            rows = db.conn.execute("SELECT id, name, at FROM waypoint WHERE patrol=? ORDER BY at, key", (patrol,))
            marks = [row[0] for row in rows.fetchall()]
        crew = (self.people[leader], self.people[other])
        leg = Leg(1, transport, crew[0], crew, MANDATES[number % len(MANDATES)])
        days = [replace(one, rest_minutes=rng.randrange(10, 40, 5)) for one in patrol_days.days(record["days"])]
        legs = [leg]
        if number % 4 == 3 and days[-1].end:  # home by car, with no track of it
            legs.append(Leg(2, "car", crew[1], crew))
            home = datetime.fromisoformat(days[-1].end) + timedelta(minutes=25)
            days.append(Day(2, days[-1].date, days[-1].end, _written(home), 0))
        values: dict[str, Value] = {
            "mandate": leg.mandate,
            "objective": "Walk the game trails and take away what does not belong there.",
            "team": TEAMS[number % len(TEAMS)],
            "station": f"Post {party.name}",
            "armed": number % 2,
            "members": canonical(sorted(one.hex() for one in crew)),
            "legs": patrol_days.legs_text(legs),
            "days": patrol_days.days_text(days),
            "notes": "Made up for the demo.",
        }
        ops = [change("patrol", patrol, values)]
        for mark, find in zip(marks, marked, strict=True):
            ops += finds.write_up(rng, find.kind, patrol, mark, crew[0], self.library.new_id)
        self.library.commit(ops, label="edit patrol")
        if number and number % 4 == 0:
            yield from self._photos(scratch, number)
        self._hand_on(patrol, leader, state, self._now() + timedelta(hours=14))

    def _import(self, file: Path, name: str, leader: str, transport: str) -> None:
        offset = self.party.utc_offset
        made = import_patrol(self.library, file, leader=leader, transport=transport, utc_offset=offset, name=name)
        self.patrols.append(made.patrol)

    def _now(self) -> datetime:
        """The station's clock."""
        return self.chance.time + timedelta(minutes=self.party.utc_offset)

    def _photos(self, scratch: Path, number: int) -> Job[None]:
        """Two drawn pictures of the newest patrol, shown at its first marks."""
        patrol, party = self.patrols[-1], self.party
        with self.library.read() as db:
            rows = db.conn.execute(
                "SELECT w.id, s.id, w.at FROM waypoint AS w JOIN sighting AS s ON s.waypoint = w.id"
                " WHERE w.patrol = ? AND s.number = 1 ORDER BY w.at LIMIT 2",
                (patrol,),
            ).fetchall()
        for nth, (waypoint, find, at) in enumerate(rows):
            time = datetime(1970, 1, 1) + timedelta(milliseconds=at, minutes=party.utc_offset)
            scene = party.sites[nth].scene
            shot = Shot(f"{party.key}-hand", f"DEMO-{party.country}-hand", scene, time, False, "blank", number=nth + 1)
            file = scratch / f"photo-{number + 1:03d}-{nth + 1}.jpg"
            file.write_bytes(drawing.draw(shot))
            yield from patrol_photos.attach(self.library, patrol, [file], waypoint=waypoint, find=find)

    def _hand_on(self, patrol: bytes, leader: str, state: str, time: datetime) -> None:
        """Submitted by the leader, then approved or returned by the manager."""
        if state == "draft":
            return
        self._work_as(leader, time)
        patrol_state.submit(self.library, patrol)
        self._work_as("Manager", time + timedelta(days=2))
        if state == "approved":
            patrol_state.approve(self.library, patrol)
        elif state == "returned":
            patrol_state.send_back(self.library, patrol, "Please add where the net was taken to.")

    def _surveys(self, scratch: Path, counts: int) -> None:
        """Surveys of 20 counts each over up to six years, taken from tables as a colleague would send them."""
        party = self.party
        surveys, seasons = -(-counts // 20), len(birds.SEASONS)
        years = min(_YEARS, -(-surveys // seasons))
        for number in range(surveys):
            rng = random.Random(f"ranger demo survey {party.key} {number}")
            year = cast.YEAR - years + 1 + number // seasons % _YEARS
            nth = number % seasons + number // (seasons * _YEARS) * seasons
            rows = birds.survey(rng, party.water, party.sectors, nth, min(20, counts - number * 20), year)
            file = scratch / f"counts-{number + 1:03d}.csv"
            file.write_text(birds.as_csv(rows), encoding="utf-8", newline="\n")
            self._work_as("Observer A", datetime.fromisoformat(f"{rows[0].date}T17:00:00"))
            survey = import_surveys(self.library, file).surveys[0]
            season = birds.SEASONS[number % len(birds.SEASONS)][0]
            weather, wind, ice = _WEATHER[season]
            values: dict[str, Value] = {
                "season": season,
                "method": "telescope",
                "coverage": 90,
                "weather": weather,
                "wind": wind,
                "ice": ice,
                "disturbance": "none",
                "complete": 1,
            }
            if season == "wintering":
                values["coordinated"] = f"January count {rows[0].date[:4]} (demo)"
            self.library.commit([change("survey", survey, values)], label="edit survey")

    def _samples_and_notes(self) -> None:
        """A scat and a hair sample with their hand-overs, and two notes."""
        self._work_as("Ranger 2", datetime(cast.YEAR, 11, 12, 15))
        place = _place(self.party.post[0] + 0.01, self.party.post[1] - 0.01)
        for number, (kind, taxon) in enumerate((("scat", "Panthera tigris"), ("hair", "Panthera pardus")), start=1):
            sample = self._add(
                "sample",
                code=f"{self.party.country}-S{number:02d} (demo)",
                type=kind,
                date=f"{cast.YEAR}-11-{11 + number}",
                collected_by=self.people["Ranger 2"],
                patrol=self.patrols[0] if self.patrols else None,
                result_taxon=taxon if number == 1 else None,
                **place,
            )
            self._add(
                "hand_over",
                sample=sample,
                at=f"{cast.YEAR}-11-14T10:00:00",
                utc_offset=self.party.utc_offset,
                given_by="Ranger 2",
                taken_by="Exchange officer",
                condition="good",
                remarks="Dry, on ice",
            )
        about: list[tuple[str, bytes, str]] = [
            ("deployment", self.deployments[1], "Snow was half a metre deep. Hang it higher next year.")
        ]
        if self.patrols:
            about.append(("patrol", self.patrols[0], "The stream was too high to cross at the usual place."))
        for kind, record, text in about:
            self._add(
                "note", about_kind=kind, about=record, text=text, by=self.library.person, at=self.library.now_ms()
            )


def _days_of_patrols(count: int) -> list[datetime]:
    """When patrols set out, local time, in order."""
    found = []
    for number in range(count):
        year, month = _MONTHS[number % len(_MONTHS)]
        found.append(datetime(cast.YEAR + year, month, 3 + (number * 7 + number // len(_MONTHS)) % 24, 8))
    return sorted(found)


def _answer(subject: str, individual: bytes | None) -> Answer:
    if subject in cast.TAXA:
        return Answer("animal", cast.TAXA[subject], 1, individual)
    return Answer("human" if subject == "person" else subject, None, 1 if subject == "person" else None)


def _place(latitude: float, longitude: float) -> dict[str, Value]:
    return {"latitude": round(latitude * 10_000_000), "longitude": round(longitude * 10_000_000)}


def _outline(post: tuple[float, float]) -> dict[str, Value]:
    """A made-up border around a post, as a GeoJSON polygon."""
    corners = ((-0.05, -0.06), (-0.06, 0.03), (-0.01, 0.07), (0.05, 0.05), (0.06, -0.02), (0.02, -0.07))
    ring = [[round(post[1] + east, 4), round(post[0] + north, 4)] for north, east in corners]
    outline = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    return {"outline": json.dumps(outline, separators=(",", ":")), "outline_source": "Made up for the demo"}


def _written(time: datetime) -> str:
    return time.isoformat(timespec="seconds")


def _days(year: int, month: int, first: int, last: int) -> tuple[str, str]:
    return _written(datetime(year, month, first)), _written(datetime(year, month, last, 12))
