"""Given: what left this station, to whom, under which rule, and whether a receipt proved that it arrived."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMargins, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions import ledger, ledger_words
from ranger_app.actions.analysis import Question
from ranger_app.actions.ledger import Detail, Group, Standing
from ranger_app.actions.ledger import Line as Given
from ranger_app.actions.listing import Line
from ranger_app.changes import Changes
from ranger_app.i18n import _, ngettext
from ranger_app.jobs import CancelToken, Job
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.exchange.receipt_panel import MakeReceipt, TakeReceipt
from ui.exchange.rows import Row, Rows
from ui.numbers import day, day_at, moment, number, size
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.chip_column import TONE, ChipColumn
from ui.widgets.choose import choose_folder
from ui.widgets.empty_state import EmptyState
from ui.widgets.layouts import clear
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.table import LinesModel, LineTable
from ui.widgets.text import breakable, hairline, label, muted, section
from ui.widgets.wrapped import Wrapped

_STATE = 4
_TITLES = 6
_PARTNERS, _ROW = 4, 29
"""Partners shown without scrolling, and the height of one line."""
_LACKING = 12
_NARROW, _TABLE, _CARD = 1200, 220, 320
"""Below this width of the window, pixels, a line's details stand under the table; heights of both there."""


class _LedgerModel(LinesModel):
    def __init__(self) -> None:
        super().__init__([_("When"), _("Given to"), _("What"), _("Rule"), _("State")], [False] * 5)
        self.tones: dict[bytes, str] = {}

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == TONE and index.column() == _STATE:
            return self.tones.get(self.lines[index.row()].id, "neutral")
        return super().data(index, role)


class DetailCard(Card):
    """One line of the ledger, whole."""

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._library, self._bridge = library, bridge
        self._asked = 0
        self.detail: Detail | None = None
        head = QHBoxLayout()
        head.setSpacing(8)
        self.name = section("")
        head.addWidget(self.name, 1)
        self.body.addLayout(head)
        self.chip = Chip("")
        row = QHBoxLayout()
        row.addWidget(self.chip)
        row.addStretch(1)
        self.body.addLayout(row)
        self.scrolled = ScrolledColumn(QMargins(0, 0, 8, 0))
        self.column = self.scrolled.column
        self.column.setSpacing(6)
        self.body.addWidget(self.scrolled, 1)
        self.hide()

    def open(self, line: int | None) -> None:
        """Show a line; None for none."""
        self._asked += 1
        asked = self._asked
        if line is None:
            self.hide()
            return
        self._bridge.run(
            lambda _cancel: ledger.detail(self._library, line), lambda found: self._show(asked, found), owner=self
        )

    def _show(self, asked: int, found: Detail) -> None:
        if asked != self._asked:
            return
        self.detail = found
        line, given = found.line, found.line.given
        self.name.setText(ledger_words.title(given))
        words, tone = ledger_words.state_words(line)
        self.chip.setVisible(bool(words))
        self.chip.show_word(words, tone)
        clear(self.column)
        offset = self._library.station.utc_offset
        facts = [
            (_("Given to"), line.to or _("nobody in particular")),
            (_("When"), moment(given.at / 1000, offset)),
            (_("By"), line.who),
            (_("Rule"), ledger_words.rule_word(given)),
            (_("Size"), size(given.bytes) if given.bytes else ""),
            (_("Written to"), breakable(given.place)),
        ]
        if given.confirmed is not None:
            how = _("{when}, by {how}").format(
                when=moment(given.confirmed / 1000, offset), how=ledger_words.proof_words(given)
            )
            facts.append((_("Confirmed"), how))
        for word, value in facts:
            if value:
                self._add(label(_("{word}: {value}").format(word=word, value=value), wrap=True))
        self._part(_("In it"), [*map(_group_words, found.groups), *_media_words(found)])
        lacking = [one.file_name for one in found.pictures if one.lacking]
        if lacking:
            shown = lacking[:_LACKING]
            more = len(lacking) - len(shown)
            rest = [ngettext("and {n} more", "and {n} more", more).format(n=number(more))] if more else []
            self._part(_("Did not arrive; goes along next time"), [", ".join(shown), *rest])
        self._part(_("The rule held back"), ledger_words.withheld(given))
        self.column.addStretch(1)
        self.show()

    def _part(self, title: str, lines: Sequence[str]) -> None:
        if not lines:
            return
        self._add(hairline())
        self._add(label(title, "strong"))
        for line in lines:
            self._add(muted(line))

    def _add(self, widget: QWidget) -> None:
        self.column.addWidget(widget)


def _group_words(group: Group) -> str:
    words = f"{ledger_words.kind_word(group.kind)}: {number(group.number)}"
    titles = [one for one in group.titles[:_TITLES] if one]
    if not titles:
        return words
    named = ", ".join(titles) + (" …" if group.number > len(titles) else "")
    return f"{words} ({named})"


def _media_words(found: Detail) -> list[str]:
    return [f"{ledger_words.form_word(form)}: {number(n)}" for form, n in found.line.given.media.items() if n]


class LedgerPage(QWidget):
    """Where each partner stands and the ledger at the left, one line of it at the right."""

    panel_wanted = Signal(object, str)

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self.lines: list[Given] = []
        self.standings: list[Standing] = []
        self._sides = outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.BETWEEN)
        left = QVBoxLayout()
        left.setSpacing(theme.BETWEEN)
        left.addWidget(self._receipts())
        self.model = _LedgerModel()
        self.table = LineTable(
            bridge,
            self.model,
            lambda: [],
            (),
            EmptyState(_("Nothing has left this station yet. Every bundle, export and report will be listed here.")),
            newest_first=0,
            spare={3: 900},
        )
        self.table.view.setItemDelegateForColumn(_STATE, ChipColumn(self.table.view))
        self.table.view.setAccessibleName(_("What we gave"))
        self.table.selected.connect(self._selected)
        left.addWidget(self.table, 1)
        left.addLayout(self._saving())
        outer.addLayout(left, 64)
        self.card = DetailCard(library, bridge)
        outer.addWidget(self.card, 42)
        self.setFocusProxy(self.table)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.window().width() < _NARROW
        self._sides.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        self.card.setMinimumHeight(_CARD if narrow else 0)
        self.table.setMinimumHeight(_TABLE if narrow else 0)

    def _receipts(self) -> Card:
        card = Card(_("Receipts"))
        self.make_button = button(_("Make a receipt"), self.make_receipt, key="M")
        self.take_button = button(_("Take a receipt"), self.take_receipt, key="T")
        row = Wrapped(8)
        row.addWidget(self.make_button)
        row.addWidget(self.take_button)
        card.body.addLayout(row)
        self.rows = Rows()
        card.body.addWidget(self.rows)
        return card

    def _saving(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.save_button = button(_("Save to print"), self.save, key="S")
        self.exact = QCheckBox(_("With who did it and where it was written to"))
        row.addWidget(self.save_button)
        row.addWidget(self.exact)
        row.addStretch(1)
        return row

    # -- reading -----------------------------------------------------------------------------------------------

    def refresh(self, _changes: Changes | None) -> None:
        """Read the ledger again."""
        self._bridge.run(
            lambda _cancel: (ledger.lines(self._library), ledger.standings(self._library)), self._take, owner=self
        )

    def _take(self, found: tuple[list[Given], list[Standing]]) -> None:
        self.lines, self.standings = found
        self.make_button.setEnabled(bool(self.standings))
        self.save_button.setEnabled(bool(self.lines))
        if self.standings:
            self.rows.fill([self._standing(one) for one in self.standings])
        else:
            self.rows.fill([muted(_("No partner yet whose keys were compared."))])
        self.rows.setFixedHeight(min(max(1, len(self.standings)), _PARTNERS) * _ROW)
        self.model.tones = {_id(one): ledger_words.state_words(one)[1] for one in self.lines}
        self.table.show_lines([self._line(one) for one in self.lines])
        if self.lines and self.table.current() is None:
            self.table.choose(_id(self.lines[0]))
        self._selected(self.table.current())

    def _standing(self, standing: Standing) -> Row:
        words, tone = ledger_words.standing_words(standing)
        remark = ""
        if standing.counter is not None and standing.at is not None:
            when = day(day_at(standing.at / 1000, self._library.station.utc_offset))
            remark = _("last bundle {n}, {when}").format(n=number(standing.counter), when=when)
        return Row(standing.name, remark, words, tone)

    def _line(self, one: Given) -> Line:
        given = one.given
        words, _tone = ledger_words.state_words(one)
        when = day(day_at(given.at / 1000, self._library.station.utc_offset))
        texts = (when, one.to, ledger_words.title(given), ledger_words.rule_word(given), words)
        order: tuple[tuple[int, int | str], ...] = (
            (0, given.at),
            (1, one.to.casefold()),
            (1, f"{given.what} {given.counter or 0:09d}"),
            (1, texts[3].casefold()),
            (1, words),
        )
        return Line(_id(one), texts, order)

    def _selected(self, line: bytes | None) -> None:
        self.card.open(int.from_bytes(line, "big") if line is not None else None)

    # -- acts --------------------------------------------------------------------------------------------------

    def make_receipt(self) -> None:
        """Open the panel that makes a receipt."""
        if not self.standings:
            return
        panel = MakeReceipt(self._library, self._bridge, [(one.partner, one.name) for one in self.standings])
        panel.made.connect(lambda: self.refresh(None))
        self.panel_wanted.emit(panel, _("Make a receipt"))

    def take_receipt(self) -> None:
        """Open the panel that takes a receipt."""
        panel = TakeReceipt(self._library, self._bridge)
        panel.taken.connect(lambda: self.refresh(None))
        self.panel_wanted.emit(panel, _("Take a receipt"))

    def save(self) -> None:
        """Save the ledger as a page to print and CSV where the person says."""
        if self.lines:
            choose_folder(self, _("Where to save the ledger"), self.save_to)

    def save_to(self, folder: Path) -> None:
        """Save the ledger into a folder of its own in ``folder``."""
        station, exact = self._library.station, self.exact.isChecked()
        today = day_at(self._library.now_ms() / 1000, station.utc_offset)
        out = folder / f"ledger-{today.isoformat()}"

        def write(cancel: CancelToken) -> Job[dict[str, object]]:
            from ranger_app.actions import report  # brings every analysis with it

            return report.report(self._library, "ledger", out, Question(exact=exact), cancel)

        self._bridge.run(
            write,
            lambda _answer: self._bridge.say(_("Saved in {folder}").format(folder=out)),
            owner=self,
            title=_("Writing the report"),
        )


def _id(line: Given) -> bytes:
    return line.given.key.to_bytes(8, "big")
