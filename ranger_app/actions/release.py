"""Which counts may be given beyond partners: each site names to whom, and only the station that made it says so.

Consent is a country's own. A survey of a site that is not released stays out of what is published, and that is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ranger_app.actions import records
from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.i18n import N_, _, ngettext
from ranger_app.library import Library
from ranger_app.store import origins, rows
from ranger_app.store.connection import Database

RECEIVERS: dict[str, str] = {
    "gbif": N_("GBIF"),
    "iwc": N_("International Waterbird Census"),
    "ramsar": N_("Ramsar Secretariat"),
    "eaafp": N_("Flyway Partnership (EAAFP)"),
    "open": N_("anybody"),
}
"""To whom counts of a site may be given, by code."""
PARTS = ("sector", "viewpoint")


def release(library: Library, site: bytes, to: Iterable[str]) -> Changes:
    """Say to whom counts of a site may be given; nobody takes it back.

    UsageProblem for a word that is no receiver. DataProblem ROLE_NEEDED unless a manager is at work (taking it back
    needs no role), NOT_OURS for a site of another station: its country gives its counts away, nobody else.
    """
    words = list(dict.fromkeys(word.strip().casefold() for one in to for word in one.replace(",", " ").split()))
    unknown = [word for word in words if word not in RECEIVERS]
    if unknown:
        raise UsageProblem(
            "RECEIVER_UNKNOWN",
            _("There is no receiver called {name}.").format(name=unknown[0]),
            _("Use one of: {words}.").format(words=", ".join(RECEIVERS)),
        )
    with library.read() as db:
        records.existing(db, "location", site)
        origin = origins.of(db, "location", site, library.station)
        if origin is not None and not origin.own:
            raise DataProblem(
                "NOT_OURS",
                _("{site} is a site of {station}.").format(
                    site=records.title(db, "location", site), station=origin.name
                ),
                _("Ask them to release its counts."),
            )
    return records.edit(library, "location", site, {"release": " ".join(words) or None})


class Released:
    """Asks of many sites whether their counts may be given to ``receiver``, and remembers which might not."""

    def __init__(self, db: Database, receiver: str, *, everything: bool) -> None:
        """``everything``: no release is needed, because one partner's rule or exactness was asked for."""
        self._db = db
        self._receiver = receiver
        self._everything = everything
        self._known: dict[bytes, tuple[bool, str]] = {}
        self.left_out: Counter[str] = Counter()
        """Surveys by the country of their site."""

    def allows(self, site: Value) -> bool:
        """Whether counts of this site may be given; one that stays is noted."""
        if self._everything:
            return True
        if not isinstance(site, bytes):
            self.left_out[""] += 1
            return False
        if site not in self._known:
            self._known[site] = self._read(site)
        allowed, country = self._known[site]
        if not allowed:
            self.left_out[country] += 1
        return allowed

    def _read(self, site: bytes) -> tuple[bool, str]:
        record = rows.get(self._db, "location", site)
        if record is None or record.deleted:
            return False, ""
        words, country = record.text("release").split(), record.text("country")
        above = record["part_of"]
        # A sector is released with its site, but no country releases what another calls a part of its own.
        if record["type"] in PARTS and isinstance(above, bytes) and self._maker(above) == self._maker(site):
            whole = rows.get(self._db, "location", above)
            if whole is not None:
                words += whole.text("release").split()
                country = country or whole.text("country")
        return bool({self._receiver, "open"} & set(words)), country

    def _maker(self, location: bytes) -> bytes | None:
        row = self._db.conn.execute(
            "SELECT b.origin FROM location AS l JOIN batch AS b ON b.key = l.batch WHERE l.id=?", (location,)
        ).fetchone()
        return row[0] if row else None

    def reasons(self) -> list[str]:
        """Sentences on what stays, by country."""
        found = []
        for country, number in sorted(self.left_out.items()):
            text = ngettext(
                "{n} survey in {country} was left out: its site is not released to {receiver}.",
                "{n} surveys in {country} were left out: their sites are not released to {receiver}.",
                number,
            )
            receiver = _(RECEIVERS[self._receiver])
            found.append(text.format(n=number, country=country or _("an unnamed country"), receiver=receiver))
        return found
