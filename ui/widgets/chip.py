"""Small badges: a word on a tinted ground, so that colour never speaks alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.widgets.text import restyle

TONES = ("neutral", "own", "attention", "problem", "partner")
"""neutral: nothing special · own: this station · attention: waits · problem: conflict, damage · partner: other side."""


class Chip(QLabel):
    """A badge with a word in one of TONES."""

    def __init__(self, text: str, tone: str = "neutral", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "chip")
        self.setProperty("tone", tone)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_word(self, text: str, tone: str) -> None:
        """Change word and tone."""
        self.setText(text)
        self.setProperty("tone", tone)
        restyle(self)
