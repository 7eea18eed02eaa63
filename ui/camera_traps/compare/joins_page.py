"""All that was said of pairs of animals, what waits first: who said what, chains that contradict themselves."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from ranger_app.actions import same_animal
from ranger_app.changes import Changes
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ranger_app.store import gallery
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps.compare import found as finding
from ui.camera_traps.compare.found import AT_ONCE, LATER, STATES, Found
from ui.camera_traps.compare.joins_list import JoinsList, Row
from ui.commands import Command
from ui.numbers import number
from ui.widgets.again import Again
from ui.widgets.buttons import button, primary
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.empty_state import EmptyState
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.text import label


class JoinsPage(QWidget):
    """``compare_wanted(one, other, round)`` with the pairs of the group to walk through; ``catalogue_wanted`` where
    there is nothing yet; ``told`` when heading or commands differ.
    """

    compare_wanted = Signal(object, object, object)
    catalogue_wanted = Signal()
    told = Signal()

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self._asked = 0
        self._again = Again(self, self.read, at_once=AT_ONCE, later=LATER)
        self.found: Found | None = None
        self._stack = QStackedLayout(self)
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(theme.OUTSIDE, 0, theme.OUTSIDE, theme.BETWEEN)
        row.setSpacing(theme.BETWEEN)
        self.list = JoinsList(library)
        self.list.opened.connect(self.open_row)
        self.list.chosen.connect(self._show_card)
        row.addWidget(self.list, 62)
        beside = ScrolledColumn(QMargins(0, 0, 0, 0))
        beside.column.addWidget(self._made_card(), 1)
        row.addWidget(beside, 38)
        self._stack.addWidget(page)
        self.empty = EmptyState(
            _(
                "Nothing was said of two animals yet. Choose an animal in the catalogue and press C: it stands beside"
                " the animals of the other catalogues, and one key says whether they are one."
            ),
            _("Open the catalogue"),
            self.catalogue_wanted.emit,
            icon="star",
            key="Esc",
        )
        self._stack.addWidget(self.empty)
        self.setFocusProxy(self.list)

    def _made_card(self) -> Card:
        card = Card()
        self.title = label("", "section", wrap=True)
        self.chip = Chip("")
        self.words = label("", wrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        card.body.addWidget(self.title)
        card.body.addWidget(self.chip)
        card.body.addWidget(self.words)
        self._chain = QVBoxLayout()
        self._chain.setSpacing(4)
        card.body.addLayout(self._chain)
        self.compare = primary(_("Compare side by side"), self.open_chosen, key="Return")
        self.back = button(_("Take back what we said"), self.take_back, key="T")
        card.body.addWidget(self.compare)
        card.body.addWidget(self.back)
        card.body.addStretch(1)
        self.card = card
        return card

    # -- reading -----------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Read what was said and stand on what waits for this station."""
        self.read()

    def read(self) -> None:
        """Read again."""
        self._asked += 1
        asked, library = self._asked, self._library

        def read(_cancel: object) -> tuple[Found, dict[bytes, str]]:
            found = finding.read(library)
            wanted = {animal for pair in found.said for animal in pair}
            pictures = {}
            with library.read() as db:
                for animal in wanted:
                    media = found.entries[animal].picture if animal in found.entries else None
                    sha256 = gallery.picture_of(db, media) if media is not None else None
                    if sha256:
                        pictures[animal] = sha256
            return found, pictures

        self._bridge.run(read, lambda read_: self._take(asked, *read_), owner=self)

    def _take(self, asked: int, found: Found, pictures: dict[bytes, str]) -> None:
        if asked != self._asked:
            return
        self.found = found
        self._stack.setCurrentIndex(0 if found.said else 1)
        self.list.show_found(found, pictures)
        self.told.emit()

    def refresh(self, changes: Changes) -> None:
        """Read again what changed."""
        if self.found is not None:
            self._again.changed(changes)

    # -- showing -----------------------------------------------------------------------------------------------

    def _show_card(self, row: Row | None) -> None:
        self.card.setVisible(row is not None)
        while (item := self._chain.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if row is None or self.found is None or row.is_heading:
            return
        one, other = (self.found.title(animal) for animal in row.pair)
        self.title.setText(_("{one} and {other}").format(one=one, other=other))
        word, tone = STATES[row.state]
        self.chip.show_word(_(word), tone)
        if row.wrong is not None:
            self.words.setText(row.wrong.words)
            self._chain.addWidget(label(_("Compare a pair of it:"), "muted"))
            for nth, pair in enumerate(row.wrong.pairs, start=1):
                names = [self.found.title(animal) for animal in pair]
                made = button(
                    " – ".join(names),
                    partial(self.compare_wanted.emit, *pair, row.wrong.pairs),
                    key=str(nth) if nth <= 9 else "",
                )
                self._chain.addWidget(made)
        else:
            offset = self._library.station.utc_offset
            said = row.said.said if row.said is not None else ()
            self.words.setText("\n\n".join(finding.word_line(one, offset) for one in said))
        self.compare.setVisible(row.wrong is None)
        self.back.setVisible(row.said is not None and bool(row.said.mine))

    def heading(self) -> tuple[str, str]:
        """Title and sentence of the page."""
        if self.found is None:
            return _("Statements on two animals"), " "
        waits = sum(one.waits_for_us for one in self.found.said.values())
        n, wrong = len(self.found.said), len(self.found.wrong)
        parts = [ngettext("{n} pair", "{n} pairs", n).format(n=number(n))]
        if waits:
            words = ngettext("{n} waits for your answer", "{n} wait for your answer", waits)
            parts.append(words.format(n=number(waits)))
        if wrong:
            parts.append(ngettext("{n} contradiction", "{n} contradictions", wrong).format(n=number(wrong)))
        return _("Statements on two animals"), " · ".join(parts)

    # -- doing -------------------------------------------------------------------------------------------------

    def open_chosen(self) -> None:
        """Compare the chosen pair side by side."""
        row = self.list.row()
        if row is not None and not row.is_heading:
            self.open_row(row)

    def open_row(self, row: Row) -> None:
        """Compare a pair, with the others of its group to walk through."""
        if row.wrong is not None:
            self.compare_wanted.emit(*row.pair, row.wrong.pairs)
            return
        group = [one.pair for one in self.list.joins.rows if one.state == row.state and one.said is not None]
        self.compare_wanted.emit(*row.pair, group)

    def open_link(self, nth: int) -> None:
        """Compare the pair at place ``nth`` (from 1) of the contradiction shown."""
        row = self.list.row()
        if row is not None and row.wrong is not None and nth <= len(row.wrong.pairs):
            self.compare_wanted.emit(*row.wrong.pairs[nth - 1], row.wrong.pairs)

    def take_back(self) -> None:
        """Take back what this station said of the chosen pair."""
        row = self.list.row()
        if row is None or row.said is None or self.found is None:
            return
        if not row.said.mine:
            self._bridge.say(_("This station has said nothing of these two."))
            return
        one, other = (self.found.title(animal) for animal in row.pair)
        self._bridge.act(
            lambda _cancel: same_animal.take_back(self._library, *row.pair),
            lambda _done: self._bridge.say(_("Taken back: {one}, {other}").format(one=one, other=other), undo=True),
            owner=self,
        )

    def commands(self, free: Callable[[], bool]) -> list[Command]:
        """Its keys; ``free`` tells whether plain letters are commands now."""
        made = partial(Command, group=_("Statements on two animals"), enabled=free)
        links = [
            made(f"joins.link_{nth}", _("Compare a pair of the chain"), partial(self.open_link, nth), str(nth),
                 listed=nth == 1)
            for nth in range(1, 10)
        ]  # fmt: skip
        return [
            made("joins.open", _("Compare side by side"), self.open_chosen, "Return", bound=False),
            made("joins.take_back", _("Take back what was said"), self.take_back, "T"),
            *links,
        ]

    def start_focus(self) -> QWidget:
        """Where the keyboard goes."""
        return self

    def state(self) -> dict[str, Any]:
        """The row that is chosen."""
        row = self.list.row()
        return {"row": row.id if row is not None else None}

    def restore(self, state: dict[str, Any]) -> None:
        """Choose that row again as soon as it is read."""
        self.list.await_row(state["row"])
        self.read()
