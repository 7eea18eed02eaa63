"""Opens a Darwin Core Archive that a stranger made: a zip file, a folder, or a single table without any description.

Nothing is unpacked to the disk and nothing outside the archive is opened. Tables are streamed with bounded lines and
bounded expansion; what is broken is said in one sentence.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from ranger_app.errors import DataProblem
from ranger_app.exchange import dwca_terms as terms
from ranger_app.exchange.unpacking import member
from ranger_app.exchange.xml_tree import Node, parse
from ranger_app.i18n import _

_MOST_META = 8 << 20
_MOST_LINE = 2 << 20
_MOST_MEMBERS = 10_000
_MOST_COLUMNS = 2_000
_TABLES = (".txt", ".csv", ".tsv")
_BROKEN = (csv.Error, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError, OSError)
_ESCAPES = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\r\\n": "\r\n", "\\\\": "\\", "&quot;": '"'}


@dataclass(slots=True)
class Table:
    """One file: its row type, where the id of the event stands, and the term of each column by its plain name."""

    file: str
    row_type: str
    ident: int | None
    columns: dict[str, int]
    defaults: dict[str, str]
    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    skip: int = 1
    doubtful: bool = False
    """Whether the letters are not in the encoding that the description names."""


@dataclass(slots=True)
class Archive:
    """An open archive. ``said`` are remarks on it as a whole: code and sentence."""

    source: zipfile.ZipFile | Path
    inside: str = ""
    """Where in the zip file the archive lies: nothing, or a folder with a slash."""
    tables: list[Table] = field(default_factory=list)
    dataset: str = ""
    ours: bool = False
    said: list[tuple[str, str]] = field(default_factory=list)

    def of(self, *row_types: str) -> list[Table]:
        """The tables of some row types, the core first."""
        return [one for one in self.tables if one.row_type in row_types]

    def rows(self, table: Table) -> Iterator[tuple[int, dict[str, str] | None]]:
        """(line number as a spreadsheet counts, cells by plain name of the term), with the id under "": of each row.

        None in place of the cells for a row that is cut short. DataProblem where the file breaks.
        """
        last = max([*table.columns.values(), table.ident or 0], default=0)
        try:
            with self._text(table.file, table.encoding) as text:
                reader = csv.reader(
                    _lines(text, table.file),
                    delimiter=table.delimiter,
                    quotechar=table.quote or None,
                    quoting=csv.QUOTE_MINIMAL if table.quote else csv.QUOTE_NONE,
                )
                for number, cells in enumerate(reader, start=1):
                    if number <= table.skip or not any(cells):
                        continue
                    if len(cells) <= last and not _only_empty_lacking(cells, last):
                        yield number, None
                        continue
                    row = dict(table.defaults)
                    for name, index in table.columns.items():
                        value = cells[index].strip() if index < len(cells) else ""
                        if value:
                            row[name] = value
                    row[""] = cells[table.ident].strip() if table.ident is not None else ""
                    yield number, row
        except UnicodeError as error:
            raise broken(table.file) from error
        except _BROKEN as error:
            raise broken(table.file) from error

    def further(self) -> Iterator[tuple[str, str, str, str]]:
        """The further fields of an archive of ours; nothing where there are none."""
        if not self.ours:
            return
        try:
            with self._text(terms.FURTHER, "utf-8-sig") as text:
                for number, cells in enumerate(csv.reader(_lines(text, terms.FURTHER))):
                    if number and len(cells) == len(terms.FURTHER_HEADER):
                        yield cells[0], cells[1], cells[2], cells[3]
        except UnicodeError as error:
            raise broken(terms.FURTHER) from error
        except _BROKEN as error:
            raise broken(terms.FURTHER) from error

    @contextmanager
    def _text(self, name: str, encoding: str) -> Iterator[io.TextIOWrapper]:
        with self.raw(name) as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as text:
            yield text

    @contextmanager
    def raw(self, name: str) -> Iterator[io.BufferedReader]:
        """The bytes of a file of the archive; DataProblem where it is not there or unpacks to too much."""
        refused = {"missing": missing(name), "outside": unsafe(name), "too_large": too_large(name)}
        with member(self.source, self.inside + name, **refused) as (stream, _size):
            yield stream

    def names(self) -> list[str]:
        """The files of the archive."""
        if isinstance(self.source, Path):
            return sorted(one.name for one in self.source.iterdir() if one.is_file())
        found = [info.filename for info in self.source.infolist() if not info.is_dir()]
        return [one.removeprefix(self.inside) for one in found if one.startswith(self.inside)]

    def small(self, name: str) -> bytes:
        """A small file as a whole; empty where it is not there or is not small."""
        if name not in self.names():
            return b""
        try:
            with self.raw(name) as raw:
                data = raw.read(_MOST_META + 1)
        except _BROKEN as error:
            raise broken(name) from error
        if len(data) > _MOST_META:
            raise broken(name)
        return data


def broken(file: str) -> DataProblem:
    """A file that cannot be read."""
    return DataProblem(
        "ARCHIVE_BROKEN",
        _("{file} is damaged or is no table.").format(file=file),
        _("Nothing was taken. Ask for the archive again."),
    )


def missing(file: str) -> DataProblem:
    """A file that the description names and that is not there."""
    return DataProblem(
        "TABLE_MISSING",
        _("The archive names {file}, but it is not there.").format(file=file),
        _("Nothing was taken. Ask for the archive again."),
    )


def too_large(file: str) -> DataProblem:
    """A file that unpacks to more than can be meant."""
    return DataProblem(
        "TABLE_TOO_LARGE",
        _("{file} unpacks to far more than such a file can hold.").format(file=file),
        _("Nothing was taken. Ask for the archive again."),
    )


def unsafe(name: str) -> DataProblem:
    """A name that points outside of the archive."""
    return DataProblem(
        "OUTSIDE_ARCHIVE",
        _("The archive points at {path}, which lies outside of it.").format(path=name[:200]),
        _("Nothing was taken. Ask for the archive again, and where it comes from."),
    )


def no_archive(file: str) -> DataProblem:
    """What is no Darwin Core Archive at all."""
    return DataProblem(
        "NO_ARCHIVE",
        _("{file} holds no table of events or occurrences in Darwin Core.").format(file=file),
        _("Name the zip file of the archive, or its folder."),
    )


def _is_unsafe(name: str) -> bool:
    parts = re.split(r"[\\/]", name)
    return name.startswith(("/", "\\")) or ".." in parts or bool(re.match(r"[A-Za-z]:", name)) or "\0" in name


def _only_empty_lacking(cells: list[str], last: int) -> bool:
    """Whether only cells at the end lack that programs leave out where they are empty: at least half is there."""
    return len(cells) * 2 > last and len(cells) > 1


def _lines(text: io.TextIOWrapper, file: str) -> Iterator[str]:
    while line := text.readline(_MOST_LINE):
        if len(line) == _MOST_LINE and line[-1] not in "\r\n":
            raise broken(file)
        yield line


@contextmanager
def opened(source: Path) -> Iterator[Archive]:
    """Open the archive: a zip file, a folder that holds one, an unpacked folder or a single table."""
    csv.field_size_limit(_MOST_LINE)
    if source.is_dir():
        packed = [one for one in sorted(source.iterdir()) if one.suffix.casefold() == ".zip" and one.is_file()]
        if not (source / terms.META).is_file() and len(packed) == 1:
            source = packed[0]
        else:
            yield _understood(Archive(source), source.name)
            return
    if not zipfile.is_zipfile(source):
        if source.name == terms.META or source.suffix.casefold() in _TABLES:
            archive = Archive(source.parent)
            only = "" if source.name == terms.META else source.name
            yield _understood(archive, source.stem, only)
            return
        raise no_archive(source.name)
    try:
        packed_file = zipfile.ZipFile(source)
    except _BROKEN as error:
        raise broken(source.name) from error
    with packed_file:
        names = [info.filename for info in packed_file.infolist()]
        if len(names) > _MOST_MEMBERS:
            raise broken(source.name)
        for name in names:
            if _is_unsafe(name):
                raise unsafe(name)
        described = sorted(
            (one for one in names if one.rpartition("/")[2] == terms.META), key=lambda one: one.count("/")
        )
        inside = described[0].removesuffix(terms.META) if described else ""
        yield _understood(Archive(packed_file, inside), source.stem)


def _understood(archive: Archive, name: str, only: str = "") -> Archive:
    names = [only] if only else archive.names()
    if terms.META in names:
        archive.tables = _described(archive)
        if not archive.of(terms.ROW_TYPES[terms.EVENT], terms.ROW_TYPES[terms.OCCURRENCE]):
            raise no_archive(name)
    else:
        archive.tables = [one for file in names if (one := _guessed(archive, file)) is not None]
        if not archive.tables:
            raise no_archive(name)
        said = _("There is no meta.xml. The columns were understood by their names.")
        archive.said.append(("no_description", said))
    archive.ours = terms.FURTHER in names and not only and _is_ours(archive)
    archive.dataset = _dataset(archive, name)
    for table in archive.tables:
        _settle_encoding(archive, table)
    return archive


def _is_ours(archive: Archive) -> bool:
    head = _head(archive, terms.FURTHER, 200).decode("utf-8", "replace")
    return head.strip().lstrip("\ufeff") == ",".join(terms.FURTHER_HEADER)


def _head(archive: Archive, file: str, most: int) -> bytes:
    """The first line of a file."""
    try:
        with archive.raw(file) as raw:
            return raw.readline(most)
    except _BROKEN as error:
        raise broken(file) from error


def _described(archive: Archive) -> list[Table]:
    root, _namespaces = parse(archive.small(terms.META), terms.META)
    if root.name != "archive":
        raise broken(terms.META)
    return [_table(archive, one) for name in ("core", "extension") for one in root.named(name)]


def _table(archive: Archive, node: Node) -> Table:
    files = [one.text.strip() for part in node.named("files") for one in part.named("location")]
    if len(files) != 1 or not files[0] or re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", files[0]):
        raise broken(files[0] if files else terms.META)
    file = files[0].removeprefix("./")
    if _is_unsafe(file):
        raise unsafe(file)
    columns: dict[str, int] = {}
    defaults: dict[str, str] = {}
    for one in node.named("field"):
        name, index = terms.plain(one.attributes.get("term", "")), one.attributes.get("index")
        if not name or len(columns) > _MOST_COLUMNS:
            continue
        if index is not None and index.strip().isdecimal() and int(index) < _MOST_COLUMNS:
            columns.setdefault(name, int(index))
        if one.attributes.get("default"):
            defaults[name] = one.attributes["default"].strip()
    ident = next((one for name in ("id", "coreid") for one in node.named(name)), None)
    at = ident.attributes.get("index", "") if ident is not None else ""
    given = node.attributes
    return Table(
        file,
        given.get("rowType", "").strip(),
        int(at) if at.isdecimal() and int(at) < _MOST_COLUMNS else None,
        columns,
        defaults,
        _letter(given.get("fieldsTerminatedBy", ","), ","),
        _letter(given.get("fieldsEnclosedBy", '"'), ""),
        _encoding(given.get("encoding", "utf-8")),
        int(skip) if (skip := given.get("ignoreHeaderLines", "0").strip()).isdecimal() else 0,
    )


def _letter(text: str, usual: str) -> str:
    letter = _ESCAPES.get(text, text)
    return letter if len(letter) == 1 and letter not in "\r\n" else usual


def _encoding(name: str) -> str:
    try:
        found = codecs.lookup(name.strip()).name
    except (LookupError, ValueError):
        return "utf-8-sig"
    # Only encodings of text: others, such as those that unpack, are no business of a table.
    known = ("utf-8", "utf-8-sig", "utf-16", "ascii", "latin-1", "iso8859-1", "gb18030", "gbk", "euc_kr", "shift_jis")
    if found in ("utf-8", "ascii"):
        return "utf-8-sig"
    return found if found in known or re.fullmatch(r"cp\d+|iso8859-\d+|koi8-r", found) else "utf-8-sig"


def _settle_encoding(archive: Archive, table: Table) -> None:
    """Take windows-1252 where the letters are not in the encoding that is named, and a mark at the start as it says."""
    try:
        with archive.raw(table.file) as raw:
            head = raw.peek(4)[:4]
            if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                table.encoding = "utf-16"
            elif head.startswith(codecs.BOM_UTF8):
                table.encoding = "utf-8-sig"
            decoder = codecs.getincrementaldecoder(table.encoding)()
            while data := raw.read(1 << 16):
                decoder.decode(data)
            decoder.decode(b"", True)
    except UnicodeError:
        archive.said.append(
            (
                "encoding",
                _("The letters of {file} are not in the encoding it names. They were read as windows-1252.").format(
                    file=table.file
                ),
            )
        )
        table.encoding, table.doubtful = "cp1252", True
        _check_cp1252(archive, table)
    except _BROKEN as error:
        raise broken(table.file) from error


def _check_cp1252(archive: Archive, table: Table) -> None:
    try:
        with archive.raw(table.file) as raw:
            while data := raw.read(1 << 16):
                data.decode("cp1252")
    except UnicodeError:
        table.encoding = "latin-1"  # every byte is a letter there
    except _BROKEN as error:
        raise broken(table.file) from error


def _guessed(archive: Archive, file: str) -> Table | None:
    """A table by the names of its columns; None where it is none of Darwin Core."""
    if Path(file).suffix.casefold() not in _TABLES or file == terms.FURTHER or _is_unsafe(file):
        return None
    head = _head(archive, file, 1 << 16)
    text = head.decode("utf-16" if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig", "replace")
    text = text.strip("\r\n\0")
    delimiter = max("\t,;|", key=text.count)
    with suppress(csv.Error):
        names = [terms.plain(one) for one in next(csv.reader([text], delimiter=delimiter), [])]
        columns = {name: index for index, name in reversed(list(enumerate(names[:_MOST_COLUMNS]))) if name}
        row_type = _row_type(set(columns))
        if row_type:
            quote = "" if delimiter == "\t" and '"' not in text else '"'
            ident = columns.get("eventID", columns.get("id", columns.get("coreid")))
            return Table(file, row_type, ident, columns, {}, delimiter, quote, "utf-8-sig", 1)
    return None


def _row_type(names: set[str]) -> str:
    if "scientificName" in names or {"occurrenceID", "basisOfRecord"} <= names:
        return terms.ROW_TYPES[terms.OCCURRENCE]
    if {"measurementType", "measurementValue"} <= names:
        return terms.PLAIN_MEASUREMENT
    if {"isTaxonomicScopeFullyReported", "targetTaxonomicScope", "excludedTaxonomicScope"} & names:
        return terms.ROW_TYPES[terms.HUMBOLDT]
    if "eventID" in names or "eventDate" in names:
        return terms.ROW_TYPES[terms.EVENT]
    return ""


def _dataset(archive: Archive, name: str) -> str:
    """What the data set is called: the identifier its description gives, without a version; else the file's name."""
    described = next((one for one in (terms.EML, "metadata.xml") if one in archive.names()), "")
    if described:
        with suppress(DataProblem):
            root, _namespaces = parse(archive.small(described), described)
            ident = re.sub(r"/v[\d.]+(\.xml)?$", "", root.attributes.get("packageId", "").strip())
            if ident and len(ident) <= 200:
                return re.sub(r"\s+", "_", ident)
    return "file-" + re.sub(r"\s+", "_", name.casefold())[:200]
