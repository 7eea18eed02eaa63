"""Loads previews for the grid on two threads of its own: newest wish first, wishes out of sight dropped.

Only QImageReader is used there: QImage.fromData and QImage.scaled would hold Python's lock and freeze the window.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader, QPixmap

from ranger_app.media import thumbs as previews
from ranger_app.paths import resource

WORKERS = 2
LEAST_KEPT = 100
READ_LIMIT_MB = 512
"""Above it Qt refuses to decode a picture: larger than any camera's, smaller than a decompression bomb."""


_warming = threading.Lock()
_warm = threading.Event()


def warm_up() -> None:
    """Touch every Qt type a worker needs, one thread at a time; the grid does so in the window's thread.

    PySide6 makes its types when they are first used, and two threads that first use one at the same moment crash the
    process inside libshiboken (6.11.3, found under a debugger: Shiboken::Module::get in mangled_type_getattro).
    """
    with _warming:
        if not _warm.is_set():
            _read(resource("icons", "light-check.svg"), QSize(8, 4)).isNull()
            _read(resource("icons", "nothing.jpg"), QSize(8, 8)).isNull()
            _warm.set()


def read_picture(path: Path, box: QSize | None = None) -> QImage:
    """The picture in ``path``, upright, scaled to fit ``box`` in pixels; a null image where it cannot be read."""
    if not _warm.is_set():
        warm_up()
    return _read(path, box)


def _read(path: Path, box: QSize | None) -> QImage:
    QImageReader.setAllocationLimit(READ_LIMIT_MB)
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if box is not None and size.isValid():
        turned = bool(reader.transformation() & QImageIOHandler.Transformation.TransformationRotate90)
        fitted = size.scaled(box.transposed() if turned else box, Qt.AspectRatioMode.KeepAspectRatio)
        if fitted.width() < size.width():
            reader.setScaledSize(fitted)
    return reader.read()


class Thumbs(QObject):
    """A bounded store of previews by content hash. ``loaded(sha256)`` when one arrived or proved unreadable."""

    loaded = Signal(str)
    _read = Signal(str, object, int)

    def __init__(self, library_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        warm_up()
        self._folder = library_folder
        self._kept: OrderedDict[str, QPixmap | None] = OrderedDict()
        self._most = LEAST_KEPT
        self._box = QSize(320, 240)
        self._round = 0
        self._wanted: list[str] = []
        self._under_way: set[str] = set()
        self._guard = threading.Condition()
        self._stopped = False
        self._read.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._threads: list[threading.Thread] = []

    def resize(self, box: QSize, cells_on_screen: int) -> None:
        """Load previews to fit ``box`` pixels from now on and keep three screens of them."""
        self._most = max(LEAST_KEPT, 3 * cells_on_screen)
        if box != self._box:
            with self._guard:
                self._box = box
                self._round += 1
                self._wanted.clear()
                self._under_way.clear()
            self._kept.clear()

    def get(self, sha256: str) -> QPixmap | None:
        """The preview if it is here; None while it is not, or cannot be made (see ``known``)."""
        if sha256 in self._kept:
            self._kept.move_to_end(sha256)
        return self._kept.get(sha256)

    def known(self, sha256: str) -> bool:
        """Whether the question is answered, be it that there is no preview."""
        return sha256 in self._kept

    def want(self, hashes: Sequence[str]) -> None:
        """These are on screen or near it, the most wanted last; all earlier wishes are dropped."""
        with self._guard:
            self._wanted = [one for one in hashes if one not in self._kept and one not in self._under_way]
            if self._wanted and not self._threads and not self._stopped:
                self._threads = [
                    threading.Thread(target=self._work, name=f"thumbs-{n}", daemon=True) for n in range(WORKERS)
                ]
                for thread in self._threads:
                    thread.start()
            self._guard.notify_all()

    @property
    def busy(self) -> bool:
        """Whether previews are still wished for or on their way."""
        with self._guard:
            return bool(self._wanted or self._under_way)

    def forget(self, sha256: str) -> None:
        """Load this one again when it is next wanted."""
        self._kept.pop(sha256, None)

    def stop(self) -> None:
        """End the threads; nothing is loaded any more."""
        with self._guard:
            self._stopped = True
            self._wanted.clear()
            self._guard.notify_all()
        for thread in self._threads:
            thread.join()
        self._threads = []

    def _work(self) -> None:
        while True:
            with self._guard:
                while not self._wanted and not self._stopped:
                    self._guard.wait()
                if self._stopped:
                    return
                sha256, box, turn = self._wanted.pop(), self._box, self._round
                self._under_way.add(sha256)
            image = read_picture(previews.place(self._folder / "cache", sha256), box)
            if image.isNull():
                image = self._made(sha256, box)
            try:
                self._read.emit(sha256, image, turn)
            except RuntimeError:  # the grid is gone
                return

    def _made(self, sha256: str, box: QSize) -> QImage:
        try:
            path = previews.thumbnail(self._folder, sha256)
        except (OSError, ValueError):
            path = None
        return read_picture(path, box) if path is not None else QImage()

    def _take(self, sha256: str, image: QImage, turn: int) -> None:
        with self._guard:
            self._under_way.discard(sha256)
        if turn != self._round:
            return
        self._kept[sha256] = None if image.isNull() else QPixmap.fromImage(image)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        self.loaded.emit(sha256)
