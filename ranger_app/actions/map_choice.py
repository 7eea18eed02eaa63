"""Which layers this library's map shows, in what order and how strongly: kept for the next time, never exchanged."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from ranger_app.library import Library
from ranger_app.store import settings
from ranger_app.store.connection import Database

_SETTING = "map.shown"


@dataclass(slots=True)
class Shown:
    """One layer as a person chose to see it. ``opacity`` in percent."""

    id: str
    on: bool = True
    opacity: int = 100


def load(library: Library) -> list[Shown]:
    """The choices from below to above; empty where nobody chose yet."""
    with library.read() as db:
        text = settings.get(db, _SETTING)
    try:
        found = json.loads(text) if text else []
        return [Shown(str(one[0]), bool(one[1]), min(100, max(0, int(one[2])))) for one in found]
    except (ValueError, TypeError, IndexError, KeyError):
        return []


def save(library: Library, shown: Sequence[Shown]) -> None:
    """Keep the choices."""
    text = json.dumps([[one.id, int(one.on), one.opacity] for one in shown])

    def put(db: Database) -> None:
        settings.put(db, _SETTING, text)

    library.write(put)
