"""Reading statements about pictures: those on a picture alone and those on the event it belongs to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from ranger_app.domain.fields import Value
from ranger_app.domain.statements import Statement
from ranger_app.store.connection import Database

_COLUMNS = (
    'o.id, o.media, o.pictures, o.deployment, o.type, o.taxon, o."count", o.sex, o.life_stage, o.behaviour,'
    ' o.individual, o."by", o.by_name, o.at, o.method, o.machine, o.certainty, o.box, o.look, o.setup, o.event,'
    " o.flank, o.sureness"
)
FIRST_THAT_COUNTS = (
    "o.look IS 'settled' DESC, o.method IS 'machine',"
    " CASE WHEN o.method IS 'machine' THEN coalesce(o.certainty, 0) ELSE coalesce(o.at, 0) END DESC, o.id"
)
"""SQL: the order of statements ``o``: settled, then people, the newest first, then machines, the surest first. The
first one is what a picture is said to show."""


def about(picture: str) -> str:
    """SQL: that the statement ``o`` is about the picture with the id ``picture``, alone or as one of an event's."""
    return f"(o.media = {picture} OR o.id IN (SELECT e.observation FROM event_picture AS e WHERE e.media = {picture}))"


def of_picture(db: Database, media: bytes) -> list[Statement]:
    """What was said about a picture or its event: settled first, people before machines, the newest first."""
    return list(_found(db, about("?1"), (media,)))


def of_pictures(db: Database, wanted: Sequence[bytes]) -> list[Statement]:
    """What was said about any of these pictures, each statement once."""
    found: dict[bytes, Statement] = {}
    for media in wanted:
        found.update((one.id, one) for one in of_picture(db, media))
    return list(found.values())


def of_deployment(db: Database, deployment: bytes) -> list[Statement]:
    """Everything said about the pictures of a deployment."""
    return list(_found(db, "o.deployment = ?", (deployment,)))


def _found(db: Database, where: str, params: Sequence[Value]) -> Iterator[Statement]:
    sql = f"SELECT {_COLUMNS} FROM observation AS o WHERE o.deleted = 0 AND {where} ORDER BY {FIRST_THAT_COUNTS}"
    for row in db.conn.execute(sql, params):
        (id_, media, pictures, deployment, kind, taxon, count, sex, stage, behaviour, individual) = row[:11]
        (by, by_name, at, method, machine, certainty, box, look, setup, event, flank, sureness) = row[11:]
        yield Statement(
            id=id_,
            media=media,
            pictures=tuple(bytes.fromhex(one) for one in json.loads(pictures)) if pictures else (),
            deployment=deployment,
            type=kind or "unclassified",
            taxon=taxon,
            count=count,
            sex=sex,
            life_stage=stage,
            behaviour=behaviour,
            individual=individual,
            by=by,
            by_name=by_name or "",
            at=at or 0,
            method=method or "human",
            machine=machine or "",
            certainty=certainty,
            box=box or "",
            look=look or "first",
            setup=setup or "",
            event=event or "",
            flank=flank,
            sureness=sureness,
        )
