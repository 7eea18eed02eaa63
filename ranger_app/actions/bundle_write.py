"""Writes a bundle for one or more partners: every batch that one of them is not known to hold, then pictures.

What was settled is kept until the bundle is finished, so that a write that stopped is taken up where it stood.
"""

from __future__ import annotations

import errno
import json
from pathlib import Path

from ranger_app.actions import bundle_choice as choice
from ranger_app.actions import ledger
from ranger_app.actions.bundle_fill import Filling, count, fill, make_ready, sent_pictures
from ranger_app.actions.bundle_plan import (
    PICTURES,
    Pictures,
    Stopped,
    WriteReport,
    WriteRequest,
    make_plan,
    tidy,
)
from ranger_app.actions.ledger import BundleGiven
from ranger_app.actions.partners import require_trusted
from ranger_app.actions.purge import finish_purges
from ranger_app.actions.sharing_view import View
from ranger_app.domain import sharing
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Job
from ranger_app.library import Library
from ranger_app.store import ledger as ledger_rows
from ranger_app.store import partners as store
from ranger_app.store.connection import Database
from ranger_app.store.partners import KnownStation
from ranger_app.sync import problems
from ranger_app.sync.manifest import OUTER
from ranger_app.sync.plan import Plan
from ranger_app.sync.writer import BundleWriter, Identity, Receiver, Sender, Written

__all__ = ["PICTURES", "Pictures", "WriteReport", "WriteRequest", "finish_bundle", "write_bundle"]
_FULL = (errno.ENOSPC, errno.EDQUOT)


def write_bundle(library: Library, request: WriteRequest, cancel: CancelToken | None = None) -> Job[WriteReport]:
    """Write a bundle; progress counts bytes of originals, or operations where none are sent.

    Raises DataProblem for a partner who is not trusted, EnvironmentProblem where the stick is full or fails. On a
    cancel, and where the stick is full or not reliable, what was begun is removed as far as the stick allows; what a
    stick that failed otherwise holds can be finished with ``finish_bundle``.
    """
    token = cancel or CancelToken()
    partners = _trusted(library, request.partners)
    library.remember()  # a copy put back after this must not write under these numbers again
    report = WriteReport()
    tidy(library)
    finish_purges(library)
    try:
        plan = yield from make_plan(library, request, partners, report, token)
    except Stopped:
        report.cancelled = True
        return report
    try:
        request.folder.mkdir(parents=True, exist_ok=True)
        writer = _writer(library, request.folder, plan)
    except OSError as error:
        plan.drop()
        raise problems.not_written(error) from error
    work = _work(library, writer, plan, partners, report, token)
    try:
        writer.write_read_me()
        written = yield from fill(work)
    except Stopped:
        report.cancelled = True
        _stop(work, keep=request.keep)
        return report
    except OSError as error:
        if error.errno in _FULL:
            _stop(work)
        else:
            writer.abandon()
        raise problems.not_written(error, kept=error.errno not in _FULL) from error
    except BaseException as error:
        _stop(work, keep=request.keep and isinstance(error, KeyboardInterrupt | GeneratorExit))
        raise
    _ended(work, partners, written)
    return report


def finish_bundle(library: Library, folder: Path, plan: Plan, cancel: CancelToken | None = None) -> Job[WriteReport]:
    """Finish the bundle in ``folder`` whose writing stopped, under the same number, with what was settled then.

    DataProblem where that may no longer be sent: a partner is not trusted any more, or this library was restored or
    copied since. On a cancel or a failure it stays as far as it is.
    """
    token = cancel or CancelToken()
    start = plan.start
    if bytes.fromhex(start.incarnation) != library.station.incarnation:
        raise _outdated(folder.name)
    stations = tuple(bytes.fromhex(one) for one in start.partners)
    partners = _trusted(library, stations)
    with library.read() as db:
        if sharing.to_text(choice.rule_for(db, stations)) != start.rule:
            raise _outdated(folder.name)
    library.remember()
    report = WriteReport(resumed=True)
    writer = _writer(library, folder.parent, plan, again=folder)
    work = _work(library, writer, plan, partners, report, token)
    try:
        written = yield from make_ready(work)
        if written is None:
            writer.write_read_me()
            written = yield from fill(work)
        else:
            count(work)
    except Stopped:
        writer.abandon()
        report.cancelled, report.unfinished = True, folder
        return report
    except OSError as error:
        writer.abandon()
        raise problems.not_written(error, kept=True) from error
    except BaseException:
        writer.abandon()
        raise
    _ended(work, partners, written)
    return report


def _outdated(name: str) -> DataProblem:
    return DataProblem(
        "BUNDLE_OUTDATED",
        _("Bundle {name} cannot be finished: what it was settled by has changed since.").format(name=name),
        _("Delete its folder from the stick and write the bundle again."),
    )


def _trusted(library: Library, stations: tuple[bytes, ...]) -> list[KnownStation]:
    if not stations:
        raise UsageProblem("NO_PARTNER", _("No partner was named."), _("Say for whom the bundle is."))
    require_trusted(library, stations)
    with library.read() as db:
        found = [store.station(db, one) for one in dict.fromkeys(stations)]
    return [one for one in found if one is not None]


def _work(
    library: Library,
    writer: BundleWriter,
    plan: Plan,
    partners: list[KnownStation],
    report: WriteReport,
    token: CancelToken,
) -> Filling:
    start = plan.start
    with library.read() as db:
        view = View(db, sharing.from_text(start.rule), start.created)
    receivers = [Receiver(known.id, known.sealing) for known in partners]
    return Filling(library, writer, plan, receivers, report, token, view)


def _writer(library: Library, root: Path, plan: Plan, *, again: Path | None = None) -> BundleWriter:
    start = plan.start
    return BundleWriter(
        root,
        Sender(library.station.id, library.station.incarnation, library.keys.signer.sign),
        start.counter,
        identity=Identity(bytes.fromhex(start.bundle), bytes.fromhex(start.key), start.name),
        again=again,
        on_part=plan.note_part,
        on_files=plan.note_files,
    )


def _stop(work: Filling, *, keep: bool = False) -> None:
    if keep:
        work.writer.abandon()
        work.report.unfinished = work.writer.folder.absolute()
    else:
        work.writer.discard()
        work.plan.drop()


def _ended(work: Filling, partners: list[KnownStation], written: Written) -> None:
    report, start = work.report, work.plan.start
    report.folder, report.parts, report.bytes = written.folder.absolute(), written.files, written.bytes
    report.counter, report.left_out, report.left_bytes = start.counter, start.left_out, start.left_bytes
    _note(work, partners, written)
    work.plan.drop()


def _note(work: Filling, partners: list[KnownStation], written: Written) -> None:
    """Write down what went to whom: the journal, and the ledger with every picture."""
    library, report, start = work.library, work.report, work.plan.start
    with library.read() as db:
        if ledger_rows.bundle_rows(db, written.bundle):
            return  # power failed between that and the forgetting of the plan
        keys = [key for low, high in work.plan.batches() for key in range(low, high + 1)]
        numbers = choice.numbers_by_kind(db, keys)
    figures = {"operations": report.operations, "media": report.media, "bytes": report.bytes, "parts": report.parts}
    at = library.now_ms()

    def note(db: Database) -> None:
        for known in partners:
            store.note_bundle(
                db,
                written.bundle,
                store.WRITTEN,
                known.id,
                counter=start.counter,
                at=at,
                upto=start.upto,
                summary=json.dumps(figures, sort_keys=True),
            )

    library.write(note)
    media = {choice.THUMB: report.thumbnails, choice.ORIGINAL: report.originals, choice.REDACTED: report.copies}
    ledger.note_bundle(
        library,
        BundleGiven(
            bundle=written.bundle,
            counter=start.counter,
            name=written.folder.name,
            place=str(report.folder),
            to=dict.fromkeys((known.id for known in partners), start.rule),
            records=numbers,
            media={form: number for form, number in media.items() if number},
            bytes=report.bytes,
            digest=next((sha256 for name, _size, sha256 in work.plan.files if name == OUTER), ""),
            parts=report.parts,
            batches=keys,
            pictures=sent_pictures(work.plan),
        ),
    )
