"""The left rail: the station, the places with icon and word, and who is working."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from ranger_app.i18n import _
from ui import icons, theme
from ui.shell.places import Place
from ui.widgets.text import label


class FittedLabel(QLabel):
    """A label for names people chose: breaks lines between words and shows the whole name as a tip."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)

    def set_name(self, text: str) -> None:
        """Show ``text``; the tip holds it whole."""
        self.setText(text)
        self.setToolTip(text)


class Rail(QFrame):
    """``chosen(place id)`` when a place is pressed; ``who_wanted`` when the person at the bottom is."""

    chosen = Signal(str)
    who_wanted = Signal()

    def __init__(self, places: Sequence[Place], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "rail")
        self.setFixedWidth(theme.RAIL_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 14, 0, 8)
        column.setSpacing(0)
        self.brand = label("Ranger", "brand")
        self.brand.setContentsMargins(20, 0, 8, 0)
        column.addWidget(self.brand)
        self.station = FittedLabel("station")
        self.station.setContentsMargins(20, 2, 12, 12)
        column.addWidget(self.station)
        self.buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        for number, place in enumerate(places, start=1):
            button = QPushButton("  " + _(place.word).replace("&", "&&"))
            button.setProperty("role", "place")
            button.setCheckable(True)
            button.setIcon(icons.icon(place.icon, "rail_text"))
            button.setIconSize(QSize(icons.SIZE, icons.SIZE))
            button.setToolTip(f"Ctrl+{number}")
            button.setMinimumHeight(38)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.clicked.connect(lambda _checked=False, id=place.id: self.chosen.emit(id))
            self._group.addButton(button)
            self.buttons[place.id] = button
            column.addWidget(button)
        column.addStretch(1)
        self.who = QPushButton()
        self.who.setProperty("role", "who")
        self.who.setCursor(Qt.CursorShape.PointingHandCursor)
        self.who.setMinimumHeight(theme.TARGET)
        self.who.clicked.connect(self.who_wanted)
        holder = QVBoxLayout()
        holder.setContentsMargins(8, 0, 8, 0)
        holder.setSpacing(0)
        holder.addWidget(self.who)
        column.addLayout(holder)
        self._person = ""

    def show_place(self, place: str) -> None:
        """Mark ``place`` as the one shown."""
        if place in self.buttons:
            self.buttons[place].setChecked(True)

    def show_station(self, name: str, country: str, offset: str) -> None:
        """The station's line: "Khasan station · RU +10:00"."""
        self.station.set_name(f"{name} · {country} {offset}")

    def show_person(self, name: str) -> None:
        """Who is working; an empty name says that nobody is."""
        self._person = name
        self._fit_person()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_person()

    def _fit_person(self) -> None:
        hint = _("F2 to change") if self._person else _("F2 to say")
        name = self._person or _("Who is working?")
        room = theme.RAIL_WIDTH - 16 - 20
        metrics = self.who.fontMetrics()
        text = f"{name}  ·  {hint}"
        if metrics.horizontalAdvance(text) > room:
            text = f"{metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)}\n{hint}"
        self.who.setText(text.replace("&", "&&"))
        self.who.setToolTip(f"{name} · {hint}")
