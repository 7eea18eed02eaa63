"""Looking a library over: the database, every signature, the tables against the log, the originals in the vault."""

from __future__ import annotations

from dataclasses import dataclass

from ranger_app.actions import originals as originals_of
from ranger_app.domain import batch as batches
from ranger_app.domain.batch import BatchError
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.media import vault
from ranger_app.store import settings
from ranger_app.store.connection import Database
from ranger_app.store.log import stored
from ranger_app.store.rebuild import rebuild
from ranger_app.store.statehash import state_hash


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. ``code`` is stable, ``what`` translated."""

    code: str
    what: str


def check(
    library: Library, *, make_again: bool = False, originals: bool = False, cancel: CancelToken | None = None
) -> Job[list[Problem]]:
    """All problems found up to its end or the Cancel.

    ``originals``: read every original again and compare its hash, not only its size. ``make_again``: make every
    table anew from the log and compare.
    """
    problems: list[Problem] = []
    token = cancel or CancelToken()
    with library.read() as db:
        answer = db.conn.execute("PRAGMA quick_check").fetchone()[0]
        if answer != "ok":
            problems.append(Problem("DATABASE_DAMAGED", str(answer)))
        total = db.conn.execute("SELECT count(*) FROM batch").fetchone()[0]
        yield from _signatures(library, db, total, problems, token)
        yield from _originals(library, db, problems, token, thorough=originals)
    if make_again and not token.cancelled:
        yield Progress(0, 0, _("Making the tables again"))
        with library.read() as db:
            before = state_hash(db)  # of the tables as they lie, not the one kept from earlier
        library.rebuild(rebuild)
        library.write(lambda db: settings.put(db, "state_hash", ""))
        with library.read() as db:
            after = state_hash(db)
        if before != after:
            problems.append(Problem("TABLES_DIFFERED", _("The tables differed from the log and were made again.")))
    return problems


def _signatures(library: Library, db: Database, total: int, problems: list[Problem], token: CancelToken) -> Job[None]:
    keys = {row[0]: row[1] for row in db.conn.execute("SELECT id, signing_key FROM station")}
    keys[library.station.id] = library.station.signing
    previous: dict[tuple[bytes, bytes], tuple[int, bytes]] = {}
    for at, one in enumerate(stored(db)):
        try:
            header = batches.verify(one.sealed, keys.get(one.writer[0], b""))
            last = previous.get(one.writer)
            if last and last[0] == one.n - 1 and header.prev != last[1]:
                raise BatchError("chain")
        except BatchError:
            what = _("Batch {n} of station {id} is damaged.").format(n=one.n, id=one.writer[0].hex())
            problems.append(Problem("BATCH_DAMAGED", what))
        previous[one.writer] = (one.n, one.sealed.hash)
        if token.cancelled:
            return
        if at % 20 == 0:
            yield Progress(at, total, _("Checking signatures"))


def _originals(
    library: Library, db: Database, problems: list[Problem], token: CancelToken, *, thorough: bool
) -> Job[None]:
    # A partner's original may rightly be elsewhere; what was ingested or imported here must be here.
    rows = db.conn.execute(
        "SELECT file_name, sha256, bytes, ingest IN (SELECT id FROM ingest) FROM media"
        " WHERE deleted = 0 AND sha256 IS NOT NULL UNION ALL"
        " SELECT source_name, source_sha256, NULL, batch.origin = ? FROM track JOIN batch ON batch.key = track.batch"
        " WHERE track.deleted = 0 AND source_sha256 IS NOT NULL",
        (library.station.id,),
    ).fetchall()
    for at, (name, sha256, size, ours) in enumerate(rows):
        if token.cancelled:
            return
        if at % (1 if thorough else 200) == 0:
            yield Progress(at, len(rows), _("Checking originals"))
        found = originals_of.look_for(library, sha256)
        path = found.path
        if path is None:
            if ours and found.lost:  # not dropped on purpose, nor on a disk that is not plugged in
                problems.append(Problem("ORIGINAL_MISSING", _("The original of {name} is missing.").format(name=name)))
        elif (size is not None and path.stat().st_size != size) or (thorough and not vault.verify(path)):
            problems.append(Problem("ORIGINAL_DAMAGED", _("The original of {name} is damaged.").format(name=name)))
