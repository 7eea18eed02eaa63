"""Timelapse's CSV into the library: its rows find the pictures that are here, others become pictures without a file.

What its people wrote stands beside what people here said and never takes its place: it carries no date, so a dated
answer of ours is newer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from ranger_app.actions import file_match, import_notes
from ranger_app.actions.formats import ImportFormat, ImportReport, ImportRequest, Option
from ranger_app.actions.import_records import Taking
from ranger_app.actions.records import find_named
from ranger_app.domain import taxa
from ranger_app.domain.fields import Value
from ranger_app.domain.ids import derived_id
from ranger_app.errors import DataProblem
from ranger_app.exchange import header_tables, timelapse
from ranger_app.exchange.header_tables import Table
from ranger_app.exchange.timelapse import Columns, Picture
from ranger_app.i18n import N_, _, ngettext
from ranger_app.jobs import Job, Progress
from ranger_app.library import Library
from ranger_app.media.formats import told_by_name
from ranger_app.store import rows
from ranger_app.store.connection import Database

Fields = dict[str, Value]
_EVERY = 2_000
_BLANK = ("none", "nothing", "no animal")


def read(library: Library, request: ImportRequest, report: ImportReport) -> Job[None]:
    """Take the CSV file in. Options: ``deployment``, ``location``, ``map``, ``utc-offset``.

    DataProblem, with nothing taken, where it is no such file or a deployment or location is not known.
    """
    given = timelapse.mapping(request.options.get("map") or "")
    notes = import_notes.RowNotes(report)
    with header_tables.tables(request.source) as found:
        if len(found) != 1:
            raise DataProblem(
                "NOT_TIMELAPSE", _("Timelapse's table is one CSV file."), _("Nothing was taken. Choose that file.")
            )
        table = found[0]
        columns = timelapse.columns(table, given)
        names: set[str] = set()
        for done, found_one in _all(table, notes):
            names.add(file_match.folded(found_one.name))
            if done % _EVERY == 0:
                yield Progress(done, 0, _("Looking the table over"))
            if request.cancel.cancelled:
                return
        if not names:
            raise notes.refuse_empty(table.name)
        offset = import_notes.utc_offset(library, request.options.get("utc-offset") or "", notes, table.name)
        taker = _Taker(library, request, report, notes, table, names, offset)
        for number, picture in timelapse.pictures(table, columns):
            if picture is not None and taker.take(picture):
                yield Progress(number, 0, _("Taking records"))
                if not taker.taking.flush():
                    break
        taker.finish(columns)
        notes.finish()


def _all(table: Table, notes: import_notes.RowNotes) -> Iterator[tuple[int, Picture]]:
    """Every row that holds; the others are listed."""
    for number, row in table.rows():
        if row is None:
            notes.row(table.name, number, "cells")
            continue
        picture = timelapse.picture(number, row, {})
        if picture is None:
            notes.row(table.name, number, "no_file")
            continue
        yield number, picture


class _Taker:
    """Makes records of rows."""

    def __init__(
        self,
        library: Library,
        request: ImportRequest,
        report: ImportReport,
        notes: import_notes.RowNotes,
        table: Table,
        names: set[str],
        offset: int,
    ) -> None:
        self._notes = notes
        self._table = table.name
        self._stem = request.source.stem
        self._offset = offset
        with library.read() as db:
            self._deployment = _named(db, "deployment", request.options.get("deployment") or "")
            self._location = _named(db, "location", request.options.get("location") or "")
            self._here = file_match.by_name(db, names, self._deployment)
            self._offsets = dict(db.conn.execute("SELECT id, utc_offset FROM deployment WHERE deleted = 0"))
            self._animals: dict[tuple[str, str], bytes] = {}
            for animal in rows.find(db, "individual", order="id DESC"):
                self._animals[animal.text("code"), animal.text("taxon")] = animal.id
        self.taking = Taking(library, report, request.cancel, "import timelapse")
        self._report = report
        self._pictures: dict[tuple[str, str, str], tuple[bytes, Value] | None] = {}
        self._owner: dict[bytes, tuple[str, str, str]] = {}
        self._made: dict[str, bytes] = {}
        self._said: Counter[tuple[bytes, str]] = Counter()
        self._matched = self._deleted = self._undated = 0

    def take(self, picture: Picture) -> bool:
        """Take one row; True when a batch is full."""
        self._deleted += picture.deleted
        path = (picture.root, picture.folder, picture.name)
        full = False
        if path not in self._pictures:
            self._pictures[path], full = self._picture(picture, path)
        found = self._pictures[path]
        if found is None:
            return full
        fields = self._statement(picture)
        if fields is None:
            return full
        fields |= {"media": found[0], "deployment": found[1]}
        content = "\0".join(f"{name}={value!r}" for name, value in sorted(picture.said.items()))
        self._said[found[0], content] += 1
        ident = f"{found[0].hex()} {content} {self._said[found[0], content]}"
        return self.taking.add("observation", derived_id("timelapse", "observation", ident), fields) or full

    # ---- which picture it is

    def _picture(self, picture: Picture, path: tuple[str, str, str]) -> tuple[tuple[bytes, Value] | None, bool]:
        above = file_match.folders(picture.folder)
        here = self._here.get(file_match.folded(picture.name), [])
        if self._deployment is None:
            here = [one for one in here if self._agrees(one, picture, above)]
        found = file_match.best(here, above)
        if len(found) > 1 or (found and found[0].media in self._owner):
            self._notes.row(self._table, picture.row, "several", picture.name)
            return None, False
        if found:
            self._owner[found[0].media] = path
            self._matched += 1
            self._report.read["media"] += 1
            return (found[0].media, found[0].deployment), False
        deployment = self._deployment or self._make_deployment(picture.root)
        dataset = _dataset(picture.root or self._stem)
        ident = "\0".join((deployment.hex(), *path[1:]))
        media = derived_id(dataset, "media", ident)
        if picture.time is None:
            self._undated += 1
            if picture.written_time:
                self._notes.row(self._table, picture.row, "bad_time", picture.written_time)
        form = told_by_name(picture.name)
        fields: Fields = {
            "deployment": deployment,
            "file_name": picture.name,
            "folder": picture.folder or None,
            "camera_time": picture.time,
            "media_type": form.media_type if form else None,
        }
        return (media, deployment), self.taking.add("media", media, fields)

    def _agrees(self, one: file_match.Here, picture: Picture, above: tuple[str, ...]) -> bool:
        """Whether a picture of this name may be the one: taken at that time or, without times, in those folders."""
        if picture.time and one.camera_time:
            offset = self._offsets.get(one.deployment)
            right = ""
            if one.taken_at is not None and isinstance(offset, int):
                local = datetime.fromtimestamp(one.taken_at, UTC) + timedelta(minutes=offset)
                right = local.replace(tzinfo=None).isoformat()
            return picture.time in (one.camera_time[:19], right)
        shorter = min(len(above), len(one.folders))
        return bool(shorter) and above[-shorter:] == one.folders[-shorter:]

    def _make_deployment(self, root: str) -> bytes:
        name = root or self._stem
        if name not in self._made:
            dataset = _dataset(name)
            where = self._location.hex() if self._location else ""
            record = self._made[name] = derived_id(dataset, "deployment", where)
            fields: Fields = {"name": PurePosixPath(name.replace("\\", "/")).name or name, "location": self._location}
            fields |= {"utc_offset": self._offset, "source": f"{dataset} {name}"}
            self.taking.add("deployment", record, fields)
        return self._made[name]

    # ---- what was said

    def _statement(self, picture: Picture) -> Fields | None:
        """What a row says of its picture; None where it says nothing."""
        said = picture.said
        kind, taxon = _what(said.get("species", ""))
        if timelapse.is_true(said.get("blank", "")) and kind is None:
            kind = "blank"
        count = self._read(picture, "count", import_notes.whole) if "count" in said else None
        if kind is None and (count or said.get("individual")):
            kind = "animal"
        if kind is None:
            return None
        remarks = said.get("remarks") or None
        animal = said.get("individual", "")
        individual = None
        if animal and taxon:
            individual = self._individual(animal, taxon, picture)
        elif animal:
            remarks = "; ".join(part for part in (animal, remarks) if part)
        return {
            "type": kind,
            "taxon": taxon or None,
            "count": count or None,
            "sex": self._read(picture, "sex", import_notes.sex),
            "life_stage": self._read(picture, "age", import_notes.life_stage),
            "behaviour": said.get("behaviour"),
            "individual": individual,
            "by_name": said.get("by") or "Timelapse",
            "method": "human",
            "look": "first",
            "remarks": remarks,
        }

    def _read(self, picture: Picture, name: str, understood: Callable[[str], Value]) -> Value:
        text = picture.said.get(name, "")
        try:
            return understood(text)
        except ValueError:
            self._notes.row(self._table, picture.row, "bad_value", text)
            return None

    def _individual(self, code: str, taxon: str, picture: Picture) -> bytes:
        """The animal of this code and species here, else a new one."""
        if (code, taxon) not in self._animals:
            dataset = _dataset(picture.root or self._stem)
            record = self._animals[code, taxon] = derived_id(dataset, "individual", f"{code}\0{taxon}")
            self.taking.add("individual", record, {"code": code, "taxon": taxon, "source": f"{dataset} {code}"})
        return self._animals[code, taxon]

    def finish(self, columns: Columns) -> None:
        """Commit the rest and say what was seen."""
        self.taking.finish()
        for number, code, words in (
            (self._matched, "matched",
             ngettext("{n} file is a picture that is here already.",
                      "{n} files are pictures that are here already.", self._matched)),
            (self._undated, "no_time",
             ngettext("{n} picture has no time. None was made up.",
                      "{n} pictures have no time. None was made up.", self._undated)),
            (self._deleted, "delete_flag",
             ngettext("{n} row is marked for deletion there; nothing is deleted here.",
                      "{n} rows are marked for deletion there; nothing is deleted here.", self._deleted)),
        ):  # fmt: skip
            if number:
                self._notes.say(self._table, code, words.format(n=number))
        for column in columns.left:
            reason = _("The column {column} has no meaning here and was not taken; name its field with map.")
            self._notes.say(self._table, "column_not_known", reason.format(column=column))


def _named(db: Database, kind: str, text: str) -> bytes | None:
    if not text:
        return None
    found = find_named(db, kind, text)
    if found is None:
        raise DataProblem(
            f"{kind.upper()}_UNKNOWN",
            _("There is no record {name} of that kind, or more than one.").format(name=text[:80]),
            _("Nothing was taken. Look it up with: ranger {kind} list").format(kind=kind),
        )
    return found


def _dataset(name: str) -> str:
    return "timelapse:" + "_".join(name.split())


def _what(text: str) -> tuple[str | None, str]:
    """(type, species) of a label."""
    if not text:
        return None, ""
    if text.casefold() in _BLANK:
        return "blank", ""
    kind = taxa.type_of(text)
    return (kind, "") if kind else ("animal", taxa.match(text) or text)


FORMAT = ImportFormat(
    N_("Timelapse's table (CSV)"),
    read,
    (
        Option("deployment", N_("only pictures of this deployment")),
        Option("location", N_("location of pictures that are not here yet")),
        Option("map", N_("columns by name, as Label=field;Label=field")),
        import_notes.OFFSET,
    ),
)
