"""Saying that captures show another animal: one that is known, or a new one whose code is proposed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions.catalogue import Entry
from ranger_app.domain.natural_order import natural
from ranger_app.i18n import _, ngettext
from ui.camera_traps.animals.words import next_code, word
from ui.numbers import number
from ui.widgets.buttons import button
from ui.widgets.text import hairline, label, section


@dataclass(frozen=True, slots=True)
class Offered:
    """What may be chosen: the other animals of the species by their words, and all codes of our own catalogue."""

    animals: dict[str, bytes]
    codes: tuple[str, ...]


def offered(found: Sequence[Entry], animal: bytes) -> Offered:
    """What the catalogue offers beside ``animal``: animals of its species, our own first; for workers."""
    taxon = next((one.taxon for one in found if one.id == animal), "")
    others = [one for one in found if one.id != animal and one.taxon == taxon]
    named: dict[str, bytes] = {}
    for one in sorted(others, key=lambda one: (not one.mine, natural(one.code))):
        whose = "" if one.mine else one.country
        sex = word("individual", "sex", one.sex)
        words = " · ".join(part for part in (f"{whose} {one.code}".strip(), one.name, sex) if part)
        named[words if words not in named else f"{words} ({one.id.hex()[:8]})"] = one.id
    return Offered(named, tuple(one.code for one in found if one.mine))


class OtherAnimal(QWidget):
    """``chosen(id)`` for a known animal, ``made(code)`` for a new one, ``left`` when nothing is to change."""

    chosen = Signal(object)
    made = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offered = Offered({}, ())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.title = section("")
        self.title.setWordWrap(True)
        column.addWidget(self.title)
        self.known = QLineEdit()
        self.known.setPlaceholderText(_("Type a few letters"))
        self._words = QStringListModel(self)
        completer = QCompleter(self._words, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(10)
        self.known.setCompleter(completer)
        self.known.returnPressed.connect(self.take_known)
        self._line(column, _("A known animal"), self.known, _("Move there"), self.take_known)
        column.addWidget(hairline())
        self.code = QLineEdit()
        self.code.returnPressed.connect(self.make)
        self._line(column, _("A new animal, with the code"), self.code, _("Make it"), self.make)
        self.wrong = label("", "warning", wrap=True)
        self.wrong.hide()
        column.addWidget(self.wrong)
        foot = QHBoxLayout()
        foot.addWidget(button(_("Leave as it is"), self.left.emit, role="quiet", key="Esc"))
        foot.addStretch(1)
        column.addLayout(foot)
        column.addStretch(1)
        self.setFocusProxy(self.known)

    @staticmethod
    def _line(column: QVBoxLayout, words: str, field: QLineEdit, act: str, run: Callable[[], object]) -> None:
        caption = label(words, "muted")
        caption.setBuddy(field)
        field.setAccessibleName(words)
        column.addWidget(caption)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(field, 1)
        row.addWidget(button(act, run))
        column.addLayout(row)

    def ask(self, n: int) -> None:
        """Ask about so many captures; what may be chosen comes with offer()."""
        words = ngettext("Which animal does this capture show?", "Which animal do these {n} captures show?", n)
        self.title.setText(words.format(n=number(n)))
        self.known.clear()
        self.code.clear()
        self.say("")

    def offer(self, found: Offered, like: str) -> None:
        """Let one of these be chosen, or one more be coded as ``like`` is."""
        self._offered = found
        self._words.setStringList(list(found.animals))
        if not self.code.text():
            self.code.setText(next_code(found.codes, like))

    def say(self, sentence: str) -> None:
        """Say what is still wrong."""
        self.wrong.setText(sentence)
        self.wrong.setVisible(bool(sentence))

    def take_known(self) -> None:
        """Take the animal that is typed: its words, or whatever only one animal's words hold."""
        typed = self.known.text().strip()
        folded = typed.casefold()
        found = self._offered.animals.get(typed)
        if found is None and typed:
            firsts = [one for words, one in self._offered.animals.items() if words.casefold().split(" · ")[0] == folded]
            fitting = firsts or [one for words, one in self._offered.animals.items() if folded in words.casefold()]
            found = fitting[0] if len(fitting) == 1 else None
        if found is None:
            self.say(_("Choose an animal of the list, or give the new one a code."))
            self.known.setFocus()
            return
        self.chosen.emit(found)

    def make(self) -> None:
        """Take the code that is typed for a new animal."""
        code = self.code.text().strip()
        if not code:
            self.say(_("The new animal needs a code."))
            self.code.setFocus()
        elif code in self._offered.codes:
            self.say(_("{code} is taken already.").format(code=code))
            self.code.setFocus()
        else:
            self.made.emit(code)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
