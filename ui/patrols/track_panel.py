"""A patrol's track: the sketch, effort raw, cleaned and excluded side by side, and why points were left out.

The marked points stand in a list that the arrows walk; a person who was there can say that they count after all.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions import track_judgement
from ranger_app.actions.listing import Line
from ranger_app.actions.patrol_places import Spot
from ranger_app.actions.patrol_read import Figures, MarkedRun, PatrolPage
from ranger_app.geo.tracks import LEFT_OUT
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.numbers import clock, decimal, number
from ui.patrols.sketch_view import SketchView
from ui.patrols.words import reason_word
from ui.widgets.buttons import button, primary
from ui.widgets.empty_state import EmptyState
from ui.widgets.table import LinesModel, LineTable
from ui.widgets.text import label, muted

_RIGHT = Qt.AlignmentFlag.AlignRight


class TrackPanel(QWidget):
    """Shows a PatrolPage's track. ``pointed(Spot)``: a place of the sketch that a person clicked."""

    pointed = Signal(object)
    chosen = Signal()
    """Another run of marked points is chosen."""

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self._runs: list[MarkedRun] = []
        self._patrol: bytes | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.sketch = SketchView()
        self.sketch.take_points()
        self.sketch.pointed.connect(self._point)
        column.addWidget(self.sketch, 1)
        self.legend = label("", "sentence", wrap=True)
        column.addWidget(self.legend)
        below = QHBoxLayout()
        below.setSpacing(24)
        left = QVBoxLayout()
        left.setSpacing(4)
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
        left.addLayout(grid)
        self.points = label("", "muted", wrap=True)
        left.addWidget(self.points)
        left.addStretch(1)
        below.addLayout(left)
        below.addWidget(self._judged(), 1)
        column.addLayout(below)
        line = QHBoxLayout()
        self.said = label("", "sentence", wrap=True)
        self.judge_button = button(_("They count"), self.ask, key="K")
        line.addWidget(self.said, 1)
        line.addWidget(self.judge_button)
        column.addLayout(line)
        column.addWidget(self.asking)
        self.none = muted("")
        column.addWidget(self.none)
        self.setFocusProxy(self.runs)

    def _judged(self) -> QWidget:
        """The list of marked points and the line in which a person says otherwise."""
        self.judged = QWidget()
        column = QVBoxLayout(self.judged)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.runs = LineTable(
            self._bridge,
            LinesModel([_("Marked points"), _("Points"), _("Time")], [False, True, False]),
            lambda: [],
            (),
            EmptyState(_("Every point counts.")),
            with_filter=False,
            spare={1: 400, 2: 340},
        )
        self.runs.view.setAccessibleName(_("Marked points"))
        self.runs.setFixedHeight(112)
        self.runs.selected.connect(lambda _id: self._choose())
        self.runs.opened.connect(lambda _id: self.ask())
        column.addWidget(self.runs)
        self.asking = QWidget()
        row = QHBoxLayout(self.asking)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.why = QLineEdit()
        self.why.setPlaceholderText(_("Why? In a few words"))
        self.why.setAccessibleName(_("Why these points are judged otherwise"))
        self.why.returnPressed.connect(self.judge)
        row.addWidget(self.why, 1)
        row.addWidget(primary(_("Say so"), self.judge, key="Return"))
        row.addWidget(button(_("Not now"), self.asking_done, key="Esc", role="quiet"))
        self.asking.hide()
        return self.judged

    # -- showing -----------------------------------------------------------------------------------------------

    def hasHeightForWidth(self) -> bool:
        return False  # the sketch gives way to wrapped lines, not the whole screen

    def show_page(self, page: PatrolPage) -> None:
        """Show the track of ``page``."""
        if page.record.id != self._patrol:
            self._patrol = page.record.id
            self.asking.hide()
        own = page.origin is None or page.origin.own
        self.sketch.show_sketch(page.sketch, own)
        for (km, hours), figures in zip(self._cells, (page.raw, page.cleaned, page.left_out), strict=True):
            km.setText(_km(figures))
            hours.setText(clock(figures.seconds) or "–")
        points = sum(one.points for one in page.tracks)
        source = ", ".join(dict.fromkeys(one.source for one in page.tracks if one.source))
        words = ngettext("{n} point recorded", "{n} points recorded", points).format(n=number(points))
        self.points.setText(f"{words} · {source}" if source else words)
        self._runs = page.runs
        several = len({one.time[:10] for one in page.runs if one.time}) > 1
        self.runs.show_lines([_line(one, several) for one in page.runs])
        self.judged.setVisible(bool(page.tracks))
        if page.runs and self.runs.current() is None:
            self.runs.choose(_key(page.runs[0]))
        self._choose()
        self.none.setVisible(not page.tracks)
        self.none.setText(_("This patrol has no track. It then has no kilometres, which is not the same as zero."))
        parts = [_("● start"), _("○ end")] if page.sketch.lines else []
        if any(line.planned for line in page.sketch.lines):
            parts.append(_("– – planned way"))
        if page.sketch.left_out:
            parts.append(_("× left out"))
        if page.sketch.marks:
            parts.append(_("◆ find"))
        if page.sketch.outside:
            far = page.sketch.outside
            parts.append(ngettext("{n} find lies outside", "{n} finds lie outside", far).format(n=number(far)))
        if page.sketch.lines:
            parts.append(_("click: a find here"))
        self.legend.setText("    ".join(parts))
        self.legend.setVisible(bool(parts))

    def run(self) -> MarkedRun | None:
        """The chosen run of marked points."""
        current = self.runs.current()
        return next((one for one in self._runs if _key(one) == current), None)

    def _choose(self) -> None:
        chosen = self.run()
        self.sketch.light(chosen.places if chosen else [])
        self.judge_button.setVisible(chosen is not None and self.asking.isHidden())
        self.said.setVisible(chosen is not None)
        if chosen is not None:
            one = chosen.run
            if one.reason == one.judged:
                self.said.setText(
                    _("Left out of the kilometres.") if one.reason in LEFT_OUT else _("Counts, but not in full.")
                )
            else:
                self.said.setText(_("Judged by a person: {why}").format(why=one.why))
            back = one.reason != one.judged
            self.judge_button.setText((_("As judged at first") if back else _("They count")) + "   K")
        self.chosen.emit()

    def _point(self, latitude: float, longitude: float) -> None:
        self.pointed.emit(Spot(round(latitude * 10**7), round(longitude * 10**7)))

    def event(self, event: QEvent) -> bool:
        override = event.type() == QEvent.Type.ShortcutOverride
        if (
            override
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and not self.asking.isHidden()
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self.asking.isHidden():
            self.asking_done()
        else:
            super().keyPressEvent(event)

    # -- judging -----------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Ask why the chosen points are to be judged otherwise."""
        if self.run() is not None:
            self.why.clear()
            self.asking.show()
            self.judge_button.hide()
            self.why.setFocus(Qt.FocusReason.OtherFocusReason)

    def asking_done(self) -> None:
        """Leave them as they are."""
        self.asking.hide()
        self._choose()
        self.runs.setFocus()

    def judge(self) -> None:
        """Write the judgement."""
        chosen, why = self.run(), self.why.text()
        if chosen is None or not why.strip():
            self.why.setFocus()
            return
        one = chosen.run
        mark = "" if one.reason == one.judged else one.judged
        library = self._library
        self._bridge.act(
            lambda _cancel: track_judgement.overrule(library, chosen.track, one.first, one.last, mark, why),
            lambda _judged: self._written(counts=not mark),
            owner=self,
        )

    def _written(self, *, counts: bool) -> None:
        self.asking.hide()
        self._bridge.say(_("These points count now") if counts else _("Judged as at first"), undo=True)
        self._choose()
        self.runs.setFocus()


def _key(one: MarkedRun) -> bytes:
    return one.track + one.run.first.to_bytes(8, "big")


def _line(one: MarkedRun, several: bool) -> Line:
    word = reason_word(one.run.judged or one.run.reason)
    if one.run.reason != one.run.judged:
        now = _("counts") if not one.run.reason else reason_word(one.run.reason)
        word = f"{word} → {now}"
    time = one.time if several else one.time[11:]
    keys = ((1, word.casefold()), (0, one.points), (1, one.time))
    return Line(_key(one), (word, number(one.points), time), keys)


def _km(figures: Figures) -> str:
    return "–" if figures.metres is None else decimal(figures.metres / 1000, 2)
