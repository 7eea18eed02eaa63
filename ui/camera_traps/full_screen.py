"""Only the picture, over the whole screen, with one line for what was said and the keys; the keys go on working.

It lies over the window as a part of it: the window's keys stay bound, and Escape brings everything back.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui import theme
from ui.camera_traps.key_line import KeyLine
from ui.widgets.text import ElidedLabel


class FullScreen(QFrame):
    """Holds a widget over everything in its window until ``leave``. ``left`` when it was given back."""

    left = Signal()

    def __init__(self, window: QWidget, held: QWidget, home: QVBoxLayout, place: int, keeper: QWidget) -> None:
        super().__init__(window)
        self._held, self._home, self._place, self._keeper = held, home, place, keeper
        self._was_full = window.isFullScreen()
        self._gone = False
        self.setProperty("role", "content")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAutoFillBackground(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(held, 1)
        line = QHBoxLayout()
        line.setContentsMargins(theme.BETWEEN, 0, theme.BETWEEN, 0)
        line.setSpacing(theme.BETWEEN)
        self.said = ElidedLabel("", "strong")
        line.addWidget(self.said, 1)
        self.keys = KeyLine()
        line.addWidget(self.keys, 2)
        column.addLayout(line)
        window.installEventFilter(self)
        self._put()
        self.show()
        self.raise_()
        if not self._was_full:
            window.setWindowState(window.windowState() | Qt.WindowState.WindowFullScreen)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

    def show_line(self, said: str, keys: Sequence[tuple[Sequence[str], str]]) -> None:
        """What was said of the picture, and the keys."""
        self.said.setText(said)
        self.keys.show_keys(keys)

    def leave(self) -> None:
        """Give the widget back and show the window as it was."""
        if self._gone:
            return
        self._gone = True
        window = self.window()
        window.removeEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.disconnect(self._focus_moved)
        self._home.insertWidget(self._place, self._held, 1)
        self._held.show()
        self.hide()
        if not self._was_full:
            window.setWindowState(window.windowState() & ~Qt.WindowState.WindowFullScreen)
        self.deleteLater()
        self.left.emit()

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        # A panel, a list or another screen wants the keyboard: it lies below and must be seen.
        if new is not None and new is not self._keeper:
            self.leave()

    def _put(self) -> None:
        self.setGeometry(self.window().rect())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._put()
        return super().eventFilter(watched, event)
