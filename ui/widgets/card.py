"""Cards: white sheets on the paper ground that hold one matter each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ui import theme
from ui.widgets.buttons import button
from ui.widgets.chip import Chip
from ui.widgets.text import label, muted, restyle, section


class Card(QFrame):
    """A sheet with an optional section title; content goes to ``body``, things right of the title to ``head``."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(theme.INSIDE, theme.INSIDE, theme.INSIDE, theme.INSIDE)
        self.body.setSpacing(8)
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        if title:
            self.title = section(title)
            self.head.addWidget(self.title)
            self.head.addStretch(1)
            self.body.addLayout(self.head)


class FigureCard(QFrame):
    """A large figure, what it counts, a remark and one button: the cards of Today."""

    def __init__(
        self,
        what: str,
        *,
        figure: str = "",
        remark: str = "",
        action: str = "",
        run: Callable[[], object] | None = None,
        primary: bool = False,
        key: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.INSIDE, 12, theme.INSIDE, theme.INSIDE)
        column.setSpacing(4)
        top = QHBoxLayout()
        self.figure = label(figure, "figure")
        self.chip = Chip("", "attention")
        self.chip.hide()
        top.addWidget(self.figure)
        top.addStretch(1)
        top.addWidget(self.chip)
        column.addLayout(top)
        self.what = label(what, "section", wrap=True)
        column.addWidget(self.what)
        self.remark = muted(remark)
        column.addWidget(self.remark)
        column.addStretch(1)
        column.addSpacing(8)
        bottom = QHBoxLayout()
        self.button: QPushButton = button(action, run, role="primary" if primary else "", key=key)
        bottom.addWidget(self.button)
        bottom.addStretch(1)
        column.addLayout(bottom)
        if not action:  # a widget made visible before it has a place flashes up as a window of its own
            self.button.hide()

    def show_figure(self, figure: str, what: str, remark: str, *, quiet: bool = False) -> None:
        """Fill in the figure; ``quiet`` draws it in the muted colour (nothing waits)."""
        self.figure.setText(figure)
        self.what.setText(what)
        self.remark.setText(remark)
        self.figure.setProperty("role", "figure-quiet" if quiet else "figure")
        restyle(self.figure)

    def show_chip(self, text: str, tone: str = "attention") -> None:
        """Show a badge in the corner; an empty text hides it."""
        self.chip.setVisible(bool(text))
        self.chip.show_word(text, tone)

    def make_primary(self, primary: bool) -> None:
        """Draw the button as the one primary button of the screen, or as a plain one."""
        self.button.setProperty("role", "primary" if primary else "")
        restyle(self.button)


def card_row(*cards: QWidget) -> QHBoxLayout:
    """Cards side by side in equal widths."""
    row = QHBoxLayout()
    row.setSpacing(theme.BETWEEN)
    for card in cards:
        row.addWidget(card, 1)
    return row
