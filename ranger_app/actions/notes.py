"""Notes on records: text that anybody may add to anything, each a record of its own with its writer and time."""

from __future__ import annotations

from dataclasses import dataclass

from ranger_app.actions.records import title
from ranger_app.domain.ops import create
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import rows


@dataclass(frozen=True, slots=True)
class Note:
    """A note as people read it. ``by`` is a name, empty where nobody is named; ``at`` ms since 1970 or None."""

    id: bytes
    text: str
    by: str
    at: int | None


def about(library: Library, record: bytes) -> list[Note]:
    """The notes on a record, newest first."""
    with library.read() as db:
        found = []
        for one in rows.find(db, "note", "about=?", (record,), order="at DESC, key DESC"):
            by, at = one["by"], one["at"]
            name = title(db, "person", by) if isinstance(by, bytes) else ""
            found.append(Note(one.id, one.text("text"), name, at if isinstance(at, int) else None))
    return found


def add(library: Library, kind: str, record: bytes, text: str) -> bytes:
    """Write a note on a record; returns the note's id. DataProblem for an empty one."""
    text = text.strip()
    if not text:
        raise DataProblem("NOTE_EMPTY", _("The note is empty."), _("Write something, then add it."))
    note = library.new_id()
    library.commit(
        [
            create(
                "note",
                note,
                {
                    "about_kind": kind,
                    "about": record,
                    "text": text,
                    "by": library.person,
                    "at": library.now_ms(),
                },
            )
        ],
        label="add note",
    )
    return note
