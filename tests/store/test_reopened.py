"""Whether an approved patrol changed since: the same at every station and after the tables were made again."""

from __future__ import annotations

import random

import pytest

from ranger_app.domain.fields import Value
from ranger_app.domain.ops import Op, change, create, delete, purge
from ranger_app.store.connection import transaction
from ranger_app.store.rebuild import rebuild
from tests.station import Station

PATROLS = [bytes([65 + one]) * 16 for one in range(2)]
KINDS = ("waypoint", "track", "media", "sighting")


def standing(station: Station) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = station.db.conn.execute(
        "SELECT id, state, reopened FROM patrol ORDER BY id"
    ).fetchall()
    return found


def part(kind: str, record: bytes, patrol: bytes) -> Op:
    more: dict[str, Value] = {"category": "a.", "waypoint": bytes(16)} if kind == "sighting" else {}
    return create(kind, record, {"patrol": patrol, **more})


def edit(kind: str, record: bytes, step: int, chance: random.Random) -> Op:
    which = chance.random()
    if which < 0.3:
        return change(kind, record, {"patrol": chance.choice(PATROLS)})
    if which < 0.5:
        return delete(kind, record)
    if which < 0.7:
        return purge(kind, record)
    fields: dict[str, dict[str, Value]] = {"sighting": {"remarks": str(step)}, "media": {"sighting": None}}
    return change(kind, record, fields.get(kind, {"leg": step}))


@pytest.mark.parametrize("seed", range(10))
def test_whatever_comes_in_whatever_order(seed: int) -> None:
    chance = random.Random(seed + 11)
    wrong = chance.choice([0, 10**15, -(10**15)])
    pair = [Station(f"reopened-{seed}-{one}", 1_700_000_000_000_000 + wrong * one) for one in range(2)]
    out = [[pair[0].commit(*[create("patrol", one, {"name": "p", "date": "2023-01-01"}) for one in PATROLS])], []]
    given = [0, 0]
    parts: list[tuple[str, bytes]] = []
    pair[1].read(out[0])
    given[0] = 1
    for step in range(50):
        at = chance.randrange(2)
        patrol, act = chance.choice(PATROLS), chance.random()
        if act < 0.3:
            news = out[at][given[at] :]
            pair[1 - at].read(chance.sample(news, len(news)))
            given[at] = len(out[at])
            continue
        if act < 0.5:
            state = chance.choice(["submitted", "approved", "returned", "approved"])
            op = change("patrol", patrol, {"state": state, "state_at": step})
        elif act < 0.7 or not parts:
            parts.append((chance.choice(KINDS), bytes([step, at]) + bytes(14)))
            op = part(*parts[-1], patrol)
        else:
            kind, record = chance.choice(parts)
            if not pair[at].db.conn.execute(f"SELECT 1 FROM {kind} WHERE id=?", (record,)).fetchone():
                continue
            op = edit(kind, record, step, chance)
        out[at].append(pair[at].commit(op))
    for at in (0, 1):
        pair[1 - at].read(out[at][given[at] :])
    assert standing(pair[0]) == standing(pair[1])
    assert pair[0].hash() == pair[1].hash()
    for one in pair:
        before = standing(one)
        with transaction(one.db):
            rebuild(one.db, one.log, one.projection)
        assert standing(one) == before
        one.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", ["purge", "move"])
def test_what_came_after_the_approval_and_went_again_reopens_no_more(kind: str, way: str) -> None:
    station, record = Station(f"reopened-{kind}-{way}"), bytes(16)
    one, other = PATROLS
    station.commit(*[create("patrol", patrol, {"name": "p", "date": "2023-01-01"}) for patrol in PATROLS])
    station.commit(change("patrol", one, {"state": "approved", "state_at": 1}))
    station.commit(part(kind, record, one))
    assert standing(station)[0][2] == 1
    station.commit(purge(kind, record) if way == "purge" else change(kind, record, {"patrol": other}))
    told = standing(station)
    assert told[0][2] == 0
    with transaction(station.db):
        rebuild(station.db, station.log, station.projection)
    assert standing(station) == told
    station.close()
