"""Going about by keyboard alone: no stray window takes the focus, and there is always one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ranger_app.library import Library
from ui.bridge import Bridge
from ui.shell.window import Window


class _Strays(QObject):
    """Notes every widget that shows up as a window of its own, if only for a moment."""

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self.window = window
        self.found: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        shown = event.type() == QEvent.Type.Show and isinstance(watched, QWidget)
        if shown and watched.isWindow() and watched is not self.window:
            self.found.append(type(watched).__name__)
        return False


def test_every_place_and_state_keeps_one_window_and_a_focus(demo: Library, qapp: QApplication, qtbot: QtBot) -> None:
    bridge = Bridge(demo, inline=True)
    window = Window(demo, bridge)
    qtbot.addWidget(window)
    strays = _Strays(window)
    qapp.installEventFilter(strays)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    for _round in range(2):
        for place in window.places:
            window.go(place.id)
            qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
            for _name, turn in window.current().pictures():
                turn()
                qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    qapp.removeEventFilter(strays)
    assert strays.found == []
    window.close()
    bridge.close()
