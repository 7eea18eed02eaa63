"""Receipts between stations and the ledger: what is proved, what is asked for again, what a restore takes back."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions import ledger, ledger_words, partners, receipts, report, revocations
from ranger_app.actions.analysis import Question
from ranger_app.actions.ledger import DAY_MS, BundleGiven
from ranger_app.domain import partial, sharing
from ranger_app.domain.ops import create
from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.library import Library
from ranger_app.store import damaged, settings
from ranger_app.store import ledger as store
from ranger_app.store import partners as journal
from ranger_app.store.connection import transaction
from ranger_app.sync import holds
from ranger_app.sync.cards import confirmation_digits

FULL = sharing.to_text(sharing.FULL)
START = 1_795_000_000_000


class Clock:
    """A wall clock that a test turns."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_station(tmp_path: Path, clock: Clock) -> Iterator[Callable[..., Library]]:
    made: list[Library] = []

    def new(name: str, country: str = "RU") -> Library:
        made.append(Library.create(tmp_path / name, name=name, country=country, utc_offset=600, clock=clock))
        return made[-1]

    yield new
    for library in made:
        library.close()


@pytest.fixture
def pair(open_station: Callable[..., Library], tmp_path: Path) -> tuple[Library, Library]:
    """Khasan, which gives, and Hunchun, which receives."""
    ours, theirs = open_station("Khasan"), open_station("Hunchun", "CN")
    trust(ours, theirs, tmp_path)
    return ours, theirs


def trust(one: Library, other: Library, folder: Path) -> None:
    digits = confirmation_digits(one.station.id, other.station.id)
    for left, right in ((one, other), (other, one)):
        card = partners.write_card(left, folder / f"{left.station.id.hex()}-{right.station.id.hex()}.json")
        partners.add_partner(right, card, confirm=digits)


def name(number: int) -> str:
    return sha256(f"picture {number}".encode()).hexdigest()


def give(sender: Library, receiver: Library, counter: int, pictures: Sequence[int] = (), rule: str = FULL) -> int:
    """Write a made-up bundle into the sender's ledger, with a record of its own; returns the line."""
    sender.commit([create("location", sender.new_id(), {"name": f"Place {counter}", "type": "post"})], label="add")
    sender.write(lambda db: settings.put(db, "bundle.counter", str(counter)))
    with sender.read() as db:
        newest = db.conn.execute("SELECT max(key) FROM batch").fetchone()[0]
    named = [(name(number), form) for number in pictures for form in ("thumb", "original")]
    given = BundleGiven(
        bundle_id(sender, counter), counter, f"kh-{counter}", "/media/KINGSTON", {receiver.station.id: rule},
        {"location": 1}, {"thumb": len(pictures), "original": len(pictures)}, 4096, "ab" * 32, 7, [newest], named,
    )  # fmt: skip
    return ledger.note_bundle(sender, given)[0]


def bundle_id(sender: Library, counter: int) -> bytes:
    return sha256(sender.station.id + sender.station.incarnation + counter.to_bytes(8, "big")).digest()[:16]


def arrive(
    sender: Library, receiver: Library, counter: int, lost: Sequence[tuple[str, str]] = (), *, unnamed: bool = False
) -> None:
    """The receiver reads that bundle, in part where something is lost."""
    bundle = bundle_id(sender, counter)

    def note(db: journal.Database) -> None:
        summary = json.dumps({"operations": 1, "media": 0, "damaged": len(lost) + unnamed})
        journal.note_bundle(
            db, bundle, journal.READ, sender.station.id, counter=counter, at=START, upto=None, summary=summary
        )
        damaged.put(db, bundle, sender.station.id, counter, lost)

    receiver.write(note)


def lines(library: Library) -> dict[int, str]:
    return {one.given.counter or 0: one.state for one in ledger.lines(library) if one.given.what == "bundle"}


def has(sender: Library, *receivers: Library) -> Callable[[str, str], bool]:
    with sender.read() as db:
        return receipts.has_pictures(db, [one.station.id for one in receivers])


@pytest.mark.parametrize("form", ["text", "code"])
def test_a_receipt_confirms_what_arrived(pair: tuple[Library, Library], form: str, clock: Clock) -> None:
    ours, theirs = pair
    assert ledger.standing(ours, theirs.station.id).state == ledger.NEVER
    give(ours, theirs, 1, [1, 2])
    give(ours, theirs, 2)
    clock.now += 3 * DAY_MS
    standing = ledger.standing(ours, theirs.station.id)
    assert (standing.state, standing.waiting, standing.days) == (ledger.UNCONFIRMED, 1, 3)
    arrive(ours, theirs, 1)
    arrive(ours, theirs, 2)
    make = receipts.make if form == "text" else receipts.code
    taken = receipts.take(ours, make(theirs, ours.station.id))
    assert sorted(taken.confirmed) == [1, 2]
    assert (taken.name, taken.older, taken.restored, taken.in_part) == ("Hunchun", False, False, [])
    assert taken.how == ("file" if form == "text" else "text")
    assert lines(ours) == {1: ledger.CONFIRMED, 2: ledger.CONFIRMED}
    assert ledger.standing(ours, theirs.station.id).state == ledger.CONFIRMED
    known = has(ours, theirs)
    assert known(name(1), "thumb")
    assert known(name(1), "original")
    assert known(name(1), "redacted")
    assert not known(name(3), "thumb")
    assert taken.lacking > 0  # nothing was really read there


def test_a_receipt_tells_which_records_are_there(pair: tuple[Library, Library]) -> None:
    ours, theirs = pair
    theirs.commit([create("location", theirs.new_id(), {"name": "Bay", "type": "post"})], label="add")
    taken = receipts.take(ours, receipts.make(theirs, ours.station.id))
    with ours.read() as db:
        known = journal.station(db, theirs.station.id)
    assert known is not None
    said = holds.from_bytes(known.holds)
    assert said is not None
    assert said.incarnation == theirs.station.incarnation
    assert dict.fromkeys(theirs.seen) == dict.fromkeys({(o, i): None for o, i, _edges in said.packed})
    assert taken.lacking == 0


def test_the_same_and_older_receipts_are_harmless_and_said(pair: tuple[Library, Library]) -> None:
    ours, theirs = pair
    give(ours, theirs, 1)
    give(ours, theirs, 2)
    arrive(ours, theirs, 1)
    first = receipts.make(theirs, ours.station.id)
    arrive(ours, theirs, 2)
    second = receipts.make(theirs, ours.station.id)
    assert receipts.take(ours, second).confirmed == [2, 1]
    for text in (first, second, first):
        again = receipts.take(ours, text)
        assert again.older
        assert not again.confirmed
    assert lines(ours) == {1: ledger.CONFIRMED, 2: ledger.CONFIRMED}


def test_an_older_receipt_still_proves_what_it_names(pair: tuple[Library, Library]) -> None:
    ours, theirs = pair
    give(ours, theirs, 1)
    arrive(ours, theirs, 1)
    first = receipts.make(theirs, ours.station.id)
    receipts.forget_pictures(theirs)
    assert receipts.take(ours, receipts.make(theirs, ours.station.id)).confirmed == []
    late = receipts.take(ours, first)
    assert late.older
    assert late.confirmed == [1]


def test_a_lost_stick_is_not_confirmed_and_a_later_one_makes_it_good(
    pair: tuple[Library, Library], clock: Clock
) -> None:
    ours, theirs = pair
    give(ours, theirs, 1, [1])
    give(ours, theirs, 2, [1])
    clock.now += 9 * DAY_MS
    assert [one.name for one in ledger.receipts_missing(ours)] == ["Hunchun"]
    assert not has(ours, theirs)(name(1), "original")
    arrive(ours, theirs, 2)
    receipts.take(ours, receipts.make(theirs, ours.station.id))
    assert lines(ours) == {1: ledger.OVERTAKEN, 2: ledger.CONFIRMED}
    assert ledger.lines(ours)[-1].by == 2
    assert ledger.receipts_missing(ours) == []


@pytest.mark.parametrize("form", ["text", "code"])
def test_only_what_a_damaged_stick_lost_is_sent_again(pair: tuple[Library, Library], form: str) -> None:
    ours, theirs = pair
    give(ours, theirs, 1, range(20))
    arrive(ours, theirs, 1, [("original", name(3)), ("thumbnail", name(5)), ("operations", "2")])
    make = receipts.make if form == "text" else receipts.code
    taken = receipts.take(ours, make(theirs, ours.station.id))
    assert not taken.confirmed
    assert [(one.counter, one.lacking) for one in taken.in_part] == [(1, 2)]
    known = has(ours, theirs)
    again = [(n, form) for n in range(20) for form in ("thumb", "original") if not known(name(n), form)]
    assert again == [(3, "original"), (5, "thumb")]
    assert lines(ours) == {1: ledger.IN_PART}
    assert ledger.standing(ours, theirs.station.id).state == ledger.IN_PART
    first = ledger.detail(ours, ledger.lines(ours)[-1].given.key, most=2).pictures
    assert {(one.form, one.lacking) for one in first} == {("original", True), ("thumb", True)}
    # Another stick with the same bundle completes it.
    arrive(ours, theirs, 1)
    assert receipts.take(ours, make(theirs, ours.station.id)).confirmed == [1]
    known = has(ours, theirs)
    assert all(known(name(n), form) for n in range(20) for form in ("thumb", "original"))


@pytest.mark.parametrize("lost", [[("frame", "ab" * 16)], [("part", "media-0001.pak")], None])
def test_where_nobody_knows_what_is_lost_no_picture_counts(
    pair: tuple[Library, Library], lost: list[tuple[str, str]] | None
) -> None:
    ours, theirs = pair
    give(ours, theirs, 1, range(5))
    arrive(ours, theirs, 1, lost or (), unnamed=lost is None)
    taken = receipts.take(ours, receipts.make(theirs, ours.station.id))
    assert [one.lacking for one in taken.in_part] == [-1]
    assert not any(has(ours, theirs)(name(n), "original") for n in range(5))
    words, _tone = ledger_words.state_words(ledger.lines(ours)[0])
    assert words.startswith("arrived in part")


def test_a_picture_counts_for_several_only_where_each_has_it(
    pair: tuple[Library, Library], open_station: Callable[..., Library], tmp_path: Path
) -> None:
    ours, theirs = pair
    third = open_station("Rason", "KP")
    trust(ours, third, tmp_path)
    give(ours, theirs, 1, [1])
    give(ours, third, 2, [1])
    arrive(ours, theirs, 1)
    receipts.take(ours, receipts.make(theirs, ours.station.id))
    assert has(ours, theirs)(name(1), "thumb")
    assert not has(ours, theirs, third)(name(1), "thumb")
    assert not has(ours)(name(1), "thumb")
    arrive(ours, third, 2)
    receipts.take(ours, receipts.make(third, ours.station.id))
    assert has(ours, theirs, third)(name(1), "thumb")


# -- restored partners -------------------------------------------------------------------------------------------------


def holds_of(library: Library, station: bytes) -> holds.Holds | None:
    with library.read() as db:
        known = journal.station(db, station)
        assert known is not None
        return holds.from_bytes(known.holds)


def test_a_restored_partner_is_sent_again_what_it_names_no_more(pair: tuple[Library, Library]) -> None:
    ours, theirs = pair
    for counter in (1, 2):
        give(ours, theirs, counter, [counter])
        arrive(ours, theirs, counter)
    before = receipts.make(theirs, ours.station.id)
    receipts.take(ours, before)
    # A backup from before bundle 2 is put back.
    theirs.write(lambda db: db.conn.execute("DELETE FROM journal WHERE counter=2") and None)
    theirs.new_incarnation()
    taken = receipts.take(ours, receipts.make(theirs, ours.station.id))
    assert taken.restored
    assert lines(ours) == {1: ledger.CONFIRMED, 2: ledger.RESTORED}
    known = has(ours, theirs)
    assert known(name(1), "original")
    assert not known(name(2), "original")
    # What it said before the restore does not count again, however often somebody brings it.
    assert receipts.take(ours, before).older
    assert not has(ours, theirs)(name(2), "original")
    # And when it has it again, it counts again.
    arrive(ours, theirs, 2)
    receipts.take(ours, receipts.make(theirs, ours.station.id))
    assert lines(ours) == {1: ledger.CONFIRMED, 2: ledger.CONFIRMED}
    assert has(ours, theirs)(name(2), "original")


def test_a_late_receipt_of_a_past_incarnation_claims_nothing(pair: tuple[Library, Library]) -> None:
    ours, theirs = pair
    give(ours, theirs, 1, [1])
    receipts.take(ours, receipts.make(theirs, ours.station.id))
    arrive(ours, theirs, 1)
    late = receipts.make(theirs, ours.station.id)
    theirs.write(lambda db: db.conn.execute("DELETE FROM journal") and None)
    theirs.new_incarnation()
    receipts.take(ours, receipts.make(theirs, ours.station.id))
    # Never seen before, so it proves that the bundle arrived once; but not that it is there now.
    assert receipts.take(ours, late).confirmed == [1]
    assert lines(ours) == {1: ledger.RESTORED}
    assert not has(ours, theirs)(name(1), "original")
    # The station as it is today is still heard.
    arrive(ours, theirs, 1)
    for _again in range(2):
        receipts.take(ours, receipts.make(theirs, ours.station.id))
    assert lines(ours) == {1: ledger.CONFIRMED}


def test_a_restored_partner_holds_what_both_statements_agree_on(pair: tuple[Library, Library]) -> None:
    ours, theirs = pair
    for _number in range(3):
        theirs.commit([create("location", theirs.new_id(), {"name": "Bay", "type": "post"})], label="add")
    receipts.take(ours, receipts.make(theirs, ours.station.id))
    first = holds_of(ours, theirs.station.id)
    old = (theirs.station.id, theirs.station.incarnation)
    theirs.write(lambda db: db.conn.execute("DELETE FROM seen") and None)
    theirs.write(lambda db: db.conn.execute("INSERT INTO seen VALUES (?,?,1,2)", old) and None)
    theirs.new_incarnation()
    receipts.take(ours, receipts.make(theirs, ours.station.id))
    second = holds_of(ours, theirs.station.id)
    assert first is not None
    assert second is not None
    assert [edges for *_writer, edges in first.packed] == [[1, 3]]
    assert [edges for *_writer, edges in second.packed] == [[1, 2]]


# -- what is held in part ----------------------------------------------------------------------------------------------


def partial_of(library: Library, station: bytes) -> partial.Stubs:
    with library.read() as db:
        known = journal.station(db, station)
        assert known is not None
        return partial.unpack(known.partial)


def mark_stub(library: Library, mask: bytes | None) -> None:
    with transaction(library.db):
        library.db.conn.execute("UPDATE batch SET mask=? WHERE n=2", (mask,))


def test_what_is_held_in_part_is_told_and_a_short_receipt_leaves_it_open(pair: tuple[Library, Library]) -> None:
    ours, theirs = pair
    for _number in range(3):
        theirs.commit([create("location", theirs.new_id(), {"name": "Bay", "type": "post"})], label="add")
    writer = (theirs.station.id, theirs.station.incarnation)
    ours.write(lambda db: db.conn.execute("INSERT INTO seen VALUES (?,?,1,3)", writer) and None)  # we know the writer
    mark_stub(theirs, b"\x05")
    receipts.take(ours, receipts.code(theirs, ours.station.id))
    told = partial_of(ours, theirs.station.id)
    assert told == {writer: [(1, 3, partial.UNKNOWN)]}
    receipts.take(ours, receipts.make(theirs, ours.station.id))
    assert partial_of(ours, theirs.station.id) == {writer: [(2, 2, b"\x05")]}
    receipts.take(ours, receipts.code(theirs, ours.station.id))
    assert partial_of(ours, theirs.station.id) == {writer: [(2, 2, b"\x05")]}
    mark_stub(theirs, None)
    receipts.take(ours, receipts.code(theirs, ours.station.id))
    assert partial_of(ours, theirs.station.id) == {}


# -- who may say it ----------------------------------------------------------------------------------------------------


def test_receipts_of_strangers_for_others_and_changed_ones_change_nothing(
    pair: tuple[Library, Library], open_station: Callable[..., Library], tmp_path: Path
) -> None:
    ours, theirs = pair
    third = open_station("Rason", "KP")
    trust(third, theirs, tmp_path)
    give(ours, theirs, 1)
    arrive(ours, theirs, 1)
    good = receipts.make(theirs, ours.station.id)
    for_third = receipts.make(theirs, third.station.id)
    own_card = partners.write_card(ours, tmp_path / "ours.json")
    partners.add_partner(third, own_card, confirm=confirmation_digits(ours.station.id, third.station.id))
    stranger = receipts.make(third, ours.station.id)
    changed = good.replace('"whole":[[1,', '"whole":[[2,')
    assert changed != good
    for text, problem in (
        (for_third, "RECEIPT_NOT_FOR_US"),
        (stranger, "RECEIPT_FROM_STRANGER"),
        (changed, "RECEIPT_FALSE"),
        (good[:-20], "RECEIPT_NOT_VALID"),
        ("RGR1:AAAA", "RECEIPT_NOT_VALID"),
    ):
        with pytest.raises(DataProblem) as raised:
            receipts.take(ours, text)
        assert raised.value.code == problem
    assert lines(ours) == {1: ledger.UNCONFIRMED}
    assert receipts.take_statement(ours, for_third) is None
    assert receipts.take_statement(ours, '{"ranger_revocation": 1}') is None
    with pytest.raises(DataProblem, match="RECEIPT_FALSE"):
        receipts.take_statement(ours, changed)
    taken = receipts.take_statement(ours, good)
    assert taken is not None
    assert taken.how == "bundle"


def test_a_receipt_is_made_for_trusted_partners_only(
    pair: tuple[Library, Library], open_station: Callable[..., Library], tmp_path: Path
) -> None:
    ours, _theirs = pair
    with pytest.raises(DataProblem, match="NO_PARTNER"):
        receipts.make(ours, b"x" * 16)
    stranger = open_station("Rason", "KP")
    partners.add_partner(ours, partners.write_card(stranger, tmp_path / "stranger.json"))
    with pytest.raises(DataProblem, match="PARTNER_NOT_TRUSTED"):
        receipts.make(ours, stranger.station.id)


def test_withdrawn_keys_prove_nothing(pair: tuple[Library, Library]) -> None:
    ours, theirs = pair
    give(ours, theirs, 1)
    arrive(ours, theirs, 1)
    text, code = receipts.make(theirs, ours.station.id), receipts.code(theirs, ours.station.id)
    jobs.run(revocations.withdraw(ours, theirs.station.id, "stolen"))
    for said in (text, code):
        with pytest.raises(DataProblem, match="KEYS_WITHDRAWN"):
            receipts.take(ours, said)
    with pytest.raises(DataProblem, match="KEYS_WITHDRAWN"):
        receipts.make(ours, theirs.station.id)
    assert lines(ours) == {1: ledger.UNCONFIRMED}


def test_a_number_that_another_history_used_confirms_nothing(pair: tuple[Library, Library]) -> None:
    ours, theirs = pair
    give(ours, theirs, 1)
    arrive(ours, theirs, 1)
    text = receipts.make(theirs, ours.station.id)
    # This library is put back and writes another bundle under the same number.
    ours.write(lambda db: db.conn.execute("DELETE FROM given") and None)
    ours.new_incarnation()
    give(ours, theirs, 1)
    taken = receipts.take(ours, text)
    assert (taken.confirmed, taken.not_ours) == ([], [1])
    assert lines(ours) == {1: ledger.UNCONFIRMED}


# -- files -------------------------------------------------------------------------------------------------------------


def test_a_receipt_travels_as_a_file(pair: tuple[Library, Library], tmp_path: Path) -> None:
    ours, theirs = pair
    give(ours, theirs, 1)
    arrive(ours, theirs, 1)
    file = receipts.write(theirs, ours.station.id, tmp_path / "stick")
    assert file.parent == tmp_path / "stick"
    assert receipts.take_file(ours, file).confirmed == [1]
    noted = ledger.lines(theirs)
    assert [(one.given.what, one.to, one.state) for one in noted] == [("receipt", "Khasan", ledger.NONE)]
    with pytest.raises(EnvironmentProblem):
        receipts.take_file(ours, tmp_path / "nothing.json")
    (tmp_path / "picture.json").write_bytes(b"\xff\xd8\xff" * 50)
    with pytest.raises(DataProblem, match="RECEIPT_NOT_VALID"):
        receipts.take_file(ours, tmp_path / "picture.json")
    with ours.read() as db:
        (kept,) = store.receipts(db, theirs.station.id)
    assert kept.text == file.read_text(encoding="utf-8").strip()


# -- the ledger --------------------------------------------------------------------------------------------------------


def test_a_line_tells_all_of_it(pair: tuple[Library, Library]) -> None:
    ours, theirs = pair
    key = give(ours, theirs, 1, range(3), sharing.to_text(sharing.STANDARD))
    found = ledger.detail(ours, key)
    assert found.line.to == "Hunchun"
    assert [(one.kind, one.number, one.titles) for one in found.groups] == [("location", 1, ("Place 1",))]
    assert [(one.form, one.lacking) for one in found.pictures] == [("original", False), ("thumb", False)] * 3
    assert not found.more
    assert ledger.detail(ours, key, most=2).more
    held = " | ".join(ledger_words.withheld(found.line.given))
    for words in ("Notes", "People", "tracks", "File names", "extremely sensitive", "0.1 degree"):
        assert words in held
    assert ledger_words.rule_word(found.line.given) == "Standard"
    with pytest.raises(DataProblem, match="NO_LEDGER_LINE"):
        ledger.detail(ours, 99)


def test_a_bundle_for_two_is_given_to_each(
    pair: tuple[Library, Library], open_station: Callable[..., Library], tmp_path: Path
) -> None:
    ours, theirs = pair
    third = open_station("Rason", "KP")
    trust(ours, third, tmp_path)
    to = {theirs.station.id: FULL, third.station.id: FULL}
    keys = ledger.note_bundle(ours, BundleGiven(b"b" * 16, 5, "n", "p", to, {}, {}, 1, "", 3))
    with ours.read() as db:
        assert ledger.confirmed(db, b"b" * 16) is False
        assert ledger.confirmed(db, b"c" * 16) is None
    assert {one.to for one in ledger.lines(ours)} == {"Hunchun", "Rason"}
    with transaction(ours.db):
        for key in keys:
            store.confirm(ours.db, key, START, store.FILE)
    with ours.read() as db:
        assert ledger.confirmed(db, b"b" * 16) is True


def test_an_unfinished_bundle_is_told_and_asks_for_no_receipt(pair: tuple[Library, Library], clock: Clock) -> None:
    ours, theirs = pair
    given = BundleGiven(b"b" * 16, 5, "n", "p", {theirs.station.id: FULL}, {}, {}, 1, "", 3, finished=False)
    ledger.note_bundle(ours, given)
    clock.now += 30 * DAY_MS
    assert lines(ours) == {5: ledger.UNFINISHED}
    assert ledger.receipts_missing(ours) == []


def test_a_file_is_noted_with_its_rule(pair: tuple[Library, Library]) -> None:
    ours, _theirs = pair
    ledger.note_file(ours, "export", "csv", place="/out", rule=sharing.to_text(sharing.OPEN), records={"media": 3})
    ledger.note_file(ours, "report", "events", place="/out")
    report_line, export = ledger.lines(ours)
    assert ledger_words.title(export.given) == "Export csv"
    assert [ledger_words.rule_word(one.given) for one in (export, report_line)] == ["Open", "Exact"]
    assert export.state == ledger.NONE


def test_the_ledger_is_a_report(pair: tuple[Library, Library], tmp_path: Path) -> None:
    ours, theirs = pair
    give(ours, theirs, 1, [1])
    give(ours, theirs, 2, [2], sharing.to_text(sharing.STANDARD))
    arrive(ours, theirs, 1)
    receipts.take(ours, receipts.make(theirs, ours.station.id))
    answer = jobs.run(report.report(ours, "ledger", tmp_path / "open", Question()))
    assert (answer["lines"], answer["confirmed"], answer["not_confirmed"]) == (2, 1, 1)
    page = (tmp_path / "open" / "ledger.html").read_text(encoding="utf-8")
    for words in ("Hunchun", "Bundle 1", "Standard", "confirmed", "sent today, not confirmed", "People and who"):
        assert words in page
    assert "KINGSTON" not in page
    with (tmp_path / "open" / "ledger.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["what"] for row in rows] == ["Bundle 2", "Bundle 1"]
    assert "place" not in rows[0]
    jobs.run(report.report(ours, "ledger", tmp_path / "exact", Question(exact=True)))
    assert "KINGSTON" in (tmp_path / "exact" / "ledger.html").read_text(encoding="utf-8")
    none = jobs.run(report.report(ours, "ledger", tmp_path / "none", Question(end=date(2020, 1, 1))))
    assert none["lines"] == 0
