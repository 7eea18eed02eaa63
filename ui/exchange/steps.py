"""The numbered cards of an exchange, and the side panels in which partner and stick are chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions.partners import Partner
from ranger_app.i18n import _
from ranger_app.media.volumes import Volume
from ui.numbers import size
from ui.widgets.buttons import button, primary
from ui.widgets.card import Card
from ui.widgets.choose import choose_folder
from ui.widgets.empty_state import EmptyState
from ui.widgets.text import label, muted, section


class StepCard(Card):
    """One step: its number, what it asks, what is chosen so far; buttons go into ``row``."""

    def __init__(self, number: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(number, "step"))
        head.addWidget(section(title))
        head.addStretch(1)
        self.body.addLayout(head)
        self.chosen = label("", "sentence", wrap=True)
        self.body.addWidget(self.chosen)
        self.warning = label("", "warning", wrap=True)
        self.warning.hide()
        self.body.addWidget(self.warning)
        self.options = QVBoxLayout()
        self.body.addStretch(1)
        self.body.addLayout(self.options)
        self.row = QHBoxLayout()
        self.row.setSpacing(8)
        self.body.addLayout(self.row)
        self.setMinimumHeight(176)

    def warn(self, sentence: str) -> None:
        """Show what is wrong with the choice; an empty sentence hides it."""
        self.warning.setText(sentence)
        self.warning.setVisible(bool(sentence))


class WhoPanel(QWidget):
    """Tick the partners a bundle is for; ``done(ids)``."""

    def __init__(
        self,
        partners: Sequence[Partner],
        chosen: Sequence[bytes],
        done: Callable[[tuple[bytes, ...]], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._done = done
        column = _column(self)
        column.addWidget(muted(_("Only those ticked can read the bundle. Several may share one stick.")))
        self.boxes: list[tuple[bytes, QCheckBox]] = []
        for partner in partners:
            box = QCheckBox(f"{partner.name}, {partner.country}".replace("&", "&&"))
            box.setChecked(partner.id in chosen)
            self.boxes.append((partner.id, box))
            column.addWidget(box)
        column.addSpacing(8)
        self.button = primary(_("For these"), self._take, key="Return")
        column.addWidget(self.button)
        column.addStretch(1)
        if self.boxes:
            self.setFocusProxy(self.boxes[0][1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):  # a box itself answers only to Space
            self._take()
        else:
            super().keyPressEvent(event)

    def _take(self) -> None:
        self._done(tuple(partner for partner, box in self.boxes if box.isChecked()))


class StickPanel(QWidget):
    """Choose one of the sticks plugged in, or any folder; ``done(path)``. ``drops`` offers the drop points."""

    def __init__(
        self,
        sticks: Sequence[Volume],
        done: Callable[[Path], object],
        parent: QWidget | None = None,
        *,
        drops: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._done = done
        column = _column(self)
        self.buttons = []
        for stick in sticks:
            made = button(stick_words(stick), partial(self._done, stick.path), role="row", icon="folder")
            self.buttons.append(made)
            column.addWidget(made)
        self.folder = button(_("Choose a folder"), self._choose, icon="folder")
        if not sticks:
            column.addWidget(EmptyState(_("No stick is plugged in. Put one in, or choose a folder."), icon="folder"))
        column.addWidget(self.folder)
        if drops is not None:
            column.addSpacing(8)
            column.addWidget(section(_("Or by way of a drop point")))
            column.addWidget(drops)
        column.addStretch(1)
        self.setFocusProxy(self.buttons[0] if self.buttons else self.folder)

    def _choose(self) -> None:
        choose_folder(self, _("Choose the stick or a folder"), self._done)


def stick_words(stick: Volume) -> str:
    """A stick as it is named: "KINGSTON, 7.4 GB free · FAT32"."""
    words = _("{name}, {size} free").format(name=stick.name, size=size(stick.free))
    return f"{words} · {stick.file_system}" if stick.file_system else words


def _column(page: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(page)
    column.setContentsMargins(16, 12, 16, 16)
    column.setSpacing(8)
    return column
