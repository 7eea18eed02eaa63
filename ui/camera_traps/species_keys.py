"""Which species lie on the keys 1 to 9: each person chooses their own by typing a name in any language."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions.records import title
from ranger_app.actions.review import USUAL_SPECIES
from ranger_app.domain import taxa
from ranger_app.i18n import _, language
from ranger_app.library import Library
from ui import theme
from ui.camera_traps.reviewer import Reviewer
from ui.camera_traps.species_field import SpeciesField
from ui.widgets.buttons import button
from ui.widgets.keycap import keycap
from ui.widgets.text import label


class KeyField(SpeciesField):
    """The species of one key; what was typed and not taken is forgotten."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self._name = ""
        self.setAccessibleName(_("Species on key {key}").format(key=place))
        self.left.connect(self._again)

    def show_name(self, name: str) -> None:
        """Show the species that lies on the key."""
        self._name = name
        self.setToolTip(name)
        self._again()

    def _again(self) -> None:
        self.setText(taxa.name(self._name, language()) if self._name else "")
        self.setCursorPosition(0)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        popup = self.completer().popup() if self.completer() is not None else None
        if popup is None or not popup.isVisible():
            self._again()


def person_name(library: Library) -> str:
    """The name of the person at work; empty where nobody said who they are."""
    if library.person is None:
        return ""
    with library.read() as db:
        return title(db, "person", library.person)


class SpeciesKeys(QWidget):
    """Nine fields and the way back to the usual species; ``done`` when a person has finished."""

    done = Signal()

    def __init__(self, reviewer: Reviewer, person: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reviewer = reviewer
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.INSIDE, theme.BETWEEN, theme.INSIDE, theme.INSIDE)
        column.setSpacing(theme.BETWEEN)
        whose = _("The keys of {person}.").format(person=person) if person else _("The keys of this library.")
        column.addWidget(label(whose + " " + _("Type a name in any language, then Enter."), "sentence", wrap=True))
        rows = QGridLayout()
        rows.setHorizontalSpacing(8)
        rows.setVerticalSpacing(6)
        self.fields: list[KeyField] = []
        for place in range(1, 10):
            field = KeyField(place)
            field.chosen.connect(partial(self._chosen, place - 1))
            rows.addWidget(keycap(str(place)), place, 0)
            rows.addWidget(field, place, 1)
            self.fields.append(field)
        rows.setColumnStretch(1, 1)
        column.addLayout(rows)
        below = QHBoxLayout()
        self.usual = button(_("The usual species again"), self._usual)
        self.close_button = button(_("Done"), self.done.emit, key="Esc")
        below.addWidget(self.usual)
        below.addStretch(1)
        below.addWidget(self.close_button)
        column.addLayout(below)
        column.addStretch(1)
        self.setFocusProxy(self.fields[0])
        self.show_species()

    def show_species(self) -> None:
        """The species as they lie on the keys now."""
        names = self._reviewer.species
        for place, field in enumerate(self.fields):
            field.show_name(names[place] if place < len(names) else "")
        self.usual.setEnabled(tuple(names) != USUAL_SPECIES)

    def _chosen(self, place: int, name: str) -> None:
        names = [*self._reviewer.species, *[""] * (9 - len(self._reviewer.species))]
        if name in names and names.index(name) != place:  # a species has one key: the two change places
            names[names.index(name)] = names[place]
        names[place] = name
        self._reviewer.put_species([one for one in names if one])
        self.show_species()
        following = self.fields[min(place + 1, len(self.fields) - 1)]
        following.setFocus()

    def _usual(self) -> None:
        self._reviewer.put_species([])
        self.show_species()
