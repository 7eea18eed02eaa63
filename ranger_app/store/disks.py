"""Where originals lie that are not in the library's own folder, and which were dropped: this library's own rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ranger_app.store.connection import Database


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of an original that is not in the library's folder: on a disk, or dropped (ms since 1970)."""

    disk: str | None
    dropped: int | None


@dataclass(frozen=True, slots=True)
class DiskRow:
    """A further disk as it was last seen. ``path`` is the folder with the originals, ``added`` ms since 1970."""

    id: str
    name: str
    path: str
    added: int
    originals: int
    bytes: int


def kept(db: Database, sha256: str) -> Kept | None:
    """Where the original with this hash went; None where it never left the library's folder."""
    row = db.conn.execute("SELECT disk, dropped FROM original WHERE sha256=?", (sha256,)).fetchone()
    return Kept(*row) if row else None


def disks(db: Database) -> list[DiskRow]:
    """All further disks by name, with how many originals each holds."""
    rows = db.conn.execute(
        "SELECT d.id, d.name, d.path, d.added, count(o.sha256), coalesce(sum((SELECT m.bytes FROM media AS m"
        " WHERE m.sha256 = o.sha256 LIMIT 1)), 0) FROM disk AS d LEFT JOIN original AS o ON o.disk = d.id"
        " GROUP BY d.id ORDER BY d.name COLLATE NOCASE, d.id"
    )
    return [DiskRow(*row) for row in rows]


def disk_path(db: Database, disk: str) -> tuple[str, str] | None:
    """(name, folder) of a disk as it was last seen."""
    row = db.conn.execute("SELECT name, path FROM disk WHERE id=?", (disk,)).fetchone()
    return (str(row[0]), str(row[1])) if row else None


def places(db: Database) -> list[tuple[str, str]]:
    """(id, folder) of all further disks as they were last seen."""
    return [(str(row[0]), str(row[1])) for row in db.conn.execute("SELECT id, path FROM disk ORDER BY id")]


def unplaced(db: Database) -> list[str]:
    """Hashes of originals of which nothing is noted: they lie in the library's folder, or nobody knows where."""
    rows = db.conn.execute(
        "SELECT DISTINCT sha256 FROM media WHERE sha256 IS NOT NULL AND deleted = 0"
        " AND sha256 NOT IN (SELECT sha256 FROM original)"
    )
    return [row[0] for row in rows]


def put_disk(db: Database, disk: str, name: str, path: str, added: int) -> None:
    """Know a disk, or know it at another path."""
    db.conn.execute(
        "INSERT INTO disk VALUES (?,?,?,?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, path = excluded.path",
        (disk, name, path, added),
    )


def put_on(db: Database, disk: str, hashes: Iterable[str]) -> None:
    """These originals lie on that disk now."""
    db.conn.executemany(
        "INSERT INTO original (sha256, disk) VALUES (?,?)"
        " ON CONFLICT (sha256) DO UPDATE SET disk = excluded.disk, dropped = NULL, person = NULL, rule = ''",
        [(one, disk) for one in hashes],
    )


def put_dropped(db: Database, hashes: Iterable[str], at: int, person: bytes | None, rule: str) -> None:
    """These originals were dropped by a person, for a reason in words."""
    db.conn.executemany(
        "INSERT INTO original (sha256, dropped, person, rule) VALUES (?,?,?,?) ON CONFLICT (sha256) DO UPDATE SET"
        " disk = NULL, dropped = excluded.dropped, person = excluded.person, rule = excluded.rule",
        [(one, at, person, rule) for one in hashes],
    )


def put_back(db: Database, hashes: Iterable[str]) -> None:
    """These originals lie in the library's folder again."""
    db.conn.executemany("DELETE FROM original WHERE sha256=?", [(one,) for one in hashes])


PURGED = "purged"
"""The rule under which the files of a purged picture go."""


def put_purged(db: Database, hashes: Iterable[str]) -> None:
    """The files with these hashes are to be removed, wherever they lie, as soon as that can be done."""
    db.conn.executemany(
        "INSERT INTO original (sha256, rule) VALUES (?,?) ON CONFLICT (sha256) DO UPDATE SET rule = excluded.rule",
        [(one, PURGED) for one in hashes],
    )


def waiting_purge(db: Database) -> list[str]:
    """Hashes of files that a purge wants removed and that no record names any more."""
    rows = db.conn.execute(
        "SELECT sha256 FROM original AS o WHERE rule = ? AND dropped IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM media AS m WHERE m.sha256 = o.sha256)"
        " AND NOT EXISTS (SELECT 1 FROM track AS t WHERE t.source_sha256 = o.sha256)",
        (PURGED,),
    )
    return [row[0] for row in rows]
