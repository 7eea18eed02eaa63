"""How a picture lies in its pane: zoomed, moved and turned; and which point of the picture is which point of the pane.

A picture is never mirrored: the pattern of a left flank would look like that of a right one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QTransform

CLOSEST = 12.0
"""Times as large as fitted, at most."""
WHOLE = 10_000
"""Points are kept in 1/10,000 of the picture's width and height, unturned."""


@dataclass(frozen=True, slots=True)
class Sight:
    """``zoom`` 1 is fitted. ``across`` and ``down``: how far the picture's middle lies right of and below that of the
    pane, in shares of the pane. ``turn`` is in degrees clockwise, 0 to 359.
    """

    zoom: float = 1.0
    across: float = 0.0
    down: float = 0.0
    turn: int = 0

    def zoomed(self, factor: float, at: QPointF | None = None) -> Sight:
        """So many times closer, within 1 and CLOSEST; the point ``at`` (shares of the pane off its middle) stays."""
        zoom = max(1.0, min(CLOSEST, self.zoom * factor))
        by, fixed = zoom / self.zoom, at or QPointF()
        across = fixed.x() + (self.across - fixed.x()) * by
        down = fixed.y() + (self.down - fixed.y()) * by
        return replace(self, zoom=zoom).moved_to(across, down)

    def moved(self, across: float, down: float) -> Sight:
        """Moved by so many shares of the pane."""
        return self.moved_to(self.across + across, self.down + down)

    def moved_to(self, across: float, down: float) -> Sight:
        """With its middle there, at most so far that the picture still reaches the middle of the pane."""
        most = self.zoom / 2 if self.zoom > 1 else 0.0
        return replace(self, across=max(-most, min(most, across)), down=max(-most, min(most, down)))

    def turned(self, degrees: int) -> Sight:
        """Turned on clockwise."""
        return replace(self, turn=(self.turn + degrees) % 360)

    def placed(self, picture: QSize, pane: QRectF) -> QTransform:
        """From pixels of the picture to pixels of the pane."""
        upright = round(self.turn / 90) % 2 == 0  # a few degrees more or less do not change the size
        wide, high = picture.width(), picture.height()
        fit = min(pane.width() / max(1, wide if upright else high), pane.height() / max(1, high if upright else wide))
        middle = pane.center() + QPointF(self.across * pane.width(), self.down * pane.height())
        made = QTransform()
        made.translate(middle.x(), middle.y())
        made.rotate(self.turn)
        made.scale(fit * self.zoom, fit * self.zoom)
        made.translate(-wide / 2, -high / 2)
        return made

    def spot(self, at: QPointF, picture: QSize, pane: QRectF) -> tuple[int, int] | None:
        """The point of the picture under a point of the pane, in 1/10,000; None beside the picture."""
        back, possible = self.placed(picture, pane).inverted()
        if not possible or picture.isEmpty():
            return None
        there = back.map(at)
        x, y = round(there.x() / picture.width() * WHOLE), round(there.y() / picture.height() * WHOLE)
        return (x, y) if 0 <= x <= WHOLE and 0 <= y <= WHOLE else None

    def drawn(self, x: int, y: int, picture: QSize, pane: QRectF) -> QPointF:
        """Where a point of the picture (1/10,000) is drawn in the pane."""
        there = QPointF(x / WHOLE * picture.width(), y / WHOLE * picture.height())
        return self.placed(picture, pane).map(there)
