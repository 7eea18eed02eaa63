"""GeoPackages as layers: all their feature tables, each from its own system to WGS 84.

The file is SQLite and is asked through the store's door for foreign files; the geometries are read here.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from ranger_app.errors import DataProblem
from ranger_app.geo import wkb
from ranger_app.geo.layer_files import MOST_PROPERTIES, Shift, Vectors, shift_from
from ranger_app.i18n import _
from ranger_app.store import foreign
from ranger_app.store.foreign import Foreign, quoted

_SECONDS = 20.0
_MOST_TABLES = 50
_MOST_GEOMETRY = 8 * 1024 * 1024
_LONGEST_WKT = 16 * 1024
_ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}  # bytes, by the envelope's code (GeoPackage 1.3, 2.1.3)


def read(path: Path, into: Vectors) -> None:
    """Put the features of every feature table into ``into``; raises as ``layer_files.vector`` does."""
    file = Foreign(path, _SECONDS)
    try:
        if "table_name" not in file.columns("gpkg_geometry_columns"):
            raise foreign.damaged(path)
        tables = file.ask(
            "SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns WHERE length(table_name) < 200",
            most=_MOST_TABLES,
        )
        for table, column, system in tables:
            if isinstance(table, str) and isinstance(column, str):
                _table(file, table, column, _shift(file, path, system), into)
    finally:
        file.close()


def _table(file: Foreign, table: str, column: str, shift: Shift | None, into: Vectors) -> None:
    columns = file.columns(table)
    if column not in columns:
        raise foreign.damaged(file.path)
    facts = [one for one in columns if one != column][:MOST_PROPERTIES]
    # Long texts and blobs stay in the file: a fact is a line on a label.
    told = ", ".join(f"CASE WHEN length({quoted(one)}) <= 500 THEN {quoted(one)} END" for one in facts)
    blob = f"CASE WHEN length({quoted(column)}) <= {_MOST_GEOMETRY} THEN {quoted(column)} END"
    sql = f"SELECT {blob}{', ' + told if told else ''} FROM {quoted(table)}"
    for row in file.rows(sql):
        shape = None
        if isinstance(row[0], bytes):
            try:
                shape = _geometry(row[0])
            except (ValueError, IndexError, struct.error) as error:
                raise foreign.damaged(file.path) from error
        into.add(shape, dict(zip(facts, row[1:], strict=True)), shift)


def _geometry(blob: bytes) -> dict[str, Any] | None:
    if blob[:2] != b"GP" or len(blob) < 8:
        raise ValueError("no geometry")
    flags = blob[3]
    if flags & 0x10:  # empty
        return None
    return wkb.geometry(blob, 8 + _ENVELOPES[(flags >> 1) & 7] if (flags >> 1) & 7 in _ENVELOPES else len(blob))


def _shift(file: Foreign, path: Path, system: object) -> Shift | None:
    from pyproj import CRS
    from pyproj.exceptions import ProjError

    if system in (4326, 0, -1):
        return None
    rows = file.ask(
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys"
        " WHERE srs_id = ? AND length(definition) <= ?",
        (system if isinstance(system, int) else None, _LONGEST_WKT),
    )
    for organization, number, definition in rows:
        try:
            if str(organization).upper() == "EPSG" and isinstance(number, int):
                return shift_from(CRS.from_epsg(number))
            return shift_from(CRS.from_wkt(str(definition)))
        except (ProjError, ValueError, OverflowError):
            continue
    raise DataProblem(
        "LAYER_DATUM",
        _("The coordinate system of {file} cannot be understood.").format(file=path.name),
        _("Export it again in WGS 84 (EPSG:4326)."),
    )
