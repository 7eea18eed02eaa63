"""When a deployment began and ended: dates that a person typed stand, others follow its pictures.

A camera is set up before its first picture and taken down after its last, so typed dates are worth more than these.
"""

from __future__ import annotations

from dataclasses import dataclass

from ranger_app.domain.fields import Value
from ranger_app.domain.time import Correction, corrected, corrections
from ranger_app.store import rows
from ranger_app.store.connection import Database
from ranger_app.store.log import Log

FROM_PICTURES = frozenset({"ingest", "date pictures"})
"""The labels of acts that set a deployment's dates from its pictures."""
_LABEL = (
    "SELECT coalesce((SELECT u.label FROM batch AS u WHERE u.origin = b.origin AND u.incarnation = b.incarnation"
    " AND u.n = b.undoes), b.label) FROM batch AS b WHERE b.key = ?"
)
"""An undo is of the kind of what it takes back."""
_DATES = ("start", "end")


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when, in local time, people say the camera stood; empty where they said nothing."""

    start: str = ""
    end: str = ""
    corrections: tuple[Correction, ...] = ()

    def leaves_out(self, camera_time: str) -> bool:
        """Whether a camera time, once corrected, lies before the typed start or after the typed end."""
        if not self.start and not self.end:
            return False
        right = corrected(camera_time, self.corrections) if self.corrections else None
        text = right.replace(tzinfo=None).isoformat(timespec="seconds") if right else camera_time
        return bool((self.start and text < self.start) or (self.end and text > self.end))


def typed(db: Database, deployment: bytes) -> frozenset[str]:
    """Which of ``start`` and ``end`` somebody typed or brought from elsewhere, told by the acts that wrote them."""
    row = db.conn.execute("SELECT batch FROM deployment WHERE id=?", (deployment,)).fetchone()
    if row is None:
        return frozenset()
    log = Log(db)
    names: set[str] = set()
    batches = [row[0]] if row[0] is not None else []
    edits = db.conn.execute("SELECT DISTINCT batch FROM edit WHERE id=? AND kind='deployment'", (deployment,))
    for batch in [*batches, *(one[0] for one in edits.fetchall())]:
        if db.conn.execute(_LABEL, (batch,)).fetchone()[0] in FROM_PICTURES:
            continue
        for op in log.opened(batch).ops:
            if op.id == deployment and op.kind == "deployment":
                names.update(name for name in _DATES if name in op.fields)
    return frozenset(names)


def window(db: Database, deployment: bytes) -> Window:
    """The dates that people typed for a deployment, with the corrections of its clock."""
    found = rows.get(db, "deployment", deployment)
    if found is None or not (found["start"] or found["end"]):
        return Window()
    names = typed(db, deployment)
    start, end = (found.text(name) if name in names else "" for name in _DATES)
    return Window(start, end, tuple(corrections(found["clock_corrections"])))


def from_pictures(db: Database, deployment: bytes, *, follow: bool) -> dict[str, Value]:
    """What to set so that the dates span the pictures: empty ones, and with ``follow`` all that nobody typed."""
    found = rows.get(db, "deployment", deployment)
    if found is None or found.deleted:
        return {}
    spans = db.conn.execute(
        "SELECT min(camera_time), max(camera_time) FROM media WHERE deployment=? AND deleted=0", (deployment,)
    ).fetchone()
    different = [
        (name, time) for name, time in zip(_DATES, spans, strict=True) if time is not None and found[name] != time
    ]
    said = typed(db, deployment) if follow and any(found[name] for name, _time in different) else frozenset()
    return {name: time for name, time in different if found[name] is None or (follow and name not in said)}
