"""Key caps shown beside what they do: keys are part of the label."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from ui.commands import key_text
from ui.widgets.text import label


def keycap(shortcut: str, parent: QWidget | None = None) -> QLabel:
    """The cap of one key such as "B" or "Ctrl+S"."""
    cap = label(key_text(shortcut), "key", parent=parent)
    cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
    cap.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    return cap


class KeyHint(QWidget):
    """One or more key caps and the word for what they do."""

    def __init__(self, keys: str | Sequence[str], word: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for key in [keys] if isinstance(keys, str) else keys:
            row.addWidget(keycap(key))
        row.addWidget(label(word, "muted"))
        row.addStretch(1)
