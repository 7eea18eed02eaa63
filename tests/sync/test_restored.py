"""A station that comes back from an older backup loses nothing that any partner holds, and writes no number twice."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from ranger_app.actions import partners, records
from ranger_app.actions.backup import backup
from ranger_app.actions.bundle_plan import next_counter
from ranger_app.actions.check import check
from ranger_app.actions.restore import restore
from ranger_app.actions.restored import untold
from ranger_app.actions.sharing import set_rule
from ranger_app.actions.status import current_hash
from ranger_app.domain.sharing import FULL, STANDARD
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.media import thumbs


def writers(library: Library) -> list[tuple[bytes, bytes, int]]:
    """(station, incarnation, number) of every batch here."""
    with library.read() as db:
        return [tuple(row) for row in db.conn.execute("SELECT origin, incarnation, n FROM batch ORDER BY 1, 2, 3")]


def texts(library: Library) -> set[str]:
    with library.read() as db:
        return {row[0] for row in db.conn.execute("SELECT text FROM note WHERE deleted = 0")}


@pytest.mark.parametrize("elsewhere", [False, True], ids=["same computer", "another computer"])
def test_a_dead_disk_costs_no_edit_that_a_partner_holds(
    stations: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, elsewhere: bool
) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    first = records.add(one, "note", {"text": "before"})
    records.add(other, "note", {"text": "of the partner"})
    stations.write(one, other, stick="a1")
    stations.read(other, "a1")
    stations.write(other, one, stick="b1")
    stations.read(one, "b1")
    file = backup(one, tmp_path / "backup disk")

    for number in range(20):
        records.add(one, "note", {"text": f"after the backup {number}"})
    records.edit(one, "note", first, {"text": "changed after the backup"})
    given = stations.write(one, other, stick="a2")
    stations.read(other, "a2")
    whole, numbers, incarnation = current_hash(one), writers(one), one.station.incarnation
    assert current_hash(other) == whole

    folder = one.folder
    one.close()
    shutil.rmtree(folder)
    if elsewhere:
        monkeypatch.setenv("RANGER_PROFILE", str(tmp_path / "profile of another computer"))
    back = restore(tmp_path / "new disk", file)
    stations.open.append(back)
    assert back.station.incarnation != incarnation
    records.add(back, "note", {"text": "written before anything came back"})

    stations.write(other, back, stick="b2")  # the partner thinks that all of it is still there
    stations.read(back, "b2")
    assert "changed after the backup" not in texts(back)
    with back.read() as db:
        assert untold(db) == ["Two"]
    stations.write(back, other, stick="told")
    with back.read() as db:
        assert untold(db) == []
    stations.read(other, "told")
    stations.write(other, back, stick="lost")  # this stick never arrives
    stations.write(other, back, stick="b3")
    stations.read(back, "b3")
    stations.read(back, "b3")  # and is read twice
    assert {f"after the backup {number}" for number in range(20)} <= texts(back)
    assert "changed after the backup" in texts(back)
    assert run(check(back, make_again=True)) == []

    records.edit(back, "note", first, {"text": "and once more"})
    later = stations.write(back, other, stick="a3")
    assert stations.read(other, "a3").updated == 1
    assert stations.read(other, "a3").updated == 0
    assert current_hash(back) == current_hash(other)
    assert texts(back) == texts(other)
    assert {"written before anything came back", "and once more"} <= texts(other)
    with other.read() as db:
        assert db.conn.execute("SELECT count(*) FROM conflict").fetchone()[0] == 0

    held = writers(other)
    assert len(held) == len(set(held))
    assert set(numbers) <= set(held)
    mine = {(inc, n) for station, inc, n in held if station == back.station.id}
    fresh = {n for inc, n in mine if inc == back.station.incarnation}
    assert fresh == {1, 2}
    assert len({inc for inc, _n in mine}) == 2
    assert _counter(later.folder) > _counter(given.folder)


def _counter(folder: Path) -> int:
    return int(folder.name.split("-")[1])


def test_the_partner_is_still_known_after_a_restore(stations: Any, tmp_path: Path) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    file = backup(one, tmp_path / "backup disk")
    first = stations.write(one, other, stick="first bundle ever")
    one.close()
    with restore(tmp_path / "new disk", file) as back:
        assert _counter(stations.write(back, other, stick="next").folder) > _counter(first.folder)
        (known,) = partners.list_partners(back)
        assert known.trusted
        assert back.station.fingerprint == one.station.fingerprint


def test_thumbnails_of_partners_come_again(stations: Any, pictures: Any, tmp_path: Path) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    hashes = pictures(other, 3)
    stations.write(other, one, stick="b1")
    stations.read(one, "b1")
    file = backup(one, tmp_path / "backup disk")
    one.close()
    shutil.rmtree(one.folder)
    back = restore(tmp_path / "new disk", file)
    stations.open.append(back)
    stations.write(back, other, stick="told")
    stations.read(other, "told")
    stations.write(other, back, stick="b2")
    stations.read(back, "b2")
    assert all(thumbs.is_whole(thumbs.place(back.cache, one_hash)) for one_hash in hashes)


def test_its_own_work_comes_back_whole_to_a_partner_who_may_not_see_everything(stations: Any, tmp_path: Path) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    set_rule(one, other.station.id, FULL)
    set_rule(other, one.station.id, STANDARD)
    file = backup(one, tmp_path / "backup disk")
    records.add(one, "person", {"name": "Observer A", "role": "ranger"})
    records.add(one, "location", {"name": "Den", "latitude": 425_678_912, "longitude": 1_306_543_219})
    records.add(other, "person", {"name": "Observer B", "role": "ranger"})
    stations.write(one, other, stick="a1")
    stations.read(other, "a1")
    whole = own_rows(one)
    folder = one.folder
    one.close()
    shutil.rmtree(folder)
    back = restore(tmp_path / "new disk", file)
    stations.open.append(back)
    stations.write(back, other, stick="told")  # it says what it holds now
    stations.read(other, "told")
    stations.write(other, back, stick="b1")
    stations.read(back, "b1")
    assert own_rows(back) == [*whole, (None,)]


def own_rows(library: Library) -> list[tuple[object, ...]]:
    """What the library says of persons and places, what is withheld last."""
    with library.read() as db:
        found = db.conn.execute("SELECT name FROM person UNION ALL SELECT name || latitude FROM location").fetchall()
    return sorted(found, key=lambda row: (row[0] is None, row[0]))


def test_a_folder_put_back_after_a_bundle_alone_speaks_under_a_new_incarnation(tmp_path: Path) -> None:
    """No record was made since the copy, only a bundle was numbered: its number may not be given twice."""
    with Library.create(tmp_path / "ours", name="A", country="RU", utc_offset=600) as library:
        records.add(library, "note", {"text": "one"})
        next_counter(library)
        before = library.station.incarnation
    shutil.copytree(tmp_path / "ours", tmp_path / "copy")
    with Library.open(tmp_path / "ours") as library:
        assert library.station.incarnation == before
        first = next_counter(library)
    shutil.rmtree(tmp_path / "ours")
    shutil.copytree(tmp_path / "copy", tmp_path / "ours")
    with Library.open(tmp_path / "ours") as library:
        assert library.station.incarnation != before
        assert next_counter(library) > first
