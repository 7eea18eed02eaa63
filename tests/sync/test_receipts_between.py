"""Receipts of real bundles: a lost stick is made good, of a damaged one only what it lost goes again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ranger_app.actions import ledger, receipts, records
from ranger_app.actions.status import current_hash
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store import ledger as store


def states(library: Library) -> dict[int, str]:
    return {one.given.counter or 0: one.state for one in ledger.lines(library) if one.given.what == "bundle"}


def sent(library: Library, counter: int) -> set[tuple[str, str]]:
    """Name and form of every picture in a bundle, by the ledger."""
    (line,) = [one for one in ledger.lines(library) if one.given.counter == counter]
    with library.read() as db:
        return {(name, form) for name, form, _lacking in store.pictures(db, line.given.key, 10_000)}


def spoil(folder: Path, kind: str) -> None:
    """A bad spot in the middle of the first part of a kind."""
    part = folder / f"{kind}-0001.pak"
    with part.open("r+b") as file:
        file.seek(part.stat().st_size // 2)
        file.write(bytes(64))


@pytest.fixture
def pair(stations: Any) -> tuple[Library, Library]:
    one, other = stations.new("Khasan"), stations.new("Hunchun", "CN")
    stations.pair(one, other)
    return one, other


@pytest.mark.parametrize("road", ["bundle", "file", "text"])
def test_a_receipt_comes_back_on_every_road(stations: Any, pictures: Any, pair: Any, road: str, tmp_path: Path) -> None:
    one, other = pair
    hashes = pictures(one, 3)
    stations.write(one, other, media="originals")
    stations.read(other)
    assert states(one) == {1: ledger.UNCONFIRMED}
    if road == "bundle":
        stations.write(other, one, stick="back")
        report = stations.read(one, "back")
        assert report.ignored == []
        assert [taken.confirmed for taken in report.receipts] == [[1]]
    elif road == "file":
        assert receipts.take_file(one, receipts.write(other, one.station.id, tmp_path / "back")).confirmed == [1]
    else:
        assert receipts.take(one, receipts.code(other, one.station.id)).lacking == 0
    (line,) = ledger.lines(one, other.station.id)
    assert (line.state, line.given.confirmed_how) == (ledger.CONFIRMED, road)
    assert dict(line.given.media) == {"thumb": 3, "original": 3}
    # Nothing of it goes again.
    again = stations.write(one, other, stick="second", media="originals")
    assert (again.operations, again.media) == (0, 0)
    assert sent(one, 1) == {(name, form) for name in hashes for form in ("thumb", "original")}
    assert sent(one, 2) == set()


def test_a_lost_stick_is_made_good_by_the_next(stations: Any, pictures: Any, pair: Any) -> None:
    one, other = pair
    pictures(one, 3)
    stations.write(one, other, stick="lost", media="originals")
    again = stations.write(one, other, stick="second", media="originals")
    assert again.media == 3
    assert again.operations == 4
    stations.read(other, "second")
    receipts.take(one, receipts.make(other, one.station.id))
    assert states(one) == {1: ledger.OVERTAKEN, 2: ledger.CONFIRMED}
    assert ledger.standing(one, other.station.id).state == ledger.CONFIRMED
    assert current_hash(one) == current_hash(other)


@pytest.mark.parametrize("form", ["text", "code"])
def test_after_a_damaged_stick_only_what_it_lost_goes_again(stations: Any, pictures: Any, pair: Any, form: str) -> None:
    one, other = pair
    hashes = pictures(one, 12)
    report = stations.write(one, other, media="originals")
    spoil(report.folder, "media")
    spoil(report.folder, "thumbs")
    read = stations.read(other, partial=True)
    assert read.damaged > 0
    make = receipts.make if form == "text" else receipts.code
    taken = receipts.take(one, make(other, one.station.id))
    assert taken.confirmed == []
    assert taken.lacking == 0  # the records have a second copy
    assert [(part.counter, part.lacking) for part in taken.in_part] == [(1, 2)]
    assert states(one) == {1: ledger.IN_PART}
    missing = {
        (name, form)
        for name in hashes
        for form, here in (
            ("original", (other.vault / name[:2]).is_dir() and any((other.vault / name[:2]).glob(f"{name}*"))),
            ("thumb", thumbs.is_whole(thumbs.place(other.cache, name))),
        )
        if not here
    }
    assert len(missing) >= 1
    again = stations.write(one, other, stick="second", media="originals")
    assert again.operations == 0
    assert missing <= sent(one, 2)
    assert len(sent(one, 2)) == 2
    stations.read(other, "second")
    receipts.take(one, make(other, one.station.id))
    assert states(one)[2] == ledger.CONFIRMED
    assert sent(one, 1) == {(name, form) for name in hashes for form in ("thumb", "original")}
    third = stations.write(one, other, stick="third", media="originals")
    assert (third.operations, third.media) == (0, 0)


def test_a_partner_put_back_without_its_pictures_gets_them_again(stations: Any, pictures: Any, pair: Any) -> None:
    one, other = pair
    pictures(one, 3)
    stations.write(one, other, media="originals")
    stations.read(other)
    receipts.take(one, receipts.make(other, one.station.id))
    other.new_incarnation()
    receipts.forget_pictures(other)
    stations.write(other, one, stick="back")
    stations.read(one, "back")
    assert states(one) == {1: ledger.RESTORED}
    stations.write(one, other, stick="second", media="originals")
    assert sent(one, 2) == sent(one, 1)
    stations.read(other, "second")
    receipts.take(one, receipts.make(other, one.station.id))
    assert states(one)[2] == ledger.CONFIRMED


def test_a_bundle_for_two_carries_a_receipt_for_each(stations: Any, pictures: Any, pair: Any) -> None:
    one, other = pair
    third = stations.new("Rason", "KP")
    stations.pair(one, third)
    stations.pair(other, third)
    for number, sender in enumerate((one, third), 1):
        records.add(sender, "location", {"name": f"Place {number}", "type": "post"})
        stations.write(sender, other, stick=f"to {number}")
        stations.read(other, f"to {number}")
    stations.write(other, one, third, stick="shared")
    for library in (one, third):
        report = stations.read(library, "shared")
        assert report.ignored == []
        assert states(library)[1] == ledger.CONFIRMED
        assert not ledger.receipts_missing(library)
