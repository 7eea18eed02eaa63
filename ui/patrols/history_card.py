"""The history of a patrol as a list: each step with who took it, when and at which station, and what was asked for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions.patrol_history import APPROVED, CHANGED, DECIDED, RETURNED, SUBMITTED, Step
from ranger_app.i18n import _
from ui.numbers import moment
from ui.widgets.chip import Chip
from ui.widgets.text import hairline, label, muted

_TONES = {APPROVED: "own", RETURNED: "problem", SUBMITTED: "attention", CHANGED: "attention", DECIDED: "attention"}


class HistoryCard(QWidget):
    """Shows the steps it is given, the newest first; ``utc_offset`` is minutes east of UTC of the clock to show."""

    def __init__(self, utc_offset: int, steps: Sequence[Step] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offset = utc_offset
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._inner: QWidget | None = None
        self.steps: tuple[Step, ...] = ()
        self.show_steps(steps)

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Show these, given oldest first."""
        if self._inner is not None:
            self._inner.hide()
            self._inner.deleteLater()
        self.steps = tuple(steps)
        self._inner = QWidget()
        column = QVBoxLayout(self._inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for step in reversed(self.steps):
            if column.count():
                column.addWidget(hairline())
            column.addWidget(self._row(step))
        if not self.steps:
            column.addWidget(muted(_("Nothing happened to this patrol yet.")))
        column.addStretch(1)
        self._column.addWidget(self._inner)

    def _row(self, step: Step) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(Chip(step.word, _TONES.get(step.kind, "neutral")))
        top.addStretch(1)
        column.addLayout(top)
        column.addWidget(label(who_when(step, self._offset), "sentence", wrap=True))
        if step.comment:
            column.addWidget(label(_("“{comment}”").format(comment=step.comment), wrap=True))
        return row


def who_when(step: Step, utc_offset: int) -> str:
    """Who, when and where, as one line; who is left out where nobody said."""
    when = moment(step.at / 1000, utc_offset)
    return " · ".join(filter(None, (step.who, when, step.station)))
