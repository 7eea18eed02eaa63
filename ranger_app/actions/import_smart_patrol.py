"""SMART patrols into the library: one XML file, a folder or a zip file, attachments and all.

The format has no zone and no identity. The zone is the one that was given, else the station's, and that is said; ids
come from the patrol's number and its station's name, so that taking a file in again adds nothing.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import observation_models, smart_words
from ranger_app.actions.formats import ImportFormat, ImportReport, ImportRequest, Option
from ranger_app.actions.import_notes import OFFSET, RowNotes, utc_offset
from ranger_app.actions.import_records import Taking
from ranger_app.actions.patrol_shown import Fields
from ranger_app.actions.smart_records import Attached, People, Taken, taken
from ranger_app.domain.ops import Op, change
from ranger_app.errors import DataProblem
from ranger_app.exchange import smart_patrol_read
from ranger_app.exchange.smart_source import Source, opened
from ranger_app.i18n import N_, _, ngettext
from ranger_app.jobs import Job, Progress
from ranger_app.library import DATABASE, Library
from ranger_app.media import vault
from ranger_app.media.card import CardFile
from ranger_app.media.formats import HEAD, told_by_content, told_by_name
from ranger_app.store import rows
from ranger_app.store.connection import open_reader

if TYPE_CHECKING:
    from ranger_app.media.intake import Desk

OPTIONS = (OFFSET, Option("transport", N_("what its words for ways of moving mean, as Buran=snowmobile; Boat 2=boat")))
_BYTES_A_BATCH = 16 << 20
_A_BATCH_OF_FILES = 100
_MOST_LISTED = 1_000
"""Lines of one kind about attachments; the number of the others is said."""


@dataclass(slots=True)
class _Work:
    """One import under way."""

    library: Library
    request: ImportRequest
    report: ImportReport
    notes: RowNotes
    offset: int
    source: Source
    taking: Taking
    people: People
    models: observation_models.Source
    said: dict[str, str]
    desk: Desk
    folder: Path
    patrols: int = 0
    weight: int = 0
    unknown: set[str] = field(default_factory=set)
    listed: Counter[str] = field(default_factory=Counter)
    problems: list[DataProblem] = field(default_factory=list)
    waiting: list[tuple[Attached, Fields, Path | None, tuple[str, str]]] = field(default_factory=list)


def read(library: Library, request: ImportRequest, report: ImportReport) -> Job[None]:
    """Take the patrols of the source; the report lists what is not as it stands in the file.

    DataProblem where no file of the source is a patrol that can be read: then nothing was taken. One bad file among
    others is listed and the others are taken. UsageProblem for an offset or a word that cannot be read.
    """
    # Imported late: it brings what decodes pictures, which nobody needs to look at the formats.
    from ranger_app.actions import media_facts

    notes = RowNotes(report)
    yield Progress(0, 0, _("Reading patrols"))
    with opened(request.source) as source:
        offset = utc_offset(library, request.options["utc-offset"], notes, request.source.name)
        smart_words.remember(library, request.options.get("transport", ""))
        with library.read() as db:
            persons = [(one.id, one.text("name"), one.text("remarks")) for one in rows.find(db, "person")]
            models = observation_models.known(db)
            said = smart_words.said_before(db)
        reader = open_reader(library.folder / DATABASE)
        with closing(reader.conn), tempfile.TemporaryDirectory() as folder:
            taking = Taking(library, report, request.cancel, "import patrols")
            desk = media_facts.desk(library, reader, request.cancel)
            people = People(persons)
            yield from _files(
                _Work(library, request, report, notes, offset, source, taking, people, models, said, desk, Path(folder))
            )
    notes.finish()


def _files(work: _Work) -> Job[None]:
    total = len(work.source.files)
    for done, name in enumerate(work.source.files):
        yield Progress(done, total, name)
        if work.request.cancel.cancelled:
            break
        try:
            found = taken(
                smart_patrol_read.read(work.source.read(name), name.rpartition("/")[2]),
                name,
                work.offset,
                work.models,
                work.people,
                work.said,
            )
        except DataProblem as problem:
            work.problems.append(problem)
            continue
        if _is_another(work, found, name):
            continue
        for _step in _take(work, found, name):
            yield Progress(done, total, name)
    _finish(work)


def _is_another(work: _Work, found: Taken, name: str) -> bool:
    """Whether a patrol of this number and station is here that began on another day: numbers begin anew each year."""
    with work.library.read() as db:
        known = rows.get(db, "patrol", found.patrol)
    if known is None or known.deleted or found.date is None or known["date"] in (None, found.date):
        return False
    reason = _("Another patrol of this number and station is here, of {date}. This one, of {other}, was not taken.")
    work.notes.say(name, "same_number", reason.format(date=known.text("date"), other=found.date))
    work.report.read["patrol"] += 1
    return True


def _take(work: _Work, found: Taken, name: str) -> Iterator[None]:
    work.patrols += 1
    work.unknown |= found.unknown
    _say(work, found, name)
    for kind, record, fields in found.records:
        points = fields.get("points")
        work.weight += len(points) if isinstance(points, bytes) else 0
        if work.taking.add(kind, record, fields) or work.weight > _BYTES_A_BATCH:
            work.weight = 0
            work.taking.flush()
            yield
    if found.attached:
        work.taking.flush()  # the waypoints first: what lies on them follows
        for one in found.attached:
            if work.request.cancel.cancelled:
                break
            _attach(work, one, name)
            if len(work.waiting) >= _A_BATCH_OF_FILES:
                _settle(work)
            yield
        _settle(work)


_CODES = {
    "not_known": N_("{value}: no version of the format names this here; it was left out."),
    "folder_of_file": N_("{value}: the name is kept without the folder it lay in."),
    "day_twice": N_("{value}: two entries of one day in a leg were joined."),
    "bad_place": N_("{value}: no place on Earth; it is kept without one."),
    "extra_place": N_("{value}: what no version of the format names was left out, because it could tell a place."),
    "too_much": N_("Texts that have no field here are too long ({value} characters) and were left out."),
}


def _say(work: _Work, found: Taken, name: str) -> None:
    for code, value in found.notes:
        reason = _(_CODES[code]).format(value=value[:80])
        work.report.failed.append({"file": name, "code": code, "reason": reason})


# -- attachments -----------------------------------------------------------------------------------------------


def _attach(work: _Work, one: Attached, name: str) -> None:
    """Bring an attachment into the vault; where it is missing or damaged its name is kept and the reason listed."""
    from ranger_app.actions import media_facts
    from ranger_app.media import intake

    def failed(code: str, reason: str) -> None:
        work.listed[code] += 1
        if work.listed[code] <= _MOST_LISTED:
            work.report.failed.append({"file": one.filename[:200], "code": code, "reason": reason})

    where = work.source.attachment(name, one.filename)
    if where is None:
        failed("attachment_missing", _("The file is not beside the XML; its name is kept."))
        work.waiting.append((one, {}, None, ("", "")))
        return
    try:
        path = work.source.unpacked(where, work.folder)
        with path.open("rb") as stream:
            form = told_by_content(stream.read(HEAD)) or told_by_name(where)
        size = path.stat().st_size
    except (DataProblem, OSError):
        failed("attachment_damaged", _("The file cannot be read; its name is kept."))
        work.waiting.append((one, {}, None, ("", "")))
        return
    if form is None or not size:
        failed("attachment_unknown", _("The file is no picture or video that Ranger knows; its name is kept."))
        work.waiting.append((one, {}, None, ("", "")))
        return
    got = intake.take(CardFile(path, str(one.fields["file_name"]), size, form), work.desk)
    if isinstance(got, intake.Refused):
        failed("attachment_damaged", _("The file cannot be read; its name is kept."))
        work.waiting.append((one, {}, None, ("", "")))
        return
    if got.copy is None and not got.look.width:  # the same content is here: what it shows is read anew
        with work.library.read() as db:
            same = next(rows.find(db, "media", "sha256=?", (got.sha256,), limit=1), None)
        facts = dict(media_facts.facts_of(got))
        if same is not None:
            facts |= {key: same[key] for key in facts if key not in ("file_name", "folder")}
    else:
        facts = dict(media_facts.facts_of(got))
    if got.look.damaged:
        failed("attachment_damaged", _("The picture is damaged; it is kept as it is."))
    work.waiting.append((one, facts, got.copy, got.target))


def _settle(work: _Work) -> None:
    """Move copies to their place, then write the records that name them."""
    folders = set()
    filled: list[Op] = []
    for one, facts, copy, target in work.waiting:
        if copy is not None:
            place = vault.place(work.library.vault, *target)
            vault.admit(copy, place)
            folders.add(place.parent)
        fields = {**facts, **{key: value for key, value in one.fields.items() if value is not None}}
        with work.library.read() as db:
            known = rows.get(db, "media", one.id)
        if known is not None and not known.deleted and known["sha256"] is None and facts:
            filled.append(change("media", one.id, {key: value for key, value in facts.items() if value is not None}))
            work.report.read["media"] += 1
        elif known is not None:
            work.report.read["media"] += 1
        else:
            work.taking.add("media", one.id, fields)
    if folders:
        vault.sync_folders([*folders, work.library.vault, work.library.folder])
    work.waiting = []
    work.taking.flush()
    if filled:
        work.library.commit(filled, label="import patrols")


# -- the end ---------------------------------------------------------------------------------------------------


def _finish(work: _Work) -> None:
    if not work.patrols and work.problems and not work.report.read["patrol"]:
        raise work.problems[0]
    for problem in work.problems:
        work.notes.say(work.request.source.name, problem.code.casefold(), problem.what)
    work.taking.finish()
    for code, number in work.listed.items():
        if number > _MOST_LISTED:
            more = number - _MOST_LISTED
            reason = ngettext("{n} more file.", "{n} more files.", more).format(n=more)
            work.notes.say(work.request.source.name, code, reason)
    for word in sorted(work.unknown):
        reason = _("{word}: no way of moving is known by this word. It is kept, and --transport {word}=boat says more.")
        work.notes.say(work.request.source.name, "transport_unknown", reason.format(word=word[:80]))
    if work.patrols:
        reason = ngettext(
            "The format has no identity: {n} patrol is known by its number and its station's name.",
            "The format has no identity: {n} patrols are known by their numbers and their station's names.",
            work.patrols,
        ).format(n=work.patrols)
        work.notes.say(work.request.source.name, "identity", reason)


FORMAT = ImportFormat(N_("Patrols from SMART (XML 1.2, 1.3)"), read, OPTIONS)
