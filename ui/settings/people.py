"""The people who work here, their roles and PINs."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions import pins
from ranger_app.changes import Changes
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import rows as records
from ui.bridge import Bridge
from ui.problems import worded
from ui.settings.side_form import SideForm
from ui.widgets.buttons import button, primary
from ui.widgets.empty_state import EmptyState
from ui.widgets.form import RecordForm
from ui.widgets.table import RecordTable
from ui.widgets.text import label, muted


class People(QWidget):
    """A table of people; adding, editing and PINs happen in the side panel."""

    panel_wanted = Signal(object, str)
    panel_done = Signal()

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self._side = SideForm()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        empty = EmptyState(
            _("Nobody is entered yet. Add everybody who works here, with a role."),
            _("Add a person"),
            self.add,
            icon="person",
            key="Ctrl+N",
        )
        self.table = RecordTable(library, bridge, "person", empty)
        self.table.opened.connect(self.edit)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addWidget(button(_("Add a person"), self.add, key="Ctrl+N", icon="add"))
        self.pin_button = button(_("Set a PIN"), self.set_pin, key="Ctrl+P", icon="key")
        acts.addWidget(self.pin_button)
        acts.addStretch(1)
        column.addLayout(acts)
        column.addWidget(self.table, 1)
        self.setFocusProxy(self.table)

    def refresh(self, changes: Changes | None) -> None:
        """Read the people again."""
        self.table.refresh(changes)

    def add(self) -> None:
        """Show an empty form."""
        self._form(None)

    def edit(self, person: bytes) -> None:
        """Show the form of a person."""
        self._form(person)

    def _form(self, person: bytes | None) -> None:
        form = RecordForm(self._library, self._bridge, "person", columns=1)
        if person is None:
            form.open_new({"role": "ranger", "active": 1})
        else:
            form.open_record(person)
        form.saved.connect(lambda record: self._saved(record))
        area = self._side.framed(form)
        self.panel_wanted.emit(area, _("Add a person") if person is None else _("Change a person"))

    def save(self) -> bool:
        """Save the person's form if one stands open; whether there was one."""
        return self._side.save()

    def _saved(self, record: bytes) -> None:
        self.table.choose(record)
        self.panel_done.emit()

    def set_pin(self) -> None:
        """Ask for the PIN of the chosen person, or of the one who is working."""
        person = self.table.current() or self._library.person
        if person is None:
            self._bridge.say(_("Choose a person in the table first."))
            return
        panel = PinPanel(self._library, self._bridge, person)
        panel.done.connect(self.panel_done)
        self.panel_wanted.emit(panel, _("Set a PIN"))


class PinPanel(QWidget):
    """Two fields for a PIN; ``done`` when it is kept."""

    done = Signal()

    def __init__(self, library: Library, bridge: Bridge, person: bytes) -> None:
        super().__init__()
        self._library, self._bridge, self._person = library, bridge, person
        with library.read() as db:
            record = records.get(db, "person", person)
        self._name = record.text("name") if record else ""
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        column.addWidget(label(self._name, "strong", wrap=True))
        column.addWidget(
            muted(
                _(
                    "At least four digits. A PIN keeps others from working under this name by mistake. "
                    "Leave it empty to take it away."
                )
            )
        )
        self.first, self.second = QLineEdit(), QLineEdit()
        for field, words in ((self.first, _("PIN")), (self.second, _("PIN again"))):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
            field.setAccessibleName(words)
            field.returnPressed.connect(self.keep)
            column.addWidget(label(words, "muted"))
            column.addWidget(field)
        self.wrong = label("", "warning", wrap=True)
        self.wrong.hide()
        column.addWidget(self.wrong)
        column.addWidget(primary(_("Keep this PIN"), self.keep, key="Return"))
        column.addStretch(1)
        self.setFocusProxy(self.first)

    def keep(self) -> None:
        """Set the PIN if both fields agree."""
        if self.first.text() != self.second.text():
            self._say(_("The two are not the same. Type them again."))
            return
        pin = self.first.text()
        self._bridge.run(
            lambda _cancel: pins.set_pin(self._library, self._person, pin),
            partial(self._kept, bool(pin)),
            self._refused,
            owner=self,
        )

    def _kept(self, given: bool, _nothing: object) -> None:
        sentence = _("{name} has a PIN now.") if given else _("{name} has no PIN any more.")
        self._bridge.say(sentence.format(name=self._name))
        self.done.emit()

    def _refused(self, error: BaseException) -> None:
        problem = worded(error)
        self._say(f"{problem.what} {problem.todo}")

    def _say(self, sentence: str) -> None:
        self.wrong.setText(sentence)
        self.wrong.show()
        self.first.setFocus()
        self.first.selectAll()
