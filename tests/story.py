"""Khasan (RU), Hunchun (CN) and Rason (KP) through one winter: what goes over the border, what fails, what is settled.

Played step by step, so that a test can look at each station, and at its window, after every step.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from ranger_app import jobs
from ranger_app.actions import partners, receipts, records
from ranger_app.actions.backup import backup
from ranger_app.actions.bundle_open import write_open_bundle
from ranger_app.actions.bundle_read import ReadReport, read_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.actions.restore import restore
from ranger_app.actions.sharing import rule_of, set_rule
from ranger_app.domain.ops import change, create
from ranger_app.domain.sharing import FULL
from ranger_app.library import Library
from ranger_app.sync.cards import confirmation_digits
from tests.sync.conftest import add_pictures

DEN = (425_678_912, 1_306_543_219)
"""Where the leopards' camera stands, 1e-7 degree."""
STATIONS = {"khasan": ("Khasan", "RU", 600), "hunchun": ("Hunchun", "CN", 480), "rason": ("Rason", "KP", 540)}


@dataclass(slots=True)
class Ids:
    """The records that the story is about."""

    den: bytes = b""
    deployment: bytes = b""
    tiger: bytes = b""
    count: bytes = b""
    theirs: bytes = b""


class Story:
    """The three libraries and the sticks between them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open = ExitStack()
        self.all: dict[str, Library] = {}
        self.ids = Ids()
        self.reports: dict[str, ReadReport] = {}
        self._sticks = 0
        for key, (name, country, offset) in STATIONS.items():
            library = Library.create(folder / key, name=name, country=country, utc_offset=offset)
            self.all[key] = library
            library.person = records.add(library, "person", {"name": f"Manager {country}", "role": "manager"})

    def __getitem__(self, key: str) -> Library:
        return self.all[key]

    def close(self) -> None:
        """Close what is open."""
        for library in self.all.values():
            library.close()

    def pair(self, one: str, other: str, clearance: str, back: str = "") -> None:
        """Two stations compare digits; ``clearance`` is what ``one`` gives ``other``."""
        digits = confirmation_digits(self[one].station.id, self[other].station.id)
        for mine, yours, given in ((one, other, clearance), (other, one, back or clearance)):
            card = partners.write_card(self[yours], self.folder / f"{yours}.json")
            partners.add_partner(self[mine], card, confirm=digits, clearance=given)

    def write(self, frm: str, to: str, *, open_text: bool = False, media: str = "thumbnails") -> Path:
        """A bundle on a new stick; returns the stick."""
        self._sticks += 1
        stick = self.folder / f"stick-{self._sticks}"
        station = (self[to].station.id,)
        if open_text:
            jobs.run(write_open_bundle(self[frm], stick, station))
        else:
            jobs.run(write_bundle(self[frm], WriteRequest(stick, station, media)))  # type: ignore[arg-type]
        return stick

    def read(self, who: str, stick: Path, *, partial: bool = False) -> ReadReport:
        """Take a stick in."""
        self.reports[who] = jobs.run(read_bundles(self[who], stick, partial=partial))
        return self.reports[who]

    def carry(self, frm: str, to: str, *, open_text: bool = False) -> ReadReport:
        """Write and read."""
        return self.read(to, self.write(frm, to, open_text=open_text))

    # -- the steps ---------------------------------------------------------------------------------------------

    def steps(self) -> Iterator[str]:
        """Play the winter; yields the name of each step when it is done."""
        yield from self._first_exchange()
        yield from self._both_sides_work()
        yield from self._sticks_fail()
        yield from self._a_disk_dies()
        yield from self._settled()
        yield from self._cleared()

    def _first_exchange(self) -> Iterator[str]:
        ids, khasan = self.ids, self["khasan"]
        self.pair("khasan", "hunchun", "full")
        self.pair("khasan", "rason", "open", back="full")
        self.pair("hunchun", "rason", "open", back="full")
        with khasan.read() as db:
            rule = rule_of(db, self["hunchun"].station.id)
        # Everything but the places of the most sensitive species.
        set_rule(khasan, self["hunchun"].station.id, replace(rule, places={**rule.places, 1: "withheld"}))
        yield "paired"
        ids.den = records.add(
            khasan,
            "location",
            {"name": "Den below the cliff", "type": "camera_site", "latitude": DEN[0], "longitude": DEN[1]},
        )
        ids.deployment = records.add(khasan, "deployment", {"name": "Den 1", "location": ids.den, "utc_offset": 600})
        add_pictures(khasan, 6)
        with khasan.read() as db:
            pictures = [row[0] for row in db.conn.execute("SELECT id FROM media ORDER BY id").fetchall()]
        leopard, tiger = pictures[0], pictures[1]
        khasan.commit([change("media", one, {"deployment": ids.deployment}) for one in pictures], label="sort")
        seen = {"type": "animal", "method": "human", "deployment": ids.deployment}
        ids.tiger = khasan.new_id()
        khasan.commit(
            [
                create("observation", khasan.new_id(), {**seen, "media": leopard, "taxon": "Panthera pardus"}),
                create("observation", ids.tiger, {**seen, "media": tiger, "taxon": "Panthera tigris"}),
            ],
            label="identify",
        )
        site = records.add(khasan, "location", {"name": "Lagoon", "type": "site", "latitude": 424_000_000,
                                                "longitude": 1_306_000_000})  # fmt: skip
        survey = records.add(khasan, "survey", {"site": site, "date": "2026-01-17"})
        ids.count = records.add(khasan, "count", {"survey": survey, "taxon": "Grus vipio", "count": 210})
        self.carry("khasan", "hunchun")
        yield "first bundle"

    def _both_sides_work(self) -> Iterator[str]:
        ids = self.ids
        khasan, hunchun = self["khasan"], self["hunchun"]
        khasan.commit([change("observation", ids.tiger, {"behaviour": json.dumps(["walking"])})], label="identify")
        khasan.commit([change("observation", ids.tiger, {"sex": "male"})], label="identify")
        hunchun.commit([change("observation", ids.tiger, {"sex": "female"})], label="identify")
        khasan.commit([change("count", ids.count, {"count": 212})], label="edit")
        hunchun.commit([change("count", ids.count, {"count": 225})], label="edit")
        ids.theirs = records.add(hunchun, "note", {"text": "Two cubs on the ridge"})
        records.add(self["rason"], "count", {"survey": khasan.new_id(), "taxon": "Platalea minor", "count": 7})
        self.carry("rason", "hunchun")
        yield "both sides work"

    def _sticks_fail(self) -> Iterator[str]:
        lost = self.write("hunchun", "khasan")
        assert lost.is_dir()  # and nobody ever sees it again
        yield "a stick is lost"
        stick = self.write("khasan", "hunchun")
        rng = random.Random(3)
        (folder,) = (stick / "exchange").iterdir()
        for path in (*folder.glob("ops-*"), *folder.glob("thumbs-*")):
            whole = bytearray(path.read_bytes())
            for _spot in range(3):
                at = rng.randrange(len(whole))
                whole[at] ^= 0xFF
            path.write_bytes(whole)
        self.read("hunchun", stick, partial=True)
        yield "a stick is damaged"
        receipts.take(self["khasan"], receipts.make(self["hunchun"], self["khasan"].station.id))
        self.carry("khasan", "hunchun")
        yield "what was lost is sent again"

    def _a_disk_dies(self) -> Iterator[str]:
        khasan = self["khasan"]
        saved = backup(khasan, self.folder / "other disk")
        later = records.add(khasan, "note", {"text": "Written after the backup"})
        self.carry("khasan", "hunchun")
        person = khasan.person
        khasan.close()
        for path in (self.folder / "khasan").glob("ranger.db*"):
            path.unlink()
        self.all["khasan"] = restore(self.folder / "khasan", saved)
        self["khasan"].person = person
        with self["khasan"].read() as db:
            assert db.conn.execute("SELECT count(*) FROM note WHERE id=?", (later,)).fetchone() == (0,)
        yield "restored from the backup"
        records.add(self["khasan"], "note", {"text": "Written after the restore"})
        # A restored station first says what it holds now; else its partners believe what it said before.
        receipts.take(self["hunchun"], receipts.make(self["khasan"], self["hunchun"].station.id))
        self.carry("hunchun", "khasan")
        with self["khasan"].read() as db:
            assert db.conn.execute("SELECT count(*) FROM note WHERE id=?", (later,)).fetchone() == (1,)
        self.carry("khasan", "hunchun")
        yield "nothing is lost that a partner holds"

    def _settled(self) -> Iterator[str]:
        from ranger_app.actions.decisions import open_decisions, take

        khasan = self["khasan"]
        for decision in open_decisions(khasan):
            take(khasan, decision.conflict, 0)
        yield "decided in Khasan"
        self.carry("khasan", "hunchun")
        yield "decided everywhere"

    def _cleared(self) -> Iterator[str]:
        khasan, hunchun = self["khasan"], self["hunchun"]
        set_rule(khasan, hunchun.station.id, FULL)
        self.carry("hunchun", "khasan")
        self.carry("khasan", "hunchun")
        yield "Hunchun is cleared"
        self.carry("khasan", "rason", open_text=True)
        self.carry("hunchun", "rason", open_text=True)
        yield "open bundles to Rason"
        self.carry("hunchun", "khasan")
        yield "confirmed"
