"""A picture as large as there is room for it, read in the background; and a small one to press."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ranger_app.library import Library
from ranger_app.media import thumbs
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps.animals.small_pictures import draw_cut
from ui.camera_traps.picture_source import Loaded, load
from ui.widgets.thumbs import read_picture

_LATER_MS = 60
"""While somebody leafs through a list only the picture they stay at is read."""
SMALL = QSize(96, 64)
_WORD = 22


def small_image(library: Library, sha256: str | None, box: QSize) -> QImage:
    """The preview of this name to fit ``box``, a null image where none can be made; for workers."""
    try:
        path = thumbs.thumbnail(library.folder, sha256) if sha256 else None
    except (OSError, ValueError):
        path = None
    return read_picture(path, box) if path is not None else QImage()


class PictureFrame(QWidget):
    """Shows one picture whole. ``say`` is the quiet sentence that stands there without one."""

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self.sha256: str | None = None
        self._say = ""
        self.pixmap: QPixmap | None = None
        self._asked: tuple[str, int, int] | None = None
        self.setMinimumSize(160, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_LATER_MS)
        self._later.timeout.connect(self._read)

    def sizeHint(self) -> QSize:
        return QSize(420, 260)

    def show_picture(self, sha256: str | None, say: str = "") -> None:
        """Show the picture of this name; ``say`` where there is none."""
        self._say = say
        self.setAccessibleDescription(say)
        if sha256 != self.sha256:
            self.sha256, self.pixmap, self._asked = sha256, None, None
        if sha256 is not None and self._bridge.inline:
            self._read()
        elif sha256 is not None:
            self._later.start()
        self.update()

    def _read(self) -> None:
        sha256, ratio = self.sha256, self.devicePixelRatioF()
        box = QSize(round(self.width() * ratio), round(self.height() * ratio))
        if sha256 is None or (sha256, box.width(), box.height()) == self._asked or box.width() < 9:
            return
        self._asked = (sha256, box.width(), box.height())
        self._bridge.run(
            lambda _cancel: load(self._library, sha256, box), partial(self._take, sha256), lambda _e: None, owner=self
        )

    def _take(self, sha256: str, loaded: Loaded) -> None:
        if sha256 == self.sha256:
            self.pixmap = None if loaded.image.isNull() else QPixmap.fromImage(loaded.image)
            self.setToolTip(loaded.remark)
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.sha256 is not None:
            self._later.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        try:
            if self.sha256 is None:
                painter.fillRect(self.rect(), theme.colour("key_cap"))
                painter.setPen(theme.colour("muted"))
                words = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(self.rect().adjusted(16, 8, -16, -8), int(words), self._say)
                return
            painter.fillRect(self.rect(), theme.colour("picture"))
            if self.pixmap is not None:
                size = self.pixmap.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
                target = QRect(0, 0, size.width(), size.height())
                target.moveCenter(self.rect().center())
                painter.drawPixmap(target, self.pixmap)
        finally:
            painter.end()


class SmallFrame(QAbstractButton):
    """A small picture with a word below it; checked it is the one shown large."""

    def __init__(self, word: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(word)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.pixmap: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        wide = self.fontMetrics().horizontalAdvance(self.text()) + 12
        return QSize(max(SMALL.width(), wide), SMALL.height() + _WORD + 6)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def show_pixmap(self, pixmap: QPixmap | None) -> None:
        """Show a picture; None is the quiet sign for none."""
        self.pixmap = pixmap
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        try:
            place = QRect(3, 3, self.width() - 6, self.height() - _WORD - 6)
            draw_cut(painter, place, self.pixmap)
            if self.isChecked() or self.hasFocus():
                colour = theme.colour("accent" if self.isChecked() else "muted")
                painter.setPen(QPen(colour, 2.5 if self.isChecked() else 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(place.adjusted(-1, -1, 1, 1), 6, 6)
            font = self.font()
            font.setPixelSize(theme.SMALL)
            font.setBold(self.isChecked())
            painter.setFont(font)
            painter.setPen(theme.colour("text" if self.isChecked() else "muted"))
            words = QRect(0, self.height() - _WORD, self.width(), _WORD)
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())
        finally:
            painter.end()
