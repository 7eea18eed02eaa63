"""Asking another person, blind, which animal an observation shows, and comparing the two answers.

Whoever is asked sees the pictures and the species, never the animal that was named; nothing is overwritten by an
answer, the two only stand beside each other.
"""

from __future__ import annotations

from dataclasses import dataclass

from ranger_app.actions import records
from ranger_app.actions.listing import Names
from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds_individual import OPINIONS
from ranger_app.domain.ops import change, create
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import animals, origins, rows
from ranger_app.store.connection import Database
from ranger_app.store.rows import Record


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that waits: what the observation is about, and nothing of what was answered before."""

    id: bytes
    observation: bytes
    media: tuple[bytes, ...]
    taxon: str | None
    asked_at: int


@dataclass(frozen=True, slots=True)
class Compared:
    """Two answers side by side. ``first`` is the animal the observation names now, ``second`` the opinion's.

    ``by`` and ``asked_by`` are names, "" where not known; ``at`` milliseconds since 1970. ``agrees``: both name the
    same animal, joined catalogues counted as one, or neither can tell.
    """

    id: bytes
    observation: bytes
    first: bytes | None
    second: bytes | None
    answer: str
    agrees: bool
    by: str
    asked_by: str
    at: int
    remarks: str = ""


def ask(library: Library, observation: bytes) -> bytes:
    """Ask for a second opinion on whom an observation shows; returns the question's id.

    A question of the same person that is still open is returned again. DataProblem NO_RECORD, or NO_PICTURE where
    there is nothing to look at.
    """
    with library.read() as db:
        records.existing(db, "observation", observation)
        if not _pictures(db, observation):
            raise DataProblem(
                "NO_PICTURE",
                _("This observation has no picture that somebody else could look at."),
                _("Ask about an observation of a picture."),
            )
        row = db.conn.execute(
            "SELECT id FROM second_opinion WHERE observation = ? AND asked_by IS ? AND answer IS NULL AND deleted = 0",
            (observation, library.person),
        ).fetchone()
    if row is not None:
        return bytes(row[0])
    record = library.new_id()
    asked: dict[str, Value] = {
        "observation": observation,
        "asked_by": library.person,
        "asked_at": library.now_ms(),
    }
    library.commit([create("second_opinion", record, asked)], label="ask second opinion")
    return record


def answer(
    library: Library, opinion: bytes, answer: str, individual: bytes | None = None, remarks: str | None = None
) -> Changes:
    """Answer "animal" (naming ``individual``), "new" or "cannot_tell".

    DataProblem NO_RECORD, ANSWER_WRONG, ANIMAL_MISSING, ALREADY_ANSWERED, or OWN_QUESTION for who asked, and who said
    which animal it is: neither looks blind.
    """
    if answer not in {choice.code for choice in OPINIONS}:
        raise DataProblem(
            "ANSWER_WRONG",
            _("{answer} is no second opinion.").format(answer=answer),
            _("Say: animal, new, or cannot_tell."),
        )
    if (answer == "animal") != (individual is not None):
        raise DataProblem(
            "ANIMAL_MISSING",
            _("The answer and the animal do not fit together."),
            _("Name the animal where it is a known one, and none where it is new or cannot be told."),
        )
    with library.read() as db:
        question = records.existing(db, "second_opinion", opinion)
        if question["answer"] is not None:
            raise DataProblem(
                "ALREADY_ANSWERED", _("This was answered already."), _("Ask for a second opinion once more.")
            )
        asked = _about(db, question)
        if asked is None or not _is_blind(library, db, question, asked):
            raise DataProblem(
                "OWN_QUESTION",
                _("Who asked, or named the animal first, cannot be the second opinion."),
                _("Let another person work here and answer."),
            )
        if individual is not None:
            records.existing(db, "individual", individual)
    told: dict[str, Value] = {"answer": answer, "by": library.person, "at": library.now_ms()}
    told |= {name: value for name, value in (("individual", individual), ("remarks", remarks)) if value is not None}
    return library.commit([change("second_opinion", opinion, told)], label="second opinion")


def open_for(library: Library, db: Database) -> list[Asked]:
    """Questions that the person at work may answer, oldest first: asked, and first answered, by somebody else."""
    found = []
    for question in rows.find(db, "second_opinion", "answer IS NULL"):
        asked = _about(db, question)
        if asked is None or not _is_blind(library, db, question, asked):
            continue
        pictures = _pictures(db, asked.id)
        if pictures:
            at = question["asked_at"]
            found.append(
                Asked(question.id, asked.id, pictures, asked.text("taxon") or None, at if isinstance(at, int) else 0)
            )
    return sorted(found, key=lambda one: (one.asked_at, one.id))


def answered(db: Database) -> list[Compared]:
    """Questions that were answered, the newest answer first."""
    here = animals.catalogues(db)
    names = Names(db)

    def name(person: Value) -> str:
        return names("person", person) if isinstance(person, bytes) else ""

    found = []
    for question in rows.find(db, "second_opinion", "answer IS NOT NULL"):
        asked = _about(db, question)
        if asked is None:
            continue
        told, at = question.text("answer"), question["at"]
        first, second = (
            one if isinstance(one, bytes) else None for one in (asked["individual"], question["individual"])
        )
        agrees = told == "cannot_tell" and first is None
        if told == "animal" and first is not None and second is not None:
            agrees = here.joins.of(first) == here.joins.of(second)
        found.append(
            Compared(
                question.id, asked.id, first, second, told, agrees, name(question["by"]), name(question["asked_by"]),
                at if isinstance(at, int) else 0, question.text("remarks"),
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (-one.at, one.id))


def _about(db: Database, question: Record) -> Record | None:
    """The observation that was asked about; None where it is not here."""
    observation = question["observation"]
    found = rows.get(db, "observation", observation) if isinstance(observation, bytes) else None
    return None if found is None or found.deleted else found


def _pictures(db: Database, observation: bytes) -> tuple[bytes, ...]:
    """The pictures that an observation is about, in the order they were taken."""
    found = db.conn.execute(
        "SELECT id FROM media WHERE deleted = 0 AND (id = (SELECT media FROM observation WHERE id = ?1)"
        " OR id IN (SELECT media FROM event_picture WHERE observation = ?1)) ORDER BY taken_at, key",
        (observation,),
    )
    return tuple(row[0] for row in found)


def _is_blind(library: Library, db: Database, question: Record, asked: Record) -> bool:
    """Whether the person at work neither asked nor said first which animal it is.

    Where nobody says who works, whatever this station's unnamed hands did counts as their own.
    """
    person = library.person
    if person is not None:
        return person not in (question["asked_by"], asked["by"])
    made = {origins.of(db, one.kind, one.id, library.station) for one in (question, asked) if _unnamed(one)}
    return not any(origin is not None and origin.own for origin in made)


def _unnamed(record: Record) -> bool:
    if record.kind == "second_opinion":
        return record["asked_by"] is None
    return record["by"] is None and not record.text("by_name")
