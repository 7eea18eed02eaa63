"""Small pictures in the rows of a table, loaded in the background as the rows come into view."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from ranger_app.library import Library
from ui import icons, theme
from ui.widgets.thumbs import Thumbs

BOX = QSize(72, 48)
"""A small picture, cut to this shape."""
PICTURE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""What a model answers with the name of a row's preview (64 hexadecimal digits), or None."""
_SPARE = 6
_RADIUS = 5.0


def draw_cut(painter: QPainter, place: QRect, picture: QPixmap | None) -> None:
    """Draw a picture so that it fills ``place``; a quiet sign stands there without one."""
    path = QPainterPath()
    path.addRoundedRect(place, _RADIUS, _RADIUS)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setClipPath(path)
    if picture is None:
        painter.fillRect(place, theme.colour("key_cap"))
        sign = icons.pixmap("picture", "muted", 20)
        painter.drawPixmap(place.center().x() - 9, place.center().y() - 9, sign)
    else:
        size = picture.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        target = QRect(0, 0, size.width(), size.height())
        target.moveCenter(place.center())
        painter.drawPixmap(target, picture)
    painter.restore()


class SmallPictures(QStyledItemDelegate):
    """Draws the pictures of a column of ``view``; those in sight are loaded first, others are not."""

    def __init__(self, library: Library, view: QTableView, column: int) -> None:
        super().__init__(view)
        self._view = view
        self.thumbs = Thumbs(library.folder, self)
        self.thumbs.loaded.connect(lambda _sha256: view.viewport().update())
        view.destroyed.connect(self.thumbs.stop)
        self._missing: list[str] = []
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._want)
        view.setItemDelegateForColumn(column, self)
        view.verticalHeader().setDefaultSectionSize(BOX.height() + 2 * _SPARE)
        self.setProperty("width", BOX.width() + 2 * _SPARE)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        ground = QStyleOptionViewItem(option)
        self.initStyleOption(ground, index)
        ground.text, ground.icon = "", QIcon()  # type: ignore[attr-defined]
        self._view.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, ground, painter, self._view)
        sha256 = index.data(PICTURE_ROLE)
        rect: QRect = option.rect  # type: ignore[attr-defined]
        place = QRect(rect.left() + _SPARE, rect.top() + (rect.height() - BOX.height()) // 2, BOX.width(), BOX.height())
        picture = self.thumbs.get(sha256) if sha256 else None
        if sha256 and not self.thumbs.known(sha256):
            self._missing.append(sha256)
            self._soon.start()
            painter.fillRect(place, QColor(theme.colour("key_cap")))
        else:
            draw_cut(painter, place, picture)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return BOX + QSize(2 * _SPARE, 2 * _SPARE)

    def _want(self) -> None:
        ratio = self._view.devicePixelRatioF()
        rows = max(1, self._view.viewport().height() // BOX.height())
        self.thumbs.resize(QSize(round(96 * ratio), round(72 * ratio)), 2 * rows)
        self.thumbs.want(list(dict.fromkeys(reversed(self._missing))))
        self._missing = []
