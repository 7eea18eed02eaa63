"""What a file that was read whole becomes as a record, and what the reading threads may ask meanwhile.

Pictures of a card and photos of a patrol are kept by the same hands, so that nothing about originals is done twice.
"""

from __future__ import annotations

import json
import threading

from ranger_app.actions import originals
from ranger_app.actions.ingest_report import flags_of
from ranger_app.actions.undated import file_time_of
from ranger_app.domain.fields import Value
from ranger_app.jobs import CancelToken
from ranger_app.library import Library
from ranger_app.media import vault
from ranger_app.media.intake import Desk, Taken
from ranger_app.store.connection import Database


def desk(library: Library, reader: Database, cancel: CancelToken) -> Desk:
    """What the threads of the intake may ask. They share one reader of their own, one question at a time."""
    one_at_a_time = threading.Lock()

    def asked(sql: str, value: Value) -> bool:
        with one_at_a_time:
            return bool(reader.conn.execute(sql, (value,)).fetchall())

    def is_here(sha256: str) -> bool:
        if not asked("SELECT 1 FROM media WHERE sha256=? AND deleted=0 LIMIT 1", sha256):
            return False
        if vault.find(library.vault, sha256) is not None:
            return True
        with one_at_a_time:
            return originals.is_away(reader, sha256)

    def has_size(size: int) -> bool:
        return asked("SELECT 1 FROM media WHERE bytes=? AND deleted=0 LIMIT 1", size)

    return Desk(library.vault, library.cache, is_here, has_size, lambda: cancel.cancelled)


def facts_of(taken: Taken) -> dict[str, Value]:
    """The facts about a file, as its record holds them."""
    flags = flags_of(taken)
    return {
        "sha256": taken.sha256,
        "bytes": taken.bytes,
        "media_type": taken.format.media_type,
        "file_name": taken.file.name,
        "folder": taken.file.folder or None,
        "camera_time": taken.exif.camera_time,
        "camera_time_source": taken.exif.camera_time_source,
        "width": taken.look.width,
        "height": taken.look.height,
        "duration": taken.look.duration,
        "serial_number": taken.exif.serial_number,
        "latitude": taken.exif.latitude,
        "longitude": taken.exif.longitude,
        "flags": json.dumps(flags, separators=(",", ":")) if flags else None,
        "exif": file_time_of(taken.file.path) if taken.exif.camera_time is None else None,
    }
