"""Matching points of two pictures: a click on the one and a click on the other make a numbered pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from ranger_app.actions.same_animal import Point

LEFT, RIGHT = 0, 1
Begun = tuple[int, bytes, int, int]
"""Side, picture and place of a point whose other half is not clicked yet."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One point on one picture, as it is drawn. ``own``: marked here, else by the partner; ``whole``: it has a pair."""

    number: int
    x: int
    y: int
    own: bool = True
    whole: bool = True


class Marks(QObject):
    """The points of one pair of animals; places are 1/10,000 of the unturned picture's width and height."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.points: list[Point] = []
        self.others: Sequence[Point] = ()
        self.begun: Begun | None = None
        self.kept: tuple[Point, ...] = ()

    def take(self, points: Sequence[Point], others: Sequence[Point] = ()) -> None:
        """Start with the points of this station's statement, and show those of other stations."""
        self.points, self.others, self.begun = list(points), tuple(others), None
        self.kept = tuple(points)
        self.changed.emit()

    @property
    def unsaved(self) -> bool:
        """Whether there are points, or half a point, that no statement keeps yet."""
        return tuple(self.points) != self.kept or self.begun is not None

    def put_back(self, points: Sequence[Point], begun: Begun | None) -> None:
        """Show points again that were marked before and are in no statement."""
        self.points, self.begun = list(points), begun
        self.changed.emit()

    def click(self, side: int, picture: bytes, x: int, y: int) -> None:
        """Begin a pair on this side, move its begun half, or complete it from the other side."""
        if self.begun is None or self.begun[0] == side:
            self.begun = (side, picture, x, y)
        else:
            _side, other, other_x, other_y = self.begun
            self.begun = None
            if side == RIGHT:
                self.points.append(Point(other, other_x, other_y, picture, x, y))
            else:
                self.points.append(Point(picture, x, y, other, other_x, other_y))
        self.changed.emit()

    def drop_last(self) -> bool:
        """Take away the half that was begun, else the newest pair; False where there is none."""
        if self.begun is not None:
            self.begun = None
        elif self.points:
            self.points.pop()
        else:
            return False
        self.changed.emit()
        return True

    def on(self, side: int, picture: bytes) -> list[Mark]:
        """What is drawn on a picture of one side."""
        found = []
        for own, points in ((False, self.others), (True, self.points)):
            for number, point in enumerate(points, start=1):
                media, x, y = _half(point, side)
                if media == picture:
                    found.append(Mark(number, x, y, own))
        if self.begun is not None and self.begun[:2] == (side, picture):
            found.append(Mark(len(self.points) + 1, *self.begun[2:], whole=False))
        return found


def _half(point: Point, side: int) -> tuple[bytes, int, int]:
    if side == LEFT:
        return point.one_picture, point.one_x, point.one_y
    return point.other_picture, point.other_x, point.other_y
