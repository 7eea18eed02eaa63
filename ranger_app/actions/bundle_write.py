"""Writes a bundle for one or more partners: every batch that one of them is not known to hold, then pictures."""

from __future__ import annotations

import json
import shutil
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ranger_app.actions import leaving
from ranger_app.actions import originals as originals_of
from ranger_app.actions.partners import card_text
from ranger_app.domain.intervals import Vector, covers, unpack
from ranger_app.errors import DataProblem, EnvironmentProblem, UsageProblem
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store import log, settings
from ranger_app.store import partners as store
from ranger_app.store.connection import Database
from ranger_app.store.partners import KnownStation
from ranger_app.sync import holds, problems
from ranger_app.sync.manifest import holds_out
from ranger_app.sync.packs import Batch
from ranger_app.sync.writer import BundleWriter, Contents, Receiver, Sender, Written

Pictures = Literal["none", "thumbnails", "originals"]
PICTURES: tuple[Pictures, ...] = ("none", "thumbnails", "originals")
_SPARE = 4 << 20
"""Room left on the stick beside what was reckoned, for directories and clusters."""


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """Where to (a stick's root or any folder), for whom (station ids), with which pictures."""

    folder: Path
    partners: tuple[bytes, ...]
    media: Pictures = "thumbnails"


@dataclass(slots=True)
class WriteReport:
    """What was written. ``media`` counts different originals of which something is inside, ``bytes`` all files.

    ``rotten`` are hashes of originals that no longer are what they were: check the library's disk.
    """

    folder: Path | None = None
    operations: int = 0
    media: int = 0
    bytes: int = 0
    parts: int = 0
    rotten: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    """Originals that stay because they lie on a further disk that is not plugged in."""
    withheld: dict[str, int] = field(default_factory=dict)
    """Originals that stay, by reason: ``people`` shown, ``unseen`` by any person."""
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class _Original:
    sha256: str
    path: Path
    size: int


class _Stopped(Exception):
    """A person asked for the stop."""


def write_bundle(library: Library, request: WriteRequest, cancel: CancelToken | None = None) -> Job[WriteReport]:
    """Write a bundle; progress counts bytes of originals, or operations where none are sent.

    Raises DataProblem for a partner who is not trusted, EnvironmentProblem where the stick is full or fails; then,
    and on cancel, the unfinished folder is removed as far as the stick allows.
    """
    token = cancel or CancelToken()
    receivers = _receivers(library, request)
    library.remember()  # a copy put back after this must not write under these numbers again
    with library.read() as db:
        upto = log.newest_key(db)
        lacking = _held_by_all(receivers)
        originals, elsewhere = _originals(library, db, request) if request.media == "originals" else ([], [])
        creator = request.partners[0] if len(set(request.partners)) == 1 else b""
        withheld = leaving.withheld(db, creator) if request.media == "originals" else {}
        report = WriteReport(withheld=withheld, elsewhere=elsewhere)
    try:
        _check_room(request.folder, sum(original.size for original in originals))
        writer = BundleWriter(request.folder, _sender(library), _next_counter(library))
    except OSError as error:
        raise problems.not_written(error) from error
    try:
        written = yield from _fill(library, writer, request, receivers, lacking, upto, originals, report, token)
    except _Stopped:
        writer.discard()
        report.cancelled = True
        return report
    except OSError as error:
        writer.discard()
        raise problems.not_written(error) from error
    except BaseException:
        writer.discard()
        raise
    report.folder, report.parts, report.bytes = written.folder.absolute(), written.files, written.bytes
    _note(library, receivers, written, writer.counter, upto, report)
    return report


def _receivers(library: Library, request: WriteRequest) -> list[KnownStation]:
    if not request.partners:
        raise UsageProblem("NO_PARTNER", _("No partner was named."), _("Say for whom the bundle is."))
    found = []
    with library.read() as db:
        for station in dict.fromkeys(request.partners):
            known = store.station(db, station)
            if known is None or not known.partner:
                raise DataProblem(
                    "NO_PARTNER",
                    _("There is no partner called {name}.").format(name=station.hex()),
                    _("Add the partner's station card first."),
                )
            if not known.trusted:
                raise DataProblem(
                    "PARTNER_NOT_TRUSTED",
                    _("The keys of {partner} are not confirmed.").format(partner=known.name),
                    _("Compare the digits with the partner first."),
                )
            found.append(known)
    return found


def _held_by_all(receivers: list[KnownStation]) -> Vector:
    said = [holds.from_bytes(known.holds) for known in receivers]
    return holds.common([unpack(one.packed) if one else {} for one in said])


def _sender(library: Library) -> Sender:
    return Sender(library.station.id, library.station.incarnation, library.keys.signer.sign)


def _next_counter(library: Library) -> int:
    counter = 0

    def count(db: Database) -> None:
        nonlocal counter
        counter = int(settings.get(db, "bundle.counter", "0")) + 1
        settings.put(db, "bundle.counter", str(counter))

    library.write(count)
    return counter


def _check_room(folder: Path, needed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < needed + _SPARE:
        raise EnvironmentProblem(
            "STICK_FULL",
            _("The bundle needs about {needed} MB, the stick has {free} MB.").format(
                needed=(needed + _SPARE) >> 20, free=free >> 20
            ),
            _("Use a larger stick, or send thumbnails instead of originals."),
        )


def _originals(library: Library, db: Database, request: WriteRequest) -> tuple[list[_Original], list[str]]:
    """What is sent, and hashes of what would be but lies on a disk that is not plugged in."""
    # A single recipient's own pictures are not sent back to it.
    creator = request.partners[0] if len(set(request.partners)) == 1 else b""
    rows = db.conn.execute(
        "SELECT m.sha256 FROM media m LEFT JOIN batch b ON b.key = m.batch"
        " WHERE m.deleted = 0 AND m.sha256 IS NOT NULL AND coalesce(b.origin, x'') <> ?"
        f" AND {leaving.ALL_ORIGINALS} ORDER BY m.key",
        (creator,),
    ).fetchall()
    rows += db.conn.execute(
        "SELECT t.source_sha256 FROM track t LEFT JOIN batch b ON b.key = t.batch"
        " WHERE t.deleted = 0 AND t.source_sha256 IS NOT NULL AND coalesce(b.origin, x'') <> ?"
        # A track that names the file of a picture is no way round the picture's own rules.
        " AND NOT EXISTS (SELECT 1 FROM media AS m WHERE m.sha256 = t.source_sha256) ORDER BY t.key",
        (creator,),
    ).fetchall()
    found, elsewhere = [], []
    for (sha256,) in dict.fromkeys(rows):
        path = originals_of.find(library, sha256)
        if path is not None:
            found.append(_Original(sha256, path, path.stat().st_size))
        elif originals_of.is_kept(library, sha256):
            elsewhere.append(sha256)
    return found, elsewhere


def _fill(
    library: Library,
    writer: BundleWriter,
    request: WriteRequest,
    receivers: list[KnownStation],
    lacking: Vector,
    upto: int,
    originals: list[_Original],
    report: WriteReport,
    token: CancelToken,
) -> Generator[Progress, None, Written]:
    writer.write_read_me()
    sent: list[int] = []
    stations: set[bytes] = set()
    with library.read() as db:
        expected = _expected(db, lacking)
        batches = _batches(db, lacking, upto, sent, stations, report)
        for _number in writer.add_batches(batches):
            yield _progress(report.operations, expected, _("Writing records"), token)
        cards = [card_text(library), *store.cards(db, stations - {library.station.id})]
    carried: set[str] = set()
    if request.media != "none":
        yield from _add_thumbs(library, writer, sent, carried, token)
    for _done in writer.add_copies():
        yield _progress(0, 0, _("Writing second copies"), token)
    total, done = sum(original.size for original in originals), 0
    for original in originals:
        job = writer.add_original(original.path, bytes.fromhex(original.sha256), original.size)
        good = False
        while True:
            try:
                done += next(job)
            except StopIteration as stop:
                good = stop.value
                break
            yield _progress(min(done, total), total, _("Writing originals"), token)
        if good:
            carried.add(original.sha256)
        else:
            report.rotten.append(original.sha256)
    report.media = len(carried)
    contents = Contents(holds_out(library.seen), cards, library.now_ms() * 1000, report.operations, report.media)
    finishing = writer.finish([Receiver(known.id, known.sealing) for known in receivers], contents)
    checked = 0
    while True:
        try:
            checked += next(finishing)
        except StopIteration as stop:
            written: Written = stop.value
            return written
        yield _progress(checked, writer.bytes, _("Reading the stick back"), token)


def _expected(db: Database, lacking: Vector) -> int:
    rows = db.conn.execute("SELECT origin, incarnation, n, operations FROM batch").fetchall()
    return sum(row[3] for row in rows if not covers(lacking.get((row[0], row[1]), []), row[2]))


def _progress(done: int, total: int, note: str, token: CancelToken) -> Progress:
    if token.cancelled:
        raise _Stopped
    return Progress(done, total, note)


def _batches(
    db: Database, lacking: Vector, upto: int, sent: list[int], stations: set[bytes], report: WriteReport
) -> Iterator[Batch]:
    for stored in log.stored(db, lacking, upto):
        sent.append(stored.key)
        stations.add(stored.writer[0])
        report.operations += stored.operations
        yield stored.sealed.head, stored.sealed.signature, stored.sealed.body


def _add_thumbs(
    library: Library, writer: BundleWriter, sent: list[int], carried: set[str], token: CancelToken
) -> Iterator[Progress]:
    with library.read() as db:
        for number, key in enumerate(sent):
            rows = db.conn.execute(
                "SELECT m.sha256 FROM media AS m WHERE m.batch=? AND m.deleted=0 AND m.sha256 IS NOT NULL"
                f" AND {leaving.PIXELS_LEAVE} ORDER BY m.key",
                (key,),
            ).fetchall()
            for (sha256,) in rows:
                if sha256 in carried:
                    continue
                try:
                    preview = thumbs.thumbnail(library.folder, sha256)
                    jpeg = preview.read_bytes() if preview else b""
                except OSError:
                    continue  # no preview of this one; the record itself is sent
                if jpeg:
                    writer.add_thumb(bytes.fromhex(sha256), jpeg)
                    carried.add(sha256)
                yield _progress(number, len(sent), _("Writing thumbnails"), token)


def _note(
    library: Library, receivers: list[KnownStation], written: Written, counter: int, upto: int, report: WriteReport
) -> None:
    summary = json.dumps(
        {"operations": report.operations, "media": report.media, "bytes": report.bytes, "parts": report.parts},
        sort_keys=True,
    )
    at = library.now_ms()

    def note(db: Database) -> None:
        for known in receivers:
            store.note_bundle(
                db, written.bundle, store.WRITTEN, known.id, counter=counter, at=at, upto=upto, summary=summary
            )

    library.write(note)
