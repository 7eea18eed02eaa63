"""What goes along when not all fits: records before thumbnails before originals, the animals that matter most first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ranger_app.actions import bundle_outlook, bundle_room, receipts
from ranger_app.actions.bundle_outlook import outlook
from ranger_app.actions.bundle_write import WriteReport, WriteRequest, write_bundle
from ranger_app.domain.ops import create
from ranger_app.errors import EnvironmentProblem
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.media import vault
from ranger_app.sync import packs
from ranger_app.sync.plan import Plan

FLAGSHIP, OTHER, BLANK = "Panthera tigris", "Cervus nippon", "blank"


def see(library: Library, hashes: list[str], shows: str) -> None:
    """State what pictures show, as somebody who settles it."""
    with library.read() as db:
        ids = [db.conn.execute("SELECT id FROM media WHERE sha256=?", (one,)).fetchone()[0] for one in hashes]
    fields = {"type": shows} if shows in ("blank", "human", "unknown") else {"type": "animal", "taxon": shows}
    fields |= {"pictures": json.dumps([one.hex() for one in ids]), "method": "human", "look": "settled"}
    library.commit([create("observation", library.new_id(), fields)], label="identify")


def date(library: Library, sha256: str, day: int) -> None:
    """Give a picture its time."""
    from ranger_app.domain.ops import change

    with library.read() as db:
        record = db.conn.execute("SELECT id FROM media WHERE sha256=?", (sha256,)).fetchone()[0]
    ops = [change("media", record, {"camera_time": f"2026-05-{day:02d}T12:00:00", "file_offset": 600})]
    library.commit(ops, label="edit")


def write(library: Library, partner: Library, stick: Path, budget: int | None = None) -> WriteReport:
    return run(write_bundle(library, WriteRequest(stick, (partner.station.id,), "originals", budget)))


def order(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The originals in the order they are settled in, filled by the next writing."""
    found: list[str] = []
    drop = Plan.drop

    def look(plan: Plan) -> None:
        found.extend(one.key.hex() for one in plan.originals())
        drop(plan)

    monkeypatch.setattr(Plan, "drop", look)
    return found


@pytest.fixture
def two(stations: Any) -> tuple[Library, Library]:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    return one, other


def test_flagships_first_blanks_last_the_newest_first_among_equals(
    two: tuple[Library, Library], pictures: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    hashes = pictures(one, 8)
    for shows, which in ((BLANK, (0, 4)), (FLAGSHIP, (1, 5)), (OTHER, (2, 6)), ("unknown", (3,)), ("human", (7,))):
        see(one, [hashes[at] for at in which], shows)
    for at, day in enumerate((9, 3, 5, 7, 11, 2, 6, 1)):
        date(one, hashes[at], day)
    settled = order(monkeypatch)
    report = write(one, other, tmp_path / "stick")
    assert settled == [hashes[at] for at in (1, 5, 3, 6, 2, 4, 0)]
    assert (report.originals, report.left_out, report.withheld) == (7, 0, {"people": 1})
    files = sorted(path.name for path in (report.folder or tmp_path).iterdir())
    assert {"ops-0001.pak", "ops-0001.bak", "thumbs-0001.pak", "media-0001.pak", "index-0001.bak"} <= set(files)


def test_the_files_come_in_the_order_of_their_worth(
    two: tuple[Library, Library], pictures: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    pictures(one, 3)
    made: list[str] = []
    path_open = Path.open

    def opened(self: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if mode == "xb" and tmp_path / "stick" in self.parents:
            made.append(self.name)
        return path_open(self, mode, *args, **kwargs)

    monkeypatch.setattr(Path, "open", opened)
    write(one, other, tmp_path / "stick")
    first = [made.index(f"{kind}-0001.{end}") for kind, end in (("ops", "pak"), ("thumbs", "pak"), ("ops", "bak"),
                                                               ("media", "pak"), ("index", "pak"))]  # fmt: skip
    assert first == sorted(first)
    assert made[0] == "READ-ME.txt"
    assert made[-1] == "DONE"


def test_what_does_not_fit_is_said_and_stays(two: tuple[Library, Library], pictures: Any, tmp_path: Path) -> None:
    one, other = two
    hashes = pictures(one, 12)
    see(one, hashes[8:], FLAGSHIP)
    partner = (other.station.id,)
    whole = outlook(one, partner, tmp_path)
    assert (whole.originals, whole.fits, whole.left_out, whole.exact) == (12, 12, 0, True)
    sizes = {one_hash: (vault.find(one.vault, one_hash) or tmp_path).stat().st_size for one_hash in hashes}
    budget = whole.needed + sum(bundle_room.size_of_original(sizes[name]) for name in hashes[8:]) + 100
    foreseen = outlook(one, partner, tmp_path, budget=budget)
    assert (foreseen.fits, foreseen.left_out) == (4, 8)
    report = write(one, other, tmp_path / "stick", budget)
    assert (report.originals, report.left_out) == (foreseen.fits, foreseen.left_out)
    assert (report.original_bytes, report.left_bytes) == (foreseen.fits_bytes, foreseen.left_bytes)
    assert report.thumbnails == foreseen.thumbnails == 12
    assert report.operations == foreseen.records
    assert report.bytes <= budget + bundle_room.SPARE
    from ranger_app.actions.bundle_read import read_bundles

    assert run(read_bundles(other, tmp_path / "stick")).originals == 4
    assert all(vault.find(other.vault, name) for name in hashes[8:])


def test_next_time_the_rest_goes_and_what_was_confirmed_does_not(
    two: tuple[Library, Library], stations: Any, pictures: Any, tmp_path: Path
) -> None:
    one, other = two
    pictures(one, 6)
    needed = outlook(one, (other.station.id,), tmp_path).needed
    first = write(one, other, tmp_path / "a", needed + 20_000)
    assert 0 < first.originals < 6
    again = write(one, other, tmp_path / "lost", needed + 20_000)
    assert again.originals >= first.originals  # nothing was confirmed: sticks get lost
    stations.read(other, "a")
    receipts.take(one, receipts.make(other, one.station.id))
    rest = write(one, other, tmp_path / "b")
    assert (rest.operations, rest.thumbnails, rest.originals) == (0, 0, 6 - first.originals)
    stations.read(other, "b")
    assert len(list(other.vault.rglob("*.jpg"))) == 6
    receipts.take(one, receipts.make(other, one.station.id))
    assert write(one, other, tmp_path / "c").media == 0
    third = stations.new("Three", "MN")
    stations.pair(one, third)
    joint = run(write_bundle(one, WriteRequest(tmp_path / "d", (other.station.id, third.station.id), "originals")))
    assert joint.originals == 6  # one of them lacks all


def test_without_room_for_records_and_thumbnails_nothing_is_written(
    two: tuple[Library, Library], pictures: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    pictures(one, 3)
    needed = outlook(one, (other.station.id,), tmp_path).needed
    assert not outlook(one, (other.station.id,), tmp_path, budget=needed - 1).enough
    with pytest.raises(EnvironmentProblem, match="STICK_FULL"):
        write(one, other, tmp_path / "stick", needed - 1)
    monkeypatch.setattr(bundle_room, "free_space", lambda _folder: bundle_room.SPARE + needed - 1)
    with pytest.raises(EnvironmentProblem, match="STICK_FULL"):
        write(one, other, tmp_path / "stick")
    assert not (tmp_path / "stick").exists()
    assert list((one.cache / "bundles").iterdir()) == []
    monkeypatch.setattr(bundle_room, "free_space", lambda _folder: bundle_room.SPARE + needed)
    assert write(one, other, tmp_path / "stick").originals == 0


def test_what_was_reckoned_is_never_less_than_what_is_written(
    two: tuple[Library, Library], pictures: Any, tmp_path: Path
) -> None:
    one, other = two
    for number in range(0, 30, 3):
        pictures(one, 3, first=number)
    one.commit([create("note", one.new_id(), {"text": one.new_id().hex() * 20}) for _n in range(400)], label="add")
    foreseen = outlook(one, (other.station.id,), tmp_path)
    report = write(one, other, tmp_path / "stick")
    sealed = foreseen.needed + 30 * packs.CHUNK  # generous: what follows is the point
    small = sum(path.stat().st_size for path in (report.folder or tmp_path).glob("[ot]*.*ak"))
    assert small <= foreseen.needed < sealed
    media = sum(path.stat().st_size for path in (report.folder or tmp_path).glob("media*"))
    assert media <= 30 * (bundle_room.size_of_original(0)) + foreseen.fits_bytes


def test_counting_by_indexes_agrees_with_looking_at_each(
    two: tuple[Library, Library], pictures: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    hashes = pictures(one, 20)
    see(one, hashes[:3], FLAGSHIP)
    see(one, hashes[3:5], "human")
    looked = outlook(one, (other.station.id,), tmp_path)
    monkeypatch.setattr(bundle_outlook, "SMALL", 0)
    counted = outlook(one, (other.station.id,), tmp_path)
    assert (counted.records, counted.thumbnails, counted.originals) == (
        looked.records, looked.thumbnails, looked.originals,
    )  # fmt: skip
    assert (looked.thumbnails, looked.originals, looked.exact, counted.exact) == (18, 18, True, False)
    assert abs(counted.original_bytes - looked.original_bytes) < looked.original_bytes // 10


@pytest.mark.parametrize("relayed", [False, True])
def test_a_thumbnail_lost_with_a_damaged_stick_goes_again(stations: Any, pictures: Any, relayed: bool) -> None:
    maker, one, other = stations.new("Maker", "MN"), stations.new("One"), stations.new("Two", "CN")
    stations.pair(maker, one)
    stations.pair(one, other)
    pictures(maker if relayed else one, 6)
    if relayed:
        stations.write(maker, one, stick="first")
        assert stations.read(one, "first").thumbnails == 6
    written = stations.write(one, other)
    part = written.folder / "thumbs-0001.pak"
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    assert stations.read(other, partial=True).thumbnails == 5
    receipts.take(one, receipts.make(other, one.station.id))
    again = stations.write(one, other, stick="again")
    assert (again.operations, again.thumbnails) == (0, 1)
    assert stations.read(other, "again").thumbnails == 1
    receipts.take(one, receipts.make(other, one.station.id))
    assert stations.write(one, other, stick="third").thumbnails == 0
