"""What the library knows of a file already: the same content under any name, or a record that lacks its file.

A content is one picture wherever it turns up again, so it is named and never stored twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from ranger_app.domain.fields import Value
from ranger_app.domain.ops import Op, change
from ranger_app.store import rows
from ranger_app.store.connection import Database

_FACTS = ("sha256", "bytes", "media_type", "folder", "camera_time_source", "width", "height", "duration",
          "serial_number", "latitude", "longitude", "flags")  # fmt: skip
"""What a file tells of itself. ``ingest`` stays empty: taking an ingest back must not delete a record it only found."""


@dataclass(frozen=True, slots=True)
class Known:
    """A record with the same content; names are empty and ids None where the library lacks them."""

    media: bytes
    file: str
    ingest: str | None
    flags: str | None
    camera_time: str | None
    deployment: bytes | None
    deployment_name: str
    location: bytes | None
    location_name: str


_CONTENT = (
    "SELECT m.id, m.folder, m.file_name, m.ingest, m.flags, m.camera_time, m.deployment, d.name, d.location, l.name"
    " FROM media AS m LEFT JOIN deployment AS d ON d.id = m.deployment LEFT JOIN location AS l ON l.id = d.location"
    " WHERE m.sha256 = ?1 AND m.deleted = 0"
    " ORDER BY m.ingest IS ?2 DESC, m.deployment IS ?3 DESC, m.key LIMIT 1"
)


def of_content(db: Database, sha256: str, ingest_id: str, deployment: bytes) -> Known | None:
    """The record with this content; one of this ingest or this deployment before others."""
    row = db.conn.execute(_CONTENT, (sha256, ingest_id, deployment)).fetchone()
    if row is None:
        return None
    media, folder, name, ingest, flags, time, owner, owner_name, location, location_name = row
    file = f"{folder}/{name}" if folder else name or ""
    return Known(media, file, ingest, flags, time, owner, owner_name or "", location, location_name or "")


def without_file(
    db: Database, name: str, camera_time: str | None, deployment: bytes | None, location: bytes
) -> rows.Record | None:
    """The one record that came without its file and is this one by file name and camera time.

    With a ``deployment`` asked for only its records count; otherwise those at ``location``, and where there are none
    those anywhere. None where several fit: a wrong guess could not be told from the truth later.
    """
    if camera_time is None:
        return None
    fits = "sha256 IS NULL AND file_name = ? AND camera_time = ?"
    if deployment is not None:
        return _single(db, f"{fits} AND deployment = ?", (name, camera_time, deployment))
    at_place = "SELECT 1 FROM deployment AS d WHERE d.id = media.deployment AND d.location = ? AND d.deleted = 0"
    here = f"{fits} AND EXISTS ({at_place})"
    found = list(rows.find(db, "media", here, (name, camera_time, location), limit=2, order=""))
    if found:
        return found[0] if len(found) == 1 else None
    return _single(db, fits, (name, camera_time))


def _single(db: Database, where: str, params: tuple[Value, ...]) -> rows.Record | None:
    found = list(rows.find(db, "media", where, params, limit=2, order=""))
    return found[0] if len(found) == 1 else None


def filled(record: rows.Record, values: dict[str, Value]) -> Op:
    """The operation that gives a record what its file tells: empty fields only, nothing known is changed."""
    return change(
        "media",
        record.id,
        {name: values[name] for name in _FACTS if record[name] is None and values.get(name) is not None},
    )
