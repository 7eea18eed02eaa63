"""One station's library: its folder, keys, lock and connections. It owns these and nothing else.

Every change goes through ``commit``, one batch in one transaction in the one writer lane; the verbs themselves are
plain functions in ``ranger_app.actions``.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from ranger_app import incarnation as incarnations
from ranger_app.changes import Changes
from ranger_app.domain import batch as batches
from ranger_app.domain import ids
from ranger_app.domain.batch import Meta, Sealed
from ranger_app.domain.intervals import Vector
from ranger_app.domain.kinds import BY_NAME, fingerprint
from ranger_app.domain.ops import Op
from ranger_app.domain.station import Station, usable_name
from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.i18n import _
from ranger_app.keys import FILE as KEY_FILE
from ranger_app.keys import StationKeys, read_keys, write_keys
from ranger_app.store import purges, settings
from ranger_app.store.apply import OPERATIONS_A_TURN, ApplyReport, apply_turn
from ranger_app.store.backup import copy_database
from ranger_app.store.connection import Database, DatabaseError, open_reader, open_writer, transaction
from ranger_app.store.log import Log, newest_key
from ranger_app.store.migrations import migrate
from ranger_app.store.project import Projection
from ranger_app.store.rebuild import rebuild, steps

log = logging.getLogger(__name__)
DATABASE = "ranger.db"
DAY_US = 86_400_000_000
_NUMBERED = ("bundle.counter", "receipt.number")
"""Settings that number what leaves, besides the batches."""
BUNDLES_LOST = 1000
"""More bundles than anybody writes between a backup and the loss of the disk."""


def _wall_ms() -> int:
    return max(time.time_ns() // 1_000_000, 0)  # no batch may be dated before 1970: nobody would read it, ever


class Library:
    """An open library. Safe to use from several threads; closed by ``close`` or a ``with`` block."""

    def __init__(self, folder: Path, lock: FileLock, passphrase: str | None, clock: Callable[[], int]) -> None:
        self.folder = folder
        self.clock = clock
        self.new_id: ids.NewId = ids.new_id
        self.person: bytes | None = None
        """Who is working now: the default author of every statement."""
        self.attended = False
        """A window is open: an act that needs a role then needs a person who has said who they are."""
        self.listeners: list[Callable[[Changes], None]] = []
        """Told of every change once it is on the disk, in the thread that made it."""
        self._lock = lock
        self._lane = threading.RLock()
        self._readers = threading.local()
        self._all_readers: list[Database] = []
        self.keys = read_keys(folder / KEY_FILE, passphrase)
        self.db = open_writer(folder / DATABASE)
        try:
            migrate(self.db, lambda: copy_database(self.db, folder / "backups" / f"before-update-{_wall_ms()}.db"))
            self.log = Log(self.db)
            self.projection = Projection(self.db, self.log)
            self._show_what_is_understood_now()
            self._know_the_station()
            self.station = self._station()
            self._n, self._prev = self.log.last(self._writer)
            self._check_incarnation()
            self._hlc = self.log.newest_hlc()
        except BaseException:
            self.db.conn.close()
            raise

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        name: str,
        country: str,
        utc_offset: int,
        passphrase: str | None = None,
        keys: StationKeys | None = None,
        clock: Callable[[], int] = _wall_ms,
    ) -> Library:
        """Make a new library in ``folder`` and open it. ``utc_offset`` is minutes east of UTC.

        DataProblem where a library is there already or a name or country is not usable.
        """
        name, country = name.strip(), country.strip().upper()
        if not name:
            raise DataProblem("NAME_MISSING", _("The station has no name."), _("Give it a name."))
        if not usable_name(name):
            raise DataProblem(
                "NAME_WRONG", _("This cannot be the name of a station."), _("Use a short name on one line.")
            )
        if len(country) != 2 or not country.isascii() or not country.isalpha():
            raise DataProblem(
                "COUNTRY_WRONG",
                _("The country is not a two-letter code."),
                _("Use one such as RU, CN, MN, KP, KR or JP."),
            )
        if (folder / KEY_FILE).exists() and not (folder / DATABASE).exists():
            raise DataProblem(
                "KEYS_ALONE",
                _("In this folder lie the keys of a station, but no library."),
                _("Restore its backup here, or choose another folder."),
            )
        if (folder / DATABASE).exists():
            raise DataProblem(
                "LIBRARY_EXISTS",
                _("There is a library in this folder already."),
                _("Open it, or choose another folder."),
            )
        lock = _locked(folder)
        try:
            db = open_writer(folder / f"{DATABASE}.new")
            try:
                migrate(db)
                with transaction(db):
                    settings.put(db, "station.name", name)
                    settings.put(db, "station.country", country)
                    settings.put(db, "station.utc_offset", str(utc_offset))
                    fresh = incarnations.new_incarnation()
                    settings.put(db, "station.incarnation", fresh.hex())
                db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                db.conn.close()
            made = write_keys(folder / KEY_FILE, keys or StationKeys.new(), passphrase)
            incarnations.remember(made.station, fresh, folder, 0)
            (folder / f"{DATABASE}.new").replace(folder / DATABASE)  # last: only now is there a library
            return cls(folder, lock, passphrase, clock)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def open(cls, folder: Path, *, passphrase: str | None = None, clock: Callable[[], int] = _wall_ms) -> Library:
        """Open the library in ``folder``; DataProblem where there is none, EnvironmentProblem where it is in use."""
        if not (folder / DATABASE).is_file():
            raise DataProblem(
                "NO_LIBRARY",
                _("There is no library in {folder}.").format(folder=folder),
                _("Check the folder, or make a library with: ranger init"),
            )
        lock = _locked(folder)
        try:
            return cls(folder, lock, passphrase, clock)
        except BaseException:
            lock.release()
            raise

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections and let others open the library."""
        with self._lane:
            if not self._lock.is_locked:
                return
            for reader in self._all_readers:
                reader.conn.close()
            self._all_readers.clear()
            incarnations.remember(self.station.id, self.station.incarnation, self.folder, self._written())
            try:
                purges.sweep(self.db)
                with suppress(DatabaseError):  # what is committed is safe; on a full disk this waits for the next time
                    self.db.conn.execute("PRAGMA optimize")
                    self.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                self.db.conn.close()
                self._lock.release()

    @property
    def vault(self) -> Path:
        """Where originals lie, by content hash."""
        return self.folder / "vault"

    @property
    def cache(self) -> Path:
        """What can be made again: thumbnails and review copies."""
        return self.folder / "cache"

    @property
    def backups(self) -> Path:
        """Where backups lie unless told otherwise."""
        return self.folder / "backups"

    def now_ms(self) -> int:
        """The wall clock, milliseconds since 1970."""
        return self.clock()

    @property
    def seen(self) -> Vector:
        """Which batches are here (a copy)."""
        with self._lane:
            return {writer: list(spans) for writer, spans in self.log.seen.items()}

    @contextmanager
    def read(self) -> Iterator[Database]:
        """This thread's read-only connection."""
        reader: Database | None = getattr(self._readers, "db", None)
        if reader is None:
            reader = open_reader(self.folder / DATABASE)
            self._readers.db = reader
            with self._lane:
                self._all_readers.append(reader)
        yield reader

    @contextmanager
    def moment(self) -> Iterator[Database]:
        """As ``read``, and everything read is of one moment, whatever else is written meanwhile."""
        with self.read() as db:
            db.conn.execute("BEGIN")
            try:
                yield db
            finally:
                if db.conn.in_transaction:
                    db.conn.execute("ROLLBACK")

    def commit(
        self,
        ops: Sequence[Op],
        *,
        label: str,
        person: bytes | None = None,
        act: int | None = None,
        undoes: int | None = None,
        also: Callable[[Database], None] | None = None,
    ) -> Changes:
        """Sign ``ops`` as one batch and apply it; on return it is on the disk.

        ``label`` names the act for undo and history; ``act`` is the first batch's number where an act needs several.
        ``also`` writes local rows in the same transaction. At most about 2,000 operations, so that the lane stays
        free: callers split longer work.
        """
        with self._lane:
            n = self._n + 1
            hlc = max(self.clock() * 1000, min(self._hlc, self.clock() * 1000 + DAY_US) + 1)
            meta = Meta(person if person is not None else self.person, label, undoes, act)
            seen = self.log.shown()
            sealed, header = batches.seal(
                ops, key=self._signer, writer=self._writer, n=n, prev=self._prev, seen=seen, hlc=hlc, meta=meta
            )
            opened = batches.Opened(header, meta, list(ops), seen)
            try:
                with transaction(self.db):
                    key = self.log.append(sealed, header, meta, understood=True, at=self.clock())
                    self.log.remember(key, opened)
                    touched = self.projection.apply(key, opened)
                    if also:
                        also(self.db)
            except BaseException:
                self.log.load()
                self._n, self._prev = self.log.last(self._writer)
                raise
            self._n, self._prev, self._hlc = n, sealed.hash, hlc
            changes = Changes.of(touched.kinds, [op.id for op in ops], label, n)
        self._tell(changes)
        return changes

    def _tell(self, changes: Changes) -> None:
        for listener in self.listeners:
            try:
                listener(changes)
            except Exception:  # what is saved is saved, whoever fails to hear of it
                log.exception("a listener failed")

    def write(self, change: Callable[[Database], None]) -> None:
        """Change this library's own rows (settings, journal, partners) in one transaction of the writer lane."""
        with self._lane, transaction(self.db):
            change(self.db)

    def take_in(self, turn: Sequence[tuple[Sealed, batches.Opened]], report: ApplyReport) -> None:
        """Apply checked batches of other stations, in as many short transactions as they need."""
        part: list[tuple[Sealed, batches.Opened]] = []
        weight = 0
        for item in turn:
            part.append(item)
            weight += item[1].header.count + 1
            if weight >= OPERATIONS_A_TURN:
                self._take_in(part, report)
                part, weight = [], 0
        if part:
            self._take_in(part, report)

    def _take_in(self, part: Sequence[tuple[Sealed, batches.Opened]], report: ApplyReport) -> None:
        with self._lane:
            try:
                apply_turn(self.db, self.log, self.projection, part, self.clock(), report)
            except BaseException:
                self.log.load()
                raise
            newest = max(item[1].header.hlc for item in part)
            self._hlc = max(self._hlc, min(newest, self.clock() * 1000 + DAY_US))
        self._tell(Changes(frozenset(BY_NAME)))

    def rebuild(self, make: Callable[[Database, Log, Projection], None]) -> None:
        """Run ``make`` on the writer's connection in one transaction, then read the log's memory again."""
        with self._lane:
            try:
                with transaction(self.db):
                    make(self.db, self.log, self.projection)
            finally:
                self.log.load()

    def forget_what_was_deleted(self) -> None:
        """Let nothing of what was erased stay behind in gaps of the file or in the write-ahead log."""
        with self._lane:
            purges.sweep(self.db)
            self.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def remaking(self, change: Callable[[Database], bool]) -> Iterator[tuple[int, int]]:
        """Run ``change`` and, where it answers True, make every table again, telling (batches done, of how many).

        All of it is one transaction that keeps the writer lane: an end half way leaves everything as it was. To be
        driven by one thread to its end.
        """
        made = False
        with self._lane:
            try:
                with transaction(self.db):
                    if change(self.db):
                        made = True
                        yield from steps(self.db, self.log, self.projection)
                        settings.put(self.db, "state_hash", "")
            finally:
                if made:
                    self.log.load()
        self._tell(Changes(frozenset(BY_NAME)))

    def new_incarnation(self) -> None:
        """Write from now on as a new incarnation, after a restore or a copy."""
        with self._lane:
            fresh = incarnations.new_incarnation()
            with transaction(self.db):
                settings.put(self.db, "station.incarnation", fresh.hex())
                # What was written after the copy was made is not known here: no bundle's number comes twice.
                written = int(settings.get(self.db, "bundle.counter", "0"))
                if written:
                    settings.put(self.db, "bundle.counter", str(written + BUNDLES_LOST))
            self.station = self._station()
            self._n, self._prev = self.log.last(self._writer)
            incarnations.remember(self.station.id, fresh, self.folder, self._written())

    def remember(self) -> None:
        """Note outside the library how far it has written, before anything of it leaves."""
        with self._lane:
            incarnations.remember(self.station.id, self.station.incarnation, self.folder, self._written())

    def _written(self) -> int:
        """How much was numbered here: batches, bundles, receipts. A copy put back has numbered less."""
        return self._n + sum(int(settings.get(self.db, name, "0")) for name in _NUMBERED)

    def set_passphrase(self, passphrase: str | None) -> None:
        """Put the keys behind a passphrase, or take it away."""
        self.keys = write_keys(self.folder / KEY_FILE, self.keys, passphrase)

    @property
    def _writer(self) -> tuple[bytes, bytes]:
        return (self.station.id, self.station.incarnation)

    def _station(self) -> Station:
        self._signer = self.keys.signer
        return Station(
            self.keys.station,
            settings.get(self.db, "station.name"),
            settings.get(self.db, "station.country"),
            int(settings.get(self.db, "station.utc_offset", "0")),
            bytes.fromhex(settings.get(self.db, "station.incarnation")),
            self.keys.signing,
            self.keys.sealing,
        )

    def reload_station(self) -> None:
        """Read name and offset again after the settings changed."""
        with self._lane:
            self.station = self._station()

    def _know_the_station(self) -> None:
        # Kept beside the keys, so that keys made again from paper are known to be the right ones.
        station, known = self.keys.station.hex(), settings.get(self.db, "station.id")
        if not known:
            with transaction(self.db):
                settings.put(self.db, "station.id", station)
        elif known != station:
            raise DataProblem(
                "KEYS_OF_ANOTHER_STATION",
                _("The key file here is another station's."),
                _("Put back this library's own file {name}, or make it again from the recovery sheet.").format(
                    name=KEY_FILE
                ),
            )

    def _show_what_is_understood_now(self) -> None:
        # After an update of the program: records and fields it could only carry before get their place.
        if settings.get(self.db, "kinds") == fingerprint():
            return
        with transaction(self.db):
            if newest_key(self.db):
                rebuild(self.db, self.log, self.projection)
            settings.put(self.db, "kinds", fingerprint())
        self.log.load()

    def _check_incarnation(self) -> None:
        station = self.station
        # Also where nothing was written yet: what it says it holds in its bundles counts under the incarnation too.
        if incarnations.is_known(station.id, station.incarnation, self.folder, self._written()):
            incarnations.remember(station.id, station.incarnation, self.folder, self._written())
        else:
            self.new_incarnation()


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Keep everybody else from opening the library in ``folder`` while its files are exchanged."""
    lock = _locked(folder)
    try:
        yield
    finally:
        lock.release()


def _locked(folder: Path) -> FileLock:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentProblem(
            "FOLDER_FAILED",
            _("The folder {folder} cannot be made.").format(folder=folder),
            _("Choose another folder, or check the rights and the disk."),
        ) from error
    lock = FileLock(folder / "ranger.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise EnvironmentProblem(
            "LIBRARY_IN_USE", _("The library is open in another program."), _("Close it there and try again.")
        ) from error
    except OSError as error:
        raise EnvironmentProblem(
            "LIBRARY_READ_ONLY", _("The library cannot be written."), _("Check the disk and the rights to the folder.")
        ) from error
    return lock
