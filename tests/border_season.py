"""A small season of known animals on both sides of a border, of which every figure is worked out by hand.

Two months of six stations, in this order S1 to S6; distances are to the shipped reference border:

    S1 West    CN 8.0 km      S3 East     RU  3.2 km      S5 Remote   RU 37.1 km, not taken down: no effort
    S2 Wide    CN 6.0 km      S4 Field    RU 16.2 km      S6 On it    CN 182 m: nearer than the border is sure

Tiger T-1 is also C-9 in a second catalogue and walked West - East - West - Wide: two crossings.
"""

from __future__ import annotations

from dataclasses import dataclass

from ranger_app.actions import records
from ranger_app.domain.ops import create
from ranger_app.library import Library

TIGER, LEOPARD, DEER, BOAR = "Panthera tigris", "Panthera pardus", "Cervus nippon", "Sus scrofa"
PLACES = {
    "West": (430_000_000, 1_310_000_000),
    "Wide": (429_000_000, 1_307_000_000),
    "East": (430_000_000, 1_311_500_000),
    "Field": (431_000_000, 1_314_000_000),
    "Remote": (432_000_000, 1_317_000_000),
    "On it": (430_000_000, 1_311_080_000),
}
NIGHTS = 60.0


@dataclass
class Season:
    """Ids by name: deployments by the name of their station, animals by code."""

    library: Library
    deployments: dict[str, bytes]
    animals: dict[str, bytes]

    def see(self, station: str, time: str, taxon: str | None = TIGER, code: str = "", **more: object) -> bytes:
        """One picture with one statement by a person; returns the observation."""
        media, seen = self.library.new_id(), self.library.new_id()
        deployment = self.deployments[station]
        said = {"media": media, "deployment": deployment, "type": "animal", "taxon": taxon, "method": "human"}
        said |= {"individual": self.animals[code]} if code else {}
        values = {name: value for name, value in (said | more).items() if value is not None}
        self.library.commit(
            [
                create("media", media, {"deployment": deployment, "camera_time": f"2014-{time}"}),
                create("observation", seen, values),
            ],
            label="seen",
        )
        return seen


def make(library: Library) -> Season:
    """The season in a new library at UTC+10."""
    season = Season(library, {}, {})
    for name, (latitude, longitude) in PLACES.items():
        at = {"name": name, "latitude": latitude, "longitude": longitude, "uncertainty": 0}
        location = records.add(library, "location", at)
        dates = {"start": "2014-01-01T00:00:00", "end": "2014-03-02T00:00:00"}
        if name == "Remote":
            del dates["end"]
        fields = {"name": f"{name} 1", "location": location, "utc_offset": 600, **dates}
        season.deployments[name] = records.add(library, "deployment", fields)
    _animals(season)
    see = season.see
    see("West", "01-05T22:00:00", code="T-1", flank="left")
    see("East", "01-10T08:00:00", code="T-1", flank="right")
    see("East", "01-10T08:10:00", code="T-1", flank="left")  # the same event
    see("West", "02-01T05:00:00", code="C-9")
    see("Wide", "02-20T05:00:00", code="T-1", flank="right")
    see("East", "01-20T01:00:00", code="T-2", flank="left")
    see("Field", "01-25T01:00:00", code="T-2")
    see("On it", "02-10T01:00:00", code="T-2", flank="left")
    see("Field", "02-12T01:00:00", code="T-2", flank="left")
    see("East", "01-10T08:00:30", code="T-3")
    see("Field", "02-25T03:00:00", code="T-3", sureness="probable")
    see("Remote", "02-01T03:00:00", code="T-5")
    see("Wide", "02-15T03:00:00", taxon=LEOPARD, code="L-1")
    see("East", "02-27T03:00:00")  # a tiger that nobody knows
    for hour in (1, 5, 9):
        see("East", f"01-15T{hour:02d}:00:00", DEER)
    see("East", "01-15T01:29:59", DEER)  # the event of one o'clock
    see("West", "01-16T01:00:00", BOAR)
    for hour in (10, 12):
        see("East", f"01-17T{hour}:00:00", None, type="human")
    see("Field", "01-18T12:00:00", None, type="vehicle")
    for day in (3, 4):
        see("West", f"02-{day:02d}T12:00:00", "Bos taurus")
    see("West", "02-05T12:00:00", "Canis familiaris")
    see("Remote", "02-06T12:00:00", DEER)
    return season


def _animals(season: Season) -> None:
    known = season.animals
    for code, taxon, more in (
        ("T-1", TIGER, {"sex": "female", "name": "Borisovna"}),
        ("C-9", TIGER, {"sex": "female"}),
        ("T-2", TIGER, {"sex": "male", "status": "dead", "status_since": "2014-05-01"}),
        ("T-3", TIGER, {"mother": "C-9", "birth_season": "2013"}),
        ("T-4", TIGER, {"mother": "T-1", "birth_season": "2013", "sex": "female"}),
        ("T-5", TIGER, {"sex": "male"}),
        ("L-1", LEOPARD, {}),
    ):
        values = {"code": code, "taxon": taxon, **more}
        if "mother" in values:
            values["mother"] = known[str(values["mother"])]  # type: ignore[assignment]
        known[code] = records.add(season.library, "individual", values)  # type: ignore[arg-type]
    said = {"one": known["T-1"], "other": known["C-9"], "answer": "same"}
    season.library.commit([create("same_animal", season.library.new_id(), said)], label="joined")
