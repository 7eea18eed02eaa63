"""When one camera worked: its strip of the calendar and its trap nights, with the rule they are counted by."""

from __future__ import annotations

from datetime import date

from ranger_app.actions import effort
from ranger_app.actions.effort import Station, Worked
from ranger_app.domain.effort import ALL, ONE, RULES, SUM, rule_words
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.camera_traps.calendar_strip import CalendarStrip, Legend, strip_of
from ui.numbers import decimal
from ui.widgets.card import Card
from ui.widgets.text import label, muted


class WorkedCard(Card):
    """The strip of one deployment."""

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(_("When it worked"))
        self._library, self._bridge = library, bridge
        self._asked = 0
        self._days: dict[bytes, tuple[date, ...]] = {}
        self.nights = label("", "strong")
        self.head.addWidget(self.nights)
        self.strip = CalendarStrip(single=True)
        self.strip.days_of = self._days.get
        self.body.addWidget(self.strip)
        self.body.addWidget(Legend())
        self.remark = muted("")
        self.body.addWidget(self.remark)

    def read(self, record: bytes) -> None:
        """Show when this deployment worked."""
        self._asked += 1
        asked = self._asked

        def run(_cancel: object) -> tuple[Worked | None, Station | None, tuple[date, ...]]:
            with self._library.read() as db:
                stations = effort.stations(db)
                days = effort.days_with_pictures(db, record)
            for station in stations:
                for one in station.deployments:
                    if one.id == record:
                        return one, effort.beside(one, station), days
            return None, None, days

        self._bridge.run(run, lambda found: self._show(*found) if asked == self._asked else None, owner=self)

    def _show(self, one: Worked | None, station: Station | None, days: tuple[date, ...]) -> None:
        if one is None or station is None:
            return
        self._days[one.id] = days
        known = one.effort
        self.strip.show_strips([strip_of(one)])
        self.strip.setVisible(known is not None or bool(one.start and not one.end))
        self.nights.setText("" if known is None else _("{nights} trap nights").format(nights=decimal(known.nights)))
        lines = [one.unknown]
        if known is not None:
            failed = _("Failures take {n} nights.").format(n=decimal(known.failed)) if known.failed else ""
            lines = [" ".join(part for part in (failed, rule_words()) if part)]
        lines.append(_of_station(station))
        self.remark.setText("\n".join(line for line in lines if line))


def _of_station(station: Station) -> str:
    """The nights of a station of several cameras under each rule; empty for one that stands alone."""
    counted = {rule: found.nights for rule in RULES if (found := station.effort(rule)) is not None}
    if len(station.deployments) < 2 or not counted:
        return ""
    return _(
        "Station {name}: {one} nights where its cameras count once, {sum} added up, {all} only while all set up work."
    ).format(name=station.name, one=decimal(counted[ONE]), sum=decimal(counted[SUM]), all=decimal(counted[ALL]))
