"""The small pictures of a bundle as they are sealed: as they are, or without camera data where the hash stays here."""

from __future__ import annotations

from ranger_app.actions import originals
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store import rows
from ranger_app.sync.packs import LARGEST_COPY, LARGEST_THUMB, NO_HASH


def thumbnail(library: Library, key: bytes) -> bytes | None:
    """The thumbnail to send under ``key`` (32 bytes: the hash, or zeros and the record's id); None where none is."""
    if not key.startswith(NO_HASH):
        return _small(_preview(library, key.hex()), LARGEST_THUMB)
    record = key[len(NO_HASH) :]
    sha256 = _hash_of(library, record)
    if sha256 is None:  # another station's, who withheld the hash: its copy is passed on as it came
        return _small(_preview(library, record.hex()), LARGEST_THUMB)
    return _redacted(_preview(library, sha256), LARGEST_THUMB)


def copy(library: Library, key: bytes) -> bytes | None:
    """The review copy to send in place of an original, without camera data; None where none can be made."""
    sha256 = _hash_of(library, key[len(NO_HASH) :])
    if sha256 is None:
        return None
    try:
        path = thumbs.review_copy(library.folder, sha256, originals.find(library, sha256))
        jpeg = path.read_bytes() if path else None
    except OSError:
        return None
    return _redacted(jpeg, LARGEST_COPY)


def _hash_of(library: Library, record: bytes) -> str | None:
    with library.read() as db:
        found = rows.get(db, "media", record)
    return (found.text("sha256") or None) if found is not None else None


def _preview(library: Library, name: str) -> bytes | None:
    try:
        path = thumbs.thumbnail(library.folder, name)
        return path.read_bytes() if path else None
    except (OSError, ValueError):
        return None  # no preview of this one; the record itself is sent


def _small(jpeg: bytes | None, most: int) -> bytes | None:
    return jpeg if jpeg and len(jpeg) <= most else None


def _redacted(jpeg: bytes | None, most: int) -> bytes | None:
    if not jpeg:
        return None
    # Imported late: the decoder brings numpy, which nobody needs for a bundle without such pictures.
    from ranger_app.media.redacted import redacted

    return _small(redacted(jpeg), most)
