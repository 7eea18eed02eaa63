"""What one person may see of pictures that two people are to look at, neither knowing the other's answer.

In a deployment of two looks a person sees what is settled, else their own answer and what machines say. Somebody who
did not look sees the answers once two people have given them.
"""

from __future__ import annotations

from collections.abc import Sequence

from ranger_app.domain.fields import Value
from ranger_app.store.connection import Database
from ranger_app.store.statements import about

_ABOUT = f"o.deleted = 0 AND o.type <> 'unclassified' AND {about('media.id')}"
_MINE = 'o.method IS NOT \'machine\' AND o."by" IS ? AND (o."by" IS NOT NULL OR o.by_name IS NULL)'
"""Said by the person at work; where nobody said who they are, what nobody signed."""
_SHOWN = "SELECT coalesce(o.taxon, o.type) FROM observation AS o WHERE"
_OWN = f"({_SHOWN} {_ABOUT} AND {_MINE} ORDER BY coalesce(o.at, 0) DESC, o.id LIMIT 1)"
"""The person's own newest answer; NULL without one. Takes the person."""
_SETTLED = f"EXISTS (SELECT 1 FROM observation AS o WHERE {_ABOUT} AND o.look = 'settled')"
_MACHINE = f"({_SHOWN} {_ABOUT} AND o.method = 'machine' ORDER BY coalesce(o.certainty, 0) DESC, o.id LIMIT 1)"
_SEEN = f"CASE WHEN {_SETTLED} THEN shown ELSE coalesce({_OWN}, CASE WHEN seen_by = 2 THEN shown END) END"
"""What a picture of two looks is said to show, as far as the person may see it. Takes the person."""


def two_looks(db: Database) -> list[bytes]:
    """The deployments that ask for two independent looks."""
    return [row[0] for row in db.conn.execute("SELECT id FROM deployment WHERE looks >= 2 AND deleted = 0")]


def inside(asked: Sequence[bytes]) -> str:
    """The condition that a picture belongs to one of so many deployments. Takes their ids."""
    return f"(deployment IS NOT NULL AND deployment IN ({','.join('?' * len(asked))}))"


def waits(asked: Sequence[bytes], person: bytes | None) -> tuple[str, list[Value]]:
    """That a picture not yet looked at by enough people waits for this person too."""
    return f"NOT ({inside(asked)} AND {_OWN} IS NOT NULL)", [*asked, person]


def is_done(asked: Sequence[bytes], person: bytes | None) -> tuple[str, list[Value]]:
    """That enough people have looked at a picture, or this person has done their part."""
    return f"(seen_by = 2 OR ({inside(asked)} AND {_OWN} IS NOT NULL))", [*asked, person]


def shows(asked: Sequence[bytes], person: bytes | None, shown: str) -> tuple[str, list[Value]]:
    """That a picture shows this species or type, as far as the person may see it."""
    sql = f"((shown = ? AND NOT {inside(asked)}) OR ({inside(asked)} AND {_SEEN} = ?))"
    return sql, [shown, *asked, *asked, person, shown]


def hides(db: Database, media: bytes, person: bytes | None) -> bool:
    """Whether the answers of others on a picture are hidden from this person."""
    sql = (
        "SELECT 1 FROM media WHERE id = ? AND deployment IN"
        " (SELECT id FROM deployment WHERE looks >= 2 AND deleted = 0)"
        f" AND NOT {_SETTLED} AND (seen_by < 2 OR {_OWN} IS NOT NULL)"
    )
    return db.conn.execute(sql, (media, person)).fetchone() is not None


def seen(db: Database, keys: Sequence[int], person: bytes | None) -> dict[int, tuple[str | None, int, int]]:
    """(shown, seen_by, people) of pictures of two looks by row number, as far as the person may see them.

    Pictures of which all may be seen are left out.
    """
    marks = ",".join("?" * len(keys))
    human = f"coalesce((SELECT max(o.type = 'human') FROM observation AS o WHERE {_ABOUT} AND "
    rows = db.conn.execute(
        f"SELECT key, own, machine, CASE WHEN own IS NULL THEN {human}o.method = 'machine'), 0)"
        f" ELSE {human}{_MINE}), 0) END FROM (SELECT key, id, seen_by, {_OWN} AS own, {_MACHINE} AS machine"
        f" FROM media WHERE key IN ({marks}) AND NOT {_SETTLED}) AS media WHERE own IS NOT NULL OR seen_by < 2",
        [person, person, *keys],
    )
    return {
        key: (own or machine, 2 if own is not None else 1 if machine is not None else 0, said_human)
        for key, own, machine, said_human in rows
    }


def number_of_each(db: Database, person: bytes | None) -> list[tuple[str, int]]:
    """What pictures are said to show with how many of each, as far as the person may see it; in no order."""
    asked = two_looks(db)
    found: dict[str, int] = {}
    away = f"AND NOT {inside(asked)}" if asked else ""
    questions: list[tuple[str, list[Value]]] = [
        (f"SELECT shown, count(*) FROM media WHERE deleted = 0 AND shown IS NOT NULL {away} GROUP BY shown", [*asked])
    ]
    if asked:
        sql = f"SELECT {_SEEN} AS seen, count(*) FROM media WHERE deleted = 0 AND {inside(asked)} GROUP BY seen"
        questions.append((sql, [person, *asked]))
    for sql, params in questions:
        for shown, number in db.conn.execute(sql, params):
            if shown is not None:
                found[str(shown)] = found.get(str(shown), 0) + int(number)
    return list(found.items())


def answered(db: Database, deployment: bytes, person: bytes | None) -> list[tuple[int | None, bool]]:
    """The pictures of a deployment in the order taken: when (UTC seconds) and whether the person gave an answer."""
    rows = db.conn.execute(
        f"SELECT taken_at, {_OWN} IS NOT NULL FROM media WHERE deployment = ? AND deleted = 0 ORDER BY taken_at, key",
        (person, deployment),
    )
    return [(taken_at, bool(own)) for taken_at, own in rows]
