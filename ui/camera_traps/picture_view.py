"""The large picture: the original read on a worker and scaled to the view, or its preview where it is not here."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.media import thumbs, vault
from ui import icons, theme
from ui.bridge import Bridge
from ui.widgets.thumbs import read_picture

KEPT = 4
"""Decoded pictures kept, so that going back and on again is instant."""
_FULL = QSize(0, 0)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A decoded picture; ``original`` is False where only the preview is here."""

    image: QImage
    original: bool


def load(library: Library, sha256: str, box: QSize) -> Loaded:
    """Read a picture to fit ``box`` pixels (the whole size for an empty box). For workers."""
    try:
        path = vault.find(library.vault, sha256)
        if path is not None:
            image = read_picture(path, None if box.isEmpty() else box)
            if not image.isNull():
                return Loaded(image, True)
        preview: Path | None = thumbs.thumbnail(library.folder, sha256)
    except (OSError, ValueError):
        return Loaded(QImage(), False)
    return Loaded(read_picture(preview) if preview is not None else QImage(), path is not None)


class PictureView(QWidget):
    """Shows one picture, fitted or at its own size. ``shown`` when another one stands there, loaded or not."""

    shown = Signal()

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self._kept: OrderedDict[tuple[str, int, int], Loaded] = OrderedDict()
        self._asked: set[tuple[str, int, int]] = set()
        self._sha256 = ""
        self._is_video = False
        self._pixmap: QPixmap | None = None
        self._rough: QPixmap | None = None
        self.zoomed = False
        self._offset = QPointF()
        self._grabbed: QPoint | None = None
        self.remark = ""
        """What the person should know about what is drawn: original not here, cannot be drawn."""
        self.notice = ""
        """What is known of the file itself, such as damage."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self.setAccessibleName(_("Picture"))

    # -- what is shown -----------------------------------------------------------------------------------------

    def show_picture(
        self, sha256: str | None, rough: QPixmap | None, *, is_video: bool = False, notice: str = ""
    ) -> None:
        """Show this picture; ``rough`` (a preview) stands there until it is read. ``notice`` is written below it."""
        self.notice = notice
        if (sha256 or "") == self._sha256 and self._pixmap is not None:
            return
        self._sha256, self._is_video = sha256 or "", is_video
        self._pixmap, self._rough, self.remark = None, rough, ""
        self.zoomed = False
        self._offset = QPointF()
        self._want()
        self.update()
        self.shown.emit()

    def offer_rough(self, sha256: str, rough: QPixmap | None) -> None:
        """The preview of the picture shown came after all."""
        if sha256 == self._sha256 and self._pixmap is None and rough is not None:
            self._rough = rough
            self.update()

    def ahead(self, sha256: str | None) -> None:
        """Read this one too, it will probably be wanted next."""
        if sha256 and self._box().isValid():
            self._ask(sha256, self._box())

    def zoom(self) -> None:
        """Between fitted and the picture's own size."""
        self.zoomed = not self.zoomed
        self._offset = QPointF()
        self._pixmap = None
        self._want()
        self.update()

    def move_by(self, across: int, down: int) -> None:
        """Move a zoomed picture under the view."""
        self._offset += QPointF(across, down)
        self.update()

    def _box(self) -> QSize:
        if self.zoomed:
            return _FULL
        ratio = self.devicePixelRatioF()
        return QSize(round(self.width() * ratio), round(self.height() * ratio))

    def _want(self) -> None:
        if not self._sha256:
            self.remark = _("The original is not here.")
            return
        key = self._key(self._sha256, self._box())
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            self._show(kept)
        else:
            self._ask(self._sha256, self._box())

    @staticmethod
    def _key(sha256: str, box: QSize) -> tuple[str, int, int]:
        return sha256, box.width(), box.height()

    def _ask(self, sha256: str, box: QSize) -> None:
        key = self._key(sha256, box)
        if key in self._asked or key in self._kept:
            return
        self._asked.add(key)
        current = self

        def read(_cancel: object) -> Loaded | None:
            # Pressed past long ago: the newest wish must not wait behind it.
            if len(current._asked) > KEPT and sha256 != current._sha256:
                return None
            return load(self._library, sha256, box)

        self._bridge.run(
            read, lambda loaded: self._take(key, loaded), lambda _error: self._asked.discard(key), owner=self
        )

    def _take(self, key: tuple[str, int, int], loaded: Loaded | None) -> None:
        self._asked.discard(key)
        if loaded is None:
            if key == self._key(self._sha256, self._box()):
                self._want()
            return
        self._kept[key] = loaded
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        if key == self._key(self._sha256, self._box()):
            self._show(loaded)

    def _show(self, loaded: Loaded) -> None:
        if loaded.image.isNull():
            self._pixmap = None
            self.remark = (
                _("A video: press O to open it in the system's player.")
                if self._is_video
                else _("This file cannot be drawn; it is kept as it came.")
                if loaded.original
                else _("The original is not here.")
            )
        else:
            self._pixmap = QPixmap.fromImage(loaded.image)
            self.remark = "" if loaded.original else _("The original is not here; this is the small preview.")
        self.update()
        self.shown.emit()

    @property
    def loading(self) -> bool:
        """Whether the picture is still being read."""
        return bool(self._sha256) and self._key(self._sha256, self._box()) in self._asked

    # -- Qt ----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.zoomed:
            self._rough = self._pixmap or self._rough
            self._pixmap = None
            self._want()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grabbed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.zoomed and self._grabbed is not None:
            here = event.position().toPoint()
            self.move_by(here.x() - self._grabbed.x(), here.y() - self._grabbed.y())
            self._grabbed = here

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.zoom()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("picture"))
        pixmap = self._pixmap or self._rough
        if pixmap is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(self._target(pixmap), pixmap, QRectF(pixmap.rect()))
        elif not self.loading:
            sign = icons.pixmap("video" if self._is_video else "picture", "muted", 48)
            painter.drawPixmap(self.rect().center() - QPoint(24, 40), sign)
        if (self.remark or self.notice) and self._pixmap is not None:
            line = QRectF(0, self.height() - 32, self.width(), 32)
            painter.fillRect(line, theme.colour("picture"))
            painter.setPen(theme.colour("rail_text"))
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, self.remark or self.notice)
        elif self.remark:
            painter.setPen(theme.colour("rail_text"))
            painter.drawText(
                self.rect().adjusted(16, self.height() // 2 + 16, -16, -16),
                Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap,
                self.remark,
            )
        painter.end()

    def _target(self, pixmap: QPixmap) -> QRectF:
        view = QRectF(self.rect())
        if self.zoomed and self._pixmap is not None:
            size = pixmap.deviceIndependentSize() / self.devicePixelRatioF()
            # Never past the picture's own edge.
            for get, put, length, room in (
                (self._offset.x, self._offset.setX, size.width(), view.width()),
                (self._offset.y, self._offset.setY, size.height(), view.height()),
            ):
                most = max(0.0, (length - room) / 2)
                put(max(-most, min(most, get())))
            target = QRectF(QPointF(), size)
            target.moveCenter(view.center() + self._offset)
            return target
        target = QRectF(
            QPointF(), pixmap.deviceIndependentSize().scaled(view.size(), Qt.AspectRatioMode.KeepAspectRatio)
        )
        target.moveCenter(view.center())
        return target
