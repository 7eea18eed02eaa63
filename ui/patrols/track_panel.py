"""A patrol's track: the sketch, effort raw, cleaned and excluded side by side, and why points were left out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ranger_app.actions.patrol_read import Figures, PatrolPage
from ranger_app.i18n import _, ngettext
from ui.numbers import clock, decimal, number
from ui.patrols.sketch_view import SketchView
from ui.patrols.words import reason_word
from ui.widgets.chip import Chip
from ui.widgets.text import label, muted

_RIGHT = Qt.AlignmentFlag.AlignRight


class TrackPanel(QWidget):
    """Shows a PatrolPage's track."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.sketch = SketchView()
        column.addWidget(self.sketch, 1)
        self.legend = label("", "sentence")
        column.addWidget(self.legend)
        below = QHBoxLayout()
        below.setSpacing(24)
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(4)
        grid.addWidget(label(_("Effort"), "muted"), 0, 0)
        grid.addWidget(label(_("km"), "muted"), 0, 1, _RIGHT)
        grid.addWidget(label(_("hours"), "muted"), 0, 2, _RIGHT)
        self._cells: list[tuple[QLabel, QLabel]] = []
        for row, word in enumerate((_("Raw"), _("Cleaned"), _("Excluded")), 1):
            role = "strong" if row == 2 else ""
            km, hours = label("", role), label("", role)
            grid.addWidget(label(word, role), row, 0)
            grid.addWidget(km, row, 1, _RIGHT)
            grid.addWidget(hours, row, 2, _RIGHT)
            self._cells.append((km, hours))
        below.addLayout(grid)
        right = QVBoxLayout()
        right.setSpacing(4)
        self.points = label("", "muted", wrap=True)
        right.addWidget(self.points)
        self._reasons = QGridLayout()
        self._reasons.setHorizontalSpacing(8)
        self._reasons.setVerticalSpacing(4)
        right.addLayout(self._reasons)
        right.addStretch(1)
        below.addLayout(right, 1)
        column.addLayout(below)
        self.none = muted("")
        column.addWidget(self.none)

    def show_page(self, page: PatrolPage) -> None:
        """Show the track of ``page``."""
        own = page.origin is None or page.origin.own
        self.sketch.show_sketch(page.sketch, own)
        for (km, hours), figures in zip(self._cells, (page.raw, page.cleaned, page.left_out), strict=True):
            km.setText(_km(figures))
            hours.setText(clock(figures.seconds) or "–")
        points = sum(one.points for one in page.tracks)
        source = ", ".join(dict.fromkeys(one.source for one in page.tracks if one.source))
        words = ngettext("{n} point recorded", "{n} points recorded", points).format(n=number(points))
        self.points.setText(f"{words} · {source}" if source else words)
        while (item := self._reasons.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for row, (code, count) in enumerate(page.excluded.items()):
            self._reasons.addWidget(Chip(number(count), "attention"), row, 0)
            self._reasons.addWidget(label(reason_word(code), "sentence"), row, 1)
        self._reasons.setColumnStretch(1, 1)
        self.none.setVisible(not page.tracks)
        self.none.setText(_("This patrol has no track. It then has no kilometres, which is not the same as zero."))
        parts = [_("● start"), _("○ end")] if page.sketch.lines else []
        if any(line.planned for line in page.sketch.lines):
            parts.append(_("– – planned way"))
        if page.sketch.left_out:
            parts.append(_("× left out"))
        if page.sketch.marks:
            parts.append(_("◆ waypoint"))
        if page.sketch.outside:
            far = page.sketch.outside
            parts.append(ngettext("{n} waypoint lies outside", "{n} waypoints lie outside", far).format(n=number(far)))
        self.legend.setText("    ".join(parts))
        self.legend.setVisible(bool(parts))


def _km(figures: Figures) -> str:
    return "–" if figures.metres is None else decimal(figures.metres / 1000, 2)
