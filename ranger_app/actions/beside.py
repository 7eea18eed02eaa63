"""What may stand beside a picture under review: the one before it in its event, and pictures to compare it with.

Reference pictures are those people marked, those of known animals, and those a person and a machine agree on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ranger_app.actions import event_review, records
from ranger_app.changes import Changes
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.kinds_individual import SIDES
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import events, gallery
from ranger_app.store.connection import Database
from ranger_app.store.gallery import Eyes

MOST = 4
"""Reference pictures shown at once."""
SURE = 9000
"""Certainty (1/10,000) from which a machine's agreement makes a picture a reference."""
_LOOKED_THROUGH = 2000
"""Newest pictures of a species among which sure ones are sought: so a million pictures cost no more."""
FLANKS = {f"{side}_picture": kind_named("individual").field(f"{side}_picture").label for side in SIDES}
"""The pictures of a known animal, as its record names them."""


@dataclass(frozen=True, slots=True)
class Before:
    """The picture taken just before another one, in the same event."""

    sha256: str | None
    media_type: str

    @property
    def is_video(self) -> bool:
        """Whether it is a video."""
        return self.media_type.startswith("video/")


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture to compare with; ``why`` is "favourite", "flank" or "sure", ``words`` name the animal or its side."""

    media: bytes
    sha256: str
    why: str
    words: str = ""


def event_keys(db: Database, key: int) -> list[int]:
    """The row numbers of the pictures of one event, in the order taken, by the gap of this library."""
    return events.event_of(db, key, event_review.gap(db))


def before(db: Database, key: int) -> Before | None:
    """The picture before the one with this row number in its event; None where it is the first."""
    found = event_keys(db, key)
    place = found.index(key) if key in found else 0
    if not place:
        return None
    row = db.conn.execute("SELECT id, media_type FROM media WHERE key = ?", (found[place - 1],)).fetchone()
    return Before(gallery.picture_of(db, row[0]), row[1] or "") if row else None


def references(db: Database, taxon: str, eyes: Eyes, but: bytes | None = None) -> list[Reference]:
    """At most MOST pictures of a species to compare with, those people chose first; never the picture ``but``.

    Pictures whose answers this person must not know yet (two independent looks) are left out.
    """
    found: list[Reference] = []
    for one in _candidates(db, taxon):
        if one.media == but or any(one.media == other.media for other in found):
            continue
        if gallery.is_hidden(db, one.media, eyes):
            continue
        found.append(one)
        if len(found) == MOST:
            break
    return found


def _candidates(db: Database, taxon: str) -> Iterator[Reference]:
    marked = db.conn.execute(
        "SELECT id, sha256 FROM media WHERE shown = ? AND deleted = 0 AND favourite = 1 AND sha256 IS NOT NULL"
        " ORDER BY taken_at DESC, key DESC LIMIT 50",
        (taxon,),
    )
    for media, sha256 in marked.fetchall():
        yield Reference(media, sha256, "favourite")
    yield from _of_animals(db, taxon)
    sure = db.conn.execute(
        "SELECT m.id, m.sha256 FROM (SELECT id, sha256, taken_at, key FROM media WHERE shown = ? AND deleted = 0"
        " AND seen_by = 2 AND sha256 IS NOT NULL ORDER BY taken_at DESC, key DESC LIMIT ?) AS m"
        " WHERE EXISTS (SELECT 1 FROM observation AS o WHERE o.media = m.id AND o.deleted = 0"
        " AND o.method = 'machine' AND o.taxon = ? AND o.certainty >= ?)"
        " ORDER BY m.taken_at DESC, m.key DESC LIMIT 50",
        (taxon, _LOOKED_THROUGH, taxon, SURE),
    )
    for media, sha256 in sure.fetchall():
        yield Reference(media, sha256, "sure")


def _of_animals(db: Database, taxon: str) -> Iterator[Reference]:
    animals = db.conn.execute(
        f"SELECT code, name, {', '.join(FLANKS)} FROM individual WHERE taxon = ? AND deleted = 0 ORDER BY code, id",
        (taxon,),
    ).fetchall()
    for code, name, *pictures in animals:
        for side, media in zip(FLANKS.values(), pictures, strict=True):
            picture = gallery.picture_of(db, media) if media else None
            if picture:
                animal = " ".join(part for part in (code, name) if part)
                yield Reference(media, picture, "flank", f"{animal} · {_(side)}")


def is_reference(db: Database, media: bytes) -> bool:
    """Whether people marked this picture as one to compare with."""
    row = db.conn.execute("SELECT favourite FROM media WHERE id = ?", (media,)).fetchone()
    return bool(row and row[0])


def mark(library: Library, media: bytes, on: bool) -> Changes:
    """Mark a picture as one to compare others of its species with, or take the mark away.

    DataProblem where nobody has said which species it shows.
    """
    with library.read() as db:
        row = db.conn.execute("SELECT shown FROM media WHERE id = ?", (media,)).fetchone()
    if on and (row is None or " " not in (row[0] or "")):
        raise DataProblem(
            "NO_SPECIES",
            _("Nobody has said which species this picture shows."),
            _("Name it first; then it can stand beside other pictures of that species."),
        )
    return records.edit(library, "media", media, {"favourite": 1 if on else None})
