"""What was found on a patrol as a list: each find with its time, words and place, and waypoints that tell of none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ranger_app.actions import kept_back, observation_models, patrol_values, patrol_write
from ranger_app.actions.listing import Line
from ranger_app.actions.observation_models import Source
from ranger_app.actions.patrol_days import local
from ranger_app.actions.patrol_write import FindEntry
from ranger_app.actions.records import existing
from ranger_app.domain import taxa
from ranger_app.i18n import _, language
from ranger_app.library import Library
from ranger_app.store import rows, withheld
from ranger_app.store.connection import Database
from ranger_app.store.rows import Record

TIME, WHAT, DETAILS, NUMBER, PLACE = range(5)
"""The columns of the list."""
MOST_RECENT = 400
"""So many of the newest finds say which categories are in frequent use."""


@dataclass(frozen=True, slots=True)
class FindLine(Line):
    """A find, or a waypoint without one (then ``find`` is None and ``id`` the waypoint's). ``at`` is ms since 1970 UTC;
    ``together`` says that it stands on the waypoint of the line before."""

    find: bytes | None
    waypoint: bytes
    category: str
    at: int | None
    together: bool
    latitude: float | None
    longitude: float | None
    remarks: str


def lines(db: Database, patrol: Record, waypoints: Sequence[Record]) -> list[FindLine]:
    """The finds of a patrol by time, and its waypoints that have none."""
    source = observation_models.known(db, observation_models.model_of(db, patrol.id))
    of_waypoint: dict[bytes, list[Record]] = {}
    for find in rows.find(db, "sighting", "patrol=?", (patrol.id,)):
        of_waypoint.setdefault(_id(find["waypoint"]), []).append(find)
    offset = patrol_write.offset_of(patrol)
    several = len({_day(one, offset) for one in waypoints} - {""}) > 1
    ordered = sorted(waypoints, key=lambda one: (_at(one), one.key))
    found: list[FindLine] = []
    for waypoint in ordered:
        time = _time(waypoint, offset, several)
        finds = sorted(of_waypoint.pop(waypoint.id, []), key=lambda one: (_number(one), one.key))
        if not finds:
            found.append(_bare(db, source, waypoint, time))
        for nth, find in enumerate(finds):
            found.append(_line(db, source, find, waypoint, time, together=nth > 0))
    for finds in of_waypoint.values():  # their waypoint was deleted here or has not arrived yet
        found += [_line(db, source, find, None, "", together=False) for find in finds]
    return found


def _line(
    db: Database, source: Source, find: Record, waypoint: Record | None, time: str, *, together: bool
) -> FindLine:
    category, species = find.text("category"), find.text("taxon")
    what = observation_models.label(source, category)
    if not category:
        what = kept_back.word() if "category" in withheld.fields_of(db, "sighting", find.id) else ""
    named = taxa.name(species, language()) if species else ""
    if named and named.casefold() not in what.casefold():
        what = f"{what} · {named}"
    count = find["count"]
    told = [
        one
        for one in _not_named(patrol_values.entries(find["attributes"]), source, species)
        if (one["key"], one.get("value")) != (patrol_write.NUMBER, str(count))  # it has a column of its own
    ]
    details = " · ".join(part for part in (patrol_values.told(source, told), find.text("remarks")) if part)
    return _made(find, waypoint, (time, what, details, "" if count is None else str(count)), together)


def _not_named(found: list[patrol_values.Entry], source: Source, species: str) -> list[patrol_values.Entry]:
    """Without the attributes that only say the species again."""
    if not species:
        return found
    return [one for one in found if observation_models.taxon_of(source, [one]) != species]


def _bare(db: Database, source: Source, waypoint: Record, time: str) -> FindLine:
    name, category = waypoint.text("name"), waypoint.text("category")
    what = observation_models.label(source, category) if category else ""
    words = " · ".join(part for part in (name, what) if part) or _("Waypoint")
    if not name and "name" in withheld.fields_of(db, "waypoint", waypoint.id):
        words = f"{kept_back.word()} {what}".strip()
    return _made(None, waypoint, (time, words, waypoint.text("remarks"), ""), False)


def _made(find: Record | None, waypoint: Record | None, texts: tuple[str, str, str, str], together: bool) -> FindLine:
    latitude, longitude = _degrees(waypoint, "latitude"), _degrees(waypoint, "longitude")
    place = "" if latitude is None or longitude is None else f"{latitude:.5f}, {longitude:.5f}"
    at = waypoint["at"] if waypoint is not None else None
    first = at if isinstance(at, int) else 1 << 62
    whole = (*texts, place)
    number = find["count"] if find is not None else None
    keys: tuple[tuple[int, int | str], ...] = (
        (0, first),
        (1, texts[WHAT].casefold()),
        (1, texts[DETAILS].casefold()),
        (0, number if isinstance(number, int) else -1),
        (1, place),
    )
    record = find or waypoint
    assert record is not None
    return FindLine(
        record.id,
        whole,
        keys,
        find.id if find else None,
        waypoint.id if waypoint else b"",
        find.text("category") if find else "",
        at if isinstance(at, int) else None,
        together,
        latitude,
        longitude,
        record.text("remarks"),
    )


def entry(library: Library, find: bytes) -> FindEntry:
    """A find as it would be typed, to be changed; DataProblem where it is gone."""
    with library.read() as db:
        record = existing(db, "sighting", find)
        waypoint = existing(db, "waypoint", _id(record["waypoint"]))
        patrol = existing(db, "patrol", _id(record["patrol"]))
        return patrol_write.typed(record, waypoint, patrol_write.offset_of(patrol))


def frequent(db: Database) -> list[str]:
    """Categories of the newest finds here, the most frequent first."""
    newest = db.conn.execute(
        "SELECT category FROM sighting WHERE deleted=0 AND category IS NOT NULL ORDER BY key DESC LIMIT ?",
        (MOST_RECENT,),
    ).fetchall()
    return [category for category, _n in Counter(row[0] for row in newest).most_common()]


def _id(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""


def _at(waypoint: Record) -> int:
    at = waypoint["at"]
    return at if isinstance(at, int) else 1 << 62


def _number(find: Record) -> int:
    number = find["number"]
    return number if isinstance(number, int) else 0


def _day(waypoint: Record, offset: int) -> str:
    at = waypoint["at"]
    return local(at, offset).date().isoformat() if isinstance(at, int) else ""


def _time(waypoint: Record, offset: int, several: bool) -> str:
    """The time by the patrol's clock; with month and day where the patrol has several days."""
    at = waypoint["at"]
    if not isinstance(at, int):
        return ""
    moment = local(at, offset)
    return f"{moment:%m-%d %H:%M}" if several else f"{moment:%H:%M}"


def _degrees(waypoint: Record | None, name: str) -> float | None:
    value = waypoint[name] if waypoint is not None else None
    return value / 1e7 if isinstance(value, int) else None
