"""Taking in batches of other stations: checked before, applied in short transactions, harmless to repeat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ranger_app.domain import batch as batches
from ranger_app.domain import stubs
from ranger_app.domain.batch import BatchError, Opened, Sealed
from ranger_app.store import purges, revocations
from ranger_app.store.connection import Database, transaction
from ranger_app.store.log import Log
from ranger_app.store.log import sealed as sealed_of
from ranger_app.store.project import Projection, Touched

OPERATIONS_A_TURN = 2000
"""Operations in one transaction: about 50 ms, so that a click never waits long for the writer lane."""


@dataclass(slots=True)
class ApplyReport:
    """What taking in batches did. Counts are records, but ``already_known not_understood withheld`` operations.

    ``withheld`` came with something kept back, ``revealed`` now tell more than when they came first,
    ``after_withdrawal`` are kept and not shown, because the keys that signed them are withdrawn.
    """

    new: int = 0
    updated: int = 0
    already_known: int = 0
    not_understood: int = 0
    quarantined: int = 0
    withheld: int = 0
    revealed: int = 0
    after_withdrawal: int = 0
    purged: set[tuple[str, bytes]] = field(default_factory=set)
    soft: set[bytes] = field(default_factory=set)
    hard: set[bytes] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    _new: set[bytes] = field(default_factory=set)
    _updated: set[bytes] = field(default_factory=set)

    def add(self, touched: Touched) -> None:
        """Count one batch."""
        for ids in touched.new.values():
            self.new += len(ids)
        for ids in touched.changed.values():
            self._updated.update(ids)
        self.updated = len(self._updated)
        self.soft |= touched.soft
        self.hard |= touched.hard
        self.not_understood += touched.unknown
        self.kinds |= touched.kinds
        self.purged |= touched.purged


def understood(opened: Opened) -> bool:
    """Whether this version may show the batch; otherwise it is kept, carried on and shown after an update."""
    header = opened.header
    return header.schema[0] <= batches.SCHEMA[0] and batches.FEATURES.issuperset(header.requires)


def check(sealed: Sealed, signing_keys: Mapping[bytes, bytes]) -> Opened:
    """A foreign batch's values once signature and content hold; BatchError otherwise."""
    header = batches.read_header(sealed.head)
    key = signing_keys.get(header.origin)
    if key is None:
        raise BatchError("station")
    return batches.verified(sealed, key)


def apply_turn(
    db: Database, log: Log, projection: Projection, turn: Iterable[tuple[Sealed, Opened]], at: int, report: ApplyReport
) -> None:
    """Apply some checked batches in one transaction, skipping those that are here; ``at`` is now in ms."""
    with transaction(db):
        cuts = revocations.cuts(db)
        for sealed, opened in turn:
            if log.has(opened.header.writer, opened.header.n):
                _meet(db, log, projection, sealed, opened, at, report)
            else:
                _admit(log, projection, sealed, opened, at, report, cuts)


def _admit(
    log: Log,
    projection: Projection,
    sealed: Sealed,
    opened: Opened,
    at: int,
    report: ApplyReport,
    cuts: revocations.Cuts,
) -> None:
    sealed, opened = purges.without_erased(log.db, log, sealed, opened)
    header = opened.header
    counts = revocations.counts(cuts, header.writer, header.n)
    shown = counts and understood(opened)
    key = log.append(sealed, header, opened.meta, understood=shown, at=at)
    log.remember(key, opened)
    report.withheld += sum(
        1 for op in opened.ops if op.withheld and op.action != "purge" and (op.kind, op.id) not in log.purges
    )
    if shown:
        report.add(projection.apply(key, opened))
    elif not counts:
        report.after_withdrawal += header.count
    else:
        report.not_understood += header.count


def _meet(
    db: Database, log: Log, projection: Projection, sealed: Sealed, opened: Opened, at: int, report: ApplyReport
) -> None:
    """Another state of a batch that is here: the same, one that reveals more, or a second history."""
    header = opened.header
    key, head, mask, shown = db.conn.execute(
        "SELECT key, head, mask, understood FROM batch WHERE origin=? AND incarnation=? AND n=?",
        (*header.writer, header.n),
    ).fetchone()
    sealed, opened = purges.without_erased(db, log, sealed, opened)
    if head != sealed.head:
        _quarantine(db, sealed, opened, at)
        report.quarantined += 1
        return
    report.already_known += header.count
    if not stubs.adds(stubs.mask(sealed.body), mask):
        return
    before = log.opened(key)
    after = log.replace(key, stubs.join(sealed_of(db, key), sealed))
    told = [number for number, op in enumerate(after.ops) if op.withheld != before.ops[number].withheld]
    report.already_known -= len(told)
    report.revealed += len(told)
    if shown:
        report.add(projection.reveal(key, after, told))


def _quarantine(db: Database, sealed: Sealed, opened: Opened, at: int) -> None:
    # Two histories under one number: the first stays, the second is kept aside and said.
    header = opened.header
    db.conn.execute(
        "INSERT OR IGNORE INTO quarantine VALUES (?,?,?,?,?,?,?)",
        (*header.writer, header.n, sealed.head, sealed.signature, sealed.body, at),
    )
