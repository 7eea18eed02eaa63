"""Times of one deployment that cannot be right, each with one button towards what would mend it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ranger_app.actions import time_check
from ranger_app.actions.time_check import Doubt
from ranger_app.domain.clock import readable
from ranger_app.domain.clock_checks import Finding
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.numbers import number
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.text import label, muted


class DoubtsCard(Card):
    """Hidden while nothing is wrong. ``clock_wanted(finding)`` for a correction to look at, ``dates_wanted(finding)``
    to set the deployment's dates.
    """

    clock_wanted = Signal(object)
    dates_wanted = Signal(object)

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(_("Times to check"))
        self._library, self._bridge = library, bridge
        self._asked = 0
        self.doubts: list[Doubt] = []
        self.buttons: list[QPushButton] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(12)
        self.body.addLayout(self._list)
        self.hide()

    def read(self, record: bytes | None) -> None:
        """Look for times of this deployment that cannot be right."""
        self._asked += 1
        asked = self._asked
        if record is None:
            self._show([])
            return
        self._bridge.run(
            lambda _cancel: time_check.doubts(self._library, {record}),
            lambda found: self._show(found) if asked == self._asked else None,
            owner=self,
        )

    def _show(self, doubts: list[Doubt]) -> None:
        self.doubts = doubts
        self.buttons = []
        while (item := self._list.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for one in doubts:
            self._list.addWidget(self._part(one.finding))
        self.setVisible(bool(doubts))

    def _part(self, finding: Finding) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label(time_check.words(finding), "strong", wrap=True))
        lines = []
        if finding.first:
            lines.append(
                _("The camera wrote {first} to {last}.").format(
                    first=readable(finding.first), last=readable(finding.last)
                )
            )
        proposed = time_check.proposed(finding)
        if proposed:
            lines.append(_("Proposed: {what}.").format(what=proposed))
        if finding.rough:
            lines.append(_("The true time is not known exactly; the deployment is marked so."))
        if not proposed and finding.first:
            lines.append(_("Correct the clock below, or the deployment's dates."))
        column.addWidget(muted("\n".join(lines)))
        if proposed:
            row = QHBoxLayout()
            made = button(self._action(finding), partial(self._wanted, finding))
            self.buttons.append(made)
            row.addWidget(made)
            row.addStretch(1)
            column.addLayout(row)
        return box

    @staticmethod
    def _action(finding: Finding) -> str:
        proposal = finding.proposal or {}
        n = finding.pictures
        if "method" not in proposal:
            return _("Set these dates")
        texts = {
            "day_month": ngettext("Swap day and month of {n} picture", "Swap day and month of {n} pictures", n),
            "year": ngettext("Correct the year of {n} picture", "Correct the year of {n} pictures", n),
        }
        return texts.get(
            proposal["method"], ngettext("Shift the time of {n} picture", "Shift the time of {n} pictures", n)
        ).format(n=number(n))

    def _wanted(self, finding: Finding) -> None:
        if finding.proposal and "method" in finding.proposal:
            self.clock_wanted.emit(finding)
        else:
            self.dates_wanted.emit(finding)
