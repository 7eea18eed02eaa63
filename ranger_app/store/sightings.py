"""The sightings of a deployment in the order of time, streamed: what a million pictures show without holding them.

Which statements count is decided here picture by picture, as ``domain.statements.counting`` does: settled ones, else
people's, else, only where that is asked for, machines'.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from ranger_app.domain.fields import Value
from ranger_app.domain.independence import Sighting
from ranger_app.store.connection import Database

_COLUMNS = (
    "m.taken_at, m.key, o.type, o.taxon, o.\"count\", o.individual, o.method IS 'machine', o.look IS 'settled',"
    ' coalesce(o."by", o.by_name, o.machine), o.setup'
)
_FROM = "FROM media AS m INDEXED BY media_by_deployment"
_ALONE = " CROSS JOIN observation AS o INDEXED BY observation_by_media ON o.media = m.id"
_EVENT = " CROSS JOIN event_picture AS e ON e.media = m.id CROSS JOIN observation AS o ON o.id = e.observation"

_TYPE, _TAXON, _COUNT, _INDIVIDUAL, _MACHINE, _SETTLED, _SPEAKER, _SETUP, _ON_EVENT = range(2, 11)
Row = tuple[Any, ...]
_END: Row = (None, None)
"""Comes after the last row and is no picture."""
_USUAL: Row = (None, 0, 0)
"""No setting up, not on an event, no time lapse."""


ANYBODY = "anybody"
_ANYBODY = ("animal", "human", "vehicle")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: one species (``taxon``), or a type that is not an animal (``type``), or all animals.

    The type ANYBODY is animals, people and vehicles together.
    ``individuals`` tells animals known by name apart. ``machines`` lets machines' statements count where no person
    has spoken.
    """

    taxon: str | None = None
    type: str = "animal"
    machines: bool = False
    individuals: bool = False


@dataclass(slots=True)
class Passed:
    """What was seen and does not count, in pictures."""

    undated: int = 0
    set_up: int = 0
    time_lapse: int = 0
    unnamed: int = 0
    """Pictures of animals that nobody told apart, where individuals are asked for."""
    by_machine: int = 0
    """Pictures for which only a machine has spoken and that are counted because that was asked for."""
    subjects: set[str] = field(default_factory=set)


def has_events(db: Database) -> bool:
    """Whether any statement is about a whole event."""
    return db.conn.execute("SELECT 1 FROM event_picture LIMIT 1").fetchone() is not None


def of_deployment(
    db: Database,
    deployment: bytes,
    camera: int,
    wanted: Wanted,
    passed: Passed,
    start: int | None = None,
    end: int | None = None,
    *,
    on_events: bool = True,
) -> Iterator[Sighting]:
    """The sightings of a deployment from ``start`` to before ``end`` (UTC seconds), by time.

    ``camera`` is put into each. Pictures without a time, of setting up and calibrating, and of time lapse are no
    sightings; ``passed`` counts those that show what is wanted. A subject is a species, else the type (``animal`` for
    one nobody named); with ``individuals`` it is the hexadecimal id of the individual.
    """
    where, params = _conditions(deployment, wanted, start, end)
    parts = [f"SELECT {_COLUMNS}, 0, m.capture_method IS 'timeLapse' {_FROM}{_ALONE} WHERE {where}"]
    if on_events:
        parts.append(f"SELECT {_COLUMNS}, 1, m.capture_method IS 'timeLapse' {_FROM}{_EVENT} WHERE {where}")
        params = [*params, *params]
    sql = " UNION ALL ".join(parts) + " ORDER BY 1, 2"
    # Most pictures have one statement, by a person, on what is wanted: those take the short way.
    plain = not wanted.machines and not wanted.individuals
    before: Row | None = None
    group: list[Row] = []
    for row in chain(db.conn.execute(sql, params), (_END,)):
        if before is not None and row[1] == before[1]:
            group.append(before)
        elif before is not None:
            if group:
                group.append(before)
                yield from _picture(group, camera, wanted, passed)
                group = []
            elif plain and before[_SETUP:] == _USUAL and before[0] is not None and not before[_SETTLED]:
                subject = before[_TAXON] or before[_TYPE]
                yield Sighting(before[0], subject, before[_COUNT] or 1, None, camera, before[1])
            else:
                yield from _picture([before], camera, wanted, passed)
        before = row


def _conditions(deployment: bytes, wanted: Wanted, start: int | None, end: int | None) -> tuple[str, list[Value]]:
    # Statements on something else matter only where they may outrank those on what is wanted.
    where = ["m.deployment = ?", "m.deleted = 0", "o.deleted = 0"]
    params: list[Value] = [deployment]
    for condition, value in (("m.taken_at >= ?", start), ("m.taken_at < ?", end)):
        if value is not None:
            where.append(condition)
            params.append(value)
    if wanted.machines:
        return " AND ".join(where), params
    if wanted.taxon is None and wanted.type == ANYBODY:
        what = f"o.type IN {_ANYBODY}"
    else:
        what = "o.taxon = ?" if wanted.taxon is not None else "o.type = ?"
        params.append(wanted.taxon if wanted.taxon is not None else wanted.type)
    where.append(f"o.method IS NOT 'machine' AND ({what} OR o.look = 'settled' OR o.setup IS NOT NULL)")
    return " AND ".join(where), params


def _fits(row: Row, wanted: Wanted) -> bool:
    if wanted.taxon is not None:
        return bool(row[_TAXON] == wanted.taxon)
    return bool(row[_TYPE] in _ANYBODY if wanted.type == ANYBODY else row[_TYPE] == wanted.type)


def _picture(group: Sequence[Row], camera: int, wanted: Wanted, passed: Passed) -> Iterator[Sighting]:
    if len(group) == 1:
        counting = group
    else:
        # domain.statements.counting, on rows
        settled = [row for row in group if row[_SETTLED]]
        people = [row for row in group if not row[_MACHINE]]
        counting = settled or people or group
    fitting = [row for row in counting if _fits(row, wanted)]
    if not fitting:
        return
    first = fitting[0]
    if any(row[_SETUP] for row in counting):
        passed.set_up += 1
        return
    if first[-1]:
        passed.time_lapse += 1
        return
    if first[0] is None:
        passed.undated += 1
        return
    if first[_MACHINE]:
        passed.by_machine += 1
    if len(fitting) == 1 and not first[_ON_EVENT]:
        subject = _subject(first, wanted, passed)
        if subject is not None:
            yield Sighting(first[0], subject, first[_COUNT] or 1, None, camera, first[1])
        return
    yield from _several(fitting, camera, wanted, passed)


def _subject(row: Row, wanted: Wanted, passed: Passed) -> str | None:
    if wanted.individuals:
        if row[_INDIVIDUAL] is None:
            passed.unnamed += 1
            return None
        return str(row[_INDIVIDUAL].hex())
    return str(row[_TAXON] or row[_TYPE])


def _several(rows: Sequence[Row], camera: int, wanted: Wanted, passed: Passed) -> Iterator[Sighting]:
    """Several statements on one picture: those of one person add up (a male and two females are three), of two people
    the higher number stands; what is said of the picture and of its event is never added. An event without a number
    states none.
    """
    numbers: dict[tuple[str, bool], dict[object, int]] = {}
    told: set[str] = set()
    for row in rows:
        subject = _subject(row, wanted, passed)
        if subject is not None:
            said = numbers.setdefault((subject, bool(row[_ON_EVENT])), {})
            said[row[_SPEAKER]] = said.get(row[_SPEAKER], 0) + (row[_COUNT] or 1)
            if row[_ON_EVENT] and row[_COUNT]:
                told.add(subject)
    for subject in dict.fromkeys(subject for subject, _on_event in numbers):
        stated = numbers.get((subject, True))
        framed = numbers.get((subject, False))
        yield Sighting(
            rows[0][0],
            subject,
            max(framed.values()) if framed else 1,
            max(stated.values()) if stated and subject in told else None,
            camera,
            rows[0][1],
        )


_AT_ONCE = 400


Named = tuple[Any, ...]
"""A known animal in one picture: UTC seconds, deployment, individual, and whether somebody is certain that it is it (or
does not say otherwise); what comes behind these four is not meant for others."""

_KEYS = (
    "WITH k AS MATERIALIZED (SELECT key FROM observation INDEXED BY observation_by_individual"
    " WHERE individual IS NOT NULL AND deleted = 0 ORDER BY key)"
)
_OF_KEYS = (
    " SELECT m.taken_at, m.deployment, o.individual, o.sureness IS NULL OR o.sureness = 'certain', m.key,"
    " o.type = 'animal' AND o.setup IS NULL AND m.capture_method IS NOT 'timeLapse' AND m.taken_at IS NOT NULL"
    " FROM k CROSS JOIN observation AS o ON o.key = k.key"
)
_TOLD = "m.deleted = 0 AND m.deployment IS NOT NULL AND o.method IS NOT 'machine'"
_TELLING = "a.key <> n.key AND a.deleted = 0 AND a.method IS NOT 'machine'"
_NAMED_ALONE = (
    "SELECT media, key FROM observation INDEXED BY observation_by_individual"
    " WHERE individual IS NOT NULL AND deleted = 0 AND media NOTNULL"
)
_NAMED_ON_EVENT = (
    " UNION ALL SELECT e.media, o.key FROM observation AS o INDEXED BY observation_by_individual"
    " CROSS JOIN event_picture AS e ON e.observation = o.id WHERE o.individual IS NOT NULL AND o.deleted = 0"
)
_ALSO_ALONE = (
    f"EXISTS (SELECT 1 FROM observation AS a INDEXED BY observation_by_media WHERE a.media = n.media AND {_TELLING})"
)
_ALSO_ON_EVENT = (
    " OR EXISTS (SELECT 1 FROM event_picture AS e CROSS JOIN observation AS a ON a.id = e.observation"
    f" WHERE e.media = n.media AND {_TELLING})"
)


def told_again(*, on_events: bool) -> str:
    """The question for pictures (by key) of known animals that carry one more statement; it reads no others."""
    # In the order of the index it looks into: half the time of looking here and there.
    return (
        f"WITH n AS MATERIALIZED ({_NAMED_ALONE}{_NAMED_ON_EVENT if on_events else ''} ORDER BY 1)"
        " SELECT key FROM media WHERE id IN"
        f" (SELECT media FROM n WHERE {_ALSO_ALONE}{_ALSO_ON_EVENT if on_events else ''})"
    )


def named(db: Database, passed: Passed, spans: Mapping[bytes, tuple[int | None, int | None]]) -> Iterator[Named]:
    """Every picture of some deployments that shows an animal known by name, as often as it shows such animals.

    ``spans`` are the deployments with the time asked for, [start, end) in UTC seconds. The same pictures as
    ``of_deployment`` gives for individuals of any species, on people's word, in no order: in one pass over what names
    an animal, which does not touch the pictures of all others.
    """
    on_events = has_events(db)
    sql = f"{_KEYS}{_OF_KEYS} CROSS JOIN media AS m ON m.id = o.media WHERE {_TOLD}"
    if on_events:
        sql += (
            f" UNION ALL{_OF_KEYS} CROSS JOIN event_picture AS e ON e.observation = o.id"
            f" CROSS JOIN media AS m ON m.id = e.media WHERE {_TOLD}"
        )
    often = {row[0] for row in db.conn.execute(told_again(on_events=on_events))}
    limited = any(start is not None or end is not None for start, end in spans.values())
    told: dict[int, set[bytes]] = {}
    for row in db.conn.execute(sql):
        deployment = row[1]
        if deployment not in spans:
            continue
        if limited:
            at, (start, end) = row[0], spans[deployment]
            if at is None or (start is not None and at < start) or (end is not None and at >= end):
                continue
        if row[5] and row[4] not in often:
            yield row
        else:  # several statements, or one that may not count
            certain = told.setdefault(row[4], set())
            if row[3]:
                certain.add(row[2])
    yield from _named_often(db, passed, told)


def _named_often(db: Database, passed: Passed, certain: Mapping[int, Container[bytes]]) -> Iterator[Named]:
    """The same for pictures (by key) with several statements; ``certain`` are the animals somebody is sure of."""
    wanted = Wanted(individuals=True)
    keys = list(certain)
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        where = f"m.key IN ({','.join('?' * len(some))}) AND o.deleted = 0 AND o.method IS NOT 'machine'"
        timed = "m.capture_method IS 'timeLapse', m.deployment"
        sql = (
            f"SELECT {_COLUMNS}, 0, {timed} FROM media AS m{_ALONE} WHERE {where}"
            f" UNION ALL SELECT {_COLUMNS}, 1, {timed} FROM media AS m{_EVENT} WHERE {where} ORDER BY 2"
        )
        for key, group in groupby(db.conn.execute(sql, [*some, *some]), itemgetter(1)):
            rows = list(group)
            for one in _picture([row[:-1] for row in rows], 0, wanted, passed):
                individual = bytes.fromhex(one.subject)
                yield one.at, rows[0][-1], individual, individual in certain[key]
