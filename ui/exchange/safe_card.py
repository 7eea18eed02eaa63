"""The end of writing: a large "Safe to remove", what is on the stick, and the slip that goes with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ranger_app.i18n import _
from ui import icons
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.text import label, muted


class SafeCard(Card):
    """``slip`` is run when a person wants the hand-over slip, ``again`` for the next bundle."""

    def __init__(self, slip: Callable[[], object], again: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        row = QHBoxLayout()
        row.setSpacing(16)
        self.sign = QLabel()
        row.addWidget(self.sign)
        words = QVBoxLayout()
        words.setSpacing(0)
        self.large = label(_("Safe to remove"), "figure")
        self.what = label("", wrap=True)
        self.where = muted("")
        for part in (self.large, self.what, self.where):
            words.addWidget(part)
        row.addLayout(words, 1)
        buttons = QVBoxLayout()
        self.slip = button(_("Hand-over slip"), slip, key="L")
        self.again = button(_("Write another"), again, key="N")
        buttons.addWidget(self.slip)
        buttons.addWidget(self.again)
        row.addLayout(buttons)
        self.body.addLayout(row)
        self.hide()

    def say(self, what: str, where: str, large: str = "", *, slip: bool = True) -> None:
        """Show it; ``large`` in place of "Safe to remove"."""
        self.large.setText(large or _("Safe to remove"))
        self.sign.setPixmap(icons.pixmap("done", "accent", 40))
        self.what.setText(what)
        self.where.setText(where)
        self.slip.setVisible(slip)
        self.show()

    def say_taken_out(self) -> None:
        """The stick is out: what remains is to hand it over."""
        self.large.setText(_("Done"))
        self.where.setText(_("The stick is out. Hand it over, with its slip."))
