"""A page of the tabs that is made when somebody first looks at it: until then it costs the visit nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

Page = TypeVar("Page", bound=QWidget)


class Later(QWidget, Generic[Page]):
    """Holds the place of a page. ``page`` makes it; ``made`` is None until then."""

    def __init__(self, make: Callable[[], Page]) -> None:
        super().__init__()
        self._make = make
        self.made: Page | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    @property
    def page(self) -> Page:
        """The page, made now if it was not there."""
        if self.made is None:
            self.made = self._make()
            self._column.addWidget(self.made)
            self.setFocusProxy(self.made)
        return self.made

    def showEvent(self, event: QShowEvent) -> None:
        self.page.setVisible(True)
        super().showEvent(event)
