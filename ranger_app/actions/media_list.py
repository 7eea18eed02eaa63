"""Pictures by deployment, species and time, as the command line lists them."""

from __future__ import annotations

import json

from ranger_app.domain import taxa
from ranger_app.domain.fields import Value
from ranger_app.domain.time import instant_text
from ranger_app.store.connection import Database


def media_list(
    db: Database,
    *,
    deployment: bytes | None = None,
    taxon: str | None = None,
    start: int | None = None,
    end: int | None = None,
    limit: int | None = None,
) -> list[dict[str, object]]:
    """Pictures in the order they were taken; ``start`` and ``end`` are seconds since 1970, both included."""
    conditions, params = ["deleted = 0"], list[Value]()
    if deployment is not None:
        conditions.append("deployment = ?")
        params.append(deployment)
    if taxon is not None:
        said = "deleted = 0 AND (taxon = ? OR type = ?)"
        conditions.append(
            f"(id IN (SELECT media FROM observation WHERE {said}) OR id IN (SELECT media FROM event_picture"
            f" WHERE observation IN (SELECT id FROM observation WHERE {said})))"
        )
        params += [taxa.match(taxon) or taxon, taxon] * 2
    if start is not None:
        conditions.append("taken_at >= ?")
        params.append(start)
    if end is not None:
        conditions.append("taken_at <= ?")
        params.append(end)
    sql = (
        "SELECT id, sha256, file_name, camera_time, taken_at, deployment, flags FROM media WHERE "
        + " AND ".join(conditions)
        + " ORDER BY taken_at, file_name, key"
        + (f" LIMIT {int(limit)}" if limit is not None else "")
    )
    return [
        {
            "id": record.hex(),
            "sha256": sha256,
            "file_name": name,
            "camera_time": camera_time,
            "time_utc": None if taken_at is None else instant_text(taken_at * 1000),
            "deployment_id": None if owner is None else owner.hex(),
            "flags": json.loads(flags) if flags else [],
        }
        for record, sha256, name, camera_time, taken_at, owner, flags in db.conn.execute(sql, params)
    ]
