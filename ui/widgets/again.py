"""When a page reads again: at once for what people say, a moment later for what comes in numbers, never unseen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from ranger_app.changes import Changes

_SETTLE_MS = 400
"""Changes that come close together, as a card or a bundle brings them, are read once."""


class Again(QObject):
    """Calls ``read`` for a page after changes; while nobody looks it waits until the page is shown.

    ``at_once`` and ``later`` are the kinds of record whose changes the page reads again for.
    """

    def __init__(
        self,
        page: QWidget,
        read: Callable[[], object],
        *,
        at_once: frozenset[str] = frozenset(),
        later: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(page)
        self._page, self._read = page, read
        self._at_once, self._later = at_once, later
        self._wanted = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.now)
        page.installEventFilter(self)

    def now(self) -> None:
        """Read again, now or when the page is shown."""
        self._settle.stop()
        self._wanted = not self._page.isVisible()
        if not self._wanted:
            self._read()

    def done(self) -> None:
        """The page was read anyway: nothing of before is left to read."""
        self._settle.stop()
        self._wanted = False

    def changed(self, changes: Changes) -> None:
        """Something was written."""
        if self._at_once & changes.kinds:
            self.now()
        elif self._later & changes.kinds:
            if not self._page.isVisible():
                self._wanted = True
            elif not self._settle.isActive():
                self._settle.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and self._wanted:
            self._wanted = False
            self._read()
        return super().eventFilter(watched, event)
