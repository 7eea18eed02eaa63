"""An open bundle: the records alone, under the strictest rule, as signed text that an office can inspect.

What a partner may see is cut down further to what the rule ``open`` reveals, whatever its own rule says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ranger_app.actions import bundle_choice as choice
from ranger_app.actions import bundle_room, ledger, receipts
from ranger_app.actions.bundle_plan import Stopped, WriteReport, next_counter, step
from ranger_app.actions.ledger import BundleGiven
from ranger_app.actions.partners import card_text, require_trusted
from ranger_app.actions.sharing_view import View
from ranger_app.domain import sharing, stubs
from ranger_app.domain.batch import Sealed
from ranger_app.errors import UsageProblem
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Job
from ranger_app.library import Library
from ranger_app.media.vault import hash_file
from ranger_app.store import ledger as ledger_rows
from ranger_app.store import log, revocations, stubs_here
from ranger_app.store import partners as store
from ranger_app.store.connection import Database
from ranger_app.sync import plain, problems
from ranger_app.sync.manifest import OUTER, holds_out, partial_out
from ranger_app.sync.open_writer import write_open
from ranger_app.sync.packs import Batch
from ranger_app.sync.writer import Contents, Sender, Written

_AS_TEXT = 16
"""The most characters of a line that one byte of a batch becomes."""
_SWELLS = 6
"""Text takes about so many times what a batch takes here, where it is compressed."""


def write_open_bundle(
    library: Library, folder: Path, partners: tuple[bytes, ...], cancel: CancelToken | None = None
) -> Job[WriteReport]:
    """Write an open bundle for partners (station ids) into ``folder``; progress counts operations.

    DataProblem for a partner who is not trusted, EnvironmentProblem where the stick is full or fails; then, and on a
    cancel, nothing of it stays there.
    """
    token = cancel or CancelToken()
    if not partners:
        raise UsageProblem("NO_PARTNER", _("No partner was named."), _("Say for whom the bundle is."))
    require_trusted(library, partners)
    library.remember()  # a copy put back after this must not write under these numbers again
    report = WriteReport()
    with library.read() as db:
        known = [one for one in (store.station(db, partner) for partner in dict.fromkeys(partners)) if one]
        rule = replace(sharing.stricter(choice.rule_for(db, partners), sharing.OPEN), name=sharing.OPEN.name)
        view = View(db, rule, library.now_ms())
        records = choice.lacking(db, known, view, log.newest_key(db))
        cards = [card_text(library), *store.cards(db, records.stations - {library.station.id})]
        statements, partial = revocations.texts(db), partial_out(stubs_here.stubs(db))
        statements += [receipts.make(library, one.id, in_bundle=True, shared=True) for one in known]
        report.operations, report.counter = records.operations, next_counter(library)
        contents = Contents(
            holds_out(library.seen), cards, library.now_ms() * 1000, records.operations, 0, statements, partial
        )
        try:
            free = bundle_room.free_space(folder)
            bundle_room.check(records.size * _SWELLS * 2, bundle_room.room(free, None), free)
            writing = write_open(
                folder,
                Sender(library.station.id, library.station.incarnation, library.keys.signer.sign),
                report.counter,
                _batches(db, view, records.keys),
                [one.id for one in known],
                contents,
            )
            done = 0
            while True:
                try:
                    done += next(writing)
                except StopIteration as stop:
                    written: Written = stop.value
                    break
                yield step(done, 0, _("Writing records"), token)
        except Stopped:
            writing.close()
            report.cancelled = True
            return report
        except OSError as error:
            raise problems.not_written(error) from error
        numbers = choice.numbers_by_kind(db, records.keys)
    report.folder, report.parts, report.bytes = written.folder.absolute(), written.files, written.bytes
    _note(library, report, written, [one.id for one in known], sharing.to_text(rule), numbers, records.keys)
    return report


def _batches(db: Database, view: View, keys: list[int]) -> Iterator[Batch]:
    for key in keys:
        state = _readable(choice.shown(view, log.sealed(db, key)))
        yield state.head, state.signature, state.body


def _readable(state: Sealed) -> Sealed:
    """The batch without what would make lines longer than a reader takes: one of them would bar all the others."""
    if len(state.body) <= plain.LONGEST_LINE // _AS_TEXT:
        return state
    lengths = [len(line.encode("utf-8")) for line in plain.lines((state.head, state.signature, state.body))]
    long = {number for number, length in enumerate(lengths) if length > plain.LONGEST_LINE}
    if not long:
        return state
    return stubs.withhold(state, lambda number, _op: frozenset() if number + 1 in long else None, meta=0 not in long)


def _note(
    library: Library,
    report: WriteReport,
    written: Written,
    partners: list[bytes],
    rule: str,
    numbers: dict[str, int],
    keys: list[int],
) -> None:
    figures = {"operations": report.operations, "media": 0, "bytes": report.bytes, "parts": report.parts}
    at = library.now_ms()

    def note(db: Database) -> None:
        for partner in partners:
            store.note_bundle(
                db, written.bundle, store.WRITTEN, partner, counter=report.counter, at=at, upto=None,
                summary=json.dumps(figures, sort_keys=True),
            )  # fmt: skip

    library.write(note)
    ledger.note_bundle(
        library,
        BundleGiven(
            bundle=written.bundle,
            counter=report.counter,
            name=written.folder.name,
            place=str(report.folder),
            to=dict.fromkeys(partners, rule),
            records=numbers,
            media={},
            bytes=report.bytes,
            digest=hash_file(written.folder / OUTER),
            parts=report.parts,
            batches=keys,
            what=ledger_rows.OPEN_BUNDLE,
        ),
    )
