"""What can be wrong with a picture of the window, found by looking at its widgets: cut words, poor contrast, silence.

Used by ``ui.screens`` for every picture it takes, and by the tests.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QTableView,
    QWidget,
)

from ui import theme
from ui.widgets.columns import cell_width, heading_width
from ui.widgets.empty_state import EmptyState

LEAST_CONTRAST = 4.5
_SLACK = 1
_ROWS = 30


def shown(window: QWidget) -> Iterator[QWidget]:
    """The widgets of ``window`` that can be seen, or would be after scrolling."""
    for widget in window.findChildren(QWidget):
        if widget.isVisibleTo(window) and widget.width() > 0 and widget.height() > 0:
            yield widget


def _named(widget: QWidget, text: str) -> str:
    return f"{type(widget).__name__} “{text[:60]}”"


def _scrolled(widget: QWidget, window: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        if isinstance(parent, QScrollArea | QAbstractItemView):
            return True
        parent = parent.parentWidget()
    return False


def cut_words(window: QWidget) -> list[str]:
    """Texts that do not fit their widget, or whose widget sticks out of the window."""
    found: list[str] = []
    covered = any(widget.property("role") in ("veil", "strip") for widget in shown(window))
    for widget in shown(window):
        if (isinstance(widget, QLabel) and widget.text() and not _label_fits(widget)) or (
            isinstance(widget, QPushButton | QCheckBox | QRadioButton) and widget.text() and not _button_fits(widget)
        ):
            found.append(_named(widget, widget.text()))
        elif isinstance(widget, QComboBox) and not widget.isEditable():
            room = widget.width() - 44  # frame, padding and the arrow of the style sheet
            if widget.fontMetrics().horizontalAdvance(widget.currentText()) > room + _SLACK:
                found.append(_named(widget, widget.currentText()))
        elif isinstance(widget, QHeaderView) and widget.orientation() == Qt.Orientation.Horizontal:
            found += _cut_headings(widget)
        elif isinstance(widget, QTableView):
            found += _cut_cells(widget)
        elif isinstance(widget, QLineEdit) and not widget.text() and not _hint_fits(widget):
            found.append(_named(widget, widget.placeholderText()))
        if isinstance(widget, QLabel | QAbstractButton) and widget.text() and not _scrolled(widget, window):
            place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
            if not window.rect().adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK).contains(place):
                found.append(f"outside the window: {_named(widget, widget.text())}")
            elif not covered and widget.visibleRegion().boundingRect() != widget.rect():
                found.append(f"hidden in part: {_named(widget, widget.text())}")
    return found


def _hint_fits(field: QLineEdit) -> bool:
    return field.fontMetrics().horizontalAdvance(field.placeholderText()) <= field.width() - 26 + _SLACK


def _label_fits(label: QLabel) -> bool:
    if label.property("elides"):
        return True
    inside = label.contentsRect()
    needed = label.sizeHint()
    if label.wordWrap():
        return label.heightForWidth(label.width()) <= label.height() + _SLACK and _longest_word(label) <= inside.width()
    return needed.width() <= label.width() + _SLACK and needed.height() <= label.height() + _SLACK


_BREAKS = re.compile("[\\s\u200b\u2e80-\u9fff\uff00-\uffef]+")
"""Where a line may end: at spaces, those of no width too, and anywhere in Chinese and Japanese."""


def _longest_word(label: QLabel) -> int:
    words = _BREAKS.split(label.text())
    return max((label.fontMetrics().horizontalAdvance(word) for word in words), default=0)


def _button_fits(button: QAbstractButton) -> bool:
    needed = button.sizeHint()
    if button.isCheckable() and button.property("role") in ("segment", "place"):
        font = button.font()
        font.setBold(True)
        bold = QFontMetrics(font).horizontalAdvance(button.text().replace("&&", "&"))
        needed.setWidth(
            max(needed.width(), bold + 28 + (button.iconSize().width() if not button.icon().isNull() else 0))
        )
    return needed.width() <= button.width() + _SLACK and needed.height() <= button.height() + _SLACK


def _cut_headings(header: QHeaderView) -> list[str]:
    return [
        f"heading “{header.model().headerData(section, Qt.Orientation.Horizontal)}”"
        for section in range(header.count())
        if not header.isSectionHidden(section) and heading_width(header, section) > header.sectionSize(section) + _SLACK
    ]


def _cut_cells(view: QTableView) -> list[str]:
    model = view.model()
    if model is None:
        return []
    found = [
        f"cell “{model.index(row, column).data()}”"
        for row in range(min(_ROWS, model.rowCount()))
        for column in range(model.columnCount())
        if not view.isColumnHidden(column) and cell_width(view, row, column) > view.columnWidth(column) + _SLACK
    ]
    if view.horizontalScrollBar().maximum() > 0:
        found.append(f"a table is {view.horizontalScrollBar().maximum()} px wider than its frame")
    return found


def silent_tables(window: QWidget) -> list[str]:
    """Tables and grids without a row that stand there with no word on the next step."""
    states = [widget for widget in shown(window) if isinstance(widget, EmptyState)]
    found = []
    for widget in shown(window):
        if not isinstance(widget, QTableView | QAbstractItemView) or isinstance(widget, QHeaderView):
            continue
        model = widget.model()
        if model is not None and model.rowCount() == 0 and not states and not _is_popup(widget, window):
            found.append(f"{type(widget).__name__} is empty and says nothing")
    return found


def _is_popup(widget: QWidget, window: QWidget) -> bool:
    return widget.window() is not window.window()


def poor_contrast(window: QWidget, picture: QImage) -> list[str]:
    """Labels and buttons whose ink stands less than 4.5:1 against what is drawn around it in ``picture``."""
    found: list[str] = []
    veiled = [one for one in shown(window) if one.property("role") == "veil"]
    strips = [one for one in shown(window) if one.property("role") == "strip"]
    for widget in shown(window):
        if not isinstance(widget, QLabel | QPushButton) or not widget.text() or not widget.isEnabled():
            continue
        if veiled and not _above(widget, window):
            continue
        if widget.visibleRegion().isEmpty() or (
            strips and not _above(widget, window) and _under(widget, strips, window)
        ):
            continue
        ink = widget.palette().color(
            QPalette.ColorRole.ButtonText if isinstance(widget, QPushButton) else widget.foregroundRole()
        )
        ground = _ground(widget, window, picture, ink.name().upper())
        if ground and theme.contrast(ink.name().upper(), ground) < LEAST_CONTRAST:
            found.append(f"{_named(widget, widget.text())}: {ink.name()} on {ground}")
    return found


def _above(widget: QWidget, window: QWidget) -> bool:
    parent: QWidget | None = widget
    while parent is not None and parent is not window:
        if parent.property("role") in ("panel", "strip"):
            return True
        parent = parent.parentWidget()
    return False


def _under(widget: QWidget, overlays: list[QWidget], window: QWidget) -> bool:
    def place(of: QWidget) -> QRect:
        return QRect(of.mapTo(window, QPoint(0, 0)), of.size())

    return any(place(widget).intersects(place(one)) for one in overlays)


def _ground(widget: QWidget, window: QWidget, picture: QImage, ink: str) -> str:
    """The colour seen most often where the widget lies, as #RRGGBB."""
    ratio = picture.devicePixelRatio()
    origin = widget.mapTo(window, QPoint(0, 0))
    region = widget.visibleRegion().boundingRect()
    seen: Counter[str] = Counter()
    # A dozen columns and rows, on odd steps so that they do not fall in with the strokes of the letters.
    across, down = max(3, region.width() // 12 | 1), max(3, region.height() // 12 | 1)
    for x in range(region.left() + 2, region.right() - 1, across):
        for y in range(region.top() + 2, region.bottom() - 1, down):
            at = QPoint(round((origin.x() + x) * ratio), round((origin.y() + y) * ratio))
            if picture.rect().contains(at):
                seen[picture.pixelColor(at).name().upper()] += 1
    others = [(colour, times) for colour, times in seen.most_common(3) if colour != ink]
    if others and others[0][1] * 10 >= seen.total():  # dense letters may cover more than their ground
        return others[0][0]
    return seen.most_common(1)[0][0] if seen else ""


def faults(window: QWidget, picture: QImage) -> list[str]:
    """Everything wrong with what is shown now."""
    return [
        *(f"cut: {one}" for one in cut_words(window)),
        *(f"silent: {one}" for one in silent_tables(window)),
        *(f"contrast: {one}" for one in poor_contrast(window, picture)),
    ]
