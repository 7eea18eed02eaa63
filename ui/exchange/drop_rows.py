"""Drop points as they are offered beside the sticks: one button each, and a way to the panel where they are kept.

Showing them asks nothing of any of them: only their names are read, from the library.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions import drop_points
from ranger_app.actions.drop_points import DropPoint
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.widgets.buttons import button
from ui.widgets.layouts import clear
from ui.widgets.text import label


def where_words(point: DropPoint) -> str:
    """Where a drop point is, as short as it can be told: "sftp://host/in"."""
    return point.url.split("?", 1)[0]


class DropRows(QWidget):
    """``words`` holds "{name}"; ``use(point)`` when one is pressed, ``manage()`` to add and remove them."""

    def __init__(
        self,
        library: Library,
        bridge: Bridge,
        words: str,
        use: Callable[[DropPoint], object],
        manage: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self._words, self._use = words, use
        self.points: list[DropPoint] = []
        self.buttons: list[QWidget] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._listed = QVBoxLayout()
        self._listed.setSpacing(4)
        column.addLayout(self._listed)
        row = QHBoxLayout()
        self.manage = button(_("Drop points"), manage, icon="exchange", role="quiet", key="O")
        row.addWidget(self.manage)
        row.addStretch(1)
        column.addLayout(row)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()  # another page may have changed them

    def refresh(self) -> None:
        """Read the names again."""
        self._bridge.run(lambda _cancel: drop_points.known(self._library), self._show, owner=self)

    def _show(self, points: list[DropPoint]) -> None:
        if points == self.points and len(self.buttons) == len(points):
            return
        self.points, self.buttons = points, []
        clear(self._listed)
        for point in points:
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(12)
            made = button(self._words.format(name=point.name), partial(self._use, point))
            self.buttons.append(made)
            row.addWidget(made)
            row.addWidget(label(where_words(point), "sentence"), 1)
            self._listed.addWidget(line)
