"""When one camera worked: its strip of the calendar and its trap nights, with the rule they are counted by."""

from __future__ import annotations

from datetime import date

from ranger_app.actions import effort
from ranger_app.actions.effort import Worked
from ranger_app.domain.effort import rule_words
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

        def run(_cancel: object) -> tuple[list[Worked], tuple[date, ...]]:
            with self._library.read() as db:
                return effort.deployments(db, {record}), effort.days_with_pictures(db, record)

        self._bridge.run(run, lambda found: self._show(*found) if asked == self._asked else None, owner=self)

    def _show(self, found: list[Worked], days: tuple[date, ...]) -> None:
        if not found:
            return
        (one,) = found
        self._days[one.id] = days
        known = one.effort
        self.strip.show_strips([strip_of(one)])
        self.strip.setVisible(known is not None or bool(effort_since(one)))
        if known is None:
            self.nights.setText("")
            self.remark.setText(one.unknown)
            return
        self.nights.setText(_("{nights} trap nights").format(nights=decimal(known.nights)))
        failed = _("Failures take {n} nights.").format(n=decimal(known.failed)) if known.failed else ""
        self.remark.setText(" ".join(part for part in (failed, rule_words()) if part))


def effort_since(one: Worked) -> str:
    """When a camera was set up that was not taken down yet, empty otherwise."""
    return one.start if one.start and not one.end else ""
