"""Questions about a GPS file before it becomes a patrol: who led and how they moved, answered for most already."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions.patrol_import import PatrolImported, import_patrol
from ranger_app.domain.kinds_patrol import TRANSPORTS
from ranger_app.domain.time import parse_offset
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.numbers import offset
from ui.problems import worded
from ui.widgets.buttons import primary
from ui.widgets.text import label, muted

SUFFIXES = "*.gpx *.GPX"


class FromGps(QWidget):
    """Asks for leader, transport and clock, then imports ``path``; ``done(result)`` once the patrol is on the disk."""

    def __init__(
        self,
        library: Library,
        bridge: Bridge,
        path: Path,
        people: list[str],
        leader: str,
        done: Callable[[PatrolImported], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._library, self._bridge, self._path, self._done = library, bridge, path, done
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(6)
        column.addWidget(label(path.name, "strong", wrap=True))
        column.addWidget(muted(_("The file is kept as it is. Points that do not fit are marked, never deleted.")))
        column.addSpacing(8)
        self.leader = QLineEdit(leader)
        completer = QCompleter(people, self.leader)
        self.leader.setCompleter(completer)
        self.leader.returnPressed.connect(self.take)
        self.transport = QComboBox()
        for choice in TRANSPORTS:
            self.transport.addItem(_(choice.label), choice.code)
        self.clock = QLineEdit()
        self.clock.setPlaceholderText(offset(library.station.utc_offset))
        self.clock.returnPressed.connect(self.take)
        for word, control in (
            (_("Leader"), self.leader),
            (_("Transport"), self.transport),
            (_("UTC offset of times without a zone; empty: they are UTC"), self.clock),
        ):
            caption = label(word, "muted", wrap=True)
            caption.setBuddy(control)
            control.setAccessibleName(word)
            column.addWidget(caption)
            column.addWidget(control)
            column.addSpacing(4)
        self.wrong = label("", "warning", wrap=True)
        self.wrong.hide()
        column.addWidget(self.wrong)
        self.button = primary(_("Make the patrol"), self.take, key="Return")
        column.addSpacing(8)
        column.addWidget(self.button)
        column.addStretch(1)
        self.setFocusProxy(self.leader)

    def take(self) -> None:
        """Import the file as answered."""
        if not self.button.isEnabled():
            return
        minutes: int | None = None
        if self.clock.text().strip():
            try:
                minutes = parse_offset(self.clock.text())
            except ValueError:
                self._say(_("Write the UTC offset as +10:00."))
                self.clock.setFocus()
                return
        leader, transport = self.leader.text(), str(self.transport.currentData())
        self.button.setEnabled(False)
        self._bridge.run(
            lambda _cancel: import_patrol(
                self._library, self._path, leader=leader, transport=transport, utc_offset=minutes
            ),
            self._done,
            self._refused,
            owner=self,
            title=_("GPS file {name}").format(name=self._path.name),
        )

    def _refused(self, error: BaseException) -> None:
        problem = worded(error)
        self._say(f"{problem.what} {problem.todo}")
        self.button.setEnabled(True)

    def _say(self, sentence: str) -> None:
        self.wrong.setText(sentence)
        self.wrong.show()
