"""The line where counts are typed: species, Enter, number, Enter, and the next species can be typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions.count_write import CountEntry
from ranger_app.domain import taxa
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.i18n import _, language
from ui import theme
from ui.widgets.buttons import button, primary
from ui.widgets.field_editors import FieldEditor, species_text
from ui.widgets.text import label

_MOST_NAMED = 4
_OFTEN = 5


class EntryLine(QWidget):
    """Sector, species, number, method and remarks; ``entered(CountEntry, id or None)`` for a new or changed count."""

    entered = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count: bytes | None = None
        declared = kind_named("count")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(8)
        sector = QVBoxLayout()
        sector.setSpacing(4)
        caption = label(_(declared.field("sector").label), "muted")
        self.sector = QLineEdit()
        self.sector.setAccessibleName(caption.text())
        caption.setBuddy(self.sector)
        sector.addWidget(caption)
        sector.addWidget(self.sector)
        sector.addStretch(1)
        self.species = FieldEditor(declared.field("taxon"))
        self.number = FieldEditor(declared.field("count"))
        self.method = FieldEditor(declared.field("method"))
        for editor, words in ((self.species, _("Species")), (self.number, _("Number"))):
            editor.caption.setText(words)  # the row is too narrow for "needed", and Enter says it anyway
        if isinstance(self.species.control, QLineEdit):
            self.species.control.setPlaceholderText(_("Type a few letters"))
        row.addLayout(sector, 14)
        row.addWidget(self.species, 26)
        row.addWidget(self.number, 11)
        column.addLayout(row)
        below = QHBoxLayout()
        below.setSpacing(8)
        self.remarks = QLineEdit()
        self.remarks.setPlaceholderText(_("Remarks"))
        self.remarks.setAccessibleName(_("Remarks"))
        self.add_button = primary(_("Add"), self.enter, key="Return")
        self.stop_button = button(_("Leave it as it was"), self._stop, role="quiet")
        self.stop_button.hide()
        self.method.caption.hide()  # the words themselves say what they are
        below.addWidget(self.method)
        below.addWidget(self.remarks, 1)
        below.addWidget(self.stop_button)
        below.addWidget(self.add_button)
        column.addLayout(below)
        # A hint takes the place of the names often used, so that the table below never jumps while one types.
        self.hint = label("", "sentence", wrap=True)
        self.hint.setMinimumHeight(theme.TARGET)
        self.hint.hide()
        self.offered = Fitting()
        column.addWidget(self.hint)
        column.addWidget(self.offered)
        self.method.put("counted")
        self._line(self.species).returnPressed.connect(self._species_done)
        self._line(self.number).returnPressed.connect(self.enter)
        self.sector.returnPressed.connect(lambda: self.species.control.setFocus())
        self.remarks.returnPressed.connect(self.enter)
        self.setFocusProxy(self.species.control)

    @staticmethod
    def _line(editor: FieldEditor) -> QLineEdit:
        control = editor.control
        assert isinstance(control, QLineEdit)
        return control

    # -- what is offered ---------------------------------------------------------------------------------------

    def offer(self, sectors: Sequence[str], often: Sequence[str]) -> None:
        """The site's ``sectors`` by name and the species seen ``often`` there, scientific names."""
        completer = QCompleter(list(sectors), self.sector)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.sector.setCompleter(completer)
        made: list[QWidget] = []
        for name in [name for name in often if taxa.find(name)][:_OFTEN]:
            made.append(button(taxa.name(name, language()), partial(self.take_species, name), role="quiet"))
        self.offered.fill([label(_("Often here:"), "sentence"), *made] if made else [])

    def take_species(self, scientific: str) -> None:
        """Put a species into the line and go on to the number."""
        self.species.put(scientific)
        self._say("")
        self.number.control.setFocus()

    # -- typing ------------------------------------------------------------------------------------------------

    def _species_done(self) -> None:
        completer = self._line(self.species).completer()
        popup = completer.popup() if completer is not None else None
        if popup is not None:
            popup.hide()
        if self._settle_species():
            self.number.control.setFocus()

    def _settle_species(self) -> bool:
        """Turn what was typed into one species; False where a person has to say which."""
        text = self.species.typed().strip()
        if not text:
            self.species.control.setFocus()
            return False
        if " · " in text or taxa.match(text):
            self.species.put(self.species.value())
            self._say("")
            return True
        found = taxa.search(text, language(), _MOST_NAMED + 1)
        if len(found) == 1:
            self.species.put(found[0].scientific)
            self._say("")
            return True
        if not found:
            self._say(_("{name} is not on the list of species; it is kept as you wrote it.").format(name=text))
            return True
        names = ", ".join(species_text(one.scientific) for one in found[:_MOST_NAMED])
        more = " …" if len(found) > _MOST_NAMED else ""
        self._say(_("Which one? {names}").format(names=names + more))
        self.species.control.setFocus()
        return False

    def enter(self) -> None:
        """Hand over the row if it can be read, and get ready for the next."""
        if not self._settle_species():
            return
        try:
            birds = self.number.value()
        except ValueError as error:
            self.number.say(str(error))
            self.number.control.setFocus()
            return
        self.number.say("")
        method, taxon = self.method.value(), self.species.value()
        entry = CountEntry(
            self.sector.text().strip(),
            str(taxon),
            birds if isinstance(birds, int) else 0,
            str(method) if method is not None else None,
            self.remarks.text(),
        )
        count = self.count
        hint = self.hint.text()
        self.clear()
        self._say(hint)
        self.species.control.setFocus()
        self.entered.emit(entry, count)

    def clear(self) -> None:
        """Empty the row; the sector stays, because the next flock is usually in the same one."""
        self.count = None
        self.species.put(None)
        self.number.put(None)
        self.method.put("counted")
        self.remarks.clear()
        self._say("")
        self._name_buttons()

    def _stop(self) -> None:
        self.clear()
        self.species.control.setFocus()

    def _say(self, sentence: str) -> None:
        self.hint.setText(sentence)
        self.hint.setVisible(bool(sentence))
        self.offered.setVisible(not sentence)

    def edit(self, count: bytes, values: Mapping[str, Value], sector: str) -> None:
        """Show a count so that it can be changed."""
        self.count = count
        self.sector.setText(sector)
        self.species.put(values["taxon"])
        self.number.put(values["count"])
        self.method.put(values["method"])
        remarks = values["remarks"]
        self.remarks.setText(remarks if isinstance(remarks, str) else "")
        self._name_buttons()
        self.number.control.setFocus()
        self._line(self.number).selectAll()

    def _name_buttons(self) -> None:
        words = _("Change") if self.count is not None else _("Add")
        self.add_button.setText(words + "   " + _("Enter"))
        self.stop_button.setVisible(self.count is not None)


class Fitting(QWidget):
    """A row that shows as many of its widgets as its width holds, and never asks for more width itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: list[QWidget] = []
        self.setFixedHeight(theme.TARGET)

    @property
    def parts(self) -> list[QWidget]:
        """What the row holds, shown or not."""
        return list(self._parts)

    def fill(self, parts: Sequence[QWidget]) -> None:
        """Show these widgets instead of the ones before."""
        for part in self._parts:
            part.hide()
            part.deleteLater()
        self._parts = list(parts)
        for part in self._parts:
            part.setParent(self)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        left = 0
        for part in self._parts:
            wide = part.sizeHint().width()
            fits = left + wide <= self.width()
            part.setVisible(fits)
            if fits:
                high = min(part.sizeHint().height(), self.height())
                part.setGeometry(left, (self.height() - high) // 2, wide, high)
            left += wide + 4
