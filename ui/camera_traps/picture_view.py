"""The large picture: the original read on a worker and scaled to the view, or its copy where it is not here.

What lies over it (boxes, magnifier, difference, video line) is drawn by the files beside this one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QImage, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ranger_app.i18n import _
from ranger_app.library import Library
from ui import icons, theme
from ui.bridge import Bridge
from ui.camera_traps import boxes, lens, overlay
from ui.camera_traps.boxes import Box
from ui.camera_traps.lens import Lens
from ui.camera_traps.light import Light, lit
from ui.camera_traps.picture_source import WHOLE, Loaded, load
from ui.camera_traps.video_play import VideoPlay

KEPT = 4
"""Decoded pictures kept at the size of the view, so that going back and on again is instant."""
KEPT_WHOLE = 1
"""Of those in their own size one is enough: 12 megapixels take 48 MB."""
_PAN = 80
_READOUT_MS = 1800

_Key = tuple[str, int, int]


class PictureView(QWidget):
    """Shows one picture, fitted or at its own size. ``shown`` when another one stands there, loaded or not."""

    shown = Signal()

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self._kept: OrderedDict[_Key, Loaded] = OrderedDict()
        self._asked: set[_Key] = set()
        self._sha256 = ""
        self._is_video = False
        self._loaded: Loaded | None = None
        self._pixmap: QPixmap | None = None
        self._rough: QPixmap | None = None
        self._lit: tuple[QPixmap, Light, QPixmap] | None = None
        self.zoomed = False
        self._offset = QPointF()
        self._grabbed: QPoint | None = None
        self.remark = ""
        """What the person should know about what is drawn: original not here, cannot be drawn."""
        self.notice = ""
        """What is known of the file itself, such as damage."""
        self.readout = ""
        """What a key just changed, for a moment."""
        self.light = Light()
        self.lens = Lens()
        self.boxes: Sequence[Box] = ()
        self.which_boxes = boxes.FROM_LEAST
        self.difference: QImage | None = None
        """What differs from the picture before, drawn in place of the picture."""
        self.changed_box: tuple[float, float, float, float] | None = None
        self.difference_words = ""
        self._side: QWidget | None = None
        self._unplayed = ""
        self.video = VideoPlay(library, bridge, self)
        self.video.changed.connect(self.update)
        self.video.failed.connect(self._no_video)
        self._read_out = QTimer(self)
        self._read_out.setSingleShot(True)
        self._read_out.setInterval(_READOUT_MS)
        self._read_out.timeout.connect(lambda: self.say(""))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self.setAccessibleName(_("Picture"))

    # -- what is shown -----------------------------------------------------------------------------------------

    def show_picture(
        self, sha256: str | None, rough: QPixmap | None, *, is_video: bool = False, notice: str = ""
    ) -> None:
        """Show this picture; ``rough`` (a preview) stands there until it is read. ``notice`` is written below it."""
        self.notice = notice
        if (sha256 or "") == self._sha256 and (self._pixmap is not None or self.video.image is not None):
            return
        self._sha256, self._is_video = sha256 or "", is_video
        self._loaded, self._pixmap, self._rough, self.remark = None, None, rough, ""
        self.difference, self.changed_box = None, None
        self.zoomed = False
        self._offset = QPointF()
        self._unplayed = ""
        self.video.close()
        if is_video and sha256:
            self.video.open(sha256, self._box())
        else:
            self._want()
        self.update()
        self.shown.emit()

    @property
    def sha256(self) -> str:
        """The content hash of the picture shown, empty without one."""
        return self._sha256

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
        if self._is_video:
            self.say(_("A video is neither zoomed nor magnified."))
            return
        self.zoomed = not self.zoomed
        self._offset = QPointF()
        self._pixmap = None
        self._want()
        self.update()

    def move_by(self, across: int, down: int) -> None:
        """Move a zoomed picture under the view."""
        self._offset += QPointF(across, down)
        self.update()

    def arrow(self, across: int, down: int) -> bool:
        """Move the magnifier, else a zoomed picture, by an arrow key; False where there is neither."""
        if self.lens.strength:
            target = self.target()
            self.lens.to(self.lens.centre(target) + QPointF(across, down) * lens.STEP, target)
            self.update()
        elif self.zoomed:
            self.move_by(-_PAN * across, -_PAN * down)
        else:
            return False
        return True

    def _box(self) -> QSize:
        if self.zoomed:
            return WHOLE
        return self.fitting()

    def fitting(self) -> QSize:
        """The pixels there are for a picture."""
        ratio, room = self.devicePixelRatioF(), self.room()
        return QSize(round(room.width() * ratio), round(room.height() * ratio))

    def room(self) -> QRectF:
        """Where a picture may lie: beside the references if they are shown."""
        room = QRectF(self.rect())
        if self._side is not None and not self._side.isHidden():
            room.setWidth(max(1.0, room.width() - self._side.width() - theme.GRID))
        return room

    def put_beside(self, side: QWidget | None) -> None:
        """Show this at the right of the picture, or take away what stood there."""
        if self._side is not None and self._side is not side:
            self._side.hide()
        self._side = side
        if side is not None:
            side.setParent(self)
            self._place_side()
            side.show()
        self._resized()

    def _place_side(self) -> None:
        if self._side is not None:
            width = max(110, min(320, int(self.width() * 0.34)))
            self._side.setGeometry(self.width() - width, 0, width, self.height())

    # -- reading -----------------------------------------------------------------------------------------------

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
        self._want_whole()

    def _want_whole(self) -> None:
        # The magnifier looks at the picture's own pixels; they are read once for each picture.
        if self.lens.strength and self._sha256 and not self._is_video:
            self._ask(self._sha256, WHOLE)

    @staticmethod
    def _key(sha256: str, box: QSize) -> _Key:
        return sha256, box.width(), box.height()

    def _ask(self, sha256: str, box: QSize) -> None:
        key = self._key(sha256, box)
        if key in self._asked or key in self._kept:
            return
        self._asked.add(key)
        current = self
        video = self._is_video and sha256 == self._sha256

        def read(_cancel: object) -> Loaded | None:
            # Pressed past long ago: the newest wish must not wait behind it.
            if sha256 != current._sha256 and (box.isEmpty() or len(current._asked) > KEPT):
                return None
            return load(self._library, sha256, box, video=video)

        self._bridge.run(
            read, lambda loaded: self._take(key, loaded), lambda _error: self._asked.discard(key), owner=self
        )

    def _take(self, key: _Key, loaded: Loaded | None) -> None:
        self._asked.discard(key)
        wanted = key == self._key(self._sha256, self._box())
        if loaded is None:
            if wanted:
                self._want()
            return
        self._kept[key] = loaded
        for whole, most in ((True, KEPT_WHOLE), (False, KEPT)):
            same = [one for one in self._kept if (one[1:] == (0, 0)) == whole]
            for one in same[:-most]:
                del self._kept[one]
        if wanted:
            self._show(loaded)
        elif key[0] == self._sha256:
            self.update()

    def _show(self, loaded: Loaded) -> None:
        self.remark = loaded.remark
        self._loaded = loaded
        self._pixmap = None if loaded.image.isNull() else QPixmap.fromImage(loaded.image)
        if self._is_video and self._pixmap is not None:
            why = loaded.why or _("The original is not here.")
            self.remark = f"{self._unplayed or why} " + _("This is one picture of the video.")
        self.update()
        self.shown.emit()

    def _no_video(self, words: str) -> None:
        # Not here, or nothing we can play: the preview stands for it, and the system's player may know it.
        self._unplayed = words + " " + _("Press O to open it in the system's player.") if words else ""
        self._loaded, self.remark = None, self._unplayed
        self._want()
        self.update()
        self.shown.emit()

    @property
    def loading(self) -> bool:
        """Whether the picture is still being read."""
        return bool(self._sha256) and self._key(self._sha256, self._box()) in self._asked

    @property
    def whole(self) -> QImage | None:
        """The picture in its own size, None while it is not read."""
        kept = self._kept.get(self._key(self._sha256, WHOLE))
        return kept.image if kept is not None and not kept.image.isNull() else None

    # -- tools -------------------------------------------------------------------------------------------------

    def say(self, words: str) -> None:
        """Show ``words`` over the picture for a moment."""
        self.readout = words
        if words:
            self._read_out.start()
        self.update()

    def put_light(self, light: Light) -> None:
        """Draw in this light from now on."""
        self.light = light
        self.update()

    def turn_lens(self) -> None:
        """Take the magnifier, make it stronger, put it away."""
        if self._is_video:
            self.say(_("A video is neither zoomed nor magnified."))
            return
        if not self.lens.strength:
            self._place_lens()
        self.lens.turn()
        self.setMouseTracking(bool(self.lens.strength))
        self._want_whole()
        self.say(self.lens.words())

    def _place_lens(self) -> None:
        """Under the mouse, else where the machine is surest of something; otherwise where it was."""
        target = self.target()
        here = QPointF(self.mapFromGlobal(QCursor.pos()))
        if self.underMouse() and target.contains(here):
            self.lens.to(here, target)
        elif drawn := boxes.chosen(self.boxes, self.which_boxes):
            surest = drawn[-1]
            self.lens.across = max(0.0, min(1.0, surest.left + surest.width / 2))
            self.lens.down = max(0.0, min(1.0, surest.top + surest.height / 2))

    def put_lens_away(self) -> bool:
        """Put the magnifier away; False where it is not out."""
        if not self.lens.strength:
            return False
        self.lens.strength = 0
        self.setMouseTracking(False)
        self.update()
        return True

    def show_difference(
        self, drawn: QImage | None, box: tuple[float, float, float, float] | None = None, words: str = ""
    ) -> None:
        """Show this in place of the picture, with ``words`` as long as it stands; None for the picture again."""
        self.difference, self.changed_box, self.difference_words = drawn, box, words
        self.update()

    # -- Qt ----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_side()
        self._resized()

    def _resized(self) -> None:
        if not self.zoomed and self._sha256 and not (self._is_video and self.video.image is not None):
            self._rough = self._pixmap or self._rough
            self._pixmap = None
            if not self._is_video or self._loaded is not None:
                self._want()
        self.video.resize(self.fitting())
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grabbed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.lens.strength:
            self.lens.to(event.position(), self.target())
            self.update()
        elif self.zoomed and self._grabbed is not None:
            here = event.position().toPoint()
            self.move_by(here.x() - self._grabbed.x(), here.y() - self._grabbed.y())
            self._grabbed = here

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.zoom()

    def target(self) -> QRectF:
        """Where the picture lies now; empty without one."""
        if self.video.image is not None:
            return self._fitted(QSizeF(self.video.image.size()))
        pixmap = self._pixmap or self._rough
        if pixmap is None:
            return QRectF()
        if not self.zoomed or self._pixmap is None:
            return self._fitted(pixmap.deviceIndependentSize())
        view = self.room()
        size = pixmap.deviceIndependentSize() / self.devicePixelRatioF()
        # Never past the picture's own edge.
        for get, put, length, space in (
            (self._offset.x, self._offset.setX, size.width(), view.width()),
            (self._offset.y, self._offset.setY, size.height(), view.height()),
        ):
            most = max(0.0, (length - space) / 2)
            put(max(-most, min(most, get())))
        target = QRectF(QPointF(), size)
        target.moveCenter(view.center() + self._offset)
        return target

    def _fitted(self, size: QSizeF) -> QRectF:
        room = self.room()
        target = QRectF(QPointF(), size.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio))
        target.moveCenter(room.center())
        return target

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("picture"))
        room, target = self.room(), self.target()
        pixmap = self._pixmap or self._rough
        painter.setClipRect(room)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self.video.image is not None:
            painter.drawImage(target, lit(self.video.image, self.light))
        elif self.difference is not None and not self.zoomed:
            painter.drawImage(target, self.difference)
            overlay.changed(painter, target, self.changed_box)
        elif self.zoomed and self._loaded is not None and self._pixmap is not None:
            self._paint_zoomed(painter, target, room)
        elif pixmap is not None:
            painter.drawPixmap(target, self._in_light(pixmap), QRectF(pixmap.rect()))
        elif not self.loading:
            sign = icons.pixmap("video" if self._is_video else "picture", "muted", 48)
            painter.drawPixmap(room.center().toPoint() - QPoint(24, 40), sign)
        if not target.isEmpty():
            self._paint_over(painter, target, room)
        overlay.remark(painter, room, self.remark or self.notice, over=not target.isEmpty())
        standing = self.difference_words if self.difference is not None and not self.zoomed else ""
        overlay.readout(painter, room, self.readout or standing)
        painter.end()

    def _paint_zoomed(self, painter: QPainter, target: QRectF, room: QRectF) -> None:
        assert self._loaded is not None
        image, seen = self._loaded.image, target.intersected(room)
        scale = image.width() / target.width()
        piece = QRectF((seen.topLeft() - target.topLeft()) * scale, seen.size() * scale).toAlignedRect()
        piece = piece.intersected(image.rect())
        place = QRectF(target.topLeft() + QPointF(piece.topLeft()) / scale, QSizeF(piece.size()) / scale)
        if self.light.changed:
            painter.drawImage(place, lit(image.copy(piece), self.light))
        else:
            painter.drawImage(place, image, QRectF(piece))

    def _in_light(self, pixmap: QPixmap) -> QPixmap:
        if not self.light.changed:
            return pixmap
        if self._lit is None or self._lit[0] is not pixmap or self._lit[1] != self.light:
            image = self._loaded.image if self._loaded is not None and pixmap is self._pixmap else pixmap.toImage()
            self._lit = (pixmap, self.light, QPixmap.fromImage(lit(image, self.light)))
        return self._lit[2]

    def _paint_over(self, painter: QPainter, target: QRectF, room: QRectF) -> None:
        if self.difference is None or self.zoomed:
            boxes.paint(painter, boxes.chosen(self.boxes, self.which_boxes), target, room)
        if self.video.image is not None:
            overlay.video_line(painter, room, self.video.at, self.video.duration, playing=self.video.playing)
        elif self.lens.strength and (pixmap := self._pixmap or self._rough) is not None:
            lens.paint(painter, self.lens, target, room, self.whole, pixmap, self.light)
