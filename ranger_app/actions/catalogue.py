"""The catalogue of known animals: who is in it, where and when each was met, and sorting captures to the right animal.

A capture is a picture, or a run of pictures of one event, that a statement says shows the animal. Nothing is retyped:
captures of animals that are joined are read together, and splitting or moving only names another animal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ranger_app.actions import kept_back, permission, records
from ranger_app.actions.listing import Names
from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.kinds_individual import SIDES
from ranger_app.domain.ops import Op, change, create
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import animals, settings
from ranger_app.store.connection import Database

_A_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One animal of one catalogue. ``codes`` are those of all it is joined with, ``joined`` their ids, its own too.

    ``station`` made the record and ``country`` is that station's; ``mine`` where that is this station. ``captures``
    and ``last_seen`` (UTC seconds) are of this record alone. ``picture`` is the one chosen of the left flank, else the
    right, the face, the tail, else that of the newest capture.
    """

    id: bytes
    code: str
    name: str
    codes: str
    taxon: str
    sex: str
    status: str
    station: bytes
    country: str
    mine: bool
    captures: int
    last_seen: int | None
    picture: bytes | None
    joined: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Capture:
    """One statement that an animal was met. ``media`` is its first picture; ``taken_at`` UTC seconds.

    ``place`` is the location's name as this station may know it; ``animal`` the record that the statement names.
    """

    observation: bytes
    media: bytes | None
    sha256: str | None
    taken_at: int | None
    place: str
    deployment: bytes | None
    flank: str
    sureness: str
    by: str
    animal: bytes


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture of an animal. ``flank`` is "" where nobody said what shows; ``chosen`` where it stands for a side."""

    media: bytes
    sha256: str | None
    flank: str
    chosen: bool
    taken_at: int | None


def entries(db: Database, taxon: str | None = None) -> list[Entry]:
    """The animals of all catalogues, or those of one species, by country and code."""
    here = animals.catalogues(db)
    own = bytes.fromhex(settings.get(db, "station.id"))
    met = _met(db)
    found = []
    columns = ", ".join(f"{side}_picture" for side in SIDES)
    rows = db.conn.execute(f"SELECT id, name, status, {columns} FROM individual WHERE deleted = 0")
    for record, name, status, *chosen in rows:
        animal = here.animals.get(record)
        if animal is None or taxon not in (None, animal.taxon):  # made since: the next look shows it
            continue
        number, last_seen, newest = met.get(record, (0, None, None))
        picture = next((one for one in chosen if one is not None), None)
        if picture is None and newest is not None:
            picture = _picture(db, newest)
        found.append(
            Entry(
                record, animal.code, name or "", here.codes(record), animal.taxon, animal.sex, status or "",
                animal.station, here.country(animal.station), animal.station == own, number, last_seen, picture,
                here.joins.together(record),
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.country, one.code, one.id))


def _met(db: Database) -> Mapping[bytes, tuple[int, int | None, int]]:
    """By animal: how many captures, when the newest was (UTC seconds), and that statement's row."""
    rows = db.conn.execute(  # from its index alone: the pictures themselves would take ten times as long
        "SELECT individual, count(DISTINCT media) + sum(media IS NULL), max(met_at), key FROM observation"
        " INDEXED BY observation_by_individual WHERE individual IS NOT NULL AND deleted = 0 GROUP BY individual"
    )
    return {animal: (number, at, key) for animal, number, at, key in rows}


_FIRST = (
    "(SELECT x.id FROM event_picture AS e JOIN media AS x ON x.id = e.media"
    " WHERE e.observation = o.id AND x.deleted = 0 ORDER BY x.taken_at, x.key LIMIT 1)"
)
"""The first picture of the event that the statement ``o`` is about."""


def _picture(db: Database, statement: int) -> bytes | None:
    """The first picture that the statement in this row is about."""
    sql = f"SELECT coalesce(o.media, {_FIRST}) FROM observation AS o WHERE o.key = ?"
    return db.conn.execute(sql, (statement,)).fetchone()[0]  # type: ignore[no-any-return]


def captures(db: Database, animal: bytes, *, joined: bool = True) -> list[Capture]:
    """Where and when an animal was met, the newest first; ``joined`` with all animals that it is one with.

    Of several statements of one animal on one picture the newest counts. DataProblem NO_RECORD.
    """
    records.existing(db, "individual", animal)
    wanted = animals.catalogues(db).joins.together(animal) if joined else (animal,)
    names = Names(db)
    found: dict[object, Capture] = {}
    for one in wanted:
        rows = db.conn.execute(
            "SELECT o.id, o.media, m.id, m.sha256, m.taken_at, l.id, l.name, o.deployment, o.flank, o.sureness,"
            ' o."by", o.by_name FROM observation AS o'
            f" LEFT JOIN media AS m ON m.id = coalesce(o.media, {_FIRST})"
            " LEFT JOIN deployment AS d ON d.id = o.deployment LEFT JOIN location AS l ON l.id = d.location"
            " WHERE o.individual = ? AND o.deleted = 0 ORDER BY coalesce(o.at, 0) DESC, o.id",
            (one,),
        )
        for (
            observation, media, picture, sha256, taken_at, location, place, deployment, flank, sureness, by, by_name,
        ) in rows:  # fmt: skip
            if location is not None:
                place = kept_back.name(db, "location", location, place)
            found.setdefault(
                (one, media) if media is not None else observation,
                Capture(
                    observation, picture, sha256, taken_at, place or "", deployment, flank or "", sureness or "",
                    names("person", by) if by is not None else by_name or "", one,
                ),
            )  # fmt: skip
    return sorted(found.values(), key=lambda one: (-(one.taken_at or 0), one.observation))


def split(library: Library, animal: bytes, observations: Sequence[bytes], values: Mapping[str, Value]) -> bytes:
    """Make a new animal of these captures of ``animal``, as one act; returns its id. Undo brings them back.

    ``values`` are the new record's fields; species and sex are taken from the old one where they are not given.
    DataProblem NO_RECORD, FIELD_MISSING, NO_CAPTURES, WITHHELD_HERE, or NOT_ITS_CAPTURE where an
    observation names another animal.
    """
    with library.read() as db:
        whole = records.existing(db, "individual", animal)
        for one in observations:
            if records.existing(db, "observation", one)["individual"] != animal:
                raise DataProblem(
                    "NOT_ITS_CAPTURE",
                    _("{observation} is no capture of {animal}.").format(
                        observation=one.hex(), animal=records.title_of(db, whole)
                    ),
                    _("Choose captures of the animal that is split."),
                )
    fresh: dict[str, Value] = {name: whole[name] for name in ("taxon", "sex") if whole[name] is not None}
    fresh |= values
    kind = kind_named("individual")
    missing = next((field for field in kind.fields if field.required and fresh.get(field.name) is None), None)
    if missing is not None:
        raise DataProblem(
            "FIELD_MISSING", _("{field} is empty.").format(field=_(missing.label)), _("Fill it in and try again.")
        )
    record = library.new_id()
    _commit(library, [create("individual", record, fresh), *_named(library, observations, record)], "split animal")
    return record


def move(library: Library, observations: Sequence[bytes], animal: bytes) -> Changes:
    """Say that these captures show ``animal``, as one act. DataProblem NO_RECORD, NO_CAPTURES, WITHHELD_HERE."""
    with library.read() as db:
        records.existing(db, "individual", animal)
    return _commit(library, _named(library, observations, animal), "move captures")


def choose_picture(library: Library, animal: bytes, flank: str, media: bytes | None) -> Changes:
    """Let one picture stand for a side of the animal; None for none. DataProblem NO_RECORD, ANSWER_WRONG."""
    if flank not in SIDES:
        raise DataProblem(
            "ANSWER_WRONG",
            _("{word} is no side that has a picture of its own.").format(word=flank),
            _("Use one of: {words}.").format(words=", ".join(SIDES)),
        )
    if media is not None:
        with library.read() as db:
            records.existing(db, "media", media)
    return records.edit(library, "individual", animal, {f"{flank}_picture": media})


def pictures(db: Database, animal: bytes, flank: str | None = None) -> list[Shown]:
    """Pictures of this one record: those chosen first, then those of its captures, the newest first.

    With ``flank`` only those said to show that side. DataProblem NO_RECORD.
    """
    record = records.existing(db, "individual", animal)
    found: dict[bytes, Shown] = {}
    for side in SIDES:
        media = record[f"{side}_picture"]
        if isinstance(media, bytes) and flank in (None, side) and media not in found:
            row = db.conn.execute(
                "SELECT sha256, taken_at FROM media WHERE id = ? AND deleted = 0", (media,)
            ).fetchone()
            if row is not None:
                found[media] = Shown(media, row[0], side, True, row[1])
    rows = db.conn.execute(
        "SELECT m.id, m.sha256, o.flank, m.taken_at FROM observation AS o JOIN media AS m ON m.id = o.media"
        " WHERE o.individual = ?1 AND o.deleted = 0 AND m.deleted = 0 UNION ALL"
        " SELECT m.id, m.sha256, o.flank, m.taken_at FROM observation AS o"
        " JOIN event_picture AS e ON e.observation = o.id JOIN media AS m ON m.id = e.media"
        " WHERE o.individual = ?1 AND o.deleted = 0 AND m.deleted = 0 ORDER BY 4 DESC, 3 DESC, 1",
        (animal,),
    )
    for media, sha256, side, taken_at in rows:
        if flank is None or side == flank:
            found.setdefault(media, Shown(media, sha256, side or "", False, taken_at))
    return list(found.values())


def _named(library: Library, observations: Sequence[bytes], animal: bytes) -> list[Op]:
    """That these observations are of ``animal``. What a reviewer settled is for reviewers to change."""
    if not observations:
        raise DataProblem("NO_CAPTURES", _("No capture was chosen."), _("Choose at least one and try again."))
    with library.read() as db:
        before = [records.existing(db, "observation", one) for one in dict.fromkeys(observations)]
        for one in before:
            kept_back.check(db, "observation", one.id, ("individual",))
    for one in before:
        permission.require_for(library, "observation", one.values, {"individual": animal})
    return [change("observation", one.id, {"individual": animal}) for one in before]


def _commit(library: Library, ops: Sequence[Op], label: str) -> Changes:
    act: int | None = None
    done = Changes(frozenset())
    kinds: frozenset[str] = frozenset()
    for start in range(0, len(ops), _A_BATCH):
        done = library.commit(ops[start : start + _A_BATCH], label=label, act=act)
        act = act or done.batch
        kinds |= done.kinds
    return Changes.of(kinds, [op.id for op in ops], label, act or 0)
