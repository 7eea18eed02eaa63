"""Trap nights of deployments and stations as the library has them; the rule itself is ``domain.effort``.

A station is a place: all deployments at one location, and those paired with them, belong to it.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from ranger_app.actions import kept_back
from ranger_app.domain import effort
from ranger_app.domain.effort import ONE, Effort, Failed
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store.connection import Database


@dataclass(frozen=True, slots=True)
class Failure:
    """A dated failure; ``end`` is empty where it lasted until the camera was taken down. Local times as written."""

    start: str
    end: str
    reason: str
    remarks: str


@dataclass(frozen=True, slots=True)
class Worked:
    """One deployment and its effort on its own clock; ``effort`` is None where ``unknown`` says why."""

    id: bytes
    name: str
    location: bytes | None
    place: str
    start: str
    end: str
    utc_offset: int
    paired_with: bytes | None
    failures: tuple[Failure, ...]
    effort: Effort | None

    @property
    def unknown(self) -> str:
        """Why there is no effort, in the reader's language; empty where there is one."""
        if self.effort is not None:
            return ""
        if effort.moment(self.start) is None:
            return _("Not known: when it was set up is missing.")
        if effort.moment(self.end) is None:
            return _("Not known yet: when it was taken down is missing.")
        return _("Not known: it was taken down before it was set up.")


@dataclass(frozen=True, slots=True)
class Station:
    """The deployments of one place. ``id`` is the location's, or the first deployment's where it has no location."""

    id: bytes
    name: str
    deployments: tuple[Worked, ...]

    def effort(self, rule: str = ONE) -> Effort | None:
        """The station's effort under a rule of ``domain.effort``, on the clock of its first deployment.

        None where no deployment of it has a known effort.
        """
        offset = self.deployments[0].utc_offset
        known = [
            effort.moved(one.effort, (offset - one.utc_offset) * 60)
            for one in self.deployments
            if one.effort is not None
        ]
        return effort.together(known, rule) if known else None


def beside(one: Worked, station: Station) -> Station:
    """Of a station only the deployments that stood there at some time together with ``one``, itself included."""
    spans = one.effort.set_up if one.effort is not None else ()
    there = [
        other
        for other in station.deployments
        if other.id == one.id
        or (
            other.effort is not None
            and any(
                a < d and c < b
                for a, b in spans
                for c, d in effort.moved(other.effort, (one.utc_offset - other.utc_offset) * 60).set_up
            )
        )
    ]
    return Station(station.id, station.name, tuple(there))


def read_failures(text: object) -> tuple[Failure, ...]:
    """The failures a deployment keeps, in the order they were entered; what cannot be read is passed over."""
    try:
        entries = json.loads(text) if isinstance(text, str) and text else []
    except ValueError:
        return ()
    return tuple(
        Failure(*(str(one.get(part) or "") for part in ("from", "to", "reason", "remarks")))
        for one in entries
        if isinstance(one, dict)
    )


def worked(start: object, end: object, failures: tuple[Failure, ...]) -> Effort | None:
    """The effort of one deployment from its fields as records keep them."""
    dated: list[Failed] = [
        (since, effort.moment(one.end)) for one in failures if (since := effort.moment(one.start)) is not None
    ]
    return effort.effort(effort.moment(start), effort.moment(end), dated)


def deployments(db: Database, only: Collection[bytes] | None = None) -> list[Worked]:
    """All deployments, or only some, by place and start."""
    found = db.conn.execute(
        'SELECT d.id, d.name, d.location, l.name, d.start, d."end", d.utc_offset, d.paired_with, d.failures'
        " FROM deployment AS d LEFT JOIN location AS l ON l.id = d.location AND l.deleted = 0 WHERE d.deleted = 0"
        " ORDER BY coalesce(l.name, d.name), coalesce(d.start, ''), d.name, d.id"
    ).fetchall()
    made = []
    for record, name, location, place, start, end, offset, pair, text in found:
        if only is not None and record not in only:
            continue
        failures = read_failures(text)
        made.append(
            Worked(
                record,
                kept_back.name(db, "deployment", record, name),
                location,
                kept_back.name(db, "location", location, place) if location is not None else "",
                start or "",
                end or "",
                offset or 0,
                pair,
                failures,
                worked(start, end, failures),
            )
        )
    return made


def stations(db: Database) -> list[Station]:
    """All deployments grouped by station, by name."""
    return grouped(deployments(db))


def grouped(found: list[Worked]) -> list[Station]:
    """Deployments of one location, and such as are paired, together; by name."""
    here = {one.id for one in found}
    above: dict[bytes, bytes] = {}

    def root(key: bytes) -> bytes:
        while (up := above.get(key, key)) != key:
            key = up
        return key

    for one in found:
        for other in (one.location, one.paired_with if one.paired_with in here else None):
            if other is not None and root(one.id) != root(other):
                above[root(one.id)] = root(other)
    groups: dict[bytes, list[Worked]] = {}
    for one in found:
        groups.setdefault(root(one.id), []).append(one)
    made = []
    for members in groups.values():
        first = next((one for one in members if one.location is not None), members[0])
        made.append(Station(first.location or first.id, first.place or first.name, tuple(members)))
    return sorted(made, key=lambda station: (station.name, station.id))


def answer(library: Library, only: Collection[bytes] | None = None) -> dict[str, object]:
    """Trap nights for the command line: per deployment, per station under each rule, and the rule in words."""
    with library.read() as db:
        found = deployments(db)
    chosen = [one for one in found if only is None or one.id in only]
    places = [one for one in grouped(found) if only is None or any(d.id in only for d in one.deployments)]
    return {
        "deployments": [
            {
                "deployment_id": one.id.hex(),
                "code": one.name,
                "nights": None if one.effort is None else one.effort.nights,
                "failures_nights": None if one.effort is None else one.effort.failed,
                "days": {} if one.effort is None else {d.isoformat(): n for d, n in one.effort.by_day().items()},
                "unknown": one.unknown or None,
            }
            for one in chosen
        ],
        "stations": [
            {
                "station_id": one.id.hex(),
                "name": one.name,
                "deployments": [d.id.hex() for d in one.deployments],
                "nights": {rule: _nights(one.effort(rule)) for rule in effort.RULES},
            }
            for one in places
        ],
        "rule": effort.rule_words(),
        "station_rules": {rule: _(words) for rule, words in effort.RULE_WORDS.items()},
    }


def _nights(found: Effort | None) -> float | None:
    return None if found is None else found.nights


def days_with_pictures(db: Database, deployment: bytes) -> tuple[date, ...]:
    """The local days on which a deployment took pictures, in order: one step in the index for each such day."""
    row = db.conn.execute("SELECT coalesce(utc_offset, 0) FROM deployment WHERE id=?", (deployment,)).fetchone()
    offset = int(row[0]) * 60 if row else 0
    found: list[date] = []
    at = -(1 << 62)
    while True:
        sql = "SELECT min(taken_at) FROM media WHERE deleted = 0 AND deployment = ? AND taken_at >= ?"
        taken = db.conn.execute(sql, (deployment, at)).fetchone()[0]
        if taken is None:
            return tuple(found)
        number = (int(taken) + offset) // effort.DAY
        found.append(effort.as_time(number * effort.DAY).date())
        at = (number + 1) * effort.DAY - offset
