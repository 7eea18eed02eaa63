"""People and places by the names that papers and files give them, whichever way these are typed."""

from __future__ import annotations

from ranger_app.domain.taxa import fold
from ranger_app.store import rows
from ranger_app.store.connection import Database


def person_named(db: Database, name: str) -> bytes | None:
    """The oldest person of this name, case and width apart; None where there is none."""
    wanted = fold(name)
    return next((record.id for record in rows.find(db, "person") if fold(record.text("name")) == wanted), None)
