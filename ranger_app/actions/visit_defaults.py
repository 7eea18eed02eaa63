"""What a new visit proposes, so that almost nothing must be typed: how somebody counts at a site rarely changes.

Only what is the same from visit to visit is carried over; what the day was like is asked, or taken from a visit of the
days before where ice and water cannot have changed much.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from ranger_app.domain import visit_words
from ranger_app.domain.fields import Value
from ranger_app.domain.seasons import Limits, days_apart, limits_of, season_of
from ranger_app.domain.values import canonical
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.connection import Database
from ranger_app.store.rows import Record

STEADY = (
    "start",
    "end",
    "observers",
    "method",
    "transport",
    "coverage",
    "kind",
    "complete",
    "not_counted",
    "utc_offset",
)
"""What a visit usually has in common with the one before."""
OF_THESE_DAYS = ("ice", "snow", "water")
"""What a visit of the same season at most this many days ago tells too."""
DAYS = 14
_LOOKED_AT = 60


@dataclass(slots=True)
class Proposal:
    """Values for a new visit. ``of`` is the date of the visit they come from, empty where there is none."""

    values: dict[str, Value] = field(default_factory=dict)
    of: str = ""


def limits(db: Database, site: bytes | None) -> Limits:
    """The seasons of a site: its own, else those of the site it is part of, else the usual ones."""
    seen: set[bytes] = set()  # two places may be part of one another: each station wrote one of the two
    while site is not None and site not in seen:
        seen.add(site)
        row = db.conn.execute("SELECT seasons, part_of FROM location WHERE id=?", (site,)).fetchone()
        if row is None:
            break
        if row[0]:
            return limits_of(row[0])
        site = row[1]
    return limits_of(None)


def season(db: Database, site: bytes | None, date: str) -> str | None:
    """The kind of season that ``date`` lies in at a site; None where it lies in none or is no date."""
    try:
        datetime.date.fromisoformat(date)
    except ValueError:
        return None
    found = season_of(date, None, limits(db, site))
    return found.kind if found is not None else None


def propose(library: Library, site: bytes | None, date: str, person: bytes | None = None) -> Proposal:
    """Values for a visit of ``person`` (whoever works, where None) to ``site`` on ``date``.

    From the last visit there by the same person in the same season; else by the same person; else in the same season;
    else the last one there at all. Without a visit there, from the person's last visit anywhere, except the times.
    """
    person = person or library.person
    made = Proposal({"date": date or None, "site": site, "utc_offset": library.station.utc_offset})
    with library.read() as db:
        kind = season(db, site, date)
        before = _visits(db, site) if site is not None else []
        last = _best(before, person, kind)
        steady: Sequence[str] = STEADY
        if last is None and person is not None:
            who = f'%"{person.hex()}"%'
            last = next(rows.find(db, "survey", "observers LIKE ?", (who,), order="date DESC, key DESC", limit=1), None)
            steady = ("method", "transport", "coverage", "kind", "complete", "utc_offset")
        if last is not None:
            made.of = last.text("date")
            made.values |= {name: last[name] for name in steady if last[name] is not None}
            if not _valid_times(last):
                made.values |= {"start": None, "end": None}
        made.values["season"] = kind
        recent = next((one for one in before if days_apart(one.text("date"), date) <= DAYS), None)
        if recent is not None and recent["season"] == kind:
            made.values |= {name: recent[name] for name in OF_THESE_DAYS if recent[name] is not None}
    if person is not None and not _names(made.values.get("observers"), person):
        made.values["observers"] = canonical([person.hex()])
    made.values = {name: value for name, value in made.values.items() if value is not None}
    return made


def _visits(db: Database, site: bytes) -> list[Record]:
    return list(rows.find(db, "survey", "site=?", (site,), order="date DESC, key DESC", limit=_LOOKED_AT))


def _best(before: Sequence[Record], person: bytes | None, kind: str | None) -> Record | None:
    """The visit that most likely was like the next one; the newest of those that match best."""

    def fit(one: Record) -> int:
        return 2 * (person is not None and _names(one["observers"], person)) + (one["season"] == kind)

    return max(before, key=fit, default=None)  # the first of equals, and the newest stands first


def _names(observers: Value, person: bytes) -> bool:
    return isinstance(observers, str) and person.hex() in json.loads(observers)


def _valid_times(one: Record) -> bool:
    return not visit_words.questions({"start": one["start"], "end": one["end"]})
