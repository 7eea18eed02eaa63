"""What the review of pictures asks: how far it has come, which picture is next, what was said, which keys mean what."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ranger_app.actions.records import title
from ranger_app.domain import taxa
from ranger_app.i18n import N_
from ranger_app.library import Library
from ranger_app.store import gallery, looks, settings, statements
from ranger_app.store.connection import Database
from ranger_app.store.gallery import Eyes, Filter

USUAL_SPECIES: tuple[str, ...] = (
    "Panthera tigris",
    "Panthera pardus",
    "Cervus nippon",
    "Sus scrofa",
    "Capreolus pygargus",
    "Ursus thibetanus",
    "Ursus arctos",
    "Lynx lynx",
    "Meles leucurus",
)
"""What the keys 1 to 9 mean until a person chooses otherwise: big cats, their prey, then the rest."""
FLAGS: dict[str, str] = {
    "damaged": N_("damaged"),
    "no_date": N_("no date"),
    "weak_date": N_("date uncertain"),
    "no_preview": N_("no preview"),
    "too_large": N_("too large to draw"),
}
"""Flags of pictures in a word each, untranslated."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many pictures there are and how many of them a person has looked at."""

    pictures: int
    reviewed: int

    @property
    def to_review(self) -> int:
        """How many still wait."""
        return self.pictures - self.reviewed


@dataclass(frozen=True, slots=True)
class Said:
    """One statement about a picture. ``by`` names a person or a machine; ``certainty`` is in 1/10,000."""

    type: str
    taxon: str | None
    count: int | None
    sex: str | None
    life_stage: str | None
    individual: bytes | None
    behaviour: str | None
    by: str
    machine: bool
    certainty: int | None
    look: str = "first"
    box: str = ""
    """Left, top, width and height as shares of the picture, separated by spaces; empty without a box."""
    person: bytes | None = None
    """Who said it, where the person is known here."""
    flank: str | None = None
    sureness: str | None = None

    @property
    def shown(self) -> str:
        """The species, else the type."""
        return self.taxon or self.type


def tally(db: Database, deployment: bytes | None = None, eyes: Eyes | None = None) -> Tally:
    """How far the review of one deployment, or of everything, has come; with ``eyes``, for this person."""
    pictures, waiting = (_number(db, Filter(deployment, review, eyes=eyes)) for review in ("", "open"))
    return Tally(pictures, pictures - waiting)


def _number(db: Database, wanted: Filter) -> int:
    where, params = gallery.conditions(db, wanted)
    return int(db.conn.execute(f"SELECT count(*) FROM media WHERE {' AND '.join(where)}", params).fetchone()[0])


def next_to_review(db: Database, chosen: Filter, after: int | None = None) -> int | None:
    """The row number of the first picture of the filter behind ``after`` that waits for a person; None without one.

    The order is that of ``gallery.keys``: pictures without a time come first.
    """
    conditions, params = gallery.conditions(db, replace(chosen, review="open"))
    if after is not None:
        row = db.conn.execute("SELECT taken_at FROM media WHERE key=?", (after,)).fetchone()
        if row is not None and row[0] is None:
            conditions.append("(taken_at IS NOT NULL OR key > ?)")
            params.append(after)
        elif row is not None:
            conditions.append("(taken_at > ? OR (taken_at = ? AND key > ?))")
            params += [row[0], row[0], after]
    sql = f"SELECT key FROM media WHERE {' AND '.join(conditions)} ORDER BY taken_at, key LIMIT 1"
    row = db.conn.execute(sql, params).fetchone()
    return int(row[0]) if row else None


def shown_in_library(db: Database, eyes: Eyes | None = None) -> list[tuple[str, int]]:
    """What pictures are said to show (species or types), with how many of each, most first.

    With ``eyes``, as far as this person may know it.
    """
    if eyes is not None:
        return sorted(looks.number_of_each(db, eyes.person), key=lambda one: (-one[1], one[0]))
    rows = db.conn.execute(
        "SELECT shown, count(*) AS n FROM media WHERE deleted = 0 AND shown IS NOT NULL"
        " GROUP BY shown ORDER BY n DESC, shown"
    ).fetchall()
    return [(str(shown), int(number)) for shown, number in rows]


def said(db: Database, media: bytes, eyes: Eyes | None = None) -> list[Said]:
    """What was said about a picture: settled first, then people, the newest first, then machines, the surest first.

    With ``eyes``, where the deployment asks for two independent looks, the answers of others stay hidden: see
    ``store.looks``.
    """
    found = statements.of_picture(db, media)
    if eyes is not None and gallery.is_hidden(db, media, eyes):
        # Somebody not listed here is not the one who did not say who they are.
        found = [one for one in found if one.is_machine or (one.by == eyes.person and (one.by or not one.by_name))]
    return [
        Said(
            one.type,
            one.taxon,
            one.count,
            one.sex,
            one.life_stage,
            one.individual,
            one.behaviour,
            one.machine if one.is_machine else (title(db, "person", one.by) if one.by else one.by_name),
            one.is_machine,
            one.certainty,
            one.look,
            one.box,
            None if one.is_machine else one.by,
            one.flank,
            one.sureness,
        )
        for one in found
    ]


@dataclass(frozen=True, slots=True)
class KnownAnimal:
    """An individual as it is offered: its id, species and the name it is called by."""

    id: bytes
    taxon: str
    name: str


def known_animals(db: Database, taxon: str | None = None) -> list[KnownAnimal]:
    """The known animals of a species, or of all, in the order of species and code."""
    where, params = ("AND taxon=?", [taxon]) if taxon else ("", [])
    rows = db.conn.execute(
        f"SELECT id, taxon, code, name FROM individual WHERE deleted=0 {where} ORDER BY taxon, code, id", params
    ).fetchall()
    return [
        KnownAnimal(record, species or "", " ".join(part for part in (code, name) if part))
        for record, species, code, name in rows
    ]


BEHAVIOURS: tuple[str, ...] = (
    N_("walking"),
    N_("feeding"),
    N_("resting"),
    N_("scent marking"),
    N_("with young"),
    N_("looking at the camera"),
)
"""Words for what an animal does, untranslated, until people have used their own."""


def behaviours(db: Database, most: int = 12) -> list[str]:
    """What animals were said to do, the most used first; free words of this library."""
    rows = db.conn.execute(
        "SELECT behaviour, count(*) AS n FROM observation WHERE behaviour IS NOT NULL AND deleted = 0"
        " GROUP BY behaviour ORDER BY n DESC, behaviour LIMIT ?",
        (most,),
    ).fetchall()
    return [str(word) for word, _n in rows if word]


def goes_on(library: Library) -> bool:
    """Whether the viewer goes on to the next picture to review after a key; it does unless somebody said no."""
    with library.read() as db:
        return settings.get(db, "review.goes_on", "1") != "0"


def set_goes_on(library: Library, on: bool) -> None:
    """Keep whether the viewer goes on after a key."""
    library.write(lambda db: settings.put(db, "review.goes_on", "1" if on else "0"))


def _setting(person: bytes | None) -> str:
    return f"species.{person.hex() if person else 'all'}"


def species_list(library: Library) -> tuple[str, ...]:
    """The species on the keys 1 to 9 of the person at work: scientific names, at most nine."""
    with library.read() as db:
        kept = settings.get(db, _setting(library.person))
    try:
        names = json.loads(kept) if kept else None
    except ValueError:
        names = None
    if not isinstance(names, list) or not names:
        return USUAL_SPECIES
    return tuple(str(name) for name in names[:9])


def keep_species(library: Library, names: Sequence[str]) -> None:
    """Put these species on the keys of the person at work from now on; an empty list brings back the usual ones."""
    kept = [taxa.match(name) or name.strip() for name in names if name.strip()][:9]
    text = json.dumps(kept, ensure_ascii=False) if kept else ""
    person = library.person
    library.write(lambda db: settings.put(db, _setting(person), text))
