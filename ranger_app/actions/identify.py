"""Saying what a picture shows: one statement a picture, with who said so and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ranger_app.changes import Changes
from ranger_app.domain import taxa
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import Op, create, delete
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.connection import Database

TYPES = ("blank", "human", "vehicle", "unknown", "unclassified")
A_BATCH = 1000
"""Pictures in one batch: the writer lane is free again after about 50 ms."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of a picture. ``type`` is a Camtrap DP observation type; ``taxon`` only for animals."""

    type: str
    taxon: str | None = None
    count: int | None = None
    individual: bytes | None = None
    sex: str | None = None
    life_stage: str | None = None

    @classmethod
    def of(cls, text: str, count: int | None = None, individual: bytes | None = None) -> Answer:
        """From a species' name in any language, or one of the words in TYPES."""
        if text.casefold() in TYPES:
            return cls(text.casefold(), None, count, individual)
        return cls("animal", taxa.match(text) or text.strip(), count, individual)


def identify(
    library: Library, media: Sequence[bytes], answer: Answer, *, replace: bool = False
) -> tuple[list[bytes], Changes]:
    """State ``answer`` of every picture; returns the observations' ids.

    ``replace`` takes back what the same person had said of these pictures before. DataProblem where a picture is
    not here, before anything is written.
    """
    with library.read() as db:
        deployments = {one: _deployment(db, one) for one in media}
        earlier = {one: _earlier(db, one, library.person) if replace else [] for one in media}
    ids: list[bytes] = []
    act: int | None = None
    changes = Changes(frozenset())
    for start in range(0, len(media), A_BATCH):
        ops: list[Op] = []
        for one in media[start : start + A_BATCH]:
            ops += [delete("observation", old) for old in earlier[one]]
            record = library.new_id()
            ids.append(record)
            ops.append(create("observation", record, _fields(library, one, deployments[one], answer)))
        changes = library.commit(ops, label="identify", act=act)
        act = act or changes.batch
    return ids, Changes.of(changes.kinds, ids, "identify", act or 0)


def _fields(library: Library, media: bytes, deployment: Value, answer: Answer) -> dict[str, Value]:
    return {
        "media": media,
        "deployment": deployment,
        "type": answer.type,
        "taxon": answer.taxon,
        "count": answer.count if answer.count is not None else (1 if answer.type == "animal" else None),
        "sex": answer.sex,
        "life_stage": answer.life_stage,
        "individual": answer.individual,
        "by": library.person,
        "at": library.now_ms(),
        "method": "human",
        "look": "first",
    }


def _deployment(db: Database, media: bytes) -> Value:
    row = db.conn.execute("SELECT deployment FROM media WHERE id=? AND deleted=0", (media,)).fetchone()
    if row is None:
        raise DataProblem(
            "NO_RECORD",
            _("There is no picture with the id {id}.").format(id=media.hex()),
            _("Look it up with: ranger media list"),
        )
    deployment: Value = row[0]
    return deployment


def _earlier(db: Database, media: bytes, person: bytes | None) -> list[bytes]:
    own = "media = ? AND \"by\" IS ? AND coalesce(method, 'human') = 'human'"
    found = rows.find(db, "observation", own, (media, person))
    return [one.id for one in found]
