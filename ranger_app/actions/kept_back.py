"""What another station keeps back, said in words here: never shown as blank, and never typed over."""

from __future__ import annotations

from collections.abc import Iterable

from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.store import withheld
from ranger_app.store.connection import Database


def word() -> str:
    """What stands in place of a value that is not here."""
    return _("(withheld)")


def name(db: Database, kind: str, record: bytes, known: str | None) -> str:
    """A record's name; where it is withheld a word with the beginning of the id, which tells such records apart."""
    if known:
        return known
    return f"{word()} {record.hex()[:6]}" if withheld.groups_of(db, kind, record) else ""


def check(db: Database, kind: str, record: bytes, fields: Iterable[str]) -> None:
    """DataProblem WITHHELD_HERE where a field is to be set of which the record's station keeps something back.

    Who has not seen a value cannot say what should stand in its place: the edit would overwrite it everywhere.
    """
    if withheld.fields_of(db, kind, record).isdisjoint(fields):
        return
    raise DataProblem("WITHHELD_HERE", _("This is withheld by its station."), _("Write a note instead."))
