"""Whether the disk of the library is encrypted: asked of the system now and then, and kept, as asking is slow."""

from __future__ import annotations

from ranger_app.library import Library
from ranger_app.media import at_rest
from ranger_app.store import settings
from ranger_app.store.connection import Database

YES, NO, UNKNOWN = "yes", "no", "unknown"
_ANSWER, _QUIET = "disk.encrypted", "disk.quiet"


def look(library: Library) -> str:
    """Ask the system, keep the answer and return it: YES, NO or UNKNOWN."""
    found = at_rest.encrypted(library.folder.resolve())
    answer = UNKNOWN if found is None else YES if found else NO
    with library.read() as db:
        before = settings.get(db, _ANSWER)
    if before != answer:
        library.write(lambda db: settings.put(db, _ANSWER, answer))
    return answer


def answered(library: Library) -> str:
    """The answer that was kept; UNKNOWN before anybody asked."""
    with library.read() as db:
        return settings.get(db, _ANSWER, UNKNOWN)


def warns(db: Database) -> bool:
    """Whether Today warns of a disk that is not encrypted: not where the station said that it knows."""
    return settings.get(db, _ANSWER) == NO and settings.get(db, _QUIET) != "yes"


def quiet(library: Library) -> bool:
    """Whether the station said that it knows."""
    with library.read() as db:
        return settings.get(db, _QUIET) == "yes"


def be_quiet(library: Library, on: bool) -> None:
    """Show no warning on Today, or show it again."""
    library.write(lambda db: settings.put(db, _QUIET, "yes" if on else "no"))
