"""The twenty digits that two people read to each other, and the two buttons that say what they heard."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions import partners as acts
from ranger_app.actions.partners import Partner
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.widgets.banner import Banner
from ui.widgets.buttons import button, primary
from ui.widgets.layouts import clear
from ui.widgets.text import label
from ui.widgets.wrapped import Wrapped


class Digits(QWidget):
    """Four groups in large type; ``confirmed(Partner)`` once people said that they are the same."""

    confirmed = Signal(object)

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self.partner: Partner | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.groups = [label("", "digits") for _number in range(4)]
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(3, 1)
        for place, group in enumerate(self.groups):
            group.setAlignment(Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(group, place // 2, 1 + place % 2)
        column.addLayout(grid)
        self.deciding = QWidget()
        below = QVBoxLayout(self.deciding)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(8)
        row = Wrapped(8)
        self.same = primary(_("The digits are the same"), self.confirm, key="Y")
        self.differ = button(_("They differ"), self.refuse, role="danger", key="N")
        row.addWidget(self.same)
        row.addWidget(self.differ)
        below.addLayout(row)
        self.typed = QLineEdit()
        self.typed.setPlaceholderText(_("Or type the 20 digits"))
        self.typed.setAccessibleName(_("Digits of the partner"))
        self.typed.returnPressed.connect(self.confirm_typed)
        below.addWidget(self.typed)
        column.addWidget(self.deciding)
        self._said = QVBoxLayout()
        column.addLayout(self._said)

    def show_partner(self, partner: Partner) -> None:
        """Show a partner's digits, with the buttons while it waits."""
        if self.partner is None or partner.id != self.partner.id:
            clear(self._said)
            self.typed.clear()
        self.partner = partner
        for group, digits in zip(self.groups, partner.confirm.split(), strict=True):
            group.setText(digits)
        self.deciding.setVisible(not partner.trusted)

    def confirm(self) -> None:
        """Both people said that the digits are the same."""
        if self.partner is not None and not self.partner.trusted:
            self._confirm(self.partner, self.partner.confirm)

    def confirm_typed(self) -> None:
        """Compare what was typed."""
        if self.partner is not None and self.typed.text().strip():
            self._confirm(self.partner, self.typed.text())

    def _confirm(self, partner: Partner, digits: str) -> None:
        clear(self._said)
        self._bridge.act(
            lambda _cancel: acts.confirm_partner(self._library, partner.id, digits), self._confirmed, owner=self
        )

    def _confirmed(self, partner: Partner) -> None:
        self.typed.clear()
        self.show_partner(partner)
        self._bridge.say(_("{name} is trusted now").format(name=partner.name))
        self.confirmed.emit(partner)

    def refuse(self) -> None:
        """The digits differ."""
        if self.partner is None or self.partner.trusted:
            return
        clear(self._said)
        self._said.addWidget(
            Banner(
                _("Then do not exchange with this card."),
                _("Somebody may have changed it on the way. Ask the partner for a new card, from hand to hand."),
                "problem",
            )
        )


def how_to_compare() -> str:
    """What the two people do."""
    return _(
        "Sit together, or call a number you know. Both open this page. One reads the first line aloud, the"
        " other the second. Only if all digits are the same are these really the partner's keys."
    )
