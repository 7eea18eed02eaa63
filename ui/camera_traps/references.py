"""Beside the large picture: up to four pictures of the same species, to compare flanks, ears and tails with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from ranger_app.actions.beside import Reference
from ranger_app.i18n import _
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps.picture_source import Loaded, load

_HEAD = 32
_CAPTION = 22
_GAP = 6
_ONE_LINE = 230


class References(QWidget):
    """``show_references`` with the name of the species; a sentence stands there where there are none."""

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self.title = ""
        self.sentence = ""
        self.found: list[Reference] = []
        self._pictures: dict[str, QPixmap | None] = {}
        self._asked: set[tuple[str, int, int]] = set()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(_("Reference pictures"))

    def show_references(self, title: str, found: Sequence[Reference], sentence: str) -> None:
        """Show these under ``title``; ``sentence`` says how to fill the place where there are none."""
        self.title, self.sentence = title, sentence
        self.found = list(found)
        for gone in set(self._pictures) - {one.sha256 for one in found}:
            del self._pictures[gone]
        self.setAccessibleDescription(title if found else sentence)
        self._want()
        self.update()

    def _want(self) -> None:
        box = self._cell(0).size() * self.devicePixelRatioF()
        for one in self.found:
            key = (one.sha256, box.width(), box.height())
            if key not in self._asked and box.width() > 8 and box.height() > 8:
                self._asked.add(key)
                self._bridge.run(
                    partial(self._read, one.sha256, box),
                    partial(self._take, key),
                    partial(self._unread, key),
                    owner=self,
                )

    def _read(self, sha256: str, box: QSize, _cancel: object) -> Loaded:
        return load(self._library, sha256, box)

    def _take(self, key: tuple[str, int, int], loaded: Loaded) -> None:
        self._asked.discard(key)
        if any(one.sha256 == key[0] for one in self.found):
            self._pictures[key[0]] = None if loaded.image.isNull() else QPixmap.fromImage(loaded.image)
            self.update()

    def _unread(self, key: tuple[str, int, int], _error: BaseException) -> None:
        self._asked.discard(key)

    def _cell(self, place: int) -> QRect:
        """Where a picture stands, its words below it."""
        number = max(1, len(self.found))
        height = (self.height() - _HEAD) // number
        return QRect(8, _HEAD + place * height, self.width() - 16, height - self._caption() - _GAP)

    def _caption(self) -> int:
        # Narrow, the words need a second line.
        return _CAPTION if self.width() >= _ONE_LINE else 2 * _CAPTION

    def _words(self, one: Reference) -> str:
        if one.why == "flank":
            return one.words
        if one.why == "favourite":
            return _("Marked as reference")
        return _("A person and a machine agree")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._want()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), theme.over_picture("surface"))
        painter.setPen(theme.over_picture("text"))
        plain = QFont(painter.font())
        bold = QFont(plain)
        bold.setBold(True)
        painter.setFont(bold)
        head = QRect(8, 0, self.width() - 16, _HEAD)
        title = painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, head.width())
        painter.drawText(head, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), title)
        painter.setFont(plain)
        painter.setPen(theme.over_picture("muted"))
        if not self.found:
            below = self.rect().adjusted(8, _HEAD + 4, -8, -8)
            painter.drawText(below, int(Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap), self.sentence)
        for place, one in enumerate(self.found):
            self._paint_one(painter, self._cell(place), one)
        painter.end()

    def _paint_one(self, painter: QPainter, cell: QRect, one: Reference) -> None:
        picture = self._pictures.get(one.sha256)
        if picture is not None:
            size = picture.deviceIndependentSize().toSize()
            target = QRect(cell.topLeft(), size.scaled(cell.size(), Qt.AspectRatioMode.KeepAspectRatio))
            target.moveLeft(cell.left() + (cell.width() - target.width()) // 2)
            painter.drawPixmap(target, picture)
            cell.setBottom(target.bottom())  # its words stand right below it
        elif one.sha256 in self._pictures:
            painter.drawText(
                cell, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), _("The picture is not here.")
            )
        line = QRect(cell.left(), cell.bottom() + 1, cell.width(), self._caption())
        painter.drawText(line, int(Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap), self._words(one))
