"""Pairing: three steps that two people do together, aloud, each in front of their own computer."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ranger_app.actions import partners as acts
from ranger_app.actions.partners import Partner
from ranger_app.i18n import _
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.exchange.digits import Digits, how_to_compare
from ui.exchange.partner_card import compared
from ui.widgets.buttons import button, primary
from ui.widgets.card import Card
from ui.widgets.choose import choose_file, choose_folder
from ui.widgets.qr_code import QrCode
from ui.widgets.text import label, muted
from ui.widgets.wrapped import Wrapped

_NARROW = 1000
"""Below this width of the window, pixels, the steps stand under one another: 1366 at 150 % leaves 911."""
CARDS = "*.json *.txt *.png *.jpg *.jpeg *.heic *.heif *.JSON *.TXT *.PNG *.JPG *.JPEG *.HEIC"


class PairingPage(QWidget):
    """``added(Partner)`` after a card was taken, ``confirmed(Partner)`` after the digits were, ``left`` to the list."""

    added = Signal(object)
    confirmed = Signal(object)
    left = Signal()
    write_wanted = Signal(object)
    rules_wanted = Signal(object)

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.BETWEEN)
        top = QHBoxLayout()
        top.addWidget(label(_("Two people do this together, each at their own computer."), "sentence"), 1)
        self.back = button(_("Back to the list"), self.left.emit, icon="back", key="B")
        top.addWidget(self.back)
        outer.addLayout(top)
        self._steps = steps = QHBoxLayout()
        steps.setSpacing(theme.BETWEEN)
        steps.addWidget(self._own_card(), 10)
        steps.addWidget(self._their_card(), 9)
        steps.addWidget(self._digits_card(), 11)
        outer.addLayout(steps, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.window().width() < _NARROW
        self._steps.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    @staticmethod
    def _step(number: int, words: str) -> Card:
        card = Card()
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(label(str(number), "step"))
        head.addWidget(label(words, "section", wrap=True), 1)
        card.body.addLayout(head)
        return card

    def _own_card(self) -> Card:
        card = self._step(1, _("Show your card"))
        card.body.addWidget(muted(_("The partner takes a picture of this code. There is no secret in it.")))
        self.code = QrCode(_("QR code of this station's card"), 180)
        card.body.addWidget(self.code, 1)
        self.name = label("", "strong", wrap=True)
        card.body.addWidget(self.name)
        row = QHBoxLayout()
        self.save_button = button(_("Save my card"), self.save_card, key="S")
        row.addWidget(self.save_button)
        row.addStretch(1)
        card.body.addWidget(muted(_("Or save it to a stick and hand that over.")))
        card.body.addLayout(row)
        return card

    def _their_card(self) -> Card:
        card = self._step(2, _("Take their card"))
        card.body.addWidget(
            muted(
                _(
                    "Take a picture of the code on the partner's screen with a camera or telephone, copy the picture "
                    "to this computer and choose it here. Or choose the card file on their stick."
                )
            )
        )
        row = QHBoxLayout()
        self.take_button = button(_("Choose picture or file"), self.choose_card, key="A")
        row.addWidget(self.take_button)
        row.addStretch(1)
        card.body.addLayout(row)
        self.taken = label("", "strong", wrap=True)
        card.body.addWidget(self.taken)
        card.body.addStretch(1)
        return card

    def _digits_card(self) -> Card:
        card = self._step(3, _("Compare the digits"))
        self.how = label(how_to_compare(), wrap=True)
        card.body.addWidget(self.how)
        self.waits = muted(_("The digits appear when you have taken their card."))
        card.body.addWidget(self.waits)
        self.compare = Digits(self._library, self._bridge)
        self.compare.confirmed.connect(self._confirmed)
        self.compare.hide()
        card.body.addWidget(self.compare)
        self.done = label("", "strong", wrap=True)
        card.body.addWidget(self.done)
        self.next = QWidget()
        below = QVBoxLayout(self.next)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(8)
        below.addWidget(
            muted(_("Both stations do this. Until you change it, the partner gets what the standard rule gives."))
        )
        row = Wrapped(8)
        self.write_button = primary(_("Write a bundle"), self._write, key="W")
        self.rules_button = button(_("Sharing rules"), self._show_rules, key="U")
        row.addWidget(self.write_button)
        row.addWidget(self.rules_button)
        below.addLayout(row)
        card.body.addWidget(self.next)
        self.next.hide()
        card.body.addStretch(1)
        return card

    def begin(self) -> None:
        """Start with the first step."""
        station = self._library.station
        self.name.setText(f"{station.name}, {station.country}")
        self._bridge.run(lambda _cancel: acts.card_code(self._library), self.code.show_text, owner=self)
        self.taken.setText("")
        self.done.setText("")
        self.next.hide()
        self.how.show()
        self.waits.show()
        self.compare.hide()

    # -- cards -------------------------------------------------------------------------------------------------

    def save_card(self) -> None:
        """Write this station's card where the person says."""
        choose_folder(self, _("Where to save your card"), self.save_card_to)

    def save_card_to(self, folder: Path) -> None:
        """Write this station's card into ``folder``."""
        self._bridge.act(
            lambda _cancel: acts.write_card(self._library, folder),
            lambda path: self._bridge.say(_("Card saved as {file}").format(file=path.name)),
            owner=self,
        )

    def choose_card(self) -> None:
        """Choose the card a partner gave, as a file or a picture of its code."""
        choose_file(self, _("Choose the partner's card"), self.add_card, CARDS)

    def add_card(self, path: Path) -> None:
        """Add the partner of a card; the digits are compared next."""
        self._bridge.act(lambda _cancel: acts.add_partner(self._library, path), self._added, owner=self)

    def _added(self, partner: Partner) -> None:
        self.show_partner(partner)
        self._bridge.say(_("{name} is added. Compare the digits now.").format(name=partner.name))
        self.added.emit(partner)

    def show_partner(self, partner: Partner) -> None:
        """Go on with the digits of a partner whose card is here."""
        self.taken.setText(_("Card of {name}, {country}").format(name=partner.name, country=partner.country))
        self.waits.hide()
        self.compare.show_partner(partner)
        self.compare.show()
        self._say_done(partner)
        if not partner.trusted:
            QTimer.singleShot(0, self, self._show_digits)
            self.compare.setFocus()  # not onto a button: trust is never given by pressing Enter once too often

    def _show_digits(self) -> None:
        """Scroll to the digits where the window is too low for them."""
        above: QWidget | None = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(self.compare)

    def _confirmed(self, partner: Partner) -> None:
        self._say_done(partner)
        self.write_button.setFocus()
        self.confirmed.emit(partner)

    def _write(self) -> None:
        partner = self.compare.partner
        if partner is not None:
            self.write_wanted.emit(partner.id)

    def _show_rules(self) -> None:
        partner = self.compare.partner
        self.rules_wanted.emit(partner.id if partner is not None else b"")

    def _say_done(self, partner: Partner) -> None:
        self.how.setVisible(not partner.trusted)
        self.done.setText(compared(self._library, partner) if partner.trusted else "")
        self.next.setVisible(partner.trusted)
