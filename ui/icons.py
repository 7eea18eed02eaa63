"""The one set of line icons, drawn for Ranger on a 24-unit grid and coloured from the theme's tokens.

Kept as path data so that a theme switch recolours them and every pixel ratio stays sharp.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui import theme

SIZE = 20

PATHS: dict[str, str] = {
    "today": '<circle cx="12" cy="12" r="4"/><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6l1.5 1.5M16.9 16.9l1.5 1.5'
    'M5.6 18.4l1.5-1.5M16.9 7.1l1.5-1.5"/>',
    "camera": '<rect x="5" y="4" width="14" height="16" rx="2.5"/><circle cx="12" cy="10" r="3.2"/>'
    '<path d="M8.5 16.5h7M5 8H3M21 8h-2M5 15H3M21 15h-2"/>',
    "patrol": '<circle cx="6" cy="18.5" r="2"/><circle cx="18" cy="5.5" r="2"/>'
    '<path d="M8 18.5h7.5a3.25 3.25 0 0 0 0-6.5h-7a3.25 3.25 0 0 1 0-6.5H16"/>',
    "bird": '<path d="M3 13.5c3 0 4.5-1.5 5.5-4C9.5 7 11.5 5.5 14 5.5a3.5 3.5 0 0 1 3.4 2.6L20.5 9l-3 1.5'
    'c0 4.5-3.2 7-7.5 7-3.2 0-5.800-1.5-7-4z"/><path d="M9.5 17.3L8.5 20.5M13 17l.8 3.5"/>'
    '<circle cx="14.3" cy="8.6" r=".5"/>',
    "exchange": '<path d="M4 8.5h14M14.5 5L18 8.5 14.5 12M20 15.5H6M9.5 12L6 15.5 9.5 19"/>',
    "settings": '<path d="M4 7h9M17 7h3M4 12h3M11 12h9M4 17h9M17 17h3"/><circle cx="15" cy="7" r="2"/>'
    '<circle cx="9" cy="12" r="2"/><circle cx="15" cy="17" r="2"/>',
    "map": '<path d="M3.5 6.5l5.5-2 6 2 5.5-2v13l-5.5 2-6-2-5.5 2zM9 4.5v13M15 6.5v13"/>',
    "report": '<path d="M5 20V10M11 20V4M17 20v-7M3 20h18"/>',
    "person": '<circle cx="12" cy="8" r="3.5"/><path d="M5 20c.6-4 3.2-6 7-6s6.4 2 7 6"/>',
    "find": '<circle cx="11" cy="11" r="6"/><path d="M15.5 15.5L20 20"/>',
    "help": '<circle cx="12" cy="12" r="8.5"/><path d="M9.6 9.5a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.9-1.2 1.9"/>'
    '<path d="M12 16.8v.1"/>',
    "close": '<path d="M6 6l12 12M18 6L6 18"/>',
    "back": '<path d="M10 6l-6 6 6 6M4 12h16"/>',
    "add": '<path d="M12 5v14M5 12h14"/>',
    "folder": '<path d="M3.5 18.5v-13h6l2 2.5h9v10.5z"/>',
    "picture": '<rect x="3.5" y="5" width="17" height="14" rx="2"/><path d="M4 16.5l5-5 4 4 2.5-2.5 4.5 4.5"/>'
    '<circle cx="15.5" cy="9.5" r="1.3"/>',
    "video": '<rect x="3" y="6" width="12.5" height="12" rx="2"/><path d="M15.5 10.5l5.5-3v9l-5.5-3z"/>',
    "damaged": '<path d="M12 4L2.800 19.5h18.4zM12 10v4.5M12 17v.1"/>',
    "done": '<path d="M4.5 12.5l5 5 10-11"/>',
    "key": '<circle cx="8" cy="14.5" r="4"/><path d="M11 11.700L19.5 4M16 7l2.5 2.5"/>',
    "star": '<path d="M12 4l2.4 5.2 5.6.6-4.2 3.800 1.2 5.6-5-2.900-5 2.900 1.2-5.6L4 9.800l5.6-.6z"/>',
    "note": '<path d="M5 4h14v11l-5 5H5zM14 20v-5h5M8.5 9h7M8.5 13h4"/>',
    "leaf": '<path d="M5 19C5 9 11 5 20 4c0 9-3 15-10.5 15C7.5 19 6 18 5 19zM5 19c2-5 5-8 9-10"/>',
}
"""Drawings by name, without the frame that sets colour and stroke."""


def _svg(name: str, colour: str) -> bytes:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" '
        f'stroke="{colour}" stroke-width="1.75" '
        f'stroke-linecap="round" stroke-linejoin="round">{PATHS[name]}</svg>'
    ).encode()


@lru_cache(maxsize=256)
def _drawn(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(_svg(name, colour))).render(painter, QRectF(pixmap.rect()))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def pixmap(name: str, colour: str = "text", size: int = SIZE) -> QPixmap:
    """The icon ``name`` in a token's colour, ``size`` pixels wide; KeyError for an unknown name."""
    screen = QGuiApplication.primaryScreen()
    ratio = screen.devicePixelRatio() if screen else 1.0
    return _drawn(name, getattr(theme.tokens(), colour), size, ratio)


def icon(name: str, colour: str = "text", size: int = SIZE) -> QIcon:
    """The icon ``name`` for a button."""
    return QIcon(pixmap(name, colour, size))
