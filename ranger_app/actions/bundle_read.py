"""Reads bundles from a stick: everything is checked first, then records, then thumbnails and originals are taken.

Nothing is ever written to the stick. Reading twice, late or out of order changes nothing that is known.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ranger_app.actions import bundle_chain as chain
from ranger_app.actions import bundle_losses, receipts, revocations
from ranger_app.actions.bundle_chain import Break
from ranger_app.actions.bundle_losses import Arrivals, Losses, Lost
from ranger_app.actions.bundle_verify import checking, signers
from ranger_app.actions.partners import keep_card
from ranger_app.actions.purge import finish_purges
from ranger_app.actions.receipts import Taken
from ranger_app.actions.receive import Received, receive_originals, receive_thumbs
from ranger_app.domain import batch as batches
from ranger_app.domain import partial as partials
from ranger_app.domain.batch import BatchError, Sealed
from ranger_app.errors import EnvironmentProblem, RangerError
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.store import apply, conflicts, damaged, log
from ranger_app.store import partners as store
from ranger_app.store.apply import ApplyReport
from ranger_app.store.connection import Database
from ranger_app.sync import cards, contents, holds, manifest, packs, problems, reader
from ranger_app.sync import receipts as receipt_texts
from ranger_app.sync import revocations as revocation_texts
from ranger_app.sync.cards import Card, CardError
from ranger_app.sync.problems import BundleProblem
from ranger_app.sync.reader import Opened
from ranger_app.sync.sealing import FrameDamaged
from ranger_app.sync.spool import Spool


@dataclass(frozen=True, slots=True)
class BundleRead:
    """One bundle that was taken. ``newest`` is the sender's highest bundle number read before this one."""

    folder: Path
    station: bytes
    sender: str
    counter: int
    newest: int
    operations: int
    damaged: int

    @property
    def older(self) -> str:
        """One sentence where a newer bundle of the sender was read before, else empty."""
        if self.counter >= self.newest:
            return ""
        text = _("This is older than what you have (bundle {number}, you have {newest}).")
        return text.format(number=self.counter, newest=self.newest)


@dataclass(frozen=True, slots=True)
class Refused:
    """One bundle that was not taken, and why in one sentence. ``in_part``: what is whole of it could be taken."""

    folder: Path
    code: str
    reason: str
    in_part: bool = False


@dataclass(slots=True)
class ReadReport:
    """What reading changed. ``new updated soft hard`` count records, ``already_known not_understood`` operations.

    ``withheld`` operations came with something kept back, ``revealed`` ones tell more than when they came first.
    ``damaged`` counts files and frames that the stick lost, second copies counted; ``lost`` names what the library
    lacks because of it. ``quarantined`` batches are second histories under one number, ``two_histories`` their
    stations; ``broken_chain`` names batches whose neighbour is not the one they were written behind.
    """

    new: int = 0
    updated: int = 0
    soft: int = 0
    hard: int = 0
    withheld: int = 0
    not_understood: int = 0
    damaged: int = 0
    already_known: int = 0
    thumbnails: int = 0
    originals: int = 0
    copies: int = 0
    quarantined: int = 0
    revealed: int = 0
    after_withdrawal: int = 0
    lost: list[Lost] = field(default_factory=list)
    broken_chain: list[Break] = field(default_factory=list)
    two_histories: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    """Why statements that came along were not taken, a sentence each."""
    receipts: list[Taken] = field(default_factory=list)
    """What the senders say arrived from us, as far as it is news."""
    bundles: list[BundleRead] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    cancelled: bool = False

    @property
    def notes(self) -> list[str]:
        """What a person should hear besides the numbers, a sentence each."""
        said = [bundle.older for bundle in self.bundles if bundle.older]
        text = _("Station {name} has two histories (restored or copied?).")
        said += [text.format(name=name) for name in self.two_histories]
        text = _("Batch {number} of station {name} does not follow the one before it.")
        said += [text.format(number=one.n, name=one.name) for one in self.broken_chain]
        return said + self.ignored


_LONGEST = 1 << 20
"""Characters of a statement that travels in a bundle; anything longer is none."""
_FIRST_TOLD = ("BUNDLE_NOT_WHOLE", "BUNDLE_NOT_VALID", "BUNDLE_NEWER", "BUNDLE_FROM_STRANGER", "BUNDLE_NOT_FOR_US")


def read_bundles(
    library: Library, place: Path, *, partial: bool = False, cancel: CancelToken | None = None
) -> Job[ReadReport]:
    """Read every whole bundle for this station at ``place`` (a bundle, an exchange folder or a stick's root).

    With ``partial`` what verifies of a damaged one is taken too. Raises BundleProblem, with the library unchanged,
    where no bundle can be taken; others are listed in the report.
    """
    token = cancel or CancelToken()
    report = ReadReport()
    found: list[Opened] = []
    refused: list[tuple[Path, BundleProblem]] = []
    for folder in reader.find_bundles(place):
        try:
            opened = yield from _open(library, folder, partial, token)
        except BundleProblem as problem:
            refused.append((folder, problem))
            continue
        if token.cancelled:
            report.cancelled = True
            return report
        if opened is not None:
            found.append(opened)
    found.sort(key=lambda one: (one.outer.station, one.outer.counter))
    applied = ApplyReport()
    try:
        for opened in found:
            try:
                yield from _take(library, opened, partial, token, applied, report)
            except BundleProblem as problem:
                refused.append((opened.checked.folder, problem))
            if token.cancelled:
                report.cancelled = True
                break
    finally:
        finish_purges(library, purged=bool(applied.purged))  # also where the stick was pulled behind the records
    if not report.bundles and not report.cancelled:
        raise _worst(refused) if refused else problems.none_for_us(place)
    report.refused = [
        Refused(folder, one.code, f"{one.what} {one.todo}", one.in_part)
        for folder, one in refused
        if one.code != _FIRST_TOLD[-1]
    ]
    report.new, report.updated = applied.new, applied.updated
    report.soft = len(applied.soft)
    with library.read() as db:  # what a later batch of the same bundle decided waits for nobody
        report.hard = len(applied.hard & conflicts.records(db))
    report.not_understood, report.already_known = applied.not_understood, applied.already_known
    report.quarantined = applied.quarantined
    report.withheld, report.revealed = applied.withheld, applied.revealed
    report.after_withdrawal = applied.after_withdrawal
    return report


def _worst(refused: list[tuple[Path, BundleProblem]]) -> BundleProblem:
    def rank(item: tuple[Path, BundleProblem]) -> int:
        code = item[1].code
        return _FIRST_TOLD.index(code) if code in _FIRST_TOLD else len(_FIRST_TOLD)

    return min(refused, key=rank)[1]


def _open(
    library: Library, folder: Path, partial: bool, token: CancelToken
) -> Generator[Progress, None, Opened | None]:
    """Check and open one bundle; None for one that this station wrote itself."""
    checked = reader.look(folder, signers(library))
    if checked.outer is not None and bytes.fromhex(checked.outer.station) == library.station.id:
        return None
    for _step in reader.check_keys(checked):
        yield Progress(0, 0, _("Checking the bundle"))
    # The seal first: a bundle for others is not worth an hour of hashing.
    secret = library.keys.sealing_secret
    if checked.inner is not None and checked.problem is None:
        reader.open_bundle(checked, library.station.id, secret, rescue=True)
    if not (yield from checking(checked, token, thorough=False)):
        return None
    return reader.open_bundle(checked, library.station.id, secret, rescue=partial)


def _take(
    library: Library, opened: Opened, partial: bool, token: CancelToken, applied: ApplyReport, report: ReadReport
) -> Generator[Progress, None, None]:
    name = opened.checked.name
    new_cards = _cards(opened, name)
    bundle, station = bytes.fromhex(opened.inner.bundle), bytes.fromhex(opened.inner.station)
    arrivals, received = Arrivals(opened), Received()
    with library.read() as db:
        newest = store.newest_counter(db, store.READ, station)
        before = bundle_losses.earlier(db, bundle)
        last = log.newest_key(db)
    try:
        spool = Spool(library.cache)
    except OSError as error:
        raise _own_disk(error) from error
    try:
        writers = yield from _check_batches(library, opened, new_cards, spool, partial, arrivals, token)
        if token.cancelled:
            return
        second = applied.quarantined
        yield from _apply(library, opened, new_cards, spool, applied, report, token)
    except OSError as error:
        raise _own_disk(error) from error
    finally:
        spool.close()
    if token.cancelled:
        return
    report.broken_chain += chain.breaks(library, last)
    if applied.quarantined > second:
        known = set(report.two_histories)
        report.two_histories += [one for one in chain.second_histories(library, writers) if one not in known]
    try:
        yield from receive_thumbs(library, opened, received, arrivals, token)
        if not token.cancelled:
            yield from receive_originals(library, opened, received, arrivals, token)
    except OSError as error:
        raise _own_disk(error) from error
    finally:
        report.thumbnails += received.thumbnails
        report.originals += received.originals
        report.copies += received.copies
    if token.cancelled:
        return
    if not reader.still_there(opened.checked):
        raise problems.stick_gone(name)
    losses = bundle_losses.reckon(library, opened, arrivals, before)
    report.damaged += losses.number
    report.lost += [Lost(opened.checked.folder, what, one) for what, one in losses.lost]
    signer = opened.checked.signer
    sender, inner = signer.name if signer else "", opened.inner
    report.bundles.append(
        BundleRead(opened.checked.folder, station, sender, inner.counter, newest, inner.operations, losses.number)
    )
    _remember(library, opened, station, losses)
    _take_receipts(library, opened, report)


def _own_disk(error: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(
        "DISK_FAILED",
        _("The library's disk could not take the bundle ({reason}).").format(
            reason=error.strerror or type(error).__name__
        ),
        _("Free some space and read the bundle again."),
    )


def _cards(opened: Opened, name: str) -> list[Card]:
    try:
        return [cards.read_card(text) for text in opened.inner.cards]
    except CardError as error:
        raise problems.false_content(name) from error


def _check_batches(
    library: Library,
    opened: Opened,
    new_cards: list[Card],
    spool: Spool,
    partial: bool,
    arrivals: Arrivals,
    token: CancelToken,
) -> Generator[Progress, None, set[bytes]]:
    """Verify every batch before the first is applied; the value names the stations that wrote them."""
    with library.read() as db:
        keys = store.signing_keys(db)
    keys |= {card.station: card.signing for card in new_cards} | {library.station.id: library.station.signing}
    done = 0
    writers: set[bytes] = set()
    try:
        for frame_id, group in contents.groups(opened):
            try:
                for sealed in _sealed(group):
                    header = apply.check(sealed, keys).header
                    if not packs.can_be_sent((sealed.head, sealed.signature, sealed.body)):
                        raise BatchError("size")  # kept here, it would bar every bundle of ours
                    done += header.count
                    writers.add(header.origin)
            except (BatchError, FrameDamaged):
                if not partial:
                    raise
                opened.note_bad("ops", frame_id)
                continue
            arrivals.note("ops", frame_id)
            spool.add(group)
            if token.cancelled:
                return writers
            yield Progress(min(done, opened.inner.operations), opened.inner.operations, _("Checking records"))
    except (BatchError, FrameDamaged) as error:
        raise problems.false_content(opened.checked.name) from error
    return writers


def _sealed(group: bytes) -> Iterator[Sealed]:
    return (Sealed(*batch) for batch in contents.batches(group))


def _apply(
    library: Library,
    opened: Opened,
    new_cards: list[Card],
    spool: Spool,
    applied: ApplyReport,
    report: ReadReport,
    token: CancelToken,
) -> Generator[Progress, None, None]:
    def keep(db: Database) -> None:
        for card in new_cards:
            if card.station != library.station.id:
                keep_card(db, card)

    library.write(keep)
    yield from _take_revocations(library, opened, report)  # before the batches they are about
    total = opened.inner.operations
    done = 0
    for group in spool:
        turn: list[tuple[Sealed, batches.Opened]] = []
        weight = 0
        for sealed in _sealed(group):
            turn.append((sealed, batches.read(sealed)))
            weight += turn[-1][1].header.count
            if weight >= apply.OPERATIONS_A_TURN:
                library.take_in(turn, applied)
                done += weight
                turn, weight = [], 0
                if token.cancelled:
                    return
                yield Progress(min(done, total), total, _("Taking in records"))
        if turn:
            library.take_in(turn, applied)
            done += weight
        if token.cancelled:
            return
        yield Progress(min(done, total), total, _("Taking in records"))


def _take_revocations(library: Library, opened: Opened, report: ReadReport) -> Generator[Progress, None, None]:
    for text in opened.inner.statements:
        if len(text) <= _LONGEST and revocation_texts.is_revocation(text):
            try:
                yield from revocations.take(library, text)
            except RangerError as problem:
                report.ignored.append(f"{problem.what} {problem.todo}")


def _take_receipts(library: Library, opened: Opened, report: ReadReport) -> None:
    for text in opened.inner.statements:
        if len(text) <= _LONGEST and receipt_texts.is_receipt(text):
            try:
                taken = receipts.take_statement(library, text)
                if taken is not None and not taken.older:
                    report.receipts.append(taken)
            except RangerError as problem:
                report.ignored.append(f"{problem.what} {problem.todo}")


def _remember(library: Library, opened: Opened, station: bytes, losses: Losses) -> None:
    inner = opened.inner
    said = holds.said(bytes.fromhex(inner.incarnation), inner.counter, manifest.holds_in(inner.holds))
    stubs = manifest.partial_in(inner.partial)
    summary = json.dumps(
        {"operations": inner.operations, "media": inner.media, "damaged": losses.number}, sort_keys=True
    )

    def note(db: Database) -> None:
        known = store.station(db, station)
        old = holds.from_bytes(known.holds if known else None)
        try:
            before = partials.unpack(known.partial if known else None)
        except ValueError:
            before = {}
        kept = holds.newer(old, said)
        store.set_holds(db, station, holds.to_bytes(kept), kept.counter)
        if kept is said:
            store.set_partial(db, station, partials.pack(stubs))
        elif kept is not old:  # it was restored: what either statement keeps back may be lacking
            store.set_partial(db, station, partials.pack(partials.either(before, stubs)))
        bundle = bytes.fromhex(inner.bundle)
        damaged.put(db, bundle, station, inner.counter, losses.lost)
        store.note_bundle(
            db,
            bundle,
            store.READ,
            station,
            counter=inner.counter,
            at=library.now_ms(),
            upto=None,
            summary=summary,
        )

    library.write(note)
