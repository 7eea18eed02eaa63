"""Labels in the few text styles the design has, so that no screen sets a font or colour of its own."""

from __future__ import annotations

from PySide6.QtCore import Qt
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


def section(text: str, parent: QWidget | None = None) -> QLabel:
    """The heading of a part of a screen."""
    return label(text, "section", parent=parent)


def muted(text: str, parent: QWidget | None = None) -> QLabel:
    """A wrapping remark in the quiet colour."""
    return label(text, "muted", wrap=True, parent=parent)


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
