"""The large buttons of the count sheet: one for each species with its key and its running total, steps, a number pad.

Made for gloves and cold fingers: nothing to press is smaller than a thumb, and every press says at once what it did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QWidget

from ranger_app.domain import taxa
from ranger_app.i18n import _, language
from ui import theme
from ui.commands import key_text
from ui.numbers import number
from ui.widgets.buttons import button

HIGH = 68
"""The least height of a species' button in pixels."""
STEPS = (1, 5, 10, 100)
KEYS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WIDE = 146
_LATIN = "QWERTYUIOPASDFGHJKLZXCVBNM"
_LAYOUTS = {
    "ru": "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ",
    "mn": "ФЦУЖЭНГШҮЗЙЫБӨАХРОЛЯЧЁСМИТ",
}
"""The letters on the keys Q to M of Cyrillic keyboards, so that a key works whatever layout is on."""


def letter_of(text: str) -> str:
    """The Latin letter on the key that typed ``text``; empty where it is none."""
    typed = text.upper()
    if len(typed) == 1 and typed in KEYS:
        return typed
    layout = _LAYOUTS.get("mn" if language() == "mn" else "ru", "")
    place = layout.find(typed) if len(typed) == 1 else -1
    return _LATIN[place] if place >= 0 else ""


class Tile(QAbstractButton):
    """One species. ``chosen`` without a tap comes from the right button of a mouse."""

    only_chosen = Signal()

    def __init__(self, taxon: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.taxon, self.key = taxon, key
        self.birds: int | None = None
        self.current = False
        self.sample = False
        self.average = 0
        self.name = taxa.name(taxon, language())
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the sheet keeps the keyboard, so that every key counts
        self.setMinimumHeight(HIGH)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._name_it()

    def sizeHint(self) -> QSize:
        return QSize(_WIDE, HIGH)

    def show_birds(self, birds: int | None, current: bool, sample: bool) -> None:
        """Show the running total; None where nothing was said of the species yet."""
        if (birds, current, sample) != (self.birds, self.current, self.sample):
            self.birds, self.current, self.sample = birds, current, sample
            self._name_it()
            self.update()

    def tell_average(self, average: int) -> None:
        """Show what visits that saw the species counted on average, as long as nothing is counted."""
        self.average = average
        self.setToolTip(
            _("{name}: on average {n} when it is seen here").format(name=self.name, n=number(average))
            if average
            else self.name
        )

    def _name_it(self) -> None:
        self.setAccessibleName(f"{self.name} {number(self.birds)}" if self.birds is not None else self.name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self.only_chosen.emit()
            return
        super().mousePressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            self._paint(painter)
        finally:
            painter.end()

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = "selection" if self.current else "key_cap" if self.isDown() or self.underMouse() else "surface"
        painter.setBrush(theme.colour(ground))
        painter.setPen(QPen(theme.colour("accent" if self.current else "line"), 2 if self.current else 1))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 8, 8)
        inside = self.rect().adjusted(9, 5, -9, -5)
        figure = QFont(self.font())
        figure.setPixelSize(22)
        figure.setBold(True)
        below = QRect(inside.left(), inside.bottom() - 25, inside.width(), 26)
        if self.birds is not None:
            painter.setFont(figure)
            painter.setPen(theme.colour("attention" if self.sample else "accent"))
            painter.drawText(below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, number(self.birds))
        elif self.average:
            painter.setFont(_sized(self.font(), theme.SMALL))
            painter.setPen(theme.colour("muted"))
            text = f"≈ {number(self.average)}"
            painter.drawText(below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        if self.key:
            cap = QRect(inside.left(), inside.bottom() - 21, 24, 21)
            painter.setBrush(theme.colour("key_cap"))
            painter.setPen(QPen(theme.colour("line"), 1))
            painter.drawRoundedRect(cap, 4, 4)
            painter.setFont(_sized(self.font(), theme.SMALL, bold=True))
            painter.setPen(theme.colour("text"))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self.key)
        painter.setPen(theme.colour("text"))
        above = QRect(inside.left(), inside.top(), inside.width(), inside.height() - 24)
        font = fitting_font(self.font(), self.name, above)
        painter.setFont(font)
        wrapped = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        painter.drawText(above, int(wrapped), self.name)


def _sized(font: QFont, pixels: int, *, bold: bool = False) -> QFont:
    made = QFont(font)
    made.setPixelSize(pixels)
    made.setBold(bold)
    return made


def fitting_font(font: QFont, text: str, box: QRect) -> QFont:
    """The largest font in which ``text`` fits ``box`` in lines; the smallest one where none does."""
    for pixels in (theme.BODY, theme.SMALL, 12, 11):
        made = _sized(font, pixels)
        needs = QFontMetrics(made).boundingRect(box, int(Qt.TextFlag.TextWordWrap), text)
        if needs.height() <= box.height() + 1 and needs.width() <= box.width():
            return made
    return made


class Tiles(QScrollArea):
    """The species of a site. ``tapped(taxon)`` for a press, ``chosen(taxon)`` where it is only to be looked at."""

    tapped = Signal(str)
    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = QWidget()
        self._inside.setProperty("role", "body")
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(0, 0, 4, 0)
        self._grid.setSpacing(4)
        self.setWidget(self._inside)
        self.tiles: list[Tile] = []
        self.columns = 0

    def offer(self, species: Sequence[str], averages: Mapping[str, int]) -> None:
        """Show these species in this order; the first of them get a letter."""
        if [one.taxon for one in self.tiles] == list(species):
            return
        for old in self.tiles:
            old.hide()
            old.deleteLater()
        self.tiles = []
        for place, taxon in enumerate(species):
            tile = Tile(taxon, KEYS[place] if place < len(KEYS) else "", self._inside)
            tile.tell_average(averages.get(taxon, 0))
            tile.clicked.connect(partial(self.tapped.emit, taxon))
            tile.only_chosen.connect(partial(self.chosen.emit, taxon))
            self.tiles.append(tile)
        self.columns = 0
        self._place()

    def of_key(self, letter: str) -> str | None:
        """The species on a key."""
        return next((one.taxon for one in self.tiles if one.key == letter and letter), None)

    def beside(self, taxon: str, right: int, down: int) -> str | None:
        """The species so many steps away from another."""
        names = [one.taxon for one in self.tiles]
        if not names:
            return None
        place = names.index(taxon) + right + down * max(1, self.columns) if taxon in names else 0
        return names[min(max(place, 0), len(names) - 1)]

    def show_birds(self, birds: Mapping[str, int], current: str, sample: bool) -> None:
        """Show running totals and which species is being counted."""
        for tile in self.tiles:
            was = tile.current
            tile.show_birds(birds.get(tile.taxon), tile.taxon == current, sample)
            if tile.current and not was:
                self.ensureWidgetVisible(tile, 0, 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        columns = max(2, (self.viewport().width() - 4) // (_WIDE + 4))
        if columns == self.columns:
            return
        self.columns = columns
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
        for place, tile in enumerate(self.tiles):
            self._grid.addWidget(tile, place // columns, place % columns)
            tile.show()
        for column in range(columns):
            self._grid.setColumnStretch(column, 1)
        self._grid.setRowStretch(len(self.tiles) // columns + 1, 1)


class Steps(QWidget):
    """+1 +5 +10 +100, one off, and undo."""

    def __init__(self, add: Callable[[int], object], undo: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for step in STEPS:
            key = "Space" if step == 1 else ""
            row.addWidget(large(f"+{step}", partial(add, step), key=key, role="primary" if step == 1 else ""), 1)
        row.addWidget(large("−1", partial(add, -1), key="-"), 1)
        row.addWidget(large(_("Undo a tap"), undo, key="Backspace"), 1)


def large(
    text: str, run: Callable[[], object], *, key: str = "", role: str = "", high: int = 64, icon: str = ""
) -> QPushButton:
    """A button of the sheet: large, and it leaves the keyboard where it is."""
    made = button(text, run, role=role, icon=icon)
    if key:
        made.setText(with_key(text, key))
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setProperty("large", str(high))  # the height stands in the style sheet, which has the last word
    return made


def with_key(text: str, key: str) -> str:
    """The words of a button with its key below them: beside them it would make the row too wide."""
    return f"{text}\n{key_text(key)}".replace("&", "&&")


class Pad(QWidget):
    """Digits for fingers. ``pressed`` gives a digit, "back" or "enter"."""

    pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(4)
        self._keys = {word: large(word, partial(self.pressed.emit, word), high=44) for word in "1234567890"}
        self._keys["back"] = large("⌫", partial(self.pressed.emit, "back"), high=44)
        self._keys["enter"] = large("↵", partial(self.pressed.emit, "enter"), high=44)
        self._keys["back"].setAccessibleName(_("Undo a tap"))
        self._keys["enter"].setAccessibleName(_("Enter"))
        for made in self._keys.values():
            made.setProperty("pad", True)
        self._flat: bool | None = None
        self.lay_flat(False)

    def lay_flat(self, flat: bool) -> None:
        """Two rows of six where there is little height, else the block of a telephone."""
        if flat == self._flat:
            return
        self._flat = flat
        order = "1 2 3 4 5 back 6 7 8 9 0 enter" if flat else "1 2 3 4 5 6 7 8 9 back 0 enter"
        columns = 6 if flat else 3
        for place, word in enumerate(order.split()):
            self._grid.addWidget(self._keys[word], place // columns, place % columns)
