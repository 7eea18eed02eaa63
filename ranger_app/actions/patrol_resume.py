"""An import of patrols that was cut off between two batches goes on where it stood when it is asked for again.

A note of how far it came stands in the library's own settings, written in the transaction of each batch and removed in
that of the last, so it is never wrong.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from ranger_app.library import Library
from ranger_app.store import rows, settings
from ranger_app.store.connection import Database

_NAME = "patrol.import."


@dataclass(frozen=True, slots=True)
class Begun:
    """What of an import is here: ``done`` of its operations, under the act whose first batch is ``act``."""

    act: int
    done: int
    person: bytes | None
    """The leader that it added."""
    patrols: tuple[bytes, ...]
    """Ids of all its patrols in the order of the files, those that are not yet here too."""


def name_of(asked: Sequence[object]) -> str:
    """The setting of an import, by all that decides what it writes."""
    digest = hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode()).hexdigest()
    return f"{_NAME}{digest[:32]}"


def begun(db: Database, library: Library, name: str) -> Begun | None:
    """The import of this name that was cut off; None where there is none or what it made was deleted since."""
    try:
        found = json.loads(settings.get(db, name, "null"))
        if found is None:
            return None
        act, done, writer = int(found["act"]), int(found["done"]), str(found["incarnation"])
        person = bytes.fromhex(found["person"]) if found["person"] else None
        patrols = tuple(map(bytes.fromhex, found["patrols"]))
    except (ValueError, KeyError, TypeError):
        return None
    first = rows.get(db, "patrol", patrols[0]) if patrols else None
    if first is None or first.deleted or writer != library.station.incarnation.hex():
        return None  # a copy of the library numbers its batches anew
    return Begun(act, done, person, patrols)


def note(db: Database, library: Library, name: str, at: Begun | None) -> None:
    """Note how far an import came, or None for its end; the caller holds the transaction."""
    if at is None:
        db.conn.execute("DELETE FROM setting WHERE name=?", (name,))
        return
    person = at.person.hex() if at.person else ""
    text = {
        "act": at.act,
        "done": at.done,
        "incarnation": library.station.incarnation.hex(),
        "person": person,
        "patrols": [one.hex() for one in at.patrols],
    }
    settings.put(db, name, json.dumps(text))
