"""People and places by the names that papers and files give them, whichever way these are typed."""

from __future__ import annotations

from collections.abc import Iterable

from ranger_app.domain.taxa import fold
from ranger_app.store import rows
from ranger_app.store.connection import Database


def person_named(db: Database, name: str) -> bytes | None:
    """The oldest person of this name, case and width apart; None where there is none."""
    wanted = fold(name)
    return next((record.id for record in rows.find(db, "person") if fold(record.text("name")) == wanted), None)


def one_meant(names: Iterable[tuple[bytes, str]], text: str) -> bytes | None:
    """The one record whose title ``text`` is, or begins, word by word; None where there is none, or several."""
    known = [(record, fold(name)) for record, name in names]
    wanted = fold(text)
    exact = [record for record, name in known if name == wanted or record.hex() == text]
    if exact or not wanted:
        return exact[0] if len(exact) == 1 else None
    parts = wanted.split()
    fits = [
        record
        for record, name in known
        if all(name.startswith(part) or any(word.startswith(part) for word in name.split()) for part in parts)
    ]
    return fits[0] if len(fits) == 1 else None
