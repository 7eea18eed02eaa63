"""Writes a Darwin Core Archive: tables row by row, then ``meta.xml`` and ``eml.xml``, all in one zip file.

Tables are UTF-8, separated by tabs, and each cell stands between enclosing characters. Lines end with CR LF, so that a
line break inside a remark, always LF, is no end of a line to readers that go by lines alone.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import quoteattr

from ranger_app.exchange import dwca_terms as terms
from ranger_app.exchange.further_fields import Line

ENCLOSING = "\"'|^~`#$"
"""Characters to stand around cells. Some readers take them off the ends of a cell a second time, so the first is used
that no cell of the table begins or ends with."""
_PARTS = ("alone", "survey", "count")
_NEW: Literal["w"] = "w"
_A_DAY = (1980, 1, 1, 0, 0, 0)
"""The date of the files inside: the same records give the same bytes."""


def cell(value: object) -> str:
    """A value as a cell holds it: line breaks as LF, no characters that a table cannot hold."""
    text = "" if value is None else str(value)
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in text if char in "\n\t" or ord(char) >= 32)


class _Table:
    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path, self.columns, self.lines = path, columns, 0
        self.ends: set[str] = set()
        self._file = path.open("w", encoding="utf-8", newline="")
        self._csv = _writer(self._file, ENCLOSING[0])
        self._csv.writerow([terms.plain(one) for one in columns])

    def row(self, values: Mapping[str, object]) -> None:
        cells = [cell(values.get(name)) for name in self.columns]
        for text in cells:
            if text:
                self.ends.add(text[0])
                self.ends.add(text[-1])
        self._csv.writerow(cells)
        self.lines += 1

    def close(self) -> str:
        """Close the file; returns the character that encloses its cells."""
        self._file.close()
        chosen = next((one for one in ENCLOSING if one not in self.ends), ENCLOSING[0])
        if chosen != ENCLOSING[0]:
            again = self.path.with_suffix(".again")
            with (
                self.path.open(encoding="utf-8", newline="") as source,
                again.open("w", encoding="utf-8", newline="") as target,
            ):
                to = _writer(target, chosen)
                for cells in csv.reader(source, delimiter="\t", quotechar=ENCLOSING[0]):
                    to.writerow(cells)
            again.replace(self.path)
        return chosen

    def drop(self) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)


def _writer(file: Any, enclosing: str) -> Any:
    return csv.writer(file, delimiter="\t", quotechar=enclosing, quoting=csv.QUOTE_ALL, lineterminator="\r\n")


class ArchiveWriter:
    """An archive in the making, as a context: ``row`` by ``row``, then ``finish``. Drafts lie beside the zip file."""

    def __init__(self, path: Path, *, further: bool) -> None:
        """``further``: whether the table of further fields is written, which holds whatever no term does."""
        self._path = path
        self._further_wanted = further
        self._stack = ExitStack()
        self._tables: dict[str, _Table] = {}
        self._parts: dict[str, Any] = {}
        self.further_lines = 0

    def __enter__(self) -> ArchiveWriter:
        for name, columns in terms.COLUMNS.items():
            table = _Table(self._path.with_name(f"{name}.txt"), columns)
            self._stack.callback(table.drop)
            self._tables[name] = table
        for part in _PARTS if self._further_wanted else ():
            path = self._draft(part)
            self._stack.callback(path.unlink, missing_ok=True)
            file = self._stack.enter_context(path.open("w", encoding="utf-8", newline=""))
            self._parts[part] = (file, csv.writer(file))
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def row(self, table: str, values: Mapping[str, object]) -> None:
        """Write a row; ``values`` are by the names of ``dwca_terms.COLUMNS``."""
        self._tables[table].row(values)

    def lines(self, table: str) -> int:
        """How many rows a table has."""
        return self._tables[table].lines

    def further(self, part: str, lines: Iterable[Line]) -> None:
        """Write further fields of records: ``alone`` for those in no table, else their kind. Rows keep their order."""
        for line in lines:
            self._parts[part][1].writerow(line)
            self.further_lines += 1

    def finish(self, eml: str) -> None:
        """Put the archive together; ``eml`` is its description as XML."""
        enclosing = {name: table.close() for name, table in self._tables.items()}
        with zipfile.ZipFile(self._path, "w", zipfile.ZIP_DEFLATED) as archive:
            _add(archive, terms.META, meta(enclosing).encode())
            _add(archive, terms.EML, eml.encode())
            for table in self._tables.values():
                with archive.open(_info(table.path.name), _NEW, force_zip64=True) as target:
                    _copy(table.path, target)
            if self._further_wanted:
                with archive.open(_info(terms.FURTHER), _NEW, force_zip64=True) as target:
                    target.write((",".join(terms.FURTHER_HEADER) + "\r\n").encode())
                    for part, (file, _csv) in self._parts.items():
                        file.flush()
                        _copy(self._draft(part), target)

    def _draft(self, part: str) -> Path:
        return self._path.with_name(f"further-{part}.draft")


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _A_DAY)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(_info(name), data)


def _copy(path: Path, target: Any) -> None:
    with path.open("rb") as source:
        while data := source.read(1 << 20):
            target.write(data)


def meta(enclosing: Mapping[str, str]) -> str:
    """``meta.xml`` after the Darwin Core text guidelines (2009-02-12): which file holds which terms in what order."""
    said = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<archive xmlns="{terms.TEXT_NAMESPACE}" metadata="{terms.EML}">',
    ]
    for name, columns in terms.COLUMNS.items():
        core = name == terms.EVENT
        said += [
            f'  <{"core" if core else "extension"} encoding="UTF-8" fieldsTerminatedBy="\\t" linesTerminatedBy="\\r\\n"'
            f' fieldsEnclosedBy={quoteattr(enclosing[name])} ignoreHeaderLines="1" rowType="{terms.ROW_TYPES[name]}">',
            f"    <files><location>{name}.txt</location></files>",
            f'    <{"id" if core else "coreid"} index="0"/>',
        ]
        for number, column in enumerate(columns):
            if number or core:
                said.append(f'    <field index="{number}" term="{terms.iri(column)}"/>')
        said.append(f"  </{'core' if core else 'extension'}>")
    return "\n".join([*said, "</archive>", ""])
