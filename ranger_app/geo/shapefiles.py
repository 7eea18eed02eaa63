"""Shapefiles of offices and contractors: their system from the .prj, the letters of their table from the .cpg.

Tables come in the code pages of the country they were made in; what a file does not say is tried and said.
"""

from __future__ import annotations

import codecs
import re
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from ranger_app.errors import DataProblem
from ranger_app.geo.layer_files import MOST_BYTES, Shift, Vectors, shift_from, too_big
from ranger_app.i18n import _
from ranger_app.store import foreign

_LONGEST_PRJ = 16 * 1024
# The language byte of a dBASE table (offset 29), as far as it is met here; 0x57 says "ANSI" and means nothing.
_LANGUAGES = {
    0x26: "cp866", 0x65: "cp866", 0xC9: "cp1251", 0x4D: "cp936", 0x7A: "cp936", 0x4F: "cp950", 0x78: "cp950",
    0x4E: "cp949", 0x79: "cp949", 0x13: "cp932", 0x7B: "cp932", 0x03: "cp1252", 0x01: "cp437", 0x02: "cp850",
}  # fmt: skip
_NULL = 0
MOST_RINGS = 2000
"""Of one area: the library holds each hole against each outline."""


def read(path: Path, into: Vectors) -> None:
    """Put the shapes of ``path`` with their table's rows into ``into``; raises as ``layer_files.vector`` does."""
    import shapefile

    # What the library remarks on goes to nobody: the file is read or refused.
    shapefile.VERBOSE = False
    warnings.filterwarnings("ignore", module="shapefile")
    shift = _system(path, into)
    with ExitStack() as stack:
        # Opened here and handed over: by name the library would also open web addresses and archives.
        parts: dict[str, BinaryIO] = {"shp": stack.enter_context(path.open("rb"))}
        table = _beside(path, ".dbf")
        if table is not None:
            if table.stat().st_size > MOST_BYTES:
                raise too_big(table)
            parts["dbf"] = stack.enter_context(table.open("rb"))
        letters, sure = _letters(path, table)
        try:
            reader = shapefile.Reader(**parts, encoding=letters, encodingErrors="replace")
            stack.callback(reader.close)
            _take(reader, table is not None, into, shift)
        except DataProblem:
            raise
        except Exception as error:  # the library raises what its struct and index operations raise
            raise foreign.damaged(path) from error
    if not sure and table is not None:
        into.remarks.append(
            _("The table does not say its encoding; {encoding} was tried. Letters may be wrong.").format(
                encoding=letters
            )
        )


def _take(reader: Any, with_table: bool, into: Vectors, shift: Shift | None) -> None:
    rows = reader.iterRecords() if with_table else None
    for shape in reader.iterShapes():
        row = next(rows, None) if rows is not None else None
        facts = dict(row.as_dict()) if row is not None else {}
        if shape.shapeType == _NULL:
            into.add(None, facts)
            continue
        if len(getattr(shape, "parts", ())) > MOST_RINGS:
            raise too_big(into.path)
        geometry = shape.__geo_interface__
        into.add(geometry if geometry else None, facts, shift)


def _beside(path: Path, end: str) -> Path | None:
    for one in (path.with_suffix(end), path.with_suffix(end.upper())):
        if one.is_file():
            return one
    return None


def _system(path: Path, into: Vectors) -> Shift | None:
    """How to come from the file's own coordinates to WGS 84, by its .prj."""
    from pyproj import CRS
    from pyproj.exceptions import ProjError

    described = _beside(path, ".prj")
    if described is None:
        into.remarks.append(_("The file has no .prj; its numbers were taken for degrees on WGS 84."))
        return None
    try:
        text = described.read_bytes()[:_LONGEST_PRJ].decode("utf-8", "replace")
        return shift_from(CRS.from_wkt(text))
    except (ProjError, ValueError) as error:
        raise DataProblem(
            "LAYER_DATUM",
            _("The coordinate system of {file} cannot be understood.").format(file=path.name),
            _("Export it again in WGS 84 (EPSG:4326)."),
        ) from error
    except OSError as error:
        raise foreign.unreadable(described, error) from error


def _letters(path: Path, table: Path | None) -> tuple[str, bool]:
    """The table's encoding, and whether the file says so."""
    named = _beside(path, ".cpg")
    if named is not None:
        found = _codec(named.read_bytes()[:40].decode("ascii", "ignore"))
        if found:
            return found, True
    if table is None:
        return "utf-8", True
    with table.open("rb") as file:
        start = file.read(1 << 16)
    language = start[29] if len(start) > 29 else 0
    if language in _LANGUAGES:
        return _LANGUAGES[language], True
    try:
        start.decode("ascii")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8", True
    # The head holds binary numbers; the fields' text begins after it.
    text = start[int.from_bytes(start[8:10], "little") :]
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text)
    except UnicodeDecodeError:
        cyrillic = sum(0xC0 <= one <= 0xFF for one in text)
        # Chinese fills its high bytes from 0xB0; Russian text in 1251 stays within 0xC0 to 0xFF.
        return ("cp1251" if cyrillic > 0.95 * sum(one >= 0x80 for one in text) else "gb18030"), False
    return "utf-8", True


def _codec(text: str) -> str:
    """Python's name of what a .cpg says: "UTF-8", "1251", "ANSI 1251", "CP936", "GBK"."""
    text = text.strip().lower()
    number = re.search(r"(\d{3,5})$", text)
    tried = [text, text.replace(" ", "-")]
    if number:
        tried += ["utf-8"] if number[1] == "65001" else [f"cp{number[1]}"]
    for one in tried:
        try:
            return codecs.lookup(one).name
        except LookupError:
            continue
    return ""
