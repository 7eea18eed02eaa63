"""Decoded pictures within reach: those shown, and those a key press may ask for next, read by workers beforehand."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QPixmap

from ranger_app.library import Library
from ranger_app.media import thumbs
from ui.bridge import Bridge
from ui.camera_traps.picture_source import Loaded, load
from ui.widgets.thumbs import read_picture

KEPT = 14
"""Pictures of 1280 pixels, about 5 MB each."""
_BOX = QSize(thumbs.REVIEW_EDGE, thumbs.REVIEW_EDGE)


def read(library: Library, sha256: str) -> Loaded:
    """The review copy where it is here, else the original at that size, else the preview; for workers."""
    copy = thumbs.review_place(library.cache, sha256)
    if copy.is_file():
        image = read_picture(copy)
        if not image.isNull():
            return Loaded(image, True, "original")  # as good as the original at this size: nothing to remark
    return load(library, sha256, _BOX)


class Rack(QObject):
    """``loaded(sha256)`` when a picture arrived or proved unreadable."""

    loaded = Signal(str)

    def __init__(self, library: Library, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self._kept: OrderedDict[str, tuple[QPixmap | None, str]] = OrderedDict()
        self._asked: set[str] = set()
        self._wanted: frozenset[str] = frozenset()

    def get(self, sha256: str) -> QPixmap | None:
        """The picture, None while it is not here or where it cannot be drawn."""
        if sha256 in self._kept:
            self._kept.move_to_end(sha256)
            return self._kept[sha256][0]
        return None

    def remark(self, sha256: str) -> str:
        """What a person should know of what is drawn; empty for the original and while it is read."""
        return self._kept[sha256][1] if sha256 in self._kept else ""

    def known(self, sha256: str) -> bool:
        """Whether it was read, be it that it cannot be drawn."""
        return sha256 in self._kept

    def want(self, hashes: Iterable[str | None]) -> None:
        """These are shown or may be next, the most wanted first; earlier wishes not yet begun are dropped."""
        wanted = [one for one in dict.fromkeys(hashes) if one][:KEPT]
        self._wanted = frozenset(wanted)
        for one in reversed(wanted):
            if one in self._kept:
                self._kept.move_to_end(one)
        for one in wanted:
            if one not in self._kept and one not in self._asked:
                self._asked.add(one)
                self._bridge.run(
                    partial(self._read, one), partial(self._take, one), partial(self._unread, one), owner=self
                )

    def _read(self, sha256: str, _cancel: object) -> Loaded | None:
        return read(self._library, sha256) if sha256 in self._wanted else None

    def _take(self, sha256: str, loaded: Loaded | None) -> None:
        self._asked.discard(sha256)
        if loaded is None:
            if sha256 in self._wanted:  # dropped, and wished for again meanwhile
                self.want([sha256, *self._wanted])
            return
        pixmap = None if loaded.image.isNull() else QPixmap.fromImage(loaded.image)
        self._kept[sha256] = (pixmap, loaded.remark)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.loaded.emit(sha256)

    def _unread(self, sha256: str, error: BaseException) -> None:
        self._asked.discard(sha256)
        self._kept[sha256] = (None, str(error))
        self.loaded.emit(sha256)
