"""Partners: the list, this station's card, and the page on which two people compare the digits aloud."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions import partners as acts
from ranger_app.actions.listing import Line
from ranger_app.actions.partners import Partner
from ranger_app.actions.records import title
from ranger_app.i18n import _
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.numbers import day_at, moment
from ui.widgets.banner import Banner
from ui.widgets.buttons import button, primary
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.choose import choose_file, choose_folder
from ui.widgets.empty_state import EmptyState
from ui.widgets.layouts import clear
from ui.widgets.origin_mark import origin_mark
from ui.widgets.table import LinesModel, LineTable
from ui.widgets.text import hairline, label, muted, section


class _PartnersModel(LinesModel):
    def __init__(self) -> None:
        super().__init__([_("Station"), _("Keys"), _("Last read"), _("Last written")], [False] * 4)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return origin_mark(False)
        return super().data(index, role)


class PairingCard(Card):
    """One partner: the digits to compare while it waits, then who compared them and when."""

    confirmed = Signal()

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._library, self._bridge = library, bridge
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
        self.digits = [label("", "code") for _number in range(4)]
        for groups in (self.digits[:2], self.digits[2:]):
            line = QHBoxLayout()
            line.setSpacing(36)
            line.addStretch(1)
            for group in groups:
                group.setAlignment(Qt.AlignmentFlag.AlignCenter)
                line.addWidget(group)
            line.addStretch(1)
            self.body.addLayout(line)
        self.deciding = QWidget()
        column = QVBoxLayout(self.deciding)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.same = primary(_("They are the same"), self.confirm, key="Y")
        self.differ = button(_("They differ"), self.refuse, role="danger")
        row.addWidget(self.same)
        row.addWidget(self.differ)
        row.addStretch(1)
        column.addLayout(row)
        self.typed = QLineEdit()
        self.typed.setPlaceholderText(_("Or type the 20 digits that the partner reads to you, then Enter"))
        self.typed.setAccessibleName(_("Digits of the partner"))
        self.typed.returnPressed.connect(self.confirm_typed)
        column.addWidget(self.typed)
        self.body.addWidget(self.deciding)
        self._said = QVBoxLayout()
        self.body.addLayout(self._said)
        self.body.addWidget(hairline())
        self.facts = label("", "sentence", wrap=True)
        self.body.addWidget(self.facts)
        self.body.addStretch(1)
        self.hide()

    def show_partner(self, partner: Partner) -> None:
        """Show a partner."""
        if self.partner is None or partner.id != self.partner.id:
            self._clear_said()
            self.typed.clear()
        self.partner = partner
        waits = not partner.trusted
        self.name.setText(f"{partner.name}, {partner.country}")
        self.chip.show_word(_("waits for comparing") if waits else _("trusted"), "attention" if waits else "partner")
        if waits:
            self.how.setText(
                _(
                    "Sit together, or call a number you know. Both open this page. One reads the first line aloud, the"
                    " other the second. Only if all digits are the same are these really the partner's keys."
                )
            )
        else:
            self.how.setText(self._compared(partner))
        for group, digits in zip(self.digits, partner.confirm.split(), strict=True):
            group.setText(digits)
        self.deciding.setVisible(waits)
        lines = [
            _("Clearance: full. They see everything, exact places and people included."),
            _("Fingerprint: {digits}").format(digits=partner.fingerprint),
        ]
        self.facts.setText("\n".join(lines))
        self.show()

    def _compared(self, partner: Partner) -> str:
        if partner.confirmed_at is None:
            return _("The digits were compared.")
        when = moment(partner.confirmed_at / 1000, self._library.station.utc_offset)
        if partner.confirmed_by is None:
            return _("The digits were compared on {when}.").format(when=when)
        with self._library.read() as db:
            name = title(db, "person", partner.confirmed_by)
        return _("{name} compared the digits on {when}.").format(name=name, when=when)

    def confirm(self) -> None:
        """Both people said that the digits are the same."""
        if self.partner is not None and not self.partner.trusted:
            self._confirm(self.partner, self.partner.confirm)

    def confirm_typed(self) -> None:
        """Compare what was typed."""
        if self.partner is not None and self.typed.text().strip():
            self._confirm(self.partner, self.typed.text())

    def _confirm(self, partner: Partner, digits: str) -> None:
        self._clear_said()
        self._bridge.act(
            lambda _cancel: acts.confirm_partner(self._library, partner.id, digits), self._confirmed, owner=self
        )

    def _confirmed(self, partner: Partner) -> None:
        self.typed.clear()
        self.show_partner(partner)
        self._bridge.say(_("{name} is trusted now").format(name=partner.name))
        self.confirmed.emit()

    def refuse(self) -> None:
        """The digits differ."""
        self._clear_said()
        self._said.addWidget(
            Banner(
                _("Then do not exchange with this card."),
                _("Somebody may have changed it on the way. Ask the partner for a new card, from hand to hand."),
                "problem",
            )
        )

    def _clear_said(self) -> None:
        clear(self._said)


class PartnersPage(QWidget):
    """The list at the left, one partner at the right; ``changed`` after a partner was added or trusted."""

    changed = Signal()

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self.partners: list[Partner] = []
        self._wanted: bytes | None = None
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.BETWEEN)
        left = QVBoxLayout()
        left.setSpacing(theme.BETWEEN)
        own = Card(_("This station's card"))
        own.body.addWidget(
            muted(_("Give it to a partner from hand to hand, and take theirs. There is no secret on it."))
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        self.save_button = button(_("Save my card"), self.save_card, key="S")
        self.add_button = button(_("Add a partner"), self.choose_card, key="A")
        row.addWidget(self.save_button)
        row.addWidget(self.add_button)
        row.addStretch(1)
        own.body.addLayout(row)
        left.addWidget(own)
        self.table = LineTable(
            bridge,
            _PartnersModel(),
            lambda: [],
            (),
            EmptyState(
                _("No partners yet. Exchange cards first: save yours, and add the one you were given."),
                _("Add a partner"),
                self.choose_card,
                icon="key",
                key="A",
            ),
            spare={2: 460, 3: 380},
        )
        self.table.selected.connect(self._selected)
        self.table.view.setAccessibleName(_("Partners"))
        left.addWidget(self.table, 1)
        outer.addLayout(left, 60)
        self.card = PairingCard(library, bridge)
        self.card.confirmed.connect(self._trusted)
        right = QVBoxLayout()
        right.addWidget(self.card)
        right.addStretch(1)
        outer.addLayout(right, 46)
        self.setFocusProxy(self.table)

    def refresh(self, _changes: object) -> None:
        """Read the partners again."""
        self._bridge.run(lambda _cancel: acts.list_partners(self._library), self._take, owner=self)

    def _take(self, found: list[Partner]) -> None:
        self.partners = found
        self.table.show_lines([self._line(one) for one in found])
        if self._wanted is not None:
            self.table.choose(self._wanted)
            self._wanted = None
        elif found and self.table.current() is None:
            waiting = next((one for one in found if not one.trusted), found[0])
            self.table.choose(waiting.id)
        self._selected(self.table.current())

    def _line(self, partner: Partner) -> Line:
        def when(at: int | None) -> str:
            return day_at(at / 1000, self._library.station.utc_offset).isoformat() if at is not None else ""

        keys = _("compared") if partner.trusted else _("not compared")
        texts = (f"{partner.name}, {partner.country}", keys, when(partner.last_read), when(partner.last_written))
        order: tuple[tuple[int, int | str], ...] = (
            (1, partner.name.casefold()),
            (0, int(partner.trusted)),
            (0, partner.last_read or 0),
            (0, partner.last_written or 0),
        )
        return Line(partner.id, texts, order)

    def _selected(self, partner: bytes | None) -> None:
        found = next((one for one in self.partners if one.id == partner), None)
        if found is None:
            self.card.hide()
        else:
            self.card.show_partner(found)

    # -- cards -------------------------------------------------------------------------------------------------

    def save_card(self) -> None:
        """Write this station's card where the person says."""
        choose_folder(self, _("Where to save your card"), self.save_card_to)

    def save_card_to(self, folder: Path) -> None:
        """Write this station's card into ``folder``."""
        self._bridge.act(lambda _cancel: acts.write_card(self._library, folder), self._card_saved, owner=self)

    def _card_saved(self, path: Path) -> None:
        self._bridge.say(_("Card saved as {file}").format(file=path.name))

    def choose_card(self) -> None:
        """Choose the card a partner gave."""
        choose_file(self, _("Choose the partner's card"), self.add_card, "*.json *.JSON")

    def add_card(self, path: Path) -> None:
        """Add the partner of a card; the digits are compared next."""
        self._bridge.act(lambda _cancel: acts.add_partner(self._library, path), self._added, owner=self)

    def _added(self, partner: Partner) -> None:
        self._wanted = partner.id
        self._bridge.say(_("{name} is added. Compare the digits now.").format(name=partner.name))
        self.refresh(None)
        self.changed.emit()

    def _trusted(self) -> None:
        self.refresh(None)
        self.changed.emit()
