"""Stations that exchange bundles: same records on both sides, nothing sent twice, every oddity told."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from ranger_app.actions import further_disks, partners, records
from ranger_app.actions.bundle_read import read_bundles
from ranger_app.actions.bundle_verify import verify_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.domain.ops import change, create
from ranger_app.errors import DataProblem
from ranger_app.jobs import CancelToken, run
from ranger_app.library import Library
from ranger_app.media import thumbs, vault
from ranger_app.store.statehash import state_hash
from ranger_app.sync import manifest
from ranger_app.sync.cards import confirmation_digits
from ranger_app.sync.problems import BundleProblem


def hash_of(library: Library) -> str:
    with library.read() as db:
        return state_hash(db)


def test_both_ways_end_in_the_same_state(stations: Any, pictures: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    hashes = pictures(one, 4)
    place = records.add(other, "location", {"name": "Hide"})
    first = stations.write(one, other)
    assert (first.operations, first.media) == (5, 4)
    assert first.folder.is_absolute()
    names = [path for path in first.folder.iterdir() if path.name != manifest.READ_ME]
    assert first.parts == len(names)
    assert first.bytes == sum(path.stat().st_size for path in names)
    report = stations.read(other)
    assert (report.new, report.updated, report.damaged, report.already_known) == (5, 0, 0, 0)
    assert report.thumbnails == 4
    assert all(thumbs.is_whole(thumbs.place(other.cache, one_hash)) for one_hash in hashes)
    stations.write(other, one, stick="back")
    assert stations.read(one, "back").new == 1
    assert hash_of(one) == hash_of(other)
    records.edit(one, "location", place, {"name": "Hide 1"})
    third = stations.write(one, other, stick="third")
    assert (third.operations, third.media) == (1, 0)  # only what the partner did not say it holds
    assert stations.read(other, "third").updated == 1
    before = hash_of(other)
    again = stations.read(other)
    assert (again.new, again.updated, again.already_known) == (0, 0, 5)
    assert again.bundles[0].newest == 2  # older than what is here already
    assert hash_of(other) == before == hash_of(one)


def test_what_was_sent_is_not_taken_for_held(stations: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    records.add(one, "location", {"name": "Hide"})
    assert stations.write(one, other, stick="lost").operations == 1
    assert stations.write(one, other, stick="arrived").operations == 1
    assert stations.read(other, "arrived").new == 1


def test_empty_bundle_is_written(stations: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    assert stations.write(one, other).operations == 0
    assert stations.read(other).new == 0


def test_originals_travel_and_not_back_to_their_maker(stations: Any, pictures: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    hashes = pictures(one, 3)
    assert stations.write(one, other, media="originals").media == 3
    assert stations.read(other).originals == 3
    for name in hashes:
        there, here = vault.find(other.vault, name), vault.find(one.vault, name)
        assert there is not None
        assert here is not None
        assert there.read_bytes() == here.read_bytes()
        assert vault.verify(there)
    back = stations.write(other, one, stick="back", media="originals")
    assert back.media == 0
    stations.write(one, other, stick="again", media="originals")
    assert stations.read(other, "again").originals == 0  # here already


def test_a_track_that_names_a_picture_does_not_carry_it_out(stations: Any, pictures: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    (name,) = pictures(one, 1)
    with one.read() as db:
        media = db.conn.execute("SELECT id FROM media").fetchone()[0]
    said = {"media": media, "type": "human", "method": "human"}
    one.commit([create("observation", one.new_id(), said)], label="x")
    one.commit([create("track", one.new_id(), {"patrol": b"p" * 16, "source_sha256": name})], label="x")
    report = stations.write(one, other, media="originals")
    assert (report.media, report.withheld) == (0, {"people": 1})
    assert stations.read(other).originals == 0


def test_originals_on_a_disk_that_is_not_plugged_in_are_named(stations: Any, pictures: Any, tmp_path: Path) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    hashes = pictures(one, 2)
    (tmp_path / "red").mkdir()
    disk = further_disks.add(one, tmp_path / "red", "Red")
    run(further_disks.move(one, disk.id))
    (tmp_path / "red").rename(tmp_path / "away")
    report = stations.write(one, other, media="originals")
    assert (sorted(report.elsewhere), report.rotten) == (sorted(hashes), [])
    (tmp_path / "away").rename(tmp_path / "red")
    assert stations.write(one, other, media="originals").elsewhere == []


def test_rotten_original_stops_itself_only(stations: Any, pictures: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    hashes = pictures(one, 3)
    path = vault.find(one.vault, hashes[1])
    assert path is not None
    path.write_bytes(b"rot" + path.read_bytes()[3:])
    report = stations.write(one, other, media="originals")
    assert report.rotten == [hashes[1]]
    read = stations.read(other)
    assert (read.originals, read.damaged, read.new) == (2, 0, 4)
    assert vault.find(other.vault, hashes[1]) is None


def test_media_none(stations: Any, pictures: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    pictures(one, 2)
    report = stations.write(one, other, media="none")
    assert report.media == 0
    assert not list(report.folder.glob("thumbs*"))
    assert stations.read(other).new == 3


def test_several_partners_and_relay(stations: Any) -> None:
    one, two, three = stations.new("One"), stations.new("Two", "CN"), stations.new("Three", "MN")
    far = stations.new("Far", "KR")
    for other in (two, three):
        stations.pair(one, other)
    stations.pair(two, far)
    records.add(one, "location", {"name": "Hide"})
    stations.write(one, two, three)
    for other in (two, three):
        assert stations.read(other).new == 1
    with pytest.raises(BundleProblem, match="BUNDLE_FROM_STRANGER"):
        stations.read(far)
    stations.write(two, far, stick="relay")  # carries the first station's batch with its signature
    assert stations.read(far, "relay").new == 1
    assert hash_of(far) == hash_of(one)
    with far.read() as db:
        known = db.conn.execute("SELECT name, partner, trusted FROM station WHERE id=?", (one.station.id,)).fetchone()
    assert known == ("One", 0, 0)  # known by its card, which makes nobody a partner
    assert [partner.name for partner in partners.list_partners(far)] == ["Two"]
    stations.write(one, two, stick="direct")
    with pytest.raises(BundleProblem, match="BUNDLE_FROM_STRANGER"):
        stations.read(far, "direct")


def test_the_union_of_what_any_partner_lacks(stations: Any) -> None:
    one, two, three = stations.new("One"), stations.new("Two", "CN"), stations.new("Three", "MN")
    for other in (two, three):
        stations.pair(one, other)
    records.add(one, "location", {"name": "Hide"})
    stations.write(one, two)
    stations.read(two)
    stations.write(two, one, stick="back")
    stations.read(one, "back")
    assert stations.write(one, two, stick="a").operations == 0
    assert stations.write(one, two, three, stick="b").operations == 1


def test_restored_partner_gets_everything_it_lost(stations: Any, tmp_path: Path) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    records.add(one, "location", {"name": "Early"})
    stations.write(one, other, stick="s1")
    stations.read(other, "s1")
    other.close()
    shutil.copytree(other.folder, tmp_path / "backup")
    other = Library.open(other.folder)
    records.add(one, "location", {"name": "Late"})
    stations.write(one, other, stick="s2")
    stations.read(other, "s2")
    stations.write(other, one, stick="b1")
    stations.read(one, "b1")
    assert stations.write(one, other, stick="s3").operations == 0
    other.close()
    with Library.open(tmp_path / "backup") as restored:  # takes a new incarnation, lacks the late record
        stations.write(restored, one, stick="b2")
        stations.read(one, "b2")
        stations.write(one, restored, stick="s4")
        stations.read(restored, "s4")
        assert hash_of(restored) == hash_of(one)


def test_stick_with_several_bundles(stations: Any, pictures: Any) -> None:
    one, other, third = stations.new("One"), stations.new("Two", "CN"), stations.new("Three", "MN")
    stations.pair(one, other)
    stations.pair(one, third)
    records.add(one, "location", {"name": "A"})
    stations.write(one, other)
    pictures(one, 1)
    broken = stations.write(one, other)
    next(broken.folder.glob("thumbs*")).unlink()
    records.add(one, "location", {"name": "C"})
    stations.write(one, third)
    stations.write(one, other, media="none")
    report = stations.read(other)
    assert [bundle.counter for bundle in report.bundles] == [1, 4]
    assert [(refused.folder, refused.code) for refused in report.refused] == [(broken.folder, "BUNDLE_NOT_WHOLE")]
    assert hash_of(other) == hash_of(one)
    with pytest.raises(BundleProblem, match="BUNDLE_NOT_FOR_US"):
        stations.read(one)  # only its own lie there


def test_bundle_for_others_is_not_read(stations: Any) -> None:
    one, other, third = stations.new("One"), stations.new("Two", "CN"), stations.new("Three", "MN")
    stations.pair(one, other)
    stations.pair(one, third)
    records.add(one, "location", {"name": "A"})
    stations.write(one, other)
    with pytest.raises(BundleProblem, match="BUNDLE_NOT_FOR_US"):
        stations.read(third)


def test_partner_without_confirmation(stations: Any, tmp_path: Path) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    card = partners.write_card(one, tmp_path / "one.json")
    waiting = partners.add_partner(other, card)
    assert not waiting.trusted
    assert waiting.confirm == confirmation_digits(one.station.id, other.station.id)
    assert waiting.fingerprint == one.station.fingerprint
    with pytest.raises(DataProblem, match="PARTNER_NOT_TRUSTED"):
        run(write_bundle(other, WriteRequest(tmp_path / "s", (one.station.id,))))
    assert not (tmp_path / "s" / "exchange").exists()
    partners.add_partner(
        one, partners.write_card(other, tmp_path / "two.json"), confirm=waiting.confirm, clearance="full"
    )
    run(write_bundle(one, WriteRequest(tmp_path / "s", (other.station.id,))))
    with pytest.raises(BundleProblem, match="BUNDLE_FROM_STRANGER"):
        run(read_bundles(other, tmp_path / "s"))
    wrong = waiting.confirm[:-1] + str((int(waiting.confirm[-1]) + 1) % 10)
    for attempt in (wrong, "", "12345"):
        with pytest.raises(DataProblem, match="DIGITS_DIFFER"):
            partners.add_partner(other, card, confirm=attempt)
    assert not partners.list_partners(other)[0].trusted
    confirmed = partners.confirm_partner(other, one.station.id, waiting.confirm.replace(" ", ""))
    assert confirmed.trusted
    assert confirmed.confirmed_at is not None
    assert run(read_bundles(other, tmp_path / "s")).new == 0
    assert partners.add_partner(other, card).trusted  # the card again changes nothing


def test_refused_cards(stations: Any, tmp_path: Path) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    card = partners.write_card(one, tmp_path)
    with pytest.raises(DataProblem, match="OWN_CARD"):
        partners.add_partner(one, card)
    with pytest.raises(DataProblem, match="CLEARANCE_UNKNOWN"):
        partners.add_partner(other, card, clearance="most")
    card.write_text(card.read_text(encoding="utf-8").replace('"One"', '"Two"'), encoding="utf-8")
    with pytest.raises(DataProblem, match="CARD_NOT_VALID"):
        partners.add_partner(other, card)
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(DataProblem, match="NO_CARD"):
            partners.add_partner(other, path)
    assert partners.list_partners(other) == []


def test_trusting_needs_the_role(stations: Any, tmp_path: Path) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    ranger = records.add(other, "person", {"name": "Ranger 1", "role": "ranger"})
    carrier = records.add(other, "person", {"name": "Carrier 1", "role": "exchange"})
    card = partners.write_card(one, tmp_path / "one.json")
    digits = confirmation_digits(one.station.id, other.station.id)
    other.person = ranger
    with pytest.raises(DataProblem, match="ROLE_NEEDED"):
        partners.add_partner(other, card, confirm=digits)
    assert partners.list_partners(other) == []
    other.person = carrier
    assert partners.add_partner(other, card, confirm=digits).confirmed_by == carrier


def test_finding_a_partner(stations: Any) -> None:
    one = stations.new("One")
    north, south = stations.new("Khasan north"), stations.new("Khasan south")
    for other in (north, south):
        stations.pair(one, other)
    assert partners.find_partner(one, "khasan NORTH") == north.station.id
    assert partners.find_partner(one, south.station.id.hex()) == south.station.id
    assert partners.find_partner(one, south.station.fingerprint[:19]) == south.station.id
    with pytest.raises(DataProblem, match="PARTNER_NOT_UNIQUE"):
        partners.find_partner(one, "Khasan")
    for word in ("", "Rason", "zz"):
        with pytest.raises(DataProblem, match="NO_PARTNER"):
            partners.find_partner(one, word)


def test_cancel_removes_the_unfinished_folder(stations: Any, pictures: Any, tmp_path: Path) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    pictures(one, 3)
    for stop_at in range(1, 12):
        token = CancelToken()
        job = write_bundle(one, WriteRequest(tmp_path / "s", (other.station.id,), "originals"), token)
        for _step in range(stop_at):
            next(job)
        token.cancel()
        report = run(job)
        assert report.cancelled
        assert report.folder is None
        assert list((tmp_path / "s" / "exchange").iterdir()) == []
    job = write_bundle(one, WriteRequest(tmp_path / "s", (other.station.id,)))
    next(job)
    job.close()  # the window was closed
    assert list((tmp_path / "s" / "exchange").iterdir()) == []


def test_cancelled_reading_can_be_repeated(stations: Any, pictures: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    pictures(one, 5)
    stations.write(one, other, media="originals")
    for stop_at in range(1, 30):
        token = CancelToken()
        job = read_bundles(other, stations.folder / "stick", cancel=token)
        try:
            for _step in range(stop_at):
                next(job)
        except StopIteration:
            break
        token.cancel()
        assert run(job).cancelled
    assert stations.read(other).damaged == 0
    assert hash_of(other) == hash_of(one)
    assert len(list(other.vault.rglob("*.jpg"))) == 5
    assert list((other.vault / "incoming").iterdir()) == []


def test_conflicting_edits_are_counted(stations: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    place = records.add(one, "location", {"name": "Hide"})
    far = records.add(one, "location", {"name": "Far"})
    stations.write(one, other)
    stations.read(other)
    for library, name in ((one, "West"), (other, "East")):
        library.commit([change("location", place, {"name": name})], label="edit")
    one.commit([change("location", far, {"name": "Farther"})], label="edit")
    other.commit([change("location", far, {"remarks": "wet"})], label="edit")
    stations.write(one, other, stick="a")
    stations.write(other, one, stick="b")
    for library, stick in ((other, "a"), (one, "b")):
        report = stations.read(library, stick)
        assert (report.new, report.updated, report.soft, report.hard) == (0, 2, 1, 1)
    assert hash_of(one) == hash_of(other)


def test_batches_of_a_newer_version_are_kept_and_carried(stations: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    one.commit([create("spaceship", one.new_id(), {"name": "x"})], label="add")
    stations.write(one, other)
    assert stations.read(other).not_understood == 1
    assert hash_of(one) == hash_of(other)


def test_verify_counts_files_and_names_the_signer(stations: Any, pictures: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    pictures(one, 2)
    written = stations.write(one, other, media="originals")
    stick = stations.folder / "stick"
    for library in (one, other):
        report = run(verify_bundles(library, stick))
        assert (report.complete, report.signed_by) == (True, "One")
        assert (report.total("good"), report.total("damaged"), report.total("missing")) == (written.parts, 0, 0)
    (written.folder / "ops-0001.pak").unlink()
    report = run(verify_bundles(other, stick))
    assert (report.complete, report.total("good"), report.total("missing")) == (True, written.parts - 1, 1)
    (written.folder / "media-0001.pak").write_bytes(b"")
    report = run(verify_bundles(other, stick))
    assert (report.complete, report.total("damaged")) == (False, 1)
    assert "not whole" in report.bundles[0].problem
    third = stations.new("Three", "MN")
    report = run(verify_bundles(third, stick))
    assert (report.complete, report.signed_by) == (False, "")


def test_partial_takes_what_verifies(stations: Any, pictures: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    for at in range(0, 40, 10):
        pictures(one, 10, first=at)
    written = stations.write(one, other, media="originals")
    media = next(written.folder.glob("media*"))
    data = bytearray(media.read_bytes())
    for at in (len(data) // 4, len(data) // 2):
        data[at : at + 200] = bytes(200)
    media.write_bytes(data)
    before = hash_of(other)
    with pytest.raises(BundleProblem, match="BUNDLE_NOT_WHOLE"):
        stations.read(other)
    assert hash_of(other) == before
    report = stations.read(other, partial=True)
    assert report.damaged > 0
    assert (report.new, report.thumbnails) == (44, 40)
    assert 36 <= report.originals <= 38
    assert hash_of(other) == hash_of(one)
    fresh = stations.write(one, other, stick="second", media="originals")
    assert fresh.media == 40
    assert stations.read(other, "second").originals == 40 - report.originals


def test_partial_with_damaged_records_leaves_holes_that_are_filled_later(stations: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    for number in range(6):
        for _again in range(3):
            one.commit(
                [create("track", one.new_id(), {"points": os.urandom(600_000), "name": f"{number}"})], label="import"
            )
    written = stations.write(one, other)
    for name in ("ops-0001.pak", "ops-0001.bak"):
        data = bytearray((written.folder / name).read_bytes())
        data[len(data) // 2] ^= 1
        (written.folder / name).write_bytes(data)
    report = stations.read(other, partial=True)
    assert report.damaged > 0
    assert 15 <= report.new < 18
    stations.write(other, one, stick="back")  # says what is held, holes and all
    stations.read(one, "back")
    assert stations.write(one, other, stick="rest").operations == 18 - report.new
    stations.read(other, "rest")
    assert hash_of(other) == hash_of(one)


def test_unfinished_bundle_is_refused_and_offered_as_such(stations: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    records.add(one, "location", {"name": "Hide"})
    written = stations.write(one, other)
    (written.folder / "DONE").unlink()
    with pytest.raises(BundleProblem, match="unfinished"):
        stations.read(other)
    report = stations.read(other, partial=True)
    assert report.new == 1
    assert report.damaged > 0
    for path in list(written.folder.iterdir()):
        if path.name.startswith(("bundle", "keys")):
            path.unlink()
    for partial in (False, True):
        with pytest.raises(BundleProblem, match="unfinished"):
            stations.read(other, partial=partial)


def test_names_on_the_stick_reveal_nothing(stations: Any, pictures: Any) -> None:
    one, other = stations.new("Leopard Valley"), stations.new("Two", "CN")
    stations.pair(one, other)
    pictures(one, 1)
    written = stations.write(one, other, media="originals")
    for path in written.folder.rglob("*"):
        assert path.name.isascii()
        if path.name not in (manifest.READ_ME, manifest.DONE):
            assert path.name == path.name.lower()
        content = path.read_bytes()
        assert b"Leopard" not in content
        assert b"IMG_0000" not in content
        assert other.station.id.hex().encode() not in content
