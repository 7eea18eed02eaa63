"""The ledger: one row for each thing that left this library to one party, and whether a receipt proved that it came.

Rows are added and confirmed, never changed otherwise and never removed.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import msgspec

from ranger_app.store.connection import Database

BUNDLE, OPEN_BUNDLE = "bundle", "open_bundle"
BUNDLES = (BUNDLE, OPEN_BUNDLE)
FILE, TEXT, IN_BUNDLE = "file", "text", "bundle"
RESTORED = "restored"
"""``confirmed_how`` of a bundle that arrived once at a partner who was restored from a backup since."""
PART = "part"
"""``confirmed_how`` of a bundle, not confirmed, of which a receipt says that only a part arrived."""
_NO_HASH = "0" * 32


@dataclass(frozen=True, slots=True)
class Given:
    """A row. ``at`` and ``confirmed`` ms since 1970; ``records`` and ``media`` are numbers by kind and by form.

    ``what`` is bundle, open_bundle, export, report, map, card or receipt; ``name`` the format or the folder's name;
    ``rule`` the sharing rule as JSON text, or "exact". ``parts`` is 0 for a bundle that was not finished.
    """

    key: int
    at: int
    person: bytes | None
    what: str
    name: str
    station: bytes | None
    counter: int | None
    bundle: bytes | None
    rule: str
    place: str
    records: Mapping[str, int]
    media: Mapping[str, int]
    bytes: int
    digest: str
    parts: int
    confirmed: int | None = None
    confirmed_how: str | None = None

    @property
    def proved(self) -> bool:
        """Whether a receipt of the partner as it is today says that it has all of it."""
        return self.confirmed is not None and self.confirmed_how != RESTORED


_COLUMNS = (
    "key, at, person, what, name, station, counter, bundle, rule, place, records, media, bytes, digest, parts,"
    " confirmed, confirmed_how"
)
_numbers = msgspec.json.Decoder(dict[str, int]).decode


def _given(row: tuple[Any, ...]) -> Given:
    values = [*row[:10], _numbers(row[10]), _numbers(row[11]), *row[12:]]
    return Given(*values)


def note(db: Database, given: Given, batches: Iterable[int] = ()) -> int:
    """Add a row (its ``key`` is ignored), with the local keys of the batches inside; returns the key.

    The caller holds a transaction.
    """
    cursor = db.conn.execute(
        "INSERT INTO given (at, person, what, name, station, counter, bundle, rule, place, records, media, bytes,"
        " digest, parts, batches) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (given.at, given.person, given.what, given.name, given.station, given.counter, given.bundle, given.rule,
         given.place, _text(given.records), _text(given.media), given.bytes, given.digest, given.parts,
         _packed(batches)),
    )  # fmt: skip
    return int(cursor.lastrowid or 0)


def _text(numbers: Mapping[str, int]) -> str:
    return msgspec.json.encode(dict(sorted(numbers.items()))).decode("utf-8")


def _packed(batches: Iterable[int]) -> bytes | None:
    keys = sorted(set(batches))
    if not keys:
        return None
    ends = [0, *(at for at, (one, after) in enumerate(pairwise(keys), 1) if after != one + 1), len(keys)]
    return zlib.compress(msgspec.msgpack.encode([(keys[low], keys[high - 1]) for low, high in pairwise(ends)]))


def batches(db: Database, key: int) -> list[tuple[int, int]]:
    """The local keys of the batches that were inside, as spans with both ends included."""
    row = db.conn.execute("SELECT batches FROM given WHERE key=?", (key,)).fetchone()
    if row is None or row[0] is None:
        return []
    return msgspec.msgpack.decode(zlib.decompress(row[0]), type=list[tuple[int, int]])


def inside(db: Database, key: int) -> Iterator[int]:
    """The local keys of the batches that were inside and are here."""
    for low, high in batches(db, key):
        rows = db.conn.execute("SELECT key FROM batch WHERE key BETWEEN ? AND ? ORDER BY key", (low, high)).fetchall()
        yield from (int(row[0]) for row in rows)


def operations_here(db: Database) -> Iterator[tuple[bytes, bytes, int, int]]:
    """Station, incarnation, number and operations of every batch here."""
    yield from db.conn.execute("SELECT origin, incarnation, n, operations FROM batch")


def note_media(db: Database, key: int, pictures: Iterable[tuple[str, str]]) -> None:
    """Add pictures, by name (lower hex of hash or record id) and form, to a row; the caller holds a transaction.

    A name as a bundle's frames carry it, a record id behind zeros, is kept as the id alone.
    """
    db.conn.executemany(
        "INSERT OR IGNORE INTO given_media (given, name, form) VALUES (?,?,?)",
        [(key, name[32:] if len(name) == 64 and name.startswith(_NO_HASH) else name, form) for name, form in pictures],
    )


def given(db: Database, station: bytes | None = None, limit: int | None = None) -> list[Given]:
    """The rows of one party, or of all, newest first."""
    where, values = ("WHERE station=?", [station]) if station is not None else ("", [])
    rows = db.conn.execute(
        f"SELECT {_COLUMNS} FROM given {where} ORDER BY at DESC, key DESC LIMIT ?", (*values, limit or -1)
    )
    return [_given(row) for row in rows.fetchall()]


def one(db: Database, key: int) -> Given | None:
    """The row with this key."""
    row = db.conn.execute(f"SELECT {_COLUMNS} FROM given WHERE key=?", (key,)).fetchone()
    return _given(row) if row else None


def sealed(db: Database, station: bytes) -> list[Given]:
    """The bundles sealed for a station, oldest first: what receipts of that station are about."""
    rows = db.conn.execute(
        f"SELECT {_COLUMNS} FROM given WHERE station=? AND what=? ORDER BY key", (station, BUNDLE)
    ).fetchall()
    return [_given(row) for row in rows]


def confirm(db: Database, key: int, at: int, how: str) -> None:
    """A receipt proves that all of it arrived; the first proof's time stays. The caller holds a transaction."""
    db.conn.execute("UPDATE given SET confirmed=coalesce(confirmed, ?), confirmed_how=? WHERE key=?", (at, how, key))


def arrived_in_part(db: Database, key: int) -> None:
    """A receipt says that not all of it arrived. The caller holds a transaction."""
    db.conn.execute("UPDATE given SET confirmed_how=? WHERE key=? AND confirmed IS NULL", (PART, key))


def unproved(db: Database, key: int) -> None:
    """The partner was restored and names it no more: it may be gone there. The caller holds a transaction."""
    db.conn.execute(
        "UPDATE given SET confirmed_how=CASE WHEN confirmed IS NULL THEN NULL ELSE ? END WHERE key=?", (RESTORED, key)
    )


def lacking(db: Database, key: int, names: Iterable[tuple[str, Sequence[str]]]) -> int:
    """Mark the pictures whose name begins so, in one of these forms, as not arrived; returns how many are marked.

    All others of the row count as arrived. The caller holds a transaction.
    """
    db.conn.execute("UPDATE given_media SET lacking=0 WHERE given=? AND lacking=1", (key,))
    marked = 0
    for prefix, forms in names:
        marks = ",".join("?" * len(forms))
        marked += db.conn.execute(
            f"UPDATE given_media SET lacking=1 WHERE given=? AND name >= ? AND name < ? AND form IN ({marks})",
            (key, prefix, f"{prefix}g", *forms),  # "g" is larger than any hex digit
        ).rowcount
    return marked


def all_lacking(db: Database, key: int) -> None:
    """Nobody knows which pictures of the row arrived: count none of them. The caller holds a transaction."""
    db.conn.execute("UPDATE given_media SET lacking=1 WHERE given=?", (key,))


def pictures(db: Database, key: int, limit: int) -> list[tuple[str, str, bool]]:
    """The first pictures of a row: name, form, and whether it is known not to have arrived; such ones first."""
    rows = db.conn.execute(
        "SELECT name, form, lacking FROM given_media WHERE given=? ORDER BY lacking DESC, name, form LIMIT ?",
        (key, limit),
    )
    return [(name, form, bool(gone)) for name, form, gone in rows.fetchall()]


def number_lacking(db: Database, key: int) -> int:
    """How many pictures of a row are known not to have arrived."""
    return int(db.conn.execute("SELECT count(*) FROM given_media WHERE given=? AND lacking=1", (key,)).fetchone()[0])


_ROWS_WITH = "SELECT given FROM given_media INDEXED BY given_media_by_name WHERE name=? AND lacking=0 AND form IN (?,?)"


def rows_with(db: Database, name: str, form: str, or_form: str) -> list[int]:
    """The rows in which a picture went in one of two forms and is not known to be missing. Asked a million times."""
    return [row[0] for row in db.conn.execute(_ROWS_WITH, (name, form, or_form))]


def bundle_rows(db: Database, bundle: bytes) -> list[Given]:
    """The rows of one bundle, one for each party."""
    rows = db.conn.execute(f"SELECT {_COLUMNS} FROM given WHERE bundle=? ORDER BY key", (bundle,)).fetchall()
    return [_given(row) for row in rows]


# -- receipts -----------------------------------------------------------------------------------------------------


MOST_RECEIPTS = 100
"""Receipts of one partner that are kept."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A receipt we got: its number at the partner, when it was taken (ms since 1970), and the text as it came."""

    station: bytes
    number: int
    at: int
    text: str


def keep_receipt(db: Database, receipt: Kept) -> None:
    """Keep the text of a receipt, and no more than the newest ones. The caller holds a transaction."""
    db.conn.execute(
        "INSERT OR REPLACE INTO receipt (station, counter, at, text) VALUES (?,?,?,?)",
        (receipt.station, receipt.number, receipt.at, receipt.text),
    )
    db.conn.execute(
        "DELETE FROM receipt WHERE station=?1 AND counter NOT IN"
        " (SELECT counter FROM receipt WHERE station=?1 ORDER BY at DESC, counter DESC LIMIT ?2)",
        (receipt.station, MOST_RECEIPTS),
    )


def receipts(db: Database, station: bytes | None = None) -> list[Kept]:
    """The receipts kept, newest first."""
    where, values = ("WHERE station=?", (station,)) if station is not None else ("", ())
    rows = db.conn.execute(
        f"SELECT station, counter, at, text FROM receipt {where} ORDER BY at DESC, counter DESC", values
    )
    return [Kept(*row) for row in rows.fetchall()]
