"""Decoded pictures within reach: those shown, and those a key press may ask for next, read by workers beforehand."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage, QPixmap

from ranger_app.library import Library
from ranger_app.media import thumbs
from ui.bridge import Bridge
from ui.camera_traps.picture_source import Loaded, load
from ui.widgets.thumbs import read_picture

KEPT = 14
"""Pictures of 1280 pixels, about 5 MB each."""
_BOX = QSize(thumbs.REVIEW_EDGE, thumbs.REVIEW_EDGE)
_WHOLE = QSize(4096, 4096)
"""At most so many pixels of an original: all of a camera's 12 megapixels, 50 MB."""
KEPT_WHOLE = 2
"""Originals are kept of so many pictures, the most wanted ones: those in the two panes."""


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
        self._whole: dict[str, QImage | None] = {}
        self._shown: frozenset[str] = frozenset()
        self._asked_whole: set[str] = set()

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
        self._wanted, self._shown = frozenset(wanted), frozenset(wanted[:KEPT_WHOLE])
        self._whole = {one: image for one, image in self._whole.items() if one in self._shown}
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

    # -- originals, for those who look closer than the review copy shows ----------------------------------------

    def whole(self, sha256: str) -> QImage | None:
        """The original, None while it is not read, or where it is not on this disk."""
        return self._whole.get(sha256)

    def want_whole(self, sha256: str) -> None:
        """Read the original in the background, if it is on this disk; ``loaded`` tells when it came."""
        if sha256 in self._shown and sha256 not in self._whole and sha256 not in self._asked_whole:
            self._asked_whole.add(sha256)
            self._bridge.run(
                partial(self._read_whole, sha256),
                partial(self._take_whole, sha256),
                lambda _error: self._take_whole(sha256, None),
                owner=self,
            )

    def drop_whole(self) -> None:
        """Give the memory of originals back."""
        self._whole = {}

    def _read_whole(self, sha256: str, _cancel: object) -> QImage | None:
        if sha256 not in self._shown:  # pressed past meanwhile
            return None
        loaded = load(self._library, sha256, _WHOLE)
        finer = loaded.drawn == "original" and max(loaded.image.width(), loaded.image.height()) > thumbs.REVIEW_EDGE
        return loaded.image if finer else None

    def _take_whole(self, sha256: str, image: QImage | None) -> None:
        self._asked_whole.discard(sha256)
        if sha256 in self._shown:
            self._whole[sha256] = image
            if image is not None:
                self.loaded.emit(sha256)

    def _unread(self, sha256: str, error: BaseException) -> None:
        self._asked.discard(sha256)
        self._kept[sha256] = (None, str(error))
        self.loaded.emit(sha256)
