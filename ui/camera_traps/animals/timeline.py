"""When an animal was met in which country: a row for each country, a column for each month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ranger_app.domain.crossings import Encounter
from ranger_app.domain.patrol_question import months_between
from ranger_app.i18n import _
from ui import theme
from ui.camera_traps.animals.words import country_word
from ui.numbers import month_word, number

_ROW = 34
_HEAD = 22
_WIDEST = 34.0
_NUMBERED = 18.0
"""From this width on a square tells its number."""


@dataclass(slots=True)
class Months:
    """By country and month how many encounters are certain there, and how many are not."""

    months: list[str]
    countries: list[str]
    certain: dict[tuple[str, str], int] = field(default_factory=dict)
    doubtful: dict[tuple[str, str], int] = field(default_factory=dict)


def by_month(met: Sequence[Encounter], own: str) -> Months:
    """Encounters by month and country, the ``own`` country first and what has none last."""
    if not met:
        return Months([], [])
    seen = {one.month for one in met}
    countries = sorted({one.country for one in met}, key=lambda one: (not one, one != own, one))
    found = Months(months_between(min(seen), max(seen)), countries)
    for one in met:
        counted = found.doubtful if one.doubt else found.certain
        counted[one.country, one.month] = counted.get((one.country, one.month), 0) + 1
    return found


class Timeline(QWidget):
    """Filled squares are certain encounters, outlined ones only uncertain; a screen reader hears the same."""

    def __init__(self, own: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own = own
        self.months = Months([], [])
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_met(self, met: Sequence[Encounter]) -> None:
        """Show these encounters of one animal."""
        self.months = by_month(met, self._own)
        self.setFixedHeight(self.sizeHint().height())
        self.setAccessibleName(_("Months in which it was met"))
        told = [
            f"{self._country(country)}, {month_word(month)}: {self._count(country, month)}"
            for country in self.months.countries
            for month in self.months.months
            if self._count(country, month)
        ]
        self.setAccessibleDescription("\n".join(told))
        self.updateGeometry()
        self.update()

    def _count(self, country: str, month: str) -> int:
        return self.months.certain.get((country, month), 0) + self.months.doubtful.get((country, month), 0)

    @staticmethod
    def _country(code: str) -> str:
        return country_word(code) if code else _("country not known")

    def sizeHint(self) -> QSize:
        return QSize(420, _HEAD + _ROW * len(self.months.countries) + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self.months
        if not shown.months:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(theme.SMALL)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        words = max(metrics.horizontalAdvance(self._country(one)) for one in shown.countries) + 12
        step = min(_WIDEST, (self.width() - words - 2) / len(shown.months))
        self._years(painter, metrics, words, step)
        for row, country in enumerate(shown.countries):
            top = _HEAD + row * _ROW
            painter.setPen(theme.colour("text"))
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, top, words, _ROW), left, self._country(country))
            painter.fillRect(QRectF(words, top + _ROW / 2, step * len(shown.months), 1), theme.colour("line"))
            for place, month in enumerate(shown.months):
                self._square(painter, QRectF(words + place * step, top + 4, step, _ROW - 8), country, month)
        painter.end()

    def _years(self, painter: QPainter, metrics: QFontMetrics, left: float, step: float) -> None:
        painter.setPen(theme.colour("muted"))
        free = left
        for place, month in enumerate(self.months.months):
            if place and not month.endswith("-01"):
                continue
            at = left + place * step
            painter.fillRect(QRectF(at, _HEAD - 5, 1, 5), theme.colour("muted"))
            word = month[:4] if month.endswith("-01") else month
            if at >= free:
                painter.drawText(QRectF(at, 0, 90, _HEAD - 5), Qt.AlignmentFlag.AlignLeft, word)
                free = at + metrics.horizontalAdvance(word) + 10

    def _square(self, painter: QPainter, box: QRectF, country: str, month: str) -> None:
        certain = self.months.certain.get((country, month), 0)
        doubtful = self.months.doubtful.get((country, month), 0)
        if not certain + doubtful:
            return
        colour = theme.colour("accent" if country == self._own else "partner" if country else "muted")
        inside = box.adjusted(1, 0, -1, 0) if box.width() > 4 else box
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(colour if certain else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(inside, 3, 3)
        if box.width() >= _NUMBERED:
            painter.setPen(theme.colour("surface" if certain else "text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, number(certain or doubtful))
