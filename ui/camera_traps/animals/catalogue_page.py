"""The catalogue: every known animal with a picture, found by code, name, species and whose it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ranger_app.actions import same_animal, second_opinion
from ranger_app.changes import Changes
from ranger_app.domain import taxa
from ranger_app.i18n import _, language, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.camera_traps.animals.catalogue_model import (
    ALONE,
    CODE,
    JOINED,
    LAST,
    NAME,
    OURS,
    PICTURE,
    SEX,
    STATUS,
    THEIRS,
    WHOSE,
    AnimalLine,
    CatalogueModel,
    lines,
)
from ui.camera_traps.animals.small_pictures import SmallPictures
from ui.camera_traps.filter_line import PickBox
from ui.camera_traps.key_line import KeyLine
from ui.commands import Command
from ui.numbers import number
from ui.widgets.again import Again
from ui.widgets.buttons import button
from ui.widgets.empty_state import EmptyState
from ui.widgets.table import LineTable
from ui.widgets.text import label

_AT_ONCE = frozenset({"individual", "same_animal"})
_LATER = frozenset({"second_opinion", "observation", "media"})


class SearchLine(QLineEdit):
    """``left`` when the keyboard goes back to the list: Enter, Down, or Escape, which also empties it."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down, Qt.Key.Key_Escape):
            if event.key() == Qt.Key.Key_Escape:
                self.clear()
            self.left.emit()
        else:
            super().keyPressEvent(event)


class CataloguePage(QWidget):
    """``opened(id)`` to see an animal; the other signals ask for the pages on which animals are joined.

    ``told`` when the sentence or the commands would be others.
    """

    opened = Signal(object)
    compare_wanted = Signal(object, object)
    """Two animals beside each other: (one, the other or None while nobody chose it)."""
    statements_wanted = Signal()
    opinions_wanted = Signal()
    told = Signal()

    def __init__(self, library: Library, bridge: Bridge, add: Callable[[], object]) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self._again = Again(self, self.read, at_once=_AT_ONCE, later=_LATER)
        self.waiting = (0, 0)
        """Statements and second opinions that wait for us."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.head = QWidget()
        self._build_head()
        column.addWidget(self.head)
        empty = EmptyState(
            _("No animal is known by name yet. Enter the first one you can tell apart by its coat."),
            _("Enter an animal"),
            add,
            icon="star",
            key="Ctrl+N",
        )
        self.model = CatalogueModel()
        self.table = LineTable(
            bridge,
            self.model,
            partial(lines, library),
            (),
            empty,
            with_filter=False,
            spare={STATUS: 1000, SEX: 860, NAME: 760, WHOSE: 620, LAST: 540},
            ahead=not bridge.inline,
        )
        view = self.table.view
        view.setAccessibleName(_("Known animals"))
        self.pictures = SmallPictures(library, view, PICTURE)
        view.sortByColumn(CODE, Qt.SortOrder.AscendingOrder)
        self.table.opened.connect(self.opened)
        self.table.loaded.connect(self._loaded)
        self.table.selected.connect(lambda _animal: self._show_buttons())
        self.nothing = EmptyState(_("No animal fits."), _("Show all animals"), self.show_all, icon="star")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.nothing)
        column.addWidget(self.stack, 1)
        self._build_foot(column)
        self.setFocusProxy(view)
        if bridge.inline:
            self.read()

    def _build_head(self) -> None:
        row = QHBoxLayout(self.head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.search = SearchLine()
        self.search.setPlaceholderText(_("Code or name") + "   Ctrl+F")
        self.search.setAccessibleName(_("Code or name"))
        self.search.setMinimumWidth(200)
        self.search.setMaximumWidth(280)
        self.search.textChanged.connect(self._narrow)
        self.search.left.connect(lambda: self.table.view.setFocus())
        row.addWidget(self.search, 3)
        self.species = self._box(row, _("Species"))
        self.species.addItem(_("All species"), "")
        self.whose = self._box(row, _("Catalogue"))
        for code, words in (
            ("", _("All catalogues")),
            (OURS, _("Ours")),
            (THEIRS, _("Partners'")),
            (JOINED, _("Joined")),
            (ALONE, _("Not joined")),
        ):
            self.whose.addItem(words, code)
        row.addStretch(1)
        self.count = label("", "sentence")
        row.addWidget(self.count)

    def _box(self, row: QHBoxLayout, name: str) -> PickBox:
        box = PickBox()
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.setMinimumContentsLength(12)
        box.setSizeAdjustPolicy(PickBox.SizeAdjustPolicy.AdjustToContents)
        box.setMaximumWidth(260)
        box.activated.connect(lambda _index: self._sift())
        box.closed.connect(lambda: self.table.view.setFocus())
        row.addWidget(box, 2)
        return box

    def _build_foot(self, column: QVBoxLayout) -> None:
        self.foot = QWidget()
        row = QHBoxLayout(self.foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.keys = KeyLine()
        self.keys.show_keys([(["Return"], _("open"))])
        row.addWidget(self.keys, 1)
        self.compare_button = self._button(row, self.compare)
        self.statements_button = self._button(row, self.statements_wanted.emit)
        self.opinions_button = self._button(row, self.opinions_wanted.emit)
        column.addWidget(self.foot)
        self._show_buttons()

    @staticmethod
    def _button(row: QHBoxLayout, run: Callable[[], object]) -> QPushButton:
        made = button("", run)
        row.addWidget(made)
        return made

    # -- reading -----------------------------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        """Read again what changed: at once where an animal was written, a moment later where pictures were named."""
        if changes is not None:
            self._again.changed(changes)

    def read(self) -> None:
        """Read the catalogue, and once it stands what waits for us."""
        self._again.done()
        self.table.refresh()

    def _read_waiting(self) -> tuple[int, int]:
        with self._library.read() as db:
            return (
                same_animal.waiting_for_us(self._library, db),
                len(second_opinion.open_for(self._library, db)),
            )

    def _take_waiting(self, waiting: tuple[int, int]) -> None:
        self.waiting = waiting
        self._show_buttons()
        self.told.emit()

    def _loaded(self, n: int) -> None:
        self.head.setVisible(n > 0)
        self.foot.setVisible(n > 0)
        self._offer_species()
        self._shown()
        if n and self.table.current() is None:
            self.table.view.selectRow(0)
        self.told.emit()
        self._bridge.run(lambda _cancel: self._read_waiting(), self._take_waiting, owner=self)

    def _offer_species(self) -> None:
        before = self.species.currentData()
        found = {one.entry.taxon for one in self.model.every if isinstance(one, AnimalLine)}
        named = sorted((taxa.name(one, language()), one) for one in found)
        self.species.clear()
        for words, taxon in [(_("All species"), ""), *named]:
            self.species.addItem(words, taxon)
        self.species.setCurrentIndex(max(0, self.species.findData(before)))
        self.species.setVisible(len(found) > 1)

    # -- choosing ----------------------------------------------------------------------------------------------

    def _sift(self) -> None:
        self.model.sift(str(self.species.currentData() or ""), str(self.whose.currentData() or ""))
        self._shown()

    def _narrow(self, text: str) -> None:
        self.model.narrow(text)
        self._shown()

    def _shown(self) -> None:
        n = len(self.model.lines)
        self.count.setText(
            ngettext("{n} animal", "{n} animals", n).format(n=number(n)) if n != len(self.model.every) else ""
        )
        self.stack.setCurrentWidget(self.nothing if self.model.every and not n else self.table)
        if n and self.table.current() is None:
            self.table.view.selectRow(0)

    def show_all(self) -> None:
        """Take every filter away."""
        self.search.clear()
        self.species.setCurrentIndex(0)
        self.whose.setCurrentIndex(0)
        self._sift()
        self.table.view.setFocus()

    def most_met(self) -> bytes | None:
        """The animal of the list with the most captures."""
        lines = [one for one in self.model.lines if isinstance(one, AnimalLine)]
        return max(lines, key=lambda one: one.entry.captures).id if lines else None

    # -- what the screen asks ----------------------------------------------------------------------------------

    def sentence(self) -> str:
        """How many are known, and how many of them on both sides."""
        every = [one.entry for one in self.model.every if isinstance(one, AnimalLine)]
        n = len(every)
        words = ngettext("{n} animal is known.", "{n} animals are known.", n).format(n=number(n))
        waiting = self.waiting[0]
        if waiting:
            words += " " + ngettext(
                "{n} statement of a partner waits for your word.",
                "{n} statements of partners wait for your word.",
                waiting,
            ).format(n=number(waiting))
        return words

    def _show_buttons(self) -> None:
        self.compare_button.setText(f"{_('Compare')}   C")
        self.compare_button.setEnabled(self.table.current() is not None)
        for made, words, n, key in (
            (self.statements_button, _("Statements"), self.waiting[0], "S"),
            (self.opinions_button, _("Second opinions"), self.waiting[1], "O"),
        ):
            made.setText(f"{words} · {number(n)}   {key}" if n else f"{words}   {key}")

    def commands(self, free: Callable[[], bool]) -> list[Command]:
        """What can be done here beside entering an animal; ``free`` tells whether plain letters are commands now."""
        made = partial(Command, group=_("Known animals"), enabled=free)
        return [
            made("camera_traps.open", _("Open the animal"), self.open_chosen, "Return", bound=False),
            Command("animals.search", _("Search"), self.search.setFocus, "Ctrl+F", group=_("Known animals")),
            made("animals.species", _("Choose a species"), partial(self._pick, self.species), "F"),
            made("animals.whose", _("Choose a catalogue"), partial(self._pick, self.whose), "W"),
            made("animals.compare", _("Compare"), self.compare, "C"),
            made("animals.statements", _("Statements"), self.statements_wanted.emit, "S"),
            made("animals.opinions", _("Second opinions"), self.opinions_wanted.emit, "O"),
        ]

    @staticmethod
    def _pick(box: PickBox) -> None:
        if box.isVisible():
            box.setFocus()
            box.showPopup()

    def open_chosen(self) -> None:
        """The page of the chosen animal."""
        chosen = self.table.current()
        if chosen is not None:
            self.opened.emit(chosen)

    def compare(self) -> None:
        """The chosen animal beside one that is still to be chosen."""
        chosen = self.table.current()
        if chosen is not None:
            self.compare_wanted.emit(chosen, None)

    # -- surviving a change of language ------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """What is looked for and chosen."""
        return {
            "search": self.search.text(),
            "taxon": self.species.currentData(),
            "whose": self.whose.currentData(),
            "chosen": self.table.current(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Look for the same again."""
        taxon = state["taxon"]
        if taxon and self.species.findData(taxon) < 0:  # the catalogue is still being read
            self.species.addItem(taxa.name(taxon, language()), taxon)
        self.species.setCurrentIndex(max(0, self.species.findData(taxon)))
        self.whose.setCurrentIndex(max(0, self.whose.findData(state["whose"])))
        self._sift()
        self.search.setText(state["search"])
        if state["chosen"] is not None:
            self.table.choose(state["chosen"])
