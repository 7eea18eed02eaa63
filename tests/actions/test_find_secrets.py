"""Places and species of finds, samples and health events that other records of the same place would give away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from math import nan
from pathlib import Path

import pytest

from ranger_app.actions.sharing_view import View, precision_in
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import Op, change, create
from ranger_app.domain.sharing import FULL, STANDARD, Rule
from ranger_app.geo.tracks import pack
from ranger_app.geo.way import Way
from ranger_app.library import Library
from tests.station import Station

NOW = 1_700_000_000_000
TIGER, LEOPARD = "Panthera tigris", "Panthera pardus"
PLACES = replace(STANDARD, tracks=True)
"""Places by sensitivity as a standard partner gets them, with waypoints."""
NO_LEOPARDS = replace(FULL, species=frozenset({LEOPARD}))
ONE_AREA = replace(FULL, areas=frozenset({"11" * 16}))
HERE: dict[str, Value] = {"latitude": 430_000_000, "longitude": 1_310_000_000}
DAY: dict[str, Value] = {"date": "2023-01-01"}
P, W, F, S, S2, H, ANIMAL, M, SAID = (bytes([one]) * 16 for one in b"pwfsthimo")
PATROL = create("patrol", P, {"name": "P", **DAY})
WAYPOINT = create("waypoint", W, {"patrol": P, **HERE})


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "a", name="A", country="RU", utc_offset=600, clock=lambda: NOW) as made:
        yield made


def told(library: Library, rule: Rule, kind: str, record: bytes) -> str:
    with library.read() as db:
        groups = View(db, rule, NOW).records(kind, [record])[record]
    return precision_in(groups) if groups else "gone"


def find(**more: Value) -> Op:
    return create("sighting", F, {"patrol": P, "waypoint": W, "category": "animals.scat.", **more})


def sample(**more: Value) -> Op:
    return create("sample", S, {"code": "1", "type": "scat", **more})


def attributes(*values: str) -> str:
    return json.dumps([{"key": f"species{n}", "value": one} for n, one in enumerate(values)], separators=(",", ":"))


INDIVIDUAL = create("individual", ANIMAL, {"name": "T1", "taxon": TIGER})
SENSITIVE = {
    "result of a sample without a place": [sample(waypoint=W, result_taxon=TIGER)],
    "individual of a sample": [INDIVIDUAL, sample(individual=ANIMAL, **HERE)],
    "individual of a case": [INDIVIDUAL, create("health_event", H, {"name": "x", "individual": ANIMAL, **DAY, **HERE})],
    "others near a case": [
        create("health_event", H, {"name": "x", "taxon": "Sus scrofa", "others_near": f"wolf, {TIGER}", **DAY, **HERE})
    ],
    "sample nobody has looked at": [sample(waypoint=W)],
    "sample of a find": [find(), sample(sighting=F, result_taxon=TIGER)],
    "part of a sample": [
        sample(result_taxon=TIGER),
        create("sample", S2, {"code": "2", "type": "scat", "part_of": S, "waypoint": W, "result_taxon": "Sus scrofa"}),
    ],
    "category of a find": [find(category="wildlife.pantheratigris.")],
    "second species of a find": [find(taxon="Cervus nippon", attributes=attributes("Cervus nippon", TIGER))],
    "photo at the waypoint": [
        create("media", M, {"patrol": P, "waypoint": W, "sha256": "a" * 64}),
        create("observation", SAID, {"media": M, "type": "animal", "taxon": TIGER, "method": "human"}),
    ],
    "photo of the find": [
        find(),
        create("media", M, {"patrol": P, "sighting": F, "sha256": "a" * 64}),
        create("observation", SAID, {"pictures": json.dumps([M.hex()]), "type": "animal", "taxon": TIGER}),
    ],
    "photo with its own place": [
        create("media", M, {"patrol": P, "sha256": "a" * 64, **HERE}),
        create("observation", SAID, {"media": M, "type": "animal", "taxon": TIGER, "method": "human"}),
    ],
    "photo nobody has looked at": [create("media", M, {"patrol": P, "waypoint": W, "sha256": "a" * 64})],
    "word of a device": [change("waypoint", W, {"category": TIGER})],
}


@pytest.mark.parametrize("case", SENSITIVE)
def test_a_waypoint_is_as_sensitive_as_all_that_is_told_of_it(library: Library, case: str) -> None:
    library.commit([PATROL, WAYPOINT], label="test")
    assert told(library, PLACES, "waypoint", W) == "exact"
    library.commit(SENSITIVE[case], label="test")
    assert told(library, PLACES, "waypoint", W) == "withheld"


def test_a_species_that_is_withheld_takes_along_what_hangs_on_it(library: Library) -> None:
    library.commit(
        [
            PATROL,
            WAYPOINT,
            find(taxon=LEOPARD),
            create("media", M, {"patrol": P, "waypoint": W, "sha256": "a" * 64, "file_name": "leopard.jpg"}),
            create("observation", SAID, {"media": M, "type": "blank", "method": "human"}),
            sample(sighting=F),
            create("sample", S2, {"code": "1a", "type": "scat", "part_of": S}),
            create("observation", ANIMAL, {"sample": S, "type": "animal"}),
        ],
        label="test",
    )
    for kind, record in (("media", M), ("sample", S), ("sample", S2), ("observation", ANIMAL), ("sighting", F)):
        assert told(library, FULL, kind, record) == "exact"
        assert told(library, NO_LEOPARDS, kind, record) == "gone"


def test_a_deleted_sample_is_still_of_its_species(library: Library) -> None:
    library.commit([sample(result_taxon=LEOPARD, **HERE)], label="test")
    library.commit([change("sample", S, {"deleted": 1})], label="test")
    assert told(library, NO_LEOPARDS, "sample", S) == "gone"
    assert told(library, PLACES, "sample", S) == "withheld"


def test_a_sample_known_by_its_waypoint_or_patrol_alone_lies_in_no_area(library: Library) -> None:
    library.commit(
        [PATROL, WAYPOINT, sample(waypoint=W), create("sample", S2, {"code": "2", "type": "hair", "patrol": P})],
        label="test",
    )
    assert told(library, ONE_AREA, "sample", S) == told(library, ONE_AREA, "sample", S2) == "gone"


def test_an_embargo_holds_for_a_hand_over_of_an_old_sample(library: Library) -> None:
    over: dict[str, Value] = {"sample": S, "given_by": "a", "taken_by": "b", "utc_offset": 600}
    library.commit(
        [
            sample(date="2020-01-01"),
            create("hand_over", F, {**over, "at": "2023-11-14T10:00:00"}),
            create("hand_over", H, {**over, "at": "2020-02-01T10:00:00"}),
        ],
        label="test",
    )
    rule = replace(FULL, embargo_days=30)
    assert told(library, rule, "hand_over", F) == "gone"
    assert told(library, rule, "hand_over", H) == "exact"


LIES = {
    "result": ([sample(waypoint=W, result_taxon=TIGER)], change("sample", S, {"result_taxon": "Sus scrofa"})),
    "sample led elsewhere": (
        [sample(waypoint=W, result_taxon=TIGER)],
        change("sample", S, {"waypoint": None, "result_taxon": "Sus scrofa"}),
    ),
    "individual": (
        [INDIVIDUAL, sample(individual=ANIMAL, waypoint=W)],
        change("individual", ANIMAL, {"taxon": "Sus scrofa"}),
    ),
    "category": ([find(category="wildlife.pantheratigris.")], change("sighting", F, {"category": "camp."})),
    "attributes": ([find(attributes=attributes(TIGER))], change("sighting", F, {"attributes": None})),
    "photo at the waypoint": (
        [
            create("media", M, {"patrol": P, "waypoint": W, "sha256": "a" * 64}),
            create("observation", SAID, {"media": M, "type": "animal", "taxon": TIGER, "method": "human"}),
        ],
        change("observation", SAID, {"taxon": "Sus scrofa"}),
    ),
    "others near": (
        [create("health_event", H, {"name": "x", "others_near": TIGER, **DAY, **HERE})],
        change("health_event", H, {"others_near": None}),
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_partner_does_not_open_a_waypoint_by_correcting(lie: str) -> None:
    ours, theirs = Station("find-ours"), Station("find-theirs", 1_700_000_500_000_000)
    ours.db.conn.execute("INSERT INTO setting VALUES ('station.id', ?)", (ours.keys.station.hex(),))
    said, correction = LIES[lie]
    theirs.read([ours.commit(PATROL, WAYPOINT, *said)])

    def place() -> str:
        return precision_in(View(ours.db, PLACES, NOW).records("waypoint", [W])[W])

    assert place() == "withheld"
    ours.read([theirs.commit(correction)])
    assert place() == "withheld"
    ours.commit(correction)
    assert place() == "exact"


@pytest.mark.parametrize(("east", "leaves"), [(0.0, False), (0.003, True)])
def test_a_track_of_few_fixes_passes_what_lies_between_them(library: Library, east: float, leaves: bool) -> None:
    way = Way()
    for north in (42.98, 43.01):
        way.add(north, 131.0 + east, nan, nan, 0)
    track = create("track", H, {"patrol": P, "points": pack(way, [0] * len(way)), "point_count": 2})
    library.commit([PATROL, WAYPOINT, find(taxon=TIGER), track], label="test")
    with library.read() as db:
        assert ("track" in View(db, PLACES, NOW).records("track", [H])[H]) == leaves


@pytest.mark.parametrize("taxon", [TIGER, None])
def test_a_track_does_not_leave_that_places_a_photo_by_its_time(library: Library, taxon: str | None) -> None:
    way = Way()
    for step in range(20):
        way.add(44 + step * 0.0002, 131.0, nan, 1_700_000_000_000.0 + step * 60_000, 0)
    track = create("track", H, {"patrol": P, "points": pack(way, [0] * len(way)), "point_count": len(way)})
    photo = create("media", M, {"patrol": P, "camera_time": "2023-11-15T08:20:00", "sha256": "a" * 64})
    library.commit([PATROL, track], label="test")

    def leaves() -> bool:
        with library.read() as db:
            return "track" in View(db, PLACES, NOW).records("track", [H])[H]

    assert leaves()
    said: dict[str, Value] = {"type": "animal" if taxon else "blank", "taxon": taxon, "method": "human"}
    library.commit([photo], label="test")
    assert not leaves()  # nobody has looked at it
    library.commit([create("observation", SAID, {"media": M, **said})], label="test")
    assert leaves() == (taxon is None)
