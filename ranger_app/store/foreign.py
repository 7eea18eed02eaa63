"""Reads SQLite files that others made, map tiles and GeoPackages, with the one SQLite this process has.

Such a file may come from anybody: it is opened read-only and unchanging, may only be selected from, with a few harmless
functions, and every question has its time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ranger_app.errors import DataProblem, EnvironmentProblem, file_missing, file_unreadable
from ranger_app.i18n import _
from ranger_app.store.connection import sqlite3

_HEAD = b"SQLite format 3\x00"
_LOOKS = 20_000  # steps of SQLite's machine between two looks at the clock
_FUNCTIONS = frozenset(("length", "typeof", "count", "min", "max", "abs", "coalesce", "ifnull", "lower", "upper"))
"""What a view may call; those that make long values out of nothing are not among them."""
_ALLOWED = frozenset((sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ))


class Foreign:
    """One file of somebody else's. Questions may come from several threads and are answered one after the other."""

    def __init__(self, path: Path, seconds: float) -> None:
        self.path = path
        self._seconds = seconds
        self._lock = threading.Lock()
        self._deadline = 0.0
        try:
            with path.open("rb") as file:
                head = file.read(len(_HEAD))
        except OSError as error:
            raise unreadable(path, error) from error
        if head != _HEAD:
            raise damaged(path)
        # immutable: no journal is played back and no file made beside it; what another program writes meanwhile is
        # not seen.
        address = path.absolute().as_uri() + "?mode=ro&immutable=1"
        try:
            self._db = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise damaged(path) from error
        try:
            self._db.executescript(
                "PRAGMA trusted_schema=OFF; PRAGMA query_only=ON; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;"
                "PRAGMA cache_size=-4096; PRAGMA temp_store=MEMORY;"
            )
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self._db.close()
            raise damaged(path) from error
        self._db.set_authorizer(_authorize)
        self._db.set_progress_handler(self._late, _LOOKS)

    def ask(self, sql: str, values: Sequence[Any] = (), most: int = 1000) -> list[tuple[Any, ...]]:
        """At most ``most`` rows of a SELECT; DataProblem where the file cannot answer or takes too long."""
        with self._lock, self._asking():
            return list(self._db.execute(sql, values).fetchmany(most))

    def rows(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a SELECT one after the other; the file's time counts for all of them together."""
        with self._lock, self._asking():
            yield from self._db.execute(sql, values)

    def columns(self, table: str) -> list[str]:
        """The names of a table's or view's columns, empty where there is none of that name."""
        with self._lock, self._asking():
            try:
                found = self._db.execute(f"SELECT * FROM {quoted(table)} LIMIT 0").description
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):
                    return []
                raise
            return [str(one[0]) for one in found]

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _asking(self) -> Iterator[None]:
        self._deadline = time.monotonic() + self._seconds
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError, OverflowError, MemoryError) as error:
            if "interrupted" in str(error):
                raise DataProblem(
                    "LAYER_TOO_SLOW",
                    _("{file} takes too long to read.").format(file=self.path.name),
                    _("Choose a smaller extract of it."),
                ) from error
            raise damaged(self.path) from error

    def _late(self) -> int:
        return 1 if time.monotonic() > self._deadline else 0


def _authorize(action: int, first: str | None, second: str | None, *_rest: object) -> int:
    if action in _ALLOWED or (action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FUNCTIONS):
        return int(sqlite3.SQLITE_OK)
    return int(sqlite3.SQLITE_DENY)


def quoted(name: str) -> str:
    """A table's or column's name as it stands in SQL."""
    return '"' + name.replace('"', '""') + '"'


def damaged(path: Path) -> DataProblem:
    """The refusal of a file that cannot be read as what its name says."""
    return DataProblem(
        "LAYER_DAMAGED",
        _("{file} is damaged or is not what its name says.").format(file=path.name),
        _("Nothing was changed. Choose another file, or make it again in the program it comes from."),
    )


def unreadable(path: Path, error: OSError) -> DataProblem | EnvironmentProblem:
    """What is said where a file is not there or cannot be opened."""
    return file_unreadable(path, error) if path.exists() else file_missing(path)
