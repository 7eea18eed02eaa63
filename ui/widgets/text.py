"""Labels in the few text styles the design has, so that no screen sets a font or colour of its own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget


def label(text: str = "", role: str = "", *, wrap: bool = False, parent: QWidget | None = None) -> QLabel:
    """A plain-text label; ``role`` is one of title, sentence, section, muted, strong, figure, scientific, warning."""
    made = QLabel(text, parent)
    made.setTextFormat(Qt.TextFormat.PlainText)  # names come from other stations: never read as markup
    made.setWordWrap(wrap)
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    if role:
        made.setProperty("role", role)
    return made


class ElidedLabel(QLabel):
    """One line that ends in … where it does not fit; the tip holds it whole. For names people chose, not for words."""

    def __init__(self, text: str = "", role: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("elides", True)
        if role:
            self.setProperty("role", role)

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), 80), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        whole = self.text()
        shown = self.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideRight, self.contentsRect().width())
        if shown == whole:
            super().paintEvent(event)
            return
        if self.toolTip() != whole:
            self.setToolTip(whole)
        painter = QPainter(self)
        try:
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(self.contentsRect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        finally:
            painter.end()


def section(text: str, parent: QWidget | None = None) -> QLabel:
    """The heading of a part of a screen."""
    return label(text, "section", parent=parent)


def muted(text: str, parent: QWidget | None = None) -> QLabel:
    """A wrapping remark in the quiet colour."""
    return label(text, "muted", wrap=True, parent=parent)


def breakable(path: str | Path) -> str:
    """A path to be read that may go on in the next line behind each folder, hyphen and underscore."""
    return "".join(f"{one}\u200b" if one in "/\\-_" else one for one in str(path))


def hairline(parent: QWidget | None = None) -> QFrame:
    """A line one pixel thick between two parts."""
    line = QFrame(parent)
    line.setProperty("role", "line")
    return line


def restyle(widget: QWidget) -> None:
    """Draw ``widget`` by the style sheet anew after one of its properties changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()
