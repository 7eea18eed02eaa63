"""Where the large picture comes from: the original, else its review copy, else the small preview, and which it was.

Everything here runs on workers; originals on a disk that is not plugged in are simply not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from ranger_app.actions import originals
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.media import thumbs
from ui.widgets.thumbs import read_picture

if TYPE_CHECKING:
    import numpy

WHOLE = QSize(0, 0)
"""Asks for all of a picture's own pixels."""
_LARGEST = 16_000
"""Longest side asked of our own decoders where a picture's own size is wanted."""
# Named here, in the window's thread: two workers must not be the first to touch them.
_RGB32, _RGB888 = QImage.Format.Format_RGB32, QImage.Format.Format_RGB888


@dataclass(frozen=True, slots=True)
class Loaded:
    """A decoded picture. ``original`` tells whether the original is here, ``drawn`` what the pixels come from."""

    image: QImage
    original: bool
    drawn: str = ""
    """"original", "review" (a copy of 1280 pixels), "preview", or "" where nothing can be drawn."""
    why: str = ""
    """Where the original is if it is not here, in a sentence."""

    @property
    def remark(self) -> str:
        """What a person should know about what is drawn; empty for the original."""
        if self.drawn == "original":
            return ""
        if self.original:
            if self.drawn:
                return _("The original cannot be drawn; this is a smaller copy.")
            return _("This file cannot be drawn; it is kept as it came.")
        shown = {"review": _("This is the review copy."), "preview": _("This is the small preview.")}
        return " ".join(
            part for part in (self.why or _("The original is not here."), shown.get(self.drawn, "")) if part
        )


def original(library: Library, sha256: str) -> Path | None:
    """The original's file, None where it is not here."""
    return originals.find(library, sha256)


def load(library: Library, sha256: str, box: QSize, *, video: bool = False) -> Loaded:
    """Read a picture to fit ``box`` pixels (WHOLE: its own size); of a ``video`` the picture that stands for it."""
    found = originals.Found(None)
    try:
        found = originals.look_for(library, sha256)
        here = found.path is not None
        if found.path is not None and not video:
            image = read_picture(found.path, None if box.isEmpty() else box)
            if image.isNull():
                image = _decoded(found.path, box)
            if not image.isNull():
                return Loaded(image, True, "original")
        copy = thumbs.review_place(library.folder / "cache", sha256)
        if copy.is_file():
            image = read_picture(copy, None if box.isEmpty() else box)
            if not image.isNull():
                return Loaded(image, here, "review", found.why)
        preview = thumbs.thumbnail(library.folder, sha256)
        image = read_picture(preview) if preview is not None else QImage()
    except (OSError, ValueError):
        image = QImage()
    return Loaded(image, found.path is not None, "" if image.isNull() else "preview", found.why)


def _decoded(path: Path, box: QSize) -> QImage:
    """A kind of picture that Qt does not know, HEIC for one, through the decoders that make the previews."""
    import simplejpeg  # late: a window that only shows what Qt knows starts without it

    made = thumbs.preview_of(path, _LARGEST if box.isEmpty() else max(box.width(), box.height()))
    return as_image(simplejpeg.decode_jpeg(made, "RGB")) if made else QImage()


def as_image(pixels: numpy.ndarray[Any, Any]) -> QImage:
    """Rows x columns x 3 bytes (red, green, blue) as a picture that draws without conversion."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, width * 3, _RGB888).convertToFormat(_RGB32)


def as_pixels(image: QImage) -> numpy.ndarray[Any, numpy.dtype[numpy.uint8]]:
    """A picture as rows x columns x 3 bytes (red, green, blue)."""
    import numpy

    plain = image if image.format() == _RGB32 else image.convertToFormat(_RGB32)
    rows = numpy.frombuffer(plain.constBits(), dtype=numpy.uint8)
    rows = rows.reshape(plain.height(), plain.bytesPerLine() // 4, 4)[:, : plain.width(), 2::-1]
    return numpy.ascontiguousarray(rows)
