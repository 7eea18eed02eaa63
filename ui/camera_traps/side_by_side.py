"""Parts side by side where the window is wide enough, one below the other where it is not."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from ui import theme


class SideBySide(QWidget):
    """``add(widget, stretch)`` from left to right; ``wide`` is the width from which they stand side by side.

    0 means: as soon as all of them fit at the widths they ask for.
    """

    def __init__(self, wide: int = 0, spacing: int = theme.BETWEEN, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wide = wide
        self._parts: list[QWidget] = []
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(spacing)

    def add(self, part: QWidget, stretch: int = 0) -> None:
        """Put another part at the right end."""
        self._parts.append(part)
        self._box.addWidget(part, stretch)

    @property
    def stacked(self) -> bool:
        """Whether the parts stand one below the other."""
        return self._box.direction() == QBoxLayout.Direction.TopToBottom

    def _needed(self) -> int:
        if self._wide:
            return self._wide
        return sum(part.sizeHint().width() for part in self._parts) + self._box.spacing() * (len(self._parts) - 1)

    def minimumSizeHint(self) -> QSize:
        # One part's width is enough: the others can stand below it.
        widths = [part.minimumSizeHint().width() for part in self._parts]
        return QSize(max(widths, default=0), self._box.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        down = self.width() < self._needed()
        direction = QBoxLayout.Direction.TopToBottom if down else QBoxLayout.Direction.LeftToRight
        if direction != self._box.direction():
            self._box.setDirection(direction)
            self.updateGeometry()
