"""Deployments as a person chooses among them: where, from when to when, how many pictures, how many wait."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from ranger_app.actions import kept_back, take_back
from ranger_app.actions.effort import Failure, read_failures
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.connection import Database


@dataclass(frozen=True, slots=True)
class DeploymentLine:
    """One deployment; times are local as written, empty where unknown. ``failures`` is their number."""

    id: bytes
    name: str
    location: str
    start: str
    end: str
    pictures: int
    to_review: int
    failures: int


@dataclass(frozen=True, slots=True)
class IngestLine:
    """One ingest of this library. ``started`` and ``finished`` are milliseconds since 1970."""

    id: str
    folder: str
    deployment: bytes
    place: str
    started: int
    finished: int | None
    stored: int
    can_take_back: bool


def deployments(db: Database) -> list[DeploymentLine]:
    """All deployments, the newest first."""
    numbers = dict(_counted(db, "deleted = 0"))
    waiting = dict(_counted(db, "deleted = 0 AND seen_by < 2"))
    found = db.conn.execute(
        'SELECT d.id, d.name, l.name, d.start, d."end", d.failures, d.location FROM deployment AS d'
        " LEFT JOIN location AS l ON l.id = d.location WHERE d.deleted = 0"
        " ORDER BY coalesce(d.start, '') DESC, d.name, d.id"
    )
    return [
        DeploymentLine(
            record,
            kept_back.name(db, "deployment", record, name),
            kept_back.name(db, "location", place, location) if place is not None else "",
            start or "",
            end or "",
            numbers.get(record, 0),
            waiting.get(record, 0),
            len(json.loads(failures)) if failures else 0,
        )
        for record, name, location, start, end, failures, place in found.fetchall()
    ]


def _counted(db: Database, where: str) -> Sequence[tuple[bytes, int]]:
    sql = f"SELECT deployment, count(*) FROM media WHERE {where} AND deployment IS NOT NULL GROUP BY deployment"
    return [(row[0], int(row[1])) for row in db.conn.execute(sql).fetchall()]


def names(db: Database) -> list[tuple[bytes, str]]:
    """Ids and names of all deployments, the newest first."""
    found = db.conn.execute(
        "SELECT id, name FROM deployment WHERE deleted = 0 ORDER BY coalesce(start, '') DESC, name, id"
    ).fetchall()
    return [(row[0], kept_back.name(db, "deployment", row[0], row[1])) for row in found]


def failures(db: Database, deployment: bytes) -> list[Failure]:
    """The dated failures of a deployment in the order they were entered."""
    found = rows.get(db, "deployment", deployment)
    return list(read_failures(found.text("failures"))) if found else []


def ingests(
    library: Library, *, unfinished: bool = False, deployment: bytes | None = None, limit: int = 20
) -> list[IngestLine]:
    """The newest ingests that were not taken back: only interrupted ones, or only those of one deployment."""
    with library.read() as db:
        found = db.conn.execute(
            "SELECT i.id, i.folder, i.deployment, coalesce(l.name, d.name, ''), i.started, i.finished, i.report"
            " FROM ingest AS i LEFT JOIN deployment AS d ON d.id = i.deployment"
            " LEFT JOIN location AS l ON l.id = d.location"
            " WHERE i.taken_back IS NULL AND (?1 = 0 OR i.finished IS NULL) AND (?2 IS NULL OR i.deployment = ?2)"
            " ORDER BY i.started DESC LIMIT ?3",
            (int(unfinished), deployment, limit),
        ).fetchall()
        return [
            IngestLine(id, folder, deployment, place, started, finished, _stored(report), _is_ours_alone(db, id))
            for id, folder, deployment, place, started, finished, report in found
        ]


def _stored(report: str) -> int:
    try:
        return int(json.loads(report).get("stored") or 0)
    except (ValueError, AttributeError):
        return 0


def _is_ours_alone(db: Database, ingest_id: str) -> bool:
    # What is written in a bundle reaches up to some batch, so the oldest one is the first to be shared.
    oldest = db.conn.execute("SELECT min(batch) FROM media WHERE ingest=? AND deleted=0", (ingest_id,)).fetchone()[0]
    return oldest is not None and not take_back.is_shared(db, int(oldest))


def areas(db: Database) -> list[tuple[bytes, str]]:
    """Ids and names of the protected areas in which cameras stood, by name."""
    found = db.conn.execute(
        "SELECT id, name FROM protected_area WHERE deleted = 0 AND id IN (SELECT l.protected_area FROM location AS l"
        " JOIN deployment AS d ON d.location = l.id AND d.deleted = 0) ORDER BY name, id"
    ).fetchall()
    return [(row[0], str(row[1] or "")) for row in found]
