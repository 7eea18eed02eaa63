"""A partner who gets places only roughly tries to get them by what it sends: corrections, deletions, looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from ranger_app.actions.sharing_view import View
from ranger_app.domain import batch as batches
from ranger_app.domain.ops import Op, change, create, delete
from ranger_app.domain.sharing import FULL, STANDARD
from tests.station import Station

NOW = 2 * 10**12
PLACE, DEPLOYMENT, SAID, PICTURE, NEW, OTHER = (bytes([one]) * 16 for one in b"pdomnx")
RULE = replace(STANDARD, pictures="originals")


@dataclass
class Two:
    ours: Station
    theirs: Station

    def hear(self, *ops: Op) -> None:
        self.ours.read([self.theirs.commit(*ops)])

    def place(self) -> str:
        return View(self.ours.db, RULE, NOW).place_for(PLACE)

    def leaves(self) -> tuple[str, bool]:
        view = View(self.ours.db, RULE, NOW)
        return view.picture(PICTURE), bool(view.large_copies([PICTURE]))


def two(said: str | None = "animal", taxon: str | None = "Panthera tigris", clearance: str = "standard") -> Two:
    made = Two(Station("doubt-ours"), Station("doubt-theirs", 1_700_000_500_000_000))
    station = made.theirs.keys.station
    made.ours.db.conn.execute("INSERT INTO setting VALUES ('station.id', ?)", (made.ours.keys.station.hex(),))
    made.ours.db.conn.execute(
        "INSERT INTO station (id, card, name, country, utc_offset, signing_key, sealing_key, partner, trusted,"
        " clearance) VALUES (?, '', 'Theirs', 'CN', 480, x'00', x'00', 1, 1, ?)",
        (station, clearance),
    )
    ops = [
        create("location", PLACE, {"name": "Den", "type": "camera_site", "latitude": 425_678_912, "longitude": 1}),
        create("deployment", DEPLOYMENT, {"name": "Den 1", "location": PLACE, "utc_offset": 600}),
        create("media", PICTURE, {"deployment": DEPLOYMENT, "sha256": "a" * 64}),
    ]
    about = {"media": PICTURE, "deployment": DEPLOYMENT, "method": "human"}
    if said:
        ops.append(create("observation", SAID, {**about, "type": said, "taxon": taxon}))
    made.theirs.read([made.ours.commit(*ops)])
    return made


BLANK = create("observation", NEW, {"media": PICTURE, "type": "blank", "method": "human"})
LIES: dict[str, Callable[[], list[Op]]] = {
    "corrected": lambda: [change("observation", SAID, {"taxon": "Sus scrofa"})],
    "deleted": lambda: [delete("observation", SAID), BLANK],
    "made again": lambda: [create("observation", SAID, {"taxon": "Sus scrofa"})],
    "statement moved": lambda: [change("observation", SAID, {"media": None, "deployment": None}), BLANK],
    "camera moved": lambda: [
        change("deployment", DEPLOYMENT, {"location": None}),
        change("location", PLACE, {"type": "site"}),
    ],
    "picture moved": lambda: [
        change("media", PICTURE, {"deployment": None}),
        change("observation", SAID, {"deployment": None}),
        create("media", OTHER, {"deployment": DEPLOYMENT}),
        create("observation", NEW, {"media": OTHER, "type": "blank", "method": "human"}),
    ],
}


@pytest.mark.parametrize("lie", LIES)
def test_no_lie_opens_a_place(lie: str) -> None:
    pair = two()
    assert pair.place() == "withheld"
    pair.hear(*LIES[lie]())
    assert pair.place() == "withheld"


@pytest.mark.parametrize("lie", ["corrected", "deleted", "made again"])
def test_who_sees_it_all_is_believed(lie: str) -> None:
    pair = two(clearance=FULL.name)
    pair.hear(*LIES[lie]())
    assert pair.place() == "exact"


def test_a_person_here_ends_the_doubt() -> None:
    pair = two()
    pair.hear(change("observation", SAID, {"taxon": "Sus scrofa"}))
    pair.ours.commit(change("observation", SAID, {"taxon": "Cervus nippon"}))
    assert pair.place() == "exact"


def test_pictures_that_only_they_looked_at_are_unseen() -> None:
    pair = two(said=None)
    assert (pair.place(), pair.leaves()) == ("withheld", ("redacted", False))
    pair.hear(BLANK)
    assert (pair.place(), pair.leaves()) == ("withheld", ("redacted", False))
    pair.ours.commit(create("observation", SAID, {"media": PICTURE, "type": "blank", "method": "human"}))
    assert (pair.place(), pair.leaves()) == ("exact", ("redacted", True))


def test_people_whom_they_call_nobody_stay() -> None:
    for lie in (
        [create("observation", NEW, {"media": PICTURE, "type": "blank", "method": "human", "look": "settled"})],
        [change("observation", SAID, {"type": "blank"})],
        [delete("observation", SAID), BLANK],
    ):
        pair = two(said="human", taxon=None)
        assert pair.leaves()[0] == "none"
        pair.hear(*lie)
        assert pair.leaves()[0] == "none"


def test_what_they_made_themselves_is_theirs_to_correct() -> None:
    pair = two(said="blank", taxon=None)
    pair.hear(create("observation", NEW, {"media": PICTURE, "type": "animal", "taxon": "Panthera tigris"}))
    assert pair.place() == "withheld"
    pair.hear(change("observation", NEW, {"taxon": "Sus scrofa"}))
    assert pair.place() == "exact"


def test_an_older_date_ends_no_embargo() -> None:
    pair, survey = two(), b"s" * 16
    pair.hear(create("note", NEW, {"text": "hello"}))
    first = pair.ours.commit(create("survey", survey, {"site": PLACE, "date": "2033-05-10"}))
    pair.theirs.read([first])
    pair.hear(change("survey", survey, {"date": "2001-01-01"}))
    view = View(pair.ours.db, replace(FULL, name="own", embargo_days=30), NOW)
    opened = batches.read(first)
    assert view.reveal(opened)(0, opened.ops[0]) == frozenset()
