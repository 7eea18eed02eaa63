"""Reading a data package (Frictionless Data Package v1) that a stranger made: a folder, its descriptor, or a zip file.

Tables are streamed with bounded lines and bounded expansion, nothing outside the package is opened and nothing is
fetched; what is broken is said in one sentence.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from ranger_app.errors import DataProblem
from ranger_app.exchange.unpacking import bounded, member
from ranger_app.i18n import _

DESCRIPTOR = "datapackage.json"
_MOST_DESCRIPTOR = 64 << 20
_MOST_LINE = 2 << 20
_ENCODINGS = frozenset(
    ["utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii", "latin-1", "iso-8859-1", "windows-1252", "windows-1251"]
)
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(frozen=True, slots=True)
class Resource:
    """One table: a file of the package, or the rows themselves inside the descriptor."""

    name: str
    path: str
    data: list[object] | None
    delimiter: str
    quote: str
    encoding: str
    gzipped: bool
    schema: object

    @property
    def label(self) -> str:
        """What to call it in a message."""
        return self.path or self.name


@dataclass(slots=True)
class DataPackage:
    """An open package: its descriptor and its tables."""

    descriptor: dict[str, object]
    resources: dict[str, Resource]
    source: zipfile.ZipFile | Path
    inside: str = ""
    """Where in the zip file the package lies: nothing, or a folder with a slash."""

    def text(self, name: str) -> str:
        """A property of the descriptor as text, empty where it is none."""
        value = self.descriptor.get(name)
        return value.strip() if isinstance(value, str) else ""

    def rows(self, name: str) -> Iterator[tuple[int, list[str]]]:
        """(row number as a spreadsheet counts, cells) of a table; the header is row 1. DataProblem where it breaks."""
        resource = self.resources[name]
        if resource.data is not None:
            yield from _inline(resource)
            return
        try:
            with self._open(resource) as raw, io.TextIOWrapper(raw, encoding=resource.encoding, newline="") as text:
                reader = csv.reader(_lines(text, resource), delimiter=resource.delimiter, quotechar=resource.quote)
                yield from enumerate(reader, start=1)
        except UnicodeError as error:
            raise broken(
                "NOT_UTF8", _("{file} is not in the encoding {encoding}."), resource, encoding=resource.encoding
            ) from error
        except (csv.Error, EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, RuntimeError) as error:
            raise broken("TABLE_BROKEN", _("{file} is damaged or is no table."), resource) from error

    @contextmanager
    def _open(self, resource: Resource) -> Iterator[BinaryIO]:
        too_large = broken("TABLE_TOO_LARGE", _("{file} unpacks to far more than such a file can hold."), resource)
        with member(
            self.source,
            self.inside + resource.path,
            missing=broken("TABLE_MISSING", _("The package names {file}, but it is not there."), resource),
            outside=_outside(resource.path),
            too_large=too_large,
        ) as (stream, size):
            if resource.gzipped:
                with gzip.GzipFile(fileobj=stream) as plain:
                    yield bounded(cast(BinaryIO, plain), size, too_large)
            else:
                yield stream


def broken(code: str, what: str, resource: Resource, **more: object) -> DataProblem:
    """A package that cannot be taken as it is; nothing was taken. ``what`` is translated and may name ``{file}``."""
    return DataProblem(
        code, what.format(file=resource.label, **more), _("Nothing was taken. Ask for the package again.")
    )


def _outside(path: str) -> DataProblem:
    return DataProblem(
        "OUTSIDE_PACKAGE",
        _("The package points at {path}, which lies outside of it.").format(path=path),
        _("Nothing was taken. Put all tables into the package's folder."),
    )


def _no_package(what: str) -> DataProblem:
    return DataProblem("NO_PACKAGE", what, _("Name the folder that holds datapackage.json."))


@contextmanager
def opened(source: Path) -> Iterator[DataPackage]:
    """Open the package in a folder, behind a ``datapackage.json`` or in a zip file; DataProblem where there is none."""
    csv.field_size_limit(_MOST_LINE)
    if source.is_dir() or source.name == DESCRIPTOR:
        folder = source if source.is_dir() else source.parent
        path = folder / DESCRIPTOR
        if not path.is_file():
            raise _no_package(_("There is no datapackage.json in {folder}.").format(folder=folder))
        if path.stat().st_size > _MOST_DESCRIPTOR:
            raise _no_package(_("{file} is too large.").format(file=DESCRIPTOR))
        descriptor = _descriptor(path.read_bytes())
        yield DataPackage(descriptor, _resources(descriptor), folder)
        return
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _no_package(_("{file} is neither a folder nor a package.").format(file=source.name)) from error
    with archive:
        found = sorted(
            (info for info in archive.infolist() if info.filename.rpartition("/")[2] == DESCRIPTOR),
            key=lambda info: (info.filename.count("/"), info.filename),
        )
        if not found:
            raise _no_package(_("There is no datapackage.json in {folder}.").format(folder=source.name))
        if found[0].file_size > _MOST_DESCRIPTOR:
            raise _no_package(_("{file} is too large.").format(file=DESCRIPTOR))
        try:
            with archive.open(found[0]) as stream:
                content = stream.read(_MOST_DESCRIPTOR + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
            raise _no_package(_("{file} is damaged.").format(file=source.name)) from error
        descriptor = _descriptor(content)
        inside = found[0].filename.removesuffix(DESCRIPTOR)
        yield DataPackage(descriptor, _resources(descriptor), archive, inside)


def _descriptor(content: bytes) -> dict[str, object]:
    try:
        # Numbers stay text, as in a table: nothing here is computed with.
        found = json.loads(content.decode("utf-8-sig"), parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise _no_package(_("{file} is damaged.").format(file=DESCRIPTOR)) from error
    if not isinstance(found, dict):
        raise _no_package(_("{file} is damaged.").format(file=DESCRIPTOR))
    return found


def _resources(descriptor: dict[str, object]) -> dict[str, Resource]:
    listed = descriptor.get("resources")
    found: dict[str, Resource] = {}
    for entry in listed if isinstance(listed, list) else []:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise _no_package(_("{file} lists a table without a name.").format(file=DESCRIPTOR))
        resource = _resource(entry)
        if resource.name in found:
            raise _no_package(_("{file} lists the table {name} twice.").format(file=DESCRIPTOR, name=resource.name))
        found[resource.name] = resource
    return found


def _resource(entry: dict[str, object]) -> Resource:
    name = str(entry["name"])
    data = entry.get("data")
    path = entry.get("path")
    if isinstance(path, list) and len(path) == 1:
        path = path[0]
    if not isinstance(data, list) and not isinstance(path, str):
        raise _no_package(_("The table {name} is not one file.").format(name=name))
    path = path if isinstance(path, str) else ""
    if data is None and (not path or _REMOTE.match(path) or path.startswith(("/", "\\", "~")) or _climbs(path)):
        raise _outside(path)
    encoding = str(entry.get("encoding") or "utf-8").casefold()
    if encoding not in _ENCODINGS:
        raise _no_package(
            _("The table {name} is in the encoding {encoding}, which cannot be read.").format(
                name=name, encoding=encoding
            )
        )
    return Resource(
        name=name,
        path=path,
        data=data if isinstance(data, list) else None,
        delimiter=_letter(entry, "delimiter", ","),
        quote=_letter(entry, "quoteChar", '"'),
        encoding="utf-8-sig" if encoding.startswith("utf") else encoding,
        gzipped=path.casefold().endswith(".gz") or entry.get("compression") == "gz",
        schema=entry.get("schema"),
    )


def _climbs(path: str) -> bool:
    return ".." in re.split(r"[\\/]", path)


def _letter(entry: dict[str, object], name: str, usual: str) -> str:
    dialect = entry.get("dialect")
    if isinstance(dialect, dict):
        inner = dialect.get("csv")
        value = (inner if isinstance(inner, dict) else dialect).get(name)
        if isinstance(value, str) and len(value) == 1 and value not in "\r\n":
            return value
    return usual


def _lines(text: io.TextIOWrapper, resource: Resource) -> Iterator[str]:
    while line := text.readline(_MOST_LINE):
        if len(line) == _MOST_LINE and line[-1] not in "\r\n":
            raise broken("TABLE_BROKEN", _("{file} is damaged or is no table."), resource)
        yield line


def _inline(resource: Resource) -> Iterator[tuple[int, list[str]]]:
    data = cast(list[object], resource.data)
    if all(isinstance(row, dict) for row in data):
        header = list(dict.fromkeys(str(name) for row in data for name in cast(dict[str, object], row)))
        yield 1, header
        for number, row in enumerate(data, start=2):
            yield number, [_cell(cast(dict[str, object], row).get(name)) for name in header]
    elif all(isinstance(row, list) for row in data):
        for number, row in enumerate(data, start=1):
            yield number, [_cell(value) for value in cast(list[object], row)]
    else:
        raise broken("TABLE_BROKEN", _("{file} is damaged or is no table."), resource)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
