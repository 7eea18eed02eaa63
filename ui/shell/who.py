"""Who is working: choose a person, type the PIN. Every statement made from now on carries that person."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ranger_app.actions import pins
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.rows import Record
from ui.bridge import Bridge
from ui.problems import worded
from ui.shell.roles import role_word
from ui.widgets.buttons import button, primary
from ui.widgets.text import label, muted


def people(library: Library) -> list[Record]:
    """The people who work here now, by name."""
    with library.read() as db:
        found = [one for one in rows.find(db, "person") if one["active"] != 0]
    return sorted(found, key=lambda one: one.text("name").casefold())


class WhoPanel(QWidget):
    """A list of people; ``chosen`` after the switch. Arrow keys and Enter, then the PIN."""

    chosen = Signal()

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._bridge = bridge
        self._person: Record | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        column.addWidget(muted(_("What you enter from now on carries your name.")))
        self._with_pin = pins.with_pin(library)
        area = QScrollArea()
        area.setWidgetResizable(True)
        inner = QWidget()
        inner.setProperty("role", "body")
        listed = QVBoxLayout(inner)
        listed.setContentsMargins(0, 0, 0, 0)
        listed.setSpacing(4)
        self.buttons: list[QPushButton] = []
        for record in people(library):
            text = f"{record.text('name')}   ·   {role_word(record.text('role'))}"
            made = button(text, role="row", icon="person")
            made.setCheckable(True)
            made.setChecked(record.id == library.person)
            made.clicked.connect(lambda _checked=False, record=record: self._pick(record))
            listed.addWidget(made)
            self.buttons.append(made)
        listed.addStretch(1)
        area.setWidget(inner)
        column.addWidget(area, 1)
        if not self.buttons:
            column.addWidget(muted(_("Nobody is entered yet. Add people in Settings.")))
        self.question = label("", "strong", wrap=True)
        self.pin = QLineEdit()
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.pin.setAccessibleName(_("PIN"))
        self.pin.returnPressed.connect(self._try)
        self.wrong = label("", "warning", wrap=True)
        self.enter = primary(_("Work as this person"), self._try, key="Return")
        for widget in (self.question, self.pin, self.wrong, self.enter):
            column.addWidget(widget)
            widget.hide()
        if self.buttons:
            self.setFocusProxy(next((b for b in self.buttons if b.isChecked()), self.buttons[0]))

    def _pick(self, record: Record) -> None:
        self._person = record
        for made in self.buttons:
            made.setChecked(made is self.sender())
        self.wrong.hide()
        if record.id in self._with_pin:
            self.question.setText(_("PIN of {name}").format(name=record.text("name")))
            for widget in (self.question, self.pin, self.enter):
                widget.show()
            self.pin.clear()
            self.pin.setFocus()
        else:
            self._switch(record, "")

    def _try(self) -> None:
        if self._person is not None:
            self._switch(self._person, self.pin.text())

    def _switch(self, record: Record, pin: str) -> None:
        self._bridge.run(
            lambda _cancel: pins.work_as(self._library, record.id, pin),
            lambda _nothing: self._switched(),
            self._refused,
            owner=self,
        )

    def _switched(self) -> None:
        self._bridge.person_changed.emit()
        self.chosen.emit()

    def _refused(self, error: BaseException) -> None:
        problem = worded(error)
        self.wrong.setText(f"{problem.what} {problem.todo}")
        self.wrong.show()
        self.pin.selectAll()
        self.pin.setFocus()
