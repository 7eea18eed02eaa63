"""Every kind and field: store, bundle, the other store, CSV, and back to the same value."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ranger_app.actions import partners, records
from ranger_app.actions.bundle_read import read_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.actions.export_data import export_csv
from ranger_app.actions.status import current_hash
from ranger_app.domain import coarse
from ranger_app.domain.fields import Field, Type, Value
from ranger_app.domain.kinds import KINDS, kind_named
from ranger_app.domain.ops import change
from ranger_app.domain.values import canonical, exact, parse
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.schema import DERIVED, whole

AWKWARD = 'Тигр "老虎" 호랑이, бар;\tбарс\n=1+1 ゆき'


def sample(field: Field, number: int) -> Value:
    """A value of the field that is not its easiest one."""
    if field.type is Type.TEXT and field.name in ("start", "end"):
        return f"{number:02d}:15"  # a time of day is the one text that is looked at
    match field.type:
        case Type.TEXT | Type.LONG_TEXT:
            return f"{AWKWARD} {field.name} {number}"
        case Type.INTEGER | Type.DECIMAL | Type.DEGREES | Type.OFFSET | Type.INSTANT:
            low, high = field.minimum or 0, field.maximum or 1_700_000_000_123
            return max(low, min(high, low + 7 * number + 3))
        case Type.YES_NO:
            return number % 2
        case Type.CHOICE:
            return field.choices[number % len(field.choices)].code
        case Type.DATE:
            return f"2026-02-{number:02d}" if number < 29 else "2026-02-28"
        case Type.LOCAL_TIME:
            return f"2026-02-28T23:59:{number:02d}"
        case Type.REFERENCE:
            return bytes([number]) * 16
        case Type.REFERENCES:
            return canonical([(bytes([number]) * 16).hex(), "00" * 16])
        case Type.LIST:
            return canonical([{part.name: 5 if part.sql_type == "INTEGER" else AWKWARD for part in field.parts}])
        case Type.HASH:
            return f"{number:064x}"
        case Type.DATA:
            return bytes(range(256))


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Library, Library]:
    ours = Library.create(tmp_path / "a", name="Station A", country="RU", utc_offset=600)
    theirs = Library.create(tmp_path / "b", name="Station B", country="CN", utc_offset=480)
    for one, other in ((ours, theirs), (theirs, ours)):
        card = partners.write_card(other, tmp_path / f"{other.station.country}.json")
        partners.add_partner(one, card, confirm=partners.add_partner(one, card).confirm, clearance="full")
    yield ours, theirs
    ours.close()
    theirs.close()


def carry(tmp_path: Path, giver: Library, taker: Library) -> None:
    stick = tmp_path / f"stick-{giver.new_id().hex()[:6]}"
    run(write_bundle(giver, WriteRequest(stick, (taker.station.id,), "none")))
    run(read_bundles(taker, stick))


def test_every_kind_travels_whole(pair: tuple[Library, Library], tmp_path: Path) -> None:
    ours, theirs = pair
    made: dict[str, tuple[bytes, dict[str, Value]]] = {}
    for kind in KINDS:
        values = {field.name: sample(field, at) for at, field in enumerate(kind.fields, start=1)}
        made[kind.name] = (records.add(ours, kind.name, values), values)
    carry(tmp_path, ours, theirs)
    assert current_hash(ours) == current_hash(theirs)
    for library in pair:
        export_csv(library, tmp_path / f"csv-{library.station.country}", exact=True)
    for kind in KINDS:
        record, values = made[kind.name]
        with theirs.read() as db:
            there = rows.get(db, kind.name, record)
        assert there is not None
        assert there.values == values, kind.name
        texts = [(tmp_path / f"csv-{c}" / f"{kind.name}.csv").read_bytes() for c in ("RU", "CN")]
        assert texts[0] == texts[1], kind.name
        with (tmp_path / "csv-CN" / f"{kind.name}.csv").open(encoding="utf-8-sig", newline="") as file:
            (line,) = csv.DictReader(file)
        assert line.pop("id") == record.hex()
        for name, text in line.items():
            assert text == exact(kind.field(name), values[name])
            assert parse(kind.field(name), text) == values[name], f"{kind.name}.{name}"


def test_every_field_changes_the_hash(pair: tuple[Library, Library]) -> None:
    ours, _theirs = pair
    for kind in KINDS:
        first = {field.name: sample(field, 1) for field in kind.fields if field.required}
        record = records.add(ours, kind.name, first)
        for field in kind.fields:
            before = current_hash(ours)
            ours.commit([change(kind.name, record, {field.name: sample(field, 2)})], label="edit")
            assert current_hash(ours) != before, f"{kind.name}.{field.name}"


def test_the_open_rule_lets_no_place_person_track_or_file_name_out(
    pair: tuple[Library, Library], tmp_path: Path
) -> None:
    ours, _theirs = pair
    for kind in KINDS:
        records.add(ours, kind.name, {f.name: sample(f, at) for at, f in enumerate(kind.fields, start=1)})
    answer = export_csv(ours, tmp_path / "open")
    written, withheld = answer["written"], answer["withheld"]
    assert isinstance(written, dict)
    assert isinstance(withheld, dict)
    for kind in KINDS:
        with (tmp_path / "open" / f"{kind.name}.csv").open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file))
        assert len(lines) == written[kind.name]
        hidden = [f.name for f in kind.fields if f.group.value != "open"]
        rough = ("latitude", "longitude", "uncertainty") if kind.name in coarse.LOCATED else ()
        for line in lines:
            assert all(line[name] == "" for name in hidden if name not in rough)
            assert all(round(float(line[name] or 0) * 1e7) % 100_000 == 0 for name in rough[:2])
        assert withheld.get(kind.name, 0) == bool(hidden or not lines)
    assert not written["individual"]
    assert not written["note"]


def test_tables_are_as_the_kinds_declare_them(pair: tuple[Library, Library], tmp_path: Path) -> None:
    ours, _theirs = pair
    with ours.read() as db:
        for kind in KINDS:
            columns = [row[1] for row in db.conn.execute(f'PRAGMA table_info("{kind.name}")')]
            derived = [name for name, _declared in DERIVED.get(kind.name, ())]
            assert columns == ["key", "id", *kind.columns, "deleted", "batch", "extra", *derived]
            assert kind_named(kind.name) is kind
        tables = {row[0] for row in db.conn.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    assert all(f"CREATE TABLE {name} " in whole() or f'CREATE TABLE "{name}" ' in whole() for name in tables)
