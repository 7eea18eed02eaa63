"""Sends bundles to a drop point and fetches them from there; only when a person asked, and always to be gone on with.

What is fetched lies in the library's cache until it is read, exactly as if it lay on a stick.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from ranger_app.actions import permission
from ranger_app.actions.bundle_read import ReadReport, read_bundles
from ranger_app.actions.bundle_verify import signers
from ranger_app.actions.bundle_write import WriteReport, WriteRequest, write_bundle
from ranger_app.actions.drop_points import DropPoint, Stopped, cache, calling, known, named, on_the_line, open_line
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Job
from ranger_app.library import Library
from ranger_app.store import partners as store
from ranger_app.store.connection import Database
from ranger_app.sync import manifest, reader
from ranger_app.sync.drop import Carrier
from ranger_app.sync.drop_fetch import Fetched, Ours, fetch
from ranger_app.sync.drop_send import Sent, send
from ranger_app.sync.drop_steps import Moved, asked
from ranger_app.sync.writer import EXCHANGE


@dataclass(slots=True)
class SendReport:
    """What went out. ``bundles`` names them; ``there`` counts files that lay there already from an earlier try."""

    bundles: list[str] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    there: int = 0
    cancelled: bool = False


@dataclass(slots=True)
class FetchReport:
    """What came. ``read`` is None where nothing was read; ``place`` is the folder that holds ``exchange``."""

    fetched: Fetched
    place: Path
    read: ReadReport | None = None
    cancelled: bool = False


@dataclass(slots=True)
class WrittenAndSent:
    """A bundle made for a drop point: how it was written and, unless that was stopped, sent."""

    written: WriteReport
    sent: SendReport | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A finished bundle in the cache that is not yet all at its drop point."""

    point: DropPoint
    folder: Path
    bytes: int


def _places(library: Library, point: DropPoint) -> tuple[Path, Path, Path]:
    """Folders for what goes out, what came in, and the control files of what was met."""
    own = cache(library, point)
    return own / "out", own / "in", own / "met"


def _bundles_in(place: Path) -> list[Path]:
    folder = place / EXCHANGE
    return sorted(folder.iterdir()) if folder.is_dir() else []


# -- sending ---------------------------------------------------------------------------------------------------


def send_bundles(library: Library, name: str, place: Path, cancel: CancelToken | None = None) -> Job[SendReport]:
    """Send the bundle at ``place`` (or all bundles of a stick) to the drop point called ``name``.

    Sending again goes on where it stopped. Raises BundleProblem where a bundle here is not whole, DataProblem
    ROLE_NEEDED, EnvironmentProblem where drop point or line fail.
    """
    permission.require(library, permission.EXCHANGE)
    point, token = named(library, name), cancel or CancelToken()
    return (yield from _send(library, point, reader.find_bundles(place), token))


def _send(library: Library, point: DropPoint, folders: list[Path], token: CancelToken) -> Job[SendReport]:
    report = SendReport()
    note = _("Sending to {name}").format(name=point.name)
    carrier: Carrier | None = None
    try:
        carrier = yield from _call(library, point, token)
        for folder in folders:
            sent: Sent = yield from on_the_line(send(folder, carrier, point.name), point, token, note)
            report.bundles.append(sent.folder)
            report.files, report.bytes = report.files + sent.files, report.bytes + sent.bytes
            report.there += sent.there
    except Stopped:
        report.cancelled = True
    finally:
        _hang_up(carrier)
    return report


def _call(library: Library, point: DropPoint, token: CancelToken) -> Job[Carrier]:
    return (yield from on_the_line(asked(lambda: open_line(library, point), Moved(0, 0)), point, token, calling(point)))


def _hang_up(carrier: Carrier | None) -> None:
    if carrier is not None:
        with suppress(Exception):  # the line may be dead already; what counts was said before
            carrier.close()


def write_and_send(
    library: Library, request: WriteRequest, name: str, cancel: CancelToken | None = None
) -> Job[WrittenAndSent]:
    """Write a bundle into the cache and send it; the folder of ``request`` is not used.

    Where the line fails the finished bundle stays in ``waiting`` and is sent on with ``send_waiting``.
    """
    permission.require(library, permission.EXCHANGE)
    point, token = named(library, name), cancel or CancelToken()
    out = _places(library, point)[0]
    out.mkdir(parents=True, exist_ok=True)
    for begun in _bundles_in(out):  # a power cut left it: written anew
        if not (begun / manifest.DONE).is_file():
            shutil.rmtree(begun, ignore_errors=True)
    written = yield from write_bundle(library, replace(request, folder=out), token)
    if written.cancelled or written.folder is None:
        return WrittenAndSent(written)
    bundle, where = written.folder.name, point.name

    def note(db: Database) -> None:  # the ledger says where a bundle goes, not where it was made
        db.conn.execute("UPDATE given SET place=? WHERE name=?", (where, bundle))

    library.write(note)
    sent = yield from _send(library, point, [written.folder], token)
    if not sent.cancelled:
        shutil.rmtree(written.folder, ignore_errors=True)
    return WrittenAndSent(written, sent)


def waiting(library: Library) -> list[Waiting]:
    """Bundles written for a drop point that a broken line left here."""
    found = []
    for point in known(library):
        for bundle in _bundles_in(_places(library, point)[0]):
            if (bundle / manifest.DONE).is_file():
                size = sum(one.stat().st_size for one in bundle.iterdir())
                found.append(Waiting(point, bundle, size))
    return found


def send_waiting(library: Library, name: str, cancel: CancelToken | None = None) -> Job[SendReport]:
    """Send on what waits for the drop point called ``name``."""
    permission.require(library, permission.EXCHANGE)
    point, token = named(library, name), cancel or CancelToken()
    report = SendReport()
    for one in [one for one in waiting(library) if one.point.id == point.id]:
        sent = yield from _send(library, point, [one.folder], token)
        report.bundles += sent.bundles
        report.files, report.bytes = report.files + sent.files, report.bytes + sent.bytes
        report.there, report.cancelled = report.there + sent.there, sent.cancelled
        if sent.cancelled:
            break
        shutil.rmtree(one.folder, ignore_errors=True)
    return report


# -- fetching --------------------------------------------------------------------------------------------------


def fetch_bundles(
    library: Library, name: str, into: Path | None = None, cancel: CancelToken | None = None
) -> Job[FetchReport]:
    """Fetch what partners left for this station and was not read yet, into ``into`` or the library's cache.

    Fetching again goes on where it stopped. Nothing is read. Raises as ``send_bundles``, DISK_FULL and
    DROP_NOT_SOUND.
    """
    permission.require(library, permission.EXCHANGE)
    point, token = named(library, name), cancel or CancelToken()
    _out, place, met = _places(library, point)
    place = into.absolute() if into is not None else place
    place.mkdir(parents=True, exist_ok=True)
    report = FetchReport(Fetched(), place)
    carrier: Carrier | None = None
    note = _("Fetching from {name}").format(name=point.name)
    try:
        carrier = yield from _call(library, point, token)
        steps: Generator[Moved, None, Fetched] = fetch(carrier, place, met, _ours(library))
        report.fetched = yield from on_the_line(steps, point, token, note)
    except Stopped:
        report.cancelled = True
    finally:
        _hang_up(carrier)
    return report


def fetch_and_read(
    library: Library, name: str, *, partial: bool = False, cancel: CancelToken | None = None
) -> Job[FetchReport]:
    """Fetch from a drop point, then read as from a stick; what was read goes from the cache again.

    Raises as ``fetch_bundles`` and as ``read_bundles`` where none of what came can be taken.
    """
    report = yield from fetch_bundles(library, name, cancel=cancel)
    if report.cancelled:
        return report
    met_before = [one for one in report.fetched.folders if not _worth_reading(library, one, report.fetched)]
    for folder in met_before:
        shutil.rmtree(folder, ignore_errors=True)
    report.fetched.folders = [one for one in report.fetched.folders if one not in met_before]
    if not _bundles_in(report.place):
        return report
    report.read = yield from read_bundles(library, report.place, partial=partial, cancel=cancel)
    report.cancelled = report.read.cancelled
    for one in report.read.bundles:
        shutil.rmtree(one.folder, ignore_errors=True)
    return report


def _ours(library: Library) -> Ours:
    with library.read() as db:
        partners = frozenset(one.id for one in store.partners(db))
    return Ours(
        library.station.id,
        library.keys.sealing_secret,
        signers(library),
        partners,
        lambda bundle: _read_with(library, bundle) == 0,
    )


def _read_with(library: Library, bundle: bytes) -> int | None:
    """How many pieces were lost when the bundle was read best; None where it never was."""
    with library.read() as db:
        rows = db.conn.execute(
            "SELECT summary FROM journal WHERE bundle=? AND direction=?", (bundle, store.READ)
        ).fetchall()
    return min((int(json.loads(row[0]).get("damaged", 0)) for row in rows), default=None)


def _worth_reading(library: Library, folder: Path, fetched: Fetched) -> bool:
    """Not so for a bundle that was taken in part before and is as damaged still."""
    if not any(one.startswith(f"{folder.name}/") for one in fetched.damaged):
        return True
    outer = reader.look(folder, signers(library)).outer
    return outer is None or _read_with(library, bytes.fromhex(outer.bundle)) is None
