"""Any interleaving of edits at three stations and of exchanges ends the same everywhere once all have seen all."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

from ranger_app.domain.batch import Sealed
from ranger_app.domain.ops import change, create
from ranger_app.exchange.csv_tables import write_tables
from ranger_app.store.conflicts import conflicts
from ranger_app.store.connection import transaction
from ranger_app.store.rebuild import rebuild
from tests.station import Station

NORMAL, LONG = 1000, 20_000
YEAR_US = 365 * 86_400_000_000
FIRST = {"deployment": {"name": "D", "utc_offset": 600}, "note": {"text": "t"}, "media": {"file_name": "f"}}
DERIVED = "SELECT id, taken_at, seen_by, shown, hint, people FROM media WHERE deleted = 0 ORDER BY id"
FIELDS = {
    "observation": ("taxon", "remarks", "pictures"),
    "deployment": ("name", "remarks", "habitat"),
    "note": ("text",),
    "media": ("remarks", "favourite"),
}


def _edit(rng: random.Random, station: Station, records: list[tuple[str, bytes]]) -> None:
    if not records or rng.random() < 0.25:
        kind = rng.choice(list(FIRST))
        record = rng.randbytes(16)
        fields = dict(FIRST[kind])
        if kind == "media" and any(k == "deployment" for k, _r in records):
            fields = {**fields, "deployment": next(r for k, r in records if k == "deployment"),
                      "camera_time": f"2026-01-{rng.randint(1, 28):02d}T10:00:00"}  # fmt: skip
        station.commit(create(kind, record, fields))
        records.append((kind, record))
        return
    ops = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        kind, record = rng.choice(records)
        chance = rng.random()
        if chance < 0.15:
            ops.append(change(kind, record, {"deleted": rng.choice((1, 1, 0))}))
        elif chance < 0.22:  # as undoing an act does
            ops.append(change(kind, record, {"deleted": rng.choice((1, 0)), FIELDS[kind][0]: None}))
        elif chance < 0.3 and kind == "deployment":
            name = rng.choice(("utc_offset", "looks"))
            ops.append(change(kind, record, {name: rng.choice((1, 2, None) if name == "looks" else (1, 2))}))
        else:
            name = rng.choice(FIELDS[kind])
            value = rng.randint(0, 1) if name == "favourite" else rng.choice(("a", "b", None, f"v{rng.randint(0, 9)}"))
            if name == "pictures" and rng.random() < 0.7:
                value = json.dumps([r.hex() for k, r in records if k == "media"][: rng.randint(0, 3)])
            ops.append(change(kind, record, {name: value}))
    pictures = [r for k, r in records if k == "media"]
    if pictures and rng.random() < 0.3:
        record = rng.randbytes(16)
        said = {"type": rng.choice(("animal", "human", "blank")), "method": rng.choice(("human", "machine")),
                "look": rng.choice(("first", "second", "settled")), "certainty": rng.randint(0, 9)}  # fmt: skip
        about = rng.sample(pictures, min(len(pictures), 3))
        where = {"pictures": json.dumps([one.hex() for one in about])} if rng.random() < 0.5 else {"media": about[0]}
        before = [r for k, r in records if k == "observation" and all(op.id != r for op in ops)]
        if before and rng.random() < 0.2:  # an import taken in at two stations, changed in between
            record = rng.choice(before)
        ops.append(create("observation", record, {**said, **where}))
        records.append(("observation", record))
    station.commit(*ops)


def _exchange(rng: random.Random, giver: Station, taker: Station, lost: list[list[Sealed]]) -> None:
    bundle = giver.batches()
    if rng.random() < 0.3:  # an old stick turns up, or a part of one
        bundle = rng.sample(bundle, rng.randint(0, len(bundle)))
    if rng.random() < 0.2:
        lost.append(bundle)
        return
    if rng.random() < 0.5:
        rng.shuffle(bundle)
    taker.read(bundle)
    if rng.random() < 0.2:
        again = taker.hash()
        report = taker.read(bundle)
        assert report.new == report.updated == 0
        assert taker.hash() == again


def play(seed: int, folder: Path) -> None:
    rng = random.Random(seed)
    clocks = [1_700_000_000_000_000 + rng.randint(-10, 10) * YEAR_US for _ in range(3)]
    stations = [Station(f"{seed}-{i}", clock) for i, clock in enumerate(clocks)]
    try:
        records: list[tuple[str, bytes]] = []
        lost: list[list[Sealed]] = []
        for _ in range(rng.randint(5, 25)):
            if rng.random() < 0.6:
                _edit(rng, rng.choice(stations), records)
            else:
                giver, taker = rng.sample(stations, 2)
                _exchange(rng, giver, taker, lost)
        everything = {one.head: one for station in stations for one in station.batches()}
        for station in stations:
            rest = list(everything.values())
            rng.shuffle(rest)
            station.read(rest)
        hashes = {station.hash() for station in stations}
        assert len(hashes) == 1, f"seed {seed}: states differ"
        lists = [conflicts(station.db) for station in stations]
        assert all([c.id for c in one] == [c.id for c in lists[0]] for one in lists), f"seed {seed}: conflicts differ"
        derived = [station.db.conn.execute(DERIVED).fetchall() for station in stations]
        assert derived[0] == derived[1] == derived[2], f"seed {seed}: computed columns differ"
        with transaction(stations[0].db):
            rebuild(stations[0].db, stations[0].log, stations[0].projection)
        assert stations[0].db.conn.execute(DERIVED).fetchall() == derived[0], f"seed {seed}: rebuilt otherwise"
        assert stations[0].hash() in hashes, f"seed {seed}: rebuilt otherwise"
        tables = []
        for number, station in enumerate(stations):
            out = folder / f"{seed}-{number}"
            out.mkdir()
            write_tables(station.db, out)
            tables.append({path.name: path.read_bytes() for path in out.iterdir()})
            for path in out.iterdir():
                path.unlink()
        assert tables[0] == tables[1] == tables[2], f"seed {seed}: tables differ"
    finally:
        for station in stations:
            station.close()


def test_schedules(tmp_path: Path) -> None:
    number = LONG if os.environ.get("RANGER_LONG") else NORMAL
    for seed in range(number):
        play(seed, tmp_path)
