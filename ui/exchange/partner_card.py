"""One partner: the digits to compare while it waits, then who compared them and when, and how its keys stand."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from ranger_app.actions import sharing
from ranger_app.actions.ledger_words import rule_name
from ranger_app.actions.partners import Partner
from ranger_app.actions.records import title
from ranger_app.actions.revocations import Withdrawal
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.exchange.digits import Digits, how_to_compare
from ui.exchange.withdrawal_part import WithdrawalPart
from ui.numbers import moment
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.text import hairline, label, section


class PartnerCard(Card):
    """``confirmed`` after people compared the digits, ``changed`` after keys were withdrawn or that was lifted."""

    confirmed = Signal()
    changed = Signal()
    rules_wanted = Signal(object)

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._library = library
        self.partner: Partner | None = None
        head = QHBoxLayout()
        head.setSpacing(8)
        self.name = section("")
        self.chip = Chip("")
        head.addWidget(self.name, 1)
        head.addWidget(self.chip)
        self.body.addLayout(head)
        self.how = label("", wrap=True)
        self.body.addWidget(self.how)
        self.compare = Digits(library, bridge)
        self.compare.confirmed.connect(self._confirmed)
        self.body.addWidget(self.compare)
        self.body.addWidget(hairline())
        rule = QHBoxLayout()
        rule.setSpacing(8)
        self.rule = label("", wrap=True)
        self.rule_button = button(_("Sharing rules"), self._show_rule, role="quiet", key="U")
        rule.addWidget(self.rule, 1)
        rule.addWidget(self.rule_button)
        self.body.addLayout(rule)
        self.facts = label("", "sentence", wrap=True)
        self.body.addWidget(self.facts)
        self.body.addWidget(hairline())
        self.withdrawal = WithdrawalPart(library, bridge)
        self.withdrawal.changed.connect(self.changed)
        self.body.addWidget(self.withdrawal)
        self.body.addStretch(1)
        self.hide()

    @property
    def digits(self) -> list[QLabel]:
        """The four groups."""
        return self.compare.groups

    @property
    def deciding(self) -> QWidget:
        """What is shown while the partner waits."""
        return self.compare.deciding

    @property
    def same(self) -> QPushButton:
        """The button that trusts the partner."""
        return self.compare.same

    @property
    def differ(self) -> QPushButton:
        """The button that warns of the card."""
        return self.compare.differ

    @property
    def typed(self) -> QLineEdit:
        """Where the digits can be typed."""
        return self.compare.typed

    def confirm(self) -> None:
        """Both people said that the digits are the same."""
        self.compare.confirm()

    def show_partner(self, partner: Partner, withdrawals: list[Withdrawal]) -> None:
        """Show a partner."""
        self.partner = partner
        waits = not partner.trusted
        self.name.setText(f"{partner.name}, {partner.country}")
        if partner.withdrawn:
            self.chip.show_word(_("keys withdrawn"), "problem")
        else:
            self.chip.show_word(
                _("waits for comparing") if waits else _("trusted"), "attention" if waits else "partner"
            )
        self.how.setText(how_to_compare() if waits else compared(self._library, partner))
        self.compare.show_partner(partner)
        self.compare.setVisible(not partner.withdrawn)
        self.rule.setVisible(not partner.withdrawn)
        self.rule.setText("" if partner.withdrawn else _("Sharing rule: {name}").format(name=self._rule(partner)))
        self.rule_button.setVisible(not partner.withdrawn)
        self.facts.setText(_("Fingerprint: {digits}").format(digits=partner.fingerprint))
        self.withdrawal.show_station(partner.id, partner.name, withdrawals)
        self.show()

    def _rule(self, partner: Partner) -> str:
        with self._library.read() as db:
            return rule_name(sharing.rule_of(db, partner.id))

    def _show_rule(self) -> None:
        if self.partner is not None:
            self.rules_wanted.emit(self.partner.id)

    def _confirmed(self, _partner: Partner) -> None:
        self.confirmed.emit()


def compared(library: Library, partner: Partner) -> str:
    """Who compared the digits of a trusted partner, and when."""
    if partner.confirmed_at is None:
        return _("The digits were compared.")
    when = moment(partner.confirmed_at / 1000, library.station.utc_offset)
    if partner.confirmed_by is None:
        return _("The digits were compared on {when}.").format(when=when)
    with library.read() as db:
        name = title(db, "person", partner.confirmed_by)
    return _("{name} compared the digits on {when}.").format(name=name, when=when)
