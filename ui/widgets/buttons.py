"""Buttons: one primary per screen, plain ones beside it, and the key that does the same printed with them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from ui import icons, theme
from ui.commands import Command, key_text


def button(
    text: str,
    run: Callable[[], object] | None = None,
    *,
    role: str = "",
    icon: str = "",
    key: str = "",
    parent: QWidget | None = None,
) -> QPushButton:
    """A button; ``role`` is "", primary, danger, quiet or row. ``key`` is printed after the text, not bound."""
    shown = text.replace("&", "&&")
    if icon:
        shown = f" {shown}"
    made = QPushButton(f"{shown}   {key_text(key)}" if key else shown, parent)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setAutoDefault(True)  # Enter presses the button that has the keyboard, as Space does
    made.setMinimumHeight(theme.TARGET)
    if role:
        made.setProperty("role", role)
    if icon:
        made.setIcon(icons.icon(icon, "accent_ink" if role == "primary" else "text"))
        made.setIconSize(QSize(18, 18))
    if run is not None:
        made.clicked.connect(lambda _checked=False: run())
    return made


def primary(text: str, run: Callable[[], object] | None = None, *, key: str = "", icon: str = "") -> QPushButton:
    """The one obvious next step."""
    return button(text, run, role="primary", key=key, icon=icon)


def for_command(command: Command, *, role: str = "", icon: str = "") -> QPushButton:
    """A button that does ``command`` and shows its key."""
    made = button(command.title, command.run, role=role, icon=icon, key=command.shortcut)
    made.setEnabled(command.enabled())
    return made
