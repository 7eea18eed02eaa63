"""Decisions: where two stations changed the same field, both values side by side, and one key to choose."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions.decisions import Decision, DecisionSide, open_decisions, take
from ranger_app.actions.listing import Line
from ranger_app.changes import Changes
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.numbers import moment, number
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.empty_state import EmptyState
from ui.widgets.keycap import KeyHint, keycap
from ui.widgets.table import LinesModel, LineTable
from ui.widgets.text import label, muted, section

MOST_SIDES = 4


class SideCard(Card):
    """One value with its station, writer and time; ``taken`` when a person chooses it."""

    taken = Signal()

    def __init__(self, place: int, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.station = Chip("")
        head.addWidget(self.station)
        head.addStretch(1)
        head.addWidget(keycap(str(place + 1)))
        self.body.addLayout(head)
        self.value = label("", "title", wrap=True)
        self.body.addWidget(self.value)
        self.who = muted("")
        self.body.addWidget(self.who)
        self.body.addStretch(1)
        self.button = button(_("Take this"), self.taken.emit)
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        self.body.addLayout(row)

    def show_side(self, side: DecisionSide, utc_offset: int, shown_now: bool) -> None:
        """Show one side; ``shown_now``: it is the value that tables show until somebody decides."""
        self.station.show_word(side.station, "own" if side.own else "partner")
        self.value.setText(side.value)
        when = moment(side.at / 1000, utc_offset)
        words = _("{name}, {when}").format(name=side.by, when=when) if side.by else when
        self.who.setText(f"{words}\n" + _("Shown until somebody decides") if shown_now else words)


class DecisionsPage(QWidget):
    """The open decisions; ``counted(n)`` whenever they were read."""

    counted = Signal(int)

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self.decisions: list[Decision] = []
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.BETWEEN)
        self.table = LineTable(
            bridge,
            LinesModel([_("Record"), _("Field")], [False, False]),
            lambda: [],
            (),
            EmptyState(_("Nothing to decide. When both sides change the same field, it waits here."), icon="done"),
            with_filter=False,
        )
        self.table.view.setAccessibleName(_("Decisions"))
        self.table.selected.connect(self._selected)
        outer.addWidget(self.table, 40)
        self.right = QWidget()
        column = QVBoxLayout(self.right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.BETWEEN)
        self.question = section("")
        self.question.setWordWrap(True)
        column.addWidget(self.question)
        row = QHBoxLayout()
        row.setSpacing(theme.BETWEEN)
        self.sides = [SideCard(place) for place in range(MOST_SIDES)]
        for place, side in enumerate(self.sides):
            side.taken.connect(lambda place=place: self.take(place))
            row.addWidget(side, 1)
        column.addLayout(row)
        hints = QHBoxLayout()
        hints.addWidget(KeyHint(["Up", "Down"], _("next decision")))
        hints.addWidget(KeyHint("Ctrl+Z", _("undo")))
        hints.addStretch(1)
        column.addLayout(hints)
        column.addWidget(
            muted(_("The other value stays in the history. The next bundle tells the partner what you decided."))
        )
        column.addStretch(1)
        outer.addWidget(self.right, 66)
        self.right.hide()
        self.setFocusProxy(self.table)

    def refresh(self, _changes: Changes | None) -> None:
        """Read the open decisions again."""
        self._bridge.run(lambda _cancel: open_decisions(self._library), self._take_list, owner=self)

    def _take_list(self, found: list[Decision]) -> None:
        row = max(0, self.table.view.currentIndex().row())
        self.decisions = found
        lines = []
        for one in found:
            name = one.record.split(" · ")[0]  # what it belongs to stands above the values, where there is room
            texts = (f"{one.kind}: {name}", one.field)
            lines.append(Line(one.conflict.id.encode(), texts, tuple((1, text.casefold()) for text in texts)))
        self.table.show_lines(lines)
        if lines and self.table.current() is None:
            self.table.choose(self.table.model.lines[min(row, len(lines) - 1)].id)
        self._selected(self.table.current())
        self.counted.emit(len(found))

    def current(self) -> Decision | None:
        """The decision shown."""
        chosen = self.table.current()
        return next((one for one in self.decisions if one.conflict.id.encode() == chosen), None)

    def _selected(self, _chosen: bytes | None) -> None:
        one = self.current()
        self.right.setVisible(one is not None)
        if one is None:
            return
        left = len(self.decisions)
        remaining = ngettext("{n} decision waits", "{n} decisions wait", left).format(n=number(left))
        what = _("{record}: which is right for “{field}”?").format(record=f"{one.kind} {one.record}", field=one.field)
        self.question.setText(f"{what}  {remaining}.")
        offset = self._library.station.utc_offset
        for place, card in enumerate(self.sides):
            card.setVisible(place < len(one.sides))
            if place < len(one.sides):
                card.show_side(one.sides[place], offset, place == 0)

    def take(self, place: int) -> None:
        """Decide the one shown for side ``place``, from 0."""
        one = self.current()
        if one is None or place >= len(one.sides):
            return
        side = one.sides[place]
        self._bridge.act(
            lambda _cancel: take(self._library, one.conflict, place),
            lambda _changes: self._bridge.say(
                _("Decided: {field} is {value}").format(field=one.field, value=side.value), undo=True
            ),
            owner=self,
        )
