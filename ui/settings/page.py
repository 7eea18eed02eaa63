"""The frame of one page of settings: cards in a column that scrolls when the window is low."""

from __future__ import annotations

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import QFormLayout, QWidget

from ui import theme
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.text import label

_WIDTH = 760


class Page(ScrolledColumn):
    """Add cards to ``column``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QMargins(0, 4, 0, 12), parent)
        self.column.setSpacing(theme.BETWEEN)
        self.column.setAlignment(Qt.AlignmentFlag.AlignTop)

    def add_card(self, card: QWidget) -> None:
        """Put ``card`` under the others, no wider than a line that reads well."""
        card.setMaximumWidth(_WIDTH)
        self.column.addWidget(card)


def rows(*pairs: tuple[str, QWidget]) -> QFormLayout:
    """Captions and their controls, each control named for screen readers by its caption."""
    form = QFormLayout()
    form.setHorizontalSpacing(16)
    form.setVerticalSpacing(10)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignVCenter)
    for words, control in pairs:
        caption = label(words)
        caption.setMinimumHeight(theme.TARGET)
        caption.setBuddy(control)
        control.setAccessibleName(words)
        form.addRow(caption, control)
    return form
