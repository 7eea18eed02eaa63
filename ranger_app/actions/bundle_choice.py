"""Which records and pictures a bundle holds for these partners and their sharing rules; originals by what matters most.

The window asks the same before anything is written, so that a person hears what fits while it can be changed.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field

from ranger_app.actions import leaving, receipts, sharing
from ranger_app.actions.sharing_view import Picture, View
from ranger_app.domain import batch as batches
from ranger_app.domain import partial, stubs, taxa
from ranger_app.domain.batch import Sealed
from ranger_app.domain.intervals import Vector, covers, unpack
from ranger_app.domain.kinds import KINDS
from ranger_app.domain.partial import Stubs
from ranger_app.domain.sharing import FULL, Rule, stricter
from ranger_app.store import ledger, log
from ranger_app.store.connection import Database
from ranger_app.store.partners import KnownStation
from ranger_app.sync import holds
from ranger_app.sync.packs import NO_HASH

THUMB, ORIGINAL, REDACTED = "thumb", "original", "redacted"
"""Forms of a picture as the ledger names them."""
_PAGE = 400


def rule_for(db: Database, partners: Sequence[bytes]) -> Rule:
    """What all of these partners may see: a bundle that several read is as strict as the strictest of them asks."""
    found = [sharing.rule_of(db, one) for one in partners]
    rule = found[0] if found else FULL
    for other in found[1:]:
        rule = stricter(rule, other)
    return rule


def creator(partners: Sequence[bytes]) -> bytes:
    """The single recipient, whose own pictures are not sent back to it; empty for several."""
    return partners[0] if len(set(partners)) == 1 else b""


# -- records ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Lacking:
    """The batches that go along: local keys in order, operations, bytes as they lie here, and who wrote them."""

    keys: list[int] = field(default_factory=list)
    operations: int = 0
    size: int = 0
    stations: set[bytes] = field(default_factory=set)

    def spans(self) -> Iterator[tuple[int, int]]:
        """The keys as runs, both ends included."""
        first = last = 0
        for key in self.keys:
            if last and key == last + 1:
                last = key
                continue
            if last:
                yield first, last
            first = last = key
        if last:
            yield first, last


@dataclass(frozen=True, slots=True)
class _Held:
    whole: Vector
    parts: Stubs


def _held(known: KnownStation) -> _Held:
    said = holds.from_bytes(known.holds)
    try:
        parts = partial.unpack(known.partial)
    except ValueError:
        parts = {}
    return _Held(unpack(said.packed) if said else {}, parts)


def lacking(db: Database, partners: Sequence[KnownStation], view: View, upto: int, author: bytes = b"") -> Lacking:
    """The batches up to the local key ``upto`` that one of the partners does not hold, or not all of what it may see.

    Only its own signed statements count, never what was sent. ``author`` as in ``shown``.
    """
    found = Lacking()
    held = [_held(known) for known in partners]
    rows = db.conn.execute(
        "SELECT key, origin, incarnation, n, operations, length(head) + length(body) FROM batch WHERE key <= ?"
        " ORDER BY key",
        (upto,),
    )
    for key, origin, incarnation, n, operations, size in rows:
        writer = (origin, incarnation)
        theirs: list[bytes] = []
        for one in held:
            if not covers(one.whole.get(writer, []), n):
                break
            mask = partial.known(one.parts, writer, n)
            if mask == partial.UNKNOWN:
                break
            if mask is not None:
                theirs.append(mask)
        else:
            if held and not (theirs and _adds(db, view, key, theirs, author)):
                continue
        found.keys.append(key)
        found.stations.add(origin)
        found.operations += operations
        found.size += size
    return found


def _adds(db: Database, view: View, key: int, theirs: Sequence[bytes], author: bytes) -> bool:
    mine = stubs.mask(shown(view, log.sealed(db, key), author).body)
    return any(stubs.adds(mine, mask) for mask in theirs)


def shown(view: View, sealed: Sealed, author: bytes = b"") -> Sealed:
    """A batch with only what the rule reveals of it; what ``author``, the only reader, wrote itself stays whole.

    A station that lost its disk gets its own work back from whoever holds it, whatever it may see of theirs.
    """
    if view.rule.everything:
        return sealed
    opened = batches.read(sealed)
    if opened.header.origin == author:
        return sealed
    return stubs.withhold(sealed, view.reveal(opened), meta=view.meta(opened), opened=opened)


def numbers_by_kind(db: Database, keys: Sequence[int]) -> dict[str, int]:
    """How many records of each kind these batches made, and under ``edit`` how many edits they hold."""
    wanted = set(keys)
    numbers = {}
    for kind in KINDS:
        made = db.conn.execute(f'SELECT batch, count(*) FROM "{kind.name}" GROUP BY batch')
        numbers[kind.name] = sum(number for batch, number in made if batch in wanted)
    edits = db.conn.execute("SELECT batch, count(*) FROM edit GROUP BY batch")
    numbers["edit"] = sum(number for batch, number in edits if batch in wanted)
    return {name: number for name, number in numbers.items() if number}


# -- pictures -----------------------------------------------------------------------------------------------------


def key_of(form: str, record: bytes, sha256: str | None) -> bytes:
    """A picture's name in the bundle, 32 bytes: its hash, or zeros and its record's id where that stays."""
    return NO_HASH + record if form == REDACTED or sha256 is None else bytes.fromhex(sha256)


def name_of(key: bytes) -> str:
    """The same as the ledger and the cache have it: the hash in hex, or the record's id."""
    return key[len(NO_HASH) :].hex() if key.startswith(NO_HASH) else key.hex()


def forms(
    view: View, page: Sequence[tuple[bytes, str | None]], own: Container[bytes] = frozenset()
) -> dict[bytes, Picture]:
    """What may leave of these pictures (record id, hash), for which the rules of ``leaving`` were asked already.

    ``own`` are those that the only reader made itself: it lost them and gets them back whole.
    """
    if view.rule.everything and view.rule.pictures == "originals":
        return {record: "original" if sha256 else "redacted" for record, sha256 in page}
    found = view.pictures([record for record, _sha256 in page])
    return {
        record: "original"
        if sha256 and record in own
        else (found[record] if sha256 or found[record] == "none" else "redacted")
        for record, sha256 in page
    }


_WITH_PREVIEW = (
    "m.deleted = 0 AND (m.sha256 IS NOT NULL OR EXISTS (SELECT 1 FROM withheld AS w WHERE w.id = m.id))"
    f" AND {leaving.PIXELS_LEAVE}"
)


def thumbnails(
    db: Database, view: View, partners: Sequence[bytes], records: Lacking, own: bytes
) -> Iterator[tuple[int, bytes]]:
    """The thumbnails that go along: number of the batch in the list, and the picture's name in the bundle.

    Those of the records inside; and our own that a partner should have and did not confirm: they were lost with a
    damaged stick, released since, or a rule has become wider.
    """
    has = receipts.has_pictures(db, partners)
    twice = recorded_twice(db)
    met: set[bytes] = set()

    def taken(page: Sequence[tuple[bytes, str | None]], author: bytes = b"") -> Iterator[bytes]:
        theirs = {record for record, _sha256 in page} if author and author == creator(partners) else frozenset()
        allowed = forms(view, page, theirs)
        for record, sha256 in page:
            form = allowed[record]
            if form == "none":
                continue
            key = key_of(REDACTED if form == "redacted" else THUMB, record, sha256)
            if sha256 in twice:
                if key in met:
                    continue
                met.add(key)
            if not has(name_of(key), THUMB):
                yield key

    for number, batch in enumerate(records.keys):
        page = db.conn.execute(
            f"SELECT m.id, m.sha256 FROM media AS m WHERE m.batch = ? AND {_WITH_PREVIEW} ORDER BY m.key", (batch,)
        ).fetchall()
        made_by = db.conn.execute("SELECT origin FROM batch WHERE key = ?", (batch,)).fetchone() if page else None
        for key in taken(page, made_by[0] if made_by else b""):
            yield number, key
    sent = set(records.keys)
    older = db.conn.execute(
        "SELECT m.id, m.sha256, m.batch FROM media AS m JOIN batch AS b ON b.key = m.batch"
        f" WHERE b.origin = ? AND {_WITH_PREVIEW} ORDER BY m.key",
        (own,),
    )
    while rows := older.fetchmany(_PAGE):
        for key in taken([(record, sha256) for record, sha256, batch in rows if batch not in sent]):
            yield len(records.keys), key
    for page in _asked_for(db, partners, own, sent):
        for key in taken(page):
            yield len(records.keys), key


def _asked_for(
    db: Database, partners: Sequence[bytes], own: bytes, sent: set[int]
) -> Iterator[list[tuple[bytes, str | None]]]:
    """Pictures of other stations that went from here and were lost on the way, as a receipt says."""
    marks = ",".join("?" * len(partners))
    names = db.conn.execute(
        "SELECT DISTINCT gm.name FROM given AS g JOIN given_media AS gm ON gm.given = g.key WHERE g.station IN"
        f" ({marks}) AND g.confirmed IS NULL AND g.confirmed_how = '{ledger.PART}' AND gm.lacking = 1"
        f" AND gm.form = '{THUMB}'",
        list(partners),
    )
    while page := [row[0] for row in names.fetchmany(_PAGE)]:
        hashes = [name for name in page if len(name) == 64]
        ids = [bytes.fromhex(name) for name in page if len(name) == 32]
        rows = db.conn.execute(
            "SELECT m.id, m.sha256, m.batch FROM media AS m JOIN batch AS b ON b.key = m.batch"
            f" WHERE (m.sha256 IN ({','.join('?' * len(hashes))}) OR m.id IN ({','.join('?' * len(ids))}))"
            f" AND b.origin <> ? AND {_WITH_PREVIEW}",
            (*hashes, *ids, own),
        ).fetchall()
        yield [(record, sha256) for record, sha256, batch in rows if batch not in sent]


_CLASS = "CASE WHEN m.shown IN ({flagships}) THEN 0 WHEN m.shown = 'blank' THEN 2 ELSE 1 END"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An original that may be sent, or a copy in its place: ``key`` as in the bundle, the original's hash as hex.

    ``batch`` is the local key of its record's batch, ``size`` its bytes as its record says.
    """

    key: bytes
    sha256: str
    batch: int
    size: int

    @property
    def copy(self) -> bool:
        """Whether only a copy without camera data goes along."""
        return self.key.startswith(NO_HASH)


def track_files(db: Database, view: View, partners: Sequence[bytes]) -> Iterator[Candidate]:
    """The files that tracks came from; none where a rule withholds anything."""
    if not view.rule.everything:
        return
    has = receipts.has_pictures(db, partners)
    rows = db.conn.execute(
        "SELECT t.source_sha256, t.batch FROM track AS t LEFT JOIN batch AS b ON b.key = t.batch"
        " WHERE t.deleted = 0 AND t.source_sha256 IS NOT NULL AND coalesce(b.origin, x'') <> ?"
        # A track that names the file of a picture is no way round the picture's own rules.
        " AND NOT EXISTS (SELECT 1 FROM media AS m WHERE m.sha256 = t.source_sha256) ORDER BY t.key",
        (creator(partners),),
    )
    met: set[str] = set()
    for sha256, batch in rows:
        if sha256 not in met and not has(sha256, ORIGINAL):
            met.add(sha256)
            yield Candidate(bytes.fromhex(sha256), sha256, batch or 0, 0)


def files_of_tracks(db: Database, hashes: Sequence[str]) -> set[str]:
    """Of these hashes, those of files that tracks came from and that are no picture's."""
    marks = ",".join("?" * len(hashes))
    rows = db.conn.execute(
        f"SELECT t.source_sha256 FROM track AS t WHERE t.source_sha256 IN ({marks}) AND t.deleted = 0"
        " AND NOT EXISTS (SELECT 1 FROM media AS m WHERE m.sha256 = t.source_sha256)",
        hashes,
    )
    return {row[0] for row in rows}


def pictures(db: Database, view: View, partners: Sequence[bytes], records: Lacking) -> Iterator[Candidate]:
    """The originals of pictures that may be sent, the most important first.

    Flagship species before all else that was seen, blanks last, the newest first among equals. Left out is what no
    person has reviewed and what shows people, unless released, what the rule keeps, what all the partners confirmed
    to hold, and what the only reader made itself, unless it lost the record too.
    """
    author, sent = creator(partners), set(records.keys)
    species = taxa.flagship()
    kinds = _CLASS.format(flagships=",".join("?" * len(species)))
    # Only keys are sorted: a million of them fit into little memory.
    keys = db.conn.execute(
        f"SELECT m.key FROM media AS m WHERE m.deleted = 0 AND m.sha256 IS NOT NULL AND {leaving.ALL_ORIGINALS}"
        f" ORDER BY {kinds}, m.taken_at DESC NULLS LAST, m.key DESC",
        species,
    )
    has = receipts.has_pictures(db, partners)
    twice = recorded_twice(db)
    met: set[bytes] = set()
    while page := [row[0] for row in keys.fetchmany(_PAGE)]:
        marks = ",".join("?" * len(page))
        sql = (
            "SELECT m.key, m.id, m.sha256, m.batch, coalesce(m.bytes, 0), b.origin FROM media AS m"
            f" LEFT JOIN batch AS b ON b.key = m.batch WHERE m.key IN ({marks})"
        )
        by_key = {row[0]: row[1:] for row in db.conn.execute(sql, page)}
        found = [by_key[key] for key in page if key in by_key]
        rows = [row for row in found if not author or row[4] != author or row[2] in sent]
        own = {row[0] for row in rows if author and row[4] == author}
        allowed = forms(view, [(row[0], row[1]) for row in rows], own)
        large = view.large_copies([record for record, form in allowed.items() if form == "redacted"])
        for record, sha256, batch, size, _origin in rows:
            form = allowed[record]
            if form == "redacted" and record in large:
                candidate = Candidate(NO_HASH + record, sha256, batch or 0, size)
            elif form == "original":
                candidate = Candidate(bytes.fromhex(sha256), sha256, batch or 0, size)
            else:
                continue
            if sha256 in twice:
                if candidate.key in met:
                    continue
                met.add(candidate.key)
            if not has(name_of(candidate.key), REDACTED if candidate.copy else ORIGINAL):
                yield candidate


def recorded_twice(db: Database) -> set[str]:
    """Files of which there are several records."""
    rows = db.conn.execute("SELECT sha256 FROM media WHERE sha256 IS NOT NULL GROUP BY sha256 HAVING count(*) > 1")
    return {row[0] for row in rows}


def still_leave(db: Database, view: View, keys: Sequence[bytes], *, originals: bool, author: bytes = b"") -> set[bytes]:
    """Of pictures by their names in a bundle that was settled before, those that may leave in that form today."""
    found: set[bytes] = set()
    hidden = {key[len(NO_HASH) :] for key in keys if key.startswith(NO_HASH)}
    hashes = [key.hex() for key in keys if not key.startswith(NO_HASH)]
    rows: list[tuple[bytes, str | None]] = []
    own: set[bytes] = set()
    for column, values in (("m.id", list(hidden)), ("m.sha256", hashes)):
        marks = ",".join("?" * len(values))
        here = db.conn.execute(
            "SELECT m.id, m.sha256, b.origin FROM media AS m LEFT JOIN batch AS b ON b.key = m.batch"
            f" WHERE {column} IN ({marks}) AND {_WITH_PREVIEW}",
            values,
        ).fetchall()
        rows += [(row[0], row[1]) for row in here]
        own.update(row[0] for row in here if author and row[2] == author)
    allowed = forms(view, rows, own)
    whole = leaving.originals_that_leave(db, [row[0] for row in rows]) if originals else set()
    # One record of a file binds all others of it.
    barred: set[str] = set()
    for record, sha256 in rows:
        if record in hidden and allowed[record] != "none" and (not originals or record in whole):
            found.add(NO_HASH + record)
        if sha256 is not None:
            good = allowed[record] == "original" if originals else allowed[record] in ("original", "thumbnail")
            if good and (not originals or record in whole):
                found.add(bytes.fromhex(sha256))
            else:
                barred.add(sha256)
    found -= {bytes.fromhex(one) for one in barred}
    if originals and view.rule.everything:
        found |= {bytes.fromhex(one) for one in files_of_tracks(db, hashes)}
    return found
