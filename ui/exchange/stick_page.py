"""A page that knows which sticks are plugged in, for as long as somebody looks at it.

Reading and writing both begin with a stick: it should appear by itself as soon as a person puts it in.
"""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ranger_app.library import Library
from ranger_app.media import volumes
from ranger_app.media.volumes import Volume
from ui import theme
from ui.bridge import Bridge

POLL_MS = 3000


class StickPage(QWidget):
    """Put content into ``column``; subclasses hear of the sticks in ``take_sticks()``."""

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self.sticks: list[Volume] = []
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme.BETWEEN)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.look_for_sticks)

    def look_for_sticks(self) -> None:
        """Look which sticks are plugged in."""
        self._bridge.run(lambda _cancel: volumes.removable(), self.take_sticks, owner=self)

    def take_sticks(self, sticks: list[Volume]) -> None:
        """Show the sticks that are plugged in now."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look_for_sticks()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
