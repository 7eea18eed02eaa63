"""A study of known truth, shaped like the published one of 2013-2015: 45 tigers of which 19 on both sides, 89 leopards
of which 15, some crossing ten times, two leopards 30 and 24 km inside the other country.

Split over a station in China and one in Russia: whatever is seen by a camera is recorded by the station that keeps it,
under its own code. Sides and distances come from ``by_hand``; the table is worked out from the meetings alone.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from ranger_app import jobs
from ranger_app.actions import partners, records, same_animal
from ranger_app.actions.bundle_read import read_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.domain.ops import Op, create
from ranger_app.library import Library
from ranger_app.sync.cards import confirmation_digits
from tests.individuals import by_hand

TIGER, LEOPARD = "Panthera tigris", "Panthera pardus"
STATIONS = {"CN": ("Hunchun", 480), "RU": ("Khasan", 600), "KP": ("Rason", 540)}
SIZES = {TIGER: (19, 11, 15), LEOPARD: (15, 24, 50)}
"""Animals on both sides, only in China, only in Russia."""
FAR = {"Leo 81M": 30, "Leo 9F": 24}
"""Kilometres into China."""
BEGIN = datetime(2013, 8, 1)
_EPOCH = datetime(1970, 1, 1)

Key = tuple[str, str]
"""Country of a catalogue and code in it."""


@dataclass(frozen=True, slots=True)
class Site:
    """A station of cameras and what is true of its place."""

    country: str
    latitude: float
    longitude: float
    metres: float
    near: bool
    location: bytes
    deployment: bytes


@dataclass(frozen=True, slots=True)
class Record:
    """An animal of one catalogue."""

    id: bytes
    taxon: str
    sex: str = "unknown"
    status: str = "alive"
    since: str = ""
    left_only: bool = False


@dataclass(frozen=True, slots=True)
class Meeting:
    """One encounter: UTC seconds, where, under which record, and whether the person was certain."""

    at: int
    site: Site
    key: Key
    certain: bool = True


@dataclass
class Truth:
    """Everything that is so. ``groups`` are the records that are one animal, each animal once."""

    sites: list[Site] = field(default_factory=list)
    records: dict[Key, Record] = field(default_factory=dict)
    meetings: list[Meeting] = field(default_factory=list)
    groups: list[tuple[Key, ...]] = field(default_factory=list)
    wrong: list[tuple[Key, Key]] = field(default_factory=list)
    """Pairs that both stations take for one at first."""
    waiting: list[tuple[Key, Key]] = field(default_factory=list)
    """Pairs of which China says "same" and Russia nothing."""

    def rows(self, groups: Iterable[tuple[Key, ...]] | None = None) -> dict[str, dict[str, str]]:
        """The known table: what stands in each column of the CSV, by the codes of the animal."""
        return dict(self._row(one) for one in (self.groups if groups is None else groups))

    def _row(self, group: Sequence[Key]) -> tuple[str, dict[str, str]]:
        met = sorted((one for one in self.meetings if one.key in group), key=lambda one: one.at)
        sure = [one for one in met if one.certain and not one.site.near]
        sides: dict[int, set[str]] = {}
        for one in sure:
            sides.setdefault(one.at, set()).add(one.site.country)
        proving = [one for one in sure if len(sides[one.at]) == 1]
        codes = " = ".join(f"{country} {code}" for country, code in sorted(group))
        known = [self.records[key] for key in group]
        sexes = {one.sex for one in known} - {"unknown"}
        row = {
            "animal": codes,
            "scientific_name": known[0].taxon,
            "sex": sexes.pop().title() if sexes else "",
            "status": "Dead" if any(one.status == "dead" for one in known) else "Alive",
            "encounters": str(len(met)),
            "crossings": str(by_hand.crossings([(one.at, one.site.country) for one in sure])),
            "both_sides": str(int(len({one.site.country for one in proving}) > 1)),
            "apart_km": str(round(by_hand.apart((one.site.latitude, one.site.longitude) for one in proving) / 1000)),
            "first": _local(met[0])[:10],
            "last": _local(met[-1])[:10],
            "months": str(len({_local(one)[:7] for one in met})),
            "days": str((met[-1].at - met[0].at) // 86_400),
            "proving_no_side": str(len(met) - len(proving)),
            "identity": str(sum(not one.certain for one in met)),
            "border": str(sum(one.certain and one.site.near for one in met)),
            "tie": str(len(sure) - len(proving)),
            "cell": "0",
            "place": "0",
        }
        for country in ("CN", "RU"):
            there = [one for one in proving if one.site.country == country]
            row[f"encounters_{country.lower()}"] = str(len(there))
            row[f"months_{country.lower()}"] = str(len({_local(one)[:7] for one in there}))
            far = str(round(max(one.site.metres for one in there) / 1000)) if there else ""
            row[f"farthest_km_{country.lower()}"] = far
        return codes, row


def _local(one: Meeting) -> str:
    return (_EPOCH + timedelta(seconds=one.at + STATIONS[one.site.country][1] * 60)).isoformat()


def truth() -> Truth:
    """The whole study, the same every time."""
    rng = random.Random("a study of known truth")
    made = Truth(_sites(rng))
    for taxon, (both, china, russia) in SIZES.items():
        word = "T" if taxon == TIGER else "Leo"
        for number in range(both):
            _two_sided(made, rng, taxon, word, number)
        for number in range(china):
            _one_sided(made, rng, taxon, ("CN", f"HC {word}-{number + 50}"))
        for number in range(russia):
            _one_sided(made, rng, taxon, ("RU", f"{word} {number + 50}"))
    _oddities(made, rng)
    return made


def _sites(rng: random.Random) -> list[Site]:
    """28 places a side well away from the line, two within 400 m of it, and the two far inside China."""
    wanted = {
        ("CN", "usual"): 28,
        ("RU", "usual"): 28,
        ("CN", "near"): 1,
        ("RU", "near"): 1,
        ("CN", 30): 1,
        ("CN", 24): 1,
    }
    found: list[Site] = []
    while any(wanted.values()):
        latitude, longitude = round(rng.uniform(42.6, 43.45), 5), round(rng.uniform(130.3, 131.5), 5)
        if wanted["CN", "near"] or wanted["RU", "near"]:
            corner = rng.choice([one for one in by_hand.corners() if 42.7 < one[0] < 43.4 and 130.3 < one[1] < 131.5])
            latitude, longitude = round(corner[0] + rng.uniform(-3e-3, 3e-3), 5), round(corner[1], 5)
        ground = by_hand.ground(latitude, longitude)
        km = ground.metres / 1000
        if ground.country not in ("CN", "RU") or abs(km % 1 - 0.5) < 0.02:
            continue
        kind = "near" if 0.05 < km < 0.4 else "usual" if 2 < km < 20 else round(km)
        if wanted.get((ground.country, kind), 0):
            wanted[ground.country, kind] -= 1
            ids = rng.randbytes(16), rng.randbytes(16)
            found.append(Site(ground.country, latitude, longitude, ground.metres, kind == "near", *ids))
    return found


def _two_sided(made: Truth, rng: random.Random, taxon: str, word: str, number: int) -> None:
    """An animal on both sides: one to ten crossings, a record in each catalogue, some with a second one in Russia."""
    far = {0: "Leo 81M", 1: "Leo 9F"}.get(number, "") if taxon == LEOPARD else ""
    sex = rng.choice(("female", "male", "unknown"))
    keys = {"CN": [("CN", f"HC {word}-{number + 1}")], "RU": [("RU", far or f"{word} {number + 1}")]}
    if number % 6 == 5:
        keys["RU"].append(("RU", f"{word} {number + 1} bis"))
    dead = taxon == TIGER and number == 3
    for country, of in keys.items():
        for key in of:
            told = sex if country == "RU" else rng.choice((sex, "unknown"))
            gone = dead and country == "RU"
            made.records[key] = Record(
                rng.randbytes(16), taxon, told, "dead" if gone else "alive", "2016-02-01" if gone else ""
            )
    runs = [country for n in range(number % 10 + 2) for country in [("RU", "CN")[n % 2]] * rng.randint(1, 2)]
    usual = {country: _usual(made, rng, country) for country in ("CN", "RU")}
    for n, at in enumerate(_moments(rng, len(runs))):
        site = rng.choice(usual[runs[n]])
        if (
            far
            and runs[n] == "CN"
            and "RU" in runs[:n]
            and not any(one.site in _far(made, far) for one in made.meetings)
        ):
            site = _far(made, far)[0]
        # A record is met at least once: the first ones take turns.
        of = keys[runs[n]]
        made.meetings.append(Meeting(at, site, of[n // 2 % len(of)] if n < 6 else rng.choice(of)))
    made.groups.append(tuple(key for of in keys.values() for key in of if any(one.key == key for one in made.meetings)))


def _one_sided(made: Truth, rng: random.Random, taxon: str, key: Key) -> None:
    left_only = rng.random() < 0.2
    made.records[key] = Record(rng.randbytes(16), taxon, "unknown", left_only=left_only)
    usual = _usual(made, rng, key[0])
    made.meetings += [Meeting(at, rng.choice(usual), key) for at in _moments(rng, rng.randint(1, 7))]
    made.groups.append((key,))


def _oddities(made: Truth, rng: random.Random) -> None:
    """What proves no side, aliases in one catalogue, pairs taken for one by mistake, a pair that waits."""
    alone = {
        (country, taxon): [one for one in made.groups if len(one) == 1 and one[0][0] == country
                           and made.records[one[0]].taxon == taxon]
        for country in ("CN", "RU") for taxon in SIZES
    }  # fmt: skip
    near = {country: [one for one in made.sites if one.near and one.country == country] for country in ("CN", "RU")}
    usual = {country: _usual(made, rng, country) for country in ("CN", "RU")}
    later = int((datetime(2015, 8, 1) - _EPOCH).total_seconds())
    for number in range(4):  # perhaps met on the other side, and met on the line itself
        key = alone["RU", LEOPARD][number][0]
        made.meetings.append(Meeting(later + number * 86_400, usual["CN"][0], key, certain=False))
        made.meetings.append(Meeting(later + number * 86_400 + 7_200, near["CN"][0], key))
    for number in range(2):  # in both countries in one second
        key = alone["RU", TIGER][number][0]
        made.meetings.append(Meeting(later + number, usual["CN"][1], key))
        made.meetings.append(Meeting(later + number, usual["RU"][1], key))
    for country, taxon, number in (("RU", LEOPARD, 10), ("RU", LEOPARD, 11), ("CN", TIGER, 5)):  # two codes, one animal
        (key,) = alone[country, taxon][number]
        other = (country, f"{key[1]} old")
        made.records[other] = Record(rng.randbytes(16), taxon)
        made.meetings.append(Meeting(later + 86_400 * 9, usual[country][2], other))
        made.groups[made.groups.index((key,))] = (key, other)
    made.wrong = [
        (alone["CN", LEOPARD][1][0], alone["RU", LEOPARD][20][0]),
        (alone["CN", LEOPARD][2][0], alone["RU", LEOPARD][21][0]),
        (alone["CN", TIGER][1][0], alone["RU", TIGER][5][0]),
    ]
    made.waiting = [(alone["CN", TIGER][2][0], alone["RU", TIGER][6][0])]


def _usual(made: Truth, rng: random.Random, country: str) -> list[Site]:
    """Four places that one animal keeps to."""
    return rng.sample([one for one in made.sites if one.country == country and 2_000 < one.metres < 20_000], 4)


def _far(made: Truth, code: str) -> list[Site]:
    return [one for one in made.sites if one.country == "CN" and round(one.metres / 1000) == FAR[code]]


def _moments(rng: random.Random, number: int) -> list[int]:
    """UTC seconds on different days of two years, in order."""
    begin = int((BEGIN - _EPOCH).total_seconds())
    return [begin + day * 86_400 + rng.randrange(7_200, 79_200) for day in sorted(rng.sample(range(720), number))]


# ---------------------------------------------------------------- libraries


class Study:
    """The three libraries, their sticks, and what is true."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.truth = truth()
        self.stations: dict[str, Library] = {}
        self._sticks = 0
        for country, (name, offset) in STATIONS.items():
            library = Library.create(folder / name, name=name, country=country, utc_offset=offset)
            self.stations[country] = library
            library.person = records.add(library, "person", {"name": f"Manager {country}", "role": "manager"})
        # Rason is not cleared: what leaves to it leaves under the rule "standard".
        for one, other, given, back in (("CN", "RU", "full", "full"), ("CN", "KP", "standard", "full"),
                                        ("RU", "KP", "standard", "full")):  # fmt: skip
            self._pair(one, other, given, back)
        for country in ("CN", "RU"):
            self._fill(country)
        pairs = [pair for group in self.truth.groups for pair in pairwise(group)] + self.truth.wrong
        for country in ("CN", "RU"):
            told = [pair for pair in pairs if country in (pair[0][0], pair[1][0])]
            waiting = self.truth.waiting if country == "CN" else []
            ops = [self._words(country, *pair) for pair in told + waiting]
            self[country].commit(ops, label="say")

    def close(self) -> None:
        for library in self.stations.values():
            library.close()

    def __getitem__(self, country: str) -> Library:
        return self.stations[country]

    def id(self, key: Key) -> bytes:
        return self.truth.records[key].id

    def say(self, country: str, one: Key, other: Key, answer: str) -> None:
        """One station's first word on a pair."""
        self[country].commit([self._words(country, one, other, answer)], label="say")

    def change_mind(self, country: str, one: Key, other: Key) -> None:
        """A station says "different" where it said "same"."""
        same_animal.say(self[country], self.id(one), self.id(other), "different")

    def _words(self, country: str, one: Key, other: Key, answer: str = "same") -> Op:
        # As a record, because the partner's animal may not have arrived yet.
        library = self[country]
        words = {"one": self.id(one), "other": self.id(other), "answer": answer, "at": library.now_ms()}
        return create("same_animal", library.new_id(), words)

    def take_back(self, country: str, one: Key, other: Key) -> None:
        same_animal.take_back(self[country], self.id(one), self.id(other))

    def exchange(self, *ways: tuple[str, str]) -> None:
        """A bundle each way."""
        for sender, receiver in ways:
            self._sticks += 1
            stick = self.folder / f"stick-{self._sticks}"
            jobs.run(write_bundle(self[sender], WriteRequest(stick, (self[receiver].station.id,), "none")))
            jobs.run(read_bundles(self[receiver], stick))

    def _pair(self, one: str, other: str, given: str, back: str) -> None:
        digits = confirmation_digits(self[one].station.id, self[other].station.id)
        for mine, yours, clearance in ((one, other, given), (other, one, back)):
            card = partners.write_card(self[yours], self.folder / f"{yours}.json")
            partners.add_partner(self[mine], card, confirm=digits, clearance=clearance)

    def _fill(self, country: str) -> None:
        """All that one station records: its places, its catalogue, and what its cameras saw."""
        rng = random.Random(f"records of {country}")
        offset = STATIONS[country][1]
        ops: list[Op] = []
        for number, site in enumerate(one for one in self.truth.sites if one.country == country):
            at = {"latitude": round(site.latitude * 1e7), "longitude": round(site.longitude * 1e7), "uncertainty": 5}
            ops.append(create("location", site.location, {"name": f"{country} ridge {number}", **at}))
            stood = {"start": "2013-07-01T00:00:00", "end": None if number == 7 else "2015-12-31T00:00:00"}
            values = {"name": f"{country} camera {number}", "location": site.location, "utc_offset": offset, **stood}
            ops.append(create("deployment", site.deployment, values))
        for (keeper, code), one in self.truth.records.items():
            if keeper == country:
                values = {"code": code, "taxon": one.taxon, "sex": one.sex, "status": one.status}
                ops.append(create("individual", one.id, values | {"status_since": one.since or None}))
        for met in self.truth.meetings:
            if met.site.country != country:
                continue
            record = self.truth.records[met.key]
            for picture in range(rng.randint(1, 2)):
                media, time = rng.randbytes(16), datetime.fromisoformat(_local(met)) + timedelta(minutes=5 * picture)
                ops.append(create("media", media, {"deployment": met.site.deployment, "camera_time": time.isoformat()}))
                said = {
                    "media": media, "deployment": met.site.deployment, "type": "animal", "taxon": record.taxon,
                    "individual": record.id, "method": "human", "sureness": None if met.certain else "possible",
                    "flank": "left" if record.left_only else rng.choice(("left", "right")),
                }  # fmt: skip
                ops.append(create("observation", rng.randbytes(16), said))
        # An animal that nobody named, and a person on an event of two pictures: neither is an encounter of anybody.
        site = next(one for one in self.truth.sites if one.country == country)
        seen = [rng.randbytes(16) for _n in range(2)]
        time = {"camera_time": "2014-01-05T10:00:00"}
        ops += [create("media", one, {"deployment": site.deployment, **time}) for one in seen]
        unnamed = {"media": seen[0], "deployment": site.deployment, "type": "animal", "taxon": TIGER, "method": "human"}
        ops.append(create("observation", rng.randbytes(16), unnamed))
        pictures = json.dumps([one.hex() for one in seen])
        event = {"pictures": pictures, "deployment": site.deployment, "type": "human", "method": "human"}
        ops.append(create("observation", rng.randbytes(16), event))
        for start in range(0, len(ops), 1_500):
            self[country].commit(ops[start : start + 1_500], label="season")
