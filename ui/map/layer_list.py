"""The list of layers beside the map: which are shown, which lies above which, how strongly each is drawn."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from ranger_app.actions.map_choice import Shown
from ranger_app.i18n import _
from ranger_app.maps.layers import Layer
from ui.numbers import number
from ui.widgets.text import label, muted

_ID = Qt.ItemDataRole.UserRole


class _List(QListWidget):
    """Space switches a layer, Alt with an arrow moves it."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
            return
        super().keyPressEvent(event)


class LayerList(QWidget):
    """``switched(id, on)``, ``ordered``, ``faded(id, percent)`` as a person chooses. The uppermost layer is first."""

    switched = Signal(str, bool)
    ordered = Signal()
    faded = Signal(str, int)
    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filling = False
        self._layers: dict[str, Layer] = {}
        self._opacity: dict[str, int] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.list = _List()
        self.list.setAccessibleName(_("Layers"))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemChanged.connect(self._changed)
        self.list.currentItemChanged.connect(lambda _now, _before: self._show_current())
        self.list.moved.connect(self.move_chosen)
        self.setFocusProxy(self.list)
        column.addWidget(self.list, 1)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(label(_("Strength"), "muted"))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(10, 100)
        self.slider.setPageStep(10)
        self.slider.setAccessibleName(_("Strength"))
        self.slider.valueChanged.connect(self._fade)
        line.addWidget(self.slider, 1)
        column.addLayout(line)
        self.note = muted("")
        column.addWidget(self.note)

    def show_layers(self, layers: Sequence[Layer], shown: Sequence[Shown]) -> None:
        """Show ``layers`` in the order and state of ``shown``, both from below to above."""
        chosen = self.current()
        self._filling = True
        self._layers = {one.id: one for one in layers}
        self._opacity = {one.id: one.opacity for one in shown}
        self.list.clear()
        for one in reversed(shown):
            layer = self._layers.get(one.id)
            if layer is None:
                continue
            things = layer.number
            counted = layer.group == "records" and things
            item = QListWidgetItem(f"{layer.name} · {number(things)}" if counted else layer.name)
            item.setData(_ID, layer.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if one.on else Qt.CheckState.Unchecked)
            if layer.note:
                item.setToolTip(layer.note)
            self.list.addItem(item)
            if layer.id == chosen:
                self.list.setCurrentItem(item)
        if self.list.currentItem() is None and self.list.count():
            self.list.setCurrentRow(0)
        self._filling = False
        self._show_current()

    def current(self) -> str:
        """The id of the layer chosen in the list, or nothing."""
        item = self.list.currentItem()
        return str(item.data(_ID)) if item is not None else ""

    def states(self) -> list[Shown]:
        """How a person left them, from below to above."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return [
            Shown(
                str(item.data(_ID)),
                item.checkState() == Qt.CheckState.Checked,
                self._opacity.get(str(item.data(_ID)), 100),
            )
            for item in reversed(items)
        ]

    def move_chosen(self, by: int) -> None:
        """Move the chosen layer one up (-1) or down (1)."""
        row = self.list.currentRow()
        if row < 0 or not 0 <= row + by < self.list.count():
            return
        self._filling = True
        item = self.list.takeItem(row)
        self.list.insertItem(row + by, item)
        self.list.setCurrentItem(item)
        self._filling = False
        self.ordered.emit()

    def switch(self, layer: str, on: bool) -> None:
        """Show or hide a layer, as its box would."""
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(_ID) == layer:
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def _changed(self, item: QListWidgetItem) -> None:
        if not self._filling:
            self.switched.emit(str(item.data(_ID)), item.checkState() == Qt.CheckState.Checked)

    def _show_current(self) -> None:
        if self._filling:
            return
        layer = self._layers.get(self.current())
        self._filling = True
        self.slider.setEnabled(layer is not None)
        self.slider.setValue(self._opacity.get(self.current(), 100))
        self._filling = False
        self.note.setText(layer.note if layer is not None else "")
        self.note.setVisible(bool(layer is not None and layer.note))
        self.chosen.emit(self.current())

    def _fade(self, percent: int) -> None:
        if not self._filling and self.current():
            self._opacity[self.current()] = percent
            self.faded.emit(self.current(), percent)
