"""Going to a place by its coordinates as somebody wrote them, and reading out where the pointer is."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ranger_app.errors import RangerError
from ranger_app.geo import coordinates
from ranger_app.i18n import _
from ui.widgets.buttons import button
from ui.widgets.text import label, muted


class FindLine(QWidget):
    """``found(latitude, longitude, uncertainty, words)`` in degrees and metres for what was typed."""

    found = Signal(float, float, int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.line = QLineEdit()
        self.line.setPlaceholderText(_("Coordinates"))
        self.line.setAccessibleName(_("Coordinates, however written"))
        self.line.returnPressed.connect(self.look)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.line, 1)
        row.addWidget(button(_("Go"), self.look))
        column.addLayout(row)
        self.datum = QComboBox()
        for key, words in coordinates.DATUMS.items():
            self.datum.addItem(_(words), key)
        self.datum.setAccessibleName(_("Datum"))
        self.datum.activated.connect(lambda _row: self.look() if self.line.text().strip() else None)
        column.addWidget(self.datum)
        self.answer = muted("")
        self.answer.hide()
        column.addWidget(self.answer)
        self.setFocusProxy(self.line)

    def look(self) -> None:
        """Go to what stands in the line, or say why it is no place."""
        try:
            place = coordinates.parse(self.line.text(), str(self.datum.currentData()))
        except RangerError as error:
            self._say(f"{error.what} {error.todo}")
            return
        words = coordinates.understood(place)
        self._say(" ".join(one for one in (words, place.remark) if one))
        self.found.emit(place.latitude / 1e7, place.longitude / 1e7, place.uncertainty_m, words)

    def _say(self, words: str) -> None:
        self.answer.setText(words)
        self.answer.show()


class Readout(QWidget):
    """Where the pointer is, as armies, surveyors and receivers write it; the page itself says degrees and minutes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.utm, self.mgrs = label("", "muted"), label("", "muted")
        column.addWidget(self.utm)
        column.addWidget(self.mgrs)

    def show_place(self, latitude: float, longitude: float) -> None:
        """Say the place (degrees)."""
        here = round(latitude * 1e7), round(longitude * 1e7)
        self.utm.setText(_("UTM {place}").format(place=coordinates.write(*here, "utm")))
        self.mgrs.setText(_("MGRS {place}").format(place=coordinates.write(*here, "mgrs")))
