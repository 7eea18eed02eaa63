"""Reviewing by events: the gap that makes one, whether a key names all of it, and the events of a deployment listed."""

from __future__ import annotations

from datetime import UTC, datetime

from ranger_app.domain.events import GAP
from ranger_app.domain.time import offset_text
from ranger_app.errors import UsageProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import events, settings
from ranger_app.store.connection import Database

MOST_GAP = 86_400
"""Seconds: a longer gap would make one event of everything."""
_GAP, _WHOLE = "review.gap", "review.whole_event"


def gap(db: Database) -> int:
    """Seconds between two pictures of one event at most, as this library has it."""
    try:
        kept = int(settings.get(db, _GAP, str(GAP)))
    except ValueError:
        return GAP
    return kept if 0 <= kept <= MOST_GAP else GAP


def keep_gap(library: Library, seconds: int) -> None:
    """Set the gap of this library. UsageProblem for less than nothing or more than a day."""
    if not 0 <= seconds <= MOST_GAP:
        raise UsageProblem(
            "GAP_WRONG", _("This is no time between two pictures."), _("Give seconds, from 0 to 86400 (a day).")
        )
    library.write(lambda db: settings.put(db, _GAP, str(seconds)))


def whole_event(db: Database) -> bool:
    """Whether a key names the whole event; it does unless somebody said no."""
    return settings.get(db, _WHOLE, "1") != "0"


def keep_whole_event(library: Library, on: bool) -> None:
    """Keep whether a key names the whole event."""
    library.write(lambda db: settings.put(db, _WHOLE, "1" if on else "0"))


def events_of(library: Library, deployment: bytes, seconds: int | None = None) -> dict[str, object]:
    """The events of a deployment as the command line prints them: ``gap`` and ``events`` in order.

    An event's id is that of its first picture; start and end carry the deployment's UTC offset.
    """
    if seconds is not None and not 0 <= seconds <= MOST_GAP:
        raise UsageProblem(
            "GAP_WRONG", _("This is no time between two pictures."), _("Give seconds, from 0 to 86400 (a day).")
        )
    with library.read() as db:
        apart = gap(db) if seconds is None else seconds
        row = db.conn.execute("SELECT utc_offset FROM deployment WHERE id = ?", (deployment,)).fetchone()
        offset = row[0] if row and row[0] is not None else library.station.utc_offset
        found = events.of_deployment(db, deployment, apart)
    return {
        "gap": apart,
        "events": [
            {
                "id": pictures[0][0].hex(),
                "deployment_id": deployment.hex(),
                "start": _moment(pictures[0][1], offset),
                "end": _moment(pictures[-1][1], offset),
                "pictures": [record.hex() for record, _time, _shown in pictures],
                "shown": sorted({shown for _record, _time, shown in pictures if shown}),
            }
            for pictures in found
        ],
    }


def _moment(seconds: int | None, offset: int) -> str | None:
    if seconds is None:
        return None
    local = datetime.fromtimestamp(seconds + offset * 60, UTC).replace(tzinfo=None)
    return local.isoformat() + offset_text(offset)
