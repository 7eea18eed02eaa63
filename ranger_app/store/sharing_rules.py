"""The sharing rule of each partner, as it was set here; it never travels."""

from __future__ import annotations

from ranger_app.store.connection import Database


def put(db: Database, station_id: bytes, clearance: str, rule: str) -> None:
    """Keep a partner's clearance and rule (JSON, empty where the clearance's own holds)."""
    db.conn.execute("UPDATE station SET clearance=?, rule=? WHERE id=?", (clearance, rule, station_id))
