"""The signed log: batches exactly as they came, who has been seen how far, and the operations inside.

Everything else in the database can be thrown away and made again from here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import zstandard

from ranger_app.domain import batch as batches
from ranger_app.domain import coarse, stubs
from ranger_app.domain.batch import Header, Lines, Meta, Opened, Sealed
from ranger_app.domain.intervals import Spans, Vector, Writer, add, covers, unpack, without
from ranger_app.domain.kinds import BY_NAME, MAKER_ONLY, RELEASES
from ranger_app.domain.merge import Version, by_maker
from ranger_app.domain.ops import Op
from ranger_app.store.connection import Database

MAX_BODY = 64 * 1024 * 1024
"""Bytes a batch's body may unpack to."""
_CACHED = 64
_VECTORS = 1000


@dataclass(frozen=True, slots=True)
class Stored:
    """One batch as it lies in the log."""

    key: int
    sealed: Sealed
    writer: Writer
    n: int
    operations: int


def pack_body(body: bytes) -> bytes:
    """The body as it lies on the disk."""
    return zstandard.ZstdCompressor(level=1).compress(body)


def unpack_body(packed: bytes) -> bytes:
    """The body as it was signed."""
    return zstandard.ZstdDecompressor().decompress(packed, max_output_size=MAX_BODY)


class Log:
    """The log as one connection sees it, with the few facts that every write needs kept in memory."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._opened: OrderedDict[int, Opened] = OrderedDict()
        self._lines: OrderedDict[int, Lines] = OrderedDict()
        self._stamps: dict[int, tuple[Writer, int]] = {}
        self._saw: OrderedDict[int, Vector] = OrderedDict()
        self.seen: Vector = {}
        self.kept: dict[int, tuple[Writer, int]] = {}
        """Writer and number of batches that are here and not shown, by local key: of a later version or after a cut."""
        self.purges: dict[tuple[str, bytes], set[bytes]] = {}
        """Kind and id of records that a station asked to have purged, and which stations did."""
        self.load()

    def load(self) -> None:
        """Read again what is kept in memory; needed after a transaction that was rolled back."""
        self.seen = vector(self.db)
        self._opened.clear()
        self._lines.clear()
        self._stamps.clear()
        self._saw.clear()
        self.kept.clear()
        for key, *writer, n in self.db.conn.execute("SELECT key, origin, incarnation, n FROM batch WHERE understood=0"):
            self.kept[key] = ((writer[0], writer[1]), n)
        self.load_purges()

    def load_purges(self) -> None:
        """Read again who asked for what to be purged."""
        self.purges.clear()
        for kind, record, origin in self.db.conn.execute("SELECT kind, id, origin FROM purged"):
            self.purges.setdefault((kind, record), set()).add(origin)

    def has(self, writer: Writer, n: int) -> bool:
        """Whether this batch is here."""
        return covers(self.seen.get(writer, []), n)

    def shown(self) -> Vector:
        """Which batches a person here could take into account: those that are here, but for what is only kept."""
        found = {writer: list(spans) for writer, spans in self.seen.items()}
        for writer, n in self.kept.values():
            found[writer] = without(found[writer], [n])
        return found

    def show(self, key: int, shown: bool) -> None:
        """Note whether a batch is shown from now on; the caller holds a transaction."""
        self.db.conn.execute("UPDATE batch SET understood=? WHERE key=?", (int(shown), key))
        if shown:
            self.kept.pop(key, None)
        else:
            self.kept[key] = self.stamp(key)

    def last(self, writer: Writer) -> tuple[int, bytes]:
        """The number and hash of the writer's newest batch here; (0, FIRST) when there is none."""
        row = self.db.conn.execute(
            "SELECT n, head FROM batch WHERE origin=? AND incarnation=? ORDER BY n DESC LIMIT 1", writer
        ).fetchone()
        return (row[0], Sealed(row[1], b"", b"").hash) if row else (0, batches.FIRST)

    def newest_hlc(self) -> int:
        """The largest clock reading in the log, 0 for an empty one."""
        return int(self.db.conn.execute("SELECT coalesce(max(hlc), 0) FROM batch").fetchone()[0])

    def append(self, sealed: Sealed, header: Header, meta: Meta, *, understood: bool, at: int) -> int:
        """Put a batch at the end; returns its local key. The caller holds a transaction."""
        cursor = self.db.conn.execute(
            "INSERT INTO batch (origin, incarnation, n, hlc, operations, head, signature, body, label, person, act,"
            " undoes, understood, received, mask) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                header.origin,
                header.incarnation,
                header.n,
                header.hlc,
                header.count,
                sealed.head,
                sealed.signature,
                pack_body(sealed.body),
                meta.label,
                meta.person,
                meta.act or header.n,
                meta.undoes,
                int(understood),
                at,
                stubs.mask(sealed.body),
            ),
        )
        key: int = cursor.lastrowid  # type: ignore[assignment]
        self._stamps[key] = (header.writer, header.n)
        if not understood:
            self.kept[key] = (header.writer, header.n)
        spans = self.seen.setdefault(header.writer, [])
        before = list(spans)
        add(spans, header.n)
        self._save_spans(header.writer, before, spans)
        return key

    def replace(self, key: int, state: Sealed) -> Opened:
        """Keep another state of a batch that is here: one that reveals more, or of which something was erased."""
        opened = batches.read(state)
        meta = opened.meta
        self.db.conn.execute(
            "UPDATE batch SET body=?, mask=?, label=?, person=?, act=?, undoes=? WHERE key=?",
            (
                pack_body(state.body),
                stubs.mask(state.body),
                meta.label,
                meta.person,
                meta.act or opened.header.n,
                meta.undoes,
                key,
            ),
        )
        self.remember(key, opened)
        return opened

    def _save_spans(self, writer: Writer, before: Spans, after: Spans) -> None:
        for low, high in set(before) - set(after):
            self.db.conn.execute(
                "DELETE FROM seen WHERE origin=? AND incarnation=? AND low=? AND high=?", (*writer, low, high)
            )
        self.db.conn.executemany(
            "INSERT OR REPLACE INTO seen VALUES (?,?,?,?)", [(*writer, *span) for span in set(after) - set(before)]
        )

    def stamp(self, key: int) -> tuple[Writer, int]:
        """Who wrote the batch with this local key, and its number."""
        found = self._stamps.get(key)
        if found is None:
            row = self.db.conn.execute("SELECT origin, incarnation, n FROM batch WHERE key=?", (key,)).fetchone()
            found = self._stamps[key] = ((row[0], row[1]), row[2])
        return found

    def saw(self, key: int) -> Vector:
        """What the batch with this local key says that its station had in view."""
        found = self._saw.get(key)
        if found is None:
            head = self.db.conn.execute("SELECT head FROM batch WHERE key=?", (key,)).fetchone()[0]
            found = self._saw[key] = unpack(batches.read_header(head).seen)
            while len(self._saw) > _VECTORS:
                self._saw.popitem(last=False)
        else:
            self._saw.move_to_end(key)
        return found

    def opened(self, key: int) -> Opened:
        """The values of the batch with this local key."""
        found = self._opened.get(key)
        if found is None:
            found = batches.read(sealed(self.db, key))
            self.remember(key, found)
        else:
            self._opened.move_to_end(key)
        return found

    def remember(self, key: int, opened: Opened) -> None:
        """Keep a batch at hand that was just read."""
        self._lines.pop(key, None)  # of a state before
        self._opened[key] = opened
        while len(self._opened) > _CACHED:
            self._opened.popitem(last=False)

    def lines(self, key: int) -> Lines:
        """The batch with this local key for reading single operations."""
        found = self._lines.get(key)
        if found is None:
            found = self._lines[key] = batches.read_lines(sealed(self.db, key))
            while len(self._lines) > _CACHED:
                self._lines.popitem(last=False)
        else:
            self._lines.move_to_end(key)
        return found

    def purge(self, key: int, op: Op, *, later: bool) -> None:
        """Note that the batch ``key`` asks for a record to be purged; with ``later`` from ``load_purges`` on only."""
        origin = self.stamp(key)[0][0]
        self.db.conn.execute("INSERT OR IGNORE INTO purged VALUES (?,?,?,?)", (op.kind, op.id, origin, key))
        if not later:
            self.purges.setdefault((op.kind, op.id), set()).add(origin)

    def versions(self, kind: str, record: bytes, created_in: int | None) -> list[Version]:
        """Every operation on a record of a kind: the creation in batch ``created_in`` and all later edits."""
        found: list[tuple[Version, bool]] = []
        if created_in is not None:
            lines = self.lines(created_in)
            found += [(_version(lines, lines.op(index), index), True) for index in lines.makers(kind, record)]
        rows = self.db.conn.execute("SELECT batch, i FROM edit WHERE id=? AND kind=?", (record, kind)).fetchall()
        for key, index in rows:
            lines = self.lines(key)
            op = lines.op(index)
            found.append((_version(lines, op, index), op.action == "create"))
        versions = [version for version, _made in found]
        if kind in MAKER_ONLY:
            created = [version for version, made in found if made]
            return by_maker(versions, created, MAKER_ONLY[kind], RELEASES.get(kind, frozenset()))
        return versions

    def made(self, kind: str, record: bytes, keys: Iterable[int]) -> list[Version]:
        """The operations of these batches that create a record, without their fields."""
        return [
            Version(lines.header.writer, lines.header.n, index, lines.header.hlc, lines.seen, {})
            for lines in map(self.lines, keys)
            for index in lines.makers(kind, record)
        ]


def _version(lines: Lines, op: Op, index: int) -> Version:
    header = lines.header
    hides = _hidden(op) if op.withheld else frozenset[str]()
    return Version(header.writer, header.n, index, header.hlc, lines.seen, op.fields, hides)


def _hidden(op: Op) -> frozenset[str]:
    """The fields that the groups withheld from an operation may set."""
    kind = BY_NAME.get(op.kind)
    if kind is None or op.action == "purge":  # which sets nothing, and is in part where it was followed
        return frozenset()
    names = {field.name for field in kind.fields if field.group.value in op.withheld}
    # The author adds coarse places wherever a place is set, and these tell which of its fields are.
    if coarse.COARSE.keys().isdisjoint(op.withheld) or "uncertainty" in op.fields:
        names -= {*coarse.FIELDS, "uncertainty"}
    return frozenset(names - op.fields.keys())


def vector(db: Database) -> Vector:
    """Which batches are here."""
    found: Vector = {}
    rows = db.conn.execute("SELECT origin, incarnation, low, high FROM seen ORDER BY origin, incarnation, low")
    for origin, incarnation, low, high in rows:
        found.setdefault((origin, incarnation), []).append((low, high))
    return found


def sealed(db: Database, key: int) -> Sealed:
    """The bytes of one batch."""
    head, signature, body = db.conn.execute("SELECT head, signature, body FROM batch WHERE key=?", (key,)).fetchone()
    return Sealed(head, signature, unpack_body(body))


def stored(db: Database, lacking: Vector | None = None, upto: int | None = None) -> Iterator[Stored]:
    """All batches in the order they came here, without those that ``lacking``'s owner is known to have.

    ``upto`` is the newest local key to take. Memory holds one page of batches.
    """
    have = lacking or {}
    last = 0
    limit = upto if upto is not None else 1 << 62
    while True:
        page = db.conn.execute(
            "SELECT key, origin, incarnation, n, operations, head, signature, body FROM batch"
            " WHERE key > ? AND key <= ? ORDER BY key LIMIT 200",
            (last, limit),
        ).fetchall()
        if not page:
            return
        last = page[-1][0]
        for key, origin, incarnation, n, operations, head, signature, body in page:
            if not covers(have.get((origin, incarnation), []), n):
                yield Stored(key, Sealed(head, signature, unpack_body(body)), (origin, incarnation), n, operations)


def between(db: Database, low: int, high: int) -> Iterator[Stored]:
    """The batches with local keys from ``low`` to ``high``, both included. Memory holds one page of batches."""
    after = low - 1
    while page := db.conn.execute(
        "SELECT key, origin, incarnation, n, operations, head, signature, body FROM batch"
        " WHERE key > ? AND key <= ? ORDER BY key LIMIT 200",
        (after, high),
    ).fetchall():
        after = page[-1][0]
        for key, origin, incarnation, n, operations, head, signature, body in page:
            yield Stored(key, Sealed(head, signature, unpack_body(body)), (origin, incarnation), n, operations)


def origins(db: Database, low: int, high: int) -> set[bytes]:
    """The stations that wrote the batches with these local keys, both included."""
    rows = db.conn.execute("SELECT DISTINCT origin FROM batch WHERE key BETWEEN ? AND ?", (low, high))
    return {row[0] for row in rows}


def newest_key(db: Database) -> int:
    """The local key of the batch that came last, 0 for none."""
    return int(db.conn.execute("SELECT coalesce(max(key), 0) FROM batch").fetchone()[0])


def writers(db: Database) -> set[bytes]:
    """The stations whose batches lie here."""
    return {row[0] for row in db.conn.execute("SELECT DISTINCT origin FROM seen")}
