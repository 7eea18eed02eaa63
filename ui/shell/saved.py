"""What the bottom line says about safety: everything typed is saved, and when the last backup was made."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import settings
from ui.numbers import day


def newest_backup(library: Library) -> float | None:
    """When the last backup was made, in seconds since 1970; None without any."""
    with library.read() as db:
        made = settings.get(db, "backup.at")
    return int(made) / 1000 if made else None


def sentence(library: Library) -> str:
    """ "All work saved · last backup today 08:10"."""
    made = newest_backup(library)
    if made is None:
        return _("All work saved · no backup yet")
    zone = timezone(timedelta(minutes=library.station.utc_offset))
    there, now = datetime.fromtimestamp(made, zone), datetime.fromtimestamp(library.now_ms() / 1000, zone)
    if there.date() == now.date():
        return _("All work saved · last backup today {time}").format(time=there.strftime("%H:%M"))
    return _("All work saved · last backup {day}").format(day=day(there.date()))
