"""How the database file is opened: one writer, any number of read-only readers, nothing else.

One SQLite library per process: two of them drop each other's POSIX locks. ``synchronous=FULL`` because with
NORMAL a power cut loses commits that a ranger was told are saved.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# sqlite-utils looks for numpy to know its number types. None of ours are, and looking takes longer than the rest of
# the start: told that it is absent, for this one import.
_NUMPY = sys.modules.get("numpy")
sys.modules["numpy"] = _NUMPY  # type: ignore[assignment]  # None means: not there
from sqlite_utils import Database  # noqa: E402
from sqlite_utils.utils import sqlite3  # noqa: E402

if _NUMPY is None:
    del sys.modules["numpy"]

from ranger_app.errors import DataProblem, EnvironmentProblem  # noqa: E402
from ranger_app.i18n import _  # noqa: E402
from ranger_app.store import ballast  # noqa: E402

APPLICATION_ID = 0x52414E47  # "RANG"
NOTHING_LEFT = 64 * 1024
"""With fewer bytes free than this even the database's own files cannot grow."""
MINIMUM_SQLITE = (3, 51, 3)  # the first with the WAL-reset corruption mended

_COMMON = """
PRAGMA busy_timeout=5000;
PRAGMA mmap_size=0;
PRAGMA trusted_schema=OFF;
PRAGMA cell_size_check=ON;
PRAGMA temp_store=MEMORY;
PRAGMA cache_size=-32768;
"""
_WRITER = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
PRAGMA fullfsync=ON;
PRAGMA checkpoint_fullfsync=ON;
PRAGMA wal_autocheckpoint=2000;
PRAGMA journal_size_limit=67108864;
"""
_READER = """
PRAGMA query_only=ON;
PRAGMA cache_size=-8192;
"""
"""Every thread has a reader: large caches would add up, and the system keeps the file's pages anyway."""

DatabaseError = sqlite3.DatabaseError
IntegrityError = sqlite3.IntegrityError

__all__ = [
    "Database",
    "DatabaseError",
    "IntegrityError",
    "open_reader",
    "open_writer",
    "said",
    "sqlite3",
    "transaction",
]


def _check_version() -> None:
    if sqlite3.sqlite_version_info < MINIMUM_SQLITE:
        raise EnvironmentProblem(
            "SQLITE_TOO_OLD",
            _("The database library on this machine is too old ({version}).").format(version=sqlite3.sqlite_version),
            _("Run the set-up again."),
        )


def open_writer(path: Path) -> Database:
    """The one connection that writes. Made if missing."""
    _check_version()
    connection = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False, cached_statements=512)
    try:
        connection.executescript(_COMMON + _WRITER)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise said(error, path.parent) from error
    return Database(connection, use_counts_table=False)


def open_reader(path: Path) -> Database:
    """A connection that can only read."""
    _check_version()
    connection = sqlite3.connect(
        path.absolute().as_uri() + "?mode=ro",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=512,
    )
    connection.executescript(_COMMON + _READER)
    return Database(connection, use_counts_table=False)


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """One immediate transaction: all of it is on the disk when this ends, or none of it."""
    try:
        db.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if db.conn.in_transaction:
                db.conn.execute("ROLLBACK")
            raise
        db.conn.execute("COMMIT")
    except sqlite3.DatabaseError as error:
        if db.conn.in_transaction:
            db.conn.execute("ROLLBACK")
        folder = _folder(db)
        raise _with_room(said(error, folder), folder) from error


def _with_room(problem: Exception, folder: Path | None) -> Exception:
    """A full disk gets the ballast's room back, and the person is told; other problems stay as they are."""
    full = isinstance(problem, EnvironmentProblem) and problem.code == "DISK_FULL"
    if full and folder is not None and ballast.give_up(folder):
        return EnvironmentProblem(
            "DISK_FULL",
            _("The disk is full."),
            _("Ranger gave up its reserve of {n} MB: do it again now, then make room.").format(n=ballast.SIZE >> 20),
        )
    return problem


def _folder(db: Database) -> Path | None:
    try:
        return Path(db.conn.execute("PRAGMA database_list").fetchone()[2]).parent
    except (sqlite3.DatabaseError, TypeError):
        return None


def _is_full(folder: Path | None) -> bool:
    try:
        return folder is not None and shutil.disk_usage(folder).free < NOTHING_LEFT
    except OSError:
        return False


def said(error: Exception, folder: Path | None = None) -> Exception:
    """The database's error as one that a person can act on; unknown ones come back unchanged.

    ``folder`` is the database's own. Where nothing is free there, SQLite's shared memory cannot grow, and it calls
    that a disk I/O error; to a person the disk is full.
    """
    name = str(getattr(error, "sqlite_errorname", "") or "")
    text = str(error).lower()
    if name == "SQLITE_FULL" or "disk is full" in text:
        return EnvironmentProblem("DISK_FULL", _("The disk is full."), _("Free some space and try again."))
    if name.startswith("SQLITE_IOERR") or "disk i/o" in text:
        if _is_full(folder):
            return EnvironmentProblem("DISK_FULL", _("The disk is full."), _("Free some space and try again."))
        return EnvironmentProblem(
            "DISK_FAILED", _("The disk could not be read or written."), _("Check the disk, then try again.")
        )
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) or "locked" in text:
        return EnvironmentProblem(
            "LIBRARY_IN_USE", _("Another program is using this library."), _("Close it and try again.")
        )
    if name.startswith("SQLITE_READONLY") or name.startswith("SQLITE_CANTOPEN"):
        return EnvironmentProblem(
            "LIBRARY_READ_ONLY", _("The library cannot be written."), _("Check the disk and the rights to the folder.")
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or "not a database" in text or "malformed" in text:
        return DataProblem("LIBRARY_DAMAGED", _("The library's database is damaged."), _("Restore the newest backup."))
    return error
