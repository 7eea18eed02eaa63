"""Saying what pictures show: one statement for a picture or for a whole event, with who said so and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ranger_app.changes import Changes
from ranger_app.domain import taxa
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import Op, change, create, delete
from ranger_app.domain.statements import Statement
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import looks, statements
from ranger_app.store.connection import Database

TYPES = ("blank", "human", "vehicle", "unknown", "unclassified")
A_BATCH = 1000
"""Operations in one batch: the writer lane is free again after about 50 ms."""
_PICTURES_A_BATCH = 3000
"""Pictures touched in one batch."""

Unit = Sequence[bytes]
"""The pictures that one statement is about: a single one, or all of an event in the order they were taken."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of a picture or event. ``type`` is a Camtrap DP observation type; ``taxon`` only for animals.

    ``flank`` says which side of it shows, ``sureness`` how sure it is which animal it is; None counts as certain.
    """

    type: str
    taxon: str | None = None
    count: int | None = None
    individual: bytes | None = None
    sex: str | None = None
    life_stage: str | None = None
    behaviour: str | None = None
    flank: str | None = None
    sureness: str | None = None

    @classmethod
    def of(cls, text: str, count: int | None = None, individual: bytes | None = None) -> Answer:
        """From a species' name in any language, ``animal``, or a word for one of TYPES in any language.

        DataProblem COUNT_OF_NOTHING where a number or an individual is given of what has none.
        """
        kind = taxa.type_of(text)
        if kind in ("blank", "unclassified") and (count or individual is not None):
            raise DataProblem(
                "COUNT_OF_NOTHING",
                _("Where nothing is seen there is nothing to count."),
                _("Leave the number and the individual out, or say what is there."),
            )
        if kind is not None:
            return cls(kind, None, count, individual)
        return cls("animal", taxa.match(text) or text.strip(), count, individual)


def identify(
    library: Library, media: Sequence[bytes], answer: Answer, *, replace: bool = False
) -> tuple[list[bytes], Changes]:
    """State ``answer`` of every picture by itself; as ``state`` otherwise."""
    return state(library, [(one,) for one in media], (answer,), replace=replace)


def state(
    library: Library,
    units: Sequence[Unit],
    answers: Sequence[Answer],
    *,
    replace: bool = False,
    add: bool = False,
    look: str | None = None,
    tags: str | None = None,
) -> tuple[list[bytes], Changes]:
    """State all ``answers`` of each unit as one act; returns the observations' ids.

    ``replace`` takes back what the same person had said of these pictures before: an earlier statement on a longer
    event stays for its other pictures, and what was settled is taken back by settling again alone. ``add`` takes back
    only that nothing is there or known, and the same answer given before: several species may show in one event.
    ``look`` is worked out where it is None: ``second`` where a deployment asks for two looks and somebody else has
    looked already; at two stations that have not met yet both looks are ``first``. DataProblem where a picture is not
    here, before anything is written.
    """
    with library.read() as db:
        deployments = [_deployment(db, unit) for unit in units]
        two_looks = set[Value](looks.two_looks(db))
        before = _Before(db, library.person)
        plans = [before.plan(unit, replace=replace, settled=look == "settled") for unit in units]
        if add:
            plans = [before.beside(unit, answers) for unit in units]
        stages = [
            look or ("second" if deployment in two_looks and before.others(unit) else "first")
            for unit, deployment in zip(units, deployments, strict=True)
        ]
        taken_back = before.taken_back(plans)
    ids: list[bytes] = []
    act: int | None = None
    changes = Changes(frozenset())
    ops: list[Op] = taken_back
    pictures = 0
    for number, (unit, deployment, one_look) in enumerate(zip(units, deployments, stages, strict=True), 1):
        for answer in answers:
            record = library.new_id()
            ids.append(record)
            ops.append(create("observation", record, _fields(library, unit, deployment, answer, one_look, tags)))
        pictures += len(unit)
        if number == len(units) or len(ops) >= A_BATCH or pictures >= _PICTURES_A_BATCH:
            for start in range(0, len(ops), 2 * A_BATCH):
                changes = library.commit(ops[start : start + 2 * A_BATCH], label="identify", act=act)
                act = act or changes.batch
            ops, pictures = [], 0
    return ids, Changes.of(changes.kinds, ids, "identify", act or 0)


def correct(library: Library, media: bytes, answer: Answer) -> Changes:
    """Change the details of the newest statement this person made of a picture or its event: number, sex, age, animal.

    Where they said another species, or nothing, ``answer`` is stated of the picture. Several species stay beside each
    other, and a statement on an event stays one on all of it. DataProblem where the picture is not here.
    """
    with library.read() as db:
        mine = list(_Before(db, library.person).plan((media,), replace=True, settled=False).values())
    newest = max(mine, key=lambda one: (one.at, one.id), default=None)
    if newest is None or (newest.type, newest.taxon) != (answer.type, answer.taxon):
        return state(library, [(media,)], (answer,), replace=True)[1]
    fields: dict[str, Value] = {
        "count": answer.count,
        "sex": answer.sex,
        "life_stage": answer.life_stage,
        "individual": answer.individual,
        "behaviour": answer.behaviour,
        "flank": answer.flank,
        "sureness": answer.sureness,
        "at": library.now_ms(),
    }
    return library.commit([change("observation", newest.id, fields)], label="identify")


def _fields(
    library: Library, unit: Unit, deployment: Value, answer: Answer, look: str, tags: str | None
) -> dict[str, Value]:
    return {
        "media": unit[0] if len(unit) == 1 else None,
        "pictures": canonical([one.hex() for one in unit]) if len(unit) > 1 else None,
        "event": unit[0].hex() if len(unit) > 1 else None,
        "deployment": deployment,
        "type": answer.type,
        "taxon": answer.taxon,
        "count": answer.count if answer.count is not None else (1 if answer.type == "animal" else None),
        "sex": answer.sex,
        "life_stage": answer.life_stage,
        "behaviour": answer.behaviour,
        "individual": answer.individual,
        "flank": answer.flank,
        "sureness": answer.sureness,
        "by": library.person,
        "at": library.now_ms(),
        "method": "human",
        "look": look,
        "tags": tags,
    }


def _deployment(db: Database, unit: Unit) -> Value:
    deployment: Value = None
    for media in unit:
        row = db.conn.execute("SELECT deployment FROM media WHERE id=? AND deleted=0", (media,)).fetchone()
        if row is None:
            raise DataProblem(
                "NO_RECORD",
                _("There is no picture with the id {id}.").format(id=media.hex()),
                _("Look it up with: ranger media list"),
            )
        if media != unit[0] and row[0] != deployment:
            raise DataProblem(
                "EVENT_SPLIT",
                _("These pictures are of different deployments and cannot be one event."),
                _("Say it of each deployment by itself."),
            )
        deployment = row[0]
    return deployment


class _Before:
    """What was said of the pictures before, read once for each picture."""

    def __init__(self, db: Database, person: bytes | None) -> None:
        self._db, self._person = db, person
        self._said: dict[bytes, list[Statement]] = {}

    def _of(self, unit: Unit) -> list[Statement]:
        for media in unit:
            if media not in self._said:
                self._said[media] = [one for one in statements.of_picture(self._db, media) if not one.is_machine]
        return [one for media in unit for one in self._said[media]]

    def plan(self, unit: Unit, *, replace: bool, settled: bool) -> dict[bytes, Statement]:
        """Statements of this person that no longer hold for the unit."""
        if not replace:
            return {}
        return {one.id: one for one in self._of(unit) if self._own(one) and (one.look == "settled") == settled}

    def beside(self, unit: Unit, answers: Sequence[Answer]) -> dict[bytes, Statement]:
        """Statements of this person that cannot stand beside these answers."""
        new = {(one.type, one.taxon, one.individual, one.sex, one.life_stage) for one in answers}
        mine = self.plan(unit, replace=True, settled=False)
        return {
            record: one
            for record, one in mine.items()
            if one.type in ("blank", "unknown", "unclassified")
            or (one.type, one.taxon, one.individual, one.sex, one.life_stage) in new
        }

    def _own(self, one: Statement) -> bool:
        # What somebody not listed here said is no answer of the one who did not say who they are.
        return one.by == self._person and not (one.by is None and one.by_name)

    def others(self, unit: Unit) -> bool:
        """Whether somebody else has looked at any of these."""
        return any(one.type != "unclassified" and not self._own(one) for one in self._of(unit))

    def taken_back(self, plans: Sequence[dict[bytes, Statement]]) -> list[Op]:
        """Deletions, and for longer events the pictures that are left."""
        old = {record: one for plan in plans for record, one in plan.items()}
        named = set(self._said)
        ops: list[Op] = []
        for record, one in old.items():
            left = [media for media in one.pictures if media not in named]
            if left:
                ops.append(change("observation", record, {"pictures": canonical([media.hex() for media in left])}))
            else:
                ops.append(delete("observation", record))
        return ops
