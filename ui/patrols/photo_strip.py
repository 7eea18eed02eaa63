"""A row of small pictures of a patrol, as many as fit; the rest is told as a number."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from ranger_app.actions.patrol_desk import Photo
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ranger_app.media import thumbs as previews
from ui.bridge import Bridge
from ui.numbers import number
from ui.widgets.chip import Chip
from ui.widgets.text import label
from ui.widgets.thumbs import read_picture

BOX = QSize(112, 76)
MOST = 12
_GAP = 6
_WORDS = 150
"""Pixels kept for what is told beside the pictures."""


class PhotoStrip(QWidget):
    """Shows the previews of the photos it is given; those added since the last judgement come first."""

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self._asked = 0
        self._frames: list[QLabel] = []
        self._photos: tuple[Photo, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_GAP)
        self.new = Chip("", "attention")
        self.new.hide()
        self._row.addWidget(self.new)
        self._row.addStretch(1)
        self.more = label("", "muted")
        self._row.addWidget(self.more)
        self.setMinimumWidth(BOX.width())
        self.setFixedHeight(BOX.height() + 8)

    def show_photos(self, photos: Sequence[Photo]) -> None:
        """Show these; nothing at all where there are none."""
        for frame in self._frames:
            frame.hide()
            frame.deleteLater()
        self._frames = []
        self._photos = tuple(photos)
        room = self._room()
        # What is new comes first: a manager looks for that.
        shown = sorted(photos, key=lambda one: not one.changed)[:room]
        for place, photo in enumerate(shown):
            frame = QLabel()
            frame.setFixedSize(BOX + QSize(6, 6))
            frame.setAlignment(Qt.AlignmentFlag.AlignCenter)
            tip = _("{file}, added since").format(file=photo.file_name) if photo.changed else photo.file_name
            frame.setToolTip(tip)
            frame.setAccessibleName(tip or _("Photo"))
            self._row.insertWidget(1 + place, frame)
            self._frames.append(frame)
        new = sum(one.changed for one in photos)
        self.new.setText(ngettext("{n} new", "{n} new", new).format(n=number(new)))
        self.new.setVisible(new > 0)
        left = len(photos) - len(shown)
        self.more.setText(ngettext("{n} more", "{n} more", left).format(n=number(left)) if left else "")
        self.setVisible(bool(photos))
        self._load([one.sha256 for one in shown])

    def _room(self) -> int:
        return min(MOST, max(1, (self.width() - _WORDS) // (BOX.width() + 6 + _GAP)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._photos and min(self._room(), len(self._photos)) != len(self._frames):
            self.show_photos(self._photos)

    def _load(self, hashes: list[str]) -> None:
        self._asked += 1
        asked, cache = self._asked, self._library.cache

        def read(_cancel: object) -> list[QImage]:
            return [read_picture(previews.place(cache, one), BOX) if one else QImage() for one in hashes]

        if hashes:
            self._bridge.run(read, lambda images: self._take(asked, images), owner=self)

    def _take(self, asked: int, images: list[QImage]) -> None:
        if asked != self._asked:
            return
        for frame, image in zip(self._frames, images, strict=False):
            if image.isNull():
                frame.setText(_("not here"))
            else:
                frame.setPixmap(QPixmap.fromImage(image))
