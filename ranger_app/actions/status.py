"""Where a library stands: how much it holds, what waits, and the hash that two stations compare."""

from __future__ import annotations

import hashlib

import msgspec

from ranger_app.actions import ledger, same_animal, second_look, second_opinion
from ranger_app.domain.intervals import pack
from ranger_app.domain.kinds import KINDS, fingerprint
from ranger_app.library import Library
from ranger_app.store import conflicts, revocations, rows, settings
from ranger_app.store.connection import Database
from ranger_app.store.statehash import state_hash

DAY_MS = 86_400_000
BACKUP_DAYS = 7


def current_hash(library: Library) -> str:
    """The state hash; kept with the set of batches it belongs to, because it is a function of that set."""
    vector = hashlib.sha256(msgspec.msgpack.encode((fingerprint(), pack(library.seen)))).hexdigest()
    with library.read() as db:
        known, _space, value = settings.get(db, "state_hash").partition(" ")
        if known == vector and value:
            return value
        value = state_hash(db)
    library.write(lambda db: settings.put(db, "state_hash", f"{vector} {value}"))
    return value


def waiting(library: Library) -> dict[str, int | None]:
    """What waits for somebody, as numbers.

    ``backup_days`` since the last backup of any kind, ``backup_elsewhere_days`` since the last on another disk than the
    library's; None where there was none.
    """
    unsent = "coalesce(state, 'draft') IN ('draft', 'returned')"
    with library.read() as db:
        return {
            "pictures_to_review": _number(db, "SELECT count(*) FROM media WHERE deleted = 0 AND seen_by < 2"),
            "patrols_to_submit": _number(db, f"SELECT count(*) FROM patrol WHERE deleted = 0 AND {unsent}"),
            "patrols_to_review": _number(db, "SELECT count(*) FROM patrol WHERE deleted = 0 AND state = 'submitted'"),
            "conflicts": conflicts.number(db),
            "second_look": second_look.queue(db).progress.differ,
            "same_animals": same_animal.waiting_for_us(library, db),
            "second_opinions": len(second_opinion.open_for(library, db)),
            "ingests_unfinished": _number(
                db, "SELECT count(*) FROM ingest WHERE finished IS NULL AND taken_back IS NULL"
            ),
            "partners_unconfirmed": _number(db, "SELECT count(*) FROM station WHERE partner = 1 AND trusted = 0"),
            "withdrawals_to_decide": sum(row.waits for row in revocations.rows(db)),
            "receipts_missing": len(ledger.receipts_missing(library)),
            "backup_days": _backup_days(db, "backup.at", library.now_ms()),
            "backup_elsewhere_days": _backup_days(db, "backup.elsewhere.at", library.now_ms()),
        }


def _number(db: Database, sql: str) -> int:
    return int(db.conn.execute(sql).fetchone()[0])


def _backup_days(db: Database, name: str, now: int) -> int | None:
    last = settings.get(db, name)
    return max(0, (now - int(last)) // DAY_MS) if last else None


def number_of_records(library: Library) -> int:
    """How many records of all kinds are here, deleted ones not counted."""
    with library.read() as db:
        return sum(rows.number(db, kind.name) for kind in KINDS)


def status(library: Library) -> dict[str, object]:
    """The whole answer of ``ranger status``."""
    with library.read() as db:
        numbers = {kind.name: rows.number(db, kind.name) for kind in KINDS}
        open_conflicts = conflicts.number(db)
    station = library.station
    return {
        "station": {
            "id": station.id.hex(),
            "name": station.name,
            "country": station.country,
            "utc_offset": station.utc_offset,
            "fingerprint": station.fingerprint,
            "incarnation": station.incarnation.hex(),
        },
        "records": numbers,
        "state_hash": current_hash(library),
        "conflicts": open_conflicts,
        "waiting": waiting(library),
        "keys_protected": library.keys.protected,
    }
