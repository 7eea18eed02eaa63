"""What must be true before a report leaves, and the ledger's row for one that left as paper or PDF."""

from __future__ import annotations

from pathlib import Path

from ranger_app.actions import ledger, permission
from ranger_app.actions.analysis import Question
from ranger_app.domain import sharing
from ranger_app.library import Library
from ranger_app.media.vault import hash_file

PRINTED = "printer"
"""The ledger's place of a report that was printed."""


def allow(library: Library, question: Question) -> None:
    """DataProblem ROLE_NEEDED where names are asked for by somebody who may not give them away."""
    if question.exact:
        permission.require(library, permission.EXCHANGE)


def may_exactly(library: Library) -> bool:
    """Whether whoever is at work may give names of places away."""
    role = permission.role(library)
    return role is None or role in permission.EXCHANGE


def note(library: Library, name: str, question: Question, file: Path | None) -> None:
    """Write a report that was saved as the PDF ``file``, or printed where that is None, into the ledger."""
    ledger.note_file(
        library,
        "report",
        name,
        place=PRINTED if file is None else str(file.parent),
        rule=ledger.EXACT if question.exact else sharing.to_text(sharing.OPEN),
        bytes=0 if file is None else file.stat().st_size,
        digest="" if file is None else hash_file(file),
    )
