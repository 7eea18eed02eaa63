"""Receipts: telling a partner what arrived from it, and taking what it says arrived from us.

A receipt is the only proof of delivery. What a partner holds is believed from its own signed statements alone, the
newest one of its present incarnation; older ones can still prove that a bundle arrived once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from ranger_app.actions import ledger as ledgers
from ranger_app.actions import partners
from ranger_app.changes import Changes
from ranger_app.domain import partial
from ranger_app.domain.intervals import Vector, covers, unpack
from ranger_app.domain.partial import Stubs
from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import damaged, ledger, log, revocations, settings, stubs_here
from ranger_app.store import partners as store
from ranger_app.store.connection import Database
from ranger_app.store.ledger import Given, Kept
from ranger_app.store.partners import KnownStation
from ranger_app.sync import holds, receipts
from ranger_app.sync.files import write_small
from ranger_app.sync.holds import Holds
from ranger_app.sync.receipts import InPart, Receipt, ReceiptError

FILE_NAME = "ranger-receipt-"
_NUMBER = "receipt.number"
_STATE = "receipt.state."
_PICTURES_FROM = "receipt.pictures_from"
_MOST_INCARNATIONS = 40
_FORMS = {"thumbnail": ("thumb",), "original": ("original",), "copy": ("redacted",)}
_OF_PICTURES = ("thumbs-", "media-", "index-", "keys")


@dataclass(frozen=True, slots=True)
class Arrived:
    """One of our bundles as the partner tells of it: its number, and how many pictures are missing (-1: unknown)."""

    counter: int
    lacking: int = 0


@dataclass(slots=True)
class Taken:
    """What a receipt said. ``at`` is when the partner made it, ms since 1970 by its clock.

    ``older`` ones change nothing of what the partner is believed to hold. ``restored``: the partner came back from a
    backup or a copy, and what it does not name again is sent again.
    """

    station: bytes
    name: str
    number: int
    at: int
    how: str
    older: bool = False
    restored: bool = False
    confirmed: list[int] = field(default_factory=list)
    """Numbers of bundles that this receipt is the first to prove."""
    in_part: list[Arrived] = field(default_factory=list)
    not_ours: list[int] = field(default_factory=list)
    """Numbers that the ledger here does not know: written before it was kept, or lost with a restored library."""
    lacking: int = 0
    """Operations here that the partner does not hold."""


# -- making ----------------------------------------------------------------------------------------------------------


def make(library: Library, partner: bytes, *, in_bundle: bool = False, shared: bool = False) -> str:
    """A signed receipt for a partner as text; inside a bundle the list of what is held in part stands elsewhere.

    ``shared``: others read it too, so it names no picture of the partner's, not even a lost one. DataProblem where
    the partner is not trusted or its keys are withdrawn.
    """
    receipt = _statement(library, partner)
    if shared:
        receipt = replace(receipt, partly=tuple(replace(one, lost=None) for one in receipt.partly))
    sign = library.keys.signer.sign
    if in_bundle:
        return receipts.write_receipt(replace(receipt, stubs=None), sign, receipts.IN_BUNDLE)
    return receipts.write_receipt(receipt, sign)


def code(library: Library, partner: bytes) -> str:
    """A signed receipt as a short code for a text message or a QR code; the ledger notes it."""
    made = receipts.write_code(_statement(library, partner), library.keys.signer.sign)
    _note(library, partner, "code", "", len(made))
    return made


def write(library: Library, partner: bytes, folder: Path) -> Path:
    """Write a receipt as a file into a folder; returns the file. EnvironmentProblem where it cannot be written."""
    receipt = _statement(library, partner)
    text = receipts.write_receipt(receipt, library.keys.signer.sign)
    target = folder / f"{FILE_NAME}{library.station.id.hex()[:8]}-{receipt.number:04d}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_small(target, text.encode("utf-8"))
    except OSError as error:
        raise EnvironmentProblem(
            "RECEIPT_NOT_WRITTEN",
            _("The receipt could not be written to {file}.").format(file=target),
            _("Check the stick and the space on it."),
        ) from error
    _note(library, partner, target.name, str(folder), len(text))
    return target


def _note(library: Library, partner: bytes, name: str, place: str, size: int) -> None:
    ledgers.note_file(library, "receipt", name, place=place, bytes=size, station=partner)


def _statement(library: Library, partner: bytes) -> Receipt:
    partners.require_trusted(library, [partner])
    number = 0

    def count(db: Database) -> None:
        nonlocal number
        number = int(settings.get(db, _NUMBER, "0")) + 1
        settings.put(db, _NUMBER, str(number))

    library.write(count)
    library.remember()  # a copy put back after this must not speak under this incarnation again
    with library.read() as db:
        after = int(settings.get(db, "bundle.counter", "0"))
        whole, partly = _arrived(db, partner)
        stubs = stubs_here.stubs(db)
        seen = log.vector(db)
    station = library.station
    return Receipt(
        station.id,
        station.incarnation,
        partner,
        number,
        after,
        library.now_ms(),
        tuple(whole),
        tuple(partly),
        seen,
        stubs,
        partial.digest(stubs),
    )


def _arrived(db: Database, partner: bytes) -> tuple[list[tuple[int, bytes]], list[InPart]]:
    """The partner's bundles that were read whole, and those read in part with what is missing, newest first."""
    since = int(settings.get(db, _PICTURES_FROM, "0"))
    readings: dict[bytes, tuple[int, bool]] = {}
    for bundle, counter, lost in store.read_from(db, partner, since):
        readings[bundle] = (counter, lost == 0 or readings.get(bundle, (0, False))[1])
    missing = {one.bundle: one for one in damaged.of(db, partner)}
    whole: list[tuple[int, bytes]] = []
    partly: list[InPart] = []
    for bundle, (counter, complete) in readings.items():
        if bundle in missing:
            partly.append(InPart(counter, bundle, missing[bundle].lost))
        elif complete:
            whole.append((counter, bundle))
        else:
            partly.append(InPart(counter, bundle, None))
    whole.sort(reverse=True)
    partly.sort(key=lambda one: one.counter, reverse=True)
    return whole, partly


def forget_pictures(library: Library) -> None:
    """After a restore that did not bring pictures back: call no bundle read so far whole, so that they come again."""
    library.write(lambda db: settings.put(db, _PICTURES_FROM, str(store.newest_line(db))))


# -- taking ----------------------------------------------------------------------------------------------------------


def take(library: Library, text: str, how: str = "") -> Taken:
    """Take a receipt, text or code. Repeated and older ones are harmless and said.

    ``how`` it came: file, text or bundle; guessed where empty. DataProblem, with nothing changed, where it is not a
    receipt of a trusted partner for this station, or was changed on the way.
    """
    try:
        receipt = _read(library, text)
    except ReceiptError as error:
        raise _refused(str(error)) from error
    kind = how or (ledger.TEXT if receipt.short else ledger.FILE)
    taken: Taken | None = None

    def change(db: Database) -> None:
        nonlocal taken
        known = store.station(db, receipt.frm)
        assert known is not None  # its key verified the receipt
        taken = _take(db, known, receipt, kind, text, library.now_ms())

    library.write(change)
    assert taken is not None
    with library.read() as db:
        taken.lacking = _lacking(db, receipt.frm)
    for tell in library.listeners:
        tell(Changes(frozenset({"receipt"})))
    return taken


def take_statement(library: Library, text: str) -> Taken | None:
    """Take a receipt out of a bundle; None for what is no receipt, or one for another station.

    DataProblem where it is for this station and false.
    """
    if not receipts.is_receipt(text):
        return None
    try:
        return take(library, text, ledger.IN_BUNDLE)
    except DataProblem as problem:
        if problem.code == "RECEIPT_NOT_FOR_US":
            return None
        raise


def take_file(library: Library, path: Path) -> Taken:
    """Take a receipt from its file, in either form; EnvironmentProblem where the file cannot be read."""
    try:
        with path.open("rb") as file:
            text = file.read(receipts.LIMIT + 1).decode("utf-8-sig")
    except OSError as error:
        raise EnvironmentProblem(
            "RECEIPT_NOT_READ",
            _("{file} cannot be read.").format(file=path),
            _("Check the stick, or choose another file."),
        ) from error
    except ValueError as error:
        raise _refused("form") from error
    return take(library, text.strip())


def _read(library: Library, text: str) -> Receipt:
    ours = library.station.id
    with library.read() as db:
        keys = {one.id: one.signing for one in store.partners(db) if one.trusted}
        if text.lstrip("\ufeff \t\r\n").startswith("{"):
            receipt = receipts.read_receipt(text.lstrip("\ufeff"), ours, keys.get)
        else:
            receipt = receipts.read_code(text, ours, keys, log.vector(db))
        if receipt.frm in revocations.withdrawn(db):  # whoever has the keys now could claim that all of it arrived
            raise ReceiptError("withdrawn")
        return receipt


def _refused(reason: str) -> DataProblem:
    again = _("Ask the partner for a new receipt.")
    if reason == "other":
        return DataProblem("RECEIPT_NOT_FOR_US", _("This receipt is meant for another station."), again)
    if reason == "stranger":
        return DataProblem(
            "RECEIPT_FROM_STRANGER",
            _("This receipt is not from a partner whose keys somebody here compared."),
            _("Add the station's card and compare the digits first."),
        )
    if reason == "withdrawn":
        return DataProblem(
            "KEYS_WITHDRAWN",
            _("The keys that signed this receipt are withdrawn. Nothing was taken."),
            _("Pair with the partner's new card, or lift the withdrawal."),
        )
    if reason == "newer":
        return DataProblem(
            "RECEIPT_NEWER",
            _("This receipt was written by a newer version of Ranger."),
            _("Install the newer version and take the receipt again."),
        )
    if reason in ("signature", "content"):
        return DataProblem(
            "RECEIPT_FALSE",
            _("This receipt was changed on the way, or is not the partner's. Nothing was taken."),
            again,
        )
    return DataProblem(
        "RECEIPT_NOT_VALID",
        _("This is not a whole receipt."),
        _("Copy all of it, from the first letter to the last, or choose the file."),
    )


# -- what a partner is believed to hold ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _State:
    """Which incarnation a partner speaks as, and the largest receipt number known of each of its incarnations."""

    incarnation: str
    numbers: dict[str, int]


def _state(db: Database, station: bytes) -> _State:
    try:
        said = json.loads(settings.get(db, _STATE + station.hex(), "{}"))
        return _State(str(said["incarnation"]), {str(one): int(n) for one, n in said["numbers"].items()})
    except (ValueError, KeyError, TypeError, AttributeError):
        return _State("", {})


def _take(db: Database, known: KnownStation, receipt: Receipt, how: str, text: str, now: int) -> Taken:
    state, incarnation = _state(db, known.id), receipt.incarnation.hex()
    older = receipt.number <= state.numbers.get(incarnation, -1)
    changed = bool(state.incarnation) and state.incarnation != incarnation
    # One that was heard before is not the newest incarnation just because its receipt comes late.
    returning = changed and incarnation in state.numbers
    taken = Taken(known.id, known.name, receipt.number, receipt.at, how, older, changed and not older)
    held = not changed or not returning
    _confirm(db, receipt, taken, how if held else ledger.RESTORED, now)
    if older:
        return taken
    _hold(db, known, receipt)
    numbers = {one: n for one, n in state.numbers.items() if one != incarnation}
    numbers = dict([*numbers.items(), (incarnation, receipt.number)][-_MOST_INCARNATIONS:])
    said = json.dumps({"incarnation": incarnation, "numbers": numbers})
    settings.put(db, _STATE + known.id.hex(), said)
    ledger.keep_receipt(db, Kept(known.id, receipt.number, now, text))
    return taken


def _confirm(db: Database, receipt: Receipt, taken: Taken, how: str, now: int) -> None:
    by_counter: dict[int, list[Given]] = {}
    rows = ledger.sealed(db, receipt.frm)
    for row in rows:
        by_counter.setdefault(row.counter or 0, []).append(row)

    def meant(counter: int, bundle: bytes) -> Given | None:
        found = [row for row in by_counter.get(counter, ()) if receipts.has_prefix(row.bundle, bundle)]
        return found[0] if len(found) == 1 else None

    named = set()
    for counter, bundle in receipt.whole:
        one = meant(counter, bundle)
        if one is None:
            taken.not_ours.append(counter)
            continue
        named.add(one.key)
        if one.proved or (one.confirmed is not None and how == ledger.RESTORED):
            continue
        if one.confirmed is None:
            taken.confirmed.append(counter)
        ledger.confirm(db, one.key, now, how)
        ledger.lacking(db, one.key, ())
    for part in receipt.partly:
        one = meant(part.counter, part.bundle)
        if one is None:
            taken.not_ours.append(part.counter)
        elif not taken.older and not one.proved:
            taken.in_part.append(Arrived(part.counter, _lost(db, one, part)))
            ledger.arrived_in_part(db, one.key)
            named.add(one.key)
    if taken.restored:
        # What both statements name is there still; all else of it may be gone with the disk.
        for row in rows:
            if row.key not in named:
                ledger.unproved(db, row.key)


def _lost(db: Database, row: Given, part: InPart) -> int:
    pictures = [(name, _FORMS[what]) for what, name in part.lost or () if what in _FORMS and name]
    unknown = part.lost is None or any(
        what == "frame" or (what == "part" and name.startswith(_OF_PICTURES)) for what, name in part.lost
    )
    if unknown:
        ledger.all_lacking(db, row.key)
        return -1
    return ledger.lacking(db, row.key, pictures)


def _hold(db: Database, known: KnownStation, receipt: Receipt) -> None:
    before = holds.from_bytes(known.holds)
    new = holds.said(receipt.incarnation, receipt.after, receipt.holds)
    kept = holds.told(before, new, short=receipt.short)
    store.set_holds(db, known.id, holds.to_bytes(kept), kept.counter)
    try:
        stubs = partial.unpack(known.partial)
    except ValueError:
        stubs = {}
    if before is not None and before.incarnation == new.incarnation and kept.counter > new.counter:
        return  # a bundle of the partner said more since
    if receipt.stubs is not None:
        same = before is None or before.incarnation == new.incarnation
        stubs = receipt.stubs if same else partial.either(stubs, receipt.stubs)
    elif receipt.digest != partial.digest(stubs):
        stubs = partial.either(stubs, _newly(before, kept))
    store.set_partial(db, known.id, partial.pack(stubs) if stubs else None)


def _newly(before: Holds | None, kept: Holds) -> Stubs:
    """Batches that were not known to be held, as held in an unknown state: a short receipt cannot tell it."""
    had = unpack(before.packed) if before else {}
    found: Stubs = {}
    for writer, spans in unpack(kept.packed).items():
        mine = had.get(writer, [])
        edges = sorted({edge for low, high in (*spans, *mine) for edge in (low, high + 1)})
        runs = [
            (low, after - 1, partial.UNKNOWN)
            for low, after in pairwise(edges)
            if covers(spans, low) and not covers(mine, low)
        ]
        if runs:
            found[writer] = runs
    return found


def _lacking(db: Database, station: bytes) -> int:
    known = store.station(db, station)
    said = holds.from_bytes(known.holds if known else None)
    have: Vector = unpack(said.packed) if said else {}
    return sum(
        operations
        for origin, incarnation, n, operations in ledger.operations_here(db)
        if not covers(have.get((origin, incarnation), []), n)
    )


# -- what need not be sent again -------------------------------------------------------------------------------------


def has_pictures(db: Database, stations: Sequence[bytes]) -> Callable[[str, str], bool]:
    """A question (name, form): is every one of these stations proved to have this picture in this form?

    ``name`` is the lower hex of the hash or of the record's id, ``form`` thumb, original or redacted. A picture that
    went as original is there as a redacted one too.
    """
    rows = [
        {row.key for row in ledger.sealed(db, station) if row.proved or row.confirmed_how == ledger.PART}
        for station in stations
    ]

    def has(name: str, form: str) -> bool:
        if not rows or not all(rows):
            return False
        found = ledger.rows_with(db, name, form, "original" if form == "redacted" else form)
        return all(not keys.isdisjoint(found) for keys in rows)

    return has
