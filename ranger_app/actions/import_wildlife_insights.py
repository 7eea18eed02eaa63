"""Wildlife Insights' tables into the library: a download or an upload, in a folder or a zip file, found by headers.

Its times have no zone and get the station's offset or the one given. Places that it made vague never take the place of
exact ones: they carry their uncertainty, and a location that is here stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from ranger_app.actions import import_notes
from ranger_app.actions.formats import ImportFormat, ImportReport, ImportRequest
from ranger_app.actions.import_records import Taking
from ranger_app.actions.records import find_named
from ranger_app.domain.fields import Value
from ranger_app.domain.ids import derived_id, read_id
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem
from ranger_app.exchange import header_tables
from ranger_app.exchange import wildlife_insights as standard
from ranger_app.exchange import wildlife_insights_rows as fields_of
from ranger_app.exchange.header_tables import Row, Table
from ranger_app.i18n import N_, _, ngettext
from ranger_app.jobs import Job, Progress
from ranger_app.library import Library
from ranger_app.media.formats import told_by_name
from ranger_app.store import rows

Fields = dict[str, Value]
FUZZED = 11_100
"""Metres of uncertainty of a place that was made vague: one step of its first decimal, 0.1 degree of latitude (ours;
the download does not say how far it was moved)."""
_EVERY = 2_000
_NEEDED = {"deployments": ("deployment_id", "start_date", "end_date"), "images": ("deployment_id", "timestamp")}


def read(library: Library, request: ImportRequest, report: ImportReport) -> Job[None]:
    """Take the tables in. Option: ``utc-offset``. DataProblem, with nothing taken, where they are not such tables."""
    notes = import_notes.RowNotes(report)
    with header_tables.tables(request.source) as found:
        by_kind = _sorted(found, notes)
        index = _Index(by_kind, notes)
        for done in index.read():
            yield Progress(done, 0, _("Looking the tables over"))
            if request.cancel.cancelled:
                return
        name = by_kind["deployments"][0].name
        offset = import_notes.utc_offset(library, request.options.get("utc-offset") or "", notes, name)
        taking = Taking(library, report, request.cancel, "import wildlife-insights")
        taker = _Taker(library, index, taking, report, notes, offset)
        for done in taker.take():
            yield Progress(done, index.rows, _("Taking records"))
            if not taking.flush():
                break
        taking.finish()
        taker.finish()
        notes.finish()


def _sorted(found: list[Table], notes: import_notes.RowNotes) -> dict[str, list[Table]]:
    """The tables by what they hold; DataProblem where deployments or pictures are missing."""
    by_kind: dict[str, list[Table]] = {}
    for table in found:
        kind = next((kind for kind in standard.COLUMNS if table.name.casefold().startswith(kind)), "")
        if kind in ("", "projects"):
            notes.say(table.name, "table_not_taken", _("This table has no place here and was not taken."))
        else:
            by_kind.setdefault(kind, []).append(table)
    for kind, needed in _NEEDED.items():
        if kind not in by_kind:
            raise DataProblem(
                "TABLE_MISSING",
                _("There is no table {name}.").format(name=f"{kind}.csv"),
                _("Nothing was taken. Name the folder or the zip file of a download or an upload."),
            )
        for table in by_kind[kind]:
            missing = next((column for column in needed if column not in table.keys), "")
            if kind == "images" and not {"image_id", "filename", "location"} & set(table.keys):
                missing = missing or "image_id"
            if missing:
                raise DataProblem(
                    "COLUMN_MISSING",
                    _("{file} has no column {column}.").format(file=table.name, column=missing),
                    _("Nothing was taken. Ask for the file again."),
                )
    for kind, tables in by_kind.items():
        for table in tables:
            for key, header in zip(table.keys, table.header, strict=True):
                if key and key not in standard.KNOWN[kind]:
                    reason = _("The column {column} is none of the format's and was not taken.")
                    notes.say(table.name, "column_not_known", reason.format(column=header))
    return by_kind


def _dataset(row: Row) -> str:
    return "wildlife-insights:" + "_".join((row.get("project_id") or "unnamed").split())


def _image(row: Row) -> str:
    return row.get("image_id") or row.get("location") or row.get("filename") or ""


class _Index:
    """The first reading: which rows hold. Nothing is taken before every table was read to its end."""

    def __init__(self, tables: Mapping[str, list[Table]], notes: import_notes.RowNotes) -> None:
        self.tables = tables
        self._notes = notes
        self.rows = 0
        self.deployments: dict[tuple[str, str], None] = {}
        self.images: dict[tuple[str, str], str] = {}
        """Data set and picture -> its deployment."""
        self._bad: dict[str, bytearray] = {}
        self.sequences: dict[tuple[str, str, str], list[str]] = {}
        """Events of tables that Ranger wrote: data set, deployment, sequence -> pictures in their order."""
        self._identified: dict[tuple[str, str, str], set[str]] = {}

    def read(self) -> Iterator[int]:
        """Check every row; yields the rows read so far. DataProblem where a table has none that holds."""
        for kind, check in (("cameras", self._camera), ("deployments", self._deployment), ("images", self._picture)):
            good, before = 0, self.rows
            for table in self.tables.get(kind, ()):
                marks = self._bad[table.name] = bytearray()
                for number, row in table.rows():
                    self.rows += 1
                    if self.rows % _EVERY == 0:
                        yield self.rows
                    code, value = check(row) if row is not None else ("cells", "")
                    marks.extend(bytes(number + 1 - len(marks)))
                    if code:
                        marks[number] = 1
                        self._notes.row(table.name, number, code, value)
                    else:
                        good += 1
            if not good and (kind == "deployments" or (kind == "images" and self.rows > before)):
                raise self._notes.refuse_empty(self.tables[kind][0].name)
        # One picture of a sequence that says something, where the others say nothing, speaks for all of them.
        self.sequences = {
            key: pictures
            for key, pictures in self.sequences.items()
            if len(pictures) > 1 and self._identified.get(key) == {pictures[0]}
        }

    def good(self, kind: str) -> Iterator[tuple[Table, int, Row]]:
        """The rows that hold."""
        for table in self.tables.get(kind, ()):
            marks = self._bad[table.name]
            for number, row in table.rows():
                if row is not None and number < len(marks) and not marks[number]:
                    yield table, number, row

    def _camera(self, row: Row) -> tuple[str, str]:
        return ("", "") if row.get("camera_id") or row.get("camera_name") else ("no_id", "")

    def _deployment(self, row: Row) -> tuple[str, str]:
        key = (_dataset(row), row["deployment_id"])
        if not key[1]:
            return "no_id", ""
        if key in self.deployments:
            return "duplicate", key[1]
        times = []
        for column in ("start_date", "end_date"):
            try:
                times.append(standard.read_time(row[column]) if row[column] else "")
            except ValueError:
                return "bad_time", row[column]
        if all(times) and times[1] < times[0]:
            return "bad_order", ""
        self.deployments[key] = None
        return "", ""

    def _picture(self, row: Row) -> tuple[str, str]:
        dataset, deployment, image = _dataset(row), row["deployment_id"], _image(row)
        if not image:
            return "no_id", ""
        if (dataset, deployment) not in self.deployments:
            return "orphan", deployment
        if self.images.setdefault((dataset, image), deployment) != deployment:
            return "duplicate", image
        try:
            if row["timestamp"]:
                standard.read_time(row["timestamp"])
        except ValueError:
            return "bad_time", row["timestamp"]
        sequence = row.get("external_sequence_id", "")
        if sequence and standard.OURS.fullmatch(row.get("project_id", "")):
            key = (dataset, deployment, sequence)
            pictures = self.sequences.setdefault(key, [])
            if not pictures or pictures[-1] != image:
                pictures.append(image)
            if fields_of.says_something(row):
                self._identified.setdefault(key, set()).add(image)
        return "", ""


class _Taker:
    """Makes records of the rows that hold."""

    def __init__(
        self,
        library: Library,
        index: _Index,
        taking: Taking,
        report: ImportReport,
        notes: import_notes.RowNotes,
        offset: int,
    ) -> None:
        self._library = library
        self._index = index
        self._taking = taking
        self._report = report
        self._notes = notes
        self._offset = offset
        with library.read() as db:
            self._here = {
                row[0]: (row[1] or "", row[2])
                for row in db.conn.execute("SELECT id, source, location FROM deployment").fetchall()
            }
        self._cameras: dict[tuple[str, str], bytes] = {}
        self._places: dict[tuple[str, str], tuple[bytes, Fields]] = {}
        self._animals: dict[tuple[str, str], bytes] = {}
        self._known: set[tuple[str, str]] = set()
        """Deployments that this library itself wrote: they are here with more than the tables hold."""
        self._pictures: set[tuple[str, str]] = set()
        self._said: Counter[tuple[str, str, str]] = Counter()
        self._counted: set[bytes] = set()
        self._lost: Counter[tuple[str, str]] = Counter()
        self._fuzzed = self._undated = self._failed = 0
        self._done = 0

    def take(self) -> Iterator[int]:
        """Take everything; yields rows done whenever a batch is full."""
        for kind, make in (("cameras", self._camera), ("deployments", self._deployment), ("images", self._image)):
            for table, number, row in self._index.good(kind):
                self._done += 1
                if make(table, number, row):
                    yield self._done

    def _id(self, row: Row, kind: str, ident: str) -> bytes:
        """The record's own id where Ranger wrote the tables, else one derived from project and identifier."""
        own = read_id(ident) if standard.OURS.fullmatch(row.get("project_id", "")) else None
        return own or derived_id(_dataset(row), kind, ident)

    # ---- cameras, deployments, places

    def _camera(self, _table: Table, _number: int, row: Row) -> bool:
        dataset = _dataset(row)
        ident = row.get("camera_id") or row["camera_name"]
        record = self._id(row, "camera", ident)
        for called in (row.get("camera_id"), row.get("camera_name")):
            if called:
                self._cameras.setdefault((dataset, called), record)
        if record in self._counted:
            return False
        self._counted.add(record)
        self._lose("cameras", row, ("year_purchased",))
        if self._stays("camera", record, dataset):
            self._report.read["camera"] += 1
            return False
        fields: Fields = {"name": row.get("camera_name") or ident, "source": f"{dataset} {ident}"}
        fields |= {column: row.get(column) or None for column in ("make", "model", "serial_number")}
        return self._taking.add("camera", record, fields)

    def _stays(self, kind: str, record: bytes, dataset: str) -> bool:
        """Whether a record is here that did not come from these tables: it stays as it is."""
        with self._library.read() as db:
            found = rows.get(db, kind, record)
        return found is not None and not found.text("source").startswith(f"{dataset} ")

    def _deployment(self, table: Table, number: int, row: Row) -> bool:
        dataset, ident = _dataset(row), row["deployment_id"]
        record = self._id(row, "deployment", ident)
        here = self._here.get(record)
        if here is not None and not here[0].startswith(f"{dataset} "):
            self._known.add((dataset, ident))
            self._report.read["deployment"] += 1
            return False

        def bad(value: str) -> None:
            self._notes.row(table.name, number, "bad_value", value)

        fields = fields_of.deployment(row, bad)
        self._failed += bool(row.get("camera_functioning")) and row["camera_functioning"] != standard.WORKING
        fields |= {"utc_offset": self._offset, "source": f"{dataset} {ident}"}
        camera = row.get("camera_id") or row.get("camera_name") or ""
        if camera:
            if (dataset, camera) not in self._cameras:
                self._camera(table, number, {**row, "make": "", "model": "", "serial_number": "", "year_purchased": ""})
            fields["camera"] = self._cameras[dataset, camera]
        fields["location"] = here[1] if here is not None else self._place(table, number, row)
        if isinstance(fields["location"], bytes) and fields["location"] not in self._counted:
            self._counted.add(fields["location"])
            self._report.read["location"] += 1
        return self._taking.add("deployment", record, fields)

    def _place(self, table: Table, number: int, row: Row) -> bytes:
        """The location of a new deployment: one of this name that is here, where the row's own is vague; else its."""
        dataset, name = _dataset(row), row.get("placename") or ""
        fuzzed = any(
            row.get(column, "").casefold() in ("true", "1", "yes") for column in ("fuzzed", "deployment_fuzzed")
        )
        point = [_degrees(row.get(column, ""), most) for column, most in (("latitude", 90), ("longitude", 180))]
        if None in point:
            point = [None, None]
            self._notes.row(table.name, number, "bad_place")
        if fuzzed:
            self._fuzzed += 1
            with self._library.read() as db:
                found = find_named(db, "location", name) if name else None
            if found is not None:
                return found
        fields: Fields = {
            "name": name or row["deployment_id"],
            "type": "camera_site",
            "latitude": point[0],
            "longitude": point[1],
            "uncertainty": FUZZED if fuzzed else None,
        }
        called = name or (row["deployment_id"] if fuzzed or point[0] is None else f"{point[0]} {point[1]}")
        before = self._places.get((dataset, called))
        if before is not None and (not name or before[1] == fields):
            return before[0]
        ident = name or row["deployment_id"]  # never the coordinates: an id leaves, and could be found by trying them
        if before is not None:  # one name, two places: both stand
            called = ident = f"{called} {row['deployment_id']}"
        record = self._id(row, "location", ident)
        self._places[dataset, called] = (record, fields)
        if not self._stays("location", record, dataset):
            self._counted.add(record)
            self._taking.add("location", record, fields | {"source": f"{dataset} {ident}"})
        return record

    # ---- pictures and what was said

    def _image(self, table: Table, number: int, row: Row) -> bool:
        dataset, image = _dataset(row), _image(row)
        fresh = (dataset, image) not in self._pictures
        self._pictures.add((dataset, image))
        said = fields_of.says_something(row)
        if (dataset, row["deployment_id"]) in self._known:
            self._report.read["media"] += fresh
            self._report.read["observation"] += said
            return False
        deployment = self._id(row, "deployment", row["deployment_id"])
        media = self._id(row, "media", image)
        full = self._taking.add("media", media, self._media(row, deployment, image)) if fresh else False
        if not said:
            return full

        def bad(value: str) -> None:
            self._notes.row(table.name, number, "bad_value", value)

        self._lose("images", row, ("license", *(() if row.get("wi_taxon_id", "") in fields_of.TYPE_IDS else
                                                ("wi_taxon_id",))))  # fmt: skip
        fields = fields_of.observation(row, bad)
        content = fields_of.content(row)
        self._said[dataset, image, content] += 1
        ident = f"{image}\0{content}\0{self._said[dataset, image, content]}"
        pictures = self._index.sequences.get((dataset, row["deployment_id"], row.get("external_sequence_id", "")))
        if pictures:
            fields["pictures"] = canonical([self._id(row, "media", one).hex() for one in pictures])
        else:
            fields["media"] = media
        fields["deployment"] = deployment
        if row.get("individual_id"):
            fields["individual"] = self._individual(row, dataset, fields["taxon"])
        return self._taking.add("observation", derived_id(dataset, "observation", ident), fields) or full

    def _media(self, row: Row, deployment: bytes, image: str) -> Fields:
        where, name = row.get("location", ""), row.get("filename", "")
        fields: Fields = {"deployment": deployment, "source": f"{_dataset(row)} {image}"}
        if "://" in where:
            fields["address"] = where
            name = name or where.rpartition("/")[2]
        elif where:
            folder, _slash, last = where.replace("\\", "/").rpartition("/")
            fields["folder"] = folder.strip("/") or None
            name = name or last
        if name.partition(".")[0] != image or not standard.OURS.fullmatch(row.get("project_id", "")):
            fields["file_name"] = name or None  # a code of ours instead of a name is none
        form = told_by_name(name)
        fields["media_type"] = form.media_type if form else None
        fields["camera_time"] = standard.read_time(row["timestamp"]) if row["timestamp"] else None
        self._undated += not row["timestamp"]
        highlighted = row.get("highlighted", "").casefold()
        fields["favourite"] = 1 if highlighted in ("true", "1", "yes") else None
        return fields

    def _individual(self, row: Row, dataset: str, taxon: Value) -> bytes | None:
        code = row["individual_id"]
        if not isinstance(taxon, str):
            self._lose("images", row, ("individual_id",))
            return None
        key = (dataset, f"{code}\0{taxon}")
        if key not in self._animals:
            record = self._animals[key] = derived_id(dataset, "individual", key[1])
            self._taking.add("individual", record, {"code": code, "taxon": taxon, "source": f"{dataset} {code}"})
        return self._animals[key]

    def _lose(self, table: str, row: Row, columns: tuple[str, ...]) -> None:
        for column in columns:
            self._lost[table, column] += bool(row.get(column))

    def finish(self) -> None:
        """Say what was seen and what has no place here."""
        for number, code, words in (
            (len(self._known), "own_here",
             ngettext("{n} deployment was written by this library and is here already; it stays as it is.",
                      "{n} deployments were written by this library and are here already; they stay as they are.",
                      len(self._known))),
            (self._fuzzed, "fuzzed",
             ngettext("{n} deployment has a place that was made vague: it never takes the place of an exact one.",
                      "{n} deployments have places that were made vague: they never take the place of exact ones.",
                      self._fuzzed)),
            (self._failed, "failure_without_dates",
             ngettext("{n} camera failed on an unknown day: it stands in the remarks and is not subtracted.",
                      "{n} cameras failed on unknown days: it stands in the remarks and is not subtracted.",
                      self._failed)),
            (self._undated, "no_time",
             ngettext("{n} picture has no time. None was made up.", "{n} pictures have no time. None was made up.",
                      self._undated)),
        ):  # fmt: skip
            if number:
                self._notes.say("deployments" if code != "no_time" else "images", code, words.format(n=number))
        for (table, column), number in self._lost.items():
            if number:
                reason = ngettext(
                    "{n} value of {column} has no place here and was not taken.",
                    "{n} values of {column} have no place here and were not taken.",
                    number,
                ).format(n=number, column=column)
                self._notes.say(table, "no_field", reason)


def _degrees(text: str, most: int) -> int | None:
    """1e-7 degrees; None where there are none or they are not on the globe."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value) > most:
        return None
    return int(value.scaleb(7).to_integral_value(ROUND_HALF_EVEN))


FORMAT = ImportFormat(N_("Wildlife Insights download (CSV)"), read, (import_notes.OFFSET,))
