"""This library's own settings: name and value as text, never exchanged."""

from __future__ import annotations

from ranger_app.store.connection import Database


def get(db: Database, name: str, default: str = "") -> str:
    """The value of a setting, ``default`` where it was never set."""
    row = db.conn.execute("SELECT value FROM setting WHERE name=?", (name,)).fetchone()
    return str(row[0]) if row else default


def put(db: Database, name: str, value: str) -> None:
    """Set a setting; the caller holds a transaction."""
    db.conn.execute(
        "INSERT INTO setting VALUES (?,?) ON CONFLICT(name) DO UPDATE SET value=excluded.value", (name, value)
    )
