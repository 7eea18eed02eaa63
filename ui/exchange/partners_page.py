"""Partners: the list with one partner beside it, and the page on which two people pair their stations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from ranger_app.actions import partners as acts
from ranger_app.actions import revocations
from ranger_app.actions.listing import Line
from ranger_app.actions.partners import Partner
from ranger_app.actions.revocations import WAITING, Withdrawal
from ranger_app.i18n import _
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.exchange.pairing_page import PairingPage
from ui.exchange.partner_card import PartnerCard
from ui.exchange.withdrawal_part import Waiting, WithdrawalPart
from ui.numbers import day_at
from ui.widgets.buttons import button
from ui.widgets.choose import choose_file
from ui.widgets.empty_state import EmptyState
from ui.widgets.origin_mark import origin_mark
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.table import LinesModel, LineTable


class _PartnersModel(LinesModel):
    def __init__(self) -> None:
        super().__init__([_("Station"), _("Keys"), _("Last read"), _("Last written")], [False] * 4)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return origin_mark(False)
        return super().data(index, role)


class PartnersPage(QWidget):
    """The list at the left, one partner at the right; ``changed`` after a partner was added, trusted or withdrawn."""

    changed = Signal()
    write_wanted = Signal(object)
    rules_wanted = Signal(object)

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self.partners: list[Partner] = []
        self.withdrawals: list[Withdrawal] = []
        self._wanted: bytes | None = None
        self._either = QStackedLayout(self)
        self._either.setContentsMargins(0, 0, 0, 0)
        self._listed = QWidget()
        outer = QVBoxLayout(self._listed)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.BETWEEN)
        self.waiting = Waiting(library, bridge)
        self.waiting.decided.connect(self._altered)
        outer.addWidget(self.waiting)
        sides = QHBoxLayout()
        sides.setSpacing(theme.BETWEEN)
        outer.addLayout(sides, 1)
        left = QVBoxLayout()
        left.setSpacing(theme.BETWEEN)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.pair_button = button(_("Pair with a partner"), self.pair, icon="key", key="A")
        self.take_button = button(
            _("Take a statement about withdrawn keys"), self.choose_statement, role="quiet", key="K"
        )
        row.addWidget(self.pair_button)
        row.addWidget(self.take_button)
        row.addStretch(1)
        left.addLayout(row)
        self.table = LineTable(
            bridge,
            _PartnersModel(),
            lambda: [],
            (),
            EmptyState(
                _("No partners yet. Sit together with the people of the other station and pair."),
                _("Pair with a partner"),
                self.pair,
                icon="key",
                key="A",
            ),
            spare={2: 460, 3: 380},
        )
        self.table.selected.connect(self._selected)
        self.table.view.setAccessibleName(_("Partners"))
        left.addWidget(self.table, 1)
        self.own = WithdrawalPart(library, bridge, own=True)
        self.own.changed.connect(self._altered)
        left.addWidget(self.own)
        sides.addLayout(left, 56)
        self.card = PartnerCard(library, bridge)
        self.card.confirmed.connect(self._altered)
        self.card.changed.connect(self._altered)
        self.card.rules_wanted.connect(self.rules_wanted)
        right = ScrolledColumn(self.contentsMargins())
        right.column.addWidget(self.card)
        right.column.addStretch(1)
        sides.addWidget(right, 50)
        self._either.addWidget(self._listed)
        self.pairing = PairingPage(library, bridge)
        self.pairing.added.connect(self._added)
        self.pairing.confirmed.connect(lambda _partner: self._altered())
        self.pairing.left.connect(self.show_list)
        self.pairing.write_wanted.connect(self.write_wanted)
        self.pairing.rules_wanted.connect(self.rules_wanted)
        self._either.addWidget(self.pairing)
        self.setFocusProxy(self.table)

    # -- the two pages -----------------------------------------------------------------------------------------

    @property
    def is_pairing(self) -> bool:
        """Whether the page on which two people pair is shown."""
        return self._either.currentWidget() is self.pairing

    def pair(self) -> None:
        """Begin to pair; while that page is shown, take the partner's card."""
        if self.is_pairing:
            self.pairing.choose_card()
            return
        self.pairing.begin()
        self._either.setCurrentWidget(self.pairing)
        self.pairing.take_button.setFocus()

    def show_list(self) -> None:
        """Show the list again."""
        self._either.setCurrentWidget(self._listed)
        self.table.view.setFocus()

    def confirm(self) -> None:
        """The digits that are shown are the same."""
        (self.pairing.compare if self.is_pairing else self.card.compare).confirm()

    def refuse(self) -> None:
        """The digits that are shown differ from the partner's."""
        (self.pairing.compare if self.is_pairing else self.card.compare).refuse()

    @property
    def shown(self) -> bytes:
        """The partner that is looked at, empty for none."""
        partner = self.pairing.compare.partner if self.is_pairing else self.card.partner
        return partner.id if partner is not None else b""

    # -- reading -----------------------------------------------------------------------------------------------

    def refresh(self, _changes: object) -> None:
        """Read the partners again."""
        self._bridge.run(
            lambda _cancel: (acts.list_partners(self._library), revocations.list_(self._library)),
            self._take,
            owner=self,
        )

    def _take(self, found: tuple[list[Partner], list[Withdrawal]]) -> None:
        self.partners, self.withdrawals = found
        self.waiting.show_waiting([one for one in self.withdrawals if one.state == WAITING])
        station = self._library.station
        self.own.show_station(station.id, station.name, self.withdrawals)
        self.table.show_lines([self._line(one) for one in self.partners])
        if self._wanted is not None:
            self.table.choose(self._wanted)
            self._wanted = None
        elif self.partners and self.table.current() is None:
            waiting = next((one for one in self.partners if not one.trusted), self.partners[0])
            self.table.choose(waiting.id)
        self._selected(self.table.current())

    def _line(self, partner: Partner) -> Line:
        def when(at: int | None) -> str:
            return day_at(at / 1000, self._library.station.utc_offset).isoformat() if at is not None else ""

        keys = _("compared") if partner.trusted else _("not compared")
        if partner.withdrawn:
            keys = _("withdrawn")
        texts = (f"{partner.name}, {partner.country}", keys, when(partner.last_read), when(partner.last_written))
        order: tuple[tuple[int, int | str], ...] = (
            (1, partner.name.casefold()),
            (0, int(partner.trusted) - 2 * int(partner.withdrawn)),
            (0, partner.last_read or 0),
            (0, partner.last_written or 0),
        )
        return Line(partner.id, texts, order)

    def _selected(self, partner: bytes | None) -> None:
        found = next((one for one in self.partners if one.id == partner), None)
        if found is None:
            self.card.hide()
        else:
            self.card.show_partner(found, self.withdrawals)

    # -- acts --------------------------------------------------------------------------------------------------

    def save_card(self) -> None:
        """Write this station's card where the person says."""
        self.pairing.save_card()

    def save_card_to(self, folder: Path) -> None:
        """Write this station's card into ``folder``."""
        self.pairing.save_card_to(folder)

    def choose_card(self) -> None:
        """Choose the card a partner gave."""
        self.pairing.choose_card()

    def add_card(self, path: Path) -> None:
        """Add the partner of a card; the digits are compared next."""
        self.pairing.add_card(path)

    def _added(self, partner: Partner) -> None:
        self._wanted = partner.id
        self._altered()

    def _altered(self) -> None:
        self.refresh(None)
        self.changed.emit()

    def choose_statement(self) -> None:
        """Choose the file in which a partner says that keys are withdrawn."""
        choose_file(self, _("Choose the statement"), self.take_statement, "*.json *.JSON")

    def take_statement(self, path: Path) -> None:
        """Take in a signed statement about withdrawn keys."""
        self._bridge.run(
            lambda _cancel: revocations.take(self._library, revocations.read_file(path)),
            self._statement_taken,
            owner=self,
            title=_("Withdrawn keys"),
        )

    def _statement_taken(self, one: Withdrawal) -> None:
        self._bridge.say(
            _("Keys of {name}: decide whether to follow {issuer}.").format(name=one.name, issuer=one.issuer_name)
            if one.state == WAITING
            else _("Taken: the keys of {name}.").format(name=one.name)
        )
        self._altered()
