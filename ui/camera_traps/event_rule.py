"""The rule of events over the grid: whether a key names the whole event, and which pictures make one, in words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QWidget

from ranger_app.i18n import _, ngettext
from ui.camera_traps.filter_line import PickBox
from ui.camera_traps.reviewer import Reviewer
from ui.camera_traps.source import ReviewSource

GAPS = (5, 10, 30, 60, 120, 300, 600, 1800, 3600)
"""Seconds offered; another one set from outside is offered too."""


def gap_words(seconds: int) -> str:
    """The rule in words, in the largest whole unit."""
    if seconds and seconds % 60 == 0:
        minutes = seconds // 60
        return ngettext("up to {n} minute apart", "up to {n} minutes apart", minutes).format(n=minutes)
    return ngettext("up to {n} second apart", "up to {n} seconds apart", seconds).format(n=seconds)


class EventRule(QWidget):
    """``left`` when the keyboard goes back to the pictures."""

    left = Signal()

    def __init__(self, reviewer: Reviewer, source: ReviewSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reviewer, self._source = reviewer, source
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 0, 0)
        row.setSpacing(8)
        self.whole = QCheckBox(_("Whole event") + "   W")
        self.whole.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.whole.clicked.connect(reviewer.set_whole)
        row.addWidget(self.whole)
        self.gap = PickBox()
        self.gap.setAccessibleName(_("Pictures of one event are"))
        self.gap.setToolTip(_("Pictures of one camera belong to one event while they are no further apart."))
        self.gap.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.gap.activated.connect(lambda index: reviewer.set_gap(self.gap.itemData(index)))
        self.gap.closed.connect(self.left)
        row.addWidget(self.gap)
        self.show_rule()

    def show_rule(self) -> None:
        """The rule as it stands."""
        self.whole.setChecked(self._reviewer.whole)
        gap = self._source.gap
        offered = sorted({*GAPS, gap})
        if [self.gap.itemData(n) for n in range(self.gap.count())] != offered:
            self.gap.clear()
            for seconds in offered:
                self.gap.addItem(gap_words(seconds), seconds)
        self.gap.setCurrentIndex(offered.index(gap))
