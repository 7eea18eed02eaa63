"""All cameras as a calendar with their trap nights, the sum of them, and the rule they are counted by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions import effort
from ranger_app.actions.effort import Station, Worked
from ranger_app.changes import Changes
from ranger_app.domain.effort import ONE, SUM, rule_words
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.camera_traps.calendar_strip import CalendarStrip, Legend, strip_of
from ui.numbers import decimal, number
from ui.widgets.text import label, muted


class CalendarPage(QWidget):
    """``opened(id)`` to edit a deployment; ``loaded`` once the rows are shown."""

    opened = Signal(object)
    loaded = Signal()

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self._dirty = True
        self._asked = 0
        self._days: dict[bytes, tuple[date, ...]] = {}
        self._reading: set[bytes] = set()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.strip = CalendarStrip()
        self.strip.days_of = self._days.get
        self.strip.wanted.connect(self._read_days)
        self.strip.opened.connect(self.opened)
        column.addWidget(self.strip, 1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(Legend(), 1)
        self.total = label("", "strong")
        row.addWidget(self.total)
        column.addLayout(row)
        self.rule = muted("")
        column.addWidget(self.rule)
        self.setFocusProxy(self.strip)

    def refresh(self, changes: Changes | None) -> None:
        """Read again what changed, when it is seen."""
        if changes is None or {"deployment", "location", "media"} & changes.kinds:
            self._dirty = True
            if self.isVisible():
                self.read()

    def read(self) -> None:
        """Read all deployments."""
        self._dirty = False
        self._asked += 1
        asked = self._asked
        self._days.clear()
        self._reading.clear()

        def run(_cancel: object) -> tuple[list[Worked], list[Station]]:
            with self._library.read() as db:
                found = effort.deployments(db)
            return found, effort.grouped(found)

        self._bridge.run(run, lambda found: self._show(*found) if asked == self._asked else None, owner=self)

    def _show(self, found: list[Worked], stations: list[Station]) -> None:
        self.strip.show_strips([strip_of(one) for one in found])
        known = [one.effort.nights for one in found if one.effort is not None]
        words = ngettext("{nights} trap nights of {n} camera", "{nights} trap nights of {n} cameras", len(known))
        self.total.setText(words.format(nights=decimal(sum(known)), n=number(len(known))))
        lines = [rule_words()]
        unknown = len(found) - len(known)
        if unknown:
            text = ngettext("{n} deployment is not counted.", "{n} deployments are not counted.", unknown)
            lines.append(text.format(n=number(unknown)))
        if any(len(one.deployments) > 1 for one in stations):
            counted = {
                rule: sum(made.nights for one in stations if (made := one.effort(rule)) is not None)
                for rule in (ONE, SUM)
            }
            if counted[ONE] != counted[SUM]:
                text = _("{nights} where cameras of one station count once.")
                lines.append(text.format(nights=decimal(counted[ONE])))
        self.rule.setText(" ".join(lines))
        self.loaded.emit()

    def _read_days(self, wanted: Sequence[bytes]) -> None:
        """The days with pictures of the rows in sight, once each."""
        missing = [one for one in wanted if one not in self._reading]
        if not missing:
            return
        self._reading.update(missing)
        asked = self._asked

        def run(_cancel: object) -> dict[bytes, tuple[date, ...]]:
            with self._library.read() as db:
                return {one: effort.days_with_pictures(db, one) for one in missing}

        self._bridge.run(run, lambda found: self._have_days(found) if asked == self._asked else None, owner=self)

    def _have_days(self, found: dict[bytes, tuple[date, ...]]) -> None:
        self._days.update(found)
        self.strip.viewport().update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._dirty:
            self.read()
